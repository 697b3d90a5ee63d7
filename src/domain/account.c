/* SPDX-License-Identifier: Apache-2.0
 * account.c - see account.h.
 */
#include "domain/account.h"

#include <sodium.h>

#include "base/iplist.h"
#include "domain/manager.h"
#include "domain/outbox.h"

#define USERNAME_MAX 190u
#define NOTES_MAX 60000u
#define PASSWORD_MAX 1024u
/* Ends that are tried behind a made-up username before giving up. */
#define NAME_TRIES 20u

/* clang-format off */
#define COL(name_, kind_, words_) ", " #name_
static const char sql_load[] = "SELECT id"
#include "tbl/account_columns.h"
    " FROM account WHERE id = ? AND NOT deleted";
#undef COL

#define COL(name_, longest_) ", " #name_
static const char sql_load_person[] = "SELECT account_id"
#include "tbl/person_columns.h"
    " FROM account_person WHERE account_id = ?";
static const char sql_store_person[] = "REPLACE INTO account_person (account_id"
#include "tbl/person_columns.h"
#undef COL
    ") VALUES (?"
#define COL(name_, longest_) ", ?"
#include "tbl/person_columns.h"
#undef COL
    ")";
#define COL(name_, longest_) "s"
static const char person_types[] = "i"
#include "tbl/person_columns.h"
    ;
#undef COL
/* clang-format on */

#define ROW_TABLE "account"
#define ROW_STRUCT struct account
#define ROW_COLUMNS "tbl/account_columns.h"
#include "domain/rowio.h"

void
account_init(struct account *a, enum account_type type)
{
	*a = (struct account){.type = type};
	a->title = a->notes = a->allowed_ip = STR("");
	a->custom1 = a->custom2 = a->custom3 = a->custom4 = a->custom5 = STR("");
#define COL(name_, longest_) a->person.name_ = STR("");
#include "tbl/person_columns.h"
#undef COL
}

static enum err
load_columns(struct db *db, struct arena *arena, int64_t id, struct account *out)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r, sql_load, "i", id), end;

	if (rc != ERR_OK)
		return rc;
	rc = ERR_NOT_FOUND;
	if (db_next(r)) {
		rc = ERR_OK;
		row_read(r, arena, out);
	}
	end = db_rows_close(&r);
	return end != ERR_OK ? end : rc;
}

static enum err
load_person(struct db *db, struct arena *arena, struct account *out)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r, sql_load_person, "i", out->id);
	unsigned i = 1;

	if (rc != ERR_OK)
		return rc;
	if (db_next(r)) {
#define COL(name_, longest_) out->person.name_ = arena_str(arena, db_str(r, i++));
#include "tbl/person_columns.h"
#undef COL
	}
	return db_rows_close(&r);
}

static enum err
load_payvia(struct db *db, struct arena *arena, struct account *out)
{
	struct db_rows *r;
	struct payvia *list;
	int64_t n;
	enum err rc;

	rc = db_int(db, &n, 0, "SELECT COUNT(*) FROM account_payvia WHERE account_id = ?",
	    "i", out->id);
	if (rc != ERR_OK || n == 0)
		return rc;
	list = arena_alloc(arena, (size_t)n * sizeof(*list));
	rc = db_query(db, &r,
	    "SELECT field, value FROM account_payvia WHERE account_id = ? ORDER BY field",
	    "i", out->id);
	if (rc != ERR_OK)
		return rc;
	while (db_next(r) && out->n_payvia < (size_t)n)
		list[out->n_payvia++] = (struct payvia){
		    arena_str(arena, db_str(r, 0)), arena_str(arena, db_str(r, 1))};
	out->payvia = list;
	return db_rows_close(&r);
}

enum err
account_load(struct db *db, struct arena *arena, int64_t id, struct account *out)
{
	enum err rc;

	account_init(out, ACCOUNT_AFFILIATE);
	rc = load_columns(db, arena, id, out);
	if (rc == ERR_OK)
		rc = load_person(db, arena, out);
	if (rc == ERR_OK)
		rc = load_payvia(db, arena, out);
	return rc;
}

