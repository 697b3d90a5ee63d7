/* rp_affise.h - rows of tbl/replies.h: the Affise dialect.  No guard, on purpose. */
/* clang-format off */
#define AFFISE_CREATIVES "\"creatives\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\",\"title\"," \
    "\"file_name\",\"url\",\"type\",\"width\",\"height\",\"size\"],\"properties\":{\"id\":{\"type\":\"integer\"}," \
    "\"title\":{\"type\":\"string\"},\"file_name\":{\"type\":\"string\"},\"url\":{\"type\":\"string\"},\"type\":{\"type\":\"string\"}," \
    "\"width\":{\"type\":\"integer\"},\"height\":{\"type\":\"integer\"},\"size\":{\"type\":\"integer\"}}}}"
#define AFFISE_SUB_ACCOUNT(except_) \
    "{\"type\":\"object\",\"required\":[\"value\",\"except\"],\"properties\":{\"value\":{\"type\":\"string\"}," \
    "\"except\":" except_ "}}"
#define AFFISE_SUB_ACCOUNTS(except_) \
    "\"sub_accounts\":{\"type\":\"object\",\"required\":[\"1\",\"2\"],\"properties\":{\"1\":" \
    AFFISE_SUB_ACCOUNT(except_) ",\"2\":" AFFISE_SUB_ACCOUNT(except_) "}}"
