/* SPDX-License-Identifier: Apache-2.0
 * clicks.c - /track/, /ttrack/, /strack/, /click, short links and the impressions of
 * /imp/: from the request to the ring, and the answer.
 *
 * What a click means is track/click.h's; this file lends it the outside and keeps the
 * order of things: room in the ring first, then the decision, the id, the record, and
 * last the answer, so that every redirect has its record (I1) and a click that cannot be
 * recorded was not decided either.  Nothing here waits or allocates outside the request's
 * pool (I4).
 */
#include <stdlib.h>

#include <sodium.h>

#include "base/jsonw.h"
#include "base/zone.h"
#include "track/click.h"
#include "track/impression.h"
#include "track/sendon.h"
#include "worker/frontdoor.h"
#include "worker/loop.h"
#include "worker/tracking.h"

#define CLICKS_MAGIC 0x636c696bu
#define RANDOM_BYTES 4096
#define UA_ENTRIES 8192 /* some 3 MB; visitors' browsers of a day are fewer */

struct clicks {
	uint32_t magic;
	struct ua_reader *ua;
	struct geo_memo *memo;
	uint64_t zone_gen; /* the catalog that zone is of */
	const struct zone *zone;
	struct cap_clock clock; /* of it */
	struct click k;
	struct jsonw *json;           /* kept, so that no answer allocates */
	uint8_t random[RANDOM_BYTES]; /* drawn ahead: a system call for each visitor would
					 show */
	size_t random_left;
	unsigned char lost[CLICK_RECORD_MAX]; /* where a click is written that no ring has
						 room for */
	bool redirect_lost;                   /* setting full_ring */
};

struct clicks *
clicks_new(struct worker *w)
{
	struct clicks *c;

	OBJ_NEW(c, CLICKS_MAGIC);
	c->json = jsonw_new();
	c->ua = ua_reader_new(w->in->ua, UA_ENTRIES);
	c->memo = geo_memo_new(w->in->geo);
	c->redirect_lost = strcmp(w->in->set->full_ring, "redirect") == 0;
	return c;
}

void
clicks_free(struct clicks **cp)
{
	struct clicks *c;

	if (*cp == NULL)
		return;
	OBJ_TAKE(c, cp, CLICKS_MAGIC);
	ua_reader_free(&c->ua);
	geo_memo_free(&c->memo);
	jsonw_free(&c->json);
	OBJ_FREE(c);
}

/* ---- the outside of track/click.h ---- */

static bool
seen(void *arg, uint64_t key, uint32_t now_s, uint32_t window_s)
{
	const struct worker *w = arg;

	return unique_seen(shm_unique(w->in->shm), key, now_s, window_s);
}

static void
hint(void *arg, uint64_t key)
{
	const struct worker *w = arg;

	unique_hint(shm_unique(w->in->shm), key);
}

static int64_t
count(void *arg, uint64_t key)
{
	const struct worker *w = arg;

	return captable_count(shm_caps(w->in->shm), key);
}

static void
add(void *arg, uint64_t key, us_t until)
{
	const struct worker *w = arg;

	if (!captable_add(shm_caps(w->in->shm), key, until))
		counter_add(COUNTER_cap_table_full, 1);
}

static void
fill_random(void *arg, uint8_t out[16])
{
	const struct worker *w = arg;
	struct clicks *c = w->clicks;
	unsigned char key[randombytes_SEEDBYTES];

	if (c->random_left < 16) {
		/* A key of its own for each; the kernel would be asked sixteen times. */
		randombytes_buf(key, sizeof(key));
		randombytes_buf_deterministic(c->random, sizeof(c->random), key);
		sodium_memzero(key, sizeof(key));
		c->random_left = sizeof(c->random);
	}
	c->random_left -= 16;
	memcpy(out, c->random + c->random_left, 16);
}

/* The network's zone, looked up once a catalog. */
static const struct zone *
zone_of(struct worker *w)
{
	struct clicks *c = w->clicks;

	if (c->zone == NULL || c->zone_gen != w->catalog_gen) {
		c->zone = zone_get(
		    catalog_text(w->catalog, catalog_net(w->catalog)->time_zone));
		c->zone_gen = w->catalog_gen;
		c->clock = (struct cap_clock){.zone = c->zone};
	}
	return c->zone;
}