enum err
account_by_username(struct db *db, struct str username, unsigned type, int64_t *id)
{
	enum err rc = db_int(db, id, 0,
	    "SELECT id FROM account WHERE username = ? AND NOT deleted AND (? = 0 OR "
	    "type = ?)",
	    "suu", username, (uint64_t)type, (uint64_t)type);

	return rc != ERR_OK ? rc : *id == 0 ? ERR_NOT_FOUND : ERR_OK;
}

enum err
account_by_hex24(struct db *db, struct str hex24, unsigned type, int64_t *id)
{
	enum err rc = db_int(db, id, 0,
	    "SELECT id FROM account WHERE hex24 = ? AND NOT deleted AND (? = 0 OR type = "
	    "?)",
	    "suu", hex24, (uint64_t)type, (uint64_t)type);

	return rc != ERR_OK ? rc : *id == 0 ? ERR_NOT_FOUND : ERR_OK;
}

enum err
account_is(struct db *db, int64_t id, unsigned type)
{
	int64_t n;
	enum err rc = db_int(db, &n, 0,
	    "SELECT COUNT(*) FROM account WHERE id = ? AND type = ? AND NOT deleted",
	    "iu", id, (uint64_t)type);

	return rc != ERR_OK ? rc : n == 0 ? ERR_NOT_FOUND : ERR_OK;
}

struct str
hex24_new(struct arena *a, us_t now)
{
	unsigned char random[8];

	randombytes_buf(random, sizeof(random));
	return arena_printf(a, "%08x%02x%02x%02x%02x%02x%02x%02x%02x",
	    (unsigned)(now / US_SECOND), random[0], random[1], random[2], random[3],
	    random[4], random[5], random[6], random[7]);
}

bool
hex24_is(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') ||
			(s.p[i] >= 'a' && s.p[i] <= 'f')))
			return false;
	return s.n == HEX24_LEN;
}

bool
account_password_is(const struct account *a, struct str password)
{
	char hash[crypto_pwhash_STRBYTES];

	if (a->password_hash.p == NULL || a->password_hash.n >= sizeof(hash))
		return false;
	memset(hash, 0, sizeof(hash));
	memcpy(hash, a->password_hash.p, a->password_hash.n);
	return crypto_pwhash_str_verify(hash, password.p, password.n) == 0;
}

static enum err
hash_password(struct change *c, struct account *a, struct str password)
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
	a->password_hash = arena_str(c->arena, str_of(hash));
	return ERR_OK;
}

static enum err
check_text(struct change *c, const char *name, struct str s, size_t longest)
{
	if (s.p == NULL)
		return ERR_OK;
	if (!str_is_utf8(s))
		return change_fault(c, ERR_INVALID, name, "is not UTF-8");
	/* Columns count characters; bytes are never fewer, and nobody's city has 200 of
	 * them. */
	if (s.n > longest)
		return change_fault(
		    c, ERR_INVALID, name, "is longer than %zu bytes", longest);
	return ERR_OK;
}

static enum err
check_username(struct change *c, struct str s)
{
	if (s.n == 0)
		return change_fault(c, ERR_MISSING, "username", "is required");
	/* In un-encoded tracking codes the name stands between dots, in a path. */
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f || s.p[i] == '.' ||
		    s.p[i] == '/')
			return change_fault(c, ERR_INVALID, "username",
			    "may not hold dots, slashes or control characters");
	if (str_trim(s).n != s.n)
		return change_fault(
		    c, ERR_INVALID, "username", "may not begin or end with a blank");
	return check_text(c, "username", s, USERNAME_MAX);
}

static enum err
check_email(struct change *c, struct str s)
{
	ptrdiff_t at = str_chr(s, '@');

	if (s.p == NULL)
		return ERR_OK;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f ||
		    strchr(",;<>\"", s.p[i]) != NULL)
			return change_fault(
			    c, ERR_INVALID, "email", "is no e-mail address");
	if (at < 1 || (size_t)at + 1 >= s.n ||
	    memchr(s.p + at + 1, '@', s.n - (size_t)at - 1) != NULL)
		return change_fault(c, ERR_INVALID, "email", "is no e-mail address");
	return check_text(c, "email", s, USERNAME_MAX);
}

