/* ep_nats_report.h - rows of tbl/endpoints.h: /api/report.  No guard, on purpose. */
/* clang-format off */
/* clang-format on */
