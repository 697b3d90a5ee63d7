/* SPDX-License-Identifier: Apache-2.0
 * customer.c - see customer.h.
 */
#include "domain/customer.h"

#include <sodium.h>
#include <string.h>

#define LONGEST 255u
#define PASSWORD_MAX 255u

const char *
customer_field_name(enum customer_field f)
{
	static const char *const names[] = {
#define PERSON(name_) #name_,
#include "tbl/customer_fields.h"
#undef PERSON
	};

	return names[f];
}

#define COLUMNS                                                                       \
	"c.id, c.offer_id, c.affiliate_id, c.subscription_id, c.first_us, c.locked, " \
	"c.forgotten_us IS NOT NULL, p.password_hash IS NOT NULL"
#define PERSON(name_) ", COALESCE(p." #name_ ", '')"
static const char by_id[] = "SELECT " COLUMNS
#include "tbl/customer_fields.h"
			    " FROM customer c LEFT JOIN customer_person p ON "
			    "p.customer_id = c.id WHERE c.id = ?";
static const char by_subscription[] =
    "SELECT " COLUMNS
#include "tbl/customer_fields.h"
    " FROM customer c LEFT JOIN customer_person p ON p.customer_id = c.id WHERE "
    "c.subscription_id = ? AND (? = 0 OR c.offer_id = ?) LIMIT 2";
static const char by_orderid[] =
    "SELECT DISTINCT " COLUMNS
#include "tbl/customer_fields.h"
    " FROM conversion v JOIN customer c ON c.id = v.customer_id LEFT JOIN "
    "customer_person p ON p.customer_id = c.id WHERE v.orderid = ? AND (? = 0 OR "
    "v.offer_id = ?) LIMIT 2";
#undef PERSON

static void
read_row(struct arena *a, const struct db_rows *r, struct customer *out)
{
	*out = (struct customer){.id = db_i64(r, 0),
	    .offer_id = db_i64(r, 1),
	    .affiliate_id = db_i64(r, 2),
	    .subscription = arena_str(a, db_str(r, 3)),
	    .first_us = db_i64(r, 4),
	    .locked = db_i64(r, 5) != 0,
	    .forgotten = db_i64(r, 6) != 0,
	    .has_password = db_i64(r, 7) != 0};
	for (unsigned i = 0; i < CUSTOMER_FIELDS; i++)
		out->field[i] = arena_str(a, db_str(r, 8 + i));
}

enum err
customer_find(struct db *db, struct arena *a, const struct customer_name *name,
    struct customer *out)
{
	struct db_rows *r = NULL;
	unsigned n = 0;
	enum err rc;

	if (name->id != 0)
		rc = db_query(db, &r, by_id, "i", name->id);
	else if (name->subscription.n > 0)
		rc = db_query(db, &r, by_subscription, "sii", name->subscription,
		    name->offer_id, name->offer_id);
	else if (name->orderid.n > 0)
		rc = db_query(db, &r, by_orderid, "sii", name->orderid, name->offer_id,
		    name->offer_id);
	else
		return ERR_NOT_FOUND;
	for (; rc == ERR_OK && db_next(r); n++)
		read_row(a, r, out);
	if (rc == ERR_OK)
		rc = db_rows_close(&r);
	if (rc != ERR_OK)
		return rc;
	return n == 0 ? ERR_NOT_FOUND : n == 1 ? ERR_OK : ERR_EXISTS;
}

enum err
customer_lock(struct change *c, int64_t id, bool locked)
{
	return db_exec(c->db, "UPDATE customer SET locked = ? WHERE id = ?", "ii",
	    (int64_t)locked, id);
}

/* The row of the person, made when there is none, locked. */
static enum err
need_person(struct change *c, int64_t id)
{
	int64_t n;
	enum err rc = db_exec(c->db,
	    "INSERT IGNORE INTO customer_person (customer_id) VALUES (?)", "i", id);

	if (rc == ERR_OK)
		rc = db_int(c->db, &n, 0,
		    "SELECT 1 FROM customer_person WHERE customer_id = ? FOR UPDATE", "i",
		    id);
	return rc;
}

static const char *const set_sql[] = {
#define PERSON(name_) "UPDATE customer_person SET " #name_ " = ? WHERE customer_id = ?",
#include "tbl/customer_fields.h"
#undef PERSON
};