/* ---- answers ---- */

static struct str
pooled(struct wreq *r, struct str s)
{
	char *copy = wreq_alloc(r, s.n);

	memcpy(copy, s.p, s.n);
	return str_n(copy, s.n);
}

void
clicks_unavailable(struct wreq *r)
{
	wreq_add_header(r, "retry-after", STR("10"));
	wreq_add_header(r, "cache-control", STR("no-store"));
	reply_body(r, 503, "text/plain; charset=utf-8", STR("Try again later.\n"));
}

void
clicks_not_found(struct wreq *r)
{
	wreq_add_header(r, "cache-control", STR("no-store"));
	reply_body(r, 404, "text/html; charset=utf-8", click_page());
}

void
clicks_bad_method(struct wreq *r, struct str allow)
{
	wreq_add_header(r, "allow", allow);
	reply_body(r, 405, "text/plain; charset=utf-8", STR("Method not allowed.\n"));
}

/* In the offer's redirect type; all but the first hide where the visitor comes from. */
static void
send_on(struct wreq *r, const struct click *k)
{
	const size_t room = SENDON_ROOM(k->location.n);

	if (k->how != CAT_HTTP302)
		wreq_add_header(r, "referrer-policy", STR("no-referrer"));
	if (k->how != CAT_META && k->how != CAT_JS) {
		reply_redirect(r, 302, pooled(r, k->location));
		return;
	}
	wreq_add_header(r, "cache-control", STR("no-store"));
	reply_body(r, 200, "text/html; charset=utf-8",
	    sendon_page(wreq_alloc(r, room), room, k->how, k->location));
}

/* A picture, whatever came of it: a page that shows creatives is not to look broken. */
static void
show(struct wreq *r, const struct click *k)
{
	if (k->location.p != NULL) {
		send_on(r, k);
		return;
	}
	wreq_add_header(r, "cache-control", STR("no-store"));
	reply_body(r, 200, "image/gif", impression_pixel());
}

static void
answer(struct wreq *r, const struct click *k)
{
	if (k->in->door == CLICK_BY_IMP) {
		show(r, k);
		return;
	}
	for (unsigned i = 0; i < k->n_cookies && !k->hostnpost; i++)
		wreq_add_header(r, "set-cookie", pooled(r, k->cookie[i]));
	if (k->hostnpost)
		frontdoor_hostnpost(r, k, r->w->clicks->json);
	else if (k->json)
		frontdoor_json(r, k, r->w->clicks->json);
	else if (k->location.p == NULL)
		clicks_not_found(r);
	else
		send_on(r, k);
}

/* ---- a click ---- */

/* false: none of the doors that are open. */
static bool
which_door(struct str path, struct click_in *in)
{
	static const struct {
		struct str prefix;
		enum click_door door;
	} doors[] = {{STR("/track/"), CLICK_BY_TRACK}, {STR("/ttrack/"), CLICK_BY_TTRACK},
	    {STR("/strack/"), CLICK_BY_STRACK}, {STR("/imp/"), CLICK_BY_IMP}};

	in->rest = STR("");
	in->door = CLICK_BY_AFFISE;
	if (str_eq(path, STR("/sl")) || str_eq(path, STR("/sl/"))) {
		in->door = CLICK_BY_SMART;
		return true;
	}
	if (str_eq(path, STR("/click")) || str_eq(path, STR("/click/")))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(doors); i++) {
		const struct str p = doors[i].prefix;

		if (str_starts(path, p)) {
			in->rest = str_n(path.p + p.n, path.n - p.n);
			in->door = doors[i].door;
			return true;
		}
	}
	return false;
}

