/* SPDX-License-Identifier: Apache-2.0
 * catlimits.c - see catlimits.h.
 */
#include "stats/catlimits.h"

#include "base/log.h"
#include "track/targeting.h"

#include <stdlib.h>

#define OS_MOST 64u

static void
drop_numbers(struct catlimits_numbers *l)
{
	free(l->v);
	l->v = NULL;
	l->n = 0;
}

void
catlimits_free(struct catlimits *l)
{
	drop_numbers(&l->states);
	drop_numbers(&l->cities);
	drop_numbers(&l->isps);
	drop_numbers(&l->subs[0]);
	drop_numbers(&l->subs[1]);
	drop_numbers(&l->pairs);
	drop_numbers(&l->refused);
	free((void *)(uintptr_t)l->strict_countries.p);
	free((void *)(uintptr_t)l->refused_ips.p);
	free(l->os);
	free(l->access);
	*l = (struct catlimits){.n_os = 0};
}

static struct str
keep(struct str s)
{
	char *p;

	if (s.n == 0)
		return STR_NONE;
	p = obj_alloc(s.n);
	memcpy(p, s.p, s.n);
	return str_n(p, s.n);
}

/* Arrays grow by powers of two. */
static void *
room(void *v, unsigned n, size_t each)
{
	return (n & (n - 1)) == 0 ? obj_realloc(v, (n == 0 ? 1 : n * 2) * each) : v;
}

static void
add_number(struct catlimits_numbers *l, uint64_t v)
{
	l->v = room(l->v, l->n, sizeof(*l->v));
	l->v[l->n++] = v;
}

/* ---- texts of the table ---- */

static void
add_subs(struct catlimits_numbers *l, struct str list)
{
	struct str one;

	while (list.n > 0 && (one = str_trim(str_split(&list, ','))).p != NULL)
		if (one.n > 0)
			add_number(l, targeting_sub(one));
}

/* "US-CA", or "CA" of any country. */
static void
add_states(struct catlimits_numbers *l, struct str list)
{
	struct str one;

	while (list.n > 0 && (one = str_trim(str_split(&list, ','))).p != NULL) {
		const uint16_t country =
		    one.n > 3 && one.p[2] == '-' ? country_pack(str_n(one.p, 2)) : 0;

		if (country != 0)
			one = str_n(one.p + 3, one.n - 3);
		if (one.n > 0)
			add_number(l, targeting_state(country, one));
	}
}

static void
add_pairs(struct catlimits_numbers *l, struct str lines)
{
	struct str line;

	while (lines.n > 0 && (line = str_split(&lines, '\n')).p != NULL) {
		struct str second = line, first = str_split(&second, '\t');

		if (second.p != NULL)
			add_number(l, targeting_pair(first, second));
	}
}

static void
add_os(struct catlimits *l, struct str text)
{
	size_t n = 0;
	bool bad = false, more;

	l->os = obj_alloc(OS_MOST * sizeof(*l->os));
	do
		more = targeting_os(&text, l->os, OS_MOST, &n, &bad);
	while (more);
	if (bad)
		log_warn("an offer's operating systems are not readable");
	/* A restriction that cannot be read holds off everybody rather than nobody. */
	if (n == 0)
		l->os[n++] = (struct cat_os){.family = 0};
	l->n_os = (unsigned)n;
}

static uint8_t
device_bits(struct str list)
{
	uint8_t bits = 0;
	struct str one;
	uint64_t v;

	while (list.n > 0 && (one = str_split(&list, ',')).p != NULL)
		if (str_to_u64(one, &v) && v < DEVICE_TYPES)
			bits |= (uint8_t)(1u << v);
	return bits;
}

enum target_col {
	T_OFFER,
	T_STRICT,
	T_STATES,
	T_HOURS,
	T_DEVICES,
	T_OS,
	T_CONNECTION,
	T_IPS,
	T_SUB1,
	T_EXCEPT1,
	T_SUB2,
	T_EXCEPT2,
	T_PAIRS,
	T_EMPTY
};

