/* SPDX-License-Identifier: Apache-2.0
 * paysystem.c - see paysystem.h.
 */
#include "domain/paysystem.h"

#define NAME_MAX_BYTES 190u
#define VALUE_MAX_BYTES 4000u
#define PER_ACCOUNT 50u

/* ---- the network's ---- */

static enum err
load_fields(struct db *db, struct arena *a, struct paysystem *list, size_t n)
{
	struct db_rows *r;
	size_t at = 0;
	enum err rc = db_query(db, &r,
	    "SELECT id, payvia_type_id, name, required FROM payvia_field ORDER BY "
	    "payvia_type_id, id",
	    "");

	if (rc != ERR_OK)
		return rc;
	while (db_next(r)) {
		const int64_t of = db_i64(r, 1);
		struct paysystem *p;

		while (at < n && list[at].id < of)
			at++;
		if (at == n || list[at].id != of)
			continue;
		p = &list[at];
		p->field = row_grow(a, p->field, p->n_field, sizeof(*p->field));
		p->field[p->n_field++] = (struct paysystem_field){
		    db_i64(r, 0), of, arena_str(a, db_str(r, 2)), db_i64(r, 3) != 0};
	}
	return db_rows_close(&r);
}

enum err
paysystem_list(struct db *db, struct arena *a, struct paysystem **out, size_t *n)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r,
	    "SELECT id, name, currency FROM payvia_type WHERE enabled ORDER BY id", "");

	*out = NULL;
	*n = 0;
	if (rc != ERR_OK)
		return rc;
	while (db_next(r)) {
		*out = row_grow(a, *out, *n, sizeof(**out));
		(*out)[(*n)++] = (struct paysystem){.id = db_i64(r, 0),
		    .name = arena_str(a, db_str(r, 1)),
		    .currency = arena_str(a, db_str(r, 2))};
	}
	rc = db_rows_close(&r);
	return rc != ERR_OK ? rc : load_fields(db, a, *out, *n);
}

static enum err
check_name(struct change *c, struct str name)
{
	if (str_trim(name).n == 0 || name.n > NAME_MAX_BYTES || !str_is_line(name))
		return change_fault(c, ERR_INVALID, "name",
		    "must be one line of 1 to %u bytes of UTF-8", NAME_MAX_BYTES);
	return ERR_OK;
}

/* "" or a code that the network has a rate of. */
static enum err
check_currency(struct change *c, const char *param, struct str code)
{
	int64_t n = 1;
	enum err rc = ERR_OK;

	if (code.n > 0)
		rc = db_int(c->db, &n, 0,
		    "SELECT EXISTS (SELECT * FROM currency_rate WHERE currency = ?) OR ? "
		    "= COALESCE((SELECT value FROM setting WHERE name = "
		    "'base_currency'), 'USD')",
		    "ss", code, code);
	if (rc == ERR_OK && n == 0)
		return change_fault(
		    c, ERR_INVALID, param, "has a currency that this network has not");
	return rc;
}

enum err
paysystem_add(struct change *c, struct paysystem *p)
{
	enum err rc = check_name(c, p->name);

	if (rc == ERR_OK)
		rc = check_currency(c, "currency", p->currency);
	if (rc == ERR_OK)
		rc = db_int(c->db, &p->id, 0,
		    "SELECT MAX(id) + 1 FROM payvia_type FOR UPDATE", "");
	if (rc == ERR_OK)
		rc = db_exec(c->db,
		    "INSERT INTO payvia_type (id, name, currency) VALUES (?, ?, ?)",
		    "iss", p->id, p->name, p->currency);
	return rc == ERR_DB_DUP
		   ? change_fault(c, ERR_EXISTS, "name", "is another's already")
		   : rc;
}

enum err
paysystem_add_field(struct change *c, struct paysystem_field *f)
{
	int64_t there = 0;
	enum err rc = check_name(c, f->name);

	if (rc == ERR_OK)
		rc = db_int(c->db, &there, 0,
		    "SELECT id FROM payvia_type WHERE id = ? AND enabled FOR UPDATE", "i",
		    f->paysystem_id);
	if (rc == ERR_OK && there == 0)
		return change_fault(
		    c, ERR_NOT_FOUND, "", "there is no such payment system");
	if (rc == ERR_OK)
		rc = db_exec(c->db,
		    "INSERT INTO payvia_field (payvia_type_id, name, required) VALUES "
		    "(?, ?, ?)",
		    "isi", f->paysystem_id, f->name, (int64_t)f->required);
	if (rc == ERR_DB_DUP)
		return change_fault(c, ERR_EXISTS, "name", "is another's already");
	if (rc == ERR_OK)
		f->id = (int64_t)db_insert_id(c->db);
	return rc;
}