static enum err
check_lists(struct change *c, const struct account *a)
{
	struct str bad;
	uint8_t ip[16];

	if (!iplist_check(a->allowed_ip, &bad))
		return change_fault(
		    c, ERR_INVALID, "allowed_ip", "has an entry that is no address");
	if (a->person.join_ip.n > 0 && !ip_parse(a->person.join_ip, ip))
		return change_fault(c, ERR_INVALID, "join_ip", "is no address");
	if (a->status < 0 || a->status >= ACCOUNT_STATUSES)
		return change_fault(
		    c, ERR_INVALID, "status", "must be a number from 0 to 5");
	if (a->minimum_payout.given && a->minimum_payout.v < 0)
		return change_fault(
		    c, ERR_INVALID, "minimum_payout", "may not be negative");
	return ERR_OK;
}

static enum err
check_account(struct change *c, const struct account *a)
{
	enum err rc = check_username(c, a->username);

	if (rc == ERR_OK)
		rc = check_email(c, a->email);
	if (rc == ERR_OK)
		rc = check_lists(c, a);
#define COL(name_, longest_) \
	if (rc == ERR_OK)    \
		rc = check_text(c, #name_, a->person.name_, longest_);
#include "tbl/person_columns.h"
#undef COL
	if (rc == ERR_OK)
		rc = check_text(c, "title", a->title, 255);
	if (rc == ERR_OK)
		rc = check_text(c, "notes", a->notes, NOTES_MAX);
	for (unsigned i = 1; i <= 5 && rc == ERR_OK; i++) {
		const struct str custom[] = {
		    a->custom1, a->custom2, a->custom3, a->custom4, a->custom5};
		char name[] = "custom0";

		name[6] = (char)('0' + i);
		rc = check_text(c, name, custom[i - 1], 255);
	}
	return rc;
}

/* Every number that an account points to is there. */
static enum err
check_references(struct change *c, const struct account *a)
{
	int64_t n = 1;
	enum err rc = ERR_OK;

	if (a->payvia_type_id != 0)
		rc = db_int(c->db, &n, 0,
		    "SELECT COUNT(*) FROM payvia_type WHERE id = ? AND enabled", "i",
		    a->payvia_type_id);
	if (rc == ERR_OK && n == 0)
		return change_fault(c, ERR_INVALID, "payvia", "is no payment method");
	if (rc == ERR_OK && a->ref_account_id != 0)
		rc = db_int(c->db, &n, 0,
		    "SELECT COUNT(*) FROM account WHERE id = ? AND NOT deleted", "i",
		    a->ref_account_id);
	if (rc == ERR_OK && n == 0)
		return change_fault(c, ERR_INVALID, "ref", "is no account");
	if (rc == ERR_OK && a->manager_id != 0)
		rc = db_int(c->db, &n, 0,
		    "SELECT COUNT(*) FROM account WHERE id = ? AND NOT deleted AND type "
		    "IN (120, 200, 225)",
		    "i", a->manager_id);
	if (rc == ERR_OK && n == 0)
		return change_fault(c, ERR_INVALID, "manager_id", "is no manager");
	return rc;
}

/* A name for an account that was given none: what stands before the @, or the title, in
 * the characters a tracking code may hold; with an end when somebody has it. */
static enum err
make_username(struct change *c, struct account *a)
{
	struct str from = a->title.n > 0 ? a->title : STR("account");
	char base[41];
	unsigned char random[2];
	int64_t taken = 1;
	size_t n = 0;
	enum err rc = ERR_OK;

	if (a->email.p != NULL && str_chr(a->email, '@') > 0)
		from = str_n(a->email.p, (size_t)str_chr(a->email, '@'));
	for (size_t i = 0; i < from.n && n < sizeof(base) - 1; i++) {
		char ch = from.p[i];
		bool plain = (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') ||
			     (ch >= 'A' && ch <= 'Z') || ch == '_';

		if (plain || (n > 0 && base[n - 1] != '-'))
			base[n++] = (char)(plain ? ch : '-');
	}
	a->username = n > 0 ? arena_str(c->arena, str_n(base, n)) : STR("account");
	for (unsigned i = 0; i < NAME_TRIES && rc == ERR_OK; i++) {
		rc = db_int(c->db, &taken, 0,
		    "SELECT COUNT(*) FROM account WHERE username = ?", "s", a->username);
		if (rc != ERR_OK || taken == 0)
			break;
		randombytes_buf(random, sizeof(random));
		a->username = arena_printf(
		    c->arena, "%.*s-%02x%02x", (int)n, base, random[0], random[1]);
	}
	return rc;
}

/* The server says which key it was at the end of its message. */
static enum err
which_exists(struct change *c)
{
	static const struct {
		const char *end, *param, *text;
	} keys[] = {
	    {"'account_username'", "username", "Username already exists"},
	    {"'account_email'", "email", "Email already exists"},
	};
	struct str said = str_of(db_error(c->db));

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		struct str end = str_of(keys[i].end);

		if (said.n >= end.n && str_eq(str_n(said.p + said.n - end.n, end.n), end))
			return change_fault(
			    c, ERR_EXISTS, keys[i].param, "%s", keys[i].text);
	}
	return ERR_DB_DUP;
}

static enum err
store_rest(struct change *c, const struct account *a, bool is_new)
{
	enum err rc;

	/* clang-format off */
	rc = db_exec(c->db, sql_store_person, person_types, a->id
#define COL(name_, longest_) , a->person.name_
#include "tbl/person_columns.h"
#undef COL
	);
	/* clang-format on */
	if (rc == ERR_OK)
		rc = db_exec(
		    c->db, "DELETE FROM account_payvia WHERE account_id = ?", "i", a->id);
	for (size_t i = 0; i < a->n_payvia && rc == ERR_OK; i++) {
		if (a->payvia[i].field.n == 0 || a->payvia[i].field.n > 190)
			return change_fault(c, ERR_INVALID, "payvia_info",
			    "has a field without a name, or a name too long");
		if (!str_is_utf8(a->payvia[i].field) || !str_is_utf8(a->payvia[i].value))
			return change_fault(
			    c, ERR_INVALID, "payvia_info", "is not UTF-8");
		rc = db_exec(c->db,
		    "INSERT INTO account_payvia (account_id, field, value) VALUES (?, ?, "
		    "?)",
		    "iss", a->id, a->payvia[i].field, a->payvia[i].value);
		if (rc == ERR_DB_DUP)
			return change_fault(
			    c, ERR_INVALID, "payvia_info", "names a field twice");
	}
	if (rc == ERR_OK)
		rc = outbox_account(c, a->id, a->type, is_new);
	if (rc != ERR_OK)
		return rc;
	return catalog_bump(c->db, BUMP_ACCOUNT, (uint64_t)a->id, &c->version);
}

enum err
account_add(struct change *c, struct account *a, struct str password)
{
	enum err rc = ERR_OK;

	if (a->email.p != NULL && a->email.n == 0)
		a->email = STR_NONE;
	if (a->username.n == 0)
		rc = make_username(c, a);
	if (rc == ERR_OK)
		rc = check_account(c, a);
	if (rc == ERR_OK)
		rc = manager_assign(c, a);
	if (rc == ERR_OK)
		rc = check_references(c, a);
	if (rc == ERR_OK && password.n > 0)
		rc = hash_password(c, a, password);
	if (rc != ERR_OK)
		return rc;
	a->hex24 = hex24_new(c->arena, c->now);
	a->created_us = a->updated_us = c->now;
	rc = row_insert(c->db, a);
	if (rc == ERR_DB_DUP)
		return which_exists(c);
	if (rc != ERR_OK)
		return rc;
	return store_rest(c, a, true);
}

enum err
account_store(struct change *c, struct account *a, struct str password)
{
	enum err rc = check_account(c, a);

	if (rc == ERR_OK)
		rc = check_references(c, a);
	if (rc == ERR_OK && password.n > 0)
		rc = hash_password(c, a, password);
	if (rc != ERR_OK)
		return rc;
	a->updated_us = c->now;
	rc = row_update(c->db, a);
	if (rc == ERR_DB_DUP)
		return which_exists(c);
	return rc != ERR_OK ? rc : store_rest(c, a, false);
}
