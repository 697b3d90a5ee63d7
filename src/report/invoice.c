/* SPDX-License-Identifier: Apache-2.0
 * invoice.c - see invoice.h.
 */
#include "report/invoice.h"

#include "base/datetext.h"
#include "domain/account.h"
#include "domain/currency.h"
#include "domain/row.h"

#define TEXT_MAX 16000u
#define CENT 10000

/* ---- reading ---- */

static struct str
day_text(struct arena *a, struct invoice_day d)
{
	return d.year == 0 ? STR_NONE
			   : arena_printf(a, "%04d-%02d-%02d", d.year, d.month, d.day);
}

static struct invoice_day
day_of(struct str s)
{
	struct invoice_day d = {0, 0, 0};

	if (!datetext_iso(s, &d.year, &d.month, &d.day))
		d.year = 0;
	return d;
}

static enum err
load_lines(struct db *db, struct arena *a, struct invoice *v)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r,
	    "SELECT COALESCE(offer_id, 0), payout_type, actions, amount, comment FROM "
	    "invoice_line WHERE number = ? ORDER BY line",
	    "i", v->number);

	if (rc != ERR_OK)
		return rc;
	v->line = NULL;
	v->n_line = 0;
	while (db_next(r)) {
		v->line = row_grow(a, v->line, v->n_line, sizeof(*v->line));
		v->line[v->n_line++] = (struct invoice_line){.offer_id = db_i64(r, 0),
		    .payout_type = arena_str(a, db_str(r, 1)),
		    .actions = db_i64(r, 2),
		    .amount = db_i64(r, 3),
		    .comment = arena_str(a, db_str(r, 4))};
	}
	return db_rows_close(&r);
}

/* ?: number, number; paid, paid; from, from; to, to; manager, manager */
#define WHERE                                                                            \
	" FROM invoice i JOIN account a ON a.id = i.advertiser_id WHERE (? = 0 OR "      \
	"i.number = ?) AND (? < 0 OR i.paid = ?) AND (? IS NULL OR i.end_day >= ?) AND " \
	"(? IS NULL OR i.start_day <= ?) AND (? = 0 OR a.manager_id = ?)"

enum err
invoice_list(struct db *db, struct arena *a, const struct invoice_filter *f,
    struct invoice **out, size_t *n, int64_t *total)
{
	const struct str from = day_text(a, f->from), to = day_text(a, f->to);
	const int64_t paid = f->paid;
	struct db_rows *r;
	enum err rc = db_int(db, total, 0, "SELECT COUNT(*)" WHERE, "iiiissssii",
	    f->number, f->number, paid, paid, from, from, to, to, f->manager, f->manager);

	*out = NULL;
	*n = 0;
	if (rc == ERR_OK)
		rc = db_query(db, &r,
		    "SELECT i.number, i.advertiser_id, a.hex24, i.start_day, i.end_day, "
		    "i.paid, i.currency, i.comment, i.created_us, i.updated_us" WHERE
		    " ORDER BY i.number LIMIT ? OFFSET ?",
		    "iiiissssiiuu", f->number, f->number, paid, paid, from, from, to, to,
		    f->manager, f->manager, f->count, f->skip);
	if (rc != ERR_OK)
		return rc;
	while (db_next(r)) {
		*out = row_grow(a, *out, *n, sizeof(**out));
		(*out)[(*n)++] = (struct invoice){.number = db_i64(r, 0),
		    .advertiser_id = db_i64(r, 1),
		    .advertiser_hex24 = arena_str(a, db_str(r, 2)),
		    .start = day_of(db_str(r, 3)),
		    .end = day_of(db_str(r, 4)),
		    .paid = db_i64(r, 5) != 0,
		    .currency = arena_str(a, db_str(r, 6)),
		    .comment = arena_str(a, db_str(r, 7)),
		    .created_us = db_i64(r, 8),
		    .updated_us = db_i64(r, 9)};
	}
	rc = db_rows_close(&r);
	for (size_t i = 0; i < *n && rc == ERR_OK; i++)
		rc = load_lines(db, a, &(*out)[i]);
	return rc;
}

