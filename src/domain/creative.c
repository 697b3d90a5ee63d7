/* SPDX-License-Identifier: Apache-2.0
 * creative.c - see creative.h.
 */
#include "domain/creative.h"

#include <stdio.h>
#include <stdlib.h>

#include "domain/storedfile.h"
#include "domain/weburl.h"

#define TEXT_MAX 255u
#define SIDE_MAX 100000

/* clang-format off */
#define COL(name_, kind_, words_) ", k." #name_
#define COLUMNS "SELECT k.id"
static const char sql_of_type[] = COLUMNS
#include "tbl/creative_columns.h"
    " FROM creative k WHERE k.type_id = ? ORDER BY k.id";
static const char sql_of_offers[] = COLUMNS
#include "tbl/creative_columns.h"
    " FROM JSON_TABLE(?, '$[*]' COLUMNS (n FOR ORDINALITY, id INT UNSIGNED PATH '$')) j"
    " JOIN creative k ON k.offer_id = j.id WHERE NOT k.deleted ORDER BY j.n, k.id";
static const char sql_shelf[] = COLUMNS
#include "tbl/creative_columns.h"
    " FROM creative k JOIN creative_type t ON t.id = k.type_id WHERE NOT k.deleted AND NOT k.pending AND NOT"
    " t.deleted AND (k.offer_id IS NULL OR k.offer_id IN (SELECT j.id FROM JSON_TABLE(?, '$[*]' COLUMNS (id INT"
    " UNSIGNED PATH '$')) j)) ORDER BY k.id";
static const char sql_load[] = COLUMNS
#include "tbl/creative_columns.h"
    " FROM creative k WHERE k.id = ?";
static const char sql_lock[] = COLUMNS
#include "tbl/creative_columns.h"
    " FROM creative k WHERE k.id = ? FOR UPDATE";
#undef COL
/* clang-format on */

#define ROW_TABLE "creative"
#define ROW_STRUCT struct creative
#define ROW_COLUMNS "tbl/creative_columns.h"
#include "domain/rowio.h"

#define RULE_COLUMNS                                                                  \
	"SELECT r.id, r.rule_key, r.creative_id, r.kind, r.start_us, "                \
	"COALESCE(r.end_us, 0), r.affiliates, r.offers, r.landing_pages, r.made_by, " \
	"r.added_us FROM creative_rule r "
#define NUMBERS "JSON_TABLE(?, '$[*]' COLUMNS (id INT UNSIGNED PATH '$')) j"

/* ---- creatives ---- */

void
creative_init(struct creative *k, int64_t type)
{
	*k = (struct creative){.type_id = type, .hosted = CREATIVE_OURS};
	k->name = k->alt = k->hosted_url = k->file = k->ext = k->mime = STR("");
}

enum err
creative_type_load(struct db *db, struct arena *a, int64_t id, struct creative_type *out)
{
	struct db_rows *r;
	bool there;
	enum err rc = db_query(db, &r,
	    "SELECT id, shortname, name, description, category_id, deleted FROM "
	    "creative_type WHERE id = ?",
	    "i", id);

	if (rc != ERR_OK)
		return rc;
	there = db_next(r);
	if (there) {
		out->id = db_i64(r, 0);
		out->shortname = arena_str(a, db_str(r, 1));
		out->name = arena_str(a, db_str(r, 2));
		out->description = arena_str(a, db_str(r, 3));
		out->category_id = db_i64(r, 4);
		out->deleted = db_i64(r, 5) != 0;
	}
	rc = db_rows_close(&r);
	return rc != ERR_OK ? rc : there ? ERR_OK : ERR_NOT_FOUND;
}

static enum err
read_all(struct db_rows *r, struct arena *a, struct creative **out, size_t *n)
{
	*out = NULL;
	*n = 0;
	while (db_next(r)) {
		*out = row_grow(a, *out, *n, sizeof(**out));
		row_read(r, a, &(*out)[(*n)++]);
	}
	return db_rows_close(&r);
}

enum err
creative_of_type(
    struct db *db, struct arena *a, int64_t type, struct creative **out, size_t *n)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r, sql_of_type, "i", type);

	return rc != ERR_OK ? rc : read_all(r, a, out, n);
}

enum err
creative_of_offers(
    struct db *db, struct arena *a, struct str ids, struct creative **out, size_t *n)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r, sql_of_offers, "s", ids);

	return rc != ERR_OK ? rc : read_all(r, a, out, n);
}

