/* SPDX-License-Identifier: Apache-2.0
 * verify.h - is it all true?  Counts the raw rows again and compares.
 *
 * One thread, one connection, no transaction: each comparison is a single statement,
 * which InnoDB answers from one snapshot, and the fold writes raw rows and sums in one
 * transaction.  So it may run beside a busy server.  Memory is flat: a day at a time.
 *
 *   raw clicks and impressions, ledger, payouts ── rollup_booked, every key and column
 *   raw impressions             ── rollup_impression
 *   rollup_booked               ── cube_click, for the buckets that are in it
 *   rollup_booked               ── rollup_day, for the days that are in it
 *   conversions                 ── rollup_status, every key but the node
 *   conversions                 ── ledger: a confirmed or held one is what its booked
 *                                  rows add up to, the others add up to nothing
 *   ledger, payouts             ── have their conversion, event, kept click, ledger row
 *   conversions                 ── cap_count
 *   days whose clicks are gone  ── what was sealed before they were dropped, and clicks
 *                                  that came later still, in total
 */
#ifndef BOOK_VERIFY_H
#define BOOK_VERIFY_H

#include "base/clock.h"
#include "db/db.h"

/* One number that is not what it should be. */
struct verify_diff {
	const char *table;  /* "rollup_booked" */
	const char *key;    /* "2026-11-21 07:15 offer 251 ... node 1" */
	const char *column; /* "page_view" */
	int64_t stored, counted;
};
typedef void verify_diff_f(void *ctx, const struct verify_diff *d);

struct verify_result {
	uint64_t days, clicks, impressions, transactions, payouts,
	    conversions; /* what was counted */
	uint64_t differences;
	us_t clicks_from; /* raw clicks before this are gone: only their sealed totals
			     were compared; 0: all are here */
};

/* From the day of `from` to the day before that of `to`, in UTC; 0: the first and the
 * last there is.  fn is called for each difference. */
NODISCARD enum err verify_run(struct db *db, us_t from, us_t to, verify_diff_f *fn,
    void *ctx, struct verify_result *out);

/* The raw clicks between two days: true in *clean when the rollup agrees with them. */
NODISCARD enum err verify_clicks(struct db *db, us_t from, us_t to, bool *clean);
/* Writes down what those of a day add up to, for the time when they are gone; what was
 * written before is replaced.  Inside the caller's transaction. */
NODISCARD enum err verify_seal(struct db *db, us_t from, us_t to, us_t now);

/* The same for clicks that came when their day was sealed and gone: does the rollup agree
 * with what was sealed and them, and add them to it. */
NODISCARD enum err verify_late(struct db *db, us_t from, us_t to, bool *clean);
NODISCARD enum err verify_seal_late(struct db *db, us_t from, us_t to, us_t now);

#endif