enum err
invoice_lock(struct change *c, int64_t number, struct invoice *out)
{
	const struct invoice_filter f = {.paid = -1, .number = number, .count = 1};
	struct invoice *list;
	int64_t total;
	size_t n;
	enum err rc = db_int(c->db, &total, 0,
	    "SELECT number FROM invoice WHERE number = ? FOR UPDATE", "i", number);

	if (rc == ERR_OK && total == 0)
		return ERR_NOT_FOUND;
	if (rc == ERR_OK)
		rc = invoice_list(c->db, c->arena, &f, &list, &n, &total);
	if (rc == ERR_OK && n == 0)
		return ERR_NOT_FOUND;
	if (rc == ERR_OK)
		*out = list[0];
	return rc;
}

/* ---- generating ---- */

/* The end of the last day is over, and every node has booked up to it (R2). */
static enum err
check_over(struct change *c, us_t end)
{
	struct db_rows *r;
	int64_t node = 0;
	enum err rc;

	if (end > c->now)
		return change_fault(c, ERR_INVALID, "end_date",
		    "is not over: an invoice is made of days that are");
	rc = db_query(c->db, &r,
	    "SELECT node_id FROM node WHERE folded_through_us < ? ORDER BY node_id LIMIT "
	    "1",
	    "i", (int64_t)end);
	if (rc != ERR_OK)
		return rc;
	if (db_next(r))
		node = db_i64(r, 0);
	rc = db_rows_close(&r);
	return rc == ERR_OK && node != 0
		   ? change_fault(c, ERR_DENIED, "",
			 "Node %lld has not booked up to the end of that day",
			 (long long)node)
		   : rc;
}

static money_t
to_cent(money_t m)
{
	return (m < 0 ? (m - CENT / 2) / CENT : (m + CENT / 2) / CENT) * CENT;
}

#define REVENUE                                                                  \
	"r.conversion_amount + r.initial_amount + r.continuity_amount + "        \
	"r.goal_amount + r.income_amount + r.void_amount + r.chargeback_amount " \
	"+ r.void_rev_amount + r.chargeback_rev_amount"
#define ACTIONS "r.conversion + r.advertiser_initial + r.continuity + r.goal"
/* ?: advertiser, from, end, advertiser, advertiser; end, advertiser, currency; advertiser,
 * currency */
static const char sql_untaken[] =
    "SELECT offer_id, SUM(n), SUM(amount) AS amount FROM (SELECT r.offer_id, " ACTIONS
    " AS n, " REVENUE " AS amount FROM (SELECT id FROM offer WHERE advertiser_id = ? "
    "UNION SELECT offer_id FROM rollup_booked WHERE bucket >= ? AND bucket < ? AND "
    "advertiser_id = ? UNION SELECT t.offer_id FROM invoice i JOIN invoice_taken t ON "
    "t.number = i.number WHERE i.advertiser_id = ?) o STRAIGHT_JOIN rollup_booked r "
    "FORCE INDEX (rollup_booked_offer) ON r.offer_id = o.id AND r.bucket < ? WHERE "
    "r.advertiser_id = ? AND r.currency = ? UNION ALL SELECT t.offer_id, -t.actions, "
    "-t.amount FROM invoice i JOIN invoice_taken t ON t.number = i.number WHERE "
    "i.advertiser_id = ? AND i.currency = ?) u GROUP BY offer_id HAVING amount <> 0 "
    "ORDER BY offer_id";

/* Lines, and what each took in micro-units: what is booked up to the end and on no invoice: since the last one, and for days that
 * are on one, of which more became known later (E4 of decisions.md, an omission). */
