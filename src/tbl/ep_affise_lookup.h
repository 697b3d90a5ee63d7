/* ep_affise_lookup.h - rows of tbl/endpoints.h: what the network has set up, and its news.  No guard, on purpose. */
/* clang-format off */
EP(affise_currency, GET, "/3.0/admin/currency", ADMIN, "0.3",
    "Currencies and their rates.",
    "Units for one of the base currency.  _id belongs to the code and never changes.")
ALIAS(affise_currency, GET, "/3.0/admin/currencies")
ALIAS(affise_currency, GET, "/2.1/currencies")
ARG(affise_currency, QUERY, get_only_active, flag, OPTIONAL, "0", 0, 1, "1: without those that were ended.")
ARG(affise_currency, QUERY, extended, flag, OPTIONAL, "0", 0, 1, "1: a list of objects in place of the map.")
REPLY(affise_currency, 200, affise_currency)
EP_END(affise_currency)

EP(affise_payment_systems, GET, "/3.0/admin/payment_systems", ADMIN, "0.3",
    "Ways to pay affiliates, and the fields each needs.",
    "The payvia types of the other dialect; affiliatectl paysystem makes them.")
REPLY(affise_payment_systems, 200, affise_payment_systems)
EP_END(affise_payment_systems)

EP(affise_custom_fields, GET, "/3.0/admin/custom_fields", ADMIN, "0.3",
    "What affiliates are asked when they sign up.",
    "affiliatectl customfield makes them.")
REPLY(affise_custom_fields, 200, affise_custom_fields)
EP_END(affise_custom_fields)

EP(affise_news, GET, "/3.0/news", ANY, "0.3",
    "News of the network.",
    "Pinned entries first, then the newest.  affiliatectl news makes them.")
ARG(affise_news, QUERY, limit, int,  OPTIONAL, "10", 1, INT32_MAX, "Rows; at most 100 are given.")
ARG(affise_news, QUERY, skip,  int,  OPTIONAL, "0", 0, INT32_MAX, "Rows to leave out first.")
ARG(affise_news, QUERY, fixed, flag, OPTIONAL, NULL, 0, 1, "1: pinned entries alone; 0: the others alone.")
REPLY(affise_news, 200, affise_news)
EP_END(affise_news)

EP(affise_one_news, GET, "/3.0/news/{ID}", ANY, "0.3",
    "One entry of the news.",
    "")
ARG(affise_one_news, PATH, ID, str, REQUIRED, NULL, 1, 24, "24 hex digits.")
REPLY(affise_one_news, 200, affise_one_news)
EP_END(affise_one_news)

EP(affise_balance, GET, "/3.0/balance", AFFILIATE, "0.3",
    "What the calling affiliate is owed, by currency.",
    "balance: earned and unpaid; hold: the part still in hold; available: the payable part.")
REPLY(affise_balance, 200, affise_balance)
EP_END(affise_balance)
/* clang-format on */
