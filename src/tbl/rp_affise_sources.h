/* rp_affise_sources.h - rows of tbl/replies.h: categories and sources of offers.  No guard, on purpose. */
/* clang-format off */
OTHER(affise_categories,
    "{\"type\":\"object\",\"required\":[\"status\",\"categories\",\"pagination\"],\"properties\":{\"status\":{\"typ"
    "e\":\"integer\",\"enum\":[1]},\"categories\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":["
    "\"id\",\"title\"],\"properties\":{\"id\":{\"type\":\"string\",\"pattern\":\"^[0-9a-f]{24}$\"},\"title\":{\"typ"
    "e\":\"string\"}}}},\"pagination\":{\"type\":\"object\",\"required\":[\"per_page\",\"total_count\",\"page\"],\""
    "properties\":{\"per_page\":{\"type\":\"integer\"},\"total_count\":{\"type\":\"integer\"},\"page\":{\"type\":\""
    "integer\"},\"next_page\":{\"type\":\"integer\"}}}}}", "Categories.")
OTHER(affise_category,
    "{\"type\":\"object\",\"required\":[\"status\",\"category\"],\"properties\":{\"status\":{\"type\":\"integer\",\""
    "enum\":[1]},\"category\":{\"type\":\"object\",\"required\":[\"id\",\"title\"],\"properties\":{\"id\":{\"type\""
    ":\"string\",\"pattern\":\"^[0-9a-f]{24}$\"},\"title\":{\"type\":\"string\"}}}}}", "The category.")
OTHER(affise_sources,
    "{\"type\":\"object\",\"required\":[\"status\",\"sources\"],\"properties\":{\"status\":{\"type\":\"integer\",\""
    "enum\":[1]},\"sources\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\",\"title\",\"ti"
    "tle_lang\",\"allowed\"],\"properties\":{\"id\":{\"type\":\"string\",\"pattern\":\"^[0-9a-f]{24}$\"},\"title\":"
    "{\"type\":\"string\"},\"title_lang\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}},\"al"
    "lowed\":{\"type\":\"integer\",\"enum\":[0,1]}}}}}}", "Traffic sources.")
OTHER(affise_source,
    "{\"type\":\"object\",\"required\":[\"status\",\"source\"],\"properties\":{\"status\":{\"type\":\"integer\",\"e"
    "num\":[1]},\"source\":{\"type\":\"object\",\"required\":[\"title\",\"title_lang\",\"id\"],\"properties\":{\"ti"
    "tle\":{\"type\":\"string\"},\"title_lang\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}"
    "},\"id\":{\"type\":\"string\",\"pattern\":\"^[0-9a-f]{24}$\"}}}}}", "The traffic source.")
/* clang-format on */