struct str
creative_url(struct arena *a, const struct creative *k)
{
	if (k->hosted == CREATIVE_ELSEWHERE)
		return k->hosted_url;
	return storedfile_path(a, k->file);
}

static enum err
read_one(
    struct db *db, struct arena *a, const char *sql, int64_t id, struct creative *out)
{
	struct db_rows *r;
	bool there;
	enum err rc = db_query(db, &r, sql, "i", id);

	if (rc != ERR_OK)
		return rc;
	there = db_next(r);
	if (there)
		row_read(r, a, out);
	rc = db_rows_close(&r);
	return rc != ERR_OK ? rc : there ? ERR_OK : ERR_NOT_FOUND;
}

enum err
creative_load(struct db *db, struct arena *a, int64_t id, struct creative *out)
{
	return read_one(db, a, sql_load, id, out);
}

enum err
creative_lock(struct change *c, int64_t id, struct creative *out)
{
	return read_one(c->db, c->arena, sql_lock, id, out);
}

enum err
creative_take_file(
    struct change *c, struct creative *k, const char *param, struct str bytes)
{
	struct storedfile f;
	enum err rc = storedfile_add(c, param, bytes, k->type_id == CREATIVE_ARCHIVE, &f);

	if (rc != ERR_OK)
		return rc;
	k->hosted = CREATIVE_OURS;
	k->hosted_url = STR("");
	k->file = f.name;
	k->ext = str_of(f.is.ext);
	k->mime = str_of(f.is.mime);
	k->width = f.is.width;
	k->height = f.is.height;
	k->size = (int64_t)f.size;
	return ERR_OK;
}

static enum err
check(struct change *c, const struct creative *k)
{
	const char *wrong;

	if (str_trim(k->name).n == 0)
		return change_fault(c, ERR_MISSING, "name", "is required");
	if (k->name.n > TEXT_MAX || !str_is_utf8(k->name))
		return change_fault(c, ERR_INVALID, "name", "is too long or not UTF-8");
	if (k->alt.n > TEXT_MAX || !str_is_utf8(k->alt))
		return change_fault(c, ERR_INVALID, "alt", "is too long or not UTF-8");
	if (k->hosted != CREATIVE_OURS && k->hosted != CREATIVE_ELSEWHERE)
		return change_fault(c, ERR_INVALID, "type", "is neither 1 nor 2");
	if (k->width < 0 || k->width > SIDE_MAX)
		return change_fault(c, ERR_INVALID, "width", "is out of range");
	if (k->height < 0 || k->height > SIDE_MAX)
		return change_fault(c, ERR_INVALID, "height", "is out of range");
	if (k->size < 0)
		return change_fault(c, ERR_INVALID, "size", "is out of range");
	if (k->hosted == CREATIVE_OURS)
		return k->file.n > 0
			   ? ERR_OK
			   : change_fault(c, ERR_MISSING, "name", "is required");
	wrong = weburl_wrong(k->hosted_url);
	return wrong == NULL ? ERR_OK
			     : change_fault(c, ERR_INVALID, "hosted_url", "%s", wrong);
}

enum err
creative_add(struct change *c, struct creative *k)
{
	enum err rc = check(c, k);

	if (rc != ERR_OK)
		return rc;
	k->added_us = k->modified_us = c->now;
	rc = row_insert(c->db, k);
	if (rc != ERR_OK)
		return rc;
	return catalog_bump(c->db, BUMP_CREATIVE, (uint64_t)k->id, &c->version);
}

enum err
creative_store(struct change *c, struct creative *k)
{
	enum err rc = check(c, k);

	if (rc != ERR_OK)
		return rc;
	k->modified_us = c->now;
	rc = row_update(c->db, k);
	return rc != ERR_OK
		   ? rc
		   : catalog_bump(c->db, BUMP_CREATIVE, (uint64_t)k->id, &c->version);
}

void
creative_name(struct creative *k)
{
	struct str url = k->hosted_url, rest = str_split(&url, '?'), last = STR_NONE;
	size_t dot = 0; /* bytes behind the last one */

	rest = str_split(&rest, '#');
	while (rest.p != NULL)
		last = str_split(&rest, '/');
	k->name = last.n > 0 && last.n <= TEXT_MAX ? last : STR("picture");
	k->ext = STR("");
	while (dot < last.n && last.p[last.n - 1 - dot] != '.')
		dot++;
	if (dot > 0 && dot < last.n && dot <= 8)
		k->ext = str_n(last.p + last.n - dot, dot);
	for (size_t i = 0; i < k->ext.n; i++) {
		if ((unsigned char)k->ext.p[i] >= 0x80)
			k->ext = STR("");
	}
}