#define AFFISE_OFFER \
    "{\"type\":\"object\",\"required\":[\"id\",\"offer_id\",\"advertiser\",\"external_offer_id\",\"hide_payments\"," \
    "\"title\",\"macro_url\",\"url\",\"url_preview\",\"preview_url\",\"domain_url\",\"trafficback_url\"," \
    "\"use_https\",\"use_http\",\"description_lang\",\"sources\",\"logo\",\"logo_source\",\"status\",\"tags\"," \
    "\"privacy\",\"is_top\",\"payments\",\"partner_payments\",\"landings\",\"strictly_country\",\"strictly_os\"," \
    "\"strictly_brands\",\"strictly_connection_type\",\"strictly_isp\",\"is_redirect_overcap\"," \
    "\"notice_percent_overcap\",\"hold_period\",\"categories\",\"full_categories\",\"cr\",\"epc\",\"notes\"," \
    "\"allowed_ip\",\"disallowed_ip\",\"hash_password\",\"allow_deeplink\",\"hide_referer\",\"redirect_type\"," \
    "\"start_at\",\"stop_at\",\"auto_offer_connect\",\"required_approval\",\"is_cpi\",\"kpi\"," \
    "\"sub_restrictions\",\"sub_accounts\",\"creatives\",\"creatives_zip\",\"caps\",\"caps_status\",\"hide_caps\"," \
    "\"smartlink_categories\",\"click_session\",\"search_empty_sub\",\"uniq_ip_only\",\"note_aff\"," \
    "\"note_sales\",\"created_at\",\"updated_at\"],\"properties\":{\"id\":{\"type\":\"integer\"}," \
    "\"offer_id\":{\"type\":\"string\",\"pattern\":\"^[0-9a-f]{24}$\"},\"advertiser\":{\"type\":\"string\"," \
    "\"pattern\":\"^([0-9a-f]{24})?$\"},\"external_offer_id\":{\"type\":\"string\"}," \
    "\"hide_payments\":{\"type\":\"boolean\"},\"title\":{\"type\":\"string\"},\"macro_url\":{\"type\":[\"string\"," \
    "\"null\"]},\"url\":{\"type\":\"string\"},\"url_preview\":{\"type\":\"string\"}," \
    "\"preview_url\":{\"type\":\"string\"},\"domain_url\":{\"type\":\"string\"}," \
    "\"trafficback_url\":{\"type\":\"string\"},\"use_https\":{\"type\":\"boolean\"}," \
    "\"use_http\":{\"type\":\"boolean\"},\"description_lang\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}},\"sources\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\",\"title\",\"allowed\"],\"properties\":{\"id\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"},\"allowed\":{\"type\":\"integer\"}}}}," \
    "\"logo\":{\"type\":\"string\"},\"logo_source\":{\"type\":\"string\"},\"status\":{\"type\":\"string\"," \
    "\"enum\":[\"active\",\"stopped\",\"suspended\"]},\"tags\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}," \
    "\"privacy\":{\"type\":\"string\",\"enum\":[\"public\",\"protected\",\"private\"]},\"is_top\":{\"type\":\"integer\"," \
    "\"enum\":[0,1]},\"payments\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"countries\"," \
    "\"cities\",\"devices\",\"os\",\"goal\",\"revenue\",\"currency\",\"title\",\"type\",\"country_exclude\",\"total\"," \
    "\"url\",\"with_regions\"],\"properties\":{\"countries\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}," \
    "\"cities\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integer\"},\"name\":{\"type\":\"string\"},\"country_code\":{\"type\":\"string\"},\"region_code\":{\"type\":\"string\"}}}},\"devices\":{\"type\":\"array\"," \
    "\"items\":{\"type\":\"string\"}},\"os\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}," \
    "\"goal\":{\"type\":\"string\"},\"revenue\":{\"type\":\"number\"},\"currency\":{\"type\":\"string\"}," \
    "\"title\":{\"type\":\"string\"},\"type\":{\"type\":\"string\",\"enum\":[\"fixed\",\"percent\"]}," \
    "\"country_exclude\":{\"type\":\"boolean\"},\"total\":{\"type\":\"number\"},\"url\":{\"type\":[\"string\"," \
    "\"null\"]},\"with_regions\":{\"type\":\"boolean\"}}}},\"partner_payments\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"partners\":{\"type\":\"array\",\"items\":{\"type\":\"integer\"}},\"countries\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},\"cities\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integer\"},\"name\":{\"type\":\"string\"},\"country_code\":{\"type\":\"string\"},\"region_code\":{\"type\":\"string\"}}}},\"devices\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},\"os\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},\"goal\":{\"type\":\"string\"},\"total\":{\"type\":\"number\"},\"revenue\":{\"type\":\"number\"},\"currency\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"},\"type\":{\"type\":\"string\",\"enum\":[\"fixed\",\"percent\"]},\"country_exclude\":{\"type\":\"boolean\"},\"url\":{\"type\":[\"string\",\"null\"]},\"with_regions\":{\"type\":\"boolean\"}}}}," \
    "\"landings\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\",\"title\",\"url\"," \
    "\"url_preview\",\"type\"],\"properties\":{\"id\":{\"type\":\"integer\"},\"title\":{\"type\":\"string\"}," \
    "\"url\":{\"type\":\"string\"},\"url_preview\":{\"type\":\"string\"},\"type\":{\"type\":\"string\"," \
    "\"enum\":[\"landing\",\"transit\"]}}}},\"strictly_country\":{\"type\":\"integer\",\"enum\":[0,1]}," \
    "\"strictly_os\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"os\",\"versions\"],\"properties\":{\"os\":{\"type\":\"string\"},\"versions\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}}},\"strictly_brands\":{\"type\":[\"array\",\"null\"]}," \
    "\"strictly_connection_type\":{\"type\":\"string\"},\"strictly_isp\":{\"type\":\"array\"," \
    "\"items\":{\"type\":\"string\"}},\"is_redirect_overcap\":{\"type\":\"boolean\"}," \
    "\"notice_percent_overcap\":{\"type\":[\"integer\",\"null\"]},\"hold_period\":{\"type\":\"integer\"}," \
    "\"categories\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},\"full_categories\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\",\"title\"],\"properties\":{\"id\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"}}}}," \
    "\"cr\":{\"type\":\"number\"},\"epc\":{\"type\":\"number\"},\"notes\":{\"type\":[\"string\",\"null\"]}," \
    "\"allowed_ip\":{\"type\":\"string\"},\"disallowed_ip\":{\"type\":\"string\"}," \
    "\"hash_password\":{\"type\":[\"string\",\"null\"]},\"allow_deeplink\":{\"type\":\"integer\",\"enum\":[0,1]}," \
    "\"hide_referer\":{\"type\":\"integer\",\"enum\":[0,1]},\"redirect_type\":{\"type\":\"string\"}," \
    "\"start_at\":{\"type\":\"string\",\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$\"" \
    "},\"stop_at\":{\"type\":[\"string\",\"null\"]," \
    "\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$\"}," \
    "\"auto_offer_connect\":{\"type\":[\"integer\",\"null\"]},\"required_approval\":{\"type\":\"boolean\"}," \
    "\"is_cpi\":{\"type\":\"boolean\"},\"kpi\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}},\"sub_restrictions\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"sub1\":{\"type\":\"string\"},\"sub2\":{\"type\":\"string\"}}}}," \
    AFFISE_SUB_ACCOUNTS("{\"type\":\"boolean\"}") "," AFFISE_CREATIVES "," \
    "\"creatives_zip\":{\"type\":\"null\"},\"caps\":{\"type\":\"array\",\"items\":{\"type\":\"object\"," \
    "\"required\":[\"period\",\"type\",\"value\",\"goal_type\",\"goals\",\"affiliate_type\",\"affiliates\"]," \
    "\"properties\":{\"period\":{\"type\":\"string\",\"enum\":[\"day\",\"month\",\"all\"]},\"type\":{\"type\":\"string\"," \
    "\"enum\":[\"conversions\",\"budget\"]},\"value\":{\"type\":\"number\"},\"goal_type\":{\"type\":\"string\"," \
    "\"enum\":[\"all\",\"each\",\"exact\"]},\"goals\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}},\"affiliate_type\":{\"type\":\"string\"," \
    "\"enum\":[\"all\",\"each\",\"exact\"]},\"affiliates\":{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}}}}," \
    "\"caps_status\":{\"type\":[\"array\",\"null\"],\"items\":{\"type\":\"string\"}}," \
    "\"hide_caps\":{\"type\":\"integer\",\"enum\":[0,1]},\"smartlink_categories\":{\"type\":\"array\"," \
    "\"items\":{\"type\":\"string\",\"pattern\":\"^[0-9a-f]{24}$\"}},\"click_session\":{\"type\":\"string\"}," \
    "\"search_empty_sub\":{\"type\":[\"integer\",\"null\"]},\"uniq_ip_only\":{\"type\":\"boolean\"}," \
    "\"note_aff\":{\"type\":\"string\"},\"note_sales\":{\"type\":\"string\"},\"created_at\":{\"type\":\"string\"," \
    "\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$\"}," \
    "\"updated_at\":{\"type\":\"string\",\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}" \
    "$\"}}}"
