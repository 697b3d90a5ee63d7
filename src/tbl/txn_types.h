/* txn_types.h - the kinds of ledger rows.  No guard, on purpose.  Numbers are never reused.
 *
 *  TXN(number, id, name in report/transaction)                                                     */
/* clang-format off */
TXN(1, INITIAL,             "conversion")            /* advertiser_initial when an advertiser is set */
TXN(2, CONTINUITY,          "continuity")
TXN(3, GOAL,                "goal")
TXN(4, VOID,                "void")
TXN(5, CHARGEBACK,          "chargeback")
TXN(6, VOID_REVERSAL,       "void_reversal")
TXN(7, CHARGEBACK_REVERSAL, "chargeback_reversal")
TXN(8, PENDING,             "pending")               /* not booked; its approval is a row of type 1-3 */
TXN(9, REJECTED,            "rejected")              /* not booked; reason says why */
TXN(10, CORRECTION,         "correction")
TXN(11, OMIT,               "omit")                  /* takes its original away, on the original's own day */
/* clang-format on */
