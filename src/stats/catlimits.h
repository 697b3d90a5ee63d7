/* SPDX-License-Identifier: Apache-2.0
 * catlimits.h - the part of the catalog that says who may run an offer and which visitors
 * it takes: catmodel.c keeps one of these in each offer, and one in each advertiser.
 *
 * Catalog thread only.
 */
#ifndef STATS_CATLIMITS_H
#define STATS_CATLIMITS_H

#include "db/db.h"
#include "track/catimage.h"

struct catlimits_numbers {
	uint64_t *v;
	unsigned n;
};

/* What an offer says, or for `subs`, `sub_except` and `refused` an advertiser. */
struct catlimits {
	bool has_target;
	struct cat_target target; /* its numbers; lists are made with the image */
	struct catlimits_numbers states, cities, isps, subs[2], pairs;
	struct catlimits_numbers refused; /* affiliates on a black list */
	struct str strict_countries;      /* comma list, owned */
	struct str refused_ips;           /* owned */
	struct cat_os *os;
	struct cat_access *access;
	unsigned n_os, n_access;
};

void catlimits_free(struct catlimits *l);

/* The limits of an object by its number; NULL: it is not in the model. */
typedef struct catlimits *catlimits_of_f(void *arg, uint64_t id);

/* Reads what belongs to the offers from lo to hi, which are empty so far. */
NODISCARD enum err catlimits_read_offers(
    struct db *db, uint64_t lo, uint64_t hi, catlimits_of_f *of, void *arg);
/* The same of advertisers. */
NODISCARD enum err catlimits_read_advertisers(
    struct db *db, uint64_t lo, uint64_t hi, catlimits_of_f *of, void *arg);

/* Writes an offer's limits and fills in what of `row` shows them.  `advertiser` may be
 * NULL. */
void catlimits_image(const struct catlimits *l, const struct catlimits *advertiser,
    struct catimage *ci, struct cat_offer *row);

#endif