#define AFFISE_POFFER_AND(more_) \
    "{\"type\":\"object\",\"required\":[\"id\",\"offer_id\",\"title\",\"preview_url\",\"description\",\"cr\",\"epc\"," \
    "\"logo\",\"stop_at\",\"sources\",\"categories\",\"full_categories\",\"payments\",\"required_approval\"," \
    "\"landings\",\"is_cpi\",\"creatives\",\"creatives_zip\",\"links\",\"macro_url\",\"link\",\"use_https\"," \
    "\"use_http\",\"hold_period\",\"caps\"],\"properties\":{" more_ "\"id\":{\"type\":\"integer\"}," \
    "\"offer_id\":{\"type\":\"string\",\"pattern\":\"^[0-9a-f]{24}$\"},\"title\":{\"type\":\"string\"}," \
    "\"preview_url\":{\"type\":\"string\"},\"description\":{\"type\":\"string\"},\"cr\":{\"type\":\"number\"}," \
    "\"epc\":{\"type\":\"number\"},\"logo\":{\"type\":\"string\"},\"stop_at\":{\"type\":\"string\"," \
    "\"pattern\":\"^([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2})?$\"}," \
    "\"sources\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\",\"title\",\"allowed\"],\"properties\":{\"id\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"},\"allowed\":{\"type\":\"integer\"}}}},\"categories\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}," \
    "\"full_categories\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\",\"title\"],\"properties\":{\"id\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"}}}},\"payments\":{\"type\":\"array\",\"items\":{\"type\":\"object\"," \
    "\"required\":[\"countries\",\"cities\",\"devices\",\"os\",\"goal\",\"revenue\",\"currency\",\"title\",\"type\"," \
    "\"country_exclude\"],\"properties\":{\"countries\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}," \
    "\"cities\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integer\"},\"name\":{\"type\":\"string\"},\"country_code\":{\"type\":\"string\"},\"region_code\":{\"type\":\"string\"}}}},\"devices\":{\"type\":\"array\"," \
    "\"items\":{\"type\":\"string\"}},\"os\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}," \
    "\"goal\":{\"type\":\"string\"},\"revenue\":{\"type\":\"number\"},\"currency\":{\"type\":\"string\"}," \
    "\"title\":{\"type\":\"string\"},\"type\":{\"type\":\"string\",\"enum\":[\"fixed\",\"percent\"]}," \
    "\"country_exclude\":{\"type\":\"boolean\"}}}},\"required_approval\":{\"type\":\"boolean\"}," \
    "\"landings\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\",\"title\",\"url\"," \
    "\"url_preview\",\"type\"],\"properties\":{\"id\":{\"type\":\"integer\"},\"title\":{\"type\":\"string\"}," \
    "\"url\":{\"type\":\"string\"},\"url_preview\":{\"type\":\"string\"},\"type\":{\"type\":\"string\"," \
    "\"enum\":[\"landing\",\"transit\"]}}}},\"is_cpi\":{\"type\":\"boolean\"}," AFFISE_CREATIVES "," \
    "\"creatives_zip\":{\"type\":\"null\"},\"links\":{\"type\":\"array\",\"items\":{\"type\":\"object\"," \
    "\"required\":[\"id\",\"title\",\"hash\",\"url\",\"postbacks\",\"created\"]," \
    "\"properties\":{\"id\":{\"type\":[\"integer\",\"null\"]},\"title\":{\"type\":[\"string\",\"null\"]},\"hash\":{\"type\":\"null\"}," \
    "\"url\":{\"type\":\"string\"},\"postbacks\":{\"type\":\"array\"},\"created\":{\"type\":\"null\"}}}}," \
    "\"macro_url\":{\"type\":[\"string\",\"null\"]},\"link\":{\"type\":\"string\"},\"use_https\":{\"type\":\"boolean\"}," \
    "\"use_http\":{\"type\":\"boolean\"},\"hold_period\":{\"type\":\"integer\"},\"caps\":{\"type\":\"array\"," \
    "\"items\":{\"type\":\"object\",\"required\":[\"period\",\"type\",\"value\",\"goal_type\",\"goals\"]," \
    "\"properties\":{\"period\":{\"type\":\"string\",\"enum\":[\"day\",\"month\",\"all\"]},\"type\":{\"type\":\"string\"," \
    "\"enum\":[\"conversions\",\"budget\"]},\"value\":{\"type\":\"number\"},\"goal_type\":{\"type\":\"string\"," \
    "\"enum\":[\"all\",\"each\",\"exact\"]},\"goals\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}}}}}}"
