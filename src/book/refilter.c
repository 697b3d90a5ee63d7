/* SPDX-License-Identifier: Apache-2.0
 * refilter.c - see refilter.h.
 */
#include "book/refilter.h"

#include "base/record.h"
#include "book/book_priv.h"
#include "book/capclick.h"

/* The summed columns of a correction, in the order of the table. */
enum part {
	PAGE_VIEW,
	UNIQUE_VISITOR,
	UNIQUE_OFFER,
	BOT,
	REVENUE,
	REVENUE_B,
	PAYOUT,
	PAYOUT_B,
	PARTS
};

struct job {
	int64_t id;
	us_t from, to, at;
};

/* A click as it was booked, what it is by now, and where it belongs. */
struct one {
	struct click_id id;
	struct rec_click c;
	uint32_t ua_id;
	bool is_bot; /* by the newest correction, else by its verdict */
	bool first;  /* no earlier click of this visitor on affiliate and offer */
	bool first_offer;
	int64_t now[PARTS]; /* what it counts for */
	struct str sub[PRICE_SUBS];
};

struct run {
	struct book *b;
	struct db *db;
	unsigned node;
	struct ua_reader *ua;
	struct job job;
	us_t booked_us;
	struct one *v; /* those that change */
	unsigned n, cap;
};

