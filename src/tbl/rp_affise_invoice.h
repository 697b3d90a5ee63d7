/* rp_affise_invoice.h - rows of tbl/replies.h: invoices of advertisers.  No guard, on purpose. */
/* clang-format off */
OTHER(affise_invoices,
    "{\"type\":\"object\",\"required\":[\"status\",\"message\",\"pagination\"],\"properties\":{\"status\":{\"type\""
    ":\"integer\",\"enum\":[1]},\"message\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"numb"
    "er\",\"supplier_id\",\"created_at\",\"updated_at\",\"start_date\",\"end_date\",\"status\",\"detail\",\"currenc"
    "y\",\"comment\"],\"properties\":{\"number\":{\"type\":\"integer\"},\"supplier_id\":{\"type\":\"string\",\"patt"
    "ern\":\"^[0-9a-f]{24}$\"},\"created_at\":{\"type\":\"string\",\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2}$\"},\""
    "updated_at\":{\"type\":\"string\",\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2}$\"},\"start_date\":{\"type\":\"str"
    "ing\",\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2}$\"},\"end_date\":{\"type\":\"string\",\"pattern\":\"^[0-9]{4}-"
    "[0-9]{2}-[0-9]{2}$\"},\"status\":{\"type\":\"string\",\"enum\":[\"paid\",\"unpaid\"]},\"detail\":{\"type\":\"a"
    "rray\",\"items\":{\"type\":\"object\",\"required\":[\"offer_id\",\"payout_type\",\"actions\",\"amount\",\"comm"
    "ent\"],\"properties\":{\"offer_id\":{\"type\":\"integer\"},\"payout_type\":{\"type\":\"string\"},\"actions\":{"
    "\"type\":\"integer\"},\"amount\":{\"type\":\"number\"},\"comment\":{\"type\":[\"string\",\"null\"]}}}},\"curre"
    "ncy\":{\"type\":\"string\"},\"comment\":{\"type\":[\"string\",\"null\"]}}}},\"pagination\":{\"type\":\"object\""
    ",\"required\":[\"per_page\",\"total_count\",\"page\"],\"properties\":{\"per_page\":{\"type\":\"integer\"},\"to"
    "tal_count\":{\"type\":\"integer\"},\"page\":{\"type\":\"integer\"},\"next_page\":{\"type\":\"integer\"}}}}}", "Invoices, in the member message.")
OTHER(affise_invoice,
    "{\"type\":\"object\",\"required\":[\"status\",\"message\"],\"properties\":{\"status\":{\"type\":\"integer\",\""
    "enum\":[1]},\"message\":{\"type\":\"object\",\"required\":[\"number\",\"supplier_id\",\"created_at\",\"updated"
    "_at\",\"start_date\",\"end_date\",\"status\",\"detail\",\"currency\",\"comment\"],\"properties\":{\"number\":{"
    "\"type\":\"integer\"},\"supplier_id\":{\"type\":\"string\",\"pattern\":\"^[0-9a-f]{24}$\"},\"created_at\":{\"t"
    "ype\":\"string\",\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2}$\"},\"updated_at\":{\"type\":\"string\",\"pattern\""
    ":\"^[0-9]{4}-[0-9]{2}-[0-9]{2}$\"},\"start_date\":{\"type\":\"string\",\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{"
    "2}$\"},\"end_date\":{\"type\":\"string\",\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2}$\"},\"status\":{\"type\":\""
    "string\",\"enum\":[\"paid\",\"unpaid\"]},\"detail\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"requi"
    "red\":[\"offer_id\",\"payout_type\",\"actions\",\"amount\",\"comment\"],\"properties\":{\"offer_id\":{\"type\""
    ":\"integer\"},\"payout_type\":{\"type\":\"string\"},\"actions\":{\"type\":\"integer\"},\"amount\":{\"type\":\""
    "number\"},\"comment\":{\"type\":[\"string\",\"null\"]}}}},\"currency\":{\"type\":\"string\"},\"comment\":{\"ty"
    "pe\":[\"string\",\"null\"]}}}}}", "The invoice, in the member message.")
/* clang-format on */
