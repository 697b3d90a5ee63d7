/* SPDX-License-Identifier: Apache-2.0
 * custom.c - see custom.h: reads the sources into the table of cells.
 *
 * How time is cut.  Within a stretch of one UTC offset, hours and days of the wall clock
 * are arithmetic on the row's time, so the database groups by them and a query covers the
 * stretch; months and longer are a query each.  What several pieces say about one key is
 * added up in the table.
 */
#include "report/custom.h"

#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/jsonw.h"
#include "report/cube.h"

enum { TIME, NUMBER, WORD };

static const struct {
	const char *word;
	int kind;
} slices[SLICES] = {
#define SLICE(id_, word_, kind_) [SLICE_##id_] = {word_, kind_},
#include "tbl/slices.h"
#undef SLICE
};

bool
custom_slice(struct str word, enum slice *out)
{
	for (unsigned i = 0; i < SLICES; i++) {
		if (!str_eq(word, str_of(slices[i].word)))
			continue;
		*out = (enum slice)i;
		return true;
	}
	return false;
}

const char *
custom_slice_word(enum slice s)
{
	return slices[s].word;
}

/* Where rows come from: the pieces of its statement. */
struct source {
	const char *from;  /* with aliases; x is the row with its dimensions */
	const char *secs;  /* its time in seconds */
	const char *range; /* two values: buckets or microseconds */
	bool buckets;
	bool status;             /* conversions, by status */
	const char *col[SLICES]; /* NULL: it does not know */
	const char *raw, *uniq;  /* clicks; conversions: count, count of zero payouts */
	const char *charge, *charge_b, *revenue, *revenue_b;
};

#define CLICK_KEYS                                                            \
	[SLICE_OFFER] = "x.offer_id", [SLICE_ADVERTISER] = "x.advertiser_id", \
	[SLICE_AFFILIATE] = "x.affiliate_id", [SLICE_COUNTRY] = "x.country"
#define BUCKET_SECS "CAST(x.bucket AS SIGNED) * 900"
#define BUCKET_RANGE "x.bucket >= ? AND x.bucket < ?"
/* Which node has how much in the cube: [[node, bucket], ...], read before both halves. */
#define BUILT                                                                    \
	"JSON_TABLE(?, '$[*]' COLUMNS (node INT PATH '$[0]', built BIGINT PATH " \
	"'$[1]')) b"

static const struct source clicks_rollup = {
    .from = "rollup_booked x",
    .secs = BUCKET_SECS,
    .range = BUCKET_RANGE,
    .buckets = true,
    .col = {CLICK_KEYS},
    .raw = "x.page_view",
    .uniq = "x.unique_offer",
    .charge = "x.income_amount",
    .charge_b = "x.income_amount_b",
    .revenue = "x.click_payout",
    .revenue_b = "x.click_payout_b",
};

static const struct source clicks_cube = {
    .from = "cube_click x JOIN " BUILT " ON b.node = x.node_id AND x.bucket < b.built",
    .secs = BUCKET_SECS,
    .range = BUCKET_RANGE,
    .buckets = true,
    .col = {CLICK_KEYS, [SLICE_DEVICE] = "x.device_type", [SLICE_OS] = "x.os",
	[SLICE_BROWSER] = "x.browser"},
    .raw = "x.page_view",
    .uniq = "x.unique_offer",
    .charge = "x.revenue",
    .charge_b = "x.revenue_b",
    .revenue = "x.payout",
    .revenue_b = "x.payout_b",
};

static const struct source clicks_open = {
    .from = "click x JOIN " BUILT
	    " ON b.node = x.node_id AND x.click_us >= b.built * 900000000"
	    " LEFT JOIN user_agent u ON u.id = x.ua_id",
    .secs = "x.click_us DIV 1000000",
    .range = "x.verdict = 0 AND x.click_us >= ? AND x.click_us < ?",
    .col = {CLICK_KEYS, [SLICE_DEVICE] = "x.device_type",
	[SLICE_OS] = "COALESCE(u.os, '')", [SLICE_BROWSER] = "COALESCE(u.browser, '')"},
    .raw = "1",
    .uniq = "x.flags & 2 != 0",
    .charge = "x.revenue",
    .charge_b = CUBE_IN_BASE("revenue"),
    .revenue = "x.payout",
    .revenue_b = CUBE_IN_BASE("payout"),
};

