/* ep_nats_offer.h - rows of tbl/endpoints.h: /api/offer.  No guard, on purpose. */
/* clang-format off */
/* clang-format on */
