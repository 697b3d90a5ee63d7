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
/* clang-format on */