/* What a later run of the filter of bots took out of these, or put in. */
static const struct source clicks_corrected = {
    .from = "click_correction x JOIN " BUILT
	    " ON b.node = x.node_id AND x.booked_us >= b.built * 900000000"
	    " LEFT JOIN user_agent u ON u.id = x.ua_id",
    .secs = "x.booked_us DIV 1000000",
    .range = "x.booked_us >= ? AND x.booked_us < ?",
    .col = {CLICK_KEYS, [SLICE_DEVICE] = "x.device_type",
	[SLICE_OS] = "COALESCE(u.os, '')", [SLICE_BROWSER] = "COALESCE(u.browser, '')"},
    .raw = "x.page_view",
    .uniq = "x.unique_offer",
    .charge = "x.income_amount",
    .charge_b = "x.income_amount_b",
    .revenue = "x.click_payout",
    .revenue_b = "x.click_payout_b",
};

/* By SmartLink: no rollup knows it, so the rows themselves are read. */
#define SMART_NAME "COALESCE(CONVERT(sc.hex24 USING utf8mb4), '')"

static const struct source clicks_smart = {
    .from = "click x LEFT JOIN smartlink_category sc ON sc.id = x.smart_id"
	    " LEFT JOIN user_agent u ON u.id = x.ua_id",
    .secs = "x.click_us DIV 1000000",
    .range = "x.verdict = 0 AND x.click_us >= ? AND x.click_us < ?",
    .col =
	{CLICK_KEYS, [SLICE_DEVICE] = "x.device_type", [SLICE_OS] = "COALESCE(u.os, '')",
	    [SLICE_BROWSER] = "COALESCE(u.browser, '')", [SLICE_SMART] = SMART_NAME},
    .raw = "1",
    .uniq = "x.flags & 2 != 0",
    .charge = "x.revenue",
    .charge_b = CUBE_IN_BASE("revenue"),
    .revenue = "x.payout",
    .revenue_b = CUBE_IN_BASE("payout"),
};

/* The correction does not know it either, its click does. */
static const struct source corrected_smart = {
    .from = "click_correction x STRAIGHT_JOIN click c ON c.click_us = x.click_us AND"
	    " c.click_lo = x.click_lo LEFT JOIN smartlink_category sc ON sc.id ="
	    " c.smart_id LEFT JOIN user_agent u ON u.id = x.ua_id",
    .secs = "x.booked_us DIV 1000000",
    .range = "x.booked_us >= ? AND x.booked_us < ?",
    .col =
	{CLICK_KEYS, [SLICE_DEVICE] = "x.device_type", [SLICE_OS] = "COALESCE(u.os, '')",
	    [SLICE_BROWSER] = "COALESCE(u.browser, '')", [SLICE_SMART] = SMART_NAME},
    .raw = "x.page_view",
    .uniq = "x.unique_offer",
    .charge = "x.income_amount",
    .charge_b = "x.income_amount_b",
    .revenue = "x.click_payout",
    .revenue_b = "x.click_payout_b",
};

static const struct source conversions_smart = {
    .from = "conversion x LEFT JOIN user_agent u ON u.id = x.ua_id LEFT JOIN click_kept k"
	    " ON k.click_us = x.click_us AND k.click_lo = x.click_lo"
	    " LEFT JOIN smartlink_category sc ON sc.id = k.smart_id",
    .secs = "x.created_us DIV 1000000",
    .range = "x.created_us >= ? AND x.created_us < ?",
    .status = true,
    .col = {CLICK_KEYS, [SLICE_GOAL] = "x.goal_id", [SLICE_DEVICE] = "x.device_type",
	[SLICE_OS] = "COALESCE(u.os, '')", [SLICE_BROWSER] = "COALESCE(u.browser, '')",
	[SLICE_SMART] = SMART_NAME},
    .raw = "1",
    .uniq = "x.payout = 0",
    .charge = "x.revenue",
    .charge_b = "x.revenue_b",
    .revenue = "x.payout",
    .revenue_b = "x.payout_b",
};

