/* ep_affise_offer.h - rows of tbl/endpoints.h: /3.0/offers, /3.0/offer, /3.0/admin/offer.  No guard, on purpose. */
/* clang-format off */
/* clang-format on */
