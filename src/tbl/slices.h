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
SLICE(CITY,       "city",       WORD)
SLICE(OS_VERSION, "os_version", WORD)
SLICE(MODEL,      "device_model", WORD)
SLICE(SUB1,       "sub1",       WORD)
SLICE(SUB2,       "sub2",       WORD)
SLICE(SUB3,       "sub3",       WORD)
SLICE(SUB4,       "sub4",       WORD)
SLICE(SUB5,       "sub5",       WORD)
SLICE(MANAGER,    "manager",    NUMBER)               /* of the affiliate */
SLICE(AFF_MANAGER, "affiliate_manager_id", NUMBER)    /* the same, as getbyaffiliatemanager has it */
SLICE(ADV_MANAGER, "advertiser_manager_id", NUMBER)
SLICE(REASON,     "trafficback_reason", NUMBER) /* number of a verdict */
/* clang-format on */