static const struct source conversions_rollup = {
    .from = "rollup_status x",
    .secs = BUCKET_SECS,
    .range = BUCKET_RANGE,
    .buckets = true,
    .status = true,
    .col = {CLICK_KEYS, [SLICE_GOAL] = "x.goal_id"},
    .raw = "x.n",
    .uniq = "x.n_null",
    .charge = "x.charge",
    .charge_b = "x.charge_b",
    .revenue = "x.revenue",
    .revenue_b = "x.revenue_b",
};

static const struct source conversions_raw = {
    .from = "conversion x LEFT JOIN user_agent u ON u.id = x.ua_id",
    .secs = "x.created_us DIV 1000000",
    .range = "x.created_us >= ? AND x.created_us < ?",
    .status = true,
    .col = {CLICK_KEYS, [SLICE_GOAL] = "x.goal_id", [SLICE_DEVICE] = "x.device_type",
	[SLICE_OS] = "COALESCE(u.os, '')", [SLICE_BROWSER] = "COALESCE(u.browser, '')"},
    .raw = "1",
    .uniq = "x.payout = 0",
    .charge = "x.revenue",
    .charge_b = "x.revenue_b",
    .revenue = "x.payout",
    .revenue_b = "x.payout_b",
};

/* Only a slice by reason asks for it.  The table has no currency: nothing in it is money.
 */
static const struct source refused = {
    .from = "(SELECT r.*, '' AS currency FROM rollup_refused r) x",
    .secs = BUCKET_SECS,
    .range = BUCKET_RANGE,
    .buckets = true,
    .col = {CLICK_KEYS, [SLICE_REASON] = "x.verdict"},
    .raw = "x.n",
    .uniq = "0",
    .charge = "0",
    .charge_b = "0",
    .revenue = "0",
    .revenue_b = "0",
};

/* The table of cells: rows in the order they came, and an index of their numbers + 1. */
struct table {
	const struct custom_query *q;
	struct arena *arena;
	struct custom *out;
	size_t cap, words_cap, slots; /* slots: a power of two */
	uint32_t *slot;
	struct str built; /* JSON for BUILT */
	bool hides;       /* some offers do not show all of their conversions (C9) */
	bool click_money; /* the goals asked for hold goal 1 */
};

static void
rehash(struct table *t)
{
	free(t->slot);
	t->slots = t->slots == 0 ? 1024 : t->slots * 2;
	t->slot = obj_alloc(t->slots * sizeof(*t->slot));
	for (size_t i = 0; i < t->out->n; i++) {
		uint64_t h = XXH3_64bits(t->out->row[i].key, sizeof(t->out->row[i].key));

		while (t->slot[h & (t->slots - 1)] != 0)
			h++;
		t->slot[h & (t->slots - 1)] = (uint32_t)i + 1;
	}
}

/* The row of a key, made when it is not there.  NULL: too many. */
static struct custom_row *
table_at(struct table *t, const int64_t key[SLICES])
{
	uint64_t h = XXH3_64bits(key, SLICES * sizeof(*key));
	struct custom_row *row;
	uint32_t i;

	while ((i = t->slot[h & (t->slots - 1)]) != 0) {
		row = &t->out->row[i - 1];
		if (memcmp(row->key, key, sizeof(row->key)) == 0)
			return row;
		h++;
	}
	if (t->out->n == CUSTOM_MAX_ROWS)
		return NULL;
	if (t->out->n == t->cap) {
		t->cap = t->cap == 0 ? 256 : t->cap * 2;
		t->out->row = obj_realloc(t->out->row, t->cap * sizeof(*t->out->row));
	}
	row = &t->out->row[t->out->n++];
	memset(row, 0, sizeof(*row));
	memcpy(row->key, key, sizeof(row->key));
	t->slot[h & (t->slots - 1)] = (uint32_t)t->out->n;
	if (t->out->n * 2 > t->slots)
		rehash(t);
	return row;
}

/* Operating systems and browsers are some hundred words: looked through from the end,
 * where the last one found is often the next. */
