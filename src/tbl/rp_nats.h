/* rp_nats.h - rows of tbl/replies.h: the NATS dialect.  No guard, on purpose. */
/* clang-format off */
#define NATS_NUMBER_TEXT "{\"type\":\"string\",\"pattern\":\"^[0-9]+$\"}"
#define NATS_TEXT "{\"type\":\"string\"}"

/* The one-element array can be left out by configuration. */
#define NATS_ONE(object_) "{\"oneOf\":[{\"type\":\"array\",\"minItems\":1,\"maxItems\":1,\"items\":" object_ "}," object_ "]}"
OTHER(nats_new_advertiser, NATS_ONE("{\"type\":\"object\",\"required\":[\"result\",\"message\"],\"properties\":{"
    "\"result\":" NATS_TEXT ",\"message\":{\"type\":\"object\",\"required\":[\"loginid\"],\"properties\":{"
    "\"loginid\":" NATS_NUMBER_TEXT "}}}}"), "The new account's number.")
OTHER(nats_new_affiliate, NATS_ONE("{\"type\":\"object\",\"required\":[\"result\",\"loginid\"],\"properties\":{"
    "\"result\":{\"type\":\"boolean\"},\"loginid\":" NATS_NUMBER_TEXT "}}"), "The new account's number.")

OBJ(nats_success, "Done.")
FLD(nats_success, result, str, "Success")
OBJ_END(nats_success)
OBJ(nats_offer_ids, "Numbers of a new offer.")
FLD(nats_offer_ids, offerid,        str, "offer")
FLD(nats_offer_ids, landing_pageid, str, "its default landing page")
OBJ_END(nats_offer_ids)
OBJ(nats_new_offer, "A new offer.")
FLD(nats_new_offer, result,  str, "Success")
SUB(nats_new_offer, message, nats_offer_ids, "its numbers")
OBJ_END(nats_new_offer)
OBJ(nats_landing_page_id, "Number of a new landing page.")
FLD(nats_landing_page_id, landing_pageid, str, "landing page")
OBJ_END(nats_landing_page_id)
OBJ(nats_new_landing_page, "A new landing page.")
FLD(nats_new_landing_page, result,  str, "Success")
SUB(nats_new_landing_page, message, nats_landing_page_id, "its number")
OBJ_END(nats_new_landing_page)