static bool
is_listed(const struct str *urls, size_t n, struct str url)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(urls[i], url))
			return true;
	}
	return false;
}

enum err
creative_set_urls(
    struct change *c, int64_t offer, const char *param, const struct str *urls, size_t n)
{
	struct creative *had = NULL;
	struct str *kept;
	size_t n_had = 0, n_kept = 0;
	enum err rc = creative_of_offers(c->db, c->arena,
	    arena_printf(c->arena, "[%lld]", (long long)offer), &had, &n_had);

	kept = arena_alloc(c->arena, (n_had + n + 1) * sizeof(*kept));
	for (size_t i = 0; i < n_had && rc == ERR_OK; i++) {
		if (had[i].hosted != CREATIVE_ELSEWHERE)
			continue;
		had[i].deleted = !is_listed(urls, n, had[i].hosted_url);
		if (had[i].deleted)
			rc = creative_store(c, &had[i]);
		else
			kept[n_kept++] = had[i].hosted_url;
	}
	for (size_t i = 0; i < n && rc == ERR_OK; i++) {
		const char *wrong = urls[i].n == 0 ? NULL : weburl_wrong(urls[i]);
		struct creative k;

		if (urls[i].n == 0 || is_listed(kept, n_kept, urls[i]))
			continue;
		if (wrong != NULL)
			return change_fault(c, ERR_INVALID, param, "%s", wrong);
		creative_init(&k, CREATIVE_BANNER);
		k.offer_id = offer;
		k.hosted = CREATIVE_ELSEWHERE;
		k.hosted_url = urls[i];
		creative_name(&k);
		rc = creative_add(c, &k);
		kept[n_kept++] = urls[i];
	}
	return rc;
}

/* What people may call it: without the folders of some disk, and without what cannot be
 * shown. */
static struct str
shown_name(struct arena *a, struct str name, struct str else_name)
{
	char *text = arena_alloc(a, name.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '/' || name.p[i] == '\\')
			n = 0;
		else if ((unsigned char)name.p[i] >= 0x20 && name.p[i] != 0x7f)
			text[n++] = name.p[i];
	}
	name = str_trim(str_n(text, n));
	return name.n > 0 && name.n <= TEXT_MAX && str_is_utf8(name) ? name : else_name;
}

static enum err
add_file(
    struct change *c, int64_t offer, const char *param, const struct creative_file *file)
{
	struct picture what;
	struct creative k;
	enum err rc;

	creative_init(&k, picture_read(file->bytes, &what) && what.kind != PICTURE_ZIP
			      ? CREATIVE_BANNER
			      : CREATIVE_ARCHIVE);
	k.offer_id = offer;
	rc = creative_take_file(c, &k, param, file->bytes);
	k.name = shown_name(c->arena, file->name, k.file);
	return rc != ERR_OK ? rc : creative_add(c, &k);
}

enum err
creative_set_files(struct change *c, int64_t offer, const char *param,
    const struct creative_file *files, size_t n)
{
	struct creative *had = NULL;
	size_t n_had = 0;
	enum err rc = creative_of_offers(c->db, c->arena,
	    arena_printf(c->arena, "[%lld]", (long long)offer), &had, &n_had);

	for (size_t i = 0; i < n_had && rc == ERR_OK; i++) {
		if (had[i].hosted != CREATIVE_OURS)
			continue;
		had[i].deleted = true;
		rc = creative_store(c, &had[i]);
	}
	for (size_t i = 0; i < n && rc == ERR_OK; i++)
		rc = add_file(c, offer, param, &files[i]);
	return rc;
}

/* ---- rules ---- */

static void
read_rule(const struct db_rows *r, struct arena *a, struct creative_rule *out)
{
	out->id = db_i64(r, 0);
	out->key = arena_str(a, db_str(r, 1));
	out->creative_id = db_i64(r, 2);
	out->kind = (int)db_i64(r, 3);
	out->start = db_i64(r, 4);
	out->end = db_i64(r, 5);
	out->affiliates = arena_str(a, db_str(r, 6));
	out->offers = arena_str(a, db_str(r, 7));
	out->landing_pages = arena_str(a, db_str(r, 8));
	out->made_by = db_i64(r, 9);
	out->added = db_i64(r, 10);
}

