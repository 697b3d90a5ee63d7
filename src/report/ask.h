/* SPDX-License-Identifier: Apache-2.0
 * ask.h - statements put together from constant pieces, each of which brings its values
 * along.
 *
 * One thread, on the stack.  A report has some of its filters and not others, so its text
 * differs from call to call; every piece of it is a constant of the source, and whatever
 * a caller sent is bound.
 *
 *     ask_add(&q, "SELECT SUM(n) FROM rollup_status WHERE bucket >= ?", "i", from);
 *     if (offer != 0)
 *             ask_add(&q, " AND offer_id = ?", "i", offer);
 */
#ifndef REPORT_ASK_H
#define REPORT_ASK_H

#include "base/arena.h"
#include "db/db.h"

#define ASK_BINDS 64
#define ASK_TEXT 16384

struct ask {
	size_t n;
	unsigned binds;
	struct db_bind bind[ASK_BINDS];
	char sql[ASK_TEXT];
};

void ask_init(struct ask *q);
/* `piece` is a constant; `types` as in db.h (i, u, s, b), NULL none.  Too much of either
 * is a bug. */
void ask_add(struct ask *q, const char *piece, const char *types, ...);
/* C9 of decisions.md: an affiliate sees a conversion (alias c_ of the table) that moved
 * no money of his only where its offer does not hide such, and none of a goal whose
 * column is for administrators alone. */
#define ASK_SHOWN(c_)                                                             \
	"(" c_ ".goal_id NOT IN (SELECT g.id FROM goal g JOIN goal_column gc ON " \
	"gc.id = g.column_id WHERE gc.admin_only) AND (" c_                       \
	".payout <> 0 OR NOT EXISTS (SELECT 1 FROM offer h WHERE h.id = " c_      \
	".offer_id AND IF(" c_ ".kind = 2, h.hide_continuities, h.hide_conversions))))"

/* Whether there is anything that ASK_SHOWN would keep from him: when not, rollups tell an
 * affiliate's numbers as well. */
NODISCARD enum err ask_hides(struct db *db, bool *out);

/* Lists to filter by.  Not `set`: no filter.  Set and empty: nothing can match (ids that
 * do not exist). */
struct ask_ids {
	bool set;
	size_t n;
	const uint32_t *v;
};
struct ask_strs {
	bool set;
	size_t n;
	const struct str *v;
};
/* " AND <column> IN (...)", bound as one JSON text made in the arena; texts compare byte
 * by byte. */
void ask_in_ids(
    struct ask *q, struct arena *a, const char *column, const struct ask_ids *ids);
void ask_in_strs(
    struct ask *q, struct arena *a, const char *column, const struct ask_strs *strs);

NODISCARD enum err ask_rows(const struct ask *q, struct db *db, struct db_rows **out);

#endif
