/* ep_nats_transaction.h - rows of tbl/endpoints.h: /api/transaction.  No guard, on purpose. */
/* clang-format off */
/* clang-format on */