static int64_t
word_of(struct table *t, struct str s)
{
	struct custom *c = t->out;

	for (size_t i = c->n_words; i > 0; i--)
		if (str_eq(c->word[i - 1], s))
			return (int64_t)(i - 1);
	if (c->n_words == t->words_cap) {
		struct str *bigger =
		    arena_alloc(t->arena, (t->words_cap * 2 + 64) * sizeof(*bigger));

		if (c->n_words > 0)
			memcpy(bigger, c->word, c->n_words * sizeof(*bigger));
		c->word = bigger;
		t->words_cap = t->words_cap * 2 + 64;
	}
	c->word[c->n_words] = arena_str(t->arena, s);
	return (int64_t)c->n_words++;
}

/* Which time a piece groups by. */
enum cut { CUT_NONE, CUT_DAY, CUT_HOUR };

static enum cut
cut_of(const struct custom_query *q)
{
	if (q->by[SLICE_HOUR])
		return CUT_HOUR;
	return q->by[SLICE_DAY] ? CUT_DAY : CUT_NONE;
}

static bool
has_long_time(const struct custom_query *q)
{
	return q->by[SLICE_YEAR] || q->by[SLICE_QUARTER] || q->by[SLICE_MONTH];
}

struct piece {
	struct period p;
	enum cut cut;
	int32_t offset;  /* of the whole piece, when it is cut */
	int year, month; /* of the whole piece, when it is not */
};

static void
time_key(const struct custom_query *q, const struct piece *pc, int64_t local,
    int64_t key[SLICES])
{
	int y = pc->year, m = pc->month, d = 0;
	int64_t day = local, hour = 0;

	if (pc->cut == CUT_HOUR) {
		day = local / 24;
		hour = local % 24;
	}
	if (pc->cut != CUT_NONE)
		zone_date(day, &y, &m, &d);
	key[SLICE_YEAR] = q->by[SLICE_YEAR] ? y : 0;
	key[SLICE_QUARTER] = q->by[SLICE_QUARTER] ? (m + 2) / 3 : 0;
	key[SLICE_MONTH] = q->by[SLICE_MONTH] ? m : 0;
	key[SLICE_DAY] = q->by[SLICE_DAY] ? d : 0;
	key[SLICE_HOUR] = q->by[SLICE_HOUR] ? hour : 0;
}

/* A sum of money, in the currency and of the rows that were asked for. */
static void
add_money(struct ask *k, const struct custom_query *q, const char *own, const char *base)
{
	if (q->currencies.n == 0) {
		ask_add(k, ", SUM(", NULL);
	} else {
		ask_add(k, ", SUM(IF(FIND_IN_SET(x.currency, ?), ", "s", q->currencies);
	}
	ask_add(k, q->one_currency ? own : base, NULL);
	ask_add(k, q->currencies.n == 0 ? ")" : ", 0))", NULL);
}

static void
add_filters(
    struct ask *k, struct arena *a, const struct custom_query *q, const struct source *s)
{
	ask_in_ids(k, a, "x.offer_id", &q->offers);
	ask_in_ids(k, a, "x.advertiser_id", &q->advertisers);
	ask_in_ids(k, a, "x.affiliate_id", &q->affiliates);
	ask_in_ids(k, a, "x.country", &q->countries);
	if (s->col[SLICE_DEVICE] != NULL) {
		ask_in_ids(k, a, s->col[SLICE_DEVICE], &q->devices);
		ask_in_strs(k, a, s->col[SLICE_OS], &q->os);
	}
	if (s->col[SLICE_SMART] != NULL)
		ask_in_strs(k, a, s->col[SLICE_SMART], &q->smarts);
	if (!s->status)
		return;
	ask_in_ids(k, a, "x.goal_id", &q->goals);
	if (q->currencies.n > 0)
		ask_add(k, " AND FIND_IN_SET(x.currency, ?)", "s", q->currencies);
}

/* Columns: status, time, count, second count, charge, revenue, and then the keys. */
enum { C_STATUS, C_TIME, C_RAW, C_UNIQ, C_CHARGE, C_REVENUE, C_KEYS };

