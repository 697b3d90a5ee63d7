/* rp_affise.h - rows of tbl/replies.h: the Affise dialect.  No guard, on purpose. */
/* clang-format off */
/* clang-format on */
