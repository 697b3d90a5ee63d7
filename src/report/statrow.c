/* SPDX-License-Identifier: Apache-2.0
 * statrow.c - see statrow.h.
 */
#include "config.h" /* for qsort_r() */

#include "report/statrow.h"

#include <stdlib.h>

#include "base/record.h"
#include "report/names.h"

enum sum { SUM_RAW, SUM_UNIQ, SUM_COUNT, SUM_REVENUE, SUM_NULL, SUM_EARNING, SUM_SAME };

/* What `order` can name besides slices: a sum of a status (0 total). */
static const struct {
	const char *word;
	enum sum sum;
	unsigned status;
} sums[] = {
    {"raw", SUM_RAW, 0}, {"uniq", SUM_UNIQ, 0}, {"total_count", SUM_COUNT, 0},
    {"total_revenue", SUM_REVENUE, 0}, {"total_null", SUM_NULL, 0},
    {"confirmed_count", SUM_COUNT, 1}, {"confirmed_revenue", SUM_REVENUE, 1},
    {"confirmed_earning", SUM_EARNING, 1}, {"pending_count", SUM_COUNT, 2},
    {"pending_revenue", SUM_REVENUE, 2}, {"declined_count", SUM_COUNT, 3},
    {"declined_revenue", SUM_REVENUE, 3}, {"hold_count", SUM_COUNT, 5},
    {"hold_revenue", SUM_REVENUE, 5},
    {"currency", SUM_SAME, 0}, /* all rows of an answer are in one */
};

bool
statrow_key(struct str word, struct statrow_key *out)
{
	struct statrow_key k = {0};

	if (custom_slice(word, &k.slice)) {
		k.is_slice = true;
		*out = k;
		return true;
	}
	for (k.sum = 0; k.sum < ARRAY_LEN(sums); k.sum++) {
		if (!str_eq(word, str_of(sums[k.sum].word)))
			continue;
		*out = k;
		return true;
	}
	return false;
}

bool
statrow_type(struct str word, unsigned *status)
{
	if (str_eq(word, STR("total"))) {
		*status = 0;
		return true;
	}
	for (unsigned i = 1; i < CUSTOM_STATUSES; i++) {
		if (!str_eq(word, str_of(names_status(i))))
			continue;
		*status = i;
		return true;
	}
	return false;
}

struct sorting {
	const struct statrow_page *page;
	const struct custom *c;
	const struct names *names;
};

static const char *
reason_of(int64_t verdict)
{
	static const char *const reasons[] = {
#define VERDICT(number_, id_, reason_, text_) [number_] = (reason_),
#include "tbl/verdicts.h"
#undef VERDICT
	};

	return verdict >= 0 && verdict < (int64_t)ARRAY_LEN(reasons) &&
		       reasons[verdict] != NULL
		   ? reasons[verdict]
		   : "";
}

static int
compare_slice(const struct sorting *s, enum slice by, const struct custom_row *x,
    const struct custom_row *y)
{
	int64_t a = x->key[by], b = y->key[by];

	if (a == b)
		return 0;
	if (custom_slice_is_word(by))
		return str_cmp(s->c->word[a], s->c->word[b]);
	if (by == SLICE_GOAL)
		return str_cmp(names_goal(s->names, (uint32_t)a)->value,
		    names_goal(s->names, (uint32_t)b)->value);
	if (by == SLICE_DEVICE)
		return strcmp(names_device((unsigned)a), names_device((unsigned)b));
	if (by == SLICE_REASON)
		return strcmp(reason_of(a), reason_of(b));
	return a < b ? -1 : 1;
}

static int64_t
sum_of(const struct custom_row *row, unsigned key)
{
	const struct custom_cell *c = &row->st[sums[key].status];

	switch (sums[key].sum) {
	case SUM_RAW:
		return row->raw;
	case SUM_UNIQ:
		return row->uniq;
	case SUM_COUNT:
		return c->n;
	case SUM_REVENUE:
		return c->revenue;
	case SUM_NULL:
		return c->n_null;
	case SUM_SAME:
		return 0;
	case SUM_EARNING:
		break;
	}
	return c->charge - c->revenue;
}

/* By the keys asked for, and then by the slices in their order, upwards, so that pages
 * never overlap. */
static int
compare(const void *a, const void *b, void *ctx)
{
	const struct custom_row *x = a, *y = b;
	const struct sorting *s = ctx;
	const struct statrow_page *p = s->page;
	int c = 0;

	for (unsigned i = 0; i < p->n_order && c == 0; i++) {
		const struct statrow_key *k = &p->order[i];

		if (k->is_slice)
			c = compare_slice(s, k->slice, x, y);
		else
			c = (sum_of(x, k->sum) > sum_of(y, k->sum)) -
			    (sum_of(x, k->sum) < sum_of(y, k->sum));
	}
	if (p->descending)
		c = -c;
	for (unsigned i = 0; i < p->n_by && c == 0; i++) {
		c = compare_slice(s, p->by[i], x, y);
		if (p->descending && p->n_order == 0)
			c = -c;
	}
	return c;
}

