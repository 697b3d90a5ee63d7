/* SPDX-License-Identifier: Apache-2.0
 * bookclicks.c - a batch of clicks and impressions: rows by LOAD DATA, each kind into its
 * table, their sums into the narrow rollup.
 *
 * The price is in the record (the worker set it), so nothing is looked up but the number
 * of the user agent and the currency's rate.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/log.h"
#include "book/book_priv.h"
#include "book/bytemap.h"
#include "book/capclick.h"
#include "book/impsums.h"
#include "book/refusals.h"
#include "book/subids.h"
#include "shm/counter.h"
#include "track/clickid.h"

/* Texts of a record that become columns of their own, in the table's order. */
static const enum rec_field columns[] = {
    F_sub1, F_sub2, F_sub3, F_sub4, F_sub5, F_ocid, F_referrer, F_extra};

struct one {
	struct rec_click c;
	struct rec_texts t;
	bool shown; /* an impression */
};

struct clicks {
	struct book *b;
	struct db *db;
	const struct fold_batch *batch;
	struct one *v;
	uint32_t *ua;
	struct places_item *place;
	struct subids_item *sub;
	bool shown; /* the kind that is loaded now */
	unsigned n; /* of it */
	struct impsums impressions;
	struct refusals refusals;
	bool warned;
};

static void
read_place(const struct one *o, struct places_item *it)
{
	struct str city = o->t.f[F_place];

	*it = (struct places_item){
	    .country = o->c.country, .isp = o->t.f[F_isp], .ip = o->c.ip};
	it->region = str_split(&city, '\n');
	it->city = city;
}

/* Only what counts makes names, and of that only clicks: anybody could make any number. */
static void
read_subids(const struct one *o, struct subids_item *it)
{
	*it = (struct subids_item){.at = o->c.id.us,
	    .affiliate_id = o->c.affiliate_id,
	    .text = o->c.verdict == VERDICT_COUNTED && !o->shown ? o->t.f[F_subids]
								 : STR_NONE,
	    .campaign_id = o->c.campaign_id,
	    .subid1 = o->c.subid1,
	    .subid2 = o->c.subid2,
	    .list = STR("")};
}

/* The numbers of what the clicks name. */
static enum err
find_numbers(struct clicks *w, const struct str *ua)
{
	const struct fold_batch *f = w->batch;
	struct book *b = w->b;
	const struct subids_terms terms = {
	    conf_zone(b->conf), conf_net(b->conf)->autosubid_limit, b->keys};
	enum err rc = agents_ids(b->agents, w->db, ua, f->n, w->ua);

	if (rc == ERR_OK)
		rc = places_ids(
		    b->places, w->db, b->arena, w->v[0].c.id.us, w->place, f->n);
	return rc != ERR_OK ? rc : subids_resolve(w->db, b->arena, &terms, w->sub, f->n);
}

static enum err
read_records(struct clicks *w)
{
	const struct fold_batch *f = w->batch;
	struct str *text = arena_alloc(w->b->arena, f->n * sizeof(*text));

	w->v = arena_alloc(w->b->arena, f->n * sizeof(*w->v));
	w->ua = arena_alloc(w->b->arena, f->n * sizeof(*w->ua));
	w->place = arena_alloc(w->b->arena, f->n * sizeof(*w->place));
	w->sub = arena_alloc(w->b->arena, f->n * sizeof(*w->sub));
	for (unsigned i = 0; i < f->n; i++) {
		const struct fold_item *it = &f->item[i];

		if (!rec_is_click(it->kind) || !rec_read(&w->v[i].c, &w->v[i].t, it->kind,
						   it->version, it->bytes, it->len)) {
			log_error("the record at %" PRIu64 " is no click", it->pos);
			return ERR_INVALID;
		}
		if (w->v[i].c.id.us <= 0 || w->v[i].c.id.us > BOOK_LATEST) {
			log_error("the click at %" PRIu64 " has no time", it->pos);
			return ERR_INVALID;
		}
		w->v[i].shown = it->kind == REC_IMPRESSION;
		text[i] = w->v[i].t.f[F_ua];
		read_place(&w->v[i], &w->place[i]);
		read_subids(&w->v[i], &w->sub[i]);
	}
	return find_numbers(w, text);
}

static uint64_t
browser_of(const struct one *o)
{
	uint64_t v;

	return str_hex_to_u64(o->t.f[F_browser], &v) ? v : 0;
}

