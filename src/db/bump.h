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
};

/* Raises the version, which goes to *version, and records the object under it.  May be
 * called several times in a transaction; the last version stands for all of them. */
NODISCARD enum err catalog_bump(
    struct db *db, unsigned kind, uint64_t object_id, uint64_t *version);

#endif
