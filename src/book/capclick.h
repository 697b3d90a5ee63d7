/* SPDX-License-Identifier: Apache-2.0
 * capclick.h - caps of clicks, in the database.
 *
 * A node adds its clicks to its own rows of table cap_click, in the transaction that
 * loads them, so no two nodes ever write one row.  The first row of a cap, window and
 * node begins with what that node's rollup has of the window already; as the rollup's row
 * of clicks moves in the same transaction, that is exact.
 *
 * A node's rows say how its clicks came.  What a later run of the filter of bots finds
 * stands beside them in rows of node 0, in the window of the click, so that a bot's click
 * gives its place back.  Only runs of the filter move these, one at a time.
 */
#ifndef BOOK_CAPCLICK_H
#define BOOK_CAPCLICK_H

#include "book/book_priv.h"

/* A click that counts. */
struct cap_click {
	us_t at;
	uint32_t offer_id, advertiser_id, affiliate_id;
	int32_t views, uniques; /* what it adds */
};

/* Inside the fold's transaction, before the batch's rollup is written. */
NODISCARD enum err capclick_book(struct book *b, struct db *db, unsigned node,
    const struct cap_click *list, unsigned n);
/* Inside the filter's transaction, before its corrections are written. */
NODISCARD enum err capclick_correct(
    struct book *b, struct db *db, const struct cap_click *list, unsigned n);
/* Outside any transaction: counters of the windows open at `now`, for nodes that have had
 * no click since the cap was made. */
NODISCARD enum err capclick_sweep(struct book *b, struct db *db, us_t now);
/* The same of caps of conversions that do not decline, once they were made or changed
 * (capbegin.c); decline needs no counter before its next conversion. */
NODISCARD enum err capbegin_sweep(struct book *b, struct db *db, us_t now);

#endif
