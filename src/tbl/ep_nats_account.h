/* ep_nats_account.h - rows of tbl/endpoints.h: /api/advertiser, /api/affiliate.  No guard, on purpose. */
/* clang-format off */
/* clang-format on */
