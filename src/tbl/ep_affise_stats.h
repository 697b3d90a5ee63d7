/* ep_affise_stats.h - rows of tbl/endpoints.h: /3.0/stats.  No guard, on purpose. */
/* clang-format off */
/* clang-format on */
