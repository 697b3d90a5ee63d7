/* SPDX-License-Identifier: Apache-2.0
 * goalcols.h - the columns in which goals are reported (nats-behaviour.md §2.10, §4.2).
 *
 * One thread at a time.  A column takes in the goals that are said to be in it; it is
 * read from their ledger rows, which are few beside clicks and conversions, by an index
 * of their own.
 */
#ifndef REPORT_GOALCOLS_H
#define REPORT_GOALCOLS_H

#include "report/ask.h"
#include "report/period.h"

struct goalcol {
	uint32_t id;
	bool revenue; /* its amount is shown beside the count */
};

/* Those that are enabled and have a goal, by number; none while network setting
 * enable_offer_goals is off. */
NODISCARD enum err goalcols_load(
    struct db *db, struct arena *arena, const struct goalcol **out, size_t *n);

/* " FROM (...) r": the ledger rows of a column's goals, with the columns of rollup_booked
 * that say what a row is about, those of wide.h, goal and goal_amount_b.  hosts: as
 * there. */
void goalcols_from(struct ask *k, struct period p, uint32_t column, bool hosts);

#endif
