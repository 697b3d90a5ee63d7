/* SPDX-License-Identifier: Apache-2.0
 * sweep.c - what time brings: holds that end, days that begin, days that are too old.
 *
 * GET_LOCK is local to a Galera node, so whoever sweeps holds a lease row, renewed each
 * round; the one that dies is followed after LEASE.  Each piece of work is a short
 * transaction of its own.
 */
#include "base/log.h"
#include "book/batch.h"
#include "book/capclick.h"
#include "book/parts.h"
#include "book/verify.h"
#include "db/bump.h"
#include "report/cube.h"

#define LEASE (60 * US_SECOND)
#define HOLDS_AT_ONCE 500u
#define LATE_DAYS 30u /* in one round */
/* Repetitions are looked for within retry_window, a day at most. */
#define RETRIES_KEPT (2 * US_DAY)

struct sweep {
	struct book *b;
	struct db *db;
	unsigned node;
	us_t now;
};

static enum err
take_lease(const struct sweep *s, bool *ours)
{
	int64_t node = s->node, until = s->now + LEASE;
	enum err rc = db_exec(s->db,
	    "UPDATE lease SET node_id = ?, until_us = ? WHERE name = 'sweep' AND "
	    "(node_id = ? OR until_us < ?)",
	    "iiii", node, until, node, (int64_t)s->now);

	*ours = rc == ERR_OK && db_affected(s->db) == 1;
	if (rc != ERR_OK || *ours)
		return rc;
	rc = db_exec(s->db,
	    "INSERT IGNORE INTO lease (name, node_id, until_us) VALUES ('sweep', ?, ?)",
	    "ii", node, until);
	*ours = rc == ERR_OK && db_affected(s->db) == 1;
	return rc;
}

/* Held conversions whose period is over are confirmed.  The money was booked with the
 * conversion (M7): its payout became payable by itself, so the ledger has nothing to say.
 */
static enum err
release(const struct sweep *s, unsigned *n)
{
	us_t last_txn = 0; /* no ledger row is made */
	struct batch bt;
	enum err rc = conf_begin(s->b->conf, s->db);

	*n = 0;
	batch_begin(&bt, s->b, s->db, s->node, &last_txn, 0);
	if (rc == ERR_OK)
		rc = load_held(&bt, s->now, HOLDS_AT_ONCE);
	if (rc != ERR_OK)
		return rc;
	for (struct batch_conv *c = bt.convs; c != NULL; c = c->next) {
		batch_conv_leave(&bt, c);
		c->status = CONFIRMED;
		c->hold_until = 0;
		c->released = true;
		batch_conv_changed(c, s->now);
		batch_conv_enter(&bt, c);
		(*n)++;
	}
	return *n == 0 ? ERR_OK : write_all(&bt);
}

static enum err
end_holds(const struct sweep *s)
{
	unsigned n;
	enum err rc;

	do {
		n = 0;
		rc = db_begin(s->db);
		if (rc == ERR_OK)
			rc = catalog_fence_book(s->db, s->node);
		if (rc == ERR_OK)
			rc = release(s, &n);
		if (rc == ERR_OK)
			rc = db_commit(s->db);
		if (rc != ERR_OK) {
			db_rollback(s->db);
			return rc;
		}
		if (n > 0)
			log_info("%u conversions are out of their hold period", n);
	} while (n == HOLDS_AT_ONCE);
	return ERR_OK;
}

static enum err
forget_retries(const struct sweep *s)
{
	return db_exec(s->db,
	    "DELETE FROM conversion_retry WHERE event_us < ? LIMIT 10000", "i",
	    (int64_t)(s->now - RETRIES_KEPT));
}

/* A signature is good for two windows, counted from when its report came, however late a
 * node is in booking another copy. */
static enum err
forget_signatures(const struct sweep *s)
{
	return db_exec(s->db,
	    "DELETE FROM post_signature WHERE event_us < LEAST(?, COALESCE((SELECT "
	    "MIN(folded_through_us) FROM node), 0)) - ? LIMIT 10000",
	    "ii", (int64_t)s->now, (int64_t)RETRIES_KEPT);
}

