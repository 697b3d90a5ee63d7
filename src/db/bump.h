/* SPDX-License-Identifier: Apache-2.0
 * bump.h - tells every node that the configuration changed.
 *
 * Called inside the transaction that changes it.  One row holds the version: its lock
 * makes the numbers come out in the order of the commits, so a reader that has seen n has
 * seen everything below n.
 */
#ifndef DB_BUMP_H
#define DB_BUMP_H

#include "db/db.h"

/* What changed; column catalog_change.kind.  Numbers are never reused. */
enum bump_kind {
	BUMP_SETTING = 1, /* object 0: a network setting or a currency rate */
	BUMP_ACCOUNT = 2, /* an account of any type, its lists included */
	BUMP_OFFER = 3,   /* an offer with its landing pages, commission, payout rules,
			  caps,   redirect rules and groups */
	BUMP_GOAL = 4,
	BUMP_DOMAIN = 10,    /* all tracking domains; object 0 */
	BUMP_SMARTLINK = 12, /* all SmartLink categories and their offers */
	BUMP_LINK = 11,      /* a short code */
	BUMP_CREATIVE = 13,  /* a creative and its rules */
};

/* Raises the version, which goes to *version, and records the object under it.  May be
 * called several times in a transaction; the last version stands for all of them. */
NODISCARD enum err catalog_bump(
    struct db *db, unsigned kind, uint64_t object_id, uint64_t *version);

/* After this no booking is under way on any node that does not know what the caller's
 * transaction changes: those that were have ended, and the next ones wait until it ends.
 * For changes that make a count begin with what is booked: what was booked beside it
 * would be in nobody's.  ERR_DB_RETRY as for any lock: the transaction runs again. */
NODISCARD enum err catalog_fence(struct db *db);
/* For a transaction that changes conversions, but not from the journal: it counts as a
 * booking of this node, from here until it ends. */
NODISCARD enum err catalog_fence_book(struct db *db, unsigned node_id);

#endif
