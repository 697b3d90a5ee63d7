/* SPDX-License-Identifier: Apache-2.0
 * accountfind.c - see accountfind.h.
 *
 * Every condition is a constant with its value bound beside it, and a statement holds
 * only those that were asked for: that is what lets the database use an index.
 */
#include "report/accountfind.h"

#include <stdio.h>

#include "domain/row.h"
#include "report/ask.h"

#define BUCKET_US (900 * US_SECOND)

static const char *const texts[AF_TEXTS] = {
#define X(name_, piece_) [AF_T_##name_] = piece_,
    ACCOUNTFIND_TEXTS(X)
#undef X
};
static const char *const numbers[AF_NUMBERS] = {
#define X(name_, piece_) [AF_N_##name_] = piece_,
    ACCOUNTFIND_NUMBERS(X)
#undef X
};
static const struct {
	const char *below, *least;
	bool timed;
} bounds[AF_BOUNDS] = {
#define X(name_, column_, timed_) \
	[AF_B_##name_] = {" AND " column_ " < ?", " AND " column_ " >= ?", timed_},
    ACCOUNTFIND_BOUNDS(X)
#undef X
};

static const struct {
	const char *name, *piece;
} orders[] = {
    {"loginid", " ORDER BY a.id"},
    /* These two are unique: an index gives the order. */
    {"username", " ORDER BY a.username"},
    {"email", " ORDER BY a.email"},
    {"type", " ORDER BY a.type, a.id"},
    {"status", " ORDER BY a.status, a.id"},
    {"join_date", " ORDER BY a.created_us, a.id"},
    {"minimum_payout", " ORDER BY a.minimum_payout, a.id"},
    {"firstname", " ORDER BY p.firstname, a.id"},
    {"lastname", " ORDER BY p.lastname, a.id"},
    {"company", " ORDER BY p.company, a.id"},
    {"city", " ORDER BY p.city, a.id"},
    {"state", " ORDER BY p.state, a.id"},
    {"country", " ORDER BY p.country, a.id"},
    {"last_login", " ORDER BY l.at_us, a.id"},
};

static const char *
order_piece(struct str column)
{
	for (size_t i = 0; i < ARRAY_LEN(orders); i++)
		if (str_eq(column, str_of(orders[i].name)))
			return orders[i].piece;
	return NULL;
}

bool
accountfind_order_ok(struct str column)
{
	return order_piece(column) != NULL;
}

/* Sums are read for each account that the other conditions leave, by key: added up for
 * everybody first, they cost a second a hundred thousand accounts. */
static void
where_bounds(struct ask *q, const struct accountfind *f)
{
	const bool all = f->stats.to == 0;
	const int64_t from = all ? 0 : f->stats.from / BUCKET_US;
	const int64_t to = all ? UINT32_MAX : f->stats.to / BUCKET_US;

	for (size_t i = 0; i < AF_BOUNDS; i++) {
		const char *piece = f->bound[i].least ? bounds[i].least : bounds[i].below;

		if (f->bound[i].given && bounds[i].timed)
			ask_add(q, piece, "iii", from, to, f->bound[i].v);
		else if (f->bound[i].given)
			ask_add(q, piece, "i", f->bound[i].v);
	}
}

/* %, _ and \ mean themselves. */
static struct str
no_pattern(struct arena *a, struct str s)
{
	char *buf = arena_alloc(a, s.n * 2 + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '%' || s.p[i] == '_' || s.p[i] == '\\')
			buf[n++] = '\\';
		buf[n++] = s.p[i];
	}
	return str_n(buf, n);
}

/* "anna" and "anna sm" find Anna Smith, "smith" too. */
static void
where_name(struct ask *q, struct arena *a, struct str name)
{
	const struct str start = no_pattern(a, name);
	struct str rest = name, first = str_split(&rest, ' ');

	rest = rest.p == NULL ? STR("") : str_trim(rest);
	ask_add(q,
	    " AND (p.firstname LIKE CONCAT(?, '%') OR p.lastname LIKE CONCAT(?, '%')",
	    "ss", start, start);
	if (rest.n > 0)
		ask_add(q, " OR (p.firstname = ? AND p.lastname LIKE CONCAT(?, '%'))",
		    "ss", first, no_pattern(a, rest));
	ask_add(q, ")", NULL);
}

enum err
accountfind_ids(
    struct db *db, struct arena *a, const struct accountfind *f, int64_t **ids, size_t *n)
{
	struct ask *q = arena_alloc(a, sizeof(*q));
	const char *order = f->order.p == NULL ? orders[0].piece : order_piece(f->order);
	struct db_rows *r;
	enum err rc;