enum err
paysystem_remove(struct change *c, int64_t id)
{
	enum err rc = db_exec(c->db,
	    "UPDATE payvia_type SET enabled = FALSE WHERE id = ? AND enabled", "i", id);

	return rc == ERR_OK && db_affected(c->db) == 0
		   ? change_fault(c, ERR_NOT_FOUND, "", "there is no such payment system")
		   : rc;
}

/* ---- an affiliate's ---- */

static enum err
load_values(struct db *db, struct arena *arena, struct paysystem_account *p)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r,
	    "SELECT v.field_id, f.name, v.value FROM account_paysystem_value v JOIN "
	    "payvia_field f ON f.id = v.field_id WHERE v.account_paysystem_id = ? ORDER "
	    "BY f.id",
	    "i", p->id);

	if (rc != ERR_OK)
		return rc;
	while (db_next(r)) {
		p->value = row_grow(arena, p->value, p->n_value, sizeof(*p->value));
		p->value[p->n_value++] = (struct paysystem_value){db_i64(r, 0),
		    arena_str(arena, db_str(r, 1)), arena_str(arena, db_str(r, 2))};
	}
	return db_rows_close(&r);
}

/* The one that the other dialect set, its values by the names of the fields. */
static enum err
add_other(struct db *db, struct arena *arena, const struct account *a,
    struct paysystem_account *p)
{
	struct db_rows *r;
	enum err rc;

	*p = (struct paysystem_account){
	    .paysystem_id = a->payvia_type_id, .currency = STR(""), .active = true};
	rc = db_query(
	    db, &r, "SELECT name FROM payvia_type WHERE id = ?", "i", p->paysystem_id);
	if (rc != ERR_OK)
		return rc;
	if (db_next(r))
		p->system = arena_str(arena, db_str(r, 0));
	rc = db_rows_close(&r);
	if (rc == ERR_OK)
		rc = db_query(db, &r,
		    "SELECT f.id, f.name, v.value FROM payvia_field f JOIN "
		    "account_payvia v "
		    "ON v.account_id = ? AND v.field = f.name WHERE f.payvia_type_id = ? "
		    "ORDER BY f.id",
		    "ii", a->id, p->paysystem_id);
	if (rc != ERR_OK)
		return rc;
	while (db_next(r)) {
		p->value = row_grow(arena, p->value, p->n_value, sizeof(*p->value));
		p->value[p->n_value++] = (struct paysystem_value){db_i64(r, 0),
		    arena_str(arena, db_str(r, 1)), arena_str(arena, db_str(r, 2))};
	}
	return db_rows_close(&r);
}

enum err
paysystem_of(struct db *db, struct arena *arena, const struct account *a,
    struct paysystem_account **out, size_t *n)
{
	struct paysystem_account *p = NULL;
	bool active = a->payvia_type_id == 0;
	struct db_rows *r;
	size_t k = 0;
	enum err rc = db_query(db, &r,
	    "SELECT s.id, s.payvia_type_id, t.name, s.currency FROM account_paysystem s "
	    "JOIN payvia_type t ON t.id = s.payvia_type_id WHERE s.account_id = ? ORDER "
	    "BY s.id",
	    "i", a->id);

	if (rc != ERR_OK)
		return rc;
	while (db_next(r)) {
		const bool this = !active && db_i64(r, 1) == a->payvia_type_id;

		p = row_grow(arena, p, k, sizeof(*p));
		p[k++] = (struct paysystem_account){.id = db_i64(r, 0),
		    .paysystem_id = db_i64(r, 1),
		    .system = arena_str(arena, db_str(r, 2)),
		    .currency = arena_str(arena, db_str(r, 3)),
		    .active = this};
		active = active || this;
	}
	rc = db_rows_close(&r);
	for (size_t i = 0; i < k && rc == ERR_OK; i++)
		rc = load_values(db, arena, &p[i]);
	if (rc == ERR_OK && !active) {
		p = row_grow(arena, p, k, sizeof(*p));
		rc = add_other(db, arena, a, &p[k++]);
	}
	*out = p;
	*n = k;
	return rc;
}

