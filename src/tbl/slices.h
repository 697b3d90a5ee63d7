/* slices.h - what stats/custom can be cut by.  No guard, on purpose.  The order is that of a row's keys.
 *
 *  SLICE(id, word, kind)   kind: TIME, NUMBER (an id or code of ours), WORD (a text)                  */
/* clang-format off */
SLICE(YEAR,       "year",       TIME)
SLICE(QUARTER,    "quarter",    TIME)
SLICE(MONTH,      "month",      TIME)
SLICE(DAY,        "day",        TIME)
SLICE(HOUR,       "hour",       TIME)
SLICE(OFFER,      "offer",      NUMBER)
SLICE(ADVERTISER, "advertiser", NUMBER)
SLICE(AFFILIATE,  "affiliate",  NUMBER)
SLICE(COUNTRY,    "country",    NUMBER)
SLICE(GOAL,       "goal",       NUMBER)
SLICE(DEVICE,     "device",     NUMBER)
SLICE(OS,         "os",         WORD)
SLICE(BROWSER,    "browser",    WORD)
SLICE(SMART,      "smart_id",   WORD)
SLICE(REASON,     "trafficback_reason", NUMBER) /* number of a verdict */
/* clang-format on */