static void
statement(struct ask *k, struct table *t, const struct source *s, const struct piece *pc)
{
	const struct custom_query *q = t->q;
	bool built = s == &clicks_cube || s == &clicks_open || s == &clicks_corrected;

	ask_init(k);
	ask_add(k, s->status ? "SELECT x.status AS st, " : "SELECT 0 AS st, ", NULL);
	if (pc->cut == CUT_NONE) {
		ask_add(k, "0 AS at, SUM(", NULL);
	} else {
		ask_add(k, "(", NULL);
		ask_add(k, s->secs, NULL);
		ask_add(k,
		    pc->cut == CUT_DAY ? " + ?) DIV 86400 AS at, SUM("
				       : " + ?) DIV 3600 AS at, SUM(",
		    "i", (int64_t)pc->offset);
	}
	ask_add(k, s->raw, NULL);
	ask_add(k, "), SUM(", NULL);
	ask_add(k, s->uniq, NULL);
	ask_add(k, ")", NULL);
	add_money(k, q, s->charge, s->charge_b);
	add_money(k, q, s->revenue, s->revenue_b);
	for (unsigned i = 0; i < SLICES; i++) {
		if (!q->by[i] || slices[i].kind == TIME || s->col[i] == NULL)
			continue;
		ask_add(k, ", ", NULL);
		ask_add(k, s->col[i], NULL);
		ask_add(k, " AS k_", NULL);
		ask_add(k, slices[i].word, NULL);
	}
	ask_add(k, " FROM ", NULL);
	ask_add(k, s->from, built ? "s" : NULL, t->built);
	ask_add(k, " WHERE ", NULL);
	ask_add(k, s->range, "ii", s->buckets ? clock_bucket(pc->p.from) : pc->p.from,
	    s->buckets ? clock_bucket(pc->p.to) : pc->p.to);
	add_filters(k, t->arena, q, s);
	if (t->hides && s->status)
		ask_add(k, " AND " ASK_SHOWN("x"), NULL);
	ask_add(k, " GROUP BY st, at", NULL);
	for (unsigned i = 0; i < SLICES; i++) {
		if (!q->by[i] || slices[i].kind == TIME || s->col[i] == NULL)
			continue;
		ask_add(k, ", k_", NULL);
		ask_add(k, slices[i].word, NULL);
	}
}

/* What a row of clicks adds.  Traffic cannot be split by goal: sliced so, only its money
 * is shown. */
static void
add_clicks(const struct table *t, struct custom_row *row, const struct db_rows *r,
    money_t charge, money_t revenue)
{
	if (!t->q->by[SLICE_GOAL]) {
		row->raw += db_i64(r, C_RAW);
		row->uniq += db_i64(r, C_UNIQ);
	}
	if (t->q->by[SLICE_REASON]) {
		row->trafficback += row->raw;
		row->raw = 0;
	}
	row->st[1].charge += charge;
	row->st[1].revenue += revenue;
}

/* Sums that say nothing: buckets of refused clicks, or clicks without money under a goal.
 */
static bool
is_empty(const struct table *t, const struct source *s, const struct db_rows *r,
    money_t charge, money_t revenue)
{
	if (charge != 0 || revenue != 0)
		return false;
	/* Corrections may leave as many clicks, but others of them unique. */
	return (db_i64(r, C_RAW) == 0 && db_i64(r, C_UNIQ) == 0) ||
	       (!s->status && t->q->by[SLICE_GOAL]);
}

/* false: too many rows. */
static bool
take(struct table *t, const struct source *s, const struct piece *pc,
    const struct db_rows *r)
{
	bool money = s->status || t->click_money;
	money_t charge = money && !t->q->hide_charge ? db_i64(r, C_CHARGE) : 0;
	money_t revenue = money ? db_i64(r, C_REVENUE) : 0;
	int64_t key[SLICES] = {0}, st = db_i64(r, C_STATUS);
	struct custom_row *row;
	unsigned col = C_KEYS;

	if (is_empty(t, s, r, charge, revenue) || st >= CUSTOM_STATUSES)
		return true;
	time_key(t->q, pc, db_i64(r, C_TIME), key);
	for (unsigned i = 0; i < SLICES; i++) {
		if (!t->q->by[i] || slices[i].kind == TIME || s->col[i] == NULL)
			continue;
		key[i] =
		    slices[i].kind == WORD ? word_of(t, db_str(r, col)) : db_i64(r, col);
		col++;
	}
	row = table_at(t, key);
	if (row == NULL)
		return false;
	if (!s->status) {
		add_clicks(t, row, r, charge, revenue);
		return true;
	}
	row->st[st].n += db_i64(r, C_RAW);
	row->st[st].n_null += db_i64(r, C_UNIQ);
	row->st[st].charge += charge;
	row->st[st].revenue += revenue;
	return true;
}

