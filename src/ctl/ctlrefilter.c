/* SPDX-License-Identifier: Apache-2.0
 * ctlrefilter.c - asks for the filter of bots to be run again, and waits for it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/datetext.h"
#include "ctl/ctl.h"
#include "domain/netset.h"

/* Nobody works at it for so long: no server runs. */
#define PATIENCE (20 * US_SECOND)

struct wish {
	us_t from, to;
	int64_t id;
};

static enum err
do_ask(struct change *c, void *what)
{
	struct wish *w = what;
	enum err rc = db_exec(c->db,
	    "INSERT INTO refilter (from_us, to_us, at_us, asked_us) VALUES (?, ?, ?, ?)",
	    "iiii", (int64_t)w->from, (int64_t)w->to, (int64_t)w->from, (int64_t)c->now);

	w->id = rc == ERR_OK ? (int64_t)db_insert_id(c->db) : 0;
	return rc;
}

/* Days of the network's zone, both included. */
static int
read_days(struct ctl *t, const char *from, const char *to, struct wish *w)
{
	const struct zone *z;
	struct netset set;
	enum err rc = netset_load(t->ch.db, t->ch.arena, &set);

	if (rc != ERR_OK)
		return ctl_db_failed(t, rc);
	z = zone_get(set.time_zone);
	if (z == NULL)
		return ctl_failed("no time zone %.*s", STR_ARG(set.time_zone));
	if (!datetext_parse(str_of(from), z, clock_us(), &w->from))
		return ctl_failed("--from is no date: %s", from);
	if (!datetext_parse(str_of(to), z, clock_us(), &w->to))
		return ctl_failed("--to is no date: %s", to);
	w->from = zone_floor(z, ZONE_DAY, w->from);
	w->to = zone_next(z, ZONE_DAY, w->to);
	if (w->from < 0 || w->to <= w->from)
		return ctl_failed("--to is before --from");
	return CTL_OK;
}

/* How far it is. */
static enum err
look(
    struct ctl *t, int64_t id, us_t *at, bool *done, int64_t *filtered, int64_t *restored)
{
	struct db_rows *r = NULL;
	enum err rc = db_query(t->ch.db, &r,
	    "SELECT at_us, done_us IS NOT NULL, filtered, restored FROM refilter WHERE "
	    "id = "
	    "?",
	    "i", id);

	if (rc == ERR_OK && db_next(r)) {
		*at = db_i64(r, 0);
		*done = db_i64(r, 1) != 0;
		*filtered = db_i64(r, 2);
		*restored = db_i64(r, 3);
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

static int
wait_for(struct ctl *t, int64_t id)
{
	const struct timespec pause = {0, 100 * 1000 * 1000};
	us_t at = 0, was = 0, moved = clock_mono_us();
	int64_t filtered = 0, restored = 0;
	bool done = false;

	while (clock_mono_us() - moved < PATIENCE) {
		enum err rc = look(t, id, &at, &done, &filtered, &restored);

		if (rc != ERR_OK)
			return ctl_db_failed(t, rc);
		if (done) {
			(void)printf("filtered %" PRId64 "\nrestored %" PRId64 "\n",
			    filtered, restored);
			return CTL_OK;
		}
		moved = at != was ? clock_mono_us() : moved;
		was = at;
		(void)nanosleep(&pause, NULL);
	}
	return ctl_failed("run %" PRId64 " waits: no server has worked at it", id);
}

int
ctl_refilter(struct ctl *t, int argc, char **argv)
{
	const char *from = NULL, *to = NULL;
	struct wish w = {0};
	bool waits = true;
	int status;

	for (int i = 0; i < argc; i++) {
		const char **value = strcmp(argv[i], "--from") == 0 ? &from
				     : strcmp(argv[i], "--to") == 0 ? &to
								    : NULL;

		if (strcmp(argv[i], "--no-wait") == 0)
			waits = false;
		else if (value == NULL || ++i == argc)
			return ctl_usage(t);
		else
			*value = argv[i];
	}
	if (from == NULL || to == NULL)
		return ctl_usage(t);
	status = read_days(t, from, to, &w);
	if (status != CTL_OK)
		return status;
	if (!ctl_change(t, do_ask, &w))
		return CTL_FAILED;
	if (waits)
		return wait_for(t, w.id);
	(void)printf("%" PRId64 "\n", w.id);
	return CTL_OK;
}
