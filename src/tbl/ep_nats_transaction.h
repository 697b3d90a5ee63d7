/* ep_nats_transaction.h - rows of tbl/endpoints.h: /api/transaction.  No guard, on purpose. */
/* clang-format off */
EP(nats_void, POST, "/api/transaction/process_void", ADMIN, "0.1",
    "Void a conversion.",
    "One of the selectors is needed.  A void is a ledger row of its own, booked when it is reported.")
ARG(nats_void,  FORM, type, word, OPTIONAL, "void", 0, "void", "Accepted for older clients.")
ARGW(nats_void, FORM, hash, "transaction_hash|click_hash", str, OPTIONAL, NULL, 0, 40, "Click or transaction hash of the transaction to void.")
ARG(nats_void,  FORM, orderid, str, OPTIONAL, NULL, 0, 190, "Order id sent with the conversion.")
ARG(nats_void,  FORM, transactionid, str, OPTIONAL, NULL, 0, 24, "Id made by the network.")
ARG(nats_void,  FORM, offerid, id, OPTIONAL, NULL, 1, UINT32_MAX, "Narrows an order id that several offers have.")
ARG(nats_void,  FORM, approved, flag, OPTIONAL, "0", 0, 1, "1: the selector names a pending conversion, and its approval is voided.")
ARG(nats_void,  FORM, trans_custom1, str, OPTIONAL, NULL, 0, 255, "Free value kept with the transaction; -1 is reserved.")
ARG(nats_void,  FORM, trans_custom2, str, OPTIONAL, NULL, 0, 255, "Same.")
ARG(nats_void,  FORM, trans_custom3, str, OPTIONAL, NULL, 0, 255, "Same.")
ARG(nats_void,  FORM, trans_custom4, str, OPTIONAL, NULL, 0, 255, "Same.")
ARG(nats_void,  FORM, trans_custom5, str, OPTIONAL, NULL, 0, 255, "Same.")
REPLY(nats_void, 200, nats_result)
EP_EVENT(nats_void)
EP_END(nats_void)

EP(nats_chargeback, POST, "/api/transaction/process_chargeback", ADMIN, "0.2",
    "Charge a conversion back.",
    "One of the selectors is needed.  The fee is booked, and taken from the affiliate when his payout is.")
ARG(nats_chargeback,  FORM, type, word, OPTIONAL, NULL, 0, "chargeback", "Must be there.")
ARGW(nats_chargeback, FORM, hash, "transaction_hash|click_hash", str, OPTIONAL, NULL, 0, 40, "Click or transaction hash of the transaction to charge back.")
ARG(nats_chargeback,  FORM, orderid, str, OPTIONAL, NULL, 0, 190, "Order id sent with the conversion.")
ARG(nats_chargeback,  FORM, transactionid, str, OPTIONAL, NULL, 0, 24, "Id made by the network.")
ARG(nats_chargeback,  FORM, offerid, id, OPTIONAL, NULL, 1, UINT32_MAX, "Narrows an order id that several offers have.")
ARG(nats_chargeback,  FORM, cost, money, OPTIONAL, NULL, 0, MONEY_MOST, "Fee taken from the affiliate's payout, such as 25.00.")
ARG(nats_chargeback,  FORM, trans_custom1, str, OPTIONAL, NULL, 0, 255, "Free value kept with the transaction; -1 is reserved.")
ARG(nats_chargeback,  FORM, trans_custom2, str, OPTIONAL, NULL, 0, 255, "Same.")
ARG(nats_chargeback,  FORM, trans_custom3, str, OPTIONAL, NULL, 0, 255, "Same.")
ARG(nats_chargeback,  FORM, trans_custom4, str, OPTIONAL, NULL, 0, 255, "Same.")
ARG(nats_chargeback,  FORM, trans_custom5, str, OPTIONAL, NULL, 0, 255, "Same.")
REPLY(nats_chargeback, 200, nats_result)
EP_EVENT(nats_chargeback)
EP_END(nats_chargeback)

EP(nats_preview, GET, "/api/transaction/transaction_payout_preview", ADMIN, "0.2",
    "What a conversion of a click would earn its affiliate.",
    "Worked out by what books conversions; nothing is recorded.")
ARGW(nats_preview, QUERY, hash, "transaction_hash|click_hash", str, REQUIRED, NULL, 1, 40, "Click hash.")
ARG(nats_preview, QUERY, amount, money, OPTIONAL, NULL, 0, MONEY_MOST, "Amount of the conversion, such as 50.25; without it percentages are taken of 100.")
ARG(nats_preview, QUERY, transaction_type, word, OPTIONAL, "initial", 0, "initial|conversion|advertiser_initial|continuity", "What kind of transaction.")
REPLY(nats_preview, 200, nats_preview)
EP_END(nats_preview)

EP(nats_revenue_by_order, PATCH, "/api/transaction/transaction_update_revenue_by_orderid", ADMIN, "0.2",
    "Set the amount of the transaction with this order id.",
    "In cents of the base currency.  The difference is booked now, shares of the revenue with it; a transaction that is voided is refused.")
