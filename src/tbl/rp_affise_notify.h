/* rp_affise_notify.h - rows of tbl/replies.h: affiliates' postbacks and pixels.  No guard, on purpose. */
/* clang-format off */
#define AFFISE_TIME "{\"type\":\"string\",\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$\"}"
#define AFFISE_PAGES "{\"type\":\"object\",\"required\":[\"per_page\",\"total_count\",\"page\"]," \
    "\"properties\":{\"per_page\":{\"type\":\"integer\"},\"total_count\":{\"type\":\"integer\"}," \
    "\"page\":{\"type\":\"integer\"},\"next_page\":{\"type\":\"integer\"}}}"
#define AFFISE_POSTBACK "{\"type\":\"object\",\"required\":[\"id\",\"url\",\"offer_id\",\"status\",\"goal\",\"created\"," \
    "\"updated_at\",\"forced\",\"pid\"],\"properties\":{\"id\":{\"type\":\"integer\"},\"url\":{\"type\":\"string\"}," \
    "\"offer_id\":{\"type\":[\"string\",\"null\"],\"pattern\":\"^[0-9]+$\"},\"status\":{\"type\":[\"string\",\"null\"]," \
    "\"enum\":[\"confirmed\",\"pending\",\"declined\",\"not_found\",\"hold\",\"by_creating\",null]}," \
    "\"goal\":{\"type\":[\"string\",\"null\"]},\"created\":" AFFISE_TIME ",\"updated_at\":" AFFISE_TIME "," \
    "\"forced\":{\"type\":\"string\",\"enum\":[\"0\",\"1\"]},\"pid\":{\"type\":\"string\",\"pattern\":\"^[0-9]+$\"}}}"
#define AFFISE_PIXEL "{\"type\":\"object\",\"required\":[\"id\",\"name\",\"code\",\"code_type\",\"offer_id\",\"pid\"," \
    "\"is_active\",\"moderation_status\",\"created_at\",\"updated_at\"],\"properties\":{\"id\":{\"type\":\"integer\"}," \
    "\"name\":{\"type\":\"string\"},\"code\":{\"type\":\"string\"},\"code_type\":{\"type\":\"string\"," \
    "\"enum\":[\"javascript\",\"iframe\",\"image\"]},\"offer_id\":{\"type\":\"string\"},\"pid\":{\"type\":\"string\"}," \
    "\"is_active\":{\"type\":\"string\",\"enum\":[\"0\",\"1\"]},\"moderation_status\":{\"type\":\"string\"," \
    "\"enum\":[\"-1\",\"0\",\"1\"]},\"created_at\":" AFFISE_TIME ",\"updated_at\":" AFFISE_TIME "}}"
#define AFFISE_HEX24 "{\"type\":\"string\",\"pattern\":\"^[0-9a-f]{24}$\"}"
OTHER(affise_postback,
    "{\"type\":\"object\",\"required\":[\"status\",\"postback\"],\"properties\":{\"status\":{\"type\":\"integer\"," \
    "\"enum\":[1]},\"postback\":" AFFISE_POSTBACK "}}", "A postback.")
OTHER(affise_postbacks,
    "{\"type\":\"object\",\"required\":[\"status\",\"postbacks\",\"pagination\"],\"properties\":{" \
    "\"status\":{\"type\":\"integer\",\"enum\":[1]},\"postbacks\":{\"type\":\"array\",\"items\":" AFFISE_POSTBACK "}," \
    "\"pagination\":" AFFISE_PAGES "}}", "A page of postbacks.")
OTHER(affise_pixel,
    "{\"type\":\"object\",\"required\":[\"status\",\"pixel\"],\"properties\":{\"status\":{\"type\":\"integer\"," \
    "\"enum\":[1]},\"pixel\":" AFFISE_PIXEL "}}", "A pixel.")
OTHER(affise_pixels,
    "{\"type\":\"object\",\"required\":[\"status\",\"pixel\"],\"properties\":{\"status\":{\"type\":\"integer\"," \
    "\"enum\":[1]},\"pixel\":{\"type\":\"object\",\"additionalProperties\":" AFFISE_PIXEL "}}}", "Pixels by their number.")
