/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/apipool.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/log.h"
#include "db/db.h"
#include "shm/counter.h"
#include "shm/shm.h"
#include "worker/apicall.h"

#define POOL_MAGIC 0x706f6f6cu
#define MAX_WAITING 1024u
/* Behind the loop, which answers clicks, when cores are short: a tenth of its share. */
#define NICE 10
#define TRUST_US (5 * US_SECOND) /* a connection used so recently is taken for alive */

struct apipool {
	uint32_t magic;
	const struct inherited *in;
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct apicall *queue[MAX_WAITING]; /* a ring: from head on, n of them */
	unsigned head, n;
	bool stop;
	bool ask; /* nobody calls, but somebody wants to know of the database */
	atomic_bool db_ok;
	unsigned n_threads;
	pthread_t *threads;
};

/* The next one that waits; NULL with *ask: there is none, but look at the database; else
 * the end. */
static struct apicall *
next_call(struct apipool *p, bool *ask)
{
	struct apicall *c = NULL;

	(void)pthread_mutex_lock(&p->lock);
	while (p->n == 0 && !p->stop && !p->ask)
		(void)pthread_cond_wait(&p->work, &p->lock);
	*ask = p->ask && p->n == 0 && !p->stop;
	p->ask = p->ask && !*ask;
	if (p->n > 0) {
		c = p->queue[p->head];
		p->head = (p->head + 1) % MAX_WAITING;
		p->n--;
		counter_set(COUNTER_api_queue, p->n);
	}
	(void)pthread_mutex_unlock(&p->lock);
	return c;
}

/* The connection, alive as far as one can know; NULL: the server cannot be reached. */
static struct db *
connection(struct apipool *p, struct db **db, us_t used)
{
	struct db_where where;
	char why[256];
	bool ok = true;

	if (!shm_db_checked(p->in->shm))
		return NULL;
	if (*db == NULL) {
		settings_db_where(p->in->set, &where);
		*db = db_open(&where, why);
		ok = *db != NULL;
		if (!ok && p->db_ok)
			log_error("database: %s", why);
	} else if (used == 0 || clock_mono_us() - used > TRUST_US) {
		ok = db_alive(*db) == ERR_OK;
		if (!ok && p->db_ok)
			log_error("database: %s", db_error(*db));
	}
	if (ok && !p->db_ok)
		log_info("database: reached again");
	p->db_ok = ok;
	return ok ? *db : NULL;
}

static void *
thread_main(void *ctx)
{
	struct apipool *p = ctx;
	struct db *db = NULL, *alive;
	struct apicall *c;
	us_t used = 0;
	bool ask;

	assert(OBJ_IS(p, POOL_MAGIC));
	/* Of this thread alone, as Linux has it. */
	if (setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + NICE) != 0)
		log_warn("the priority of the API's threads: %m");
	while ((c = next_call(p, &ask)) != NULL || ask) {
		if (c == NULL) {
			used = connection(p, &db, 0) != NULL ? clock_mono_us() : 0;
			continue;
		}
		alive = connection(p, &db, used);
		/* Whatever went wrong with it, the next call asks first. */
		used = apicall_run(c, alive) && alive != NULL ? clock_mono_us() : 0;
	}
	db_close(&db);
	return NULL;
}

struct apipool *
apipool_new(const struct inherited *in)
{
	struct apipool *p;
	sigset_t all, before;

	OBJ_NEW(p, POOL_MAGIC);
	p->in = in;
	p->db_ok = true;
	(void)pthread_mutex_init(&p->lock, NULL);
	(void)pthread_cond_init(&p->work, NULL);
	p->n_threads = (unsigned)in->set->api_threads;
	p->threads = obj_alloc(p->n_threads * sizeof(*p->threads));
	/* Signals are the loop's: a thread's system call must not end with EINTR. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	for (unsigned i = 0; i < p->n_threads; i++) {
		int rc = pthread_create(&p->threads[i], NULL, thread_main, p);

		assert(rc == 0);
		(void)rc;
	}
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return p;
}

void
apipool_free(struct apipool **pp)
{
	struct apipool *p;

	if (*pp == NULL)
		return;
	OBJ_TAKE(p, pp, POOL_MAGIC);
	(void)pthread_mutex_lock(&p->lock);
	p->stop = true;
	(void)pthread_cond_broadcast(&p->work);
	(void)pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->n_threads; i++)
		(void)pthread_join(p->threads[i], NULL);
	free(p->threads);
	(void)pthread_mutex_destroy(&p->lock);
	(void)pthread_cond_destroy(&p->work);
	OBJ_FREE(p);
}

bool
apipool_submit(struct apipool *p, struct apicall *c)
{
	bool room;

	assert(OBJ_IS(p, POOL_MAGIC));
	(void)pthread_mutex_lock(&p->lock);
	room = p->n < MAX_WAITING;
	if (room) {
		p->queue[(p->head + p->n) % MAX_WAITING] = c;
		p->n++;
		counter_set(COUNTER_api_queue, p->n);
		(void)pthread_cond_signal(&p->work);
	}
	(void)pthread_mutex_unlock(&p->lock);
	return room;
}

/* A call without a client: some thread looks at the database. */
void
apipool_ask(struct apipool *p)
{
	assert(OBJ_IS(p, POOL_MAGIC));
	(void)pthread_mutex_lock(&p->lock);
	if (!p->ask) {
		p->ask = true;
		(void)pthread_cond_signal(&p->work);
	}
	(void)pthread_mutex_unlock(&p->lock);
}

bool
apipool_db_ok(const struct apipool *p)
{
	return p->db_ok;
}
