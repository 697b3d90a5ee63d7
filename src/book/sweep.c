/* SPDX-License-Identifier: Apache-2.0
 * sweep.c - what time brings: holds that end, days that begin, days that are too old.
 *
 * GET_LOCK is local to a Galera node, so whoever sweeps holds a lease row, renewed each
 * round; the one that dies is followed after LEASE.  Each piece of work is a short
 * transaction of its own.
 */
#include "base/log.h"
#include "book/batch.h"
#include "book/parts.h"

#define LEASE (60 * US_SECOND)
#define HOLDS_AT_ONCE 500u
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
		rc = later(forget_retries(&s));
	return rc;
}
