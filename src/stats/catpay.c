/* SPDX-License-Identifier: Apache-2.0
 * catpay.c - see catpay.h.
 */
#include "stats/catpay.h"

#include <stdlib.h>

#include "base/record.h"
#include "track/clickpay.h"

static void
add_number(uint32_t **v, unsigned *n, uint32_t number)
{
	*v = obj_realloc(*v, (*n + 1) * sizeof(**v));
	(*v)[(*n)++] = number;
}

void
catpay_clear(struct catpay *p)
{
	for (unsigned i = 0; i < p->n; i++) {
		free((void *)(uintptr_t)p->rule[i].url.p);
		free(p->rule[i].affiliate);
		free(p->rule[i].city);
		free(p->rule[i].os);
	}
	free(p->rule);
	*p = (struct catpay){NULL, 0};
}

static us_t
or_none(const struct db_rows *rows, unsigned col)
{
	return db_is_null(rows, col) ? PRICE_NONE : db_i64(rows, col);
}

static void
read_lists(struct catpay_rule *x, const struct db_rows *rows)
{
	struct str list = db_str(rows, 9);
	uint64_t id;

	while (list.n > 0) {
		if (str_to_u64(str_trim(str_split(&list, ',')), &id) && id <= UINT32_MAX)
			add_number(&x->affiliate, &x->n_affiliates, (uint32_t)id);
	}
	list = db_str(rows, 11);
	while (list.n > 0) {
		struct str one = str_trim(str_split(&list, ','));

		if (one.n > 0)
			add_number(&x->os, &x->n_os, price_name(one));
	}
	list = db_str(rows, 7);
	while (list.n > 0)
		price_rule_country(
		    &x->row, country_pack(str_trim(str_split(&list, ','))));
}

/* A word that this version does not know, or a rule that disables, chooses no URL, but is
 * chosen among. */
static void
read_rule(struct catpay *p, const struct db_rows *rows)
{
	struct str url = db_str(rows, 12);
	struct catpay_rule *x;
	char *copy;

	p->rule = obj_realloc(p->rule, (p->n + 1) * sizeof(*p->rule));
	x = &p->rule[p->n++];
	*x = (struct catpay_rule){.url = STR_NONE};
	price_rule_init(&x->row);
	x->row.id = (uint32_t)db_u64(rows, 1);
	x->row.change = (uint32_t)db_u64(rows, 2);
	x->row.valid_from = db_i64(rows, 3);
	if (!price_kind_parse(db_str(rows, 4), &x->row.kind))
		x->row.kind = PRICE_RULE_DISABLE;
	x->row.start = or_none(rows, 5);
	x->row.end = or_none(rows, 6);
	price_rule_weekly(&x->row, db_str(rows, 13 + PRICE_SUBS));
	x->row.country_exclude = (uint8_t)db_u64(rows, 8);
	read_lists(x, rows);
	(void)!price_devices_parse(db_str(rows, 10), &x->row.devices);
	for (unsigned i = 0; i < PRICE_SUBS; i++) {
		struct str sub = db_str(rows, 13 + i);

		x->row.sub[i] = sub.n == 0 ? 0 : price_sub(sub);
	}
	if (url.n == 0)
		return;
	copy = obj_alloc(url.n);
	memcpy(copy, url.p, url.n);
	x->url = str_n(copy, url.n);
}

#define WITH_URLS                                                                      \
	"EXISTS (SELECT 1 FROM payout_rule u WHERE u.offer_id = p.offer_id AND u.url " \
	"<> '' AND u.goal_id = 0 AND u.valid_to_us IS NULL)"

static enum err
read_cities(struct db *db, uint64_t lo, uint64_t hi, catpay_of_f *f, void *arg)
{
	struct db_rows *rows = NULL;
	enum err rc = db_query(db, &rows,
	    "SELECT p.offer_id, p.id, l.place_hash FROM payout_rule p JOIN "
	    "JSON_TABLE(CONCAT('[', p.cities, ']'), '$[*]' COLUMNS (id INT UNSIGNED PATH "
	    "'$')) k LEFT JOIN place l ON l.id = k.id WHERE p.cities <> '' AND p.goal_id "
	    "= 0 AND p.valid_to_us IS NULL AND p.offer_id BETWEEN ? AND ? AND " WITH_URLS,
	    "uu", lo, hi);

	while (rc == ERR_OK && db_next(rows)) {
		struct catpay *p = f(arg, db_u64(rows, 0));

		for (unsigned i = 0; p != NULL && i < p->n; i++) {
			if (p->rule[i].row.id == db_u64(rows, 1))
				add_number(&p->rule[i].city, &p->rule[i].n_cities,
				    clickpay_city(db_u64(rows, 2)));
		}
	}
	return db_rows_close(&rows) == ERR_OK || rc != ERR_OK ? rc : ERR_DB_DOWN;
}

enum err
catpay_read(struct db *db, uint64_t lo, uint64_t hi, catpay_of_f *f, void *arg)
{
	struct db_rows *rows = NULL;
	enum err rc = db_query(db, &rows,
	    "SELECT p.offer_id, p.id, p.change_id, p.valid_from_us, p.kind, p.start_us, "
	    "p.end_us, p.countries, p.country_exclude, p.affiliates, p.devices, p.os, "
	    "p.url, p.sub1, p.sub2, p.sub3, p.sub4, p.sub5, p.weekly FROM payout_rule p "
	    "WHERE "
	    "p.goal_id = 0 AND p.valid_to_us IS NULL AND p.offer_id BETWEEN ? AND ? "
	    "AND " WITH_URLS,
	    "uu", lo, hi);

	while (rc == ERR_OK && db_next(rows)) {
		struct catpay *p = f(arg, db_u64(rows, 0));

		if (p != NULL)
			read_rule(p, rows);
	}
	if (db_rows_close(&rows) != ERR_OK && rc == ERR_OK)
		rc = ERR_DB_DOWN;
	return rc == ERR_OK ? read_cities(db, lo, hi, f, arg) : rc;
}

static int
by_number(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static struct price_list
image_list(struct catimage *ci, const uint32_t *v, unsigned n)
{
	struct price_list l = {0, n};
	uint32_t *sorted;

	if (n == 0)
		return l;
	sorted = obj_alloc(n * sizeof(*sorted));
	memcpy(sorted, v, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), by_number);
	for (unsigned i = 0; i < n; i++) {
		const uint32_t at = catimage_number(ci, sorted[i]);

		if (i == 0)
			l.first = at;
	}
	free(sorted);
	return l;
}

void
catpay_image(const struct catpay *p, struct catimage *ci, struct cat_offer *row)
{
	row->pay_rules = (struct cat_list){0, 0};
	for (unsigned i = 0; i < p->n; i++) {
		const struct catpay_rule *x = &p->rule[i];
		const struct cat_text url = catimage_text(ci, x->url);
		struct price_rule r = x->row;
		uint32_t at;

		r.affiliates = image_list(ci, x->affiliate, x->n_affiliates);
		r.cities = image_list(ci, x->city, x->n_cities);
		r.os = image_list(ci, x->os, x->n_os);
		r.url = (struct price_list){url.off, url.n};
		at = catimage_rule(ci, &r);
		if (row->pay_rules.n++ == 0)
			row->pay_rules.first = at;
	}
}