static void
take_target(struct catlimits *l, const struct db_rows *r)
{
	struct cat_target *t = &l->target;
	const struct str connection = db_str(r, T_CONNECTION);

	l->has_target = true;
	t->strict = (uint8_t)db_u64(r, T_STRICT);
	t->devices = device_bits(db_str(r, T_DEVICES));
	t->empty_sub = (uint8_t)db_u64(r, T_EMPTY);
	t->sub_except[0] = (uint8_t)db_u64(r, T_EXCEPT1);
	t->sub_except[1] = (uint8_t)db_u64(r, T_EXCEPT2);
	if (connection.n > 0)
		t->connection = str_eq(connection, STR("cellular"))
				    ? CAT_CONNECTION_CELLULAR
				    : CAT_CONNECTION_WIFI;
	if (!targeting_hours(db_str(r, T_HOURS), &t->hours))
		log_warn("an offer's hours are not readable");
	add_states(&l->states, db_str(r, T_STATES));
	if (db_str(r, T_OS).n > 0)
		add_os(l, db_str(r, T_OS));
	l->refused_ips = keep(db_str(r, T_IPS));
	add_subs(&l->subs[0], db_str(r, T_SUB1));
	add_subs(&l->subs[1], db_str(r, T_SUB2));
	add_pairs(&l->pairs, db_str(r, T_PAIRS));
}

static enum err
close_rows(struct db_rows **rows, enum err rc)
{
	const enum err end = db_rows_close(rows);

	return rc != ERR_OK ? rc : end;
}

static enum err
read_targets(struct db *db, uint64_t lo, uint64_t hi, catlimits_of_f *of, void *arg)
{
	struct db_rows *rows = NULL;
	enum err rc = db_query(db, &rows,
	    "SELECT offer_id, strictly_country, states, hours, devices, os, connection, "
	    "refused_ips, sub1, sub1_except, sub2, sub2_except, sub_pairs, empty_sub"
	    " FROM offer_target WHERE offer_id BETWEEN ? AND ?",
	    "uu", lo, hi);

	while (rc == ERR_OK && db_next(rows)) {
		struct catlimits *l = of(arg, db_u64(rows, T_OFFER));

		if (l != NULL)
			take_target(l, rows);
	}
	return close_rows(&rows, rc);
}

/* Numbers in the lists of cities and ISPs, as the hashes that a click is asked with. */
static enum err
read_hashes(struct db *db, const char *sql, uint64_t lo, uint64_t hi, catlimits_of_f *of,
    void *arg, bool cities)
{
	struct db_rows *rows = NULL;
	enum err rc = db_query(db, &rows, sql, "uu", lo, hi);

	while (rc == ERR_OK && db_next(rows)) {
		struct catlimits *l = of(arg, db_u64(rows, 0));

		if (l != NULL)
			add_number(cities ? &l->cities : &l->isps, db_u64(rows, 1));
	}
	return close_rows(&rows, rc);
}

/* One that is in no table any more (NULL, read as 0) still holds off all the others. */
static const char sql_cities[] =
    "SELECT t.offer_id, p.place_hash FROM offer_target t JOIN "
    "JSON_TABLE(CONCAT('[', t.cities, ']'), '$[*]' COLUMNS (id INT UNSIGNED PATH '$')) k"
    " LEFT JOIN place p ON p.id = k.id WHERE t.cities <> '' AND t.offer_id BETWEEN ? AND "
    "?";
static const char sql_isps[] =
    "SELECT t.offer_id, i.isp_hash FROM offer_target t JOIN "
    "JSON_TABLE(CONCAT('[\"', REPLACE(t.isps, ',', '\",\"'), '\"]'), '$[*]' COLUMNS"
    " (hex24 CHAR(24) CHARACTER SET ascii PATH '$')) k LEFT JOIN isp i ON i.hex24 = "
    "k.hex24 WHERE t.isps <> '' AND t.offer_id BETWEEN ? AND ?";

/* The countries that somebody pays for, of offers that take no others: those of its
 * payments in force; with one that holds everywhere, all. */
struct strict {
	struct catlimits *l;
	bool everywhere;
	char *in; /* comma lists, joined */
	size_t n_in;
	bool excludes; /* some hold everywhere but ... */
	char *out;     /* ... where all of them agree */
	size_t n_out;
};