#define AFFISE_POFFER AFFISE_POFFER_AND("")
OTHER(affise_offers,
    "{\"type\":\"object\",\"required\":[\"status\",\"offers\",\"pagination\"],"
    "\"properties\":{\"status\":{\"type\":\"integer\",\"enum\":[1]},\"offers\":{\"type\":\"array\","
    "\"items\":{\"anyOf\":["
    AFFISE_OFFER
    ","
    AFFISE_POFFER
    "]}},\"pagination\":{\"type\":\"object\",\"required\":[\"per_page\",\"total_count\",\"page\"],"
    "\"properties\":{\"per_page\":{\"type\":\"integer\"},\"total_count\":{\"type\":\"integer\"},"
    "\"page\":{\"type\":\"integer\"},\"next_page\":{\"type\":\"integer\"}}}}}", "A page of offers; affiliates get the affiliate's view.")
OTHER(affise_tickets,
    "{\"type\":\"object\",\"required\":[\"status\",\"tickets\",\"pagination\"],\"properties\":{\"status\":{\"type\""
    ":\"integer\",\"enum\":[1]},\"tickets\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\""
    ",\"status\",\"type\",\"title\",\"description\",\"created\",\"updated\",\"attachments\",\"comments\",\"partner\""
    ",\"offer\"],\"properties\":{\"id\":{\"type\":\"string\"},\"status\":{\"type\":\"string\",\"enum\":[\"open\",\""
    "closed\"]},\"type\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"},\"description\":{\"type\":\"string\""
    "},\"created\":{\"type\":\"string\",\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$\"},\""
    "updated\":{\"type\":[\"string\",\"null\"]},\"attachments\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}"
    "},\"comments\":{\"type\":\"object\",\"required\":[\"answers\",\"unread\"],\"properties\":{\"answers\":{\"type\""
    ":\"integer\"},\"unread\":{\"type\":\"integer\"}}},\"partner\":{\"type\":\"object\",\"required\":[\"id\",\"crea"
    "ted_at\",\"updated_at\",\"email\",\"login\",\"name\",\"ref_percent\",\"notes\",\"manager\",\"status\",\"level\""
    ",\"payment_systems\",\"customFields\",\"balance\",\"offersCount\",\"api_key\",\"address_1\",\"address_2\",\"ci"
    "ty\",\"country\",\"zip_code\",\"phone\",\"ref\",\"sub_accounts\",\"contactPerson\"],\"properties\":{\"id\":{\""
    "type\":\"integer\"},\"created_at\":{\"type\":\"string\",\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-"
    "9]{2}:[0-9]{2}$\"},\"updated_at\":{\"type\":\"string\",\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9"
    "]{2}:[0-9]{2}$\"},\"email\":{\"type\":\"string\"},\"login\":{\"type\":\"string\"},\"name\":{\"type\":[\"string"
    "\",\"null\"]},\"ref_percent\":{\"type\":[\"string\",\"null\"]},\"notes\":{\"type\":\"string\"},\"manager\":{\""
    "type\":[\"object\",\"null\"],\"required\":[\"id\",\"first_name\",\"last_name\",\"email\",\"skype\",\"work_hour"
    "s\",\"api_key\",\"roles\",\"created_at\",\"updated_at\"],\"properties\":{\"id\":{\"type\":\"string\",\"pattern"
    "\":\"^[0-9a-f]{24}$\"},\"first_name\":{\"type\":\"string\"},\"last_name\":{\"type\":\"string\"},\"email\":{\"t"
    "ype\":\"string\"},\"skype\":{\"type\":[\"string\",\"null\"]},\"work_hours\":{\"type\":\"string\"},\"api_key\":"
    "{\"type\":\"string\"},\"roles\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},\"created_at\":{\"type\":"
    "\"string\",\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$\"},\"updated_at\":{\"type\":\""
    "string\",\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$\"}}},\"status\":{\"type\":\"str"
    "ing\",\"enum\":[\"active\",\"not active\",\"banned\",\"on moderation\"]},\"level\":{\"type\":\"integer\"},\"pa"
    "yment_systems\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\",\"active\",\"system\","
    "\"currency\",\"fields\"],\"properties\":{\"id\":{\"type\":\"integer\"},\"active\":{\"type\":\"integer\",\"enum"
    "\":[0,1]},\"system\":{\"type\":\"string\"},\"currency\":{\"type\":\"string\"},\"fields\":{\"type\":\"object\","
    "\"additionalProperties\":{\"type\":\"string\"}}}}},\"customFields\":{\"type\":\"array\",\"items\":{\"type\":\""
    "object\",\"required\":[\"id\",\"name\",\"value\",\"label\"],\"properties\":{\"id\":{\"type\":\"integer\"},\"na"
    "me\":{\"type\":\"string\"},\"value\":{\"type\":[\"string\",\"array\"],\"items\":{\"type\":\"integer\"}},\"labe"
    "l\":{\"type\":[\"string\",\"object\"],\"additionalProperties\":{\"type\":\"string\"}}}}},\"balance\":{\"type\""
    ":\"object\",\"additionalProperties\":{\"type\":\"object\",\"required\":[\"balance\",\"hold\",\"available\"],\""
    "properties\":{\"balance\":{\"type\":\"number\"},\"hold\":{\"type\":\"number\"},\"available\":{\"type\":\"numbe"
    "r\"}}}},\"offersCount\":{\"type\":\"integer\"},\"api_key\":{\"type\":\"string\"},\"address_1\":{\"type\":[\"st"
    "ring\",\"null\"]},\"address_2\":{\"type\":[\"string\",\"null\"]},\"city\":{\"type\":[\"string\",\"null\"]},\"c"
    "ountry\":{\"type\":[\"string\",\"null\"]},\"zip_code\":{\"type\":[\"string\",\"null\"]},\"phone\":{\"type\":[\""
    "string\",\"null\"]},\"ref\":{\"type\":\"string\"},\"sub_accounts\":{\"type\":\"object\",\"required\":[\"1\",\""
    "2\"],\"properties\":{\"1\":{\"type\":\"object\",\"required\":[\"value\",\"except\"],\"properties\":{\"value\":"
    "{\"type\":\"string\"},\"except\":{\"type\":\"integer\",\"enum\":[0,1]}}},\"2\":{\"type\":\"object\",\"required"
    "\":[\"value\",\"except\"],\"properties\":{\"value\":{\"type\":\"string\"},\"except\":{\"type\":\"integer\",\"e"
    "num\":[0,1]}}}}},\"contactPerson\":{\"type\":[\"string\",\"null\"]}}},\"offer\":"
    AFFISE_POFFER_AND("\"goals\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}},")
    "}}},\"pagination\":{\"type\":\"object\",\"required\":[\"per_page\",\"total_count\",\"page\"],\"properties\":{\""
    "per_page\":{\"type\":\"integer\"},\"total_count\":{\"type\":\"integer\"},\"page\":{\"type\":\"integer\"},\"nex"
    "t_page\":{\"type\":\"integer\"}}}}}", "Tickets.")
