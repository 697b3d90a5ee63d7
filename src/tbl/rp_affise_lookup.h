/* rp_affise_lookup.h - rows of tbl/replies.h: what the network has set up, news, balances.  No guard, on purpose. */
/* clang-format off */
OTHER(affise_currency,
    "{\"type\":\"object\",\"required\":[\"status\",\"quotes\"],\"properties\":{\"status\":{\"type\":\"integer\",\"e"
    "num\":[1]},\"quotes\":{\"anyOf\":[{\"type\":\"object\",\"additionalProperties\":{\"type\":\"number\"}},{\"type"
    "\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"_id\",\"code\",\"active\",\"default\",\"rate\",\"m"
    "in_payment\",\"is_crypto\"],\"properties\":{\"_id\":{\"type\":\"integer\"},\"code\":{\"type\":\"string\"},\"ac"
    "tive\":{\"type\":\"boolean\"},\"default\":{\"type\":\"boolean\"},\"rate\":{\"type\":\"number\"},\"min_payment\""
    ":{\"type\":[\"number\",\"null\"]},\"is_crypto\":{\"type\":\"boolean\"}}}}]}}}", "Rates by code.")
OTHER(affise_payment_systems,
    "{\"type\":\"object\",\"required\":[\"status\",\"payment_systems\"],\"properties\":{\"status\":{\"type\":\"inte"
    "ger\",\"enum\":[1]},\"payment_systems\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\""
    ",\"lang_label\",\"fields\",\"currency\"],\"properties\":{\"id\":{\"type\":\"integer\"},\"lang_label\":{\"type\""
    ":\"string\"},\"fields\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\",\"lang_label\""
    ",\"required\"],\"properties\":{\"id\":{\"type\":\"integer\"},\"lang_label\":{\"type\":\"string\"},\"required\""
    ":{\"type\":\"boolean\"}}}},\"currency\":{\"type\":[\"string\",\"null\"]}}}}}}", "Payment systems.")
OTHER(affise_custom_fields,
    "{\"type\":\"object\",\"required\":[\"status\",\"fields\"],\"properties\":{\"status\":{\"type\":\"integer\",\"e"
    "num\":[1]},\"fields\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\",\"name\",\"requi"
    "red\",\"field_type\",\"field_values\"],\"properties\":{\"id\":{\"type\":\"integer\"},\"name\":{\"type\":\"stri"
    "ng\"},\"required\":{\"type\":\"boolean\"},\"field_type\":{\"type\":\"string\"},\"field_values\":{\"type\":[\"a"
    "rray\",\"null\"],\"items\":{\"type\":\"string\"}}}}}}}", "Fields.")
OTHER(affise_news,
    "{\"type\":\"object\",\"required\":[\"status\",\"items\",\"all_items\"],\"properties\":{\"status\":{\"type\":\""
    "integer\",\"enum\":[1]},\"items\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"object\",\"require"
    "d\":[\"_id\",\"title\",\"small_desc\",\"desc\",\"status\",\"created_at\"],\"properties\":{\"_id\":{\"type\":\""
    "object\",\"required\":[\"$id\"],\"properties\":{\"$id\":{\"type\":\"string\",\"pattern\":\"^[0-9a-f]{24}$\"}}}"
    ",\"title\":{\"type\":\"string\"},\"small_desc\":{\"type\":\"string\"},\"desc\":{\"type\":\"string\"},\"status\""
    ":{\"type\":\"integer\"},\"created_at\":{\"type\":\"object\",\"required\":[\"sec\",\"usec\"],\"properties\":{\""
    "sec\":{\"type\":\"integer\"},\"usec\":{\"type\":\"integer\"}}}}}},\"all_items\":{\"type\":\"integer\"}}}", "Entries by their ids, and how many there are in all.")
OTHER(affise_one_news,
    "{\"type\":\"object\",\"required\":[\"status\",\"news\"],\"properties\":{\"status\":{\"type\":\"integer\",\"enu"
    "m\":[1]},\"news\":{\"type\":\"object\",\"required\":[\"_id\",\"title\",\"small_desc\",\"desc\",\"status\",\"cr"
    "eated_at\"],\"properties\":{\"_id\":{\"type\":\"object\",\"required\":[\"$id\"],\"properties\":{\"$id\":{\"typ"
    "e\":\"string\",\"pattern\":\"^[0-9a-f]{24}$\"}}},\"title\":{\"type\":\"string\"},\"small_desc\":{\"type\":\"st"
    "ring\"},\"desc\":{\"type\":\"string\"},\"status\":{\"type\":\"integer\"},\"created_at\":{\"type\":\"object\",\""
    "required\":[\"sec\",\"usec\"],\"properties\":{\"sec\":{\"type\":\"integer\"},\"usec\":{\"type\":\"integer\"}}}"
    "}}}}", "The entry.")
OTHER(affise_balance,
    "{\"type\":\"object\",\"required\":[\"status\",\"balance\"],\"properties\":{\"status\":{\"type\":\"integer\",\""
    "enum\":[1]},\"balance\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"object\",\"required\":[\"bal"
    "ance\",\"hold\",\"available\"],\"properties\":{\"balance\":{\"type\":\"number\"},\"hold\":{\"type\":\"number\""
    "},\"available\":{\"type\":\"number\"}}}}}}", "Money by currency.")
/* clang-format on */