static void
put_country(struct jsonw *w, int64_t packed)
{
	char two[3];

	country_unpack((uint16_t)packed, two);
	jsonw_cstr(w, two);
}

static void
put_text(struct jsonw *w, const char *key, struct str text)
{
	jsonw_key(w, key);
	jsonw_str(w, text);
}

/* Nobody is number "0" and called Undefined. */
static void
put_manager(struct jsonw *w, const struct names_account *m, bool title)
{
	const struct str nobody = STR("Undefined");

	jsonw_obj(w);
	put_text(w, "id", m->id == 0 ? STR("0") : m->hex24);
	put_text(w, "first_name", m->id == 0 ? nobody : m->firstname);
	put_text(w, "last_name", m->id == 0 ? nobody : m->lastname);
	if (title)
		put_text(w, "title",
		    m->id == 0       ? nobody
		    : m->title.n > 0 ? m->title
				     : m->username);
	jsonw_end(w);
}

static void
put_slice(struct jsonw *w, const struct sorting *s, enum slice by, int64_t key)
{
	const struct names *n = s->names;

	jsonw_key(w, custom_slice_word(by));
	switch (by) {
	case SLICE_OFFER:
		names_put_offer(w, names_offer(n, (uint32_t)key),
		    s->page->affiliate ? NAMES_URL_LEFT_OUT : NAMES_URL);
		break;
	case SLICE_ADVERTISER:
		names_put_advertiser(w, names_account(n, (uint32_t)key));
		break;
	case SLICE_AFFILIATE:
		names_put_partner(w, n, names_account(n, (uint32_t)key), false);
		break;
	case SLICE_MANAGER:
	case SLICE_AFF_MANAGER:
	case SLICE_ADV_MANAGER:
		put_manager(w, names_account(n, (uint32_t)key), by != SLICE_MANAGER);
		break;
	case SLICE_COUNTRY:
		put_country(w, key);
		break;
	case SLICE_GOAL:
		jsonw_str(w, names_goal(n, (uint32_t)key)->value);
		break;
	case SLICE_DEVICE:
		jsonw_cstr(w, names_device((unsigned)key));
		break;
	case SLICE_REASON:
		jsonw_cstr(w, reason_of(key));
		break;
	default:
		if (custom_slice_is_word(by))
			jsonw_str(w, s->c->word[key]);
		else
			jsonw_int(w, key);
	}
}

static void
put_cell(struct jsonw *w, const struct custom_cell *c, bool affiliate)
{
	jsonw_obj(w);
	jsonw_key(w, "revenue");
	jsonw_money(w, c->revenue, 0);
	jsonw_key(w, "charge");
	jsonw_money(w, c->charge, 0);
	jsonw_key(w, "earning");
	jsonw_money(w, affiliate ? 0 : c->charge - c->revenue, 0);
	jsonw_key(w, "null");
	jsonw_int(w, c->n_null);
	jsonw_key(w, "count");
	jsonw_int(w, c->n);
	jsonw_end(w);
}

/* part / whole × unit, rounded once; 0 when there is no whole, or one that later
 * corrections took more from than it had. */
static money_t
ratio_of(int64_t part, int64_t whole, int64_t unit)
{
	return whole <= 0 ? 0 : money_muldiv(part, unit, whole);
}

static void
put_share(struct jsonw *w, const char *key, int64_t part, int64_t whole, int64_t unit)
{
	jsonw_key(w, key);
	jsonw_money(w, ratio_of(part, whole, unit), 0);
}

/* nats-behaviour.md §4.2, of what is booked: confirmed and hold.  Under an affiliate's
 * key revenue is his own.  Types as later versions have them: cr an object with a member
 * a type, in percent of unique clicks; ratio a text; epc a whole number. */
