/* rp_affise.h - rows of tbl/replies.h: the Affise dialect.  No guard, on purpose. */
/* clang-format off */
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
    "\"use_http\":{\"type\":\"boolean\"},\"description_lang\":{\"type\":\"object\"},\"sources\":{\"type\":\"array\"}," \
    "\"logo\":{\"type\":\"string\"},\"logo_source\":{\"type\":\"string\"},\"status\":{\"type\":\"string\"," \
    "\"enum\":[\"active\",\"stopped\",\"suspended\"]},\"tags\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}," \
    "\"privacy\":{\"type\":\"string\",\"enum\":[\"public\",\"protected\",\"private\"]},\"is_top\":{\"type\":\"integer\"," \
    "\"enum\":[0,1]},\"payments\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"countries\"," \
    "\"cities\",\"devices\",\"os\",\"goal\",\"revenue\",\"currency\",\"title\",\"type\",\"country_exclude\",\"total\"," \
    "\"url\",\"with_regions\"],\"properties\":{\"countries\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}," \
    "\"cities\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},\"devices\":{\"type\":\"array\"," \
    "\"items\":{\"type\":\"string\"}},\"os\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}," \
    "\"goal\":{\"type\":\"string\"},\"revenue\":{\"type\":\"number\"},\"currency\":{\"type\":\"string\"}," \
    "\"title\":{\"type\":\"string\"},\"type\":{\"type\":\"string\",\"enum\":[\"fixed\",\"percent\"]}," \
    "\"country_exclude\":{\"type\":\"boolean\"},\"total\":{\"type\":\"number\"},\"url\":{\"type\":[\"string\"," \
    "\"null\"]},\"with_regions\":{\"type\":\"boolean\"}}}},\"partner_payments\":{\"type\":\"array\"}," \
    "\"landings\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\",\"title\",\"url\"," \
    "\"url_preview\",\"type\"],\"properties\":{\"id\":{\"type\":\"integer\"},\"title\":{\"type\":\"string\"}," \
    "\"url\":{\"type\":\"string\"},\"url_preview\":{\"type\":\"string\"},\"type\":{\"type\":\"string\"," \
    "\"enum\":[\"landing\",\"transit\"]}}}},\"strictly_country\":{\"type\":\"integer\",\"enum\":[0,1]}," \
    "\"strictly_os\":{\"type\":\"array\"},\"strictly_brands\":{\"type\":[\"array\",\"null\"]}," \
    "\"strictly_connection_type\":{\"type\":\"string\"},\"strictly_isp\":{\"type\":\"array\"," \
    "\"items\":{\"type\":\"string\"}},\"is_redirect_overcap\":{\"type\":\"boolean\"}," \
    "\"notice_percent_overcap\":{\"type\":[\"integer\",\"null\"]},\"hold_period\":{\"type\":\"integer\"}," \
    "\"categories\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},\"full_categories\":{\"type\":\"array\"}," \
    "\"cr\":{\"type\":\"number\"},\"epc\":{\"type\":\"number\"},\"notes\":{\"type\":[\"string\",\"null\"]}," \
    "\"allowed_ip\":{\"type\":\"string\"},\"disallowed_ip\":{\"type\":\"string\"}," \
    "\"hash_password\":{\"type\":[\"string\",\"null\"]},\"allow_deeplink\":{\"type\":\"integer\",\"enum\":[0,1]}," \
    "\"hide_referer\":{\"type\":\"integer\",\"enum\":[0,1]},\"redirect_type\":{\"type\":\"string\"}," \
    "\"start_at\":{\"type\":\"string\",\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$\"" \
    "},\"stop_at\":{\"type\":[\"string\",\"null\"]," \
    "\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$\"}," \
    "\"auto_offer_connect\":{\"type\":[\"integer\",\"null\"]},\"required_approval\":{\"type\":\"boolean\"}," \
    "\"is_cpi\":{\"type\":\"boolean\"},\"kpi\":{\"type\":\"object\"},\"sub_restrictions\":{\"type\":\"array\"}," \
    "\"sub_accounts\":{\"type\":\"object\",\"required\":[\"1\",\"2\"],\"properties\":{\"1\":{\"type\":\"object\"," \
    "\"required\":[\"value\"],\"properties\":{\"value\":{\"type\":\"string\"}}},\"2\":{\"type\":\"object\"," \
    "\"required\":[\"value\"],\"properties\":{\"value\":{\"type\":\"string\"}}}}},\"creatives\":{\"type\":\"array\"}," \
    "\"creatives_zip\":{\"type\":\"null\"},\"caps\":{\"type\":\"array\",\"items\":{\"type\":\"object\"," \
    "\"required\":[\"period\",\"type\",\"value\",\"goal_type\",\"goals\",\"affiliate_type\",\"affiliates\"]," \
    "\"properties\":{\"period\":{\"type\":\"string\",\"enum\":[\"day\",\"month\",\"all\"]},\"type\":{\"type\":\"string\"," \
    "\"enum\":[\"conversions\",\"budget\"]},\"value\":{\"type\":\"number\"},\"goal_type\":{\"type\":\"string\"," \
    "\"enum\":[\"all\",\"each\",\"exact\"]},\"goals\":{\"type\":\"object\"},\"affiliate_type\":{\"type\":\"string\"," \
    "\"enum\":[\"all\",\"each\",\"exact\"]},\"affiliates\":{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}}}}," \
    "\"caps_status\":{\"type\":[\"array\",\"null\"],\"items\":{\"type\":\"string\"}}," \
    "\"hide_caps\":{\"type\":\"integer\",\"enum\":[0,1]},\"smartlink_categories\":{\"type\":\"array\"," \
    "\"items\":{\"type\":\"string\",\"pattern\":\"^[0-9a-f]{24}$\"}},\"click_session\":{\"type\":\"string\"}," \
    "\"search_empty_sub\":{\"type\":[\"integer\",\"null\"]},\"uniq_ip_only\":{\"type\":\"boolean\"}," \
    "\"note_aff\":{\"type\":\"string\"},\"note_sales\":{\"type\":\"string\"},\"created_at\":{\"type\":\"string\"," \
    "\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$\"}," \
    "\"updated_at\":{\"type\":\"string\",\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}" \
    "$\"}}}"
