/* SPDX-License-Identifier: Apache-2.0
 * pagefind.h - where in time a page of a long list lies.
 *
 * A list, newest first, of rows that a rollup counts by quarters of an hour: the counts
 * say how many there are, and between which times a page's rows lie, so that page 50 000
 * is read like the first one.
 *
 *     bucket   100   99   98   97   96          page of 10, the third:
 *     rows       7    4   12    9   30          period = buckets 98 and 97,
 *              |-page 1--|-page 2-|-page 3-|    skip = 9
 *
 * One thread, on the stack.  What is counted while a page is read moves its rows, as it
 * does in every list that grows at its beginning.
 */
#ifndef REPORT_PAGEFIND_H
#define REPORT_PAGEFIND_H

#include "report/ask.h"
#include "report/period.h"

struct pagefind {
	int64_t total;
	struct period period; /* the page's rows lie in it; empty: it has none */
	int64_t skip;         /* so many later rows of it are of pages before */
};

/* The quarters of `p` are whole ones: rollups can count it. */
NODISCARD bool pagefind_whole(struct period p);

/* k: a statement of two columns, a bucket and how many rows of the list are in it, latest
 * first.  page from 1. */
NODISCARD enum err pagefind_buckets(struct db *db, const struct ask *k, struct period p,
    int64_t page, int64_t limit, struct pagefind *out);

/* k: a statement that counts the rows of the list; the page lies anywhere in `p`. */
NODISCARD enum err pagefind_count(struct db *db, const struct ask *k, struct period p,
    int64_t page, int64_t limit, struct pagefind *out);

#endif
