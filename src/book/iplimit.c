/* SPDX-License-Identifier: Apache-2.0
 * iplimit.c - how many conversions an address may make (nats-behaviour.md §2.6), and
 * Affise's "one conversion by address".
 *
 * Counted are initials and goals that are confirmed, pending or held; one that is
 * declined or voided gives its place back, as with caps.  The limit of an offer holds in
 * every window of 24 hours, whenever it begins; that of an address has no end.
 *
 * Exact on all nodes: before a batch counts, it takes the turn of each address that a
 * limit asks about (table ip_turn, in the order of the key) and holds it until its
 * commit.  So of two transactions that may book for one address the second counts what
 * the first booked.  On Galera the second's commit fails, and its batch runs again.
 */
#include <stdlib.h>

#include "base/iplist.h"
#include "book/post_priv.h"

/* A conversion of an address: read, or made by this batch. */
struct ip_conv {
	us_t at;
	uint32_t offer;
	us_t us; /* which one it is */
	unsigned node;
	struct ip_conv *next;
};

struct batch_ip {
	uint8_t ip[16];
	us_t from, to; /* the times that are asked about */
	struct ip_conv *conv;
	struct batch_ip *next;
};

static bool
has_limit(const struct conf_offer *o)
{
	return o != NULL && (o->ip_limit > 0 || o->uniq_ip_only);
}