#define AFFISE_POFFER \
    "{\"type\":\"object\",\"required\":[\"id\",\"offer_id\",\"title\",\"preview_url\",\"description\",\"cr\",\"epc\"," \
    "\"logo\",\"stop_at\",\"sources\",\"categories\",\"full_categories\",\"payments\",\"required_approval\"," \
    "\"landings\",\"is_cpi\",\"creatives\",\"creatives_zip\",\"links\",\"macro_url\",\"link\",\"use_https\"," \
    "\"use_http\",\"hold_period\",\"caps\"],\"properties\":{\"id\":{\"type\":\"integer\"}," \
    "\"offer_id\":{\"type\":\"string\",\"pattern\":\"^[0-9a-f]{24}$\"},\"title\":{\"type\":\"string\"}," \
    "\"preview_url\":{\"type\":\"string\"},\"description\":{\"type\":\"string\"},\"cr\":{\"type\":\"number\"}," \
    "\"epc\":{\"type\":\"number\"},\"logo\":{\"type\":\"string\"},\"stop_at\":{\"type\":\"string\"," \
    "\"pattern\":\"^([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2})?$\"}," \
    "\"sources\":{\"type\":\"array\"},\"categories\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}," \
    "\"full_categories\":{\"type\":\"array\"},\"payments\":{\"type\":\"array\",\"items\":{\"type\":\"object\"," \
    "\"required\":[\"countries\",\"cities\",\"devices\",\"os\",\"goal\",\"revenue\",\"currency\",\"title\",\"type\"," \
    "\"country_exclude\"],\"properties\":{\"countries\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}," \
    "\"cities\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},\"devices\":{\"type\":\"array\"," \
    "\"items\":{\"type\":\"string\"}},\"os\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}," \
    "\"goal\":{\"type\":\"string\"},\"revenue\":{\"type\":\"number\"},\"currency\":{\"type\":\"string\"}," \
    "\"title\":{\"type\":\"string\"},\"type\":{\"type\":\"string\",\"enum\":[\"fixed\",\"percent\"]}," \
    "\"country_exclude\":{\"type\":\"boolean\"}}}},\"required_approval\":{\"type\":\"boolean\"}," \
    "\"landings\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\",\"title\",\"url\"," \
    "\"url_preview\",\"type\"],\"properties\":{\"id\":{\"type\":\"integer\"},\"title\":{\"type\":\"string\"}," \
    "\"url\":{\"type\":\"string\"},\"url_preview\":{\"type\":\"string\"},\"type\":{\"type\":\"string\"," \
    "\"enum\":[\"landing\",\"transit\"]}}}},\"is_cpi\":{\"type\":\"boolean\"},\"creatives\":{\"type\":\"array\"}," \
    "\"creatives_zip\":{\"type\":\"null\"},\"links\":{\"type\":\"array\",\"items\":{\"type\":\"object\"," \
    "\"required\":[\"id\",\"title\",\"hash\",\"url\",\"postbacks\",\"created\"]," \
    "\"properties\":{\"id\":{\"type\":\"null\"},\"title\":{\"type\":\"null\"},\"hash\":{\"type\":\"null\"}," \
    "\"url\":{\"type\":\"string\"},\"postbacks\":{\"type\":\"array\"},\"created\":{\"type\":\"null\"}}}}," \
    "\"macro_url\":{\"type\":[\"string\",\"null\"]},\"link\":{\"type\":\"string\"},\"use_https\":{\"type\":\"boolean\"}," \
    "\"use_http\":{\"type\":\"boolean\"},\"hold_period\":{\"type\":\"integer\"},\"caps\":{\"type\":\"array\"," \
    "\"items\":{\"type\":\"object\",\"required\":[\"period\",\"type\",\"value\",\"goal_type\",\"goals\"]," \
    "\"properties\":{\"period\":{\"type\":\"string\",\"enum\":[\"day\",\"month\",\"all\"]},\"type\":{\"type\":\"string\"," \
    "\"enum\":[\"conversions\",\"budget\"]},\"value\":{\"type\":\"number\"},\"goal_type\":{\"type\":\"string\"," \
    "\"enum\":[\"all\",\"each\",\"exact\"]},\"goals\":{\"type\":\"object\"}}}}}}"
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
OTHER(affise_new_partner,
    "{\"type\":\"object\",\"required\":[\"status\",\"partner\",\"id\"],\"properties\":{\"status\":{\"type\":\"integer\","
    "\"enum\":[1]},\"partner\":{\"type\":\"object\",\"required\":[\"id\",\"created_at\",\"updated_at\",\"email\","
    "\"login\",\"name\",\"ref_percent\",\"notes\",\"manager\",\"status\",\"level\",\"payment_systems\","
    "\"customFields\",\"balance\",\"offersCount\",\"api_key\",\"address_1\",\"address_2\",\"city\",\"country\","
    "\"zip_code\",\"phone\",\"ref\",\"sub_accounts\"],\"properties\":{\"id\":{\"type\":\"integer\"},"
    "\"created_at\":{\"type\":\"string\",\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}"
    "$\"},\"updated_at\":{\"type\":\"string\","
    "\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$\"},\"email\":{\"type\":\"string\"},"
    "\"login\":{\"type\":\"string\"},\"name\":{\"type\":[\"string\",\"null\"]},\"ref_percent\":{\"type\":[\"string\","
    "\"null\"]},\"notes\":{\"type\":\"string\"},\"manager\":{\"type\":[\"object\",\"null\"],\"required\":[\"id\","
    "\"first_name\",\"last_name\",\"email\",\"skype\",\"work_hours\",\"api_key\",\"roles\",\"created_at\","
    "\"updated_at\"],\"properties\":{\"id\":{\"type\":\"string\",\"pattern\":\"^[0-9a-f]{24}$\"},"
    "\"first_name\":{\"type\":\"string\"},\"last_name\":{\"type\":\"string\"},\"email\":{\"type\":\"string\"},"
    "\"skype\":{\"type\":[\"string\",\"null\"]},\"work_hours\":{\"type\":\"string\"},\"api_key\":{\"type\":\"string\"},"
    "\"roles\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},\"created_at\":{\"type\":[\"string\",\"null\"],"
    "\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$\"},"
    "\"updated_at\":{\"type\":[\"string\",\"null\"],"
    "\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$\"}}},"
    "\"status\":{\"type\":\"string\",\"enum\":[\"active\",\"not active\",\"banned\",\"on moderation\"]},"
    "\"level\":{\"type\":\"integer\"},\"payment_systems\":{\"type\":\"array\"},\"customFields\":{\"type\":\"array\"},"
    "\"balance\":{\"type\":\"object\"},\"offersCount\":{\"type\":\"integer\"},\"api_key\":{\"type\":\"string\"},"
    "\"address_1\":{\"type\":[\"string\",\"null\"]},\"address_2\":{\"type\":[\"string\",\"null\"]},"
    "\"city\":{\"type\":[\"string\",\"null\"]},\"country\":{\"type\":[\"string\",\"null\"]},"
    "\"zip_code\":{\"type\":[\"string\",\"null\"]},\"phone\":{\"type\":[\"string\",\"null\"]},"
    "\"ref\":{\"type\":\"string\"},\"sub_accounts\":{\"type\":\"object\",\"required\":[\"1\",\"2\"],"
    "\"properties\":{\"1\":{\"type\":\"object\",\"required\":[\"value\"],"
    "\"properties\":{\"value\":{\"type\":\"string\"}}},\"2\":{\"type\":\"object\",\"required\":[\"value\"],"
    "\"properties\":{\"value\":{\"type\":\"string\"}}}}}}},\"id\":{\"type\":\"integer\"}}}", "The affiliate, with the key that is shown once.")