/* A turn that nobody took for days is made again when it is wanted. */
static enum err
forget_turns(const struct sweep *s)
{
	return db_exec(s->db, "DELETE FROM ip_turn WHERE used_us < ? LIMIT 10000", "i",
	    (int64_t)(s->now - RETRIES_KEPT));
}

/* In pieces, since the log of a day may be long. */
static enum err
forget_posts(const struct sweep *s)
{
	int64_t days =
	    s->b->in == NULL || s->b->in->set == NULL ? 0 : s->b->in->set->post_log_days;
	enum err rc;

	if (days == 0)
		return ERR_OK;
	rc = db_exec(s->db,
	    "DELETE FROM event_log WHERE event_us < ? ORDER BY event_us LIMIT 10000", "i",
	    (int64_t)(s->now - days * US_DAY));
	if (rc == ERR_OK)
		rc = db_exec(s->db,
		    "DELETE FROM bulk_row WHERE event_us < ? ORDER BY event_us LIMIT "
		    "10000",
		    "i", (int64_t)(s->now - days * US_DAY));
	return rc;
}

/* ----- retention of raw clicks ----- */

/* What must be over before a day's clicks may go: every node has folded past it, nobody
 * waits for one of them, and the wider cube no longer needs them. */
static enum err
is_settled(const struct sweep *s, us_t to, bool *yes)
{
	int64_t open;
	enum err rc = db_int(s->db, &open, 1,
	    "SELECT (SELECT COUNT(*) FROM node n LEFT JOIN cube_built b ON b.node_id = "
	    "n.node_id WHERE n.folded_through_us < "
	    "? OR COALESCE(b.bucket, 0) < ? DIV 900000000) + (SELECT COUNT(*) FROM "
	    "unresolved WHERE state = 1 AND click_us < "
	    "?)",
	    "iii", (int64_t)to, (int64_t)to, (int64_t)to);

	*yes = rc == ERR_OK && open == 0;
	return rc;
}

/* Where the oldest partition begins that is not sealed; of one that is sealed and not
 * dropped yet its last day, which is sealed once more. */
static enum err
unsealed_from(const struct sweep *s, us_t to, us_t *from)
{
	int64_t sealed = 0, first = 0;
	enum err rc =
	    db_int(s->db, &sealed, 0, "SELECT MAX(to_us) FROM click_sealed", "");

	if (rc == ERR_OK)
		rc = db_int(s->db, &first, to - US_DAY,
		    "SELECT LEAST(COALESCE((SELECT MIN(click_us) FROM click), 9e18), "
		    "COALESCE((SELECT MIN(click_us) FROM impression), 9e18), (SELECT "
		    "MIN(bucket) * 900000000 FROM rollup_booked)) DIV 1",
		    "");
	if (sealed == 0)
		*from = first / US_DAY * US_DAY;
	else
		*from = sealed < to ? sealed : to - US_DAY;
	return rc;
}

static enum err
seal(const struct sweep *s, us_t from, us_t to)
{
	enum err rc = db_begin(s->db);

	for (us_t day = from; rc == ERR_OK && day < to; day += US_DAY)
		rc = verify_seal(s->db, day, day + US_DAY, s->now);
	if (rc == ERR_OK)
		rc = db_commit(s->db);
	if (rc != ERR_OK)
		db_rollback(s->db);
	return rc;
}

/* The first click or impression of a day that is sealed and dropped already; 0: there is
 * none.  Such come from a machine that was started with a clock that was behind.  *shown:
 * impressions are among those that are looked for, since their partitions are gone too. */