#define TEXT(name_) ",\"" name_ "\":" NATS_TEXT
#define NUMBER(name_) ",\"" name_ "\":" NATS_NUMBER_TEXT
#define NAMES(name_) ",\"" name_ "\":{\"type\":\"object\",\"additionalProperties\":" NATS_TEXT "}"
#define CODES(name_) ",\"" name_ "\":{\"type\":\"array\",\"items\":" NATS_TEXT "}"
OTHER(nats_offers, "{\"type\":\"object\",\"required\":[\"result\",\"data\"],\"properties\":{\"result\":" NATS_TEXT ","
    "\"data\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"object\",\"required\":[\"offerid\"],"
    "\"properties\":{\"offerid\":" NATS_NUMBER_TEXT TEXT("name") TEXT("offer_description") NUMBER("active") NUMBER("hidden")
    NUMBER("deleted") TEXT("advertiserid") TEXT("advertiser_username") NAMES("categories") NAMES("groups")
    NAMES("marketing_types") NAMES("authorized_countries") CODES("authorized_countries_iso")
    NAMES("unauthorized_countries") CODES("unauthorized_countries_iso") TEXT("cost_type") TEXT("cost_flat")
    TEXT("cost_perc") NUMBER("commission") TEXT("commission_type") TEXT("flat_amount_per_click")
    TEXT("flat_amount_per_visitor") TEXT("flat_amount_per_conversion") TEXT("flat_amount_per_continuity")
    TEXT("percentage_of_customer_conversion") TEXT("percentage_of_customer_continuity")
    NUMBER("percentage_commission_source") TEXT("conversion_default") NUMBER("conversion_default_type")
    TEXT("continuity_default") NUMBER("continuity_default_type") NUMBER("cookie_duration")
    NUMBER("pending_approval_lockout") NUMBER("deduct_voids") NUMBER("deduct_chargebacks") TEXT("min_deduct_date")
    NUMBER("deduct_window") NUMBER("ip_conversion_limit_flag") NUMBER("ip_conversion_limit") NUMBER("ip_conversion_group")
    NUMBER("prevent_cookie_dupes") NUMBER("ip_lookup") NUMBER("allow_s2s_ip") NUMBER("no_personal_member_info")
    NUMBER("retro_payout") NUMBER("deduct_full_customer_commission") TEXT("conversion_type") NUMBER("hide_deductions") NUMBER("hide_continuities")
    NUMBER("hide_conversions") TEXT("ip_uniqueness_seconds") NUMBER("geoip_group_redirect") TEXT("mobile_landing_page")
    TEXT("offer_group") CODES("device_types") TEXT("allowed_states") TEXT("allowed_hours") NUMBER("date_added") TEXT("date_live") TEXT("date_expire") TEXT("expire_url")
    TEXT("expire_landing_pageid") NUMBER("featured") TEXT("subject_lines") TEXT("from_addresses") NUMBER("remove_ocode")
    NUMBER("hide_payout_string") TEXT("commission_description") TEXT("offer") NUMBER("approved")
    TEXT("conversion_trans_type") TEXT("conversion") TEXT("continuity") TEXT("affiliate_payout") TEXT("conversion_cap")
    TEXT("adv_cpm_click") TEXT("admin_threshold_email") TEXT("created_by")
    TEXT("expire_offer") TEXT("expire_program") TEXT("offer_limit") TEXT("offer_limit_addition")
    TEXT("offer_limit_deduction") TEXT("offer_note") TEXT("offer_quantity") ",\"landing_pages\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"object\","
    "\"required\":[\"landing_pageid\",\"name\",\"url\",\"preview_url\",\"description\",\"internal_desc\","
    "\"conversion_type\",\"postback_ips\",\"void_ips\",\"disable_url_sanitization\",\"disable_deep_linking\",\"shortname\","
    "\"default\"],\"properties\":{\"landing_pageid\":" NATS_NUMBER_TEXT TEXT("name") TEXT("url") TEXT("preview_url")
    TEXT("description") TEXT("internal_desc") TEXT("conversion_type") TEXT("postback_ips") TEXT("void_ips")
    NUMBER("disable_url_sanitization") NUMBER("disable_deep_linking") TEXT("redirect_hash")
    TEXT("thumb_url") TEXT("force_url") TEXT("language") TEXT("hostnpost_ips") TEXT("tracking_domain") NUMBER("private") NUMBER("requestable") TEXT("shortname") NUMBER("default")
    "}}}}}}}}", "Offers by number, each with the columns asked for.")
#undef TEXT
#undef NUMBER
#undef NAMES
#undef CODES

/* Each key but the last ends in a comma. */
#define T(name_) "\"" name_ "\":" NATS_TEXT ","
#define R(name_) "\"" name_ "\","
#define SHORT_ACCOUNT "{\"type\":\"object\",\"required\":[\"loginid\",\"username\"],\"properties\":{" T("loginid") \
	"\"username\":" NATS_TEXT "}}"