static bool
is_v4(const uint8_t ip[16])
{
	static const uint8_t v4[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

	return memcmp(ip, v4, sizeof(v4)) == 0;
}

/* The click's for a postback, the request's for a pixel; in Affise the visitor's as the
 * sender says, else the click's. */
void
iplimit_address(const struct batch_event *e, const struct batch_click *k, uint8_t out[16])
{
	bool affise = batch_is_affise(e);

	if (k != NULL)
		memcpy(out, k->ip, 16);
	else
		memset(out, 0, 16);
	if ((!affise && !e->by_address) || !ip_parse(e->t.f[F_ip], out)) {
		if (!affise && !e->click_sent)
			memcpy(out, e->head.sender, 16);
	}
	if (!is_v4(out))
		memset(out + 8, 0, 8);
}

static struct batch_ip *
find(const struct batch *bt, const uint8_t ip[16])
{
	return bytemap_get(&bt->ips, str_n((const char *)ip, 16));
}

static void
need(struct batch *bt, const uint8_t ip[16], us_t at)
{
	struct batch_ip *x = find(bt, ip);

	if (x == NULL) {
		x = arena_alloc(bt->a, sizeof(*x));
		*x = (struct batch_ip){.from = at, .to = at, .next = bt->ip_list};
		memcpy(x->ip, ip, 16);
		bt->ip_list = x;
		bytemap_put(&bt->ips, str_n((const char *)x->ip, 16), x);
	}
	x->from = at < x->from ? at : x->from;
	x->to = at > x->to ? at : x->to;
}

static void
put_hex(struct jsonw *w, const uint8_t ip[16])
{
	static const char digits[] = "0123456789ABCDEF";
	char hex[32];

	for (size_t i = 0; i < 16; i++) {
		hex[2 * i] = digits[ip[i] >> 4];
		hex[2 * i + 1] = digits[ip[i] & 15];
	}
	jsonw_str(w, str_n(hex, sizeof(hex)));
}

static struct str
keys(struct batch *bt)
{
	struct jsonw *w = bt->b->keys;

	jsonw_reset(w);
	jsonw_arr(w);
	for (const struct batch_ip *x = bt->ip_list; x != NULL; x = x->next) {
		jsonw_arr(w);
		put_hex(w, x->ip);
		jsonw_int(w, x->from - US_DAY);
		jsonw_int(w, x->to + US_DAY);
		jsonw_end(w);
	}
	jsonw_end(w);
	return jsonw_text(w);
}

#define KEYS                                                                      \
	"JSON_TABLE(?, '$[*]' COLUMNS (h VARCHAR(32) PATH '$[0]', f BIGINT PATH " \
	"'$[1]', t BIGINT PATH '$[2]')) k "

/* One statement makes the rows that are missing and locks all, in the key's order. */
static enum err
take_turns(struct batch *bt)
{
	return db_exec(bt->db,
	    "INSERT INTO ip_turn (ip, turn, used_us) SELECT UNHEX(k.h), 1, ? FROM " KEYS
	    "ORDER BY k.h ON DUPLICATE KEY UPDATE turn = turn + 1, used_us = "
	    "VALUES(used_us)",
	    "is", (int64_t)clock_us(), keys(bt));
}

static void
remember(
    struct batch *bt, struct batch_ip *x, us_t at, uint32_t offer, us_t us, unsigned node)
{
	struct ip_conv *v = arena_alloc(bt->a, sizeof(*v));

	*v = (struct ip_conv){at, offer, us, node, x->conv};
	x->conv = v;
}

static enum err
read_convs(struct batch *bt)
{
	struct db_rows *r = NULL;
	enum err rc = db_query(bt->db, &r,
	    "SELECT c.limit_ip, c.created_us, c.offer_id, c.conv_us, c.node_id FROM " KEYS
	    "STRAIGHT_JOIN conversion c FORCE INDEX (conversion_ip) ON c.limit_ip = "
	    "UNHEX(k.h) AND c.created_us > k.f AND c.created_us < k.t WHERE c.status IN "
	    "(1, 2, 5) AND c.kind <> 2",
	    "s", keys(bt));

	while (rc == ERR_OK && db_next(r)) {
		struct str ip = db_str(r, 0);
		struct batch_ip *x = ip.n == 16 ? find(bt, (const uint8_t *)ip.p) : NULL;

		if (x != NULL)
			remember(bt, x, db_i64(r, 1), (uint32_t)db_u64(r, 2),
			    db_i64(r, 3), (unsigned)db_u64(r, 4));
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

/* For "one by address" any earlier one will do, however old: an address and an offer
 * each. */
static enum err
read_older(struct batch *bt)
{
	struct jsonw *w = bt->b->keys;
	struct db_rows *r = NULL;
	unsigned asked = 0;
	enum err rc;

	jsonw_reset(w);
	jsonw_arr(w);
	for (unsigned i = 0; i < bt->n; i++) {
		const struct batch_event *e = &bt->ev[i];
		const struct conf_offer *o = conf_offer(bt->conf, batch_offer_of(bt, e));
		uint8_t ip[16];

		if (e->item->kind != REC_POST || o == NULL || !o->uniq_ip_only)
			continue;
		iplimit_address(e, batch_click(bt, e->click_id), ip);
		jsonw_arr(w);
		put_hex(w, ip);
		jsonw_uint(w, o->id);
		jsonw_int(w, e->head.id.us - US_DAY);
		jsonw_end(w);
		asked++;
	}
	jsonw_end(w);
	if (asked == 0)
		return ERR_OK;
	rc = db_query(bt->db, &r,
	    "SELECT UNHEX(k.h), k.o FROM JSON_TABLE(?, '$[*]' COLUMNS (h VARCHAR(32) "
	    "PATH '$[0]', o INT UNSIGNED PATH '$[1]', f BIGINT PATH '$[2]')) k WHERE "
	    "EXISTS (SELECT 1 FROM conversion c FORCE INDEX (conversion_ip) WHERE "
	    "c.limit_ip = UNHEX(k.h) AND c.created_us <= k.f AND c.offer_id = k.o AND "
	    "c.status IN (1, 2, 5) AND c.kind <> 2)",
	    "s", jsonw_text(w));
	while (rc == ERR_OK && db_next(r)) {
		struct str ip = db_str(r, 0);
		struct batch_ip *x = ip.n == 16 ? find(bt, (const uint8_t *)ip.p) : NULL;

		if (x != NULL)
			remember(bt, x, 0, (uint32_t)db_u64(r, 1), 0, 0);
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

enum err
iplimit_load(struct batch *bt)
{
	enum err rc;

	for (unsigned i = 0; i < bt->n; i++) {
		const struct batch_event *e = &bt->ev[i];
		uint8_t ip[16];

		if (e->item->kind != REC_POST ||
		    !has_limit(conf_offer(bt->conf, batch_offer_of(bt, e))))
			continue;
		iplimit_address(e, batch_click(bt, e->click_id), ip);
		need(bt, ip, e->head.id.us);
	}
	if (bt->ip_list == NULL)
		return ERR_OK;
	rc = take_turns(bt);
	if (rc == ERR_OK)
		rc = read_convs(bt);
	return rc == ERR_OK ? read_older(bt) : rc;
}

/* What another event of the batch declined meanwhile no longer counts. */
static bool
counts(const struct batch *bt, const struct ip_conv *v)
{
	const struct batch_conv *c = batch_conv_id(bt, v->us, v->node);

	return c == NULL || c->status == CONFIRMED || c->status == PENDING ||
	       c->status == HOLD;
}

static int
by_time(const void *a, const void *b)
{
	us_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return (x > y) - (x < y);
}

/* Would one more at `at` make more than `limit` in any window of 24 hours?  A late event
 * of another node has conversions on both sides. */
static bool
overflows(us_t *time, unsigned n, us_t at, int64_t limit)
{
	unsigned last = 0;

	qsort(time, n, sizeof(*time), by_time);
	for (unsigned first = 0; first < n; first++) {
		us_t start = time[first] < at ? time[first] : at;

		while (last < n && time[last] < start + US_DAY)
			last++;
		if (at < start + US_DAY && (int64_t)(last - first) >= limit)
			return true;
	}
	return false;
}

bool
iplimit_reached(
    struct batch *bt, const struct conf_offer *o, const uint8_t ip[16], us_t at)
{
	const struct batch_ip *x = find(bt, ip);
	unsigned n = 0, most = 0;
	us_t *time;

	if (o->ip_limit == 0 || x == NULL)
		return false;
	for (const struct ip_conv *v = x->conv; v != NULL; v = v->next)
		most++;
	time = arena_alloc(bt->a, (most + 1) * sizeof(*time));
	for (const struct ip_conv *v = x->conv; v != NULL; v = v->next) {
		bool same =
		    v->offer == o->id || conf_in_group(bt->conf, o->ip_group, v->offer);

		if (same && v->at > at - US_DAY && v->at < at + US_DAY && counts(bt, v))
			time[n++] = v->at;
	}
	return overflows(time, n, at, o->ip_limit);
}

bool
iplimit_used(struct batch *bt, const struct conf_offer *o, const uint8_t ip[16])
{
	const struct batch_ip *x = find(bt, ip);

	if (!o->uniq_ip_only || x == NULL)
		return false;
	for (const struct ip_conv *v = x->conv; v != NULL; v = v->next) {
		if (v->offer == o->id && counts(bt, v))
			return true;
	}
	return false;
}

void
iplimit_add(struct batch *bt, const struct batch_conv *c)
{
	struct batch_ip *x = find(bt, c->limit_ip);

	if (x != NULL && c->kind != PRICE_CONTINUITY)
		remember(bt, x, c->created_us, c->offer_id, c->us, c->node);
}