OTHER(affise_new_advertiser,
    "{\"type\":\"object\",\"required\":[\"status\",\"advertiser\"],\"properties\":{\"status\":{\"type\":\"integer\","
    "\"enum\":[1]},\"advertiser\":{\"type\":\"object\",\"required\":[\"id\",\"title\",\"contact\",\"email\",\"url\","
    "\"manager\",\"manager_obj\",\"allowed_ip\",\"skype\",\"note\",\"hash_password\",\"address_1\",\"address_2\","
    "\"city\",\"country\",\"zip_code\",\"vat_code\"],\"properties\":{\"id\":{\"type\":\"string\","
    "\"pattern\":\"^[0-9a-f]{24}$\"},\"title\":{\"type\":\"string\"},\"contact\":{\"type\":[\"string\",\"null\"]},"
    "\"email\":{\"type\":[\"string\",\"null\"]},\"url\":{\"type\":[\"string\",\"null\"]},\"manager\":{\"type\":\"string\","
    "\"pattern\":\"^([0-9a-f]{24})?$\"},\"manager_obj\":{\"type\":[\"object\",\"null\"],\"required\":[\"id\","
    "\"first_name\",\"last_name\",\"email\",\"skype\",\"work_hours\",\"api_key\",\"roles\",\"created_at\","
    "\"updated_at\"],\"properties\":{\"id\":{\"type\":\"string\",\"pattern\":\"^[0-9a-f]{24}$\"},"
    "\"first_name\":{\"type\":\"string\"},\"last_name\":{\"type\":\"string\"},\"email\":{\"type\":\"string\"},"
    "\"skype\":{\"type\":[\"string\",\"null\"]},\"work_hours\":{\"type\":\"string\"},\"api_key\":{\"type\":\"string\"},"
    "\"roles\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},\"created_at\":{\"type\":[\"string\",\"null\"],"
    "\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$\"},"
    "\"updated_at\":{\"type\":[\"string\",\"null\"],"
    "\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$\"}}},"
    "\"allowed_ip\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},\"skype\":{\"type\":[\"string\",\"null\"]},"
    "\"note\":{\"type\":[\"string\",\"null\"]},\"hash_password\":{\"type\":[\"string\",\"null\"]},"
    "\"address_1\":{\"type\":[\"string\",\"null\"]},\"address_2\":{\"type\":[\"string\",\"null\"]},"
    "\"city\":{\"type\":[\"string\",\"null\"]},\"country\":{\"type\":[\"string\",\"null\"]},"
    "\"zip_code\":{\"type\":[\"string\",\"null\"]},\"vat_code\":{\"type\":[\"string\",\"null\"]}}}}}", "The advertiser.")