/* The columns that both tables begin with. */
#define COLUMNS                                                                       \
	"(click_us, click_lo, node_id, verdict, flags, offer_id, landing_page_id, "   \
	"commission_id, affiliate_id, advertiser_id, campaign_id, adtool_id, "        \
	"rule_id, country, device_type, ua_id, currency, payout, revenue, ip, sub1, " \
	"sub2, sub3, sub4, sub5, ocid, referrer, extra, "

static void
put_common(struct tsv *t, const struct one *o, unsigned node, uint32_t ua,
    const struct subids_item *sub)
{
	const struct rec_click *c = &o->c;

	tsv_int(t, c->id.us);
	tsv_int(t, c->id.lo);
	tsv_uint(t, node);
	tsv_uint(t, c->verdict);
	tsv_uint(t, c->flags);
	tsv_uint(t, c->offer_id);
	tsv_uint(t, c->landing_page_id);
	tsv_uint(t, c->commission_id);
	tsv_uint(t, c->affiliate_id);
	tsv_uint(t, c->advertiser_id);
	tsv_uint(t, sub->campaign_id);
	tsv_uint(t, c->adtool_id);
	tsv_uint(t, c->rule_id);
	tsv_uint(t, c->country);
	tsv_uint(t, c->device_type);
	tsv_uint(t, ua);
	tsv_text(t, str_n(c->currency, strnlen(c->currency, 3)));
	tsv_int(t, c->payout);
	tsv_int(t, c->revenue);
	tsv_bytes(t, str_n((const char *)c->ip, sizeof(c->ip)));
	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		tsv_text(t, o->t.f[columns[i]]);
}

static void
put_impression(struct tsv *t, const struct one *o, const struct places_item *place,
    const struct subids_item *sub)
{
	tsv_uint(t, place->place_id);
	tsv_uint(t, place->isp_id);
	tsv_uint(t, o->c.connection);
	tsv_uint(t, sub->subid1);
	tsv_uint(t, sub->subid2);
	tsv_end(t);
}

static void
put_click(struct tsv *t, const struct one *o, const struct places_item *place,
    const struct subids_item *sub)
{
	const struct rec_click *c = &o->c;

	tsv_uint(t, c->asked_offer_id);
	tsv_uint(t, c->asked_lp_id);
	tsv_uint(t, c->via);
	tsv_uint(t, c->via_id);
	tsv_text(t, o->t.f[F_chain]);
	tsv_uint(t, place->place_id);
	tsv_uint(t, place->isp_id);
	tsv_uint(t, c->connection);
	tsv_uint(t, c->smart_id);
	tsv_uint(t, sub->subid1);
	tsv_uint(t, sub->subid2);
	tsv_text(t, sub->list);
	tsv_uint(t, browser_of(o));
	tsv_end(t);
}

static enum err
load(struct clicks *w)
{
	static const char clicks[] =
	    "LOAD DATA LOCAL INFILE 'mem' INTO TABLE click CHARACTER SET binary " COLUMNS
	    "asked_offer_id, asked_lp_id, via, via_id, chain, place_id, isp_id, "
	    "connection, smart_id, subid1, subid2, subids, browser_hash)";
	static const char impressions[] =
	    "LOAD DATA LOCAL INFILE 'mem' INTO TABLE impression CHARACTER SET "
	    "binary " COLUMNS "place_id, isp_id, connection, subid1, subid2)";
	struct tsv *t = &w->b->tsv;

	tsv_reset(t);
	for (unsigned i = 0; i < w->batch->n; i++) {
		if (w->v[i].shown != w->shown)
			continue;
		put_common(t, &w->v[i], w->batch->node_id, w->ua[i], &w->sub[i]);
		if (w->shown)
			put_impression(t, &w->v[i], &w->place[i], &w->sub[i]);
		else
			put_click(t, &w->v[i], &w->place[i], &w->sub[i]);
	}
	return db_load(w->db, w->shown ? impressions : clicks, tsv_data(t), t->rows);
}

static struct str
id_key(const struct click_id *id)
{
	return str_n((const char *)id, sizeof(*id));
}

#define TAKEN(table_)                                                                 \
	"SELECT c.click_us, c.click_lo FROM JSON_TABLE(?, '$[*]' COLUMNS (us BIGINT " \
	"PATH '$[0]', lo BIGINT PATH '$[1]')) k STRAIGHT_JOIN " table_                \
	" c FORCE INDEX (PRIMARY) ON c.click_us = k.us AND c.click_lo = k.lo"