/* The row's lock, and on Galera the update of the same row, keep two nodes apart. */
static enum err
next_job(struct db *db, struct job *j, bool *found)
{
	struct db_rows *r = NULL;
	enum err rc = db_query(db, &r,
	    "SELECT id, from_us, to_us, at_us FROM refilter WHERE done_us IS NULL ORDER "
	    "BY "
	    "id LIMIT 1 FOR UPDATE",
	    "");

	*found = rc == ERR_OK && db_next(r);
	if (*found)
		*j = (struct job){db_i64(r, 0), db_i64(r, 1), db_i64(r, 2), db_i64(r, 3)};
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

/* Where the next `clicks` of them end. */
static enum err
find_end(struct run *x, unsigned clicks, us_t *end)
{
	int64_t last = 0, n = 0;
	struct db_rows *r = NULL;
	enum err rc = db_query(x->db, &r,
	    "SELECT COUNT(*), COALESCE(MAX(q.click_us), 0) FROM (SELECT click_us FROM "
	    "click "
	    "WHERE click_us >= ? AND click_us < ? ORDER BY click_us LIMIT ?) q",
	    "iii", (int64_t)x->job.at, (int64_t)x->job.to, (int64_t)clicks);

	if (rc == ERR_OK && db_next(r)) {
		n = db_i64(r, 0);
		last = db_i64(r, 1);
	}
	*end = n < (int64_t)clicks ? x->job.to : last + 1;
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

/* ----- reading ----- */

enum col {
	C_US,
	C_LO,
	C_VERDICT,
	C_FLAGS,
	C_OFFER,
	C_PAGE,
	C_COMMISSION,
	C_AFFILIATE,
	C_ADVERTISER,
	C_COUNTRY,
	C_DEVICE,
	C_UA_ID,
	C_RULE,
	C_CURRENCY,
	C_PAYOUT,
	C_REVENUE,
	C_UA,
	C_CORRECTED,
	C_SUMS,
	C_FIRST = C_SUMS + PARTS,
	C_FIRST_OFFER,
	C_SUB1
};

/* Whether an earlier click of the same address and browser stands against it; only asked
 * of those that were taken for bots. */
#define EARLIER(more_)                                                                   \
	"IF(x.verdict <> 1, 1, NOT EXISTS (SELECT 1 FROM click y FORCE INDEX "           \
	"(click_ip) "                                                                    \
	"WHERE y.ip = x.ip AND y.click_us >= x.click_us - ? * 1000000 AND y.click_us < " \
	"x.click_us AND y.ua_id = x.ua_id AND y.offer_id = x.offer_id AND y.verdict IN " \
	"(0, 1)" more_ "))"

static const char read_sql[] =
    "SELECT x.click_us, x.click_lo, x.verdict, x.flags, x.offer_id, "
    "x.landing_page_id, "
    "x.commission_id, x.affiliate_id, x.advertiser_id, x.country, x.device_type, "
    "x.ua_id, x.rule_id, x.currency, x.payout, x.revenue, COALESCE(u.ua, ''), "
    "COALESCE((SELECT v.verdict FROM click_correction v WHERE v.click_us = "
    "x.click_us "
    "AND v.click_lo = x.click_lo ORDER BY v.refilter_id DESC LIMIT 1), x.verdict), "
    "COALESCE(k.pv, 0), COALESCE(k.uv, 0), COALESCE(k.uo, 0), COALESCE(k.b, 0), "
    "COALESCE(k.r, 0), COALESCE(k.rb, 0), COALESCE(k.p, 0), COALESCE(k.pb, "
    "0), " EARLIER(" AND y.affiliate_id = x.affiliate_id") ", " EARLIER(
	"") ", x.sub1, x.sub2, x.sub3, x.sub4, x.sub5 FROM click x LEFT JOIN "
	    "user_agent u ON u.id = x.ua_id LEFT JOIN (SELECT click_us, click_lo, "
	    "SUM(page_view) pv, SUM(unique_visitor) uv, SUM(unique_offer) uo, "
	    "SUM(bot) b, "
	    "SUM(income_amount) r, SUM(income_amount_b) rb, SUM(click_payout) p, "
	    "SUM(click_payout_b) pb FROM click_correction WHERE click_us >= ? AND "
	    "click_us < ? "
	    "GROUP BY click_us, click_lo) k ON k.click_us = x.click_us AND "
	    "k.click_lo = "
	    "x.click_lo WHERE x.click_us >= ? AND x.click_us < ? AND x.verdict IN "
	    "(0, 1)";

_Static_assert(VERDICT_COUNTED == 0 && VERDICT_BOT == 1, "as in the statements above");

/* What its record made of it when it was booked. */
static void
count_booked(struct run *x, struct one *o, unsigned flags)
{
	int64_t rate;

	if (o->c.verdict == VERDICT_BOT) {
		o->now[BOT]++;
		return;
	}
	rate = conf_rate(x->b->conf, o->c.currency, o->id.us);
	if (rate == 0)
		rate = MONEY_UNIT; /* as bookclicks.c */
	o->now[PAGE_VIEW]++;
	o->now[UNIQUE_VISITOR] += (flags & CLICK_UNIQUE) != 0;
	o->now[UNIQUE_OFFER] += (flags & CLICK_UNIQUE_OFFER) != 0;
	o->now[REVENUE] += o->c.revenue;
	o->now[REVENUE_B] += money_to_base(o->c.revenue, rate);
	o->now[PAYOUT] += o->c.payout;
	o->now[PAYOUT_B] += money_to_base(o->c.payout, rate);
}

static void
read_one(struct run *x, const struct db_rows *r, struct one *o)
{
	struct str currency = db_str(r, C_CURRENCY);

	memset(o, 0, sizeof(*o));
	o->id = o->c.id = (struct click_id){db_i64(r, C_US), db_i64(r, C_LO)};
	o->c.verdict = (uint8_t)db_u64(r, C_VERDICT);
	o->c.flags = (uint32_t)db_u64(r, C_FLAGS);
	o->c.offer_id = (uint32_t)db_u64(r, C_OFFER);
	o->c.landing_page_id = (uint32_t)db_u64(r, C_PAGE);
	o->c.commission_id = (uint32_t)db_u64(r, C_COMMISSION);
	o->c.affiliate_id = (uint32_t)db_u64(r, C_AFFILIATE);
	o->c.advertiser_id = (uint32_t)db_u64(r, C_ADVERTISER);
	o->c.country = (uint16_t)db_u64(r, C_COUNTRY);
	o->c.device_type = (uint8_t)db_u64(r, C_DEVICE);
	o->c.rule_id = (uint32_t)db_u64(r, C_RULE);
	memcpy(o->c.currency, currency.p, currency.n < 3 ? currency.n : 3);
	o->c.payout = db_i64(r, C_PAYOUT);
	o->c.revenue = db_i64(r, C_REVENUE);
	o->ua_id = (uint32_t)db_u64(r, C_UA_ID);
	o->is_bot = db_u64(r, C_CORRECTED) == VERDICT_BOT;
	o->first = db_i64(r, C_FIRST) != 0;
	o->first_offer = db_i64(r, C_FIRST_OFFER) != 0;
	for (unsigned i = 0; i < PARTS; i++)
		o->now[i] = db_i64(r, C_SUMS + i);
	for (unsigned i = 0; i < PRICE_SUBS; i++)
		o->sub[i] = arena_str(x->b->arena, db_str(r, C_SUB1 + i));
	count_booked(x, o, o->c.flags);
}

/* Those on which the list of today decides otherwise. */
static enum err
read_clicks(struct run *x, us_t end)
{
	int64_t window = conf_net(x->b->conf)->stat_unique_seconds;
	struct db_rows *r = NULL;
	struct one o;
	enum err rc = db_query(x->db, &r, read_sql, "iiiiii", window, window,
	    (int64_t)x->job.at, (int64_t)end, (int64_t)x->job.at, (int64_t)end);

	while (rc == ERR_OK && db_next(r)) {
		bool bot = ua_read(x->ua, db_str(r, C_UA))->bot;

		if (bot == (db_u64(r, C_CORRECTED) == VERDICT_BOT))
			continue;
		read_one(x, r, &o);
		if (x->n == x->cap) {
			struct one *more =
			    arena_alloc(x->b->arena, 2 * (x->cap + 64) * sizeof(*more));

			if (x->n > 0)
				memcpy(more, x->v, x->n * sizeof(*more));
			x->v = more;
			x->cap = 2 * (x->cap + 64);
		}
		x->v[x->n++] = o;
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

/* ----- deciding ----- */

static enum err
fetch_offers(struct run *x)
{
	for (unsigned i = 0; i < x->n; i++)
		conf_need_offer(x->b->conf, x->v[i].c.offer_id);
	return conf_fetch(x->b->conf, x->db);
}

/* What the worker would have chosen, by the rules that it has. */
static bool
choose(struct run *x, const struct one *o, const struct conf_offer *offer,
    struct price_rule *out)
{
	const struct price_ask ask = {.at = o->id.us,
	    .zone = conf_zone(x->b->conf),
	    .country = o->c.country,
	    .affiliate = o->c.affiliate_id,
	    .sub = o->sub,
	    .pool = offer->pool,
	    .n_pool = offer->n_pool};
	struct price_rule *rule =
	    arena_alloc(x->b->arena, (offer->n_rules + 1) * sizeof(*rule));
	unsigned n = 0;

	for (unsigned i = 0; i < offer->n_rules; i++) {
		if ((offer->rule[i].unpaid & PRICE_NO_CLICKS) == 0)
			rule[n++] = offer->rule[i];
	}
	return price_choose(rule, n, &ask, out);
}

/* What a click would have got that was taken for a bot's; a counted one that a correction
 * took out gets back what it had. */
static void
count_again(struct run *x, struct one *o, int64_t want[PARTS])
{
	const struct conf_offer *offer = conf_offer(x->b->conf, o->c.offer_id);
	struct one fresh = *o;
	struct price_rule rule;
	struct price_click got;
	unsigned flags = o->c.flags;

	memset(fresh.now, 0, sizeof(fresh.now));
	if (o->c.verdict == VERDICT_BOT) {
		flags = (o->first ? CLICK_UNIQUE : 0) |
			(o->first_offer ? CLICK_UNIQUE_OFFER : 0);
		fresh.c.verdict = VERDICT_COUNTED;
		if (offer != NULL && choose(x, o, offer, &rule)) {
			price_click(&rule, o->first, offer->advertiser_id != 0, &got);
			fresh.c.rule_id = rule.id;
			fresh.c.payout = got.payout;
			fresh.c.revenue = got.revenue;
			memcpy(fresh.c.currency, rule.currency, sizeof(fresh.c.currency));
		}
	}
	count_booked(x, &fresh, flags);
	o->c.rule_id = fresh.c.rule_id;
	memcpy(o->c.currency, fresh.c.currency, sizeof(o->c.currency));
	memcpy(want, fresh.now, sizeof(fresh.now));
}

static void
add_up(struct run *x, const struct one *o, const int64_t d[PARTS])
{
	struct sums_key k;
	int64_t *v;

	memset(&k, 0, sizeof(k));
	k.bucket = sums_bucket(x->booked_us);
	k.offer = o->c.offer_id;
	k.landing_page = o->c.landing_page_id;
	k.commission = o->c.commission_id;
	k.affiliate = o->c.affiliate_id;
	k.advertiser = o->c.advertiser_id;
	k.country = o->c.country;
	memcpy(k.currency, o->c.currency, 3);
	k.node = x->node;
	v = sums_at(x->b->clicks, &k);
	v[ROLL_CLICK_page_view] += d[PAGE_VIEW];
	v[ROLL_CLICK_unique_visitor] += d[UNIQUE_VISITOR];
	v[ROLL_CLICK_unique_offer] += d[UNIQUE_OFFER];
	v[ROLL_CLICK_bot] += d[BOT];
	v[ROLL_CLICK_income_amount] += d[REVENUE];
	v[ROLL_CLICK_income_amount_b] += d[REVENUE_B];
	v[ROLL_CLICK_affiliate_payout] += d[PAYOUT];
	v[ROLL_CLICK_affiliate_payout_b] += d[PAYOUT_B];
	v[ROLL_CLICK_click_payout] += d[PAYOUT];
	v[ROLL_CLICK_click_payout_b] += d[PAYOUT_B];
}

static void
put_correction(struct run *x, struct tsv *t, const struct one *o, const int64_t d[PARTS])
{
	tsv_int(t, o->id.us);
	tsv_int(t, o->id.lo);
	tsv_int(t, x->job.id);
	tsv_int(t, x->booked_us);
	tsv_uint(t, x->node);
	tsv_uint(t, o->is_bot ? VERDICT_COUNTED : VERDICT_BOT);
	tsv_uint(t, o->c.offer_id);
	tsv_uint(t, o->c.landing_page_id);
	tsv_uint(t, o->c.commission_id);
	tsv_uint(t, o->c.affiliate_id);
	tsv_uint(t, o->c.advertiser_id);
	tsv_uint(t, o->c.country);
	tsv_uint(t, o->c.device_type);
	tsv_uint(t, o->ua_id);
	tsv_uint(t, o->c.rule_id);
	tsv_text(t, str_n(o->c.currency, strnlen(o->c.currency, 3)));
	for (unsigned i = PAGE_VIEW; i <= BOT; i++)
		tsv_int(t, d[i]);
	tsv_int(t, 0); /* refused ones stay refused */
	tsv_int(t, d[REVENUE]);
	tsv_int(t, d[REVENUE_B]);
	for (unsigned i = 0; i < 2; i++) { /* affiliate_payout, and its clicks' part */
		tsv_int(t, d[PAYOUT]);
		tsv_int(t, d[PAYOUT_B]);
	}
	tsv_int(t, 0); /* impressions */
	tsv_end(t);
}

static enum err
write_corrections(struct run *x, int64_t *filtered)
{
	struct cap_click *caps = arena_alloc(x->b->arena, (x->n + 1) * sizeof(*caps));
	struct tsv *t = &x->b->tsv;
	enum err rc;

	*filtered = 0;
	tsv_reset(t);
	for (unsigned i = 0; i < x->n; i++) {
		struct one *o = &x->v[i];
		int64_t d[PARTS] = {0};

		if (o->is_bot)
			count_again(x, o, d);
		else
			d[BOT] = 1;
		for (unsigned p = 0; p < PARTS; p++)
			d[p] -= o->now[p];
		*filtered += !o->is_bot;
		put_correction(x, t, o, d);
		add_up(x, o, d);
		caps[i] = (struct cap_click){o->id.us, o->c.offer_id, o->c.advertiser_id,
		    o->c.affiliate_id, (int32_t)d[PAGE_VIEW], (int32_t)d[UNIQUE_VISITOR]};
	}
	if (x->n == 0)
		return ERR_OK;
	rc = capclick_correct(x->b, x->db, caps, x->n);
	if (rc != ERR_OK)
		return rc;
	rc = db_load(x->db,
	    "LOAD DATA LOCAL INFILE 'mem' INTO TABLE click_correction CHARACTER SET "
	    "binary",
	    tsv_data(t), t->rows);
	return rc == ERR_OK ? sums_write(x->b->clicks, x->db) : rc;
}

static enum err
step(struct run *x, unsigned clicks, bool *more)
{
	int64_t filtered = 0;
	bool found, last;
	us_t end;
	enum err rc = next_job(x->db, &x->job, &found);

	if (rc != ERR_OK || !found)
		return rc;
	rc = conf_begin(x->b->conf, x->db);
	if (rc == ERR_OK)
		rc = find_end(x, clicks, &end);
	if (rc == ERR_OK)
		rc = read_clicks(x, end);
	if (rc == ERR_OK)
		rc = fetch_offers(x);
	if (rc == ERR_OK)
		rc = write_corrections(x, &filtered);
	if (rc != ERR_OK)
		return rc;
	last = end >= x->job.to;
	*more = true; /* of this one, or another one behind it */
	return db_exec(x->db,
	    "UPDATE refilter SET at_us = ?, filtered = filtered + ?, restored = restored "
	    "+ "
	    "?, done_us = IF(?, ?, NULL) WHERE id = ?",
	    "iiiiii", (int64_t)end, filtered, (int64_t)x->n - filtered, (int64_t)last,
	    (int64_t)x->booked_us, x->job.id);
}

enum err
refilter_step(struct book *b, struct db *db, unsigned node_id, struct ua_reader *ua,
    unsigned clicks, bool *more)
{
	struct run x = {
	    .b = b, .db = db, .node = node_id, .ua = ua, .booked_us = clock_us()};
	enum err rc;

	assert(OBJ_IS(b, BOOK_MAGIC));
	*more = false;
	arena_reset(b->arena);
	sums_reset(b->clicks);
	rc = db_begin(db);
	if (rc == ERR_OK)
		rc = step(&x, clicks, more);
	if (rc == ERR_OK)
		rc = db_commit(db);
	if (rc != ERR_OK) {
		db_rollback(db);
		*more = false;
	}
	return rc;
}