OTHER(nats_accounts, "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"object\",\"required\":["
    R("loginid") R("username") R("password") R("deleted") R("type") R("skinid") R("payvia_type_id") R("status")
    R("pass_hash") R("join_date") R("inhouse") R("api_key") R("tmmid") R("origin") R("language") R("rss_pass_code")
    R("payout_period_id") R("firstname") R("lastname") R("email") R("date_posted") R("join_ip") R("last_login")
    R("last_login_ip") R("reviewed") R("minimum_payout") R("bonus") R("bonus_used") R("verify") R("reason")
    R("unencoded") R("startpage") R("rep_baseline") R("company") R("url") R("tel") R("icq") R("aim") R("msn")
    R("skype") R("address1") R("address2") R("city") R("state") R("country") R("zip_code") R("tax_id_or_ssn") R("custom1") R("custom2")
    R("custom3") R("custom4")
    "\"custom5\"],\"properties\":{"
    T("loginid") T("username") T("password") T("deleted") T("type") T("skinid") T("payvia_type_id") T("status")
    T("pass_hash") T("join_date") T("inhouse") T("api_key") T("tmmid") T("origin") T("language") T("rss_pass_code")
    T("payout_period_id") T("firstname") T("lastname") T("email") T("date_posted") T("join_ip") T("last_login")
    T("last_login_ip") T("reviewed") T("minimum_payout") T("bonus") T("bonus_used") T("verify") T("reason")
    T("unencoded") T("startpage") T("rep_baseline") T("company") T("url") T("tel") T("icq") T("aim") T("msn")
    T("skype") T("address1") T("address2") T("city") T("state") T("country") T("zip_code") T("tax_id_or_ssn") T("custom1") T("custom2")
    T("custom3") T("custom4") T("custom5")
    "\"payvia_details\":{\"type\":\"object\",\"additionalProperties\":" NATS_TEXT "},"
    "\"referred_details\":{\"type\":\"array\",\"items\":" SHORT_ACCOUNT "},"
    "\"referring_details\":{\"type\":\"array\",\"items\":" SHORT_ACCOUNT "}}}}",
    "Accounts by number; all values are texts, times are seconds since 1970, IPv4 addresses are numbers.")
#undef T
#undef R
#undef SHORT_ACCOUNT
OTHER(nats_logins, NATS_ONE("{\"type\":\"object\",\"required\":[\"result\",\"message\"],\"properties\":{"
    "\"result\":" NATS_TEXT ",\"message\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"object\","
    "\"additionalProperties\":{\"type\":\"array\",\"items\":" NATS_TEXT "}}}}}"),
    "Times by address by account.")

OTHER(nats_rates, "{\"type\":\"object\",\"required\":[\"result\",\"message\",\"data\"],\"properties\":{\"result\":" NATS_TEXT ","
    "\"message\":" NATS_TEXT ",\"data\":{\"type\":\"object\",\"required\":[\"base\",\"rates\",\"updated\"],\"properties\":{"
    "\"base\":" NATS_TEXT ",\"rates\":{\"type\":\"object\",\"additionalProperties\":" NATS_TEXT "},"
    "\"updated\":" NATS_NUMBER_TEXT "}}}}", "The rates in force, by currency.")
OTHER(nats_done, "{\"type\":\"object\",\"required\":[\"result\"],\"properties\":{\"result\":" NATS_TEXT "}}", "Success.")
OTHER(nats_new_change, "{\"type\":\"object\",\"required\":[\"result\",\"message\"],\"properties\":{\"result\":" NATS_TEXT ","
    "\"message\":{\"type\":\"object\",\"required\":[\"changeid\"],\"properties\":{\"changeid\":{\"type\":\"integer\"}}}}}",
    "The new change's number.")
OTHER(nats_changes, "{\"type\":\"object\",\"required\":[\"result\",\"message\"],\"properties\":{\"result\":" NATS_TEXT ","
    "\"message\":{\"type\":\"object\",\"required\":[\"changes\"],\"properties\":{\"changes\":{\"type\":\"array\","
    "\"items\":{\"type\":\"object\",\"required\":[\"Change Id\",\"Start Time\",\"End Time\",\"Countries\"],\"properties\":{\"Change Id\":{\"type\":\"integer\"},\"Type\":{\"type\":\"string\"},\"Start Time\":{\"type\":\"string\"},\"End Time\":{\"type\":\"string\"},\"Countries\":{\"anyOf\":[{\"type\":\"array\",\"items\":{\"type\":\"string\"}},{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}]},\"Affiliates\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}},\"Sub Affiliates\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}},\"restrictions\":{\"type\":\"object\",\"additionalProperties\":{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"number\"},{\"type\":\"array\",\"items\":{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"number\"}]}}]}}},\"additionalProperties\":{\"type\":[\"number\",\"string\",\"boolean\"]}}}}}}}",
    "Prices, newest first.")