static void
read_request(const struct wreq *r, struct click_in *in)
{
	in->path = r->path;
	in->host = r->host;
	in->query = r->query;
	in->ua = wreq_header(r, "user-agent");
	in->referrer = wreq_header(r, "referer");
	in->accept_language = wreq_header(r, "accept-language");
	in->cookie = wreq_header(r, "cookie");
	in->head = str_eq(r->method, STR("HEAD"));
	in->prefetch =
	    click_is_prefetch(wreq_header(r, "sec-purpose"), wreq_header(r, "purpose"),
		wreq_header(r, "x-purpose"), wreq_header(r, "x-moz"));
	in->https = r->https;
	memcpy(in->ip, r->addr, sizeof(in->ip));
	in->now = r->begin_us;
}

static void
count_verdict(const struct click *k)
{
	static const enum counter of[] = {
#define VERDICT(number_, id_, reason_, text_) [number_] = COUNTER_verdict_##id_,
#include "tbl/verdicts.h"
#undef VERDICT
	};

	assert((size_t)k->verdict < ARRAY_LEN(of));
	if (k->in->door == CLICK_BY_IMP) {
		counter_add(k->verdict == VERDICT_COUNTED  ? COUNTER_impressions_counted
			    : k->verdict < VERDICT_REFUSED ? COUNTER_impressions_uncounted
							   : COUNTER_impressions_refused,
		    1);
		return;
	}
	counter_add(of[k->verdict], 1);
	if (k->verdict == VERDICT_COUNTED)
		counter_add(COUNTER_clicks_counted, 1);
	else if (k->verdict >= VERDICT_REFUSED)
		counter_add(COUNTER_clicks_refused, 1);
	else
		counter_add(COUNTER_clicks_uncounted, 1);
}

/* Room for the record; NULL: there is none, or the journal cannot take it. */
static unsigned char *
reserve(struct worker *w)
{
	unsigned char *rec = NULL;

	if (shm_recording(w->in->shm, LANE_CLICKS))
		rec = ring_reserve(slot_ring(w->slot, LANE_CLICKS), CLICK_RECORD_MAX);
	if (rec == NULL)
		counter_add(COUNTER_ring_full_clicks, 1);
	return rec;
}

static void
take(struct wreq *r, const struct click_in *in)
{
	struct worker *w = r->w;
	struct clicks *c = w->clicks;
	const struct click_env env = {.cat = w->catalog,
	    .zone = zone_of(w),
	    .geo = w->in->geo,
	    .memo = c->memo,
	    .ua = c->ua,
	    .seen = seen,
	    .hint = hint,
	    .clock = &c->clock,
	    .count = count,
	    .add = add,
	    .random = fill_random,
	    .arg = w};
	unsigned char *rec = reserve(w);
	struct click_id id;
	size_t n;

	if (rec == NULL && !c->redirect_lost) {
		clicks_unavailable(r);
		return;
	}
	click_begin(&c->k, &env, in);
	id = slot_new_id(w->slot, (unsigned)w->in->set->node_id);
	if (rec != NULL) {
		n = click_finish(&c->k, id, rec, CLICK_RECORD_MAX);
		(void)ring_commit(slot_ring(w->slot, LANE_CLICKS),
		    in->door == CLICK_BY_IMP ? REC_IMPRESSION : REC_CLICK, n);
		slot_wake_stats(w->slot);
		count_verdict(&c->k);
	} else {
		(void)click_finish(&c->k, id, c->lost, sizeof(c->lost));
		slot_heartbeat(w->slot); /* takes back the announcement of the id */
		counter_add(COUNTER_clicks_lost, 1);
	}
	r->account_id = c->k.rec.affiliate_id;
	answer(r, &c->k);
}

void
clicks_handle(struct wreq *r)
{
	struct click_in in;

	if (!which_door(r->path, &in)) {
		clicks_not_found(r);
		return;
	}
	clicks_through(r, &in);
}

void
clicks_through(struct wreq *r, struct click_in *in)
{
	if (!str_eq(r->method, STR("GET")) && !str_eq(r->method, STR("HEAD"))) {
		clicks_bad_method(r, STR("GET, HEAD"));
		return;
	}
	if (r->w->catalog == NULL) { /* right after the very first start */
		clicks_unavailable(r);
		return;
	}
	read_request(r, in);
	take(r, in);
}