static bool
has_code(const char *list, size_t n, struct str code)
{
	struct str rest = str_n(list, n), one;

	while (rest.n > 0 && (one = str_split(&rest, ',')).p != NULL)
		if (str_eq(one, code))
			return true;
	return false;
}

static void
append(char **list, size_t *n, struct str code)
{
	*list = obj_realloc(*list, *n + code.n + 1);
	memcpy(*list + *n, code.p, code.n);
	*n += code.n;
	(*list)[(*n)++] = ',';
}

/* *list becomes what is in both. */
static void
intersect(char *list, size_t *n, struct str other)
{
	struct str rest = str_n(list, *n), one;
	size_t to = 0;

	while (rest.n > 0 && (one = str_split(&rest, ',')).n > 0) {
		const size_t len = one.n;

		if (!has_code(other.p, other.n, one))
			continue;
		memmove(list + to, one.p, len);
		list[to + len] = ',';
		to += len + 1;
	}
	*n = to;
}

static void
strict_add(struct strict *s, struct str countries, bool exclude)
{
	struct str one;

	if (countries.n == 0) {
		s->everywhere = true;
		return;
	}
	if (exclude && s->excludes) {
		intersect(s->out, &s->n_out, countries);
		return;
	}
	s->excludes = s->excludes || exclude;
	while (countries.n > 0 && (one = str_split(&countries, ',')).p != NULL) {
		if (exclude)
			append(&s->out, &s->n_out, one);
		else if (!has_code(s->in, s->n_in, one))
			append(&s->in, &s->n_in, one);
	}
}

/* The end of one offer's payments. */
static void
strict_end(struct strict *s)
{
	struct str rest, one;
	char *left = NULL;
	size_t n = 0;

	if (s->l == NULL)
		return;
	if (s->everywhere) {
		s->l->target.strict = 0;
	} else if (s->excludes) {
		rest = str_n(s->out, s->n_out);
		while (rest.n > 0 && (one = str_split(&rest, ',')).n > 0)
			if (!has_code(s->in, s->n_in, one))
				append(&left, &n, one);
		s->l->target.strict_refuses = 1;
		s->l->strict_countries = keep(str_n(left, n));
	} else {
		s->l->strict_countries = keep(str_n(s->in, s->n_in));
	}
	free(left);
	free(s->in);
	free(s->out);
	*s = (struct strict){.l = NULL};
}

static enum err
read_strict(struct db *db, uint64_t lo, uint64_t hi, catlimits_of_f *of, void *arg)
{
	struct strict s = {.l = NULL};
	struct db_rows *rows = NULL;
	enum err rc = db_query(db, &rows,
	    "SELECT t.offer_id, p.countries, p.country_exclude FROM offer_target t"
	    " JOIN payout_rule p ON p.offer_id = t.offer_id AND p.valid_to_us IS NULL"
	    " AND p.kind <> 'disable' WHERE t.strictly_country AND t.offer_id BETWEEN ? "
	    "AND ? ORDER BY t.offer_id",
	    "uu", lo, hi);

	while (rc == ERR_OK && db_next(rows)) {
		struct catlimits *l = of(arg, db_u64(rows, 0));

		if (l != s.l)
			strict_end(&s);
		s.l = l;
		if (l != NULL)
			strict_add(&s, db_str(rows, 1), db_u64(rows, 2) != 0);
	}
	strict_end(&s);
	return close_rows(&rows, rc);
}

static enum err
read_access(struct db *db, uint64_t lo, uint64_t hi, catlimits_of_f *of, void *arg)
{
	struct db_rows *rows = NULL;
	enum err rc = db_query(db, &rows,
	    "SELECT offer_id, affiliate_id, landing_page_id, allowed FROM "
	    "access_exception WHERE allowed IS NOT NULL AND offer_id BETWEEN ? AND ?",
	    "uu", lo, hi);

	while (rc == ERR_OK && db_next(rows)) {
		struct catlimits *l = of(arg, db_u64(rows, 0));

		if (l == NULL)
			continue;
		l->access = room(l->access, l->n_access, sizeof(*l->access));
		l->access[l->n_access++] =
		    (struct cat_access){.affiliate_id = (uint32_t)db_u64(rows, 1),
			.landing_page_id = (uint32_t)db_u64(rows, 2),
			.allowed = (uint8_t)db_u64(rows, 3)};
	}
	return close_rows(&rows, rc);
}

