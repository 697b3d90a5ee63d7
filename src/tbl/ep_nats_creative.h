/* ep_nats_creative.h - rows of tbl/endpoints.h: /api/creative.  No guard, on purpose. */
/* clang-format off */
EP(nats_creatives, GET, "/api/creative/get_creatives", ADMIN, "0.3",
    "All creatives of one creative type.",
    "Deleted ones are included and say so.")
ARG(nats_creatives, QUERY, creative_type_id, id, REQUIRED, NULL, 1, UINT32_MAX, "Creative type: 1 is Image Banners.")
REPLY(nats_creatives, 200, nats_creatives)
EP_END(nats_creatives)

EP(nats_creative_fields, GET, "/api/creative/get_creative_fields", ADMIN, "0.3",
    "The fields that a creative type has.",
    "What creative_data of add_creative and edit_creative may hold.")
ARG(nats_creative_fields, QUERY, creative_type_id, id, REQUIRED, NULL, 1, UINT32_MAX, "Creative type.")
REPLY(nats_creative_fields, 200, nats_creative_fields)
EP_END(nats_creative_fields)

EP(nats_creative_rules, GET, "/api/creative/get_creative_rules", ADMIN, "0.3",
    "Visibility rules of one or more creatives.",
    "How rules meet: the one that names most closely whom it is for decides, affiliates before landing pages before offers, HIDE before SHOW among equals; IGNORE is a rule put aside.  Where none is for him, a creative is shown, unless a SHOW rule of it is in force, which is then for others.")
ARG(nats_creative_rules, QUERY, creativeids, ids, REQUIRED, NULL, 1, UINT32_MAX, "Creatives.")
ARGW(nats_creative_rules, QUERY, show_inactive, "show_inactive|show_hidden", flag, OPTIONAL, "0", 0, 1, "Include rules that are not in force now.")
REPLY(nats_creative_rules, 200, nats_creative_rules)
EP_END(nats_creative_rules)

EP(nats_add_creative, POST, "/api/creative/add_creative", ADMIN, "0.3",
    "Create a creative.",
    "type 2: the picture stays where it is, and /imp/ with the number of the creative in the tracking code redirects to it.  type 1, the default: it is fetched at once, kept by the network and shown from /files/; its bytes say what it is and how large.")
ARG(nats_add_creative, FORM, creative_type_id, id, REQUIRED, NULL, 1, UINT32_MAX, "Creative type.")
ARG(nats_add_creative, FORM, creative_data, tree, REQUIRED, NULL, 0, 0, "JSON object, as a text, or in brackets, with the fields of get_creative_fields: name (URL of the picture: GIF, PNG, JPEG or WebP of at most 8 MiB; a ZIP file for archives) and type, 1 kept by the network or 2 hosted elsewhere.")
REPLY(nats_add_creative, 200, nats_new_creative)
EP_END(nats_add_creative)

EP(nats_edit_creative, PATCH, "/api/creative/edit_creative", ADMIN, "0.3",
    "Change fields of a creative.",
    "A field that is left out stays.")
ARG(nats_edit_creative, QUERY, creative_id, id, REQUIRED, NULL, 1, UINT32_MAX, "Creative.")
ARG(nats_edit_creative, QUERY, creative_data, tree, REQUIRED, NULL, 0, 0, "As of add_creative.")
REPLY(nats_edit_creative, 200, nats_result)
EP_END(nats_edit_creative)

EP(nats_delete_creative, PATCH, "/api/creative/delete_creative", ADMIN, "0.3",
    "Mark a creative as deleted.",
    "Nobody is shown it, and impressions of it do not count.")
ARG(nats_delete_creative, QUERY, creative_id, id, REQUIRED, NULL, 1, UINT32_MAX, "Creative.")
REPLY(nats_delete_creative, 200, nats_result)
EP_END(nats_delete_creative)

EP(nats_undelete_creative, PATCH, "/api/creative/undelete_creative", ADMIN, "0.3",
    "Bring a deleted creative back.",
    "Its rules are what they were.")
ARG(nats_undelete_creative, QUERY, creative_id, id, REQUIRED, NULL, 1, UINT32_MAX, "Creative.")
REPLY(nats_undelete_creative, 200, nats_result)
EP_END(nats_undelete_creative)

