/* ep_affise_access.h - rows of tbl/endpoints.h: who may run what, and what can be aimed at.  No guard, on purpose. */
/* clang-format off */
EP(affise_enable_affiliate, POST, "/3.0/offer/enable-affiliate", ADMIN, "0.2",
    "Connect an affiliate to offers.",
    "Counts whatever the offer's privacy and the advertiser's black list say.")
ARG(affise_enable_affiliate, FORM, offer_id, refs, REQUIRED, NULL, 1, UINT32_MAX, "Offers, by number or 24 hex digits.")
ARG(affise_enable_affiliate, FORM, pid,      id,   REQUIRED, NULL, 1, UINT32_MAX, "Affiliate.")
ARG(affise_enable_affiliate, FORM, notice,   flag, OPTIONAL, "1",  0, 1, "1: mail the affiliate.")
REPLY(affise_enable_affiliate, 200, affise_message)
EP_END(affise_enable_affiliate)

EP(affise_disable_affiliate, POST, "/3.0/offer/disable-affiliate", ADMIN, "0.2",
    "Disconnect an affiliate from offers.",
    "A block that outlives changes of privacy; on a public offer too.")
ARG(affise_disable_affiliate, FORM, offer_id, refs, REQUIRED, NULL, 1, UINT32_MAX, "Offers, by number or 24 hex digits.")
ARG(affise_disable_affiliate, FORM, pid,      id,   REQUIRED, NULL, 1, UINT32_MAX, "Affiliate.")
ARG(affise_disable_affiliate, FORM, notice,   flag, OPTIONAL, "1",  0, 1, "1: mail the affiliate.")
REPLY(affise_disable_affiliate, 200, affise_message)
EP_END(affise_disable_affiliate)

EP(affise_disable_affiliates, POST, "/3.0/admin/offer/{id}/disable-affiliates", ADMIN, "0.2",
    "Disconnect every affiliate from a private or protected offer.",
    "Blocks of single affiliates stay.")
ARG(affise_disable_affiliates, PATH, id, ref, REQUIRED, NULL, 1, UINT32_MAX, "Private or protected offer, by number or 24 hex digits.")
REPLY(affise_disable_affiliates, 200, affise_message)
EP_END(affise_disable_affiliates)

EP(affise_disable_offers, POST, "/3.0/admin/affiliate/{id}/disable-offers", ADMIN, "0.2",
    "Disconnect an affiliate from all private and protected offers.",
    "Blocks stay.")
ARG(affise_disable_offers, PATH, id, id, REQUIRED, NULL, 1, UINT32_MAX, "Affiliate.")
REPLY(affise_disable_offers, 200, affise_message)
EP_END(affise_disable_offers)

EP(affise_unlist_affiliate, POST, "/3.0/admin/advertiser/enable-affiliate", ADMIN, "0.2",
    "Take an affiliate off the black list of advertisers.",
    "")
ARG(affise_unlist_affiliate, FORM, advertisers_id, refs, REQUIRED, NULL, 1, UINT32_MAX, "Advertisers, by 24 hex digits or number.")
ARG(affise_unlist_affiliate, FORM, pid,            id,   REQUIRED, NULL, 1, UINT32_MAX, "Affiliate.")
REPLY(affise_unlist_affiliate, 200, affise_message)
EP_END(affise_unlist_affiliate)

EP(affise_list_affiliate, POST, "/3.0/admin/advertiser/disable-affiliate", ADMIN, "0.2",
    "Put an affiliate on the black list of advertisers.",
    "None of their offers takes its traffic, but those it is connected to.")
ARG(affise_list_affiliate, FORM, advertisers_id, refs, REQUIRED, NULL, 1, UINT32_MAX, "Advertisers, by 24 hex digits or number.")
ARG(affise_list_affiliate, FORM, pid,            id,   REQUIRED, NULL, 1, UINT32_MAX, "Affiliate.")
REPLY(affise_list_affiliate, 200, affise_message)
EP_END(affise_list_affiliate)

EP(affise_cities, GET, "/3.0/cities", ANY, "0.2",
    "List the cities of a country.",
    "Those that clicks have come from, or that affiliatectl geo learn took from the geo files.  Names are those of the files, which are English.")
ARG(affise_cities, QUERY, country, str,  REQUIRED, NULL, 2, 2, "Two-letter code.")
ARG(affise_cities, QUERY, locale,  word, OPTIONAL, "en", 0, "en|ru|es", "Language of names; what there is none in is English.")
ARG(affise_cities, QUERY, page,    int,  OPTIONAL, "1", 1, 1000000, "Page, from 1.")
ARG(affise_cities, QUERY, limit,   int,  OPTIONAL, "100", 1, INT32_MAX, "Rows a page; at most 500 are given.")
REPLY(affise_cities, 200, affise_cities)
EP_END(affise_cities)

EP(affise_isp, GET, "/3.0/isp", ANY, "0.2",
    "List providers, for strictly_isp.",
    "Those that clicks have come from, or that affiliatectl geo learn took from the geo files.  country is where one was met first.")
ARG(affise_isp, QUERY, q,     str, OPTIONAL, NULL, 0, 190, "Part of the name, in any case.")
ARG(affise_isp, QUERY, page,  int, OPTIONAL, "1", 1, 1000000, "Page, from 1.")
ARG(affise_isp, QUERY, limit, int, OPTIONAL, "100", 1, INT32_MAX, "Rows a page; at most 500 are given.")
REPLY(affise_isp, 200, affise_isp)
EP_END(affise_isp)
/* clang-format on */
