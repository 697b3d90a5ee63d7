/* SPDX-License-Identifier: Apache-2.0
 * offertarget.c - see offertarget.h.
 */
#include "domain/offertarget.h"

#include "base/iplist.h"
#include "track/targeting.h"

#define LIST_MAX 60000u /* bytes that a TEXT column holds, and some */
#define OS_MOST 64u

const char *const offertarget_connection_words[] = {"", "wifi", "cellular", NULL};

/* clang-format off */
#define COL(name_, kind_, words_) ", t." #name_
static const char sql_list[] = "SELECT t.offer_id"
#include "tbl/target_columns.h"
    " FROM JSON_TABLE(?, '$[*]' COLUMNS (n FOR ORDINALITY, id INT UNSIGNED PATH '$')) j"
    " JOIN offer_target t ON t.offer_id = j.id ORDER BY j.n";
#undef COL
static const char sql_put[] = "REPLACE INTO offer_target (offer_id"
#define COL(name_, kind_, words_) ", " #name_
#include "tbl/target_columns.h"
#undef COL
    ") VALUES (?"
#define COL(name_, kind_, words_) ", ?"
#include "tbl/target_columns.h"
#undef COL
    ")";
#define COL(name_, kind_, words_) ROW_T_##kind_
static const char put_types[] = "i"
#include "tbl/target_columns.h"
    ;
#undef COL
/* clang-format on */

void
offertarget_init(struct offertarget *t)
{
	*t = (struct offertarget){.offer_id = 0};
	t->states = t->cities = t->hours = t->devices = t->os = t->isps = STR("");
	t->refused_ips = t->sub1 = t->sub2 = t->sub_pairs = STR("");
}

enum err
offertarget_list(
    struct db *db, struct arena *a, struct str ids, struct offertarget **out, size_t *n)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r, sql_list, "s", ids);

	*out = NULL;
	*n = 0;
	if (rc != ERR_OK)
		return rc;
	while (db_next(r)) {
		struct offertarget *t;
		unsigned i = 0;

		*out = row_grow(a, *out, *n, sizeof(**out));
		t = &(*out)[(*n)++];
		t->offer_id = db_i64(r, i++);
#define COL(name_, kind_, words_)                  \
	t->name_ = ROW_R_##kind_(r, i, a, words_); \
	i++;
#include "tbl/target_columns.h"
#undef COL
	}
	return db_rows_close(&r);
}

/* ---- checks, each of which writes the list back as it is stored ---- */

/* Entries without spaces around them, empty ones left out. */
static struct str
tidy(struct arena *a, struct str list)
{
	char *buf = arena_alloc(a, list.n + 1);
	size_t n = 0;
	struct str one;

	while (list.n > 0 && (one = str_split(&list, ',')).p != NULL) {
		one = str_trim(one);
		if (one.n == 0)
			continue;
		if (n > 0)
			buf[n++] = ',';
		memcpy(buf + n, one.p, one.n);
		n += one.n;
	}
	return str_n(buf, n);
}

static enum err
check_list(struct change *c, const char *name, struct str *list)
{
	*list = tidy(c->arena, *list);
	if (!str_is_utf8(*list) || list->n > LIST_MAX)
		return change_fault(c, ERR_INVALID, name, "is too long or not UTF-8");
	return ERR_OK;
}

/* "letters, digits and , . _ - { } + = / : ~", and what other alphabets have. */
static bool
is_sub(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		const unsigned char ch = (unsigned char)s.p[i];

		if (ch <= ' ' || ch == 0x7f || ch == '<' || ch == '>' || ch == '"')
			return false;
	}
	return true;
}

static enum err
check_subs(struct change *c, const char *name, struct str *list)
{
	const enum err rc = check_list(c, name, list);

	if (rc == ERR_OK && !is_sub(*list))
		return change_fault(c, ERR_INVALID, name,
		    "has a value that no sub can have: spaces, quotes, < or >");
	return rc;
}

static enum err
check_numbers(struct change *c, const char *name, struct str list, uint64_t most)
{
	struct str one;
	uint64_t v;

	while (list.n > 0 && (one = str_split(&list, ',')).p != NULL)
		if (!str_to_u64(one, &v) || v > most)
			return change_fault(c, ERR_INVALID, name,
			    "has a value that is none: %.*s",
			    (int)(one.n < 40 ? one.n : 40), one.p);
	return ERR_OK;
}

static enum err
check_os(struct change *c, struct str text)
{
	struct cat_os v[OS_MOST];
	size_t n = 0;
	bool bad = false, more;

	do
		more = targeting_os(&text, v, OS_MOST, &n, &bad);
	while (more);
	return bad ? change_fault(c, ERR_INVALID, "os",
			 "must name web, wp, ios or android, and versions as 9 or 4.4")
		   : ERR_OK;
}

/* As many as are asked for are there. */
static enum err
check_known(
    struct change *c, const char *name, struct str list, const char *sql, struct str json)
{
	int64_t missing = 0;
	enum err rc = ERR_OK;

	if (list.n > 0)
		rc = db_int(c->db, &missing, 0, sql, "s", json);
	if (rc == ERR_OK && missing != 0)
		return change_fault(c, ERR_INVALID, name, "has one that is not known");
	return rc;
}

