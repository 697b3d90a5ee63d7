/* ep_nats_service.h - rows of tbl/endpoints.h: /api/service.  No guard, on purpose. */
/* clang-format off */
EP(nats_ping, GET, "/api/service/ping", ADMIN, "0.1",
    "Answer 1.",
    "A check of connection, key and address.  Parameters are ignored.")
ALIAS(nats_ping, GET, "/api/ping")
REPLY(nats_ping, 200, one)
EP_END(nats_ping)

EP(nats_exchange_rates, GET, "/api/service/set_currency_exchange_rates", ADMIN, "0.2",
    "Store exchange rates, and report those in force.",
    "In force from now on; what is booked keeps the rate of its time.  Without parameters nothing is stored.")
ALIAS(nats_exchange_rates, POST, "/api/service/set_currency_exchange_rates")
ALIAS(nats_exchange_rates, PATCH, "/api/service/set_currency_exchange_rates")
ARG(nats_exchange_rates, QUERY, base, str, OPTIONAL, NULL, 0, 16, "Currency that the rates are for one unit of; not sent: the network's base currency.")
ARG(nats_exchange_rates, QUERY, currency, str, OPTIONAL, NULL, 0, 16, "Currency whose rate is set; goes with rate.")
ARG(nats_exchange_rates, QUERY, rate, str, OPTIONAL, NULL, 0, 40, "Units of currency for one unit of base, above 0.")
ARG(nats_exchange_rates, QUERY, rates, tree, OPTIONAL, NULL, 0, 0, "Several at once: rates[EUR]=0.92 and so on, or a JSON object.")
REPLY(nats_exchange_rates, 200, nats_rates)
EP_END(nats_exchange_rates)
/* clang-format on */