#define NUMBERS(X) X("loginid") X("offerid") X("landing_pageid") X("campaignid") X("adtoolid") X("subid1") X("subid2") \
    X("promotionalid") X("additional_trackingid") X("is_unencoded") X("old_code") X("inhouse") X("affsubid") X("affsource") \
    X("payoutid") X("creativeid")
#define REQUIRED(name_) "\"" name_ "\","
#define INTEGER(name_) "\"" name_ "\":{\"type\":\"integer\"},"
OTHER(nats_code, "{\"type\":\"object\",\"required\":[" NUMBERS(REQUIRED) "\"username\",\"campaign_name\","
    "\"additional_tracking\",\"tracked_details\"],\"properties\":{" NUMBERS(INTEGER) "\"username\":" NATS_TEXT ","
    "\"campaign_name\":" NATS_TEXT ",\"additional_tracking\":{\"type\":\"array\"},\"tracked_details\":{\"type\":\"object\","
    "\"required\":[\"login_details\",\"lp_details\"],\"properties\":{\"login_details\":{\"type\":\"object\","
    "\"required\":[\"loginid\",\"inhouse\",\"username\",\"type\",\"status\",\"deleted\",\"affiliate_percentage_override\"],"
    "\"properties\":{" INTEGER("loginid") INTEGER("inhouse") INTEGER("type") INTEGER("status") INTEGER("deleted")
    "\"username\":" NATS_TEXT ",\"affiliate_percentage_override\":{\"type\":\"number\"}}},\"lp_details\":{"
    "\"type\":\"object\",\"required\":[\"landing_pageid\",\"redirect_hash\",\"disable_url_sanitization\","
    "\"disable_deep_linking\",\"third_party_partner_id\",\"url\"],\"properties\":{" INTEGER("landing_pageid")
    INTEGER("disable_url_sanitization") INTEGER("disable_deep_linking") INTEGER("third_party_partner_id")
    "\"redirect_hash\":" NATS_TEXT ",\"url\":" NATS_TEXT "}}}}}}", "What the code stands for.")
#undef NUMBERS
#undef REQUIRED
#undef INTEGER

OBJ(nats_click_place, "What a click was for.")
FLD(nats_click_place, offerid,        str, "offer")
FLD(nats_click_place, landing_pageid, str, "landing page; 0: a URL of no landing page")
OBJ_END(nats_click_place)
OBJ(nats_click_hop, "How a click was sent on.")
FLD(nats_click_hop, why,            str, "expired, geo, cap, rule or mobile")
FLD(nats_click_hop, id,             str, "number of the offer group, cap or rule; else 0")
FLD(nats_click_hop, offerid,        str, "where to; 0: to a URL")
FLD(nats_click_hop, landing_pageid, str, "ditto")
FLD(nats_click_hop, track,          str, "1: the click went along; 0: the visitor alone")
OBJ_END(nats_click_hop)
OTHER(nats_links, "{\"type\":\"object\",\"required\":[\"result\",\"message\"],\"properties\":{\"result\":" NATS_TEXT ","
    "\"message\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"Offer Id\",\"Offer Name\","
    "\"Landing Page Id\",\"Landing Page Name\",\"Code\"],\"properties\":{\"Offer Id\":{\"type\":\"integer\"},"
    "\"Landing Page Id\":{\"type\":\"integer\"},\"Offer Name\":{\"type\":\"string\"},\"Landing Page Name\":{\"type\":\"string\"},\"Authorized Countries\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},\"Unauthorized Countries\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},\"Commission\":{\"type\":\"string\"},\"Advertiser Id\":{\"type\":\"integer\"},\"Advertiser Username\":{\"type\":\"string\"},\"Code\":" NATS_TEXT "}}}}}", "The links, one a landing page.")