static void
put_derived(struct jsonw *w, const struct statrow_page *p, const struct custom_row *row)
{
	const struct custom_cell *ok = &row->st[1], *hold = &row->st[5];
	int64_t n = ok->n + hold->n;
	money_t payout = ok->revenue + hold->revenue,
		revenue = p->affiliate ? payout : ok->charge + hold->charge;

	jsonw_key(w, "views");
	jsonw_int(w, row->views);
	put_share(w, "ctr", row->raw, row->views, 100 * MONEY_UNIT);
	put_share(w, "ecpm", revenue, row->views, 1000);
	jsonw_key(w, "cr");
	jsonw_obj(w);
	for (unsigned i = 0; i < CUSTOM_STATUSES; i++)
		if (p->types[i])
			put_share(w, i == 0 ? "total" : names_status(i), row->st[i].n,
			    row->uniq, 100 * MONEY_UNIT);
	jsonw_end(w);
	jsonw_key(w, "ratio");
	if (n == 0)
		jsonw_cstr(w, "-");
	else
		jsonw_fmt(w, "1:%lld", (long long)ratio_of(row->uniq, n, 1));
	jsonw_key(w, "epc");
	jsonw_int(w, ratio_of(payout, row->raw * MONEY_UNIT, 1));
}

static void
put_traffic(struct jsonw *w, const struct custom_row *row)
{
	jsonw_key(w, "traffic");
	jsonw_obj(w);
	jsonw_key(w, "raw");
	jsonw_fmt(w, "%lld", (long long)row->raw);
	jsonw_key(w, "uniq");
	jsonw_fmt(w, "%lld", (long long)row->uniq);
	jsonw_end(w);
	if (row->trafficback != 0) {
		jsonw_key(w, "trafficback");
		jsonw_int(w, row->trafficback);
	}
}

static void
put_row(struct jsonw *w, const struct sorting *s, const struct custom_row *row)
{
	const struct statrow_page *p = s->page;

	jsonw_obj(w);
	jsonw_key(w, "slice");
	jsonw_obj(w);
	for (unsigned i = 0; i < p->n_by; i++)
		put_slice(w, s, p->by[i], row->key[p->by[i]]);
	jsonw_end(w);
	put_traffic(w, row);
	jsonw_key(w, "actions");
	jsonw_obj(w);
	for (unsigned i = 0; i < CUSTOM_STATUSES; i++) {
		if (!p->types[i])
			continue;
		jsonw_key(w, i == 0 ? "total" : names_status(i));
		put_cell(w, &row->st[i], p->affiliate);
	}
	jsonw_end(w);
	put_derived(w, p, row);
	jsonw_end(w);
}

void
statrow_pagination(struct jsonw *w, int64_t page, int64_t limit, int64_t total)
{
	jsonw_key(w, "pagination");
	jsonw_obj(w);
	jsonw_key(w, "per_page");
	jsonw_int(w, limit);
	jsonw_key(w, "total_count");
	jsonw_int(w, total);
	jsonw_key(w, "page");
	jsonw_int(w, page);
	if (page < (total + limit - 1) / limit) {
		jsonw_key(w, "next_page");
		jsonw_int(w, page + 1);
	}
	jsonw_end(w);
}

static void
want_names(struct names *n, const struct statrow_page *p, const struct custom_row *row)
{
	for (unsigned i = 0; i < p->n_by; i++) {
		uint32_t id = (uint32_t)row->key[p->by[i]];

		if (p->by[i] == SLICE_OFFER)
			names_want_offer(n, id);
		if (p->by[i] == SLICE_ADVERTISER || p->by[i] == SLICE_AFFILIATE ||
		    p->by[i] == SLICE_MANAGER || p->by[i] == SLICE_AFF_MANAGER ||
		    p->by[i] == SLICE_ADV_MANAGER)
			names_want_account(n, id);
	}
}

enum err
statrow_json(struct db *db, struct arena *a, struct custom *c,
    const struct statrow_page *p, struct jsonw *w)
{
	/* Goals are sorted by their values, so they are loaded before the page is known;
	 * the rest after. */
	struct names goals, names;
	struct sorting s = {p, c, &goals};
	int64_t from, to, n = (int64_t)c->n;
	enum err rc;

	names_init(&goals, a);
	rc = names_load(&goals, db);
	if (rc != ERR_OK)
		return rc;
	if (c->n > 0)
		qsort_r(c->row, c->n, sizeof(*c->row), compare, &s);
	from = p->page > n / p->limit + 1 ? n : (p->page - 1) * p->limit;
	to = n - from > p->limit ? from + p->limit : n;
	names_init(&names, a);
	for (int64_t i = from; i < to; i++)
		want_names(&names, p, &c->row[i]);
	rc = names_load(&names, db);
	if (rc != ERR_OK)
		return rc;
	s.names = &names;
	jsonw_obj(w);
	jsonw_key(w, "status");
	jsonw_int(w, 1);
	jsonw_key(w, "stats");
	jsonw_arr(w);
	for (int64_t i = from; i < to; i++)
		put_row(w, &s, &c->row[i]);
	jsonw_end(w);
	statrow_pagination(w, p->page, p->limit, n);
	jsonw_end(w);
	return ERR_OK;
}