enum err
catlimits_read_offers(
    struct db *db, uint64_t lo, uint64_t hi, catlimits_of_f *of, void *arg)
{
	enum err rc = read_targets(db, lo, hi, of, arg);

	if (rc == ERR_OK)
		rc = read_hashes(db, sql_cities, lo, hi, of, arg, true);
	if (rc == ERR_OK)
		rc = read_hashes(db, sql_isps, lo, hi, of, arg, false);
	if (rc == ERR_OK)
		rc = read_strict(db, lo, hi, of, arg);
	return rc != ERR_OK ? rc : read_access(db, lo, hi, of, arg);
}

enum err
catlimits_read_advertisers(
    struct db *db, uint64_t lo, uint64_t hi, catlimits_of_f *of, void *arg)
{
	struct db_rows *rows = NULL;
	struct catlimits *l;
	enum err rc = db_query(db, &rows,
	    "SELECT account_id, sub1, sub1_except, sub2, sub2_except FROM "
	    "advertiser_subs WHERE account_id BETWEEN ? AND ?",
	    "uu", lo, hi);

	while (rc == ERR_OK && db_next(rows)) {
		l = of(arg, db_u64(rows, 0));
		if (l == NULL)
			continue;
		add_subs(&l->subs[0], db_str(rows, 1));
		l->target.sub_except[0] = (uint8_t)db_u64(rows, 2);
		add_subs(&l->subs[1], db_str(rows, 3));
		l->target.sub_except[1] = (uint8_t)db_u64(rows, 4);
	}
	rc = close_rows(&rows, rc);
	if (rc != ERR_OK)
		return rc;
	rc = db_query(db, &rows,
	    "SELECT advertiser_id, affiliate_id FROM advertiser_blacklist WHERE "
	    "advertiser_id BETWEEN ? AND ?",
	    "uu", lo, hi);
	while (rc == ERR_OK && db_next(rows)) {
		l = of(arg, db_u64(rows, 0));
		if (l != NULL)
			add_number(&l->refused, db_u64(rows, 1));
	}
	return close_rows(&rows, rc);
}

/* ---- the image ---- */

static struct cat_list
image_numbers(struct catimage *ci, const struct catlimits_numbers *l)
{
	return catimage_wide(ci, l->v, l->n);
}

static void
image_target(const struct catlimits *l, const struct catlimits *advertiser,
    struct catimage *ci, struct cat_offer *row)
{
	struct cat_target t = l->target;

	t.strict_countries = catimage_countries(ci, l->strict_countries);
	t.os = catimage_os(ci, l->os, l->n_os);
	t.states = image_numbers(ci, &l->states);
	t.cities = image_numbers(ci, &l->cities);
	t.isps = image_numbers(ci, &l->isps);
	t.pairs = image_numbers(ci, &l->pairs);
	for (unsigned i = 0; i < 2; i++) {
		t.subs[i] = image_numbers(ci, &l->subs[i]);
		if (advertiser == NULL)
			continue;
		t.adv_subs[i] = image_numbers(ci, &advertiser->subs[i]);
		t.adv_sub_except[i] = advertiser->target.sub_except[i];
	}
	t.refused_ips = catimage_ranges(ci, l->refused_ips);
	row->target = catimage_target(ci, &t);
}

void
catlimits_image(const struct catlimits *l, const struct catlimits *advertiser,
    struct catimage *ci, struct cat_offer *row)
{
	row->access = catimage_access(ci, l->access, l->n_access);
	row->blacklist = (struct cat_list){0, 0};
	if (advertiser != NULL)
		row->blacklist = image_numbers(ci, &advertiser->refused);
	row->target = 0;
	if (l->has_target ||
	    (advertiser != NULL && advertiser->subs[0].n + advertiser->subs[1].n > 0))
		image_target(l, advertiser, ci, row);
}
