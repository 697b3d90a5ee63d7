/* ep_nats_service.h - rows of tbl/endpoints.h: /api/service.  No guard, on purpose. */
/* clang-format off */
EP(nats_ping, GET, "/api/service/ping", ADMIN, "0.1",
    "Answer 1.",
    "A check of connection, key and address.  Parameters are ignored.")
ALIAS(nats_ping, GET, "/api/ping")
REPLY(nats_ping, 200, one)
EP_END(nats_ping)
/* clang-format on */
