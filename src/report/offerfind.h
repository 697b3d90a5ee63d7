/* SPDX-License-Identifier: Apache-2.0
 * offerfind.h - lists of offers by filter.
 *
 * One thread.  A search gives numbers; offer_list() of domain/offer.h reads what is shown.
 */
#ifndef REPORT_OFFERFIND_H
#define REPORT_OFFERFIND_H

#include "base/arena.h"
#include "base/clock.h"
#include "db/db.h"

/* What a list asks for; empty members ask for nothing. */
struct offer_filter {
	struct str name;        /* exactly */
	struct str name_like;   /* somewhere in it, any case */
	struct str q;           /* in the name in any case, or the number itself */
	struct str ids;         /* JSON array of numbers, STR_NONE: any */
	struct str hex24s;      /* JSON array of 24-hex ids */
	struct str advertisers; /* JSON array of account numbers */
	struct str countries;   /* comma list; offers with a payment for one of them */
	unsigned states;        /* a bit (1 << enum offer_status) each, 0: any */
	unsigned privacies;     /* a bit (1 << enum offer_privacy) each, 0: any */
	bool no_hidden;
	int64_t affiliate; /* only what this one may look at: domain/grant.h; 0: all */
	bool live;         /* only what he may run as it is */
	int64_t manager;   /* only of advertisers whose manager this is; 0: all */
	struct str categories; /* JSON array of 24-hex ids or names, STR_NONE: any */
	struct str os; /* JSON array of web, wp, ios, android: what its targeting takes */
	us_t now;
	enum offer_order { BY_ID, BY_ID_DOWN, BY_TITLE, BY_TITLE_DOWN } order;
	uint64_t skip, count; /* of the sorted list */
};

/* Numbers of the offers that pass, in the arena.  total: how many pass in all; NULL when
 * nobody asks, which spares a look at each of them. */
NODISCARD enum err offerfind_ids(struct db *db, struct arena *a,
    const struct offer_filter *f, int64_t **ids, size_t *n, int64_t *total);

#endif