static enum err
first_late(const struct sweep *s, us_t *first, bool *shown)
{
	int64_t sealed = 0, at = 0;
	us_t oldest = 0, oldest_shown = 0;
	enum err rc =
	    db_int(s->db, &sealed, 0, "SELECT MAX(to_us) FROM click_sealed", "");

	*first = 0;
	*shown = false;
	if (rc == ERR_OK)
		rc = parts_oldest(s->db, PARTS_CLICKS, &oldest);
	if (rc == ERR_OK)
		rc = parts_oldest(s->db, PARTS_IMPRESSIONS, &oldest_shown);
	/* Sealed and still there: not late. */
	if (rc != ERR_OK || sealed == 0 || (oldest != 0 && oldest <= sealed))
		return rc;
	*shown = oldest_shown == 0 || oldest_shown > sealed;
	rc = db_int(s->db, &at, 0,
	    "SELECT NULLIF(LEAST(COALESCE((SELECT MIN(click_us) FROM click WHERE "
	    "click_us "
	    "< ?), 9e18), COALESCE((SELECT MIN(click_us) FROM impression WHERE click_us "
	    "< ?), 9e18)), 9e18) DIV 1",
	    "ii", sealed, *shown ? sealed : (int64_t)0);
	*first = at;
	return rc;
}

/* Takes the late ones out of a table; what is left of them are their sums. */
static enum err
remove_late(const struct sweep *s, bool clicks, us_t from, us_t to, int64_t n)
{
	enum err rc = db_exec(s->db,
	    clicks ? "DELETE FROM click WHERE click_us >= ? AND click_us < ?"
		   : "DELETE FROM impression WHERE click_us >= ? AND click_us < ?",
	    "ii", (int64_t)from, (int64_t)to);

	/* One more came meanwhile, and one of the statements may not have seen it. */
	return rc == ERR_OK && db_affected(s->db) != (uint64_t)n ? ERR_DB_RETRY : rc;
}

/* They lie in the oldest partition, which begins behind them, and are part of no sealed
 * sum: added to the sums of their day and removed, in one transaction. */
static enum err
seal_late_day(const struct sweep *s, us_t from, us_t to, bool with_shown)
{
	int64_t n = 0, shown = 0;
	enum err rc = db_begin(s->db);

	if (rc == ERR_OK)
		rc = db_int(s->db, &n, 0,
		    "SELECT COUNT(*) FROM click WHERE click_us >= ? AND click_us < ? FOR "
		    "UPDATE",
		    "ii", (int64_t)from, (int64_t)to);
	if (rc == ERR_OK)
		rc = db_int(s->db, &shown, 0,
		    "SELECT COUNT(*) FROM impression WHERE click_us >= ? AND click_us < "
		    "? FOR UPDATE",
		    "ii", (int64_t)from, (int64_t)(with_shown ? to : from));
	if (rc == ERR_OK)
		rc = verify_seal_late(s->db, from, to, s->now);
	if (rc == ERR_OK)
		rc = cube_add(s->db, from, to, with_shown ? to : from);
	if (rc == ERR_OK)
		rc = remove_late(s, true, from, to, n);
	if (rc == ERR_OK)
		rc = remove_late(s, false, from, with_shown ? to : from, shown);
	if (rc == ERR_OK)
		rc = db_commit(s->db);
	if (rc != ERR_OK)
		db_rollback(s->db);
	else
		log_warn("%lld clicks and %lld impressions came after the raw rows of "
			 "their day were dropped; their sums are kept",
		    (long long)n, (long long)shown);
	return rc;
}

static enum err
take_late(const struct sweep *s)
{
	static bool said;
	us_t first;
	int64_t waiting = 0;
	bool clean = true, shown;
	enum err rc = first_late(s, &first, &shown);

	for (unsigned i = 0; rc == ERR_OK && first != 0 && i < LATE_DAYS; i++) {
		const us_t day = first / US_DAY * US_DAY;

		rc = db_int(s->db, &waiting, 0,
		    "SELECT COUNT(*) FROM unresolved WHERE state = 1 AND click_us < ?",
		    "i", (int64_t)(day + US_DAY));
		if (rc == ERR_OK && waiting == 0)
			rc = verify_late(s->db, day, day + US_DAY, &clean);
		if (rc != ERR_OK || waiting > 0 || !clean)
			break;
		rc = seal_late_day(s, day, day + US_DAY, shown);
		if (rc == ERR_OK)
			rc = first_late(s, &first, &shown);
	}
	if (!clean && !said)
		log_error("clicks that came after their day was dropped are kept: they "
			  "do not agree with the rollup (affiliatectl verify)");
	said = !clean;
	return rc;
}

