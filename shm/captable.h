/* SPDX-License-Identifier: Apache-2.0
 * captable.h - how full caps are: one table of counts for all processes of a node.
 *
 * Any process, any thread, no locks.  A count is found by the key of base/caprule.h,
 * which names cap, affiliate and window, so that a new window begins at nothing the
 * moment it begins.  It has two parts:
 *
 *     base   what the database says, less what this node put there: the catalog thread
 *            stores it each second
 *     live   what this node's workers counted themselves, caps of clicks alone; never
 *            below what the database has of this node
 *
 * The bound: CAPTABLE_PLACES counts at once, those of windows that are over not among
 * them.  A key has CAPTABLE_RUN places, so that with half of the table in use a key finds
 * none once in some billion; one that finds none is not held against clicks (counter
 * cap_table_full), while conversions go by the database.
 */
#ifndef SHM_CAPTABLE_H
#define SHM_CAPTABLE_H

#include "base/clock.h"
#include "base/obj.h"

#include <stdalign.h>
#include <stdatomic.h>

#define CAPTABLE_PLACES 16384u
#define CAPTABLE_RUN 32u

struct cap_place {
	_Atomic uint64_t key; /* 0: free.  Whoever needs a place takes it by one swap */
	_Atomic int64_t base; /* catalog thread */
	_Atomic int64_t live; /* workers add, the catalog thread raises */
	_Atomic int64_t until_us; /* end of the window; both, always the same value */
};

struct captable {
	struct cap_place place[CAPTABLE_PLACES];
};

/* 0 for a key that is not there. */
NODISCARD int64_t captable_count(struct captable *t, uint64_t key);
/* One more click.  false: no place for the key. */
bool captable_add(struct captable *t, uint64_t key, us_t until);
/* Catalog thread: `total` in the database, `own` of it by this node's clicks. */
bool captable_set(
    struct captable *t, uint64_t key, us_t until, int64_t total, int64_t own);
/* Catalog thread: frees places whose window ended over a minute ago, when no worker can
 * still be adding to it. */
void captable_sweep(struct captable *t, us_t now);

#endif