static enum err
set_password(struct change *c, int64_t id, struct str password)
{
	char hash[crypto_pwhash_STRBYTES];

	if (password.n > PASSWORD_MAX)
		return change_fault(
		    c, ERR_INVALID, "password", "is longer than %u bytes", PASSWORD_MAX);
	if (crypto_pwhash_str(hash, password.p, password.n,
		crypto_pwhash_OPSLIMIT_INTERACTIVE,
		crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
		return change_fault(
		    c, ERR_FULL, "password", "cannot be hashed: no memory");
	return db_exec(c->db,
	    "UPDATE customer_person SET password_hash = ? WHERE customer_id = ?", "si",
	    str_of(hash), id);
}

/* Locked or forgotten by somebody else in this moment: the row decides. */
static enum err
check_open(struct change *c, int64_t id)
{
	int64_t state;
	enum err rc = db_int(c->db, &state, 0,
	    "SELECT locked + 2 * (forgotten_us IS NOT NULL) FROM customer WHERE id = ? "
	    "FOR UPDATE",
	    "i", id);

	if (rc != ERR_OK || state == 0)
		return rc;
	return change_fault(c, ERR_DENIED, "",
	    (state & 1) != 0 ? "Customer is locked." : "Customer is forgotten.");
}

enum err
customer_edit(struct change *c, const struct customer *who, const struct customer_edit *e)
{
	enum err rc = check_open(c, who->id);

	if (rc == ERR_OK)
		rc = need_person(c, who->id);
	for (unsigned i = 0; rc == ERR_OK && i < CUSTOMER_FIELDS; i++) {
		if (e->field[i].p == NULL)
			continue;
		if (str_utf8_len(e->field[i]) > LONGEST)
			return change_fault(c, ERR_INVALID,
			    customer_field_name((enum customer_field)i),
			    "is longer than %u characters", LONGEST);
		rc = db_exec(c->db, set_sql[i], "si", e->field[i], who->id);
	}
	if (rc == ERR_OK && e->password.n > 0)
		rc = set_password(c, who->id, e->password);
	return rc;
}

/* Free values of the person among those that came with a post. */
#define WITHOUT_CUSTOM(column_)              \
	column_ " = REGEXP_REPLACE(" column_ \
		", '(^|&)(custom[1-5])=[^&]*', '\\\\1\\\\2=')"

/* What stands about the person beside the customer: addresses, free values, the posts as
 * they were received, and what affiliates were told, whose URLs may carry the address of
 * mail in any disguise. */
static enum err
forget_traces(struct change *c, int64_t id)
{
	static const char *const sql[] = {
	    "UPDATE conversion v JOIN txn t ON t.conv_us = v.conv_us AND t.conv_node = "
	    "v.node_id JOIN event_log l ON l.event_us = t.event_us AND l.event_lo = "
	    "t.event_lo SET l.request = REGEXP_REPLACE(l.request, "
	    "'(^|&)(username|email|firstname|lastname|address1|address2|city|state|zip|"
	    "country|phone|ip|custom[1-5])=[^&]*', '\\\\1\\\\2=') WHERE v.customer_id = "
	    "?",
	    "UPDATE conversion v JOIN click k ON k.click_us = v.click_us AND k.click_lo "
	    "= "
	    "v.click_lo SET k.ip = REPEAT('\\0', 16) WHERE v.customer_id = ?",
	    "UPDATE conversion v JOIN click_kept k ON k.click_us = v.click_us AND "
	    "k.click_lo = v.click_lo SET k.ip = REPEAT('\\0', 16) WHERE v.customer_id = "
	    "?",
	    "UPDATE conversion SET ip = REPEAT('\\0', 16), " WITHOUT_CUSTOM(
		"extra") " WHERE customer_id = ?",
	    "UPDATE conversion v JOIN txn t ON t.conv_us = v.conv_us AND t.conv_node = "
	    "v.node_id SET " WITHOUT_CUSTOM("t.trans_custom") " WHERE v.customer_id = ?",
	    "UPDATE conversion v JOIN notify_log l ON l.subject = v.conv_us AND "
	    "l.subject_node = v.node_id SET l.url = SUBSTRING_INDEX(l.url, '?', 1), "
	    "l.answer = '' WHERE v.customer_id = ?"};
	enum err rc = ERR_OK;

	for (size_t i = 0; rc == ERR_OK && i < ARRAY_LEN(sql); i++)
		rc = db_exec(c->db, sql[i], "i", id);
	return rc;
}

enum err
customer_forget(struct change *c, const struct customer *who,
    const bool keep[CUSTOMER_FIELDS], bool keep_password)
{
	bool any = keep_password;
	enum err rc = db_exec(c->db,
	    "UPDATE customer SET forgotten_us = COALESCE(forgotten_us, ?) WHERE id = ?",
	    "ii", (int64_t)c->now, who->id);

	for (unsigned i = 0; rc == ERR_OK && i < CUSTOMER_FIELDS; i++) {
		any = any || keep[i];
		if (!keep[i])
			rc = db_exec(c->db, set_sql[i], "si", STR(""), who->id);
	}
	if (rc == ERR_OK && !keep_password)
		rc = db_exec(c->db,
		    "UPDATE customer_person SET password_hash = NULL WHERE customer_id = "
		    "?",
		    "i", who->id);
	if (rc == ERR_OK && !any)
		rc = db_exec(c->db, "DELETE FROM customer_person WHERE customer_id = ?",
		    "i", who->id);
	return rc == ERR_OK ? forget_traces(c, who->id) : rc;
}