static enum err
read_source(
    struct db *db, struct table *t, const struct source *s, const struct piece *pc)
{
	struct db_rows *rows;
	struct ask k;
	enum err rc, full = ERR_OK;

	statement(&k, t, s, pc);
	rc = ask_rows(&k, db, &rows);
	if (rc != ERR_OK)
		return rc;
	while (full == ERR_OK && db_next(rows))
		if (!take(t, s, pc, rows))
			full = ERR_FULL;
	rc = db_rows_close(&rows);
	return rc != ERR_OK ? rc : full;
}

static bool
needs_ua(const struct custom_query *q)
{
	return q->by[SLICE_DEVICE] || q->by[SLICE_OS] || q->by[SLICE_BROWSER] ||
	       q->devices.set || q->os.set;
}

static enum err
read_piece(struct db *db, struct table *t, const struct piece *pc)
{
	bool ua = needs_ua(t->q);
	enum err rc;

	if (t->q->by[SLICE_REASON])
		return read_source(db, t, &refused, pc);
	if (t->q->by[SLICE_SMART]) {
		rc = read_source(db, t, &conversions_smart, pc);
		if (rc == ERR_OK)
			rc = read_source(db, t, &clicks_smart, pc);
		return rc != ERR_OK ? rc : read_source(db, t, &corrected_smart, pc);
	}
	rc = read_source(
	    db, t, ua || t->hides ? &conversions_raw : &conversions_rollup, pc);

	if (rc == ERR_OK)
		rc = read_source(db, t, ua ? &clicks_cube : &clicks_rollup, pc);
	if (rc == ERR_OK && ua)
		rc = read_source(db, t, &clicks_open, pc);
	if (rc == ERR_OK && ua)
		rc = read_source(db, t, &clicks_corrected, pc);
	return rc;
}

static enum err
read_offsets(struct db *db, struct table *t, struct period p)
{
	enum err rc = ERR_OK;
	us_t until;

	for (us_t at = p.from; at < p.to && rc == ERR_OK; at = until) {
		struct piece pc = {
		    .cut = cut_of(t->q), .offset = zone_offset(t->q->zone, at, &until)};

		if (until > p.to)
			until = p.to;
		pc.p = (struct period){at, until};
		rc = read_piece(db, t, &pc);
	}
	return rc;
}

static enum err
read_units(struct db *db, struct table *t, struct period p)
{
	enum zone_unit u = t->q->by[SLICE_MONTH]     ? ZONE_MONTH
			   : t->q->by[SLICE_QUARTER] ? ZONE_QUARTER
						     : ZONE_YEAR;
	enum err rc = ERR_OK;
	us_t until;

	for (us_t at = p.from; at < p.to && rc == ERR_OK; at = until) {
		struct piece pc = {.cut = CUT_NONE};
		struct wall w;

		until = zone_next(t->q->zone, u, at);
		if (until > p.to)
			until = p.to;
		zone_wall(t->q->zone, at, &w);
		pc.year = w.year;
		pc.month = w.month;
		pc.p = (struct period){at, until};
		rc = read_piece(db, t, &pc);
	}
	return rc;
}

