/* ep_affise_notify.h - rows of tbl/endpoints.h: affiliates' postbacks and pixels, and the log of what was sent.
 * No guard, on purpose. */
/* clang-format off */
EP(affise_add_postback, POST, "/3.0/partner/postback", ANY, "0.2",
    "Register a URL that is called when a conversion of the affiliate is created or changes.",
    "One that names an offer is called in place of those that name none.  Variables stand behind the host: see affiliated-tracking(7).")
ARG(affise_add_postback,  FORM, pid,      id,   OPTIONAL, NULL, 1, UINT32_MAX, "Affiliate: for an administrator's key, which must send it.")
ARG(affise_add_postback,  FORM, offer_id, id,   OPTIONAL, NULL, 1, UINT32_MAX, "Offer; none: all offers.")
ARG(affise_add_postback,  FORM, url,      str,  REQUIRED, NULL, 1, 2048, "URL with variables.")
ARG(affise_add_postback,  FORM, status,   word, OPTIONAL, NULL, 0, "confirmed|pending|declined|not_found|hold|by_creating", "Called when a conversion has or reaches this status, or once when it is created; none: at every status.")
ARG(affise_add_postback,  FORM, goal,     str,  OPTIONAL, NULL, 0, 190, "Only for this goal value.")
REPLY(affise_add_postback, 200, affise_postback)
EP_END(affise_add_postback)

EP(affise_edit_postback, POST, "/3.0/partner/postback/{ID}", ANY, "0.2",
    "Change URL and conditions of a postback.",
    "What waits to be sent goes to the new URL.")
ARG(affise_edit_postback,  PATH, ID,       id,   REQUIRED, NULL, 1, UINT32_MAX, "Postback.")
ARG(affise_edit_postback,  FORM, pid,      id,   OPTIONAL, NULL, 1, UINT32_MAX, "Affiliate whose postback it is.")
ARG(affise_edit_postback,  FORM, url,      str,  REQUIRED, NULL, 1, 2048, "URL with variables.")
ARG(affise_edit_postback,  FORM, status,   word, OPTIONAL, NULL, 0, "confirmed|pending|declined|not_found|hold|by_creating", "As for a new one; empty: any.")
ARG(affise_edit_postback,  FORM, goal,     str,  OPTIONAL, NULL, 0, 190, "Only for this goal value; empty: any.")
REPLY(affise_edit_postback, 200, affise_postback)
EP_END(affise_edit_postback)

EP(affise_del_postback, DELETE, "/3.0/partner/postback/{ID}/remove", ANY, "0.2",
    "Remove a postback; the answer is what it was.",
    "What waits to be sent to it is not sent.")
ARG(affise_del_postback,  PATH, ID,       id,   REQUIRED, NULL, 1, UINT32_MAX, "Postback.")
REPLY(affise_del_postback, 200, affise_postback)
EP_END(affise_del_postback)

EP(affise_postbacks, GET, "/3.0/admin/postbacks", ADMIN, "0.2",
    "List the postbacks of an affiliate.",
    "")
ARG(affise_postbacks,  QUERY, partner_id, id,  REQUIRED, NULL, 1, UINT32_MAX, "Affiliate.")
ARG(affise_postbacks,  QUERY, limit,      int, OPTIONAL, "100", 1, INT64_MAX, "Rows a page, at most 500: more is cut, as per_page says.")
ARG(affise_postbacks,  QUERY, page,       int, OPTIONAL, "1", 1, 1000000000, "Page, from 1.")
REPLY(affise_postbacks, 200, affise_postbacks)
EP_END(affise_postbacks)

EP(affise_own_pixels, GET, "/3.0/partner/pixels", AFFILIATE, "0.2",
    "List the calling affiliate's pixels.",
    "")
REPLY(affise_own_pixels, 200, affise_pixels)
EP_END(affise_own_pixels)

EP(affise_pixels, GET, "/3.0/partner/pixels/{ID}", ADMIN, "0.2",
    "List the pixels of an affiliate.",
    "")
ARG(affise_pixels,  PATH, ID, id, REQUIRED, NULL, 1, UINT32_MAX, "Affiliate.")
REPLY(affise_pixels, 200, affise_pixels)
EP_END(affise_pixels)

EP(affise_add_pixel, POST, "/3.0/partner/pixel", ANY, "0.2",
    "Add a pixel to an offer.",
    "It is shown in the page of an iframe pixel while it is active and approved; one that an affiliate adds is not approved.")
ARG(affise_add_pixel,  FORM, pid,       id,   OPTIONAL, NULL, 1, UINT32_MAX, "Affiliate: for an administrator's key, which must send it.")
ARG(affise_add_pixel,  FORM, offer_id,  id,   REQUIRED, NULL, 1, UINT32_MAX, "Offer.")
ARG(affise_add_pixel,  FORM, name,      str,  REQUIRED, NULL, 1, 255, "Name.")
ARG(affise_add_pixel,  FORM, code,      str,  REQUIRED, NULL, 1, 16000, "Markup with variables: a script element, an img tag or an iframe.")
ARG(affise_add_pixel,  FORM, code_type, word, REQUIRED, NULL, 0, "iframe|image|javascript", "What the markup is.")
ARG(affise_add_pixel,  FORM, is_active, flag, OPTIONAL, "1", 0, 1, "On or off.  Administrators only.")
ARG(affise_add_pixel,  FORM, moderation_status, int, OPTIONAL, "1", -1, 1, "0 waiting, 1 approved, -1 rejected.  Administrators only.")
REPLY(affise_add_pixel, 200, affise_pixel)
EP_END(affise_add_pixel)

