/* endpoints.h - every call of both APIs, once.  No guard, on purpose: included again for each thing made
 * from it (worker/endpoint.h, worker/endpoint.c).  Macros that are not defined then are left empty; all
 * are undefined at the end.
 *
 *  EP(id, method, path, role, since, brief, more)
 *      method: GET, POST, PATCH (PUT too), DELETE.  path: "/api/..." is NATS for Networks, "/3.0/..." Affise;
 *      {name} is a PATH argument.  role: ADMIN, AFFILIATE (his own key only), ANY (either).
 *      Gives struct args_<id> and wants int api_<id>(struct api_req *, const struct args_<id> *).
 *  ALIAS(id, method, path)            one more way to reach it, same arguments
 *  ARG(id, in, name, type, need, default, min, max, doc)
 *      in: PATH; QUERY (documented in the query) or FORM (in the body): both are read from either.
 *      type: tbl/types.h.  need: REQUIRED or OPTIONAL.  default: text as it would be sent, or NULL.
 *      Gives members `name` and `has_name` (enum arg_has).
 *  ARGW(id, in, name, wire, type, need, default, min, max, doc)
 *      the same for names that are no C names or have synonyms: "params[period]|period"; the first one
 *      that was sent counts, the first one written is the documented one.
 *  REPLY(id, status, schema)          schema: a row of tbl/replies.h
 *  EP_EVENT(id)                       the handler may return API_EVENT; wants
 *      int done_<id>(struct api_req *, const struct rec_outcome *)
 *  EP_END(id)
 * REPLY rows follow the arguments, EP_EVENT follows those.                                          */
#ifndef EP
#define EP(...)
#endif
#ifndef ALIAS
#define ALIAS(...)
#endif
#ifndef ARG
#define ARG(...)
#endif
#ifndef ARGW
#define ARGW(...)
#endif
#ifndef REPLY
#define REPLY(...)
#endif
#ifndef EP_EVENT
#define EP_EVENT(...)
#endif
#ifndef EP_END
#define EP_END(...)
#endif

#include "tbl/ep_nats_service.h"
#include "tbl/ep_nats_account.h"
#include "tbl/ep_nats_config.h"
#include "tbl/ep_nats_offer.h"
#include "tbl/ep_nats_customer.h"
#include "tbl/ep_nats_access.h"
#include "tbl/ep_nats_rule.h"
#include "tbl/ep_nats_creative.h"
#include "tbl/ep_nats_transaction.h"
#include "tbl/ep_nats_report.h"
#include "tbl/ep_affise_account.h"
#define USERROLE_WORDS \
    "ROLE_ADMIN|ROLE_MANAGER_AFFILIATE|ROLE_MANAGER_SALES|ROLE_SECTION_OFFER|ROLE_SECTION_SUPPLIER|ROLE_SECTION_STATS|" \
    "ROLE_SECTION_DASHBOARD|ROLE_SECTION_NEWS|ROLE_SECTION_CATEGORY|ROLE_SECTION_PARTNER|ROLE_SECTION_PAYMENT|" \
    "ROLE_SECTION_TICKET"
#include "tbl/ep_affise_user.h"
#undef USERROLE_WORDS
#include "tbl/ep_affise_lookup.h"
#include "tbl/ep_affise_offer.h"
#include "tbl/ep_affise_affiliate.h"
#include "tbl/ep_affise_sources.h"
#include "tbl/ep_affise_invoice.h"
#include "tbl/ep_affise_access.h"
#include "tbl/ep_affise_stats.h"
#include "tbl/ep_affise_notify.h"
#include "tbl/ep_affise_convert.h"

#undef EP
#undef ALIAS
#undef ARG
#undef ARGW
#undef REPLY
#undef EP_EVENT
#undef EP_END