OTHER(affise_partner_offers,
    "{\"type\":\"object\",\"required\":[\"status\",\"offers\",\"pagination\"],"
    "\"properties\":{\"status\":{\"type\":\"integer\",\"enum\":[1]},\"offers\":{\"type\":\"array\",\"items\":"
    AFFISE_POFFER
    "},\"pagination\":{\"type\":\"object\",\"required\":[\"per_page\",\"total_count\",\"page\"],"
    "\"properties\":{\"per_page\":{\"type\":\"integer\"},\"total_count\":{\"type\":\"integer\"},"
    "\"page\":{\"type\":\"integer\"},\"next_page\":{\"type\":\"integer\"}}}}}", "A page of offers as affiliates see them.")
OTHER(affise_offer,
    "{\"type\":\"object\",\"required\":[\"status\",\"offer\"],\"properties\":{\"status\":{\"type\":\"integer\","
    "\"enum\":[1]},\"offer\":{\"anyOf\":["
    AFFISE_OFFER
    ","
    AFFISE_POFFER
    "]}}}", "One offer; affiliates get the affiliate's view.")
OTHER(affise_new_offer,
    "{\"type\":\"object\",\"required\":[\"status\",\"offer\",\"id\"],\"properties\":{\"status\":{\"type\":\"integer\","
    "\"enum\":[1]},\"offer\":"
    AFFISE_OFFER
    ",\"id\":{\"type\":\"integer\"}}}", "The offer as it is now.")
