/* getby.h - the reports of /3.0/stats/getby*: each is stats/custom with its slices given.  No guard, on purpose.
 *
 *  GETBY(name, role, need of filter[offer], slice, slice, slice, slice, brief, more)      SLICES: none       */
/* clang-format off */
GETBY(getbydate,               ANY,   OPTIONAL, YEAR, MONTH, DAY, NONE,          "Statistics by day.", "")
GETBY(getbyhour,               ANY,   OPTIONAL, YEAR, MONTH, DAY, HOUR,          "Statistics by hour.", "Hours without anything are there, too, for up to a year of them.")
GETBY(getbysub,                ANY,   REQUIRED, SUB1, NONE, NONE, NONE,          "Statistics of some offers by sub1.", "")
GETBY(getbyprogram,            ANY,   OPTIONAL, OFFER, NONE, NONE, NONE,         "Statistics by offer.", "")
GETBY(getbyadvertiser,         ADMIN, OPTIONAL, ADVERTISER, NONE, NONE, NONE,    "Statistics by advertiser.", "")
GETBY(getbyaccountmanager,     ADMIN, OPTIONAL, ADV_MANAGER, NONE, NONE, NONE,   "Statistics by the managers that advertisers have now.", "filter[manager] is about these managers here.  Nobody is number 0 and called Undefined.")
GETBY(getbyaffiliatemanager,   ADMIN, OPTIONAL, AFF_MANAGER, NONE, NONE, NONE,   "Statistics by the managers that affiliates have now.", "Nobody is number 0 and called Undefined.")
GETBY(getbypartner,            ADMIN, OPTIONAL, AFFILIATE, NONE, NONE, NONE,     "Statistics by affiliate.", "")
GETBY(getbypartnerbydate,      ADMIN, OPTIONAL, YEAR, MONTH, DAY, AFFILIATE,     "Statistics by day and affiliate.", "")
GETBY(getbycountries,          ANY,   OPTIONAL, COUNTRY, NONE, NONE, NONE,       "Statistics by country.", "")
GETBY(getbybrowsers,           ANY,   OPTIONAL, BROWSER, NONE, NONE, NONE,       "Statistics by browser.", "")
GETBY(getbyos,                 ANY,   OPTIONAL, OS, NONE, NONE, NONE,            "Statistics by operating system.", "")
GETBY(getbyversions,           ANY,   OPTIONAL, OS, OS_VERSION, NONE, NONE,      "Statistics by operating system and version.", "")
GETBY(getbygoal,               ANY,   OPTIONAL, GOAL, NONE, NONE, NONE,          "Statistics by goal value.", "Traffic cannot be split by goal and is 0; the money of clicks stands under goal 1.")
GETBY(getbycities,             ANY,   OPTIONAL, CITY, NONE, NONE, NONE,          "Statistics by city, by name.", "")
GETBY(getbydevices,            ANY,   OPTIONAL, DEVICE, NONE, NONE, NONE,        "Statistics by type of device.", "")
GETBY(getbydevicemodels,       ANY,   OPTIONAL, MODEL, NONE, NONE, NONE,         "Statistics by model of device.", "")
/* clang-format on */