static enum err
take_booked(struct change *c, struct invoice *v, us_t from, us_t end, money_t **taken)
{
	const int64_t until = (int64_t)(end / US_BUCKET);
	struct db_rows *r;
	enum err rc = db_query(c->db, &r, sql_untaken, "iiiiiiisis", v->advertiser_id,
	    (int64_t)(from / US_BUCKET), until, v->advertiser_id, v->advertiser_id, until,
	    v->advertiser_id, v->currency, v->advertiser_id, v->currency);

	if (rc != ERR_OK)
		return rc;
	v->line = NULL;
	v->n_line = 0;
	while (db_next(r)) {
		*taken = row_grow(c->arena, *taken, v->n_line, sizeof(**taken));
		(*taken)[v->n_line] = db_i64(r, 2);
		v->line = row_grow(c->arena, v->line, v->n_line, sizeof(*v->line));
		v->line[v->n_line++] = (struct invoice_line){.offer_id = db_i64(r, 0),
		    .payout_type = STR("RPA"),
		    .actions = db_i64(r, 1),
		    .amount = to_cent(db_i64(r, 2))};
	}
	return db_rows_close(&r);
}

static enum err
put_taken(struct change *c, const struct invoice *v, const money_t *taken)
{
	enum err rc = ERR_OK;

	assert(taken != NULL || v->n_line == 0);
	for (size_t i = 0; taken != NULL && i < v->n_line && rc == ERR_OK; i++)
		rc = db_exec(c->db,
		    "INSERT INTO invoice_taken (number, offer_id, actions, amount) "
		    "VALUES (?, ?, ?, ?)",
		    "iiii", v->number, v->line[i].offer_id, v->line[i].actions, taken[i]);
	return rc;
}

/* The advertiser's row is locked: of two at once, the second sees what the first took. */
static enum err
generate_lines(struct change *c, const struct zone *z, struct invoice *v, us_t *booked_to,
    money_t **taken)
{
	const us_t end = zone_start(z, v->end.year, v->end.month, v->end.day + 1);
	struct wall w;
	int64_t from = 0;
	enum err rc = check_over(c, end);

	if (rc == ERR_OK)
		rc = db_int(c->db, &from, 0,
		    "SELECT MAX(booked_to_us) FROM invoice WHERE advertiser_id = ? AND "
		    "currency = ?",
		    "is", v->advertiser_id, v->currency);
	if (rc == ERR_OK && from >= end)
		return change_fault(
		    c, ERR_EXISTS, "end_date", "is on an invoice already");
	if (rc == ERR_OK)
		rc = take_booked(c, v, from, end, taken);
	if (rc == ERR_OK && v->start.year == 0) {
		zone_wall(z, from != 0 ? from : end - 1, &w);
		v->start = (struct invoice_day){w.year, w.month, w.day};
	}
	*booked_to = end;
	return rc;
}

/* ---- writing ---- */

static enum err
check_line(struct change *c, const struct invoice_line *l)
{
	static const char *const types[] = {"RPA", "RPS", "RPA + RPS", "RPC", "RPM", ""};
	int64_t there = 1;
	size_t i = 0;
	enum err rc = ERR_OK;

	while (i < ARRAY_LEN(types) && !str_eq(l->payout_type, str_of(types[i])))
		i++;
	if (i == ARRAY_LEN(types))
		return change_fault(c, ERR_INVALID, "detail",
		    "must have payout_type RPA, RPS, RPA + RPS, RPC or RPM");
	if (l->comment.n > TEXT_MAX || !str_is_utf8(l->comment))
		return change_fault(
		    c, ERR_INVALID, "detail", "has a comment that is too long");
	if (l->offer_id != 0)
		rc = db_int(c->db, &there, 0, "SELECT COUNT(*) FROM offer WHERE id = ?",
		    "i", l->offer_id);
	if (rc == ERR_OK && there == 0)
		return change_fault(c, ERR_INVALID, "detail", "has an unknown offer_id");
	return rc;
}

