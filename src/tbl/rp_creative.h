/* rp_creative.h - rows of tbl/replies.h: creatives.  No guard, on purpose. */
/* clang-format off */
#define T(name_) "\"" name_ "\":{\"type\":\"string\"},"
#define N(name_) "\"" name_ "\":{\"type\":\"string\",\"pattern\":\"^[0-9]+$\"},"
#define R(name_) "\"" name_ "\","
#define MAP(of_) "{\"type\":\"object\",\"additionalProperties\":" of_ "}"
#define NAMES(name_) "\"" name_ "\":" MAP("{\"type\":\"string\"}")
#define ONE_RULE(more_) "{\"type\":\"object\",\"required\":[\"creativeid\",\"ruleid\"],\"properties\":{" N("creativeid") more_ "\"ruleid\":{\"type\":\"string\"}}}"
#define FAILED "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"error\"],\"properties\":{" N("creativeid") T("ruleid") "\"error\":{\"type\":\"string\"}}}}"
OTHER(nats_creatives, MAP("{\"type\":\"object\",\"required\":[\"type_details\",\"creatives\"],\"properties\":{"
    "\"type_details\":{\"type\":\"object\",\"required\":[\"name\",\"description\",\"deleted\",\"creative_category_id\"],\"properties\":{"
    T("name") T("description") T("deleted") "\"creative_category_id\":{\"type\":\"string\"}}},\"creatives\":"
    MAP("{\"type\":\"object\",\"required\":[\"details\"],\"properties\":{\"details\":{\"type\":\"object\",\"required\":["
    R("deleted") R("date_added") R("last_modified") R("pending") R("name") R("height") R("width") R("size") R("thumb_ext") R("alt")
    R("type") R("hosted_url") "\"creativeid\"],\"properties\":{" N("deleted") N("date_added") N("last_modified") N("pending") T("name")
    N("height") N("width") N("size") T("thumb_ext") T("alt") N("type") T("hosted_url")
    "\"creativeid\":{\"type\":\"string\"}}}}}") "}}"),
    "By the number of the type, then by that of the creative.")
OTHER(nats_creative_fields, "{\"type\":\"object\",\"required\":[\"result\",\"message\"],\"properties\":{" T("result") "\"message\":"
    MAP("{\"type\":\"object\",\"required\":[\"types\",\"fields\"],\"properties\":{" NAMES("types") ",\"fields\":"
    MAP("{\"type\":\"object\",\"required\":[\"label\",\"type\",\"required\"],\"properties\":{" T("label") T("type")
    "\"required\":{\"type\":\"integer\",\"enum\":[0,1]}}}") "}}") "}}", "By the short name of the type.")
OTHER(nats_creative_rules, "{\"type\":\"object\",\"required\":[\"rules\"],\"properties\":{\"rules\":" MAP(MAP(
    "{\"type\":\"object\",\"required\":[" R("adtool_rule_id") R("identid") R("start_time") R("end_time") R("rule_type") R("adtoolid")
    R("adtool_type_id") R("rule_key") R("start_nice") R("end_nice") R("rule_type_nice") R("loginid") R("offerid")
    "\"landing_pageid\"],\"properties\":{" N("adtool_rule_id") N("identid") N("start_time") N("end_time") N("rule_type") N("adtoolid")
    N("adtool_type_id") T("rule_key") T("start_nice") T("end_nice") T("rule_type_nice") NAMES("loginid") "," NAMES("offerid") ","
    NAMES("landing_pageid") "}}")) "}}", "By creative, then by rule.")
OTHER(nats_new_creative, "{\"type\":\"object\",\"required\":[\"result\",\"message\"],\"properties\":{" T("result")
    "\"message\":{\"type\":\"integer\"}}}", "The number of the new creative.")
OTHER(nats_new_creative_rules, "{\"type\":\"object\",\"required\":[\"successes\",\"failures\",\"total_successes\"],\"properties\":{"
    "\"successes\":" MAP(ONE_RULE("")) ",\"failures\":" FAILED ",\"total_successes\":{\"type\":\"integer\"}}}", "By creative.")
OTHER(nats_creative_rules_done, "{\"type\":\"object\",\"required\":[\"successes\",\"failures\",\"total_successes\"],\"properties\":{"
    "\"successes\":{\"type\":\"array\",\"items\":" ONE_RULE("") "},\"failures\":" FAILED
    ",\"total_successes\":{\"type\":\"integer\"}}}", "What was changed, and what could not be.")
#undef T
#undef N
#undef R
#undef MAP
#undef NAMES
#undef ONE_RULE
#undef FAILED
/* clang-format on */
