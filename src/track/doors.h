/* SPDX-License-Identifier: Apache-2.0
 * doors.h - the ways in beside an ordinary code: tracking domains, short codes, and where
 * a link's own target may lead.
 *
 * Any process, any thread; nothing here allocates.  Reads the catalog.
 */
#ifndef TRACK_DOORS_H
#define TRACK_DOORS_H

#include "track/catalog.h"

/* The rules of a Host header's value, with or without port, in any case; of a host that
 * nobody named those of the default domain.  NULL: there are none. */
NODISCARD const struct cat_domain *doors_domain(const struct catalog *c, struct str host);

#define DOORS_SHORT 6 /* characters of a short code behind / */

/* The tracking code that a tiny one stands for, and the query of a short link ("/abc123",
 * with its slash).  STR_NONE: it is none. */
NODISCARD struct str doors_tiny(const struct catalog *c, struct str code);
NODISCARD struct str doors_short(const struct catalog *c, struct str path);

/* A SmartLink category by its 24 hex digits; NULL: there is none. */
NODISCARD const struct cat_smartlink *doors_smartlink(
    const struct catalog *c, struct str hex24);

/* Whether redirect= of a link may lead there: http or https, no user name, and a host and
 * port of one of the offer's own URLs or of its list.  An entry "*.shop.example" of the
 * list stands for all hosts below it. */
NODISCARD bool doors_may_redirect(
    const struct catalog *c, const struct cat_offer *o, struct str url);
/* The same for a list of hosts of the catalog. */
NODISCARD bool doors_in_hosts(
    const struct catalog *c, struct cat_list hosts, struct str url);

/* What stands behind /strack/: "<code>/<offer>:<landing
 * page>/<commission>/<flag>/<path>". Parts point into `rest` and are not decoded.  A
 * commission, landing page or flag that is left out is STR_NONE.  false: no code or no
 * offer. */
struct doors_strack {
	struct str code, offer, landing_page, commission, path;
	bool count; /* the flag: anything but 0 counts */
};
NODISCARD bool doors_strack(struct str rest, struct doors_strack *out);

#endif
