/* SPDX-License-Identifier: Apache-2.0
 * ticket.c - see ticket.h.
 */
#include "domain/ticket.h"

#include "domain/grant.h"
#include "domain/row.h"

#define COMMENT_MAX 16000u

/* ?: open, open; affiliates_of, offers_of, affiliates_of, offers_of */
#define WHERE                                                                           \
	" FROM ticket t JOIN account a ON a.id = t.account_id AND NOT a.deleted JOIN "  \
	"offer o ON o.id = t.offer_id AND NOT o.deleted LEFT JOIN account v ON v.id = " \
	"o.advertiser_id WHERE (? < 0 OR (t.decision = 0) = ?) AND ((? = 0 AND ? = 0) " \
	"OR a.manager_id = ? OR v.manager_id = ?)"
#define WHERE_ARGS(f)                                                               \
	(int64_t)(f)->open, (int64_t)(f)->open, (f)->affiliates_of, (f)->offers_of, \
	    (f)->affiliates_of, (f)->offers_of
#define COLUMNS                                                                        \
	"SELECT t.id, t.account_id, t.offer_id, t.comment, t.decision, t.created_us, " \
	"COALESCE(t.updated_us, 0)"

static void
read_row(struct db_rows *r, struct arena *a, struct ticket *t)
{
	*t = (struct ticket){.id = db_i64(r, 0),
	    .account_id = db_i64(r, 1),
	    .offer_id = db_i64(r, 2),
	    .comment = arena_str(a, db_str(r, 3)),
	    .decision = db_i64(r, 4),
	    .created_us = db_i64(r, 5),
	    .updated_us = db_i64(r, 6)};
}

enum err
ticket_list(struct db *db, struct arena *a, const struct ticket_filter *f,
    struct ticket **out, size_t *n, int64_t *total)
{
	struct db_rows *r;
	enum err rc =
	    db_int(db, total, 0, "SELECT COUNT(*)" WHERE, "iiiiii", WHERE_ARGS(f));

	*out = NULL;
	*n = 0;
	if (rc == ERR_OK)
		rc =
		    db_query(db, &r, COLUMNS WHERE " ORDER BY t.id DESC LIMIT ? OFFSET ?",
			"iiiiiiuu", WHERE_ARGS(f), f->count, f->skip);
	if (rc != ERR_OK)
		return rc;
	while (db_next(r)) {
		*out = row_grow(a, *out, *n, sizeof(**out));
		read_row(r, a, &(*out)[(*n)++]);
	}
	return db_rows_close(&r);
}

enum err
ticket_add(
    struct change *c, int64_t account, int64_t offer, struct str comment, int64_t *id)
{
	int64_t n;
	enum err rc;

	if (!str_is_utf8(comment) || comment.n > COMMENT_MAX)
		return change_fault(
		    c, ERR_INVALID, "comment", "is too long or not UTF-8");
	/* Of two requests at once, one waits here for the other's commit. */
	rc = db_int(
	    c->db, &n, 0, "SELECT id FROM offer WHERE id = ? FOR UPDATE", "i", offer);
	if (rc == ERR_OK)
		rc = db_int(c->db, &n, 0,
		    "SELECT COUNT(*) FROM ticket WHERE offer_id = ? AND account_id = ? "
		    "AND decision = 0",
		    "ii", offer, account);
	if (rc == ERR_OK && n > 0)
		return change_fault(
		    c, ERR_EXISTS, "", "This offer was asked for already");
	if (rc == ERR_OK)
		rc = db_exec(c->db,
		    "INSERT INTO ticket (account_id, offer_id, comment, created_us) "
		    "VALUES (?, ?, ?, ?)",
		    "iisi", account, offer, comment, (int64_t)c->now);
	if (rc == ERR_OK)
		*id = (int64_t)db_insert_id(c->db);
	return rc;
}

static enum err
connect(struct change *c, const struct ticket *t)
{
	struct grant g = {.what = GRANT_USE, .how = GRANT_ENABLE};

	g.offers = arena_printf(c->arena, "[%lld]", (long long)t->offer_id);
	g.affiliates = arena_printf(c->arena, "[%lld]", (long long)t->account_id);
	return grant_put(c, &g);
}

enum err
ticket_decide(struct change *c, const struct ticket_filter *of, int64_t id, bool approve,
    struct ticket *out)
{
	struct db_rows *r;
	bool there;
	enum err rc = db_query(c->db, &r, COLUMNS WHERE " AND t.id = ? FOR UPDATE",
	    "iiiiiii", WHERE_ARGS(of), id);

	if (rc != ERR_OK)
		return rc;
	there = db_next(r);
	if (there)
		read_row(r, c->arena, out);
	rc = db_rows_close(&r);
	if (rc != ERR_OK || !there)
		return rc != ERR_OK ? rc : ERR_NOT_FOUND;
	if (out->decision != TICKET_OPEN)
		return change_fault(c, ERR_EXISTS, "", "The ticket is closed");
	out->decision = approve ? TICKET_APPROVED : TICKET_REJECTED;
	rc = db_exec(c->db, "UPDATE ticket SET decision = ?, updated_us = ? WHERE id = ?",
	    "iii", out->decision, (int64_t)c->now, id);
	return rc == ERR_OK && approve ? connect(c, out) : rc;
}
