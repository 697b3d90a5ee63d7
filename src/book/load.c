/* SPDX-License-Identifier: Apache-2.0
 * load.c - what a batch of events asks for, read in a few statements however many events
 * there are.
 *
 * Keys go to the server as one JSON array and are joined by JSON_TABLE, so that the
 * statements are constant.  The index is named in each: the statistics of a table that
 * was empty a moment ago (each midnight a partition is) make the optimizer read it whole
 * for every batch.  Each step needs what the one before found: a click leads to its
 * offer, offer and goal to the key that tells a duplicate, a conversion to its ledger.
 */
#include "base/log.h"
#include "book/batch.h"
#include "book/post.h"

/* ----- the keys of one lookup ----- */

static struct jsonw *
keys_begin(struct batch *bt)
{
	jsonw_reset(bt->b->keys);
	jsonw_arr(bt->b->keys);
	return bt->b->keys;
}

static struct str
keys_end(struct jsonw *w)
{
	jsonw_end(w);
	return jsonw_text(w);
}

static void
key_pair(struct jsonw *w, int64_t a, int64_t b)
{
	jsonw_arr(w);
	jsonw_int(w, a);
	jsonw_int(w, b);
	jsonw_end(w);
}

/* Bytes as hex: JSON is text, and these need not be. */
static void
key_hex(struct jsonw *w, struct str s)
{
	static const char digits[] = "0123456789ABCDEF";
	char hex[2 * 256];
	size_t n = s.n < 256 ? s.n : 256;

	for (size_t i = 0; i < n; i++) {
		hex[2 * i] = digits[(unsigned char)s.p[i] >> 4];
		hex[2 * i + 1] = digits[(unsigned char)s.p[i] & 15];
	}
	jsonw_str(w, str_n(hex, 2 * n));
}

static struct str
copy(struct batch *bt, const struct db_rows *r, unsigned col)
{
	return db_is_null(r, col) ? STR_NONE : arena_str(bt->a, db_str(r, col));
}

static void
copy_bytes(uint8_t out[16], struct str s)
{
	memset(out, 0, 16);
	if (s.n == 16)
		memcpy(out, s.p, 16);
}

/* clang-format off */
#define KEY_PAIR "FROM (SELECT DISTINCT a, b FROM JSON_TABLE(?, '$[*]' COLUMNS (a BIGINT PATH '$[0]', " \
	"b BIGINT PATH '$[1]')) j) k STRAIGHT_JOIN "
#define KEY_HEX "FROM (SELECT DISTINCT h FROM JSON_TABLE(?, '$[*]' COLUMNS (h VARCHAR(512) PATH '$')) j) k " \
	"STRAIGHT_JOIN "
#define KEY_TEXT "FROM (SELECT DISTINCT v FROM JSON_TABLE(?, '$[*]' COLUMNS (v VARCHAR(190) " \
	"CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$')) j) k STRAIGHT_JOIN "
#define KEY_NUMBER_TEXT "FROM (SELECT DISTINCT a, v FROM JSON_TABLE(?, '$[*]' COLUMNS (a BIGINT PATH '$[0]', " \
	"v VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$[1]')) j) k STRAIGHT_JOIN "
#define KEY_NUMBER "FROM (SELECT DISTINCT h FROM JSON_TABLE(?, '$[*]' COLUMNS (h BIGINT UNSIGNED PATH '$')) j) k " \
	"STRAIGHT_JOIN "
/* clang-format on */

/* ----- clicks ----- */

#define CLICK_COLUMNS                                                                    \
	"c.click_us, c.click_lo, c.verdict, c.device_type, c.country, c.offer_id, "      \
	"c.landing_page_id, c.commission_id, c.affiliate_id, c.advertiser_id, c.ua_id, " \
	"c.ip, c.sub1, "                                                                 \
	"c.sub2, c.sub3, c.sub4, c.sub5, c.ocid, c.referrer, c.place_id "

