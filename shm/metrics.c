/* SPDX-License-Identifier: Apache-2.0
 * metrics.c - see metrics.h.
 */
#include "shm/metrics.h"

#include <inttypes.h>
#include <stdio.h>

struct adder {
	struct metric *m;
	unsigned n;
};

static void
add(struct adder *l, const char *name, enum metric_kind kind, int64_t value,
    const char *text)
{
	assert(l->n < METRICS_MAX);
	l->m[l->n++] =
	    (struct metric){.name = name, .text = text, .kind = kind, .value = value};
}

static us_t
age(us_t since)
{
	us_t now = clock_us();

	return since == 0 || since > now ? 0 : now - since;
}

static void
lanes(struct adder *l, const struct shm_health *h)
{
	add(l, "recording_clicks", METRIC_GAUGE,
	    h->stats_alive && h->recording[LANE_CLICKS],
	    "1 when the journal takes clicks");
	add(l, "recording_events", METRIC_GAUGE,
	    h->stats_alive && h->recording[LANE_EVENTS],
	    "1 when the journal takes events");
	add(l, "ring_clicks_bytes", METRIC_GAUGE, (int64_t)h->ring_bytes[LANE_CLICKS],
	    "clicks in rings, not in the journal yet");
	add(l, "ring_events_bytes", METRIC_GAUGE, (int64_t)h->ring_bytes[LANE_EVENTS],
	    "events in rings, not in the journal yet");
	add(l, "backlog_clicks_bytes", METRIC_GAUGE, (int64_t)h->backlog[LANE_CLICKS],
	    "journal of clicks that is not booked yet");
	add(l, "backlog_events_bytes", METRIC_GAUGE, (int64_t)h->backlog[LANE_EVENTS],
	    "journal of events that is not booked yet");
}

static void
state(struct adder *l, struct shm *shm)
{
	struct shm_health h;

	shm_health(shm, &h);
	add(l, "workers", METRIC_GAUGE, h.live_workers, "workers alive");
	add(l, "stats_alive", METRIC_GAUGE, h.stats_alive,
	    "1 when the stats process lives");
	add(l, "database_up", METRIC_GAUGE, h.stats_alive && !h.db_down,
	    "1 when the fold can book");
	lanes(l, &h);
	add(l, "unsynced_seconds", METRIC_MICRO, h.unsynced_us,
	    "age of the oldest click that a power loss would cost");
	add(l, "folded_age_seconds", METRIC_MICRO, age(h.folded_us),
	    "everything acknowledged longer ago is booked; 0 when that is not known yet");
	add(l, "journal_disk_bytes", METRIC_GAUGE, (int64_t)h.disk_bytes,
	    "disk that the journal takes");
	add(l, "catalog_generation", METRIC_GAUGE, (int64_t)h.catalog_gen,
	    "images of the catalog made");
	add(l, "catalog_version", METRIC_GAUGE, (int64_t)h.catalog_version,
	    "version of the configuration in the newest image");
	add(l, "slots", METRIC_GAUGE, shm_slots(shm),
	    "places for workers in shared memory");
	add(l, "unique_surfers", METRIC_GAUGE,
	    (int64_t)unique_live(
		shm_unique(shm), (uint32_t)(clock_us() / US_SECOND), 86400),
	    "surfers remembered of the last 24 hours, estimated");
	add(l, "unique_entries", METRIC_GAUGE, (int64_t)(shm_unique(shm)->lines * 8),
	    "surfers that can be remembered; half of it without forgetting any");
	add(l, "shm_age_seconds", METRIC_MICRO, age(shm_control(shm)->made_us),
	    "since the shared memory was made");
}

void
metrics_read(struct shm *shm, struct metric out[METRICS_MAX])
{
	struct adder l = {out, 0};

	state(&l, shm);
	assert(l.n == METRICS_STATE);
	for (unsigned c = 0; c < COUNTER_MAX; c++) {
		add(&l, counter_docs[c].name,
		    counter_docs[c].kind == COUNTER_KIND_count ? METRIC_COUNT
							       : METRIC_GAUGE,
		    shm_counter(shm, (enum counter)c), counter_docs[c].text);
		l.m[l.n - 1].label = counter_docs[c].label;
	}
}

void
metrics_value(const struct metric *m, char out[32])
{
	if (m->kind == METRIC_MICRO)
		(void)snprintf(out, 32, "%" PRId64 ".%06" PRId64, m->value / 1000000,
		    m->value % 1000000);
	else
		(void)snprintf(out, 32, "%" PRId64, m->value);
}

/* One of several with a name; the first says what they are. */
static size_t
labelled(const struct metric *m, bool first, const char *value, char *out, size_t room)
{
	int k = snprintf(out, room, "%s%s%s%s%saffiliated_%s_total{reason=\"%s\"} %s\n",
	    first ? "# HELP affiliated_" : "", first ? m->name : "",
	    first ? "_total clicks by what became of them\n# TYPE affiliated_" : "",
	    first ? m->name : "", first ? "_total counter\n" : "", m->name,
	    m->label[0] == '\0' ? "counted" : m->label, value);

	assert(k > 0 && (size_t)k < room);
	return (size_t)k;
}

size_t
metrics_text(const struct metric m[METRICS_MAX], char out[METRICS_TEXT])
{
	size_t n = 0;

	for (unsigned i = 0; i < METRICS_MAX; i++) {
		const char *total = m[i].kind == METRIC_COUNT ? "_total" : "";
		char value[32];
		int k = 0;

		metrics_value(&m[i], value);
		if (m[i].label != NULL) {
			n += labelled(&m[i], i == 0 || m[i - 1].label == NULL, value,
			    out + n, METRICS_TEXT - n);
			continue;
		}
		k = snprintf(out + n, METRICS_TEXT - n,
		    "# HELP affiliated_%s%s %s\n# TYPE affiliated_%s%s "
		    "%s\naffiliated_%s%s %s\n",
		    m[i].name, total, m[i].text, m[i].name, total,
		    m[i].kind == METRIC_COUNT ? "counter" : "gauge", m[i].name, total,
		    value);
		assert(k > 0 && (size_t)k < METRICS_TEXT - n);
		n += (size_t)k;
	}
	return n;
}
