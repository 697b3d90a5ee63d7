/* SPDX-License-Identifier: Apache-2.0
 * netset.c - see netset.h.
 */
#include "domain/netset.h"

#include "base/iplist.h"
#include "base/log.h"
#include "base/money.h"
#include "base/zone.h"
#include "domain/country.h"
#include "domain/weburl.h"

/* The value of one setting, read. */
struct value {
	struct str text;
	int64_t number;
};

/* Reads `text` as the setting's type into *v.  NULL, or what is wrong with it (in the
 * arena). */
typedef const char *read_f(
    struct arena *a, const struct netset_doc *d, struct str text, struct value *v);

static const char *
read_url(struct arena *a, const struct netset_doc *d, struct str text, struct value *v)
{
	(void)a;
	(void)d;
	v->text = text;
	return text.n == 0 ? NULL : weburl_wrong(text);
}

static const char *
read_text(struct arena *a, const struct netset_doc *d, struct str text, struct value *v)
{
	v->text = text;
	if (!str_is_utf8(text))
		return "is not UTF-8";
	return text.n <= (size_t)d->greatest
		   ? NULL
		   : arena_printf(a, "is longer than %lld bytes", (long long)d->greatest)
			 .p;
}

static const char *
read_percents(
    struct arena *a, const struct netset_doc *d, struct str text, struct value *v)
{
	struct str rest = text, out = STR("");
	char one[MONEY_TEXT];
	int64_t n = 0;
	pct_t p;

	while (rest.p != NULL && rest.n > 0) {
		if (!pct_parse(str_trim(str_split(&rest, ',')), &p) || p < 0 ||
		    p > 100 * PCT_UNIT)
			return "has an entry that is no percentage from 0 to 100";
		if (++n > d->greatest)
			return arena_printf(
			    a, "has more than %lld entries", (long long)d->greatest)
			    .p;
		(void)pct_format(one, p, 0);
		out = arena_printf(
		    a, STR_FMT "%s%s", STR_ARG(out), out.n > 0 ? "," : "", one);
	}
	v->text = out;
	return NULL;
}

/* A name with or without "*." before it, perhaps a port. */
static bool
is_host(struct str s)
{
	if (str_starts(s, STR("*.")))
		s = str_n(s.p + 2, s.n - 2);
	for (size_t i = 0; i < s.n; i++) {
		const char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
			c == '-' || c == '_' || c == ':' || c == '[' || c == ']'))
			return false;
	}
	return s.n > 0 && s.n < 256 && s.p[0] != '.' && s.p[0] != ':';
}

static const char *
read_hosts(struct arena *a, const struct netset_doc *d, struct str text, struct value *v)
{
	char *buf = arena_alloc(a, text.n * 2 + 1);
	size_t n = 0, i = 0;

	(void)d;
	while (i < text.n) {
		const size_t from = n;

		while (i < text.n && strchr(", \t\r\n", text.p[i]) != NULL)
			i++;
		if (i == text.n)
			break;
		if (n > 0)
			buf[n++] = ',';
		for (; i < text.n && strchr(", \t\r\n", text.p[i]) == NULL; i++)
			buf[n++] =
			    (char)(text.p[i] >= 'A' && text.p[i] <= 'Z' ? text.p[i] | 0x20
									: text.p[i]);
		if (!is_host(str_n(buf + from + (from > 0), n - from - (from > 0))))
			return arena_printf(a, "has an entry that is no host: %.*s",
			    (int)(n - from < 60 ? n - from : 60), buf + from)
			    .p;
	}
	v->text = str_n(buf, n);
	return NULL;
}

static const char *
read_int(struct arena *a, const struct netset_doc *d, struct str text, struct value *v)
{
	v->text = text;
	if (str_to_i64(text, &v->number) && v->number >= d->least &&
	    v->number <= d->greatest)
		return NULL;
	return arena_printf(a, "must be a number from %lld to %lld", (long long)d->least,
	    (long long)d->greatest)
	    .p;
}

static const char *
read_flag(struct arena *a, const struct netset_doc *d, struct str text, struct value *v)
{
	static const struct str on[] = {{"1", 1}, {"true", 4}, {"yes", 3}, {"on", 2}};
	static const struct str off[] = {{"0", 1}, {"false", 5}, {"no", 2}, {"off", 3}};

	(void)a;
	(void)d;
	for (size_t i = 0; i < ARRAY_LEN(on); i++) {
		v->number = str_ieq(text, on[i]);
		v->text = v->number != 0 ? STR("1") : STR("0");
		if (v->number != 0 || str_ieq(text, off[i]))
			return NULL;
	}
	return "must be 1 or 0";
}

static const char *
read_ips(struct arena *a, const struct netset_doc *d, struct str text, struct value *v)
{
	char *buf = arena_alloc(a, text.n * 2 + 1);
	size_t n = 0;
	struct str rest = text, one;

	(void)d;
	if (!iplist_check(text, &one))
		return arena_printf(a, "has an entry that is no address: %.*s",
		    (int)(one.n < 60 ? one.n : 60), one.p)
		    .p;
	while ((one = iplist_next(&rest)).p != NULL) {
		if (n > 0)
			buf[n++] = ',';
		memcpy(buf + n, one.p, one.n);
		n += one.n;
	}
	v->text = str_n(buf, n);
	return NULL;
}