#undef AFFISE_OFFER
#undef AFFISE_POFFER
#undef AFFISE_POFFER_AND
OTHER(affise_smarts, "{\"type\":\"object\",\"required\":[\"status\",\"data\"],\"properties\":{\"status\":{\"type\":\"integer\",\"enum\":[1]},\"data\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"_id\",\"name\",\"domain\",\"domain_id\",\"description\",\"created_at\",\"updated_at\"],\"properties\":{\"created_at\":{\"type\":\"string\"},\"updated_at\":{\"type\":\"string\"},\"_id\":{\"type\":\"string\",\"pattern\":\"^[0-9a-f]{24}$\"},\"name\":{\"type\":\"string\"},\"domain\":{\"type\":\"string\"},\"domain_id\":{\"type\":[\"integer\",\"null\"]},\"description\":{\"type\":\"string\"}}}}}}", "SmartLink categories.")
OTHER(affise_smart, "{\"type\":\"object\",\"required\":[\"status\",\"data\"],\"properties\":{\"status\":{\"type\":\"integer\",\"enum\":[1]},\"data\":{\"type\":\"object\",\"required\":[\"_id\",\"name\",\"domain\",\"domain_id\",\"description\",\"created_at\",\"updated_at\"],\"properties\":{\"created_at\":{\"type\":\"string\"},\"updated_at\":{\"type\":\"string\"},\"_id\":{\"type\":\"string\",\"pattern\":\"^[0-9a-f]{24}$\"},\"name\":{\"type\":\"string\"},\"domain\":{\"type\":\"string\"},\"domain_id\":{\"type\":[\"integer\",\"null\"]},\"description\":{\"type\":\"string\"}}}}}", "A SmartLink category.")
#define AFFISE_IMPORTED \
    "\"offer\":{\"type\":\"integer\"},\"pid\":{\"type\":\"integer\"},\"action_id\":{\"type\":[\"string\",\"null\"]}," \
    "\"goal\":{\"type\":[\"string\",\"null\"]},\"ip\":{\"type\":[\"string\",\"null\"]},\"ua\":{\"type\":[\"string\",\"null\"]}," \
    "\"sum\":{\"type\":[\"number\",\"null\"]},\"status\":{\"type\":[\"string\",\"null\"]}"
#define AFFISE_IMPORT_LIST \
    "\"list\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"offer\",\"pid\"],\"properties\":{" AFFISE_IMPORTED "}}}"
#define AFFISE_BULK(data_) \
    "{\"type\":\"object\",\"required\":[\"status\",\"data\",\"message\"],\"properties\":{\"status\":{\"type\":\"integer\"," \
    "\"enum\":[1]},\"message\":{\"type\":\"string\"},\"data\":{\"type\":\"object\"," data_ "}}}"
OTHER(affise_edited, AFFISE_BULK("\"required\":[\"ids\",\"status\",\"currency\",\"payouts\",\"revenue\"],\"properties\":{"
    "\"ids\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},\"status\":{\"type\":[\"string\",\"null\"]},"
    "\"currency\":{\"type\":[\"string\",\"null\"]},\"payouts\":{\"type\":[\"number\",\"null\"]},"
    "\"revenue\":{\"type\":[\"number\",\"null\"]}}"), "What was asked for.")
OTHER(affise_imported, AFFISE_BULK("\"required\":[\"offer\",\"pid\",\"action_id\",\"goal\",\"ip\",\"ua\",\"sum\",\"list\"],"
    "\"properties\":{" AFFISE_IMPORTED "," AFFISE_IMPORT_LIST "}"), "The row, and once more as a list.")
OTHER(affise_imports, AFFISE_BULK("\"required\":[\"list\"],\"properties\":{" AFFISE_IMPORT_LIST "}"), "The rows.")
#undef AFFISE_IMPORTED
#undef AFFISE_IMPORT_LIST
#undef AFFISE_BULK
OTHER(affise_domains, "{\"type\":\"object\",\"required\":[\"status\",\"domains\"],\"properties\":{\"status\":{\"type\":\"integer\",\"enum\":[1]},\"domains\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\",\"url\",\"use_https\"],\"properties\":{\"id\":{\"type\":\"integer\"},\"url\":{\"type\":\"string\"},\"use_https\":{\"type\":\"boolean\"}}}}}}", "Tracking domains.")

/* Rows of the lists: the names of their texts and numbers, once for what is required and once for the types. */
#define REQUIRED(name_) "\"" name_ "\","
#define TEXT(name_) "\"" name_ "\":{\"type\":\"string\"},"
#define INTEGER(name_) "\"" name_ "\":{\"type\":\"integer\"},"
#define NUMBER(name_) "\"" name_ "\":{\"type\":\"number\"},"
#define AFFISE_PAGE \
    "\"pagination\":{\"type\":\"object\",\"required\":[\"per_page\",\"total_count\",\"page\"],\"properties\":{" \
    INTEGER("per_page") INTEGER("total_count") INTEGER("page") "\"next_page\":{\"type\":\"integer\"}}}"
#define AFFISE_LIST(what_, item_) \
    "{\"type\":\"object\",\"required\":[\"status\",\"" what_ "\",\"pagination\"],\"properties\":{" \
    "\"status\":{\"type\":\"integer\",\"enum\":[1]},\"" what_ "\":{\"type\":\"array\",\"items\":" item_ "}," AFFISE_PAGE "}}"
#define AFFISE_OFFER_NAME(type_, required_) \
    "\"offer\":{\"type\":" type_ ",\"required\":[\"id\",\"offer_id\"," required_ "\"title\"],\"properties\":{" \
    INTEGER("id") TEXT("offer_id") TEXT("title") "\"url\":{\"type\":\"string\"}}}"
