/* SPDX-License-Identifier: Apache-2.0
 * health.c - /healthz, /readyz and /metrics.
 *
 * /readyz takes this node out of a balancer only when it cannot record: draining, no
 * catalog yet, or a journal that refuses.  Trouble with the database is said but keeps
 * 200, or all nodes would leave at once.  /metrics answers to addresses that are not
 * public and to trusted proxies: what a network earns can be read off its counters.
 */
#include "worker/loop.h"

#include <inttypes.h>
#include <stdio.h>

#include "worker/apipool.h"
#include "worker/forwarded.h"

#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"
#define METRICS_BYTES 65536u

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
	jsonw_end(w);
	send_json(r, why != NULL ? 503 : 200, w);
	jsonw_free(&w);
}

/* ---- metrics ---- */

struct text {
	char *p;
	size_t n;
};

PRINTF_LIKE(2, 3)
static void
line(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->p + t->n, METRICS_BYTES - t->n, fmt, ap);
	va_end(ap);
	assert(n >= 0 && (size_t)n < METRICS_BYTES - t->n);
	t->n += (size_t)n;
}

static void
gauge(struct text *t, const char *name, const char *help, int64_t value)
{
	line(t,
	    "# HELP affiliated_%s %s\n# TYPE affiliated_%s gauge\naffiliated_%s %" PRId64
	    "\n",
	    name, help, name, name, value);
}

static void
all_counters(struct text *t, const struct shm *shm)
{
	for (enum counter c = 0; c < COUNTER_MAX; c++) {
		const struct counter_doc *d = &counter_docs[c];
		bool count = d->kind == COUNTER_KIND_count;
		const char *total = count ? "_total" : "";

		line(t,
		    "# HELP affiliated_%s%s %s\n# TYPE affiliated_%s%s %s\n"
		    "affiliated_%s%s %" PRId64 "\n",
		    d->name, total, d->text, d->name, total, count ? "counter" : "gauge",
		    d->name, total, shm_counter(shm, c));
	}
}

static void
state(struct text *t, struct shm *shm)
{
	struct shm_health h;

	shm_health(shm, &h);
	line(t,
	    "# HELP affiliated_unsynced_seconds age of the oldest click that a power "
	    "loss "
	    "would cost\n# TYPE affiliated_unsynced_seconds gauge\n"
	    "affiliated_unsynced_seconds %" PRId64 ".%06" PRId64 "\n",
	    (int64_t)(h.unsynced_us / US_SECOND), (int64_t)(h.unsynced_us % US_SECOND));
	gauge(t, "recording_clicks", "1 when the journal takes clicks",
	    h.recording[LANE_CLICKS]);
	gauge(t, "recording_events", "1 when the journal takes events",
	    h.recording[LANE_EVENTS]);
	gauge(t, "stats_alive", "1 when the stats process lives", h.stats_alive);
	gauge(t, "database_up", "1 when the fold can book", !h.db_down);
	gauge(t, "backlog_clicks_bytes", "journal of clicks that is not booked yet",
	    (int64_t)h.backlog[LANE_CLICKS]);
	gauge(t, "backlog_events_bytes", "journal of events that is not booked yet",
	    (int64_t)h.backlog[LANE_EVENTS]);
	gauge(t, "ring_clicks_bytes", "clicks in rings, not in the journal yet",
	    (int64_t)h.ring_bytes[LANE_CLICKS]);
	gauge(t, "ring_events_bytes", "events in rings, not in the journal yet",
	    (int64_t)h.ring_bytes[LANE_EVENTS]);
	gauge(t, "journal_disk_bytes", "disk that the journal takes",
	    (int64_t)h.disk_bytes);
	gauge(t, "workers", "workers alive", h.live_workers);
	gauge(t, "catalog_generation", "catalogs made", (int64_t)h.catalog_gen);
}

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
	struct text t = {NULL, 0};

	r->what = "metrics";
	if (!is_private(r->addr) &&
	    !forwarded_trusts(&r->w->in->set->trusted_proxies, r->addr)) {
		reply_refusal(r, DIALECT_AFFISE, REFUSAL_PATH);
		return;
	}
	t.p = wreq_alloc(r, METRICS_BYTES);
	all_counters(&t, r->w->in->shm);
	state(&t, r->w->in->shm);
	reply_begin(r, 200, METRICS_TYPE);
	reply_whole(r, str_n(t.p, t.n));
}