OBJ(nats_click, "A click.")
FLD(nats_click, transaction_hash, str, "click hash")
FLD(nats_click, time,             str, "seconds since 1970 UTC")
FLD(nats_click, loginid,          str, "affiliate")
FLD(nats_click, username,         str, "his user name")
FLD(nats_click, offerid,          str, "offer")
FLD(nats_click, offer_name,       str, "its name")
FLD(nats_click, landing_pageid,   str, "landing page")
FLD(nats_click, campaignid,       str, "campaign")
FLD(nats_click, adtoolid,         str, "creative")
FLD(nats_click, ocode,            str, "tracking code")
FLD(nats_click, subid1,           str, "sub id")
FLD(nats_click, subid2,           str, "sub id")
FLD(nats_click, subaff,           str, "sub-affiliate value")
FLD(nats_click, subaff2,          str, "same, second")
FLD(nats_click, subaff3,          str, "same, third")
FLD(nats_click, subaff4,          str, "same, fourth")
FLD(nats_click, subaff5,          str, "same, fifth")
FLD(nats_click, external_clickid, str, "_ocid of the link")
FLD(nats_click, ip,               str, "the visitor's address")
FLD(nats_click, country,          str, "his country, two letters")
FLD(nats_click, refurl,           str, "the page he came from")
FLD(nats_click, user_agent,       str, "his browser")
FLD(nats_click, device_type,      str, "0 desktop, 1 mobile, 2 tablet, else others")
FLD(nats_click, unique,           str, "1: first of this visitor on this affiliate and offer")
FLD(nats_click, converted,        str, "1: it has a conversion")
FLD(nats_click, orderid,          str, "order id of its first conversion")
SUB(nats_click, requested_details, nats_click_place, "what the link named")
SUB(nats_click, current_details,   nats_click_place, "where the visitor was sent")
ARR(nats_click, redirects,         nats_click_hop,   "the way there; empty: straight")
OBJ_END(nats_click)
OBJ(nats_click_detail, "A click that was looked for.")
FLD(nats_click_detail, result,  str, "success")
FLD(nats_click_detail, message, str, "Click found.")
SUB(nats_click_detail, data, nats_click, "the click")
OBJ_END(nats_click_detail)
/* The family of /api/config says `data` where others say `message`. */
OBJ(nats_data, "What was done.")
FLD(nats_data, result, str, "success, or error")
FLD(nats_data, data,   str, "what happened, for people")
OBJ_END(nats_data)
OTHER(nats_failure, "{\"anyOf\":[{\"$ref\":\"#/components/schemas/nats_result\"},{\"$ref\":\"#/components/schemas/nats_data\"}]}",
    "A failure of that family: of the call itself, or before it.")
OTHER(nats_ips, "{\"type\":\"object\",\"required\":[\"result\",\"data\"],\"properties\":{\"result\":" NATS_TEXT ","
    "\"data\":{\"type\":\"array\",\"items\":" NATS_TEXT "}}}", "A list of addresses.")
OTHER(nats_customer, "{\"type\":\"object\",\"required\":[\"customer_id\",\"subscription_id\",\"locked\",\"details\",\"transactions\","
    "\"member_note\",\"member_auth\"],\"properties\":{\"customer_id\":" NATS_NUMBER_TEXT ",\"subscription_id\":" NATS_TEXT ","
    "\"offerid\":" NATS_NUMBER_TEXT ",\"loginid\":" NATS_NUMBER_TEXT ",\"first_time\":" NATS_NUMBER_TEXT ","
    "\"locked\":" NATS_NUMBER_TEXT ",\"forgotten\":" NATS_NUMBER_TEXT ",\"details\":{\"type\":\"object\","
    "\"additionalProperties\":" NATS_TEXT "},\"transactions\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
    "\"additionalProperties\":" NATS_TEXT "}},\"member_note\":{\"type\":\"array\"},\"member_auth\":{\"type\":\"array\"}}}",
    "All that is kept about a customer.")
OTHER(nats_word, "{\"type\":\"object\",\"required\":[\"result\"],\"properties\":{\"result\":" NATS_TEXT ","
    "\"message\":" NATS_TEXT "}}", "The word success, or error with a message.")