enum err
creative_rules(
    struct db *db, struct arena *a, struct str ids, struct creative_rule **out, size_t *n)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r,
	    RULE_COLUMNS "WHERE r.creative_id IN (SELECT j.id FROM " NUMBERS
			 ") ORDER BY r.creative_id, r.id",
	    "s", ids);

	*out = NULL;
	*n = 0;
	if (rc != ERR_OK)
		return rc;
	while (db_next(r)) {
		*out = row_grow(a, *out, *n, sizeof(**out));
		read_rule(r, a, &(*out)[(*n)++]);
	}
	return db_rows_close(&r);
}

enum err
creative_rule_lock(
    struct change *c, int64_t creative, struct str key, struct creative_rule *out)
{
	struct db_rows *r;
	uint64_t number;
	bool there;
	enum err rc;

	/* Compared in the column's character set: anything else is none. */
	if (!str_hex_to_u64(key, &number))
		return ERR_NOT_FOUND;
	rc = db_query(c->db, &r,
	    RULE_COLUMNS "WHERE r.creative_id = ? AND r.rule_key = ? FOR UPDATE", "is",
	    creative, key);
	if (rc != ERR_OK)
		return rc;
	there = db_next(r);
	if (there)
		read_rule(r, c->arena, out);
	rc = db_rows_close(&r);
	return rc != ERR_OK ? rc : there ? ERR_OK : ERR_NOT_FOUND;
}

static enum err
check_rule(struct change *c, const struct creative_rule *r)
{
	if (r->end != 0 && r->end <= r->start)
		return change_fault(c, ERR_INVALID, "end_time", "is not after its start");
	return ERR_OK;
}

enum err
creative_rule_add(struct change *c, struct creative_rule *r, unsigned nth)
{
	const us_t at = c->now + nth;
	enum err rc = check_rule(c, r);

	if (rc != ERR_OK)
		return rc;
	/* As PHP's uniqid(): seconds and microseconds. */
	r->key = arena_printf(c->arena, "%08llx%05llx", (long long)(at / US_SECOND),
	    (long long)(at % US_SECOND));
	r->added = c->now;
	rc = db_exec(c->db,
	    "INSERT INTO creative_rule (rule_key, creative_id, kind, start_us, end_us, "
	    "affiliates, offers, landing_pages, made_by, added_us) VALUES (?, ?, ?, ?, "
	    "NULLIF(?, 0), ?, ?, ?, ?, ?)",
	    "siiiisssii", r->key, r->creative_id, (int64_t)r->kind, (int64_t)r->start,
	    (int64_t)r->end, r->affiliates, r->offers, r->landing_pages, r->made_by,
	    (int64_t)r->added);
	/* Two in one microsecond: the next try has another. */
	if (rc == ERR_DB_DUP)
		return ERR_DB_RETRY;
	if (rc != ERR_OK)
		return rc;
	r->id = (int64_t)db_insert_id(c->db);
	return catalog_bump(c->db, BUMP_CREATIVE, (uint64_t)r->creative_id, &c->version);
}

enum err
creative_rule_store(struct change *c, const struct creative_rule *r)
{
	enum err rc = check_rule(c, r);

	if (rc == ERR_OK)
		rc = db_exec(c->db,
		    "UPDATE creative_rule SET kind = ?, start_us = ?, end_us = NULLIF(?, "
		    "0), affiliates = ?, offers = ?, landing_pages = ? WHERE id = ?",
		    "iiisssi", (int64_t)r->kind, (int64_t)r->start, (int64_t)r->end,
		    r->affiliates, r->offers, r->landing_pages, r->id);
	return rc != ERR_OK ? rc
			    : catalog_bump(c->db, BUMP_CREATIVE, (uint64_t)r->creative_id,
				  &c->version);
}

enum err
creative_rule_remove(struct change *c, const struct creative_rule *r)
{
	enum err rc =
	    db_exec(c->db, "DELETE FROM creative_rule WHERE id = ?", "i", r->id);

	return rc != ERR_OK ? rc
			    : catalog_bump(c->db, BUMP_CREATIVE, (uint64_t)r->creative_id,
				  &c->version);
}

/* ---- what affiliates get ---- */

struct shelf_rule {
	int64_t creative;
	struct showrule rule;
};

struct shelf_page {
	int64_t offer;
	uint32_t page;
};

struct creative_shelf {
	us_t now;
	struct creative *creative;
	size_t n_creatives;
	struct shelf_rule *rule; /* by creative */
	size_t n_rules;
	struct shelf_page *page;
	size_t n_pages;
};