/* Which ids of the batch are in the table. */
static enum err
find_taken(struct clicks *w, struct bytemap *taken)
{
	struct jsonw *k = w->b->keys;
	struct db_rows *r = NULL;
	enum err rc;

	jsonw_reset(k);
	jsonw_arr(k);
	for (unsigned i = 0; i < w->batch->n; i++) {
		if (w->v[i].shown != w->shown)
			continue;
		jsonw_arr(k);
		jsonw_int(k, w->v[i].c.id.us);
		jsonw_int(k, w->v[i].c.id.lo);
		jsonw_end(k);
	}
	jsonw_end(k);
	rc = db_query(w->db, &r, w->shown ? TAKEN("impression") : TAKEN("click"), "s",
	    jsonw_text(k));
	while (rc == ERR_OK && db_next(r)) {
		struct click_id id = {db_i64(r, 0), db_i64(r, 1)};

		bytemap_put(taken, id_key(&id), taken);
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

/* E9: the later of two equal ids is re-keyed and counted.  Only the random digits and
 * then the microsecond may change: prefix, node and slot still say where it was made. */
static void
rekey(const struct bytemap *taken, struct rec_click *c)
{
	struct click_id was = c->id;
	uint32_t random = (uint32_t)(was.lo % 10000);

	while (bytemap_get(taken, id_key(&c->id)) != NULL) {
		random++;
		c->id = clickid_make(was.us + random / 10000, clickid_node(was),
		    clickid_slot(was), random);
		/* What is new is not known to be free: the next LOAD says so, and there
		 * is a next time. */
	}
	log_warn("click id %" PRId64 ".%" PRId64 " was given twice, the later is %" PRId64
		 ".%" PRId64 " now",
	    was.us, was.lo, c->id.us, c->id.lo);
}

/* True when some id had to change. */
static bool
rekey_all(struct clicks *w, struct bytemap *taken)
{
	bool changed = false;

	for (unsigned i = 0; i < w->batch->n; i++) {
		struct rec_click *c = &w->v[i].c;

		if (w->v[i].shown != w->shown)
			continue;
		if (bytemap_get(taken, id_key(&c->id)) != NULL) {
			rekey(taken, c);
			changed = true;
		}
		bytemap_put(taken, id_key(&c->id), taken);
	}
	return changed;
}

/* A LOAD that did not take every row is taken back; when ids collided, it runs again with
 * others. */
static enum err
load_kind(struct clicks *w)
{
	struct bytemap taken;
	enum err rc;

	for (unsigned tries = 0; tries < 3; tries++) {
		rc = db_exec(w->db, "SAVEPOINT book_clicks", "");
		if (rc == ERR_OK)
			rc = load(w);
		if (rc != ERR_DB_SQL)
			return rc;
		log_warn("loading %u %s: %s", w->n, w->shown ? "impressions" : "clicks",
		    db_error(w->db));
		rc = db_exec(w->db, "ROLLBACK TO SAVEPOINT book_clicks", "");
		bytemap_init(&taken, w->b->arena);
		if (rc == ERR_OK)
			rc = find_taken(w, &taken);
		if (rc != ERR_OK)
			return rc;
		if (!rekey_all(w, &taken))
			return ERR_DB_SQL;
	}
	return ERR_DB_SQL;
}

static enum err
load_all(struct clicks *w)
{
	unsigned shown = 0;
	enum err rc = ERR_OK;

	for (unsigned i = 0; i < w->batch->n; i++)
		shown += w->v[i].shown;
	w->n = w->batch->n - shown;
	w->shown = false;
	if (w->n > 0)
		rc = load_kind(w);
	w->n = shown;
	w->shown = true;
	return rc == ERR_OK && shown > 0 ? load_kind(w) : rc;
}

static void
key_of(struct sums_key *k, const struct rec_click *c, unsigned node)
{
	memset(k, 0, sizeof(*k));
	k->bucket = sums_bucket(c->id.us);
	k->offer = c->offer_id;
	k->landing_page = c->landing_page_id;
	k->commission = c->commission_id;
	k->affiliate = c->affiliate_id;
	k->advertiser = c->advertiser_id;
	k->country = c->country;
	memcpy(k->currency, c->currency, 3);
	k->node = node;
}

/* A click is never held up: a currency without a rate counts as base, loudly. */
static int64_t
rate_of(struct clicks *w, const struct rec_click *c)
{
	int64_t rate = conf_rate(w->b->conf, c->currency, c->id.us);

	if (rate > 0)
		return rate;
	if (!w->warned)
		log_error("no exchange rate for %.3s: clicks in it are counted as base "
			  "currency",
		    c->currency);
	w->warned = true;
	return MONEY_UNIT;
}

/* The money that hangs on no transaction: of clicks, and of impressions. */
static void
add_money(struct clicks *w, const struct rec_click *c, int64_t *v)
{
	int64_t rate;

	if (c->payout == 0 && c->revenue == 0)
		return;
	rate = rate_of(w, c);
	v[ROLL_CLICK_income_amount] += c->revenue;
	v[ROLL_CLICK_income_amount_b] += money_to_base(c->revenue, rate);
	v[ROLL_CLICK_affiliate_payout] += c->payout;
	v[ROLL_CLICK_affiliate_payout_b] += money_to_base(c->payout, rate);
	v[ROLL_CLICK_click_payout] += c->payout;
	v[ROLL_CLICK_click_payout_b] += money_to_base(c->payout, rate);
}

/* Those that do not count are in no sum: the rows say what became of them. */
static void
add_impression(struct clicks *w, const struct rec_click *c)
{
	struct sums_key k;
	int64_t *v;

	if (c->verdict != VERDICT_COUNTED)
		return;
	key_of(&k, c, w->batch->node_id);
	v = sums_at(w->b->clicks, &k);
	v[ROLL_CLICK_impression]++;
	add_money(w, c, v);
}

static void
add_up(struct clicks *w, const struct rec_click *c)
{
	struct sums_key k;
	int64_t *v;

	if (c->verdict == VERDICT_TEST || c->verdict == VERDICT_MOVED)
		return;
	key_of(&k, c, w->batch->node_id);
	v = sums_at(w->b->clicks, &k);
	if (c->verdict >= VERDICT_REFUSED) {
		v[ROLL_CLICK_refused]++;
		return;
	}
	if (c->verdict != VERDICT_COUNTED) {
		v[ROLL_CLICK_bot]++;
		return;
	}
	v[ROLL_CLICK_page_view]++;
	v[ROLL_CLICK_unique_visitor] += (c->flags & CLICK_UNIQUE) != 0;
	v[ROLL_CLICK_unique_offer] += (c->flags & CLICK_UNIQUE_OFFER) != 0;
	add_money(w, c, v);
}

/* Clicks that count, for the caps that count them. */
static enum err
count_caps(struct clicks *w)
{
	struct cap_click *v = arena_alloc(w->b->arena, (w->batch->n + 1) * sizeof(*v));
	unsigned n = 0;

	for (unsigned i = 0; i < w->batch->n; i++) {
		const struct rec_click *c = &w->v[i].c;

		if (c->verdict == VERDICT_COUNTED && !w->v[i].shown)
			v[n++] =
			    (struct cap_click){c->id.us, c->offer_id, c->advertiser_id,
				c->affiliate_id, 1, (c->flags & CLICK_UNIQUE) != 0};
	}
	return capclick_book(w->b, w->db, w->batch->node_id, v, n);
}

static void
count_refused_names(const struct clicks *w)
{
	int64_t n = 0;

	for (unsigned i = 0; i < w->batch->n; i++)
		n += w->sub[i].refused;
	if (n > 0)
		counter_add(COUNTER_subids_refused, n);
}

enum err
book_clicks(struct book *b, struct db *db, const struct fold_batch *batch)
{
	struct clicks w = {.b = b, .db = db, .batch = batch};
	enum err rc;

	assert(OBJ_IS(b, BOOK_MAGIC));
	if (batch->n == 0)
		return ERR_OK;
	arena_reset(b->arena);
	sums_reset(b->clicks);
	rc = conf_begin(b->conf, db);
	if (rc == ERR_OK)
		rc = read_records(&w);
	if (rc == ERR_OK)
		rc = load_all(&w);
	if (rc == ERR_OK)
		rc = count_caps(&w);
	if (rc != ERR_OK)
		return rc;
	refusals_begin(&w.refusals, b->arena);
	impsums_begin(&w.impressions, b->arena);
	for (unsigned i = 0; i < batch->n; i++) {
		if (w.v[i].shown) {
			add_impression(&w, &w.v[i].c);
			impsums_add(&w.impressions, &w.v[i].c);
			continue;
		}
		add_up(&w, &w.v[i].c);
		refusals_add(&w.refusals, &w.v[i].c);
	}
	count_refused_names(&w);
	rc = sums_write(b->clicks, db);
	if (rc == ERR_OK)
		rc = impsums_write(&w.impressions, db, b->keys, batch->node_id);
	return rc != ERR_OK ? rc
			    : refusals_write(&w.refusals, db, b->keys, batch->node_id);
}