EP(affise_edit_pixel, POST, "/3.0/partner/pixel/{ID}", ANY, "0.2",
    "Change a pixel; only what is sent changes.",
    "Markup that an affiliate changes waits for approval again.")
ARG(affise_edit_pixel,  PATH, ID,        id,   REQUIRED, NULL, 1, UINT32_MAX, "Pixel.")
ARG(affise_edit_pixel,  FORM, name,      str,  OPTIONAL, NULL, 0, 255, "Name.")
ARG(affise_edit_pixel,  FORM, code,      str,  OPTIONAL, NULL, 0, 16000, "Markup with variables.")
ARG(affise_edit_pixel,  FORM, code_type, word, OPTIONAL, NULL, 0, "iframe|image|javascript", "What the markup is.")
ARG(affise_edit_pixel,  FORM, is_active, flag, OPTIONAL, NULL, 0, 1, "On or off.  Administrators only.")
ARG(affise_edit_pixel,  FORM, moderation_status, int, OPTIONAL, NULL, -1, 1, "0 waiting, 1 approved, -1 rejected.  Administrators only.")
REPLY(affise_edit_pixel, 200, affise_pixel)
EP_END(affise_edit_pixel)

EP(affise_del_pixel, DELETE, "/3.0/partner/pixel/{ID}/remove", ANY, "0.2",
    "Remove a pixel; the answer is what it was.",
    "")
ARG(affise_del_pixel,  PATH, ID,        id,   REQUIRED, NULL, 1, UINT32_MAX, "Pixel.")
REPLY(affise_del_pixel, 200, affise_pixel)
EP_END(affise_del_pixel)

EP(affise_partner_postbacks, GET, "/3.0/stats/affiliatepostbacks", ADMIN, "0.2",
    "Postbacks that were sent to affiliates: one row an attempt, newest first.",
    "http_code 0: there was no answer; the members answer and error say more.  Kept for notify_log_days of affiliated.yaml(5).")
ARG(affise_partner_postbacks,  QUERY, date_from, day,  REQUIRED, NULL, 0, 0, "First day.")
ARG(affise_partner_postbacks,  QUERY, date_to,   day,  REQUIRED, NULL, 0, 0, "Last day, inclusive.")
ARG(affise_partner_postbacks,  QUERY, offer,     refs, OPTIONAL, NULL, 1, UINT32_MAX, "Offers, by number or 24 hex digits.")
ARG(affise_partner_postbacks,  QUERY, partner,   ids,  OPTIONAL, NULL, 1, UINT32_MAX, "Affiliates.")
ARG(affise_partner_postbacks,  QUERY, goal,      str,  OPTIONAL, NULL, 0, 190, "Goal value.")
ARG(affise_partner_postbacks,  QUERY, status,    int,  OPTIONAL, NULL, 1, 5, "1 confirmed, 2 pending, 3 declined, 4 not_found, 5 hold.")
ARG(affise_partner_postbacks,  QUERY, http_code, int,  OPTIONAL, NULL, 0, 999, "What the affiliate's server answered.")
ARG(affise_partner_postbacks,  QUERY, page,      int,  OPTIONAL, "1", 1, 1000000000, "Page, from 1.")
ARG(affise_partner_postbacks,  QUERY, limit,     int,  OPTIONAL, "100", 1, INT64_MAX, "Rows a page, at most 500: more is cut, as per_page says.")
REPLY(affise_partner_postbacks, 200, affise_partner_postbacks)
EP_END(affise_partner_postbacks)

EP(affise_server_postbacks, GET, "/3.0/stats/serverpostbacks", ADMIN, "0.2",
    "What advertisers posted and what they were answered, newest first.",
    "Filters act on what the sender passed: a postback without status is not found by status.  `response` is the text of the answer, also where a pixel got a picture or a page; `outcome` what became of it, which may be decided later than the answer; `unresolved` says waiting of a conversion whose click another node may still bring, unknown of one whose click never came.  Kept for post_log_days of affiliated.yaml(5).")
ARG(affise_server_postbacks,  QUERY, date_from, day,  REQUIRED, NULL, 0, 0, "First day.")
ARG(affise_server_postbacks,  QUERY, date_to,   day,  REQUIRED, NULL, 0, 0, "Last day, inclusive.")
ARG(affise_server_postbacks,  QUERY, offer,     refs, OPTIONAL, NULL, 1, UINT32_MAX, "Offers, by number or 24 hex digits.")
ARG(affise_server_postbacks,  QUERY, partner,   ids,  OPTIONAL, NULL, 1, UINT32_MAX, "Affiliates.")
ARG(affise_server_postbacks,  QUERY, action_id, str,  OPTIONAL, NULL, 0, 190, "Conversion id that was sent.")
ARG(affise_server_postbacks,  QUERY, click_id,  str,  OPTIONAL, NULL, 0, 190, "Click id that was sent.")
ARG(affise_server_postbacks,  QUERY, goal,      str,  OPTIONAL, NULL, 0, 190, "Goal that was sent.")
ARG(affise_server_postbacks,  QUERY, status,    str,  OPTIONAL, NULL, 0, 190, "Status that was sent.")
ARG(affise_server_postbacks,  QUERY, page,      int,  OPTIONAL, "1", 1, 1000000000, "Page, from 1.")
ARG(affise_server_postbacks,  QUERY, limit,     int,  OPTIONAL, "100", 1, INT64_MAX, "Rows a page, at most 500: more is cut, as per_page says.")
REPLY(affise_server_postbacks, 200, affise_server_postbacks)
EP_END(affise_server_postbacks)
/* clang-format on */
