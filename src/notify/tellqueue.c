/* SPDX-License-Identifier: Apache-2.0
 * tellqueue.c - see tellqueue.h.
 */
#include "notify/tellqueue.h"

#include <stdio.h>

#include "base/log.h"
#include "domain/outbox.h"
#include "notify/backoff.h"

/* A mail about what was three days ago helps nobody: a relay may be set later than that.
 */
#define NOTICE_STALE (3 * US_DAY)
#define PAGE_STALE (3600 * US_SECOND)

enum err
tellqueue_groups(
    struct db *db, us_t now, struct tellgroup *out, unsigned cap, unsigned *n)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r,
	    "SELECT kind, hook_id, MIN(due_us) AS due FROM notify_queue FORCE INDEX "
	    "(notify_due) WHERE kind < 5 GROUP BY kind, hook_id HAVING due <= ? ORDER BY "
	    "due LIMIT ?",
	    "iu", (int64_t)now, (uint64_t)cap);

	_Static_assert(OUTBOX_PAGE == 5, "stands in the statements of this file");
	*n = 0;
	if (rc != ERR_OK)
		return rc;
	while (db_next(r) && *n < cap)
		out[(*n)++] =
		    (struct tellgroup){(unsigned)db_u64(r, 0), (uint32_t)db_u64(r, 1)};
	return db_rows_close(&r);
}

static struct errand *
read_row(const struct db_rows *r)
{
	struct errand *e = errand_new();

	e->id = db_u64(r, 0);
	e->kind = (unsigned)db_u64(r, 1);
	e->hook_id = (uint32_t)db_u64(r, 2);
	e->account_id = (uint32_t)db_u64(r, 3);
	e->step = (struct tellstep){db_i64(r, 4), (unsigned)db_u64(r, 5), db_i64(r, 7),
	    (unsigned)db_u64(r, 8), (unsigned)db_u64(r, 9), (unsigned)db_u64(r, 10),
	    db_i64(r, 11), db_i64(r, 12)};
	e->seq = db_i64(r, 6);
	e->attempts = (unsigned)db_u64(r, 13);
	return e;
}

static enum err
find(struct db *db, us_t now, const struct tellgroup *g, unsigned most,
    struct errand **list)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r,
	    "SELECT q.id, q.kind, q.hook_id, q.account_id, q.subject, q.subject_node, "
	    "q.seq, q.txn_us, q.txn_node, q.told, q.conv_status, q.commission, "
	    "q.payout, q.attempts FROM notify_queue q FORCE INDEX (notify_due) WHERE "
	    "q.kind = ? AND q.hook_id = ? AND q.due_us <= ? AND q.lease_us <= ? AND NOT "
	    "EXISTS (SELECT 1 FROM notify_queue p FORCE INDEX (notify_once) WHERE "
	    "p.subject = q.subject AND p.subject_node = q.subject_node AND p.seq < "
	    "q.seq AND p.kind < 5) ORDER BY q.due_us LIMIT ?",
	    "uuiiu", (uint64_t)g->kind, (uint64_t)g->hook_id, (int64_t)now, (int64_t)now,
	    (uint64_t)most);

	if (rc != ERR_OK)
		return rc;
	while (db_next(r)) {
		struct errand *e = read_row(r);

		e->next = *list;
		*list = e;
	}
	return db_rows_close(&r);
}

/* Those that another node has taken meanwhile leave the list. */
static enum err
lease(struct db *db, unsigned node, us_t now, struct errand **list)
{
	struct errand **p = list;
	enum err rc = ERR_OK;

	while (rc == ERR_OK && *p != NULL) {
		struct errand *e = *p;

		rc = db_exec(db,
		    "UPDATE notify_queue SET lease_us = ?, lease_node = ? WHERE id = ? "
		    "AND lease_us <= ?",
		    "iuui", (int64_t)(now + TELLQUEUE_LEASE), (uint64_t)node, e->id,
		    (int64_t)now);
		if (rc == ERR_OK && db_affected(db) == 1) {
			p = &e->next;
			continue;
		}
		*p = e->next;
		errand_free(&e);
	}
	return rc;
}