EP(nats_add_creative_rule, POST, "/api/creative/add_creative_rule", ADMIN, "0.3",
    "Add a visibility rule to creatives.",
    "Each gets a rule of its own.  A creative that is not there is among the failures.")
ALIAS(nats_add_creative_rule, POST, "/api/creative/add_creative_rules")
ARG(nats_add_creative_rule, FORM, creativeids, ids, REQUIRED, NULL, 1, UINT32_MAX, "Creatives.")
ARG(nats_add_creative_rule, FORM, rule_type, word, REQUIRED, NULL, 0, "IGNORE|SHOW|HIDE", "What the rule does; IGNORE: nothing.")
ARG(nats_add_creative_rule, FORM, offerids, ids, OPTIONAL, NULL, 1, UINT32_MAX, "Offers it is for; empty: all.")
ARG(nats_add_creative_rule, FORM, landing_pageids, ids, OPTIONAL, NULL, 1, UINT32_MAX, "Landing pages it is for; empty: all.")
ARG(nats_add_creative_rule, FORM, loginids, ids, OPTIONAL, NULL, 1, UINT32_MAX, "Affiliates it is for; empty: all.")
ARG(nats_add_creative_rule, FORM, start_time, when, OPTIONAL, NULL, 0, 64, "When it starts; empty: now.")
ARG(nats_add_creative_rule, FORM, end_time, when, OPTIONAL, NULL, 0, 64, "When it ends; empty: never.")
REPLY(nats_add_creative_rule, 200, nats_new_creative_rules)
EP_END(nats_add_creative_rule)

EP(nats_edit_creative_rules, PATCH, "/api/creative/edit_creative_rules", ADMIN, "0.3",
    "Change existing visibility rules.",
    "What is left out stays.  A rule that none of the creatives has is among the failures.")
ALIAS(nats_edit_creative_rules, PATCH, "/api/creative/edit_creative_rule")
ARG(nats_edit_creative_rules, QUERY, creativeids, ids, REQUIRED, NULL, 1, UINT32_MAX, "Creatives.")
ARG(nats_edit_creative_rules, QUERY, rule_type, word, OPTIONAL, NULL, 0, "IGNORE|SHOW|HIDE", "What the rule does; IGNORE: nothing.")
ARG(nats_edit_creative_rules, QUERY, offerids, ids, OPTIONAL, NULL, 1, UINT32_MAX, "Offers it is for; empty: all.")
ARG(nats_edit_creative_rules, QUERY, landing_pageids, ids, OPTIONAL, NULL, 1, UINT32_MAX, "Landing pages it is for; empty: all.")
ARG(nats_edit_creative_rules, QUERY, loginids, ids, OPTIONAL, NULL, 1, UINT32_MAX, "Affiliates it is for; empty: all.")
ARG(nats_edit_creative_rules, QUERY, start_time, when, OPTIONAL, NULL, 0, 64, "When it starts; empty: now.")
ARG(nats_edit_creative_rules, QUERY, end_time, when, OPTIONAL, NULL, 0, 64, "When it ends; empty: never.")
ARG(nats_edit_creative_rules, QUERY, ruleids, csv, REQUIRED, NULL, 1, 32, "Rules: their keys.")
REPLY(nats_edit_creative_rules, 200, nats_creative_rules_done)
EP_END(nats_edit_creative_rules)

EP(nats_delete_creative_rules, POST, "/api/creative/delete_creative_rules", ADMIN, "0.3",
    "Delete visibility rules.",
    "A rule that none of the creatives has is among the failures.")
ALIAS(nats_delete_creative_rules, POST, "/api/creative/delete_creative_rule")
ARG(nats_delete_creative_rules, FORM, creativeids, ids, REQUIRED, NULL, 1, UINT32_MAX, "Creatives.")
ARG(nats_delete_creative_rules, FORM, ruleids, csv, REQUIRED, NULL, 1, 32, "Rules: their keys.")
REPLY(nats_delete_creative_rules, 200, nats_creative_rules_done)
EP_END(nats_delete_creative_rules)
/* clang-format on */