static void
read_click(struct batch *bt, const struct db_rows *r, bool kept)
{
	struct batch_click *c = arena_alloc(bt->a, sizeof(*c));

	c->id = (struct click_id){db_i64(r, 0), db_i64(r, 1)};
	c->verdict = (uint8_t)db_u64(r, 2);
	c->device_type = (uint8_t)db_u64(r, 3);
	c->country = (uint16_t)db_u64(r, 4);
	c->offer_id = (uint32_t)db_u64(r, 5);
	c->landing_page_id = (uint32_t)db_u64(r, 6);
	c->commission_id = (uint32_t)db_u64(r, 7);
	c->affiliate_id = (uint32_t)db_u64(r, 8);
	c->advertiser_id = (uint32_t)db_u64(r, 9);
	c->ua_id = (uint32_t)db_u64(r, 10);
	copy_bytes(c->ip, db_str(r, 11));
	for (unsigned i = 0; i < ARRAY_LEN(c->sub); i++)
		c->sub[i] = copy(bt, r, 12 + i);
	c->ocid = copy(bt, r, 17);
	c->referrer = copy(bt, r, 18);
	c->place = (uint32_t)db_u64(r, 19);
	c->kept = kept;
	bytemap_put(&bt->clicks, str_n((const char *)&c->id, sizeof(c->id)), c);
}