OTHER(affise_server_postbacks,
    "{\"type\":\"object\",\"required\":[\"status\",\"postbacks\",\"pagination\"],\"properties\":{" \
    "\"status\":{\"type\":\"integer\",\"enum\":[1]},\"postbacks\":{\"type\":\"array\",\"items\":{\"type\":\"object\"," \
    "\"required\":[\"_id\",\"_get\",\"_post\",\"date\",\"get\",\"post\",\"server\",\"response\",\"outcome\",\"unresolved\",\"track\"]," \
    "\"properties\":{\"_id\":{\"type\":\"object\",\"required\":[\"$id\"],\"properties\":{\"$id\":" AFFISE_HEX24 "}}," \
    "\"_get\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}},\"_post\":{\"type\":\"array\"}," \
    "\"date\":{\"type\":\"object\",\"required\":[\"sec\",\"usec\"],\"properties\":{\"sec\":{\"type\":\"integer\"}," \
    "\"usec\":{\"type\":\"integer\"}}},\"get\":{\"type\":\"string\"},\"post\":{\"type\":\"string\"}," \
    "\"server\":{\"type\":\"string\"},\"response\":{\"type\":\"string\"},\"outcome\":{\"type\":\"string\"},\"unresolved\":{\"type\":[\"string\",\"null\"]},\"track\":{\"type\":[\"object\",\"null\"],\"properties\":{\"id\":{\"type\":\"string\"},\"ip\":{\"type\":\"string\"},\"ua\":{\"type\":\"string\"},\"country\":{\"type\":\"string\"},\"country_name\":{\"type\":\"string\"},\"city\":{\"type\":\"string\"},\"device\":{\"type\":\"string\"},\"os\":{\"type\":\"string\"},\"browser\":{\"type\":\"string\"},\"referrer\":{\"type\":\"string\"},\"click_id\":{\"type\":\"string\"},\"sub1\":{\"type\":\"string\"},\"sub2\":{\"type\":\"string\"},\"sub3\":{\"type\":\"string\"},\"sub4\":{\"type\":\"string\"},\"sub5\":{\"type\":\"string\"},\"offer\":{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integer\"},\"offer_id\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"},\"preview_url\":{\"type\":\"string\"}}},\"offer_id\":{\"type\":\"string\"},\"conversion_id\":{\"type\":[\"string\",\"null\"]},\"ios_idfa\":{\"type\":\"null\"},\"android_id\":{\"type\":\"null\"},\"created_at\":{\"type\":\"string\"},\"uniq\":{\"type\":\"integer\"},\"cbid\":{\"type\":[\"string\",\"null\"]},\"partner\":{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"string\"},\"login\":{\"type\":\"string\"},\"email\":{\"type\":\"string\"}}}}}}}}," \
    "\"pagination\":" AFFISE_PAGES "}}",
    "A page of the log of what was posted.")
OTHER(affise_partner_postbacks,
    "{\"type\":\"object\",\"required\":[\"status\",\"postbacks\",\"pagination\"],\"properties\":{" \
    "\"status\":{\"type\":\"integer\",\"enum\":[1]},\"postbacks\":{\"type\":\"array\",\"items\":{\"type\":\"object\"," \
    "\"required\":[\"_id\",\"_get\",\"_post\",\"date\",\"pid\",\"lead_id\",\"http_code\",\"postback_url\",\"offer_id\"," \
    "\"job_id\",\"goal\",\"status\",\"answer\",\"error\"],\"properties\":{\"_id\":{\"type\":\"object\",\"required\":[\"$id\"]," \
    "\"properties\":{\"$id\":" AFFISE_HEX24 "}},\"_get\":{\"type\":\"null\"},\"_post\":{\"type\":\"null\"}," \
    "\"date\":{\"type\":\"object\",\"required\":[\"sec\",\"usec\"],\"properties\":{\"sec\":{\"type\":\"integer\"}," \
    "\"usec\":{\"type\":\"integer\"}}},\"pid\":{\"type\":\"integer\"},\"lead_id\":" AFFISE_HEX24 "," \
    "\"http_code\":{\"type\":\"integer\"},\"postback_url\":{\"type\":\"string\"},\"offer_id\":{\"type\":\"string\"}," \
    "\"job_id\":" AFFISE_HEX24 ",\"goal\":{\"type\":\"string\"},\"status\":{\"type\":\"integer\"}," \
    "\"answer\":{\"type\":\"string\"},\"error\":{\"type\":\"string\"}}}},\"pagination\":" AFFISE_PAGES "}}",
    "A page of the log of postbacks.")
#undef AFFISE_TIME
#undef AFFISE_PAGES
#undef AFFISE_POSTBACK
#undef AFFISE_PIXEL
#undef AFFISE_HEX24
/* clang-format on */
