/* ep_nats_access.h - rows of tbl/endpoints.h: /api/offer, who may run what and where.  No guard, on purpose. */
/* clang-format off */
EP(nats_set_enabled_affiliates, PATCH, "/api/offer/set_enabled_affiliates", ADMIN, "0.2",
    "Enable or disable affiliates for offers or landing pages, in bulk.",
    "Of all_landers, landing_pageids and offerids the first that is sent counts; without them landing pages are chosen by all of advertiser_ids, offer_name_like, landing_page_name_like and url_like together.  An exception of a landing page counts before one of the offer, one of a named affiliate before one of all_users.")
ARG(nats_set_enabled_affiliates, QUERY, action, str, REQUIRED, NULL, 1, 64, "enable, disable, revert, enable_requestable, disable_requestable, revert_requestable.  Revert takes the exception back; the last three concern the right to ask for a private page.")
ARG(nats_set_enabled_affiliates, QUERY, loginids, ids, OPTIONAL, NULL, 1, UINT32_MAX, "Affiliates.")
ARG(nats_set_enabled_affiliates, QUERY, all_users, flag, OPTIONAL, "0", 0, 1, "All affiliates, also later ones; what was said of single ones before is forgotten.")
ARG(nats_set_enabled_affiliates, QUERY, all_landers, flag, OPTIONAL, "0", 0, 1, "All landing pages.")
ARG(nats_set_enabled_affiliates, QUERY, landing_pageids, ids, OPTIONAL, NULL, 1, UINT32_MAX, "Landing pages.")
ARG(nats_set_enabled_affiliates, QUERY, offerids, ids, OPTIONAL, NULL, 1, UINT32_MAX, "All landing pages of these offers, also later ones.")
ARG(nats_set_enabled_affiliates, QUERY, advertiser_ids, ids, OPTIONAL, NULL, 1, UINT32_MAX, "All landing pages of all offers of these advertisers.")
ARG(nats_set_enabled_affiliates, QUERY, offer_name_like, str, OPTIONAL, NULL, 0, 255, "Landing pages of offers with this text in the name, in any case.")
ARG(nats_set_enabled_affiliates, QUERY, landing_page_name_like, str, OPTIONAL, NULL, 0, 255, "Landing pages with this text in the name, in any case.")
ARG(nats_set_enabled_affiliates, QUERY, url_like, str, OPTIONAL, NULL, 0, 2048, "Landing pages with this text in the URL, in any case.")
REPLY(nats_set_enabled_affiliates, 200, nats_result)
EP_END(nats_set_enabled_affiliates)

EP(nats_set_offer_countries, PATCH, "/api/offer/set_offer_countries", ADMIN, "0.2",
    "Set the countries of an offer.",
    "A list that is not sent stays; one that is sent empty is cleared, so that the network's setting counts.")
ARG(nats_set_offer_countries, QUERY, offerid, id, REQUIRED, NULL, 1, UINT32_MAX, "Offer.")
ARG(nats_set_offer_countries, QUERY, authorized, csv, OPTIONAL, NULL, 0, 64, "Two-letter codes of allowed countries.")
ARG(nats_set_offer_countries, QUERY, unauthorized, csv, OPTIONAL, NULL, 0, 64, "Two-letter codes of refused countries.")
ARG(nats_set_offer_countries, QUERY, append, flag, OPTIONAL, "0", 0, 1, "Add instead of replace.")
REPLY(nats_set_offer_countries, 200, nats_success)
EP_END(nats_set_offer_countries)

EP(nats_pause_offer, PATCH, "/api/offer/pause_offer", ADMIN, "0.2",
    "Pause (expire) an offer and say where its traffic goes.",
    "Clicks that came before can still convert.")
ARG(nats_pause_offer, QUERY, offerid, id, REQUIRED, NULL, 1, UINT32_MAX, "Offer.")
ARG(nats_pause_offer, QUERY, date_expire, when, OPTIONAL, NULL, 0, 64, "Date text or Unix time of the expiry; empty: at once.")
ARGW(nats_pause_offer, QUERY, expire_landing_pageid, "expiration_landing_page_id|expire_landing_pageid", id, OPTIONAL, NULL, 0, UINT32_MAX, "Landing page for the traffic; counts before expire_url.")
ARG(nats_pause_offer, QUERY, expire_url, str, OPTIONAL, NULL, 0, 2048, "URL for the traffic.")
REPLY(nats_pause_offer, 200, nats_result)
EP_END(nats_pause_offer)

EP(nats_activate_offer, PATCH, "/api/offer/activate_offer", ADMIN, "0.2",
    "Activate a paused or expired offer.",
    "An expiry that has passed is cleared.")
ARG(nats_activate_offer, QUERY, offerid, id, REQUIRED, NULL, 1, UINT32_MAX, "Offer.")
REPLY(nats_activate_offer, 200, nats_result)
EP_END(nats_activate_offer)
/* clang-format on */