#undef AFFISE_OFFER
#undef AFFISE_POFFER
OTHER(affise_domains, "{\"type\":\"object\",\"required\":[\"status\",\"domains\"],\"properties\":{\"status\":{\"type\":\"integer\",\"enum\":[1]},\"domains\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\",\"url\",\"use_https\"],\"properties\":{\"id\":{\"type\":\"integer\"},\"url\":{\"type\":\"string\"},\"use_https\":{\"type\":\"boolean\"}}}}}}", "Tracking domains.")
OTHER(affise_stats, "{\"type\":\"object\",\"required\":[\"status\",\"stats\",\"pagination\"],\"properties\":{\"status\":{\"type\":\"integer\"},\"stats\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"slice\",\"traffic\",\"actions\"],\"properties\":{\"slice\":{\"type\":\"object\"},\"traffic\":{\"type\":\"object\",\"required\":[\"raw\",\"uniq\"],\"properties\":{\"raw\":{\"type\":\"string\"},\"uniq\":{\"type\":\"string\"}}},\"actions\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"object\",\"required\":[\"revenue\",\"charge\",\"earning\",\"null\",\"count\"],\"properties\":{\"revenue\":{\"type\":\"number\"},\"charge\":{\"type\":\"number\"},\"earning\":{\"type\":\"number\"},\"null\":{\"type\":\"integer\"},\"count\":{\"type\":\"integer\"}}}}}}},\"pagination\":{\"type\":\"object\",\"required\":[\"per_page\",\"total_count\",\"page\"],\"properties\":{\"per_page\":{\"type\":\"integer\"},\"total_count\":{\"type\":\"integer\"},\"page\":{\"type\":\"integer\"},\"next_page\":{\"type\":\"integer\"}}}}}", "Rows of statistics, and which page of them this is.")
OTHER(affise_conversions, "{\"type\":\"object\",\"required\":[\"status\",\"conversions\",\"pagination\"],\"properties\":{\"status\":{\"type\":\"integer\"},\"conversions\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\",\"conversion_id\",\"action_id\",\"cbid\",\"status\",\"goal\",\"goal_value\",\"clickid\",\"click_time\",\"created_at\",\"ip\",\"country\",\"country_name\",\"city\",\"isp_code\",\"ua\",\"browser\",\"os\",\"device\",\"device_type\",\"sub1\",\"sub2\",\"sub3\",\"sub4\",\"sub5\",\"comment\",\"referrer\",\"currency\",\"payment_type\",\"payment_status\",\"is_paid\",\"offer_id\",\"city_id\",\"partner_id\",\"landing_id\",\"prelanding_id\"],\"properties\":{\"id\":{\"type\":\"string\"},\"conversion_id\":{\"type\":\"string\"},\"action_id\":{\"type\":\"string\"},\"cbid\":{\"type\":\"string\"},\"status\":{\"type\":\"string\"},\"goal\":{\"type\":\"string\"},\"goal_value\":{\"type\":\"string\"},\"clickid\":{\"type\":\"string\"},\"click_time\":{\"type\":\"string\"},\"created_at\":{\"type\":\"string\"},\"ip\":{\"type\":\"string\"},\"country\":{\"type\":\"string\"},\"country_name\":{\"type\":\"string\"},\"city\":{\"type\":\"string\"},\"isp_code\":{\"type\":\"string\"},\"ua\":{\"type\":\"string\"},\"browser\":{\"type\":\"string\"},\"os\":{\"type\":\"string\"},\"device\":{\"type\":\"string\"},\"device_type\":{\"type\":\"string\"},\"sub1\":{\"type\":\"string\"},\"sub2\":{\"type\":\"string\"},\"sub3\":{\"type\":\"string\"},\"sub4\":{\"type\":\"string\"},\"sub5\":{\"type\":\"string\"},\"comment\":{\"type\":\"string\"},\"referrer\":{\"type\":\"string\"},\"currency\":{\"type\":\"string\"},\"payment_type\":{\"type\":\"string\"},\"payment_status\":{\"type\":\"string\"},\"is_paid\":{\"type\":\"string\"},\"offer_id\":{\"type\":\"integer\"},\"city_id\":{\"type\":\"integer\"},\"partner_id\":{\"type\":\"integer\"},\"landing_id\":{\"type\":\"integer\"},\"prelanding_id\":{\"type\":\"integer\"},\"sum\":{\"type\":\"number\"},\"payouts\":{\"type\":\"number\"},\"revenue\":{\"type\":\"number\"},\"earnings\":{\"type\":\"number\"},\"partner\":{\"type\":\"object\"}}}},\"pagination\":{\"type\":\"object\",\"required\":[\"per_page\",\"total_count\",\"page\"],\"properties\":{\"per_page\":{\"type\":\"integer\"},\"total_count\":{\"type\":\"integer\"},\"page\":{\"type\":\"integer\"},\"next_page\":{\"type\":\"integer\"}}}}}", "Conversions; advertiser, supplier_id, revenue and earnings are not there under an affiliate's key.")
OTHER(affise_clicks, "{\"type\":\"object\",\"required\":[\"status\",\"clicks\",\"pagination\"],\"properties\":{\"status\":{\"type\":\"integer\"},\"clicks\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\",\"click_id\",\"ip\",\"ua\",\"country\",\"country_name\",\"city\",\"device\",\"device_type\",\"device_model\",\"os\",\"os_version\",\"os_fullname\",\"browser\",\"browser_version\",\"browser_fullname\",\"connection_type\",\"isp_code\",\"referrer\",\"sub1\",\"sub2\",\"sub3\",\"sub4\",\"sub5\",\"conversion_id\",\"cbid\",\"created_at\",\"smart_id\",\"ref_id\",\"os_id\",\"user_id\",\"ext1\",\"ext2\",\"ext3\",\"unid\",\"city_id\",\"partner_id\"],\"properties\":{\"id\":{\"type\":\"string\"},\"click_id\":{\"type\":\"string\"},\"ip\":{\"type\":\"string\"},\"ua\":{\"type\":\"string\"},\"country\":{\"type\":\"string\"},\"country_name\":{\"type\":\"string\"},\"city\":{\"type\":\"string\"},\"device\":{\"type\":\"string\"},\"device_type\":{\"type\":\"string\"},\"device_model\":{\"type\":\"string\"},\"os\":{\"type\":\"string\"},\"os_version\":{\"type\":\"string\"},\"os_fullname\":{\"type\":\"string\"},\"browser\":{\"type\":\"string\"},\"browser_version\":{\"type\":\"string\"},\"browser_fullname\":{\"type\":\"string\"},\"connection_type\":{\"type\":\"string\"},\"isp_code\":{\"type\":\"string\"},\"referrer\":{\"type\":\"string\"},\"sub1\":{\"type\":\"string\"},\"sub2\":{\"type\":\"string\"},\"sub3\":{\"type\":\"string\"},\"sub4\":{\"type\":\"string\"},\"sub5\":{\"type\":\"string\"},\"conversion_id\":{\"type\":\"string\"},\"cbid\":{\"type\":\"string\"},\"created_at\":{\"type\":\"string\"},\"smart_id\":{\"type\":\"string\"},\"ref_id\":{\"type\":\"string\"},\"os_id\":{\"type\":\"string\"},\"user_id\":{\"type\":\"string\"},\"ext1\":{\"type\":\"string\"},\"ext2\":{\"type\":\"string\"},\"ext3\":{\"type\":\"string\"},\"unid\":{\"type\":\"string\"},\"city_id\":{\"type\":\"integer\"},\"partner_id\":{\"type\":\"integer\"},\"uniq\":{\"type\":\"boolean\"},\"has_conversions\":{\"type\":\"boolean\"},\"offer\":{\"type\":\"object\"},\"landing\":{\"type\":\"object\"},\"prelanding\":{\"type\":\"object\"},\"partner\":{\"type\":\"object\"}}}},\"pagination\":{\"type\":\"object\",\"required\":[\"per_page\",\"total_count\",\"page\"],\"properties\":{\"per_page\":{\"type\":\"integer\"},\"total_count\":{\"type\":\"integer\"},\"page\":{\"type\":\"integer\"},\"next_page\":{\"type\":\"integer\"}}}}}", "Clicks.")
/* clang-format on */