enum err
tellqueue_take(struct db *db, unsigned node, us_t now, const struct tellgroup *g,
    unsigned most, struct errand **list)
{
	enum err rc;

	*list = NULL;
	rc = find(db, now, g, most, list);
	if (rc != ERR_OK || *list == NULL)
		return rc;
	rc = db_begin(db);
	if (rc == ERR_OK)
		rc = lease(db, node, now, list);
	if (rc == ERR_OK)
		rc = db_commit(db);
	if (rc == ERR_OK)
		return rc;
	db_rollback(db);
	while (*list != NULL) {
		struct errand *e = *list;

		*list = e->next;
		errand_free(&e);
	}
	return rc;
}

/* ---- results ---- */

static enum err
write_log(struct db *db, us_t now, const struct errand *e, bool given_up)
{
	struct str url = e->m.url != NULL         ? str_of(e->m.url)
			 : e->kind == OUTBOX_MAIL ? STR("mail")
						  : STR("");

	return db_exec(db,
	    "INSERT INTO notify_log (at_us, queue_id, kind, hook_id, account_id, "
	    "offer_id, goal_id, subject, subject_node, conv_status, attempt, http_code, "
	    "given_up, url, answer, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
	    "?, ?, ?, ?)",
	    "iuuuuuuiuuuuusbs", (int64_t)now, e->id, (uint64_t)e->kind,
	    (uint64_t)e->hook_id, (uint64_t)e->account_id, (uint64_t)e->offer_id,
	    (uint64_t)e->goal_id, e->step.conv_us, (uint64_t)e->step.conv_node,
	    (uint64_t)e->step.status, (uint64_t)e->attempts + 1, (uint64_t)e->m.code,
	    (uint64_t)given_up, url, str_n(e->m.answer, e->m.n_answer),
	    e->dropped != NULL ? str_of(e->dropped) : str_of(e->m.error));
}

/* A password is in its mail and nowhere else, once that was said or given up. */
static enum err
forget(struct db *db, us_t now, const struct errand *e)
{
	enum err rc = db_exec(db, "DELETE FROM notify_queue WHERE id = ?", "u", e->id);

	if (rc == ERR_OK && e->kind == OUTBOX_MAIL)
		rc = db_exec(db,
		    "UPDATE notice SET sent_us = IF(?, ?, sent_us), body = IF(kind = "
		    "'password', '', body) WHERE id = ?",
		    "iii", (int64_t)e->m.done, (int64_t)now, e->step.conv_us);
	return rc;
}

/* What is to be said later about the same subject waits as long, and is not looked at
 * again and again meanwhile. */
static enum err
postpone(struct db *db, const struct errand *e, unsigned node, us_t due)
{
	enum err rc = db_exec(db,
	    "UPDATE notify_queue SET attempts = ?, due_us = ?, lease_us = 0 WHERE id = ? "
	    "AND lease_node = ?",
	    "uiuu", (uint64_t)e->attempts + 1, (int64_t)due, e->id, (uint64_t)node);

	if (rc != ERR_OK)
		return rc;
	return db_exec(db,
	    "UPDATE notify_queue SET due_us = ? WHERE subject = ? AND subject_node = ? "
	    "AND seq > ? AND due_us < ? AND kind < 5",
	    "iiuii", (int64_t)due, e->step.conv_us, (uint64_t)e->step.conv_node, e->seq,
	    (int64_t)due);
}

static enum err
settle_one(struct db *db, unsigned node, us_t now, const struct errand *e)
{
	us_t again =
	    e->m.done || e->dropped != NULL ? 0 : backoff_next(e->attempts + 1, now);
	enum err rc = write_log(db, now, e, !e->m.done && again == 0);

	if (rc == ERR_OK)
		rc = again == 0 ? forget(db, now, e) : postpone(db, e, node, again);
	return rc;
}

enum err
tellqueue_settle(struct db *db, unsigned node, us_t now, const struct errand *list)
{
	enum err rc = db_begin(db);

	for (const struct errand *e = list; rc == ERR_OK && e != NULL; e = e->next)
		rc = settle_one(db, node, now, e);
	if (rc == ERR_OK)
		rc = db_commit(db);
	if (rc != ERR_OK)
		db_rollback(db);
	return rc;
}

enum err
tellqueue_release(struct db *db, unsigned node)
{
	return db_exec(db,
	    "UPDATE notify_queue SET lease_us = 0 WHERE lease_node = ? AND lease_us > 0",
	    "u", (uint64_t)node);
}