/* Pieces are counted by the period, so it is cut to where there are rows. */
static enum err
clamp(struct db *db, struct period *p)
{
	static const char first_sql[] =
	    "SELECT LEAST(COALESCE((SELECT MIN(bucket) FROM rollup_booked), 4294967295),"
	    " COALESCE((SELECT MIN(bucket) FROM rollup_status), 4294967295))";
	static const char last_sql[] =
	    "SELECT GREATEST(COALESCE((SELECT MAX(bucket) FROM rollup_booked), 0),"
	    " COALESCE((SELECT MAX(bucket) FROM rollup_status), 0))";
	int64_t first = 0, last = 0;
	enum err rc = db_int(db, &first, 0, first_sql, "");

	if (rc == ERR_OK)
		rc = db_int(db, &last, 0, last_sql, "");
	if (p->from < first * US_BUCKET)
		p->from = first * US_BUCKET;
	if (p->to > (last + 1) * US_BUCKET)
		p->to = (last + 1) * US_BUCKET;
	return rc;
}

/* The cube's ends, once for both halves: a bucket that moves into the cube meanwhile is
 * read raw. */
static enum err
read_built(struct db *db, struct table *t)
{
	struct jsonw *w = jsonw_new();
	struct db_rows *rows;
	enum err rc = db_query(db, &rows,
	    "SELECT n.node_id, COALESCE(b.bucket, 0) FROM node n"
	    " LEFT JOIN cube_built b ON b.node_id = n.node_id",
	    "");

	jsonw_arr(w);
	while (rc == ERR_OK && db_next(rows)) {
		jsonw_arr(w);
		jsonw_int(w, db_i64(rows, 0));
		jsonw_int(w, db_i64(rows, 1));
		jsonw_end(w);
	}
	jsonw_end(w);
	t->built = arena_str(t->arena, jsonw_text(w));
	jsonw_free(&w);
	return rc == ERR_OK ? db_rows_close(&rows) : rc;
}

/* An affiliate's own numbers come from the rollup unless offers hide some of them from
 * him: which those are, only the conversions tell. */
static enum err
read_hides(struct db *db, struct table *t)
{
	int64_t n = 0;
	enum err rc;

	if (!t->q->hide_charge)
		return ERR_OK;
	rc = db_int(db, &n, 0,
	    "SELECT EXISTS (SELECT 1 FROM offer WHERE hide_conversions OR "
	    "hide_continuities)",
	    "");
	t->hides = n != 0;
	return rc;
}

/* Totals over the statuses, and the rows that were asked for. */
static void
finish(const struct custom_query *q, struct custom *c)
{
	size_t to = 0;

	for (size_t i = 0; i < c->n; i++) {
		struct custom_row *row = &c->row[i];

		for (unsigned st = 1; st < CUSTOM_STATUSES; st++) {
			row->st[0].n += row->st[st].n;
			row->st[0].n_null += row->st[st].n_null;
			row->st[0].charge += row->st[st].charge;
			row->st[0].revenue += row->st[st].revenue;
		}
		if (!q->nonzero || row->st[0].n != 0)
			c->row[to++] = *row;
	}
	c->n = to;
}

static bool
has_goal_one(const struct ask_ids *goals)
{
	for (size_t i = 0; i < goals->n; i++)
		if (goals->v[i] == 0)
			return true;
	return !goals->set;
}

enum err
custom_read(
    struct db *db, struct arena *a, const struct custom_query *q, struct custom *out)
{
	struct table t = {
	    .q = q, .arena = a, .out = out, .click_money = has_goal_one(&q->goals)};
	struct period p = q->period;
	struct piece whole = {.cut = CUT_NONE};
	enum err rc = clamp(db, &p);

	memset(out, 0, sizeof(*out));
	rehash(&t);
	(void)word_of(&t, STR(""));
	if (rc == ERR_OK)
		rc = read_hides(db, &t);
	if (rc == ERR_OK && needs_ua(q))
		rc = read_built(db, &t);
	whole.p = p;
	if (rc == ERR_OK && p.from < p.to) {
		if (cut_of(q) != CUT_NONE)
			rc = read_offsets(db, &t, p);
		else if (has_long_time(q))
			rc = read_units(db, &t, p);
		else
			rc = read_piece(db, &t, &whole);
	}
	free(t.slot);
	finish(q, out);
	if (rc != ERR_OK)
		custom_free(out);
	return rc;
}

void
custom_free(struct custom *c)
{
	free(c->row);
	memset(c, 0, sizeof(*c));
}
