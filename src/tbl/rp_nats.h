/* rp_nats.h - rows of tbl/replies.h: the NATS dialect.  No guard, on purpose. */
/* clang-format off */
/* clang-format on */
