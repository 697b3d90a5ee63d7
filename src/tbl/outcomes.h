/* outcomes.h - what became of an event, and how each dialect says so.  No guard, on purpose.
 * NATS texts go out as "*error* - <text>" from the posting scripts; NULL: not an answer of that dialect.
 *
 *  OUTCOME(number, id, text of the NATS scripts, text of Affise's /postback)                       */
/* clang-format off */
OUTCOME( 0, BOOKED,             NULL,                                   NULL)
OUTCOME( 1, PENDING,            NULL,                                   NULL)  /* success; booked once approved */
OUTCOME( 2, STATUS_CHANGED,     NULL,                                   NULL)
OUTCOME( 3, ACCEPTED,           NULL,                                   NULL)  /* on disk, not decided yet */
OUTCOME( 4, DECLINED,           NULL,                                   NULL)  /* Affise: kept as declined, comment says why */
OUTCOME(10, DUPLICATE,          "Duplicate orderid.",                   "Conversion exists")
OUTCOME(11, UNKNOWN_CLICK,      "Invalid click_hash.",                  "Broken clickid")
OUTCOME(12, MALFORMED_CLICK,    "Invalid click_hash.",                  "Broken clickid")
OUTCOME(13, MISSING_CLICK,      "Missing click_hash.",                  "Missing mandatory parameter clickid/click_id or ref_id or aimp_id")
OUTCOME(14, AMBIGUOUS_ORDERID,  "Ambiguous orderid.",                   "Conversion exists")
OUTCOME(15, OFFER_DISABLED,     "Offer disabled.",                      "Offer disabled")
OUTCOME(16, IP_DENIED,          "IP not allowed.",                      "Current IP-address is denied")
OUTCOME(17, ACCESS_DENIED,      "Access denied.",                       "Access denied")
OUTCOME(18, NOT_PENDING,        "Invalid transaction.",                 "Conversion status is not pending")
OUTCOME(19, INVALID_TXN,        "Invalid transaction.",                 "Broken clickid")
OUTCOME(20, VOID_EXISTS,        "Void transaction exists.",             NULL)
OUTCOME(21, CHARGEBACK_EXISTS,  "Chargeback transaction exists.",       NULL)
OUTCOME(22, NO_VOID,            "Invalid transaction.",                 NULL)  /* a reversal of what was not voided */
OUTCOME(23, BAD_AMOUNT,         "Invalid amount (%s).",                 "Bad parameter: %s")
OUTCOME(24, BAD_CURRENCY,       "Invalid currency.",                    "Bad parameter: currency")
OUTCOME(25, BAD_GOAL,           "Invalid goal.",                        "Bad parameter: goal")
OUTCOME(26, VOIDS_OFF,          "Remote voids are switched off.",       NULL)
OUTCOME(27, BAD_STATUS,         "Invalid status.",                      "Bad parameter: status")
OUTCOME(28, OTHER_OFFER,        "Invalid offerid.",                     "Bad parameter: offerid")
OUTCOME(29, REPLAYED,           "Request was sent before.",             "Conversion exists")  /* its signature was taken already */
OUTCOME(35, IP_LIMIT,           "Conversion limit of this IP reached.", "IP duplicate")  /* kept as rejected */
OUTCOME(36, COOKIE_DUPE,        "Visitor has converted before.",        "Conversion exists")  /* ditto */
OUTCOME(40, NOT_STORED,         "Try again later.",                     "Try again later")  /* the only 503 */
OUTCOME(50, REFUSED,            "Invalid request.",                     "Bad request")  /* never became an event; only in the log */
/* clang-format on */
