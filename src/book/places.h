/* SPDX-License-Identifier: Apache-2.0
 * places.h - the dictionaries of cities (table place) and providers (table isp): clicks
 * carry their numbers.
 *
 * One thread at a time.  As in agents.h the cache holds only numbers that are certainly
 * committed.
 */
#ifndef BOOK_PLACES_H
#define BOOK_PLACES_H

#include "base/arena.h"
#include "base/clock.h"
#include "db/db.h"
#include "track/geo.h"

struct places; /* private to places.c */

/* What is not known is STR_NONE or 0. */
struct places_item {
	uint16_t country;
	struct str region, city, isp;
	struct geo_names names; /* of the city */
	const uint8_t *ip;      /* where `names` can be looked up instead, NULL nowhere */
	uint32_t place_id, isp_id; /* the answer; 0: nothing is known */
};

/* g: for names, may be NULL. */
NODISCARD struct places *places_new(const struct geo *g);
/* NULL is fine; sets the caller's pointer to NULL. */
void places_free(struct places **pp);

/* Fills in the numbers of n items inside the caller's transaction; what is new is
 * inserted.  `a` is for the length of the call. */
NODISCARD enum err places_ids(struct places *p, struct db *db, struct arena *a, us_t now,
    struct places_item *item, unsigned n);
/* Stores the names that items with a place_id bring, where there was another or none. */
NODISCARD enum err places_names(
    struct places *p, struct db *db, const struct places_item *item, unsigned n);

#endif