static const char *
read_countries(
    struct arena *a, const struct netset_doc *d, struct str text, struct value *v)
{
	struct str bad;

	(void)d;
	if (country_list(a, text, &v->text, &bad))
		return NULL;
	return arena_printf(
	    a, "has no country of the code %.*s", (int)(bad.n < 20 ? bad.n : 20), bad.p)
	    .p;
}

static const char *
read_zone(struct arena *a, const struct netset_doc *d, struct str text, struct value *v)
{
	(void)a;
	(void)d;
	v->text = text;
	return zone_get(text) != NULL ? NULL : "is no zone of the zone database";
}

static const char *
read_currency(
    struct arena *a, const struct netset_doc *d, struct str text, struct value *v)
{
	char *up = arena_alloc(a, 4);

	(void)d;
	if (text.n != 3)
		return "must be three letters";
	for (size_t i = 0; i < 3; i++) {
		char c = (char)(text.p[i] & ~0x20);

		if (c < 'A' || c > 'Z' || (text.p[i] & 0x40) == 0)
			return "must be three letters";
		up[i] = c;
	}
	v->text = str_n(up, 3);
	return NULL;
}

static const char *
read_word(struct arena *a, const struct netset_doc *d, struct str text, struct value *v)
{
	struct str rest = str_of(d->words), one;

	while ((one = str_split(&rest, '|')).p != NULL)
		if (str_ieq(one, text)) {
			v->text = one;
			return NULL;
		}
	return arena_printf(a, "must be one of %s", d->words).p;
}

/* The table's column `greatest` is words or a number, by the type: a word's bounds are
 * not looked at. */
#define WORDS_url(x) NULL
#define WORDS_ips(x) NULL
#define WORDS_countries(x) NULL
#define WORDS_zone(x) NULL
#define WORDS_currency(x) NULL
#define WORDS_int(x) NULL
#define WORDS_text(x) NULL
#define WORDS_hosts(x) NULL
#define WORDS_percents(x) NULL
#define WORDS_flag(x) NULL
#define WORDS_word(x) (x)
#define GREATEST_url(x) 0
#define GREATEST_ips(x) 0
#define GREATEST_countries(x) 0
#define GREATEST_zone(x) 0
#define GREATEST_currency(x) 0
#define GREATEST_int(x) (x)
#define GREATEST_hosts(x) 0
#define GREATEST_percents(x) (x)
#define GREATEST_text(x) (x)
#define GREATEST_flag(x) (x)
#define GREATEST_word(x) 0
#define IS_NOW false
#define IS_LATER true

static const struct netset_doc docs[] = {
#define NETSET(name_, type_, def_, least_, greatest_, works_, text_)          \
	{#name_, #type_, (def_), WORDS_##type_(greatest_), (text_), (least_), \
	    GREATEST_##type_(greatest_), IS_##works_},
#include "tbl/netsettings.h"
#undef NETSET
};

static read_f *const readers[] = {
#define NETSET(name_, type_, def_, least_, greatest_, works_, text_) read_##type_,
#include "tbl/netsettings.h"
#undef NETSET
};

/* Where each goes in struct netset. */
static const size_t offsets[] = {
#define NETSET(name_, type_, def_, least_, greatest_, works_, text_) \
	offsetof(struct netset, name_),
#include "tbl/netsettings.h"
#undef NETSET
};

const struct netset_doc *
netset_docs(size_t *n)
{
	*n = ARRAY_LEN(docs);
	return docs;
}

/* -1: no such setting. */
static ptrdiff_t
find(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(docs); i++)
		if (str_ieq(name, str_of(docs[i].name)))
			return (ptrdiff_t)i;
	return -1;
}

bool
netset_is_later(struct str name)
{
	ptrdiff_t i = find(name);

	return i >= 0 && docs[i].later;
}

static void
put(struct netset *out, size_t i, const struct value *v)
{
	void *at = (char *)out + offsets[i];

	if (strcmp(docs[i].type, "int") == 0)
		*(int64_t *)at = v->number;
	else if (strcmp(docs[i].type, "flag") == 0)
		*(bool *)at = v->number != 0;
	else
		*(struct str *)at = v->text;
}

static void
put_text(struct netset *out, struct arena *a, size_t i, struct str text)
{
	struct value v = {STR(""), 0};

	if (readers[i](a, &docs[i], text, &v) == NULL)
		put(out, i, &v);
	else
		log_warn(
		    "network setting %s is not valid, its default counts", docs[i].name);
}

