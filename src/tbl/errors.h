/* errors.h - what can go wrong with a call, below the dialects.  No guard, on purpose.
 *
 *  ERROR(id, text)                                                                                 */
/* clang-format off */
ERROR(OK,          "success")
ERROR(MISSING,     "a required value is missing")
ERROR(INVALID,     "a value is not valid")
ERROR(UNSUPPORTED, "a documented parameter that this version does not take")
ERROR(NOT_FOUND,   "there is no such thing")
ERROR(EXISTS,      "there is one already")
ERROR(DENIED,      "the caller may not do that")
ERROR(DB_DOWN,     "the database cannot be reached")
ERROR(DB_SQL,      "the database refused a statement")
ERROR(DB_DUP,      "a unique key exists already")
ERROR(DB_RETRY,    "deadlock or lost connection: the transaction may be tried again")
ERROR(MALFORMED,   "the request cannot be read")
ERROR(IO,          "reading or writing failed")
ERROR(FULL,        "there is no room")
/* clang-format on */
