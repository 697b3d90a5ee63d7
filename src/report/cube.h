/* SPDX-License-Identifier: Apache-2.0
 * cube.h - builds cube_click, the clicks by device, operating system and browser.
 *
 * Run by `stats` beside the fold, each node for its own clicks.  A bucket of 15 minutes
 * is closed when the node has folded past its end; closed buckets are counted from the
 * raw rows and replaced whole, so a step may be repeated or run again for old buckets at
 * any time (an import, a restored backup).  Reports read buckets below cube_built from
 * the cube and the rest from raw rows.
 *
 *     cube_built.bucket          now folded through
 *     ----------+---------------------+------+--------  time
 *       in cube |  closed: next step  | open |
 */
#ifndef REPORT_CUBE_H
#define REPORT_CUBE_H

#include "base/clock.h"
#include "db/db.h"

/* Builds at most `buckets` more of this node, in a transaction of its own (none may be
 * open).  *more: there are further closed ones.  Returns ERR_OK also when there was
 * nothing to do. */
NODISCARD enum err cube_step(
    struct db *db, unsigned node_id, unsigned buckets, bool *more);

/* Counts the buckets [from, to) of a node again, inside the caller's transaction.
 * cube_built stays. */
NODISCARD enum err cube_rebuild(
    struct db *db, unsigned node_id, int64_t from, int64_t to);

/* Adds the clicks of [from, to), and the impressions of [from, shown_to), to buckets that are built already, inside the caller's
 * transaction: those that came after their bucket was built, and whose raw rows cannot be
 * counted again because others of them are gone. */
NODISCARD enum err cube_add(struct db *db, us_t from, us_t to, us_t shown_to);

/* Amount columns of `click x` in base currency, at the rate in force at the click: amount
 * / rate, rounded half up (what clicks earn is never negative), in integers because a
 * DECIMAL quotient would be rounded twice.  A currency without a rate counts as base, as
 * in the fold. */
#define CUBE_RATE                                                                      \
	"IF(x.currency = COALESCE((SELECT value FROM setting WHERE name = "            \
	"'base_currency'), 'USD'), 1000000, COALESCE((SELECT rate FROM currency_rate " \
	"WHERE currency = x.currency AND valid_from_us <= x.click_us ORDER BY "        \
	"valid_from_us DESC LIMIT 1), 1000000))"
#define CUBE_IN_BASE(column_)                                                \
	"IF(x." column_ " = 0, 0, (2 * x." column_ " * 1000000 + " CUBE_RATE \
	") DIV (2 * " CUBE_RATE "))"

#endif
