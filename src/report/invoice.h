/* SPDX-License-Identifier: Apache-2.0
 * invoice.h - what advertisers are billed.
 *
 * One thread at a time.  An invoice is written by hand, line by line, or generated from
 * what was booked (M10 of decisions.md): it takes all revenue of the advertiser in its
 * currency that is booked up to its last day and was taken by none before it, one line an
 * offer, rounded to the cent.  Lines of the first kind are adjustments and take nothing.
 */
#ifndef REPORT_INVOICE_H
#define REPORT_INVOICE_H

#include "base/money.h"
#include "base/zone.h"
#include "domain/change.h"

struct invoice_day {
	int year, month, day; /* year 0: none */
};
struct invoice_line {
	int64_t offer_id;                /* 0: none */
	struct str payout_type, comment; /* comment STR_NONE: none */
	int64_t actions;
	money_t amount; /* whole cents */
};
struct invoice {
	int64_t number, advertiser_id;
	struct str advertiser_hex24; /* filled when read */
	struct invoice_day start, end;
	bool paid;
	struct str currency, comment;
	us_t created_us, updated_us;
	struct invoice_line *line;
	size_t n_line;
};

#define INVOICE_LINES 1000u

struct invoice_filter {
	int paid;                    /* 1, 0, -1 any */
	struct invoice_day from, to; /* whose period meets these days; year 0: any */
	int64_t manager;             /* of advertisers whose manager this is; 0: all */
	int64_t number;              /* this one alone; 0: all */
	uint64_t skip, count;
};

/* With their lines, by number. */
NODISCARD enum err invoice_list(struct db *db, struct arena *a,
    const struct invoice_filter *f, struct invoice **out, size_t *n, int64_t *total);

/* Fills the number.  `generate`: the lines are made from what was booked up to the end
 * of v->end in the zone; refused while that is not over, or a node has not booked up to
 * it, whom the fault names.  Without a start it begins where the one before ended. */
NODISCARD enum err invoice_add(
    struct change *c, const struct zone *z, struct invoice *v, bool generate);
/* Writes it back; `lines`: these replace the old ones.  Whose it is and in what currency
 * stays on a generated one. */
NODISCARD enum err invoice_store(struct change *c, struct invoice *v, bool lines);
/* Locked until the commit.  ERR_NOT_FOUND. */
NODISCARD enum err invoice_lock(struct change *c, int64_t number, struct invoice *out);

#endif