#define AFFISE_ADVERTISER_NAME \
    "\"advertiser\":{\"type\":\"object\",\"required\":[\"id\",\"title\"],\"properties\":{" \
    TEXT("id") "\"title\":{\"type\":\"string\"}}}"
#define AFFISE_LANDING(name_) \
    "\"" name_ "\":{\"type\":\"object\",\"required\":[\"id\",\"url\",\"title\"],\"properties\":{" \
    INTEGER("id") TEXT("url") "\"title\":{\"type\":\"string\"}}}"
#define AFFISE_PARTNER \
    "\"partner\":{\"type\":\"object\",\"required\":[\"id\",\"email\",\"login\",\"name\",\"title\",\"manager\",\"manager_id\"]," \
    "\"properties\":{" INTEGER("id") TEXT("email") TEXT("login") TEXT("name") TEXT("title") TEXT("manager_id") \
    "\"manager\":{\"type\":[\"object\",\"null\"],\"required\":[\"id\",\"first_name\",\"last_name\",\"email\",\"skype\"," \
    "\"work_hours\",\"api_key\",\"roles\",\"created_at\",\"updated_at\"],\"properties\":{" TEXT("id") TEXT("first_name") \
    TEXT("last_name") TEXT("email") TEXT("skype") TEXT("work_hours") TEXT("api_key") TEXT("created_at") TEXT("updated_at") \
    "\"roles\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}}}}"

#define SLICES(X) X("year") X("quarter") X("month") X("day") X("hour")
#define WORDS(X) X("country") X("goal") X("device") X("os") X("browser") X("trafficback_reason") X("smart_id") X("city") \
    X("os_version") X("device_model") X("sub1") X("sub2") X("sub3") X("sub4") X("sub5")
#define MANAGER(name_, more_) \
    "\"" name_ "\":{\"type\":\"object\",\"required\":[\"id\",\"first_name\",\"last_name\"],\"properties\":{" \
    TEXT("id") TEXT("first_name") more_ "\"last_name\":{\"type\":\"string\"}}},"
OTHER(affise_stats, AFFISE_LIST("stats", "{\"type\":\"object\",\"required\":[\"slice\",\"traffic\",\"actions\","
    "\"views\",\"ctr\",\"ecpm\",\"cr\",\"ratio\",\"epc\"],"
    "\"properties\":{\"slice\":{\"type\":\"object\",\"properties\":{" SLICES(INTEGER) WORDS(TEXT)
    MANAGER("manager", "") MANAGER("affiliate_manager_id", TEXT("title")) MANAGER("advertiser_manager_id", TEXT("title"))
    AFFISE_OFFER_NAME("\"object\"", "") "," AFFISE_ADVERTISER_NAME ",\"affiliate\":{\"type\":\"object\","
    "\"required\":[\"id\",\"email\",\"login\",\"name\"],\"properties\":{" INTEGER("id") TEXT("email") TEXT("login")
    "\"name\":{\"type\":\"string\"}}}}},\"trafficback\":{\"type\":\"integer\"},"
    INTEGER("views") NUMBER("ctr") NUMBER("ecpm") TEXT("ratio") INTEGER("epc")
    "\"cr\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"number\"}},\"traffic\":{\"type\":\"object\",\"required\":[\"raw\",\"uniq\"],\"properties\":{"
    TEXT("raw") "\"uniq\":{\"type\":\"string\"}}},\"actions\":{\"type\":\"object\",\"additionalProperties\":{"
    "\"type\":\"object\",\"required\":[\"revenue\",\"charge\",\"earning\",\"null\",\"count\"],\"properties\":{"
    NUMBER("revenue") NUMBER("charge") NUMBER("earning") INTEGER("null") "\"count\":{\"type\":\"integer\"}}}}}}"),
    "Rows of statistics, and which page of them this is.")
#undef SLICES
#undef WORDS
#undef MANAGER

#define TEXTS(X) X("id") X("conversion_id") X("action_id") X("cbid") X("status") X("goal") X("goal_value") X("clickid") \
    X("click_time") X("created_at") X("ip") X("country") X("country_name") X("city") X("isp_code") X("ua") X("browser") \
    X("os") X("device") X("device_type") X("sub1") X("sub2") X("sub3") X("sub4") X("sub5") X("sub6") X("sub7") X("sub8") \
    X("custom_field_1") X("custom_field_2") X("custom_field_3") X("custom_field_4") X("custom_field_5") \
    X("custom_field_6") X("custom_field_7") X("comment") X("referrer") X("ref_id") X("currency") X("payment_type") \
    X("payment_status") X("is_paid")
