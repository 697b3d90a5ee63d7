/* rp_access.h - rows of tbl/replies.h: who may run what, cities and providers, of the Affise dialect.  No guard,
 * on purpose. */
/* clang-format off */
OBJ(affise_message, "What was done.")
FLD(affise_message, status,  int, "1")
FLD(affise_message, message, str, "what was done, for people")
OBJ_END(affise_message)
#define AFFISE_PAGES "\"pagination\":{\"type\":\"object\",\"required\":[\"per_page\",\"total_count\",\"page\"]," \
    "\"properties\":{\"per_page\":{\"type\":\"integer\"},\"total_count\":{\"type\":\"integer\"},\"page\":{\"type\":\"integer\"}," \
    "\"next_page\":{\"type\":\"integer\"}}}"
OTHER(affise_cities, "{\"type\":\"object\",\"required\":[\"status\",\"cities\",\"pagination\"],\"properties\":{\"status\":{\"type\":\"integer\"},"
    "\"cities\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\",\"name\",\"country_code\",\"region_code\"],\"properties\":{"
    "\"id\":{\"type\":\"integer\"},\"name\":{\"type\":\"string\"},\"country_code\":{\"type\":\"string\"},\"region_code\":{\"type\":\"string\"}}}}," AFFISE_PAGES "}}", "Cities by name.")
OTHER(affise_isp, "{\"type\":\"object\",\"required\":[\"status\",\"isp\",\"pagination\"],\"properties\":{\"status\":{\"type\":\"integer\"},"
    "\"isp\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\",\"name\",\"country\"],\"properties\":{"
    "\"id\":{\"type\":\"string\",\"pattern\":\"^[0-9a-f]{24}$\"},\"name\":{\"type\":\"string\"},\"country\":{\"type\":\"string\"}}}}," AFFISE_PAGES "}}", "Providers by name.")
#undef AFFISE_PAGES
/* clang-format on */