/* One of the sent against the system it names. */
static enum err
check_one(struct change *c, const struct paysystem *of, struct paysystem_account *p)
{
	p->system = of->name;
	if (p->currency.n == 0)
		p->currency = of->currency;
	if (of->currency.n > 0 && !str_eq(p->currency, of->currency))
		return change_fault(c, ERR_INVALID, "payment_systems",
		    "has another currency than the payment system's");
	for (size_t v = 0; v < p->n_value; v++) {
		size_t f = 0;

		while (f < of->n_field && of->field[f].id != p->value[v].field_id)
			f++;
		if (f == of->n_field)
			return change_fault(c, ERR_INVALID, "payment_systems",
			    "has a field that the payment system has not");
		if (!str_is_utf8(p->value[v].value) ||
		    p->value[v].value.n > VALUE_MAX_BYTES)
			return change_fault(c, ERR_INVALID, "payment_systems",
			    "has a value that is too long");
		p->value[v].field = of->field[f].name;
	}
	for (size_t f = 0; f < of->n_field; f++) {
		bool there = !of->field[f].required;

		for (size_t v = 0; v < p->n_value; v++)
			there = there || (p->value[v].field_id == of->field[f].id &&
					     p->value[v].value.n > 0);
		if (!there)
			return change_fault(c, ERR_INVALID, "payment_systems",
			    "has no value for field %lld", (long long)of->field[f].id);
	}
	return check_currency(c, "payment_systems", p->currency);
}

enum err
paysystem_check(
    struct change *c, struct account *a, struct paysystem_account *list, size_t n)
{
	struct paysystem *all;
	struct payvia *payvia;
	size_t n_all;
	enum err rc = paysystem_list(c->db, c->arena, &all, &n_all);

	if (n > PER_ACCOUNT)
		return change_fault(c, ERR_INVALID, "payment_systems",
		    "may have %u entries at most", PER_ACCOUNT);
	for (size_t i = 0; i < n && rc == ERR_OK; i++) {
		size_t k = 0;

		while (k < n_all && all[k].id != list[i].paysystem_id)
			k++;
		if (k == n_all)
			return change_fault(c, ERR_INVALID, "payment_systems",
			    "has a system_id of no payment system");
		rc = check_one(c, &all[k], &list[i]);
	}
	if (rc != ERR_OK)
		return rc;
	a->payvia_type_id = n > 0 ? list[0].paysystem_id : 0;
	a->n_payvia = n > 0 ? list[0].n_value : 0;
	a->payvia = payvia = arena_alloc(c->arena, (a->n_payvia + 1) * sizeof(*payvia));
	for (size_t i = 0; i < a->n_payvia; i++)
		payvia[i] =
		    (struct payvia){list[0].value[i].field, list[0].value[i].value};
	return ERR_OK;
}

enum err
paysystem_put(
    struct change *c, int64_t account_id, const struct paysystem_account *list, size_t n)
{
	enum err rc = db_exec(c->db,
	    "DELETE v FROM account_paysystem_value v JOIN account_paysystem s ON s.id = "
	    "v.account_paysystem_id WHERE s.account_id = ?",
	    "i", account_id);

	if (rc == ERR_OK)
		rc = db_exec(c->db, "DELETE FROM account_paysystem WHERE account_id = ?",
		    "i", account_id);
	for (size_t i = 0; i < n && rc == ERR_OK; i++) {
		int64_t row;

		rc = db_exec(c->db,
		    "INSERT INTO account_paysystem (account_id, payvia_type_id, "
		    "currency) VALUES (?, ?, ?)",
		    "iis", account_id, list[i].paysystem_id, list[i].currency);
		row = (int64_t)db_insert_id(c->db);
		for (size_t v = 0; v < list[i].n_value && rc == ERR_OK; v++)
			rc = db_exec(c->db,
			    "REPLACE INTO account_paysystem_value "
			    "(account_paysystem_id, field_id, value) VALUES (?, ?, ?)",
			    "iis", row, list[i].value[v].field_id,
			    list[i].value[v].value);
	}
	return rc;
}
