/* sections.h - which users of the Affise dialect may call what.  No guard, on purpose.  Macros that are not
 * defined are left empty; all are undefined at the end.
 *
 *  SECTION(id)                          a part of the network that a role opens; LOOKUP: any role does
 *  USERROLE(id, word, sections, own)    own: OWN_AFFILIATES, OWN_ADVERTISERS or 0: whose data alone is seen
 *  OPENS(method, path, sections)        calls whose path begins so, with that method (M_OTHER: any), want one of
 *                                       these; the longest that fits counts, several of one length together.  What
 *                                       no row names is ROLE_ADMIN's alone.
 * The order of USERROLE rows is the order of bits in user_role.roles.                                           */
#ifndef SECTION
#define SECTION(...)
#endif
#ifndef USERROLE
#define USERROLE(...)
#endif
#ifndef OPENS
#define OPENS(...)
#endif
/* clang-format off */
SECTION(LOOKUP)
SECTION(OFFER)
SECTION(OFFER_READ)
SECTION(SUPPLIER)
SECTION(STATS)
SECTION(DASHBOARD)
SECTION(NEWS)
SECTION(CATEGORY)
SECTION(PARTNER)
SECTION(PAYMENT)
SECTION(TICKET)

USERROLE(ADMIN,             "ROLE_ADMIN",             ~0u, 0)
USERROLE(MANAGER_AFFILIATE, "ROLE_MANAGER_AFFILIATE", IN(LOOKUP) | IN(PARTNER) | IN(STATS) | IN(TICKET) | IN(DASHBOARD) | IN(NEWS) | IN(OFFER_READ), OWN_AFFILIATES)
USERROLE(MANAGER_SALES,     "ROLE_MANAGER_SALES",     IN(LOOKUP) | IN(OFFER) | IN(OFFER_READ) | IN(SUPPLIER) | IN(DASHBOARD) | IN(NEWS) | IN(CATEGORY) | IN(PAYMENT) | IN(TICKET), OWN_ADVERTISERS)
USERROLE(SECTION_OFFER,     "ROLE_SECTION_OFFER",     IN(LOOKUP) | IN(OFFER) | IN(OFFER_READ), 0)
USERROLE(SECTION_SUPPLIER,  "ROLE_SECTION_SUPPLIER",  IN(LOOKUP) | IN(SUPPLIER), 0)
USERROLE(SECTION_STATS,     "ROLE_SECTION_STATS",     IN(LOOKUP) | IN(STATS), 0)
USERROLE(SECTION_DASHBOARD, "ROLE_SECTION_DASHBOARD", IN(LOOKUP) | IN(DASHBOARD), 0)
USERROLE(SECTION_NEWS,      "ROLE_SECTION_NEWS",      IN(LOOKUP) | IN(NEWS), 0)
USERROLE(SECTION_CATEGORY,  "ROLE_SECTION_CATEGORY",  IN(LOOKUP) | IN(CATEGORY), 0)
USERROLE(SECTION_PARTNER,   "ROLE_SECTION_PARTNER",   IN(LOOKUP) | IN(PARTNER), 0)
USERROLE(SECTION_PAYMENT,   "ROLE_SECTION_PAYMENT",   IN(LOOKUP) | IN(PAYMENT), 0)
USERROLE(SECTION_TICKET,    "ROLE_SECTION_TICKET",    IN(LOOKUP) | IN(TICKET), 0)

OPENS(M_GET,   "/3.0/offers",                   IN(OFFER_READ))
OPENS(M_GET,   "/3.0/offer/",                   IN(OFFER_READ))
OPENS(M_OTHER, "/3.0/admin/offer",              IN(OFFER))
OPENS(M_OTHER, "/3.0/offer/enable-affiliate",   IN(OFFER) | IN(PARTNER))
OPENS(M_OTHER, "/3.0/offer/disable-affiliate",  IN(OFFER) | IN(PARTNER))
OPENS(M_OTHER, "/3.0/admin/smartlink/",         IN(OFFER))
OPENS(M_OTHER, "/3.0/admin/advertiser",         IN(SUPPLIER))
OPENS(M_OTHER, "/3.0/stats/",                   IN(STATS))
OPENS(M_OTHER, "/3.0/news",                     IN(NEWS))
OPENS(M_OTHER, "/3.0/admin/category",           IN(CATEGORY))
OPENS(M_OTHER, "/3.0/admin/partner",            IN(PARTNER))
OPENS(M_OTHER, "/3.0/admin/affiliate/",         IN(PARTNER))
OPENS(M_OTHER, "/3.0/admin/postbacks",          IN(PARTNER))
OPENS(M_OTHER, "/3.0/partner/postback",         IN(PARTNER))
OPENS(M_OTHER, "/3.0/partner/pixel",            IN(PARTNER))
OPENS(M_OTHER, "/3.0/admin/conversion",         IN(PARTNER))
OPENS(M_OTHER, "/3.0/admin/advertiser-invoice", IN(PAYMENT))
OPENS(M_OTHER, "/3.0/admin/ticket",             IN(TICKET))
OPENS(M_GET,   "/3.0/offer/categories",         IN(LOOKUP))
OPENS(M_GET,   "/3.0/admin/offer/sources",      IN(LOOKUP))
OPENS(M_GET,   "/3.0/cities",                   IN(LOOKUP))
OPENS(M_GET,   "/3.0/isp",                      IN(LOOKUP))
OPENS(M_GET,   "/3.0/admin/currency",           IN(LOOKUP))
OPENS(M_GET,   "/3.0/admin/domains",            IN(LOOKUP))
OPENS(M_GET,   "/3.0/admin/payment_systems",    IN(LOOKUP))
OPENS(M_GET,   "/3.0/admin/custom_fields",      IN(LOOKUP))
/* clang-format on */
#undef SECTION
#undef USERROLE
#undef OPENS