/* Verified, its totals sealed, then dropped: in this order, so that a sweep that dies in
 * between finds the seal and only has to drop.  The verification and the seal look at the
 * days since the last one, so clicks of days before it must have been taken first.
 * False in *more: nothing (further) is to go. */
static enum err
retire_one(const struct sweep *s, us_t before, bool *more)
{
	us_t from = 0, to, late = 0;
	bool clean = true, settled, shown;
	enum err rc = parts_oldest(s->db, PARTS_CLICKS, &to);

	*more = false;
	if (rc != ERR_OK || to == 0 || to > before)
		return rc;
	rc = is_settled(s, to, &settled);
	if (rc == ERR_OK && settled)
		rc = first_late(s, &late, &shown);
	if (rc != ERR_OK || !settled || late != 0)
		return rc;
	rc = unsealed_from(s, to, &from);
	if (rc == ERR_OK)
		rc = verify_clicks(s->db, from, to, &clean);
	if (rc != ERR_OK)
		return rc;
	if (!clean) {
		log_error("raw clicks are kept beyond raw_click_days: they do not agree "
			  "with the rollup (affiliatectl verify)");
		return ERR_OK;
	}
	rc = seal(s, from, to);
	if (rc == ERR_OK)
		rc = parts_drop(s->db, to);
	*more = rc == ERR_OK;
	return rc;
}

/* Impressions of a day whose clicks are dropped, when somebody read them then. */
static enum err
finish_drop(const struct sweep *s)
{
	int64_t sealed = 0;
	us_t oldest = 0;
	enum err rc =
	    db_int(s->db, &sealed, 0, "SELECT MAX(to_us) FROM click_sealed", "");

	if (rc == ERR_OK)
		rc = parts_oldest(s->db, PARTS_CLICKS, &oldest);
	if (rc != ERR_OK || sealed == 0 || (oldest != 0 && oldest <= sealed))
		return rc;
	return parts_finish(s->db, sealed);
}

static enum err
retire(const struct sweep *s)
{
	int64_t days =
	    s->b->in == NULL || s->b->in->set == NULL ? 0 : s->b->in->set->raw_click_days;
	enum err rc = ERR_OK;
	bool more = days > 0;

	if (more)
		rc = finish_drop(s);
	while (rc == ERR_OK && more)
		rc = retire_one(s, (s->now / US_DAY - days) * US_DAY, &more);
	return rc;
}

/* A table that somebody else holds is for the next round. */
static enum err
later(enum err rc)
{
	return rc == ERR_DB_RETRY ? ERR_OK : rc;
}

enum err
book_sweep(struct book *b, struct db *db, unsigned node_id)
{
	struct sweep s = {b, db, node_id, clock_us()};
	bool ours;
	enum err rc = take_lease(&s, &ours);

	assert(OBJ_IS(b, BOOK_MAGIC));
	if (rc != ERR_OK || !ours)
		return later(rc);
	rc = later(end_holds(&s));
	if (rc == ERR_OK)
		rc = later(parts_ahead(db, s.now));
	if (rc == ERR_OK)
		rc = later(take_late(&s));
	if (rc == ERR_OK)
		rc = later(retire(&s));
	if (rc == ERR_OK)
		rc = later(forget_retries(&s));
	if (rc == ERR_OK)
		rc = later(forget_posts(&s));
	if (rc == ERR_OK)
		rc = later(forget_signatures(&s));
	if (rc == ERR_OK)
		rc = later(forget_turns(&s));
	if (rc == ERR_OK)
		rc = later(bulk_forget(db, s.now));
	if (rc == ERR_OK)
		rc = later(capclick_sweep(b, db, s.now));
	if (rc == ERR_OK)
		rc = later(capbegin_sweep(b, db, s.now));
	return rc;
}