enum err
tellqueue_measure(struct db *db, us_t now, int64_t *rows, int64_t *oldest_s)
{
	int64_t oldest = 0;
	enum err rc =
	    db_int(db, rows, 0, "SELECT COUNT(*) FROM notify_queue WHERE kind < 5", "");

	if (rc == ERR_OK)
		rc = db_int(db, &oldest, now,
		    "SELECT MIN(due) FROM (SELECT MIN(due_us) AS due FROM notify_queue "
		    "FORCE INDEX (notify_due) WHERE kind < 5 GROUP BY kind, hook_id) d",
		    "");
	*oldest_s = oldest < now ? (now - oldest) / US_SECOND : 0;
	return rc;
}

/* ---- notices, retention ---- */

static enum err
queue_notice(struct db *db, us_t now, int64_t id)
{
	enum err rc = db_exec(db,
	    "UPDATE notice SET queued_us = ? WHERE id = ? AND queued_us IS NULL", "ii",
	    (int64_t)now, id);

	if (rc != ERR_OK || db_affected(db) != 1)
		return rc;
	return db_exec(db,
	    "INSERT INTO notify_queue (kind, account_id, subject, subject_node, seq, "
	    "created_us, due_us) SELECT ?, COALESCE(account_id, 0), id, ?, created_us, "
	    "created_us, ? FROM notice WHERE id = ?",
	    "uiii", (uint64_t)OUTBOX_MAIL, (int64_t)OUTBOX_NOTICE_NODE, (int64_t)now, id);
}

enum err
tellqueue_notices(struct db *db, us_t now, unsigned *n)
{
	int64_t id[100];
	struct db_rows *r;
	enum err rc = db_query(db, &r,
	    "SELECT id FROM notice WHERE queued_us IS NULL AND sent_us IS NULL AND "
	    "created_us > ? ORDER BY id LIMIT 100",
	    "i", (int64_t)(now - NOTICE_STALE));

	*n = 0;
	if (rc != ERR_OK)
		return rc;
	while (db_next(r) && *n < ARRAY_LEN(id))
		id[(*n)++] = db_i64(r, 0);
	rc = db_rows_close(&r);
	if (rc != ERR_OK || *n == 0)
		return rc;
	rc = db_begin(db);
	for (unsigned i = 0; rc == ERR_OK && i < *n; i++)
		rc = queue_notice(db, now, id[i]);
	if (rc == ERR_OK)
		rc = db_commit(db);
	if (rc != ERR_OK)
		db_rollback(db);
	return rc;
}

/* A page whose answer did not wait for its conversion, or whose visitor had left. */
static enum err
close_pages(struct db *db, us_t now, us_t before)
{
	enum err rc = db_begin(db);

	if (rc == ERR_OK)
		rc = db_exec(db,
		    "INSERT INTO notify_log (at_us, queue_id, kind, hook_id, account_id, "
		    "subject, subject_node, conv_status, attempt, http_code, given_up, "
		    "url, "
		    "error) SELECT ?, id, kind, hook_id, account_id, subject, "
		    "subject_node, "
		    "conv_status, 1, 0, 1, '', 'no page has shown it' FROM notify_queue "
		    "WHERE kind = 5 AND due_us < ?",
		    "ii", (int64_t)now, (int64_t)before);
	if (rc == ERR_OK)
		rc = db_exec(db, "DELETE FROM notify_queue WHERE kind = 5 AND due_us < ?",
		    "i", (int64_t)before);
	if (rc == ERR_OK)
		rc = db_commit(db);
	if (rc != ERR_OK)
		db_rollback(db);
	return rc;
}

enum err
tellqueue_retire(struct db *db, us_t now, us_t before)
{
	enum err rc = db_exec(db, "DELETE FROM notify_log WHERE at_us < ? LIMIT 10000",
	    "i", (int64_t)before);

	if (rc == ERR_OK)
		rc = db_exec(db, "DELETE FROM notice WHERE created_us < ? LIMIT 10000",
		    "i", (int64_t)before);
	/* One that nobody has queued in time is not mailed any more. */
	if (rc == ERR_OK)
		rc = db_exec(db,
		    "UPDATE notice SET body = '' WHERE kind = 'password' AND body <> '' "
		    "AND queued_us IS NULL AND created_us <= ?",
		    "i", (int64_t)(now - NOTICE_STALE));
	return rc == ERR_OK ? close_pages(db, now, now - PAGE_STALE) : rc;
}
