/* ep_affise_affiliate.h - rows of tbl/endpoints.h: offers as affiliates list them, and how they ask for one.  No
 * guard, on purpose. */
/* clang-format off */
EP(affise_partner_offers, GET, "/3.0/partner/offers", AFFILIATE, "0.3",
    "Offers that the affiliate may look at, connected or not.",
    "Active ones: public and protected ones, private ones when connected.  required_approval: he must still ask.")
ARG(affise_partner_offers, QUERY, q,          str,  OPTIONAL, NULL, 0, 255, "Search in title and id.")
ARG(affise_partner_offers, QUERY, ids,        refs, OPTIONAL, NULL, 1, UINT32_MAX, "Offers, by 24 hex digits or number.")
ARG(affise_partner_offers, QUERY, int_id,     refs, OPTIONAL, NULL, 1, UINT32_MAX, "Offers, by number or 24 hex digits.")
ARG(affise_partner_offers, QUERY, countries,  csv,  OPTIONAL, NULL, 2, 2,   "Offers with a payment for one of these countries.")
ARG(affise_partner_offers, QUERY, categories, strs, OPTIONAL, NULL, 0, 190, "Offers in one of these categories, by 24 hex digits or title.")
ARG(affise_partner_offers, QUERY, sort,       tree, OPTIONAL, NULL, 0, 0,   "sort[id], [title], [cr] or [epc] = asc or desc; the last two of the last seven days.")
ARG(affise_partner_offers, QUERY, page,       int,  OPTIONAL, "1",  1, 1000000, "Page, from 1.")
ARG(affise_partner_offers, QUERY, limit,      int,  OPTIONAL, "100", 1, INT32_MAX, "Rows a page; at most 500 are given.")
REPLY(affise_partner_offers, 200, affise_partner_offers)
EP_END(affise_partner_offers)

EP(affise_live_offers, GET, "/3.0/partner/live-offers", AFFILIATE, "0.3",
    "Offers that the affiliate can send traffic to right now.",
    "Active ones that are public or that he is connected to, and not disabled for him; link is ready to use.")
ARG(affise_live_offers, QUERY, q,          str,  OPTIONAL, NULL, 0, 255, "Search in title and id.")
ARG(affise_live_offers, QUERY, ids,        refs, OPTIONAL, NULL, 1, UINT32_MAX, "Offers, by 24 hex digits or number.")
ARG(affise_live_offers, QUERY, int_id,     refs, OPTIONAL, NULL, 1, UINT32_MAX, "Offers, by number or 24 hex digits.")
ARG(affise_live_offers, QUERY, countries,  csv,  OPTIONAL, NULL, 2, 2,   "Offers with a payment for one of these countries.")
ARG(affise_live_offers, QUERY, categories, strs, OPTIONAL, NULL, 0, 190, "Offers in one of these categories, by 24 hex digits or title.")
ARG(affise_live_offers, QUERY, sort,       tree, OPTIONAL, NULL, 0, 0,   "sort[id], [title], [cr] or [epc] = asc or desc; the last two of the last seven days.")
ARG(affise_live_offers, QUERY, page,       int,  OPTIONAL, "1",  1, 1000000, "Page, from 1.")
ARG(affise_live_offers, QUERY, limit,      int,  OPTIONAL, "100", 1, INT32_MAX, "Rows a page; at most 500 are given.")
REPLY(affise_live_offers, 200, affise_partner_offers)
EP_END(affise_live_offers)

EP(affise_activation, POST, "/3.0/partner/activation/offer", AFFILIATE, "0.3",
    "Ask to be connected to an offer.",
    "Makes a ticket of type offer_request.")
ARG(affise_activation, FORM, offer_id, ref, REQUIRED, NULL, 1, UINT32_MAX, "Offer, by number or 24 hex digits.")
ARG(affise_activation, FORM, comment,  str, REQUIRED, NULL, 1, 16000, "Text for the manager.")
REPLY(affise_activation, 200, affise_message)
EP_END(affise_activation)

EP(affise_tickets, GET, "/3.0/admin/tickets", ADMIN, "0.3",
    "Requests to be connected to offers.",
    "The newest first.  A manager sees those of his affiliates or advertisers.")
ARG(affise_tickets, QUERY, page,   int,  OPTIONAL, "1", 1, 1000000, "Page, from 1.")
ARG(affise_tickets, QUERY, limit,  int,  OPTIONAL, "100", 1, INT32_MAX, "Rows a page; at most 500 are given.")
ARG(affise_tickets, QUERY, status, word, OPTIONAL, NULL, 0, "open|closed", "State; not sent: any.")
REPLY(affise_tickets, 200, affise_tickets)
EP_END(affise_tickets)

EP(affise_ticket_offer, POST, "/3.0/admin/ticket/{ID}/offer", ADMIN, "0.3",
    "Decide a request.",
    "approve connects the affiliate; both close the ticket.")
ARG(affise_ticket_offer, PATH, ID, id, REQUIRED, NULL, 1, UINT32_MAX, "Ticket.")
ARGW(affise_ticket_offer, FORM, decision, "do", word, REQUIRED, NULL, 0, "approve|reject", "Decision.")
REPLY(affise_ticket_offer, 200, affise_message)
EP_END(affise_ticket_offer)
/* clang-format on */