static struct showrule_list
numbers_of(struct arena *a, struct str text)
{
	struct showrule_list l = {NULL, 0};
	uint32_t *v = NULL;

	while (text.n > 0) {
		uint64_t id;

		if (!str_to_u64(str_split(&text, ','), &id))
			continue;
		v = row_grow(a, v, l.n, sizeof(*v));
		v[l.n++] = (uint32_t)id;
	}
	l.v = v;
	return l;
}

static enum err
load_rules(struct db *db, struct arena *a, struct creative_shelf *s)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r,
	    RULE_COLUMNS "JOIN creative k ON k.id = r.creative_id WHERE NOT k.deleted "
			 "AND r.kind <> 0 AND r.start_us <= ? AND (r.end_us IS NULL OR "
			 "r.end_us > ?) ORDER BY r.creative_id, r.id",
	    "ii", (int64_t)s->now, (int64_t)s->now);

	while (rc == ERR_OK && db_next(r)) {
		struct creative_rule row;
		struct shelf_rule *to;

		s->rule = row_grow(a, s->rule, s->n_rules, sizeof(*s->rule));
		to = &s->rule[s->n_rules++];
		read_rule(r, a, &row);
		*to = (struct shelf_rule){.creative = row.creative_id,
		    .rule = {.kind = (enum showrule_kind)row.kind,
			.start = row.start,
			.end = row.end,
			.affiliates = numbers_of(a, row.affiliates),
			.offers = numbers_of(a, row.offers),
			.pages = numbers_of(a, row.landing_pages)}};
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

static enum err
load_pages(struct db *db, struct arena *a, struct str ids, struct creative_shelf *s)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r,
	    "SELECT l.offer_id, l.id FROM " NUMBERS
	    " JOIN landing_page l ON l.offer_id = j.id WHERE NOT l.deleted",
	    "s", ids);

	while (rc == ERR_OK && db_next(r)) {
		s->page = row_grow(a, s->page, s->n_pages, sizeof(*s->page));
		s->page[s->n_pages++] =
		    (struct shelf_page){db_i64(r, 0), (uint32_t)db_u64(r, 1)};
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

enum err
creative_shelf_load(struct db *db, struct arena *a, us_t now, struct str ids,
    const struct creative_shelf **out)
{
	struct creative_shelf *s = arena_alloc(a, sizeof(*s));
	struct db_rows *r;
	enum err rc = db_query(db, &r, sql_shelf, "s", ids);

	s->now = now;
	if (rc == ERR_OK)
		rc = read_all(r, a, &s->creative, &s->n_creatives);
	if (rc == ERR_OK && s->n_creatives > 0)
		rc = load_rules(db, a, s);
	if (rc == ERR_OK && s->n_rules > 0)
		rc = load_pages(db, a, ids, s);
	*out = s;
	return rc;
}

/* Rules `from` to before `to` on one landing page. */
static bool
shown_on(const struct creative_shelf *s, size_t from, size_t to,
    const struct showrule_ask *ask)
{
	struct showrule_sum sum = SHOWRULE_NONE;

	for (size_t i = from; i < to; i++)
		showrule_weigh(&sum, &s->rule[i].rule, ask);
	return showrule_shown(&sum);
}

static bool
shown(const struct creative_shelf *s, size_t from, size_t to, struct showrule_ask ask)
{
	bool has_page = false;

	for (size_t i = 0; i < s->n_pages; i++) {
		if (s->page[i].offer != (int64_t)ask.offer)
			continue;
		has_page = true;
		ask.landing_page = s->page[i].page;
		if (shown_on(s, from, to, &ask))
			return true;
	}
	ask.landing_page = 0;
	return !has_page && shown_on(s, from, to, &ask);
}

const struct creative **
creative_list_for(const struct creative_shelf *s, struct arena *a, int64_t affiliate,
    int64_t offer, size_t *n)
{
	const struct creative **list =
	    arena_alloc(a, (s->n_creatives + 1) * sizeof(struct creative *));
	const struct showrule_ask ask = {s->now, (uint32_t)affiliate, (uint32_t)offer, 0};
	size_t from = 0, to;

	*n = 0;
	for (size_t i = 0; i < s->n_creatives; i++) {
		const struct creative *k = &s->creative[i];

		while (from < s->n_rules && s->rule[from].creative < k->id)
			from++;
		for (to = from; to < s->n_rules && s->rule[to].creative == k->id;)
			to++;
		if ((k->offer_id == 0 || k->offer_id == offer) &&
		    (from == to || shown(s, from, to, ask)))
			list[(*n)++] = k;
		from = to;
	}
	return list;
}
