/* SPDX-License-Identifier: Apache-2.0
 * chores.c - see chores.h.
 */
#include "stats/chores.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"
#include "book/refilter.h"
#include "domain/idem.h"
#include "domain/netset.h"
#include "report/cube.h"
#include "report/days.h"

#define CHORES_MAGIC 0x63686f72u
#define LOOK_MS 1000
#define REFILTER_CLICKS 10000u
#define LOGINS_KEEP_US (366 * US_DAY)
#define REFILTER_AGENTS 4096u /* remembered, while it runs */

/* What a chore has at hand. */
struct tools {
	const struct inherited *in;
	struct db *db;
	struct book *book;
};

struct chore {
	const char *name;
	us_t every;
	enum err (*work)(struct tools *t);
};

static enum err
sweep(struct tools *t)
{
	return book_sweep(t->book, t->db, (unsigned)t->in->set->node_id);
}

/* A day of buckets at a time; a backlog makes way for the others after two seconds. */
static enum err
cube(struct tools *t)
{
	us_t until = clock_mono_us() + 2 * US_SECOND;
	enum err rc = ERR_OK;
	bool more = true;

	while (rc == ERR_OK && more && clock_mono_us() < until)
		rc = cube_step(t->db, (unsigned)t->in->set->node_id, 96, &more);
	return rc;
}

/* Profit and loss by day, in the network's zone. */
static enum err
days(struct tools *t)
{
	us_t until = clock_mono_us() + 2 * US_SECOND;
	struct arena *a = arena_new();
	struct netset set;
	enum err rc = netset_load(t->db, a, &set);
	const struct zone *z = rc == ERR_OK ? zone_get(set.time_zone) : NULL;
	bool more = z != NULL;

	while (rc == ERR_OK && more && clock_mono_us() < until)
		rc = days_step(t->db, (unsigned)t->in->set->node_id, z, &more);
	arena_free(&a);
	return rc;
}

/* Bots that were not known when they clicked, when an administrator asks. */
static enum err
refilter(struct tools *t)
{
	us_t until = clock_mono_us() + 2 * US_SECOND;
	struct ua_reader *ua = NULL;
	int64_t waiting = 0;
	bool more;
	enum err rc = db_int(t->db, &waiting, 0,
	    "SELECT COUNT(*) FROM refilter WHERE done_us IS NULL", "");

	/* Without a list every click would be a visitor's. */
	if (rc != ERR_OK || waiting == 0 || t->in->ua == NULL)
		return rc;
	ua = ua_reader_new(t->in->ua, REFILTER_AGENTS);
	do
		rc = refilter_step(t->book, t->db, (unsigned)t->in->set->node_id, ua,
		    REFILTER_CLICKS, &more);
	while (rc == ERR_OK && more && clock_mono_us() < until);
	ua_reader_free(&ua);
	return rc;
}

/* Answers kept for an Idempotency-Key, and old logins: what is in no book. */
static enum err
forget(struct tools *t)
{
	const us_t now = clock_us();
	enum err rc = idem_sweep(t->db, now);

	if (rc != ERR_OK)
		return rc;
	return db_exec(t->db, "DELETE FROM account_login WHERE at_us < ? LIMIT 5000", "i",
	    now - LOGINS_KEEP_US);
}

static const struct chore chores[] = {
    {"sweep", 5 * US_SECOND, sweep},
    {"cube", 10 * US_SECOND, cube},
    {"days", 10 * US_SECOND, days},
    {"refilter", US_SECOND, refilter},
    {"forget", 60 * US_SECOND, forget},
};

struct chores {
	uint32_t magic;
	pthread_t thread;
	int stop_fd;
	struct tools tools;
	us_t due[ARRAY_LEN(chores)];
	bool complained[ARRAY_LEN(chores)];
};

static bool
shall_end(const struct chores *c, int ms)
{
	struct pollfd p = {.fd = c->stop_fd, .events = POLLIN};

	return poll(&p, 1, ms) > 0;
}

/* The folds say when the database is away; here it is only a reason to come back later.
 */
static bool
connected(struct chores *c)
{
	struct db_where where;

	if (c->tools.db != NULL)
		return db_alive(c->tools.db) == ERR_OK;
	settings_db_where(c->tools.in->set, &where);
	c->tools.db = db_open(&where, NULL);
	return c->tools.db != NULL;
}

static void
run(struct chores *c, size_t i)
{
	enum err rc = chores[i].work(&c->tools);
	bool away = rc == ERR_DB_DOWN || rc == ERR_DB_RETRY;

	if (rc != ERR_OK)
		db_rollback(c->tools.db);
	if (rc != ERR_OK && !away && !c->complained[i])
		log_error("%s: %s", chores[i].name,
		    rc == ERR_DB_SQL ? db_error(c->tools.db) : err_text(rc));
	c->complained[i] = rc != ERR_OK && !away;
	c->due[i] = clock_mono_us() + chores[i].every;
}

static void *
chores_thread(void *arg)
{
	struct chores *c = arg;

	assert(OBJ_IS(c, CHORES_MAGIC));
	while (!shall_end(c, LOOK_MS)) {
		if (!connected(c))
			continue;
		for (size_t i = 0; i < ARRAY_LEN(chores); i++) {
			if (clock_mono_us() >= c->due[i] && !shall_end(c, 0))
				run(c, i);
		}
	}
	return NULL;
}

static void
give_back(struct chores *c)
{
	book_free(&c->tools.book);
	db_close(&c->tools.db);
	if (c->stop_fd != -1)
		(void)close(c->stop_fd);
	OBJ_FREE(c);
}

struct chores *
chores_start(const struct inherited *in)
{
	struct chores *c;
	int rc;

	OBJ_NEW(c, CHORES_MAGIC);
	c->tools.in = in;
	c->tools.book = book_new(in);
	c->stop_fd = eventfd(0, EFD_CLOEXEC);
	rc =
	    c->stop_fd == -1 ? errno : pthread_create(&c->thread, NULL, chores_thread, c);
	if (rc == 0)
		return c;
	give_back(c);
	errno = rc;
	return NULL;
}

void
chores_stop(struct chores **cp)
{
	static const uint64_t one = 1;
	struct chores *c;

	if (*cp == NULL)
		return;
	OBJ_TAKE(c, cp, CHORES_MAGIC);
	(void)!write(c->stop_fd, &one, sizeof(one));
	(void)pthread_join(c->thread, NULL);
	give_back(c);
}