enum err
netset_load(struct db *db, struct arena *arena, struct netset *out)
{
	struct db_rows *r;
	enum err rc;

	for (size_t i = 0; i < ARRAY_LEN(docs); i++)
		put_text(out, arena, i, str_of(docs[i].def));
	rc = db_query(db, &r, "SELECT name, value FROM setting", "");
	if (rc != ERR_OK)
		return rc;
	while (db_next(r)) {
		ptrdiff_t i = find(db_str(r, 0));

		if (i >= 0)
			put_text(out, arena, (size_t)i, arena_str(arena, db_str(r, 1)));
	}
	return db_rows_close(&r);
}

enum err
netset_get(struct db *db, struct arena *arena, struct str name, struct str *out)
{
	ptrdiff_t i = find(name);
	struct db_rows *r;
	enum err rc;

	if (i < 0)
		return ERR_NOT_FOUND;
	*out = str_of(docs[i].def);
	rc = db_query(db, &r, "SELECT value FROM setting WHERE name = ?", "s",
	    str_of(docs[i].name));
	if (rc != ERR_OK)
		return rc;
	if (db_next(r))
		*out = arena_str(arena, db_str(r, 0));
	return db_rows_close(&r);
}

/* Zone and base currency cut and value what is booked: R2 of decisions.md fixes both once
 * a period is stored, and amounts in base are written at booking, so the currency is
 * fixed by the first of them. */
static enum err
check_fixed(struct change *c, const char *name)
{
	bool zone = strcmp(name, "time_zone") == 0;
	int64_t n = 0, booked = 0;
	enum err rc;

	if (!zone && strcmp(name, "base_currency") != 0)
		return ERR_OK;
	rc = db_int(c->db, &n, 0, "SELECT EXISTS (SELECT * FROM stored_period)", "");
	if (rc == ERR_OK && !zone)
		rc = db_int(c->db, &booked, 0,
		    "SELECT EXISTS (SELECT * FROM rollup_booked) OR EXISTS "
		    "(SELECT * FROM txn)",
		    "");
	if (rc != ERR_OK)
		return rc;
	if (n != 0)
		return change_fault(
		    c, ERR_DENIED, name, "is fixed: a payout period is stored");
	if (booked != 0)
		return change_fault(
		    c, ERR_DENIED, name, "is fixed: amounts are booked in it");
	return ERR_OK;
}

enum err
netset_set(struct change *c, struct str name, struct str value)
{
	ptrdiff_t i = find(name);
	struct value v = {STR(""), 0};
	struct str old;
	const char *wrong, *key;
	enum err rc;

	if (i < 0)
		return change_fault(
		    c, ERR_NOT_FOUND, arena_cstr(c->arena, name), "is no setting");
	key = docs[i].name;
	wrong = readers[i](c->arena, &docs[i], str_trim(value), &v);
	if (wrong != NULL)
		return change_fault(c, ERR_INVALID, key, "%s", wrong);
	rc = netset_get(c->db, c->arena, name, &old);
	if (rc != ERR_OK || str_eq(old, v.text))
		return rc;
	rc = check_fixed(c, key);
	if (rc != ERR_OK)
		return rc;
	rc = db_exec(c->db,
	    "INSERT INTO setting (name, value, updated_us) VALUES (?, ?, ?) "
	    "ON DUPLICATE KEY UPDATE value = VALUES(value), updated_us = "
	    "VALUES(updated_us)",
	    "ssi", str_of(key), v.text, c->now);
	if (rc != ERR_OK)
		return rc;
	return catalog_bump(c->db, BUMP_SETTING, 0, &c->version);
}

enum err
netset_rate(struct db *db, struct str currency, us_t at, int64_t *rate)
{
	struct arena *a = arena_new();
	struct str base;
	enum err rc = netset_get(db, a, STR("base_currency"), &base);

	*rate = MONEY_UNIT;
	if (rc == ERR_OK && !str_ieq(base, currency))
		rc = db_int(db, rate, 0,
		    "SELECT rate FROM currency_rate WHERE currency = UPPER(?) AND "
		    "valid_from_us <= ? ORDER BY valid_from_us DESC LIMIT 1",
		    "si", currency, at);
	arena_free(&a);
	return rc;
}

enum err
netset_set_rate(struct change *c, struct str currency, int64_t rate)
{
	static const struct netset_doc doc = {.name = "currency", .type = "currency"};
	struct value v;
	struct str base;
	const char *wrong = read_currency(c->arena, &doc, currency, &v);
	enum err rc;

	if (wrong != NULL)
		return change_fault(c, ERR_INVALID, "currency", "%s", wrong);
	if (rate <= 0)
		return change_fault(c, ERR_INVALID, "rate", "must be above 0");
	rc = netset_get(c->db, c->arena, STR("base_currency"), &base);
	if (rc != ERR_OK)
		return rc;
	if (str_eq(base, v.text))
		return change_fault(
		    c, ERR_INVALID, "currency", "is the base currency, whose rate is 1");
	rc = db_exec(c->db,
	    "INSERT INTO currency_rate (currency, valid_from_us, rate) VALUES (?, ?, ?)",
	    "sii", v.text, c->now, rate);
	if (rc != ERR_OK)
		return rc;
	return catalog_bump(c->db, BUMP_SETTING, 0, &c->version);
}
