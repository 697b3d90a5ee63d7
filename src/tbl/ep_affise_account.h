/* ep_affise_account.h - rows of tbl/endpoints.h: /3.0/admin/partner, /3.0/admin/advertiser.  No guard, on purpose. */
/* clang-format off */
/* clang-format on */
