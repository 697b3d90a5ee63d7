/* SPDX-License-Identifier: Apache-2.0
 * offergroup.h - groups of offers: for geo redirects, limits and reports.
 *
 * One thread at a time.  An offer may be in any number of groups; its first is the one
 * with the lowest number.
 */
#ifndef DOMAIN_OFFERGROUP_H
#define DOMAIN_OFFERGROUP_H

#include "domain/change.h"

struct offergroup {
	int64_t id;
	struct str name;
	int64_t offer_id; /* offergroup_of(): the offer that is in it */
	int64_t offers;   /* offergroup_list(): how many are */
};

#define OFFERGROUP_NAME_MAX 190u

/* All of them, by number. */
NODISCARD enum err offergroup_list(
    struct db *db, struct arena *a, struct offergroup **out, size_t *n);
/* Those of the offers (`ids`: a JSON array of numbers), by the array's order, then
 * number. */
NODISCARD enum err offergroup_of(
    struct db *db, struct arena *a, struct str ids, struct offergroup **out, size_t *n);

/* The faults name `name`; ERR_EXISTS: there is one of that name. */
NODISCARD enum err offergroup_add(struct change *c, struct str name, int64_t *id);
/* The groups of an offer that exists: these alone, or these too.  The fault names
 * offer_groups. */
NODISCARD enum err offergroup_set(
    struct change *c, int64_t offer_id, const int64_t *ids, size_t n, bool append);

#endif