/* Those of `ids` that are not read yet, from one of the two tables. */
static enum err
read_clicks(struct batch *bt, const struct click_id *ids, unsigned n, bool kept)
{
	struct jsonw *w = keys_begin(bt);
	struct db_rows *r = NULL;
	unsigned asked = 0;
	enum err rc;

	for (unsigned i = 0; i < n; i++) {
		if (batch_click(bt, ids[i]) != NULL)
			continue;
		key_pair(w, ids[i].us, ids[i].lo);
		asked++;
	}
	if (asked == 0)
		return ERR_OK;
	if (kept)
		rc = db_query(bt->db, &r,
		    "SELECT " CLICK_COLUMNS KEY_PAIR
		    "click_kept c FORCE INDEX (PRIMARY) ON c.click_us = k.a AND "
		    "c.click_lo = k.b",
		    "s", keys_end(w));
	else
		rc = db_query(bt->db, &r,
		    "SELECT " CLICK_COLUMNS KEY_PAIR
		    "click c FORCE INDEX (PRIMARY) ON c.click_us = k.a AND c.click_lo = "
		    "k.b",
		    "s", keys_end(w));
	while (rc == ERR_OK && db_next(r))
		read_click(bt, r, kept);
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

/* The raw clicks first, where nearly all are; a kept copy is asked for when retention
 * took the original. */
static enum err
find_clicks(struct batch *bt, const struct click_id *ids, unsigned n)
{
	enum err rc = read_clicks(bt, ids, n, false);

	return rc == ERR_OK ? read_clicks(bt, ids, n, true) : rc;
}

static enum err
clicks_of_events(struct batch *bt)
{
	struct click_id *ids = arena_alloc(bt->a, (bt->n + 1) * sizeof(*ids));
	unsigned n = 0;
	bool missing = false;
	enum err rc;

	for (unsigned i = 0; i < bt->n; i++) {
		if (bt->ev[i].item->kind == REC_POST && !clickid_none(bt->ev[i].click_id))
			ids[n++] = bt->ev[i].click_id;
	}
	rc = find_clicks(bt, ids, n);
	/* A click that is missing is unknown for good only if it was missing after
	 * folded_through was read (E5): another node may commit it and move that time on
	 * in between. */
	for (unsigned i = 0; rc == ERR_OK && i < n; i++)
		missing = missing || batch_click(bt, ids[i]) == NULL;
	if (!missing)
		return rc;
	rc = load_folded(bt);
	return rc == ERR_OK ? find_clicks(bt, ids, n) : rc;
}

/* ----- customers ----- */

static void
read_customer(struct batch *bt, const struct db_rows *r)
{
	struct batch_customer *c = arena_alloc(bt->a, sizeof(*c));

	c->id = db_u64(r, 0);
	c->offer_id = (uint32_t)db_u64(r, 1);
	c->subscription = copy(bt, r, 2);
	c->affiliate_id = (uint32_t)db_u64(r, 3);
	c->click = (struct click_id){db_i64(r, 4), db_i64(r, 5)};
	c->first_us = db_i64(r, 6);
	batch_customer_add(bt, c);
}

static enum err
find_customers(struct batch *bt)
{
	struct jsonw *w = keys_begin(bt);
	struct db_rows *r = NULL;
	unsigned asked = 0;
	enum err rc;

	for (unsigned i = 0; i < bt->n; i++) {
		const struct batch_event *e = &bt->ev[i];
		uint32_t offer = batch_offer_of(bt, e);

		if (e->item->kind != REC_POST || e->subscription.n == 0 || offer == 0)
			continue;
		jsonw_arr(w);
		jsonw_uint(w, offer);
		jsonw_str(w, e->subscription);
		jsonw_end(w);
		asked++;
	}
	if (asked == 0)
		return ERR_OK;
	rc = db_query(bt->db, &r,
	    "SELECT c.id, c.offer_id, c.subscription_id, c.affiliate_id, c.click_us, "
	    "c.click_lo, "
	    "c.first_us " KEY_NUMBER_TEXT
	    "customer c FORCE INDEX (customer_subscription) ON c.offer_id = k.a AND "
	    "c.subscription_id = k.v",
	    "s", keys_end(w));
	while (rc == ERR_OK && db_next(r))
		read_customer(bt, r);
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

/* A continuity is credited to the click of the customer's first transaction. */
static enum err
clicks_of_customers(struct batch *bt)
{
	struct click_id *ids = arena_alloc(bt->a, (bt->n + 1) * sizeof(*ids));
	unsigned n = 0;

	for (unsigned i = 0; i < bt->n; i++) {
		const struct batch_event *e = &bt->ev[i];
		const struct batch_customer *c;

		if (e->item->kind != REC_POST || e->subscription.n == 0)
			continue;
		c = batch_customer(bt, batch_offer_of(bt, e), e->subscription);
		if (c != NULL)
			ids[n++] = c->click;
	}
	return find_clicks(bt, ids, n);
}

/* ----- configuration ----- */

static enum err
config_of_clicks(struct batch *bt)
{
	for (unsigned i = 0; i < bt->clicks.slots; i++) {
		const struct batch_click *c = bytemap_at(&bt->clicks, i);

		if (c == NULL)
			continue;
		conf_need_offer(bt->conf, c->offer_id);
		conf_need_account(bt->conf, c->affiliate_id);
		conf_need_page(bt->conf, c->landing_page_id);
	}
	return conf_fetch(bt->conf, bt->db);
}

/* What rules by system or for iPods ask about a visitor's browser. */
struct agent {
	uint32_t id, os[3];
	bool ipod;
};

static bool
asks_agent(const struct conf_offer *o)
{
	for (unsigned i = 0; o != NULL && i < o->n_rules; i++) {
		if (o->rule[i].os.n > 0 || (o->rule[i].devices & PRICE_DEVICE_IPOD) != 0)
			return true;
	}
	return false;
}

static void
read_agent(struct batch *bt, const struct db_rows *r, struct bytemap *m)
{
	struct agent *a = arena_alloc(bt->a, sizeof(*a));
	struct str os = db_str(r, 1), version = db_str(r, 2), major;

	a->id = (uint32_t)db_u64(r, 0);
	a->os[0] = price_name(os.n > 0 ? os : STR("Other"));
	a->os[1] = price_name(
	    arena_printf(bt->a, STR_FMT " " STR_FMT, STR_ARG(os), STR_ARG(version)));
	major = str_split(&version, '.');
	a->os[2] = price_name(
	    arena_printf(bt->a, STR_FMT " " STR_FMT, STR_ARG(os), STR_ARG(major)));
	a->ipod = str_ieq(db_str(r, 3), STR("iPod"));
	bytemap_put(m, str_n((const char *)&a->id, sizeof(a->id)), a);
}

static enum err
read_agents(struct batch *bt, struct bytemap *m)
{
	struct jsonw *w = keys_begin(bt);
	struct db_rows *r = NULL;
	unsigned asked = 0;
	enum err rc;

	for (unsigned i = 0; i < bt->clicks.slots; i++) {
		const struct batch_click *c = bytemap_at(&bt->clicks, i);

		if (c == NULL || !asks_agent(conf_offer(bt->conf, c->offer_id)))
			continue;
		jsonw_uint(w, c->ua_id);
		asked++;
	}
	if (asked == 0)
		return ERR_OK;
	rc = db_query(bt->db, &r,
	    "SELECT u.id, u.os, u.os_version, u.model " KEY_NUMBER
	    "user_agent u FORCE INDEX (PRIMARY) ON u.id = k.h",
	    "s", keys_end(w));
	while (rc == ERR_OK && db_next(r))
		read_agent(bt, r, m);
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

static enum err
agents_of_clicks(struct batch *bt)
{
	struct bytemap agents;
	enum err rc;

	bytemap_init(&agents, bt->a);
	rc = read_agents(bt, &agents);
	for (unsigned i = 0; agents.n > 0 && i < bt->clicks.slots; i++) {
		struct batch_click *c = bytemap_at(&bt->clicks, i);
		const struct agent *a =
		    c == NULL ? NULL
			      : bytemap_get(&agents,
				    str_n((const char *)&c->ua_id, sizeof(c->ua_id)));

		if (a == NULL)
			continue;
		memcpy(c->os, a->os, sizeof(c->os));
		c->ipod = a->ipod;
	}
	return rc;
}

static enum err
config_of_convs(struct batch *bt)
{
	for (const struct batch_conv *c = bt->convs; c != NULL; c = c->next) {
		conf_need_offer(bt->conf, c->offer_id);
		conf_need_account(bt->conf, c->affiliate_id);
		conf_need_page(bt->conf, c->landing_page_id);
	}
	return conf_fetch(bt->conf, bt->db);
}

/* ----- conversions ----- */

#define CONV_COLUMNS                                                                     \
	"c.conv_us, c.node_id, c.status, c.kind, c.uniq_key, c.orderid, c.offer_id, "    \
	"c.landing_page_id, "                                                            \
	"c.commission_id, c.affiliate_id, c.advertiser_id, c.goal_id, c.customer_id, "   \
	"c.click_us, "                                                                   \
	"c.click_lo, c.country, c.device_type, c.ua_id, c.rule_id, c.currency, c.rate, " \
	"c.gross, "                                                                      \
	"c.revenue, c.payout, c.revenue_b, c.payout_b, c.created_us, c.updated_us, "     \
	"c.hold_until_us, "                                                              \
	"c.open_void_us, c.open_void_node, c.ocid, c.payment_type = 'percent', "         \
	"c.comment "

static void
read_conv_money(struct batch_conv *c, const struct db_rows *r)
{
	struct str cur = db_str(r, 19);

	memcpy(c->currency, cur.p, cur.n < 3 ? cur.n : 3);
	c->rate = db_i64(r, 20);
	c->gross = db_is_null(r, 21) ? PRICE_NONE : db_i64(r, 21);
	c->revenue = db_i64(r, 22);
	c->payout = db_i64(r, 23);
	c->revenue_b = db_i64(r, 24);
	c->payout_b = db_i64(r, 25);
	c->percent = db_i64(r, 32) != 0;
}

static struct batch_conv *
read_conv(struct batch *bt, const struct db_rows *r)
{
	struct batch_conv *c = arena_alloc(bt->a, sizeof(*c));

	c->us = db_i64(r, 0);
	c->node = (unsigned)db_u64(r, 1);
	c->status = (uint8_t)db_u64(r, 2);
	c->kind = (uint8_t)db_u64(r, 3);
	c->uniq = copy(bt, r, 4);
	c->orderid = copy(bt, r, 5);
	c->offer_id = (uint32_t)db_u64(r, 6);
	c->landing_page_id = (uint32_t)db_u64(r, 7);
	c->commission_id = (uint32_t)db_u64(r, 8);
	c->affiliate_id = (uint32_t)db_u64(r, 9);
	c->advertiser_id = (uint32_t)db_u64(r, 10);
	c->goal_id = (uint32_t)db_u64(r, 11);
	c->customer_id = db_u64(r, 12);
	c->click = (struct click_id){db_i64(r, 13), db_i64(r, 14)};
	c->country = (uint16_t)db_u64(r, 15);
	c->device_type = (uint8_t)db_u64(r, 16);
	c->ua_id = (uint32_t)db_u64(r, 17);
	c->rule_id = (uint32_t)db_u64(r, 18);
	read_conv_money(c, r);
	c->created_us = db_i64(r, 26);
	c->updated_us = c->was_updated_us = db_i64(r, 27);
	c->hold_until = db_i64(r, 28);
	c->void_us = db_i64(r, 29);
	c->void_node = (unsigned)db_u64(r, 30);
	c->ocid = copy(bt, r, 31);
	c->comment = copy(bt, r, 33);
	return batch_conv_add(bt, c);
}

static enum err
read_convs(struct batch *bt, struct db_rows **r, enum err rc)
{
	while (rc == ERR_OK && db_next(*r))
		(void)read_conv(bt, *r);
	return rc == ERR_OK ? db_rows_close(r) : rc;
}

/* The keys by which a post may turn out to be a duplicate. */
static enum err
convs_by_uniq(struct batch *bt)
{
	struct jsonw *w = keys_begin(bt);
	struct db_rows *r = NULL;
	struct str key[POST_KEYS];
	unsigned asked = 0;

	for (unsigned i = 0; i < bt->n; i++) {
		unsigned n = post_keys(bt, &bt->ev[i], key);

		asked += n;
		for (unsigned j = 0; j < n; j++)
			key_hex(w, key[j]);
	}
	if (asked == 0)
		return ERR_OK;
	return read_convs(bt, &r,
	    db_query(bt->db, &r,
		"SELECT " CONV_COLUMNS KEY_HEX
		"conversion c FORCE INDEX (conversion_uniq) ON c.uniq_key = UNHEX(k.h)",
		"s", keys_end(w)));
}

/* Posts of the NATS dialect ask what their click has already (§2.2); voids and approvals
 * may name a click. */
static enum err
convs_by_click(struct batch *bt)
{
	struct jsonw *w = keys_begin(bt);
	struct db_rows *r = NULL;
	unsigned asked = 0;

	for (unsigned i = 0; i < bt->n; i++) {
		const struct batch_event *e = &bt->ev[i];

		if (clickid_none(e->click_id) ||
		    (e->item->kind == REC_POST && batch_is_affise(e)))
			continue;
		key_pair(w, e->click_id.us, e->click_id.lo);
		asked++;
	}
	if (asked == 0)
		return ERR_OK;
	return read_convs(bt, &r,
	    db_query(bt->db, &r,
		"SELECT " CONV_COLUMNS KEY_PAIR
		"conversion c FORCE INDEX (conversion_click) ON c.click_us = k.a AND "
		"c.click_lo = k.b",
		"s", keys_end(w)));
}

static enum err
convs_by_order(struct batch *bt)
{
	struct jsonw *w = keys_begin(bt);
	struct db_rows *r = NULL;
	unsigned asked = 0;

	for (unsigned i = 0; i < bt->n; i++) {
		const struct batch_event *e = &bt->ev[i];

		if (e->item->kind == REC_POST || e->orderid.n == 0)
			continue;
		jsonw_str(w, e->orderid);
		asked++;
	}
	if (asked == 0)
		return ERR_OK;
	return read_convs(bt, &r,
	    db_query(bt->db, &r,
		"SELECT " CONV_COLUMNS KEY_TEXT
		"conversion c FORCE INDEX (conversion_orderid) ON c.orderid = k.v",
		"s", keys_end(w)));
}

/* A ledger row's own id or hash leads to its conversion. */
static enum err
convs_by_txn(struct batch *bt)
{
	struct jsonw *w = keys_begin(bt);
	struct db_rows *r = NULL;
	unsigned asked = 0;
	enum err rc;

	for (unsigned i = 0; i < bt->n; i++) {
		const struct batch_event *e = &bt->ev[i];

		if (e->txn_id_us == 0)
			continue;
		key_pair(w, e->txn_id_us, e->txn_id_node);
		asked++;
	}
	if (asked == 0)
		return ERR_OK;
	rc = db_query(bt->db, &r,
	    "SELECT " CONV_COLUMNS ", t.txn_us, t.node_id " KEY_PAIR
	    "txn t FORCE INDEX (PRIMARY) ON t.txn_us = k.a AND t.node_id = k.b "
	    "STRAIGHT_JOIN "
	    "conversion c FORCE INDEX (PRIMARY) ON c.conv_us = t.conv_us AND "
	    "c.node_id = t.conv_node",
	    "s", keys_end(w));
	while (rc == ERR_OK && db_next(r)) {
		struct batch_conv *c = read_conv(bt, r);

		batch_txn_known(bt, db_i64(r, 34), (unsigned)db_u64(r, 35), c);
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

/* Who has the key that a rejected conversion takes when it is edited (edit.c). */
static enum err
convs_by_freed(struct batch *bt)
{
	struct jsonw *w = keys_begin(bt);
	struct db_rows *r = NULL;
	unsigned asked = 0;
	enum err rc;

	for (unsigned i = 0; i < bt->n; i++) {
		const struct batch_event *e = &bt->ev[i];
		const struct batch_conv *c =
		    e->item->kind == REC_EDIT && e->txn_id_us != 0
			? batch_conv_txn(bt, e->txn_id_us, e->txn_id_node)
			: NULL;
		struct str key =
		    c == NULL || c->uniq.p != NULL ? STR_NONE : post_key_again(bt, c);

		if (key.p == NULL)
			continue;
		key_hex(w, key);
		asked++;
	}
	if (asked == 0)
		return ERR_OK;
	rc = read_convs(bt, &r,
	    db_query(bt->db, &r,
		"SELECT " CONV_COLUMNS KEY_HEX
		"conversion c FORCE INDEX (conversion_uniq) ON c.uniq_key = UNHEX(k.h)",
		"s", keys_end(w)));
	return rc == ERR_OK ? config_of_convs(bt) : rc;
}

/* Repetitions of what has no order id (E3): all within reach and not the newest alone,
 * since an event may be folded long after later ones were, on another node. */
static enum err
convs_by_retry(struct batch *bt)
{
	us_t window = conf_net(bt->conf)->retry_window * US_SECOND;
	us_t from = INT64_MAX, to = 0;
	struct jsonw *w = keys_begin(bt);
	struct db_rows *r = NULL;
	enum err rc;

	for (unsigned i = 0; i < bt->n; i++) {
		const struct batch_event *e = &bt->ev[i];

		if (e->retry_hash == 0)
			continue;
		jsonw_uint(w, e->retry_hash);
		from = e->head.id.us < from ? e->head.id.us : from;
		to = e->head.id.us > to ? e->head.id.us : to;
	}
	if (to == 0)
		return ERR_OK;
	rc = db_query(bt->db, &r,
	    "SELECT x.retry_hash, x.event_us " KEY_NUMBER
	    "conversion_retry x FORCE INDEX (PRIMARY) ON x.retry_hash = k.h WHERE "
	    "x.event_us BETWEEN ? AND ?",
	    "sii", keys_end(w), (int64_t)(from - window), (int64_t)(to + window));
	while (rc == ERR_OK && db_next(r))
		batch_retry_put(bt, db_u64(r, 0), db_i64(r, 1));
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

/* ----- ledger rows of what may be undone ----- */

static void
want_ledgers(struct batch *bt)
{
	for (unsigned i = 0; i < bt->n; i++) {
		const struct batch_event *e = &bt->ev[i];
		struct batch_conv *c;

		if (e->item->kind != REC_VOID && e->item->kind != REC_REVENUE &&
		    e->item->kind != REC_EDIT)
			continue;
		c = e->txn_id_us == 0 ? NULL
				      : batch_conv_txn(bt, e->txn_id_us, e->txn_id_node);
		if (c != NULL)
			c->wants_ledger = true;
		if (!clickid_none(e->click_id)) {
			for (c = batch_conv_click(bt, e->click_id); c != NULL;
			     c = c->same_click)
				c->wants_ledger = true;
		}
		for (c = batch_conv_order(bt, e->orderid); c != NULL; c = c->same_order)
			c->wants_ledger = true;
	}
}

static struct batch_txn *
read_txn(struct batch *bt, const struct db_rows *r, struct batch_conv *c)
{
	struct batch_txn *t = arena_alloc(bt->a, sizeof(*t));

	t->us = db_i64(r, 2);
	t->node = (unsigned)db_u64(r, 3);
	t->type = (uint8_t)db_u64(r, 4);
	t->booked = db_i64(r, 5) != 0;
	t->deducted = db_i64(r, 6) != 0;
	t->booked_us = db_i64(r, 7);
	t->ref_us = db_i64(r, 8);
	t->ref_node = (unsigned)db_u64(r, 9);
	t->revenue = db_i64(r, 10);
	t->revenue_b = db_i64(r, 11);
	t->gross = db_i64(r, 12);
	t->cost_b = db_i64(r, 13);
	t->full_customer = db_i64(r, 19) != 0;
	batch_txn_add(c, t);
	return t;
}

/* What this batch wrote for a conversion goes behind what is read. */
static struct batch_txn *
ledger_begin(struct batch_conv *c)
{
	struct batch_txn *own = c->txn;

	c->txn = NULL;
	c->txn_end = &c->txn;
	c->has_ledger = true;
	return own;
}

static void
ledger_end(struct batch_conv *c, struct batch_txn *own)
{
	while (own != NULL) {
		struct batch_txn *next = own->next;

		batch_txn_add(c, own);
		own = next;
	}
}

static void
ledgers_end(struct batch *bt)
{
	for (struct batch_conv *c = bt->convs; c != NULL; c = c->next) {
		ledger_end(c, c->own_txn);
		c->own_txn = NULL;
	}
}

/* Of those that want one and have none.  A row a payout, or one without a payout; those
 * of a ledger row follow each other. */
static enum err
read_ledgers(struct batch *bt)
{
	struct jsonw *w = keys_begin(bt);
	struct db_rows *r = NULL;
	struct batch_txn *t = NULL;
	unsigned asked = 0;
	enum err rc;

	for (struct batch_conv *c = bt->convs; c != NULL; c = c->next) {
		if (!c->wants_ledger || c->has_ledger || c->is_new)
			continue;
		c->own_txn = ledger_begin(c);
		key_pair(w, c->us, c->node);
		asked++;
	}
	if (asked == 0)
		return ERR_OK;
	rc = db_query(bt->db, &r,
	    "SELECT t.conv_us, t.conv_node, t.txn_us, t.node_id, t.type, t.booked, "
	    "t.deducted, t.booked_us, t.ref_us, "
	    "t.ref_node, t.revenue, t.revenue_b, t.gross, t.cost_b, p.role, "
	    "p.account_id, p.amount, p.amount_b, "
	    "p.payable_from_us, t.full_customer, p.percent " KEY_PAIR
	    "txn t FORCE INDEX (txn_conv) ON t.conv_us = "
	    "k.a AND t.conv_node = k.b LEFT JOIN "
	    "payout_row p FORCE INDEX (PRIMARY) ON p.txn_us = t.txn_us AND p.node_id "
	    "= t.node_id ORDER BY t.txn_us, t.node_id, p.n",
	    "s", keys_end(w));
	while (rc == ERR_OK && db_next(r)) {
		struct batch_conv *c =
		    batch_conv_id(bt, db_i64(r, 0), (unsigned)db_u64(r, 1));

		if (c == NULL)
			continue;
		if (t == NULL || t->us != db_i64(r, 2) ||
		    t->node != (unsigned)db_u64(r, 3))
			t = read_txn(bt, r, c);
		if (!db_is_null(r, 14))
			batch_pay(bt, t, (uint8_t)db_u64(r, 14), (uint32_t)db_u64(r, 15),
			    db_i64(r, 16), db_i64(r, 17), db_i64(r, 18))
			    ->percent = db_is_null(r, 20) ? PRICE_NONE : db_i64(r, 20);
	}
	ledgers_end(bt);
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

static enum err
find_ledgers(struct batch *bt)
{
	want_ledgers(bt);
	return read_ledgers(bt);
}

/* One that was read before the customer's turn was taken may be another by now. */
static enum err
read_current(struct batch *bt, const struct db_rows *r)
{
	struct batch_conv *c = read_conv(bt, r);

	c->wants_ledger = true;
	return c->is_new || c->was_updated_us == db_i64(r, 27) ? ERR_OK : ERR_DB_RETRY;
}

enum err
load_customer(struct batch *bt, uint64_t customer)
{
	struct db_rows *r = NULL;
	enum err rc = db_exec(bt->db, "UPDATE customer SET turn = turn + 1 WHERE id = ?",
		     "i", (int64_t)customer),
		 seen = ERR_OK;

	if (rc == ERR_OK)
		rc = db_query(bt->db, &r,
		    "SELECT " CONV_COLUMNS
		    "FROM conversion c FORCE INDEX (conversion_customer) WHERE "
		    "c.customer_id = ?",
		    "i", (int64_t)customer);
	while (rc == ERR_OK && db_next(r)) {
		enum err one = read_current(bt, r);

		seen = seen == ERR_OK ? one : seen;
	}
	if (rc == ERR_OK)
		rc = db_rows_close(&r);
	if (rc == ERR_OK)
		rc = seen;
	return rc == ERR_OK ? read_ledgers(bt) : rc;
}

/* ----- caps ----- */

/* Whose conversion it will be, most likely. */
static void
need_caps(struct batch *bt, const struct batch_event *e)
{
	const struct batch_click *k = batch_click(bt, e->click_id);
	const struct batch_customer *u =
	    k == NULL ? batch_customer(bt, batch_offer_of(bt, e), e->subscription) : NULL;
	struct cap_subject s = {.offer_id = batch_offer_of(bt, e), .at = e->head.id.us};
	const struct conf_offer *o = conf_offer(bt->conf, s.offer_id);

	if (o == NULL)
		return;
	s.advertiser_id = o->advertiser_id;
	s.affiliate_id = k != NULL ? k->affiliate_id : u != NULL ? u->affiliate_id : 0;
	s.goal_id = conf_goal_is_base(e->goal) ? 0 : conf_goal(bt->conf, e->goal);
	capslot_need(bt, &s);
}

static enum err
find_caps(struct batch *bt)
{
	for (unsigned i = 0; i < bt->n; i++) {
		if (bt->ev[i].item->kind == REC_POST)
			need_caps(bt, &bt->ev[i]);
	}
	for (const struct batch_conv *c = bt->convs; c != NULL; c = c->next) {
		const struct cap_subject s = capslot_subject(c);

		capslot_need(bt, &s);
	}
	return capslot_load(bt);
}

enum err
load_held(struct batch *bt, us_t now, unsigned cap)
{
	struct db_rows *r = NULL;
	enum err rc = read_convs(bt, &r,
	    db_query(bt->db, &r,
		"SELECT " CONV_COLUMNS
		"FROM conversion c WHERE c.hold_until_us <= ? AND c.status = 5 ORDER BY "
		"c.hold_until_us LIMIT ?",
		"ii", (int64_t)now, (int64_t)cap));

	if (rc == ERR_OK)
		rc = config_of_convs(bt);
	return rc == ERR_OK ? find_caps(bt) : rc;
}

enum err
load_folded(struct batch *bt)
{
	int64_t at;
	enum err rc;

	if (bt->folded >= 0)
		return ERR_OK;
	rc = db_int(bt->db, &at, 0, "SELECT MIN(folded_through_us) FROM node", "");
	bt->folded = at;
	return rc;
}

enum err
load_all(struct batch *bt)
{
	static enum err (*const steps[])(struct batch *) = {match_browsers,
	    clicks_of_events, find_customers, clicks_of_customers, config_of_clicks,
	    agents_of_clicks, convs_by_uniq, convs_by_click, convs_by_order, convs_by_txn,
	    convs_by_retry, config_of_convs, convs_by_freed, find_ledgers, find_caps,
	    iplimit_load, signed_load};
	enum err rc = ERR_OK;

	for (size_t i = 0; rc == ERR_OK && i < ARRAY_LEN(steps); i++)
		rc = steps[i](bt);
	return rc;
}
