/* SPDX-License-Identifier: Apache-2.0
 * health.c - /healthz, /readyz and /metrics.
 *
 * /readyz takes this node out of a balancer only when it cannot record: draining, no
 * catalog yet, or a journal that refuses.  Trouble with the database is said but keeps
 * 200, or all nodes would leave at once.  /metrics answers to addresses that are not
 * public and to trusted proxies: what a network earns can be read off its counters.
 */
#include "worker/loop.h"

#include "shm/metrics.h"
#include "worker/apipool.h"
#include "worker/forwarded.h"

#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

static void
send_json(struct wreq *r, unsigned status, struct jsonw *w)
{
	wreq_add_header(r, "cache-control", STR("no-store"));
	reply_body(r, status, "application/json", jsonw_text(w));
}

void
health_live(struct wreq *r)
{
	r->what = "health";
	wreq_add_header(r, "cache-control", STR("no-store"));
	reply_body(r, 200, "application/json", STR("{\"status\":\"ok\"}"));
}

/* What stands in the way of recording; NULL: nothing. */
static const char *
not_ready(const struct worker *w, const struct shm_health *h)
{
	if (w->draining)
		return "draining";
	if (w->catalog == NULL)
		return "no catalog yet";
	if (!h->recording[LANE_CLICKS] || !h->recording[LANE_EVENTS])
		return "the journal cannot be written";
	return NULL;
}

/* Offers that ask for what no geo file tells: nothing a balancer would mind, but whoever
 * looks here should know. */
static void
put_geo(const struct wreq *r, struct jsonw *w)
{
	struct metric m[METRICS_MAX];
	int64_t n;

	metrics_read(r->w->in->shm, m);
	n = m[METRICS_STATE + COUNTER_geo_rules_unknown].value;
	if (n <= 0)
		return;
	jsonw_key(w, "geo_rules_unknown");
	jsonw_int(w, n);
}

void
health_ready(struct wreq *r)
{
	struct shm_health h;
	struct jsonw *w = jsonw_new();
	const char *why;
	bool degraded;

	r->what = "health";
	shm_health(r->w->in->shm, &h);
	why = not_ready(r->w, &h);
	degraded = h.db_down || !h.stats_alive || !apipool_db_ok(r->w->pool);
	/* Without REST calls nobody would find out that it is back. */
	if (!apipool_db_ok(r->w->pool))
		apipool_ask(r->w->pool);
	jsonw_obj(w);
	jsonw_key(w, "status");
	jsonw_cstr(w, why != NULL ? "unavailable" : degraded ? "degraded" : "ok");
	if (why != NULL) {
		jsonw_key(w, "reason");
		jsonw_cstr(w, why);
	}
	jsonw_key(w, "database");
	jsonw_bool(w, !h.db_down && apipool_db_ok(r->w->pool));
	jsonw_key(w, "stats");
	jsonw_bool(w, h.stats_alive);
	put_geo(r, w);
	jsonw_end(w);
	send_json(r, why != NULL ? 503 : 200, w);
	jsonw_free(&w);
}

/* ---- metrics ---- */

/* 10/8, 172.16/12, 192.168/16, 127/8, ::1, fc00::/7, fe80::/10 */
static bool
is_private(const uint8_t ip[16])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	static const uint8_t self[16] = {[15] = 1};

	if (memcmp(ip, mapped, 12) == 0)
		return ip[12] == 10 || ip[12] == 127 ||
		       (ip[12] == 172 && ip[13] >> 4 == 1) ||
		       (ip[12] == 192 && ip[13] == 168);
	return memcmp(ip, self, 16) == 0 || (ip[0] & 0xfe) == 0xfc ||
	       (ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80);
}

void
health_metrics(struct wreq *r)
{
	struct metric m[METRICS_MAX];
	char *text;

	r->what = "metrics";
	if (!is_private(r->addr) &&
	    !forwarded_trusts(&r->w->in->set->trusted_proxies, r->addr)) {
		reply_refusal(r, DIALECT_AFFISE, REFUSAL_PATH);
		return;
	}
	metrics_read(r->w->in->shm, m);
	text = wreq_alloc(r, METRICS_TEXT);
	reply_begin(r, 200, METRICS_TYPE);
	reply_whole(r, str_n(text, metrics_text(m, text)));
}