static enum err
put_lines(struct change *c, const struct invoice *v)
{
	enum err rc =
	    db_exec(c->db, "DELETE FROM invoice_line WHERE number = ?", "i", v->number);

	if (v->n_line > INVOICE_LINES)
		return change_fault(
		    c, ERR_INVALID, "detail", "may have %u lines at most", INVOICE_LINES);
	for (size_t i = 0; i < v->n_line && rc == ERR_OK; i++) {
		const struct invoice_line *l = &v->line[i];

		rc = check_line(c, l);
		if (rc == ERR_OK)
			rc = db_exec(c->db,
			    "INSERT INTO invoice_line (number, line, offer_id, "
			    "payout_type, actions, amount, comment) VALUES (?, ?, "
			    "NULLIF(?, 0), ?, ?, ?, ?)",
			    "iiisiis", v->number, (int64_t)i + 1, l->offer_id,
			    l->payout_type, l->actions, to_cent(l->amount), l->comment);
	}
	return rc;
}

static enum err
check(struct change *c, struct invoice *v)
{
	enum err rc = account_is(c->db, v->advertiser_id, ACCOUNT_ADVERTISER);
	int64_t there;

	if (rc == ERR_NOT_FOUND)
		return change_fault(c, ERR_INVALID, "supplier_id", "is no advertiser");
	if (rc == ERR_OK)
		rc = db_int(c->db, &there, 0,
		    "SELECT id FROM account WHERE id = ? FOR UPDATE", "i",
		    v->advertiser_id);
	if (rc != ERR_OK)
		return rc;
	if (!str_is_utf8(v->comment) || v->comment.n > TEXT_MAX)
		return change_fault(c, ERR_INVALID, "comment", "is too long");
	if (v->start.year != 0 &&
	    str_cmp(day_text(c->arena, v->start), day_text(c->arena, v->end)) > 0)
		return change_fault(
		    c, ERR_INVALID, "end_date", "is before the first day");
	return ERR_OK;
}

enum err
invoice_add(struct change *c, const struct zone *z, struct invoice *v, bool generate)
{
	money_t *taken = NULL;
	us_t booked_to = 0;
	enum err rc = check(c, v);

	if (rc == ERR_OK)
		rc = currency_active(c, "currency", v->currency, &v->currency);
	if (rc == ERR_OK && generate)
		rc = generate_lines(c, z, v, &booked_to, &taken);
	if (rc != ERR_OK)
		return rc;
	if (v->start.year == 0)
		v->start = v->end;
	rc = db_exec(c->db,
	    "INSERT INTO invoice (advertiser_id, start_day, end_day, paid, currency, "
	    "comment, booked_to_us, created_us, updated_us) VALUES (?, ?, ?, ?, ?, ?, "
	    "NULLIF(?, 0), ?, ?)",
	    "ississiii", v->advertiser_id, day_text(c->arena, v->start),
	    day_text(c->arena, v->end), (int64_t)v->paid, v->currency, v->comment,
	    (int64_t)booked_to, (int64_t)c->now, (int64_t)c->now);
	if (rc == ERR_OK)
		v->number = (int64_t)db_insert_id(c->db);
	if (rc == ERR_OK && generate)
		rc = put_taken(c, v, taken);
	return rc != ERR_OK ? rc : put_lines(c, v);
}

enum err
invoice_store(struct change *c, struct invoice *v, bool lines)
{
	int64_t owner = v->advertiser_id;
	enum err rc = check(c, v);

	if (rc == ERR_OK)
		rc = db_int(c->db, &owner, v->advertiser_id,
		    "SELECT advertiser_id FROM invoice WHERE number = ? AND booked_to_us "
		    "IS NOT NULL",
		    "i", v->number);
	if (rc == ERR_OK && owner != v->advertiser_id)
		return change_fault(c, ERR_DENIED, "supplier_id",
		    "stays on an invoice that was made of what was booked");
	if (rc == ERR_OK)
		rc = db_exec(c->db,
		    "UPDATE invoice SET advertiser_id = ?, start_day = ?, end_day = ?, "
		    "paid = ?, comment = ?, updated_us = ? WHERE number = ?",
		    "issisii", v->advertiser_id, day_text(c->arena, v->start),
		    day_text(c->arena, v->end), (int64_t)v->paid, v->comment,
		    (int64_t)c->now, v->number);
	return rc == ERR_OK && lines ? put_lines(c, v) : rc;
}