OBJ(nats_preview_data, "What was asked and what it pays.")
FLD(nats_preview_data, transaction_hash, str, "the click")
FLD(nats_preview_data, offerid,          str, "its offer")
FLD(nats_preview_data, loginid,          str, "its affiliate")
FLD(nats_preview_data, amount,           str, "amount of the conversion")
FLD(nats_preview_data, transaction_type, str, "kind")
FLD(nats_preview_data, payout,           str, "what the affiliate gets, in base currency")
OBJ_END(nats_preview_data)
OBJ(nats_preview, "A payout that nobody gets yet.")
FLD(nats_preview, result,  str, "success")
FLD(nats_preview, message, str, "the payout")
SUB(nats_preview, data, nats_preview_data, "with what was asked")
OBJ_END(nats_preview)
OTHER(nats_edited, NATS_ONE("{\"type\":\"object\",\"required\":[\"result\"],\"properties\":{\"result\":" NATS_TEXT "}}"), "The word Success.")
OTHER(nats_stored_ips, "{\"type\":\"object\",\"required\":[\"result\",\"message\"],\"properties\":{\"result\":" NATS_TEXT ","
    "\"message\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"object\","
    "\"additionalProperties\":{\"type\":\"boolean\"}}}}}}", "What was stored, by landing page.")
#undef NATS_NUMBER_TEXT
#undef NATS_TEXT
#undef NATS_ONE
OTHER(nats_profitloss, "{\"type\":\"object\",\"required\":[\"total\",\"rows\"],\"properties\":{\"total\":{\"type\":\"object\",\"required\":[\"breakdown\",\"row\"],\"properties\":{\"breakdown\":{\"type\":\"string\"},\"row\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"integer\"}}}},\"rows\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"break\",\"stats\"],\"properties\":{\"break\":{\"type\":\"integer\"},\"name\":{\"type\":\"string\"},\"stats\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"integer\"}}}}}}}", "Totals, and a row a break: start of the day, month or year in Unix seconds, a number of an object, or a country's ISO number.")
OTHER(nats_caps, "{\"type\":\"object\",\"required\":[\"result\",\"message\",\"data\"],\"properties\":{\"result\":{\"type\":\"string\",\"enum\":[\"success\"]},\"message\":{\"type\":\"string\"},\"data\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"cap_redirect_id\",\"offerid\",\"advertiserid\",\"loginid\",\"value\",\"current\",\"type\",\"type_nice\",\"duration\",\"duration_nice\",\"timeframe_restriction\",\"timeframe_restriction_nice\",\"start\",\"start_nice\",\"end\",\"end_nice\",\"redirect_action\",\"on_full\",\"track\",\"admin_notify\",\"enabled\",\"deleted\"],\"additionalProperties\":{\"type\":\"string\"}}}}}", "Caps; all values are texts.")
OTHER(nats_transactions, "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"object\",\"required\":[\"time\",\"loginid\",\"amount\",\"trans_type\",\"transaction_hash\",\"orderid\",\"external_clickid\",\"offerid\",\"landing_pageid\",\"total_payout\",\"payouts\"],\"properties\":{\"time\":{\"type\":\"integer\"},\"loginid\":{\"type\":\"integer\"},\"amount\":{\"type\":\"number\"},\"trans_type\":{\"type\":\"string\"},\"transaction_hash\":{\"type\":\"string\"},\"orderid\":{\"type\":\"string\"},\"external_clickid\":{\"type\":\"string\"},\"offerid\":{\"type\":\"integer\"},\"landing_pageid\":{\"type\":\"integer\"},\"trans_custom1\":{\"type\":\"string\"},\"trans_custom2\":{\"type\":\"string\"},\"trans_custom3\":{\"type\":\"string\"},\"trans_custom4\":{\"type\":\"string\"},\"trans_custom5\":{\"type\":\"string\"},\"total_payout\":{\"type\":\"number\"},\"payouts\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\",\"type\",\"username\",\"loginid\",\"amount\"],\"properties\":{\"id\":{\"type\":\"string\"},\"type\":{\"type\":\"string\"},\"username\":{\"type\":\"string\"},\"loginid\":{\"type\":\"integer\"},\"amount\":{\"type\":\"number\"}}}}}}}", "Transactions by their 20-digit ids; empty when none matches.")
/* clang-format on */
