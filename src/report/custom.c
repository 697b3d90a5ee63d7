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
#include "report/sources.h"

static const struct {
	const char *word;
	enum slice_kind kind;
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

bool
custom_slice_is_word(enum slice s)
{
	return slices[s].kind == WORD;
}

bool
custom_knows_refused(enum slice s)
{
	return slices[s].kind == TIME || source_refused.col[s] != NULL;
}

/* The table of cells: rows in the order they came, and an index of their numbers + 1. */
struct table {
	const struct custom_query *q;
	struct arena *arena;
	struct custom *out;
	size_t cap, slots; /* slots: a power of two */
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

static void
rehash_words(struct custom *c)
{
	c->_word_slots = c->_word_slots == 0 ? 1024 : c->_word_slots * 2;
	free(c->_word_slot);
	c->_word_slot = obj_alloc(c->_word_slots * sizeof(*c->_word_slot));
	for (size_t i = 0; i < c->n_words; i++) {
		uint64_t h = XXH3_64bits(c->word[i].p, c->word[i].n);

		while (c->_word_slot[h & (c->_word_slots - 1)] != 0)
			h++;
		c->_word_slot[h & (c->_word_slots - 1)] = (uint32_t)i + 1;
	}
}

/* The number of a word, given when it has none. */
static int64_t
word_of(struct table *t, struct str s)
{
	struct custom *c = t->out;
	uint64_t h;
	uint32_t i;

	if (c->n_words * 2 >= c->_word_slots)
		rehash_words(c);
	h = XXH3_64bits(s.p, s.n);
	while ((i = c->_word_slot[h & (c->_word_slots - 1)]) != 0) {
		if (str_eq(c->word[i - 1], s))
			return (int64_t)i - 1;
		h++;
	}
	if (c->n_words == c->_words_cap) {
		c->_words_cap = c->_words_cap * 2 + 64;
		c->word = obj_realloc(c->word, c->_words_cap * sizeof(*c->word));
	}
	c->word[c->n_words++] = arena_str(t->arena, s);
	c->_word_slot[h & (c->_word_slots - 1)] = (uint32_t)c->n_words;
	return (int64_t)c->n_words - 1;
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
add_managers(struct ask *k, struct arena *a, const struct custom_query *q)
{
	if (!q->managers.set)
		return;
	ask_add(k,
	    q->of_advertisers ? " AND x.advertiser_id IN (SELECT f.id FROM account f "
				"WHERE TRUE"
			      : " AND x.affiliate_id IN (SELECT f.id FROM account f "
				"WHERE TRUE",
	    NULL);
	ask_in_ids(k, a, "COALESCE(f.manager_id, 0)", &q->managers);
	ask_add(k, ")", NULL);
}

/* Neither one of these types nor one of these models: not. */
static void
add_devices(struct ask *k, struct arena *a, const struct custom_query *q)
{
	const struct ask_ids types = {true, q->devices.n, q->devices.v};

	if (!q->models.set) {
		ask_in_ids(k, a, "x.device_type", &q->devices);
		return;
	}
	ask_add(k, " AND NOT (TRUE", NULL);
	ask_in_ids(k, a, "x.device_type NOT", &types);
	ask_in_strs(k, a, "COALESCE(u.model, '') NOT", &q->models);
	ask_add(k, ")", NULL);
}

static void
add_filters(
    struct ask *k, struct arena *a, const struct custom_query *q, const struct source *s)
{
	ask_in_ids(k, a, "x.offer_id", &q->offers);
	ask_in_ids(k, a, "x.advertiser_id", &q->advertisers);
	ask_in_ids(k, a, "x.affiliate_id", &q->affiliates);
	ask_in_ids(k, a, "x.country", &q->countries);
	add_managers(k, a, q);
	if (s->col[SLICE_DEVICE] != NULL) {
		add_devices(k, a, q);
		ask_in_strs(k, a, s->col[SLICE_OS], &q->os);
	}
	if (s->col[SLICE_SMART] != NULL) {
		ask_in_strs(k, a, s->col[SLICE_SMART], &q->smarts);
		for (unsigned i = 0; i < ARRAY_LEN(q->sub); i++)
			ask_in_strs(k, a, s->col[SLICE_SUB1 + i], &q->sub[i]);
	}
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
		ask_add(k, source_column(s, (enum slice)i, q->locale), NULL);
		ask_add(k, " AS k_", NULL);
		ask_add(k, slices[i].word, NULL);
	}
	ask_add(k, " FROM ", NULL);
	ask_add(k, s->from, s->built ? "s" : NULL, t->built);
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

/* What a row of clicks or impressions adds.  Traffic cannot be split by goal: sliced so, only its money
 * is shown. */
static void
add_clicks(const struct table *t, const struct source *s, struct custom_row *row,
    const struct db_rows *r, money_t charge, money_t revenue)
{
	if (!t->q->by[SLICE_GOAL] && s->views) {
		row->views += db_i64(r, C_RAW);
	} else if (!t->q->by[SLICE_GOAL]) {
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
		add_clicks(t, s, row, r, charge, revenue);
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
needs_agents(const struct custom_query *q)
{
	return q->by[SLICE_DEVICE] || q->by[SLICE_OS] || q->by[SLICE_BROWSER] ||
	       q->devices.set || q->os.set;
}

static bool
needs_rows(const struct custom_query *q)
{
	static const enum slice slice[] = {SLICE_CITY, SLICE_OS_VERSION, SLICE_MODEL,
	    SLICE_SUB1, SLICE_SUB2, SLICE_SUB3, SLICE_SUB4, SLICE_SUB5, SLICE_SMART};
	bool needs = q->models.set || q->smarts.set;

	for (size_t i = 0; i < ARRAY_LEN(slice); i++)
		needs = needs || q->by[slice[i]];
	for (size_t i = 0; i < ARRAY_LEN(q->sub); i++)
		needs = needs || q->sub[i].set;
	return needs;
}

/* The sources of a call, at most this many. */
#define SOURCES_MOST 6

static unsigned
choose_sources(const struct table *t, const struct source *out[SOURCES_MOST])
{
	const struct custom_query *q = t->q;
	unsigned n = 0;

	if (q->by[SLICE_REASON]) {
		out[n++] = &source_refused;
		return n;
	}
	if (needs_rows(q)) {
		out[n++] = &source_conversions_whole;
		out[n++] = &source_clicks_whole;
		out[n++] = &source_corrected_whole;
		out[n++] = &source_impressions_whole;
		return n;
	}
	if (needs_agents(q)) {
		out[n++] = &source_conversions_agents;
		out[n++] = &source_clicks_cube;
		out[n++] = &source_clicks_open;
		out[n++] = &source_clicks_corrected;
		out[n++] = &source_impressions_cube;
		out[n++] = &source_impressions_open;
		return n;
	}
	out[n++] = t->hides ? &source_conversions_agents : &source_conversions_narrow;
	out[n++] = &source_clicks_narrow;
	if (!q->by[SLICE_GOAL])
		out[n++] = &source_impressions;
	return n;
}

static enum err
read_piece(struct db *db, struct table *t, const struct piece *pc)
{
	const struct source *source[SOURCES_MOST];
	unsigned n = choose_sources(t, source);
	enum err rc = ERR_OK;

	for (unsigned i = 0; rc == ERR_OK && i < n; i++)
		rc = read_source(db, t, source[i], pc);
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
	    " COALESCE((SELECT MIN(bucket) FROM rollup_status), 4294967295),"
	    " COALESCE((SELECT MIN(bucket) FROM rollup_impression), 4294967295))";
	static const char last_sql[] =
	    "SELECT GREATEST(COALESCE((SELECT MAX(bucket) FROM rollup_booked), 0),"
	    " COALESCE((SELECT MAX(bucket) FROM rollup_status), 0),"
	    " COALESCE((SELECT MAX(bucket) FROM rollup_impression), 0))";
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

/* A row for each hour of the wall clock in the period, as far as there is one to fill. */
static enum err
fill_hours(struct table *t)
{
	const struct custom_query *q = t->q;
	us_t until;

	for (us_t at = q->period.from; at < q->period.to; at = until) {
		struct piece pc = {.cut = CUT_HOUR};
		int64_t key[SLICES] = {0}, from, to;

		pc.offset = zone_offset(q->zone, at, &until);
		if (until > q->period.to)
			until = q->period.to;
		from = at / US_SECOND + pc.offset;
		to = until / US_SECOND + pc.offset;
		for (int64_t h = from / 3600; h * 3600 < to; h++) {
			time_key(q, &pc, h, key);
			if (table_at(t, key) == NULL)
				return ERR_FULL;
		}
	}
	return ERR_OK;
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
	/* An affiliate's own numbers come from the rollup unless offers hide some of them
	 * from him: which those are, only the conversions tell. */
	if (rc == ERR_OK && q->hide_charge)
		rc = ask_hides(db, &t.hides);
	if (rc == ERR_OK && needs_agents(q))
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
	if (rc == ERR_OK && q->every_hour)
		rc = fill_hours(&t);
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
	free(c->word);
	free(c->_word_slot);
	memset(c, 0, sizeof(*c));
}
