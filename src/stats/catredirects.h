/* SPDX-License-Identifier: Apache-2.0
 * catredirects.h - the part of an offer in the catalog's model that says where its clicks
 * are sent on: redirect rules and offer groups.
 *
 * Catalog thread only; catmodel.c owns them and calls.
 */
#ifndef STATS_CATREDIRECTS_H
#define STATS_CATREDIRECTS_H

#include "db/db.h"
#include "track/catimage.h"

struct catredirect {
	struct cat_redirect row;
	struct str to_url, countries;
};

struct catredirects {
	struct catredirect *rule;
	uint32_t *group;
	unsigned n_rules, n_groups;
};

/* Also fine for one that is all zero. */
void catredirects_clear(struct catredirects *r);

/* Reads rules and groups of the offers from `lo` to `hi`, and has `f` say where those of
 * an offer are kept; NULL: nowhere. */
typedef struct catredirects *catredirects_of_f(void *arg, uint64_t offer_id);
NODISCARD enum err catredirects_read(
    struct db *db, uint64_t lo, uint64_t hi, catredirects_of_f *f, void *arg);

/* Into an image: fills the offer's lists.  `authorized` is what the list of its countries
 * was made of; `geo`: the offer is sent on by country. */
void catredirects_image(const struct catredirects *r, struct catimage *ci,
    struct cat_offer *row, struct str authorized, bool geo);

/* The hosts of a setting. */
NODISCARD struct cat_list catredirects_hosts(struct catimage *ci, struct str comma_list);

#endif