	*ids = NULL;
	*n = 0;
	ask_init(q);
	ask_add(q,
	    "SELECT a.id FROM account a LEFT JOIN account_person p ON p.account_id = "
	    "a.id "
	    "LEFT JOIN account_last_login l ON l.account_id = a.id LEFT JOIN account f "
	    "ON f.id = a.ref_account_id",
	    NULL);
	ask_add(q, " WHERE 1 = 1", NULL);
	for (size_t i = 0; i < AF_TEXTS; i++)
		if (f->text[i].p != NULL)
			ask_add(q, texts[i], "s", f->text[i]);
	if (f->name.p != NULL)
		where_name(q, a, f->name);
	if (f->address.p != NULL) {
		const struct str line = no_pattern(a, f->address);

		ask_add(q,
		    " AND (p.address1 LIKE CONCAT(?, '%') OR p.address2 LIKE CONCAT(?, "
		    "'%'))",
		    "ss", line, line);
	}
	for (size_t i = 0; i < AF_NUMBERS; i++)
		if (f->number[i].given)
			ask_add(q, numbers[i], "i", f->number[i].v);
	where_bounds(q, f);
	assert(order != NULL);
	ask_add(q, order, NULL);
	ask_add(q, " LIMIT ? OFFSET ?", "uu", f->count, f->skip);
	rc = ask_rows(q, db, &r);
	if (rc != ERR_OK)
		return rc;
	while (db_next(r)) {
		*ids = row_grow(a, *ids, *n, sizeof(**ids));
		(*ids)[(*n)++] = db_i64(r, 0);
	}
	return db_rows_close(&r);
}

static const char sql_rows[] =
    "SELECT a.id, a.type, a.status, a.deleted, a.inhouse, COALESCE(a.payvia_type_id, 0), "
    "COALESCE(a.payout_period_id, 0), COALESCE(a.ref_account_id, 0), a.created_us, "
    "COALESCE(l.at_us, 0), a.minimum_payout, a.username, a.email, l.ip, p.firstname, "
    "p.lastname, p.company, p.url, p.tel, p.icq, p.aim, p.msn, p.skype, p.address1, "
    "p.address2, p.city, p.state, p.country, p.zip_code, p.join_ip, p.tax_id_or_ssn, "
    "a.custom1, a.custom2, a.custom3, a.custom4, a.custom5 FROM JSON_TABLE(?, '$[*]' "
    "COLUMNS (n FOR "
    "ORDINALITY, id INT UNSIGNED PATH '$')) j JOIN account a ON a.id = j.id LEFT JOIN "
    "account_person p ON p.account_id = a.id LEFT JOIN account_last_login l ON "
    "l.account_id = a.id ORDER BY j.n";

static struct str
text_of(struct db_rows *r, struct arena *a, unsigned col)
{
	return db_is_null(r, col) ? STR("") : arena_str(a, db_str(r, col));
}

static void
read_row(struct db_rows *r, struct arena *a, struct accountfind_row *o)
{
	struct str *const person[] = {&o->username, &o->email, &o->login_ip,
	    &o->firstname, &o->lastname, &o->company, &o->url, &o->tel, &o->icq, &o->aim,
	    &o->msn, &o->skype, &o->address1, &o->address2, &o->city, &o->state,
	    &o->country, &o->zip_code, &o->join_ip, &o->tax_id, &o->custom[0],
	    &o->custom[1], &o->custom[2], &o->custom[3], &o->custom[4]};

	*o = (struct accountfind_row){.id = db_i64(r, 0),
	    .type = db_i64(r, 1),
	    .status = db_i64(r, 2),
	    .deleted = db_i64(r, 3),
	    .inhouse = db_i64(r, 4),
	    .payvia_type_id = db_i64(r, 5),
	    .payout_period_id = db_i64(r, 6),
	    .ref_id = db_i64(r, 7),
	    .created_us = db_i64(r, 8),
	    .login_us = db_i64(r, 9),
	    .has_minimum = !db_is_null(r, 10),
	    .minimum_payout = db_i64(r, 10)};
	for (unsigned i = 0; i < ARRAY_LEN(person); i++)
		*person[i] = text_of(r, a, 11 + i);
}

enum err
accountfind_rows(struct db *db, struct arena *a, const int64_t *ids, size_t n,
    struct accountfind_row **out, size_t *n_out)
{
	char *json = arena_alloc(a, n * 21 + 3);
	size_t at = 0;
	struct db_rows *r;
	enum err rc;

	json[at++] = '[';
	for (size_t i = 0; i < n; i++)
		at += (size_t)sprintf(
		    json + at, "%s%lld", i > 0 ? "," : "", (long long)ids[i]);
	json[at++] = ']';
	*out = arena_alloc(a, n * sizeof(**out) + 1);
	*n_out = 0;
	rc = db_query(db, &r, sql_rows, "s", str_n(json, at));
	if (rc != ERR_OK)
		return rc;
	while (db_next(r))
		read_row(r, a, &(*out)[(*n_out)++]);
	return db_rows_close(&r);
}