static enum err
check_places(struct change *c, const struct offertarget *t)
{
	enum err rc = check_numbers(c, "cities", t->cities, UINT32_MAX);
	struct str rest = t->isps, one, json = STR("[");

	if (rc == ERR_OK)
		rc = check_known(c, "cities", t->cities,
		    "SELECT COUNT(*) FROM JSON_TABLE(?, '$[*]' COLUMNS (id INT UNSIGNED "
		    "PATH '$')) k LEFT JOIN place p ON p.id = k.id AND p.city <> '' "
		    "WHERE p.id IS NULL",
		    arena_printf(c->arena, "[%.*s]", STR_ARG(t->cities)));
	while (rc == ERR_OK && rest.n > 0 && (one = str_split(&rest, ',')).p != NULL) {
		uint64_t v;

		if (one.n != 24 || !str_hex_to_u64(str_n(one.p, 12), &v) ||
		    !str_hex_to_u64(str_n(one.p + 12, 12), &v))
			return change_fault(
			    c, ERR_INVALID, "isps", "has one that is not known");
		json = arena_printf(c->arena, "%.*s%s\"%.*s\"", STR_ARG(json),
		    json.n > 1 ? "," : "", STR_ARG(one));
	}
	if (rc == ERR_OK)
		rc = check_known(c, "isps", t->isps,
		    "SELECT COUNT(*) FROM JSON_TABLE(?, '$[*]' COLUMNS (h CHAR(24) "
		    "CHARACTER SET ascii PATH '$')) k LEFT JOIN isp i ON i.hex24 = k.h "
		    "WHERE i.id IS NULL",
		    arena_printf(c->arena, "%.*s]", STR_ARG(json)));
	return rc;
}

static enum err
check_lists(struct change *c, struct offertarget *t)
{
	struct {
		const char *name;
		struct str *list;
	} lists[] = {{"states", &t->states}, {"cities", &t->cities}, {"hours", &t->hours},
	    {"devices", &t->devices}, {"isps", &t->isps}, {"sub1", &t->sub1},
	    {"sub2", &t->sub2}};
	uint32_t hours;
	struct str bad;
	enum err rc = ERR_OK;

	for (size_t i = 0; i < ARRAY_LEN(lists) && rc == ERR_OK; i++)
		rc = check_list(c, lists[i].name, lists[i].list);
	if (rc == ERR_OK)
		rc = check_subs(c, "sub1", &t->sub1);
	if (rc == ERR_OK)
		rc = check_subs(c, "sub2", &t->sub2);
	if (rc != ERR_OK)
		return rc;
	if (t->hours.n > 128 || !targeting_hours(t->hours, &hours))
		return change_fault(
		    c, ERR_INVALID, "hours", "must be hours from 0 to 23, as 8-17,20");
	if (!iplist_check(t->refused_ips, &bad))
		return change_fault(
		    c, ERR_INVALID, "refused_ips", "has an entry that is no address");
	return check_numbers(c, "devices", t->devices, DEVICE_TYPES - 1);
}

enum err
offertarget_put(struct change *c, struct offertarget *t)
{
	enum err rc = check_lists(c, t);

	if (rc == ERR_OK)
		rc = check_os(c, t->os);
	if (rc == ERR_OK)
		rc = check_places(c, t);
	if (rc != ERR_OK)
		return rc;
	if (t->empty_sub < 0 || t->empty_sub > TARGETING_SUBS)
		return change_fault(
		    c, ERR_INVALID, "empty_sub", "must be a number from 1 to 8");
	if (!str_is_utf8(t->sub_pairs) || t->sub_pairs.n > LIST_MAX)
		return change_fault(
		    c, ERR_INVALID, "sub_pairs", "is too long or not UTF-8");
	/* clang-format off */
	rc = db_exec(c->db, sql_put, put_types, t->offer_id
#define COL(name_, kind_, words_) , ROW_A_##kind_(t->name_, words_)
#include "tbl/target_columns.h"
#undef COL
	);
	/* clang-format on */
	if (rc != ERR_OK)
		return rc;
	return catalog_bump(c->db, BUMP_OFFER, (uint64_t)t->offer_id, &c->version);
}

/* ---- advertisers ---- */

enum err
offertarget_subs_load(
    struct db *db, struct arena *a, int64_t account, struct offertarget_subs *out)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r,
	    "SELECT sub1, sub1_except, sub2, sub2_except FROM advertiser_subs WHERE "
	    "account_id = ?",
	    "i", account);

	*out = (struct offertarget_subs){{STR(""), STR("")}, {false, false}};
	if (rc != ERR_OK)
		return rc;
	if (db_next(r))
		*out = (struct offertarget_subs){
		    {arena_str(a, db_str(r, 0)), arena_str(a, db_str(r, 2))},
		    {db_i64(r, 1) != 0, db_i64(r, 3) != 0}};
	return db_rows_close(&r);
}

enum err
offertarget_subs_put(struct change *c, int64_t account, struct offertarget_subs *s)
{
	enum err rc = check_subs(c, "sub_account_1", &s->sub[0]);

	if (rc == ERR_OK)
		rc = check_subs(c, "sub_account_2", &s->sub[1]);
	if (rc == ERR_OK)
		rc = db_exec(c->db,
		    "REPLACE INTO advertiser_subs (account_id, sub1, sub1_except, sub2, "
		    "sub2_except) VALUES (?, ?, ?, ?, ?)",
		    "isisi", account, s->sub[0], (int64_t)s->except[0], s->sub[1],
		    (int64_t)s->except[1]);
	if (rc != ERR_OK)
		return rc;
	return catalog_bump(c->db, BUMP_ACCOUNT, (uint64_t)account, &c->version);
}
