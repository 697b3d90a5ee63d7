/* SPDX-License-Identifier: Apache-2.0
 * sidejob.c - see sidejob.h.
 *
 *      loop: sidejob_ask --> queue --> thread: work --> message --> loop: done
 *
 * A job is the thread's from the queue to the message, then the loop's again.  The
 * request is only ever touched on the loop, and forgotten when the client leaves.
 */
#include "worker/sidejob.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "worker/loop.h"

#define JOBS_MAGIC 0x73696465u
#define JOB_MAGIC 0x7369646au
#define MAX_WAITING 256u

struct hook;

struct job {
	h2o_multithread_message_t message; /* first: messages are cast back */
	uint32_t magic;
	struct sidejobs *jobs;
	struct wreq *wreq; /* NULL: the client has left */
	struct hook *hook; /* in its pool, valid while wreq is */
	sidejob_work_f *work;
	const void *what;
	sidejob_done_f *done;
	void *ctx;
	struct arena *arena;
	struct sidejob_out out;
	struct job *next;
};

struct sidejobs {
	uint32_t magic;
	struct worker *w;
	h2o_multithread_queue_t *queue;
	h2o_multithread_receiver_t receiver;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct job *first, **end;
	unsigned n; /* not done yet */
	bool stop;
};

/* In the request's pool. */
struct hook {
	struct job *job; /* NULL: it is done */
};

/* ---- the thread ---- */

static struct job *
next_job(struct sidejobs *p)
{
	struct job *j;

	(void)pthread_mutex_lock(&p->lock);
	while (p->first == NULL && !p->stop)
		(void)pthread_cond_wait(&p->work, &p->lock);
	j = p->first;
	if (j != NULL) {
		p->first = j->next;
		if (p->first == NULL)
			p->end = &p->first;
	}
	(void)pthread_mutex_unlock(&p->lock);
	return j;
}

static void *
thread_main(void *ctx)
{
	struct sidejobs *p = ctx;
	struct db_where where;
	struct db *db = NULL;
	struct job *j;

	settings_db_where(p->w->in->set, &where);
	while ((j = next_job(p)) != NULL) {
		if (db == NULL)
			db = db_open(&where, NULL);
		j->out.failed = db == NULL || db_alive(db) != ERR_OK ||
				j->work(p->w, db, j->arena, j->what, &j->out) != ERR_OK;
		h2o_multithread_send_message(&p->receiver, &j->message);
	}
	db_close(&db);
	return NULL;
}

/* ---- the loop ---- */

static void
finish(struct job *j)
{
	j->jobs->n--;
	if (j->wreq != NULL) {
		j->hook->job = NULL;
		j->done(j->ctx, &j->out);
	}
	arena_free(&j->arena);
	OBJ_FREE(j);
}

static void
on_message(h2o_multithread_receiver_t *receiver, h2o_linklist_t *messages)
{
	(void)receiver;
	while (!h2o_linklist_is_empty(messages)) {
		struct job *j =
		    H2O_STRUCT_FROM_MEMBER(struct job, message.link, messages->next);

		h2o_linklist_unlink(&j->message.link);
		/* The second tells the analyzer that a freed job is not in the list. */
		assert(OBJ_IS(j, JOB_MAGIC) && messages->next != &j->message.link);
		finish(j);
	}
}

static void
on_gone(void *p)
{
	struct job *j = ((struct hook *)p)->job;

	if (j != NULL)
		j->wreq = NULL;
}

static struct sidejobs *
jobs_new(struct worker *w)
{
	struct sidejobs *p;
	sigset_t all, before;
	int rc;

	OBJ_NEW(p, JOBS_MAGIC);
	p->w = w;
	p->end = &p->first;
	(void)pthread_mutex_init(&p->lock, NULL);
	(void)pthread_cond_init(&p->work, NULL);
	p->queue = h2o_multithread_create_queue(w->loop);
	h2o_multithread_register_receiver(p->queue, &p->receiver, on_message);
	/* Signals are the loop's. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&p->thread, NULL, thread_main, p);
	assert(rc == 0);
	(void)rc;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return p;
}

bool
sidejob_ask(struct wreq *r, sidejob_work_f *work, const void *what, size_t n,
    sidejob_done_f *done, void *ctx)
{
	struct sidejobs *p = r->w->side;
	struct hook *hook;
	struct job *j;
	void *copy;

	if (p == NULL)
		p = r->w->side = jobs_new(r->w);
	assert(OBJ_IS(p, JOBS_MAGIC));
	if (p->n >= MAX_WAITING)
		return false;
	OBJ_NEW(j, JOB_MAGIC);
	j->jobs = p;
	j->wreq = r;
	j->work = work;
	j->done = done;
	j->ctx = ctx;
	j->arena = arena_new();
	copy = arena_alloc(j->arena, n);
	memcpy(copy, what, n);
	j->what = copy;
	j->out = (struct sidejob_out){.text = STR_NONE, .type = STR_NONE};
	hook = h2o_mem_alloc_shared(&r->req->pool, sizeof(*hook), on_gone);
	hook->job = j;
	j->hook = hook;
	p->n++;
	(void)pthread_mutex_lock(&p->lock);
	*p->end = j;
	p->end = &j->next;
	(void)pthread_cond_signal(&p->work);
	(void)pthread_mutex_unlock(&p->lock);
	return true;
}

void
sidejob_free(struct sidejobs **pp)
{
	struct sidejobs *p;

	if (*pp == NULL)
		return;
	OBJ_TAKE(p, pp, JOBS_MAGIC);
	(void)pthread_mutex_lock(&p->lock);
	p->stop = true;
	(void)pthread_cond_signal(&p->work);
	(void)pthread_mutex_unlock(&p->lock);
	(void)pthread_join(p->thread, NULL);
	h2o_multithread_unregister_receiver(p->queue, &p->receiver);
	h2o_multithread_destroy_queue(p->queue);
	(void)pthread_mutex_destroy(&p->lock);
	(void)pthread_cond_destroy(&p->work);
	OBJ_FREE(p);
}