#define NUMBERS(X) X("offer_id") X("city_id") X("partner_id") X("landing_id") X("prelanding_id")
OTHER(affise_conversions, AFFISE_LIST("conversions", "{\"type\":\"object\",\"required\":[" TEXTS(REQUIRED) NUMBERS(REQUIRED)
    "\"sum\",\"payouts\",\"hold_date_expire\",\"district\",\"offer\",\"partner\"],\"properties\":{" TEXTS(TEXT)
    NUMBERS(INTEGER) NUMBER("sum") NUMBER("payouts") NUMBER("revenue") NUMBER("earnings") TEXT("supplier_id")
    "\"hold_date_expire\":{\"type\":[\"string\",\"null\"]},\"district\":{\"type\":[\"string\",\"null\"]},"
    AFFISE_OFFER_NAME("[\"object\",\"null\"]", "\"url\",") "," AFFISE_ADVERTISER_NAME "," AFFISE_PARTNER "}}"),
    "Conversions; advertiser, supplier_id, revenue and earnings are not there under an affiliate's key.")
#undef TEXTS
#undef NUMBERS

#define TEXTS(X) X("id") X("click_id") X("ip") X("ua") X("country") X("country_name") X("city") X("device") \
    X("device_type") X("device_model") X("os") X("os_version") X("os_fullname") X("browser") X("browser_version") \
    X("browser_fullname") X("connection_type") X("isp_code") X("referrer") X("sub1") X("sub2") X("sub3") X("sub4") \
    X("sub5") X("sub6") X("sub7") X("sub8") X("conversion_id") X("cbid") X("created_at") X("smart_id") X("ref_id") \
    X("os_id") X("user_id") X("ext1") X("ext2") X("ext3") X("unid") X("ios_idfa") X("android_id")
#define NUMBERS(X) X("city_id") X("partner_id")
OTHER(affise_find_subs, AFFISE_LIST("subs", "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}"), "Combinations of values.")
OTHER(affise_retention, AFFISE_LIST("stats", "{\"type\":\"object\",\"required\":[\"affiliate_id\",\"date\"],\"properties\":{"
    INTEGER("affiliate_id") "\"date\":{\"type\":\"string\"}},\"additionalProperties\":{\"type\":\"number\"}}"),
    "Rows by affiliate and day: rr_<event> in percent, and <goal>_count.")
OTHER(affise_stats_caps, "{\"type\":\"object\",\"required\":[\"status\",\"stats\"],\"properties\":{\"status\":{\"type\":\"integer\",\"enum\":[1]},\"stats\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"offer_id\"],\"properties\":{\"offer_id\":{\"type\":\"integer\"},\"stats\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\",\"timeframe\",\"type\",\"value\",\"current_value\",\"is_remaining\",\"reset_to_value\",\"affiliate_type\",\"affiliates\",\"goal_type\",\"goals\",\"goal_stats\",\"country_type\",\"countries\",\"affiliate_id\"],\"properties\":{\"id\":{\"type\":\"string\"},\"timeframe\":{\"type\":\"string\"},\"type\":{\"type\":\"string\"},\"value\":{\"type\":\"number\"},\"current_value\":{\"type\":\"number\"},\"is_remaining\":{\"type\":\"boolean\"},\"reset_to_value\":{\"type\":\"integer\"},\"affiliate_type\":{\"type\":\"string\",\"enum\":[\"all\",\"each\",\"exact\"]},\"affiliates\":{\"type\":\"array\",\"items\":{\"type\":\"integer\"}},\"goal_type\":{\"type\":\"string\",\"enum\":[\"all\",\"each\",\"exact\"]},\"goals\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},\"goal_stats\":{\"type\":\"object\"},\"country_type\":{\"type\":\"string\"},\"countries\":{\"type\":\"array\"},\"affiliate_id\":{\"type\":\"integer\"}}}},\"stats_merged\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"object\",\"required\":[\"min\",\"avg\",\"max\"],\"properties\":{\"min\":{\"type\":\"number\"},\"avg\":{\"type\":\"number\"},\"max\":{\"type\":\"number\"}}}},\"descr\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}}}}}}", "How far caps are.")
OTHER(affise_clicks, AFFISE_LIST("clicks", "{\"type\":\"object\",\"required\":[" TEXTS(REQUIRED) NUMBERS(REQUIRED)
    "\"uniq\",\"has_conversions\",\"offer\",\"landing\",\"prelanding\",\"partner\"],\"properties\":{" TEXTS(TEXT)
    NUMBERS(INTEGER) "\"uniq\":{\"type\":\"boolean\"},\"has_conversions\":{\"type\":\"boolean\"},"
    AFFISE_OFFER_NAME("\"object\"", "\"url\",") "," AFFISE_LANDING("landing") "," AFFISE_LANDING("prelanding") ","
    AFFISE_PARTNER "}}"), "Clicks.")
#undef TEXTS
#undef NUMBERS
#undef REQUIRED
#undef TEXT
#undef INTEGER
#undef NUMBER
#undef AFFISE_PAGE
#undef AFFISE_LIST
#undef AFFISE_OFFER_NAME
#undef AFFISE_ADVERTISER_NAME
#undef AFFISE_LANDING
#undef AFFISE_PARTNER
#undef AFFISE_SUB_ACCOUNT
#undef AFFISE_SUB_ACCOUNTS
/* clang-format on */