ALIAS(nats_revenue_by_order, POST, "/api/transaction/transaction_update_revenue_by_orderid")
ARG(nats_revenue_by_order, QUERY, orderid, str, REQUIRED, NULL, 1, 190, "Order id.")
ARG(nats_revenue_by_order, QUERY, amount, int, REQUIRED, NULL, 0, INT64_C(100000000000), "New amount in cents: 2500 is 25.00.")
ARG(nats_revenue_by_order, QUERY, offerid, id, OPTIONAL, NULL, 1, UINT32_MAX, "Narrows an order id that several offers have.")
REPLY(nats_revenue_by_order, 200, nats_word)
EP_EVENT(nats_revenue_by_order)
EP_END(nats_revenue_by_order)

EP(nats_revenue_by_hash, PATCH, "/api/transaction/transaction_update_revenue_by_transaction_hash", ADMIN, "0.2",
    "Set the amount of the transaction with this hash.",
    "As transaction_update_revenue_by_orderid.")
ALIAS(nats_revenue_by_hash, POST, "/api/transaction/transaction_update_revenue_by_transaction_hash")
ARGW(nats_revenue_by_hash, QUERY, hash, "transaction_hash|click_hash", str, REQUIRED, NULL, 1, 40, "Click or transaction hash.")
ARG(nats_revenue_by_hash, QUERY, amount, int, REQUIRED, NULL, 0, INT64_C(100000000000), "New amount in cents: 2500 is 25.00.")
REPLY(nats_revenue_by_hash, 200, nats_word)
EP_EVENT(nats_revenue_by_hash)
EP_END(nats_revenue_by_hash)

EP(nats_reversal, POST, "/api/transaction/process_reversal", ADMIN, "0.1",
    "Take back an earlier void or chargeback.",
    "One of the selectors is needed.")
ARG(nats_reversal,  FORM, reverse, flag, OPTIONAL, "0", 0, 1, "Must be true.")
ARGW(nats_reversal, FORM, hash, "transaction_hash|click_hash", str, OPTIONAL, NULL, 0, 40, "Click or transaction hash of the transaction to reverse.")
ARG(nats_reversal,  FORM, orderid, str, OPTIONAL, NULL, 0, 190, "Order id sent with the conversion.")
ARG(nats_reversal,  FORM, transactionid, str, OPTIONAL, NULL, 0, 24, "Id made by the network.")
ARG(nats_reversal,  FORM, offerid, id, OPTIONAL, NULL, 1, UINT32_MAX, "Narrows an order id that several offers have.")
ARG(nats_reversal,  FORM, trans_custom1, str, OPTIONAL, NULL, 0, 255, "Free value kept with the transaction; -1 is reserved.")
ARG(nats_reversal,  FORM, trans_custom2, str, OPTIONAL, NULL, 0, 255, "Same.")
ARG(nats_reversal,  FORM, trans_custom3, str, OPTIONAL, NULL, 0, 255, "Same.")
ARG(nats_reversal,  FORM, trans_custom4, str, OPTIONAL, NULL, 0, 255, "Same.")
ARG(nats_reversal,  FORM, trans_custom5, str, OPTIONAL, NULL, 0, 255, "Same.")
REPLY(nats_reversal, 200, nats_result)
EP_EVENT(nats_reversal)
EP_END(nats_reversal)

EP(nats_approve, POST, "/api/transaction/approve_pending_transaction", ADMIN, "0.1",
    "Approve a pending conversion.",
    "One of the selectors is needed.  The amounts of the conversion are booked at the time of approval.")
ARGW(nats_approve, FORM, hash, "transaction_hash|click_hash", str, OPTIONAL, NULL, 0, 40, "Click or transaction hash.")
ARG(nats_approve,  FORM, orderid, str, OPTIONAL, NULL, 0, 190, "Order id sent with the pending conversion.")
ARG(nats_approve,  FORM, transactionid, str, OPTIONAL, NULL, 0, 24, "Id made by the network.")
ARG(nats_approve,  FORM, offerid, id, OPTIONAL, NULL, 1, UINT32_MAX, "Narrows an order id that several offers have.")
REPLY(nats_approve, 200, nats_result)
EP_EVENT(nats_approve)
EP_END(nats_approve)

EP(nats_click_detail, GET, "/api/transaction/click_detail", ADMIN, "0.1",
    "Where a click came from and what it became.",
    "One of the three is needed; the hash counts before subscription_id, that before orderid.")
ALIAS(nats_click_detail, GET, "/api/transaction/click_details")
ARGW(nats_click_detail, QUERY, hash, "transaction_hash|click_hash", str, OPTIONAL, NULL, 0, 40, "Click hash, or the hash of a transaction.")
ARG(nats_click_detail,  QUERY, subscription_id, str, OPTIONAL, NULL, 0, 190, "Subscription id of the customer.")
ARG(nats_click_detail,  QUERY, orderid, str, OPTIONAL, NULL, 0, 190, "Order id of a conversion.")
REPLY(nats_click_detail, 200, nats_click_detail)
EP_END(nats_click_detail)

EP(nats_orderid_exists, GET, "/api/offer/check_orderid_exists", ADMIN, "0.2",
    "Is a conversion with this order id known?",
    "The message is the text TRUE or FALSE.")
ALIAS(nats_orderid_exists, GET, "/api/offer/check_orderid_exsits")
ARG(nats_orderid_exists, QUERY, orderid, str, REQUIRED, NULL, 1, 190, "Order id to look for.")
REPLY(nats_orderid_exists, 200, nats_result)
EP_END(nats_orderid_exists)
/* clang-format on */
