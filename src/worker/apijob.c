/* SPDX-License-Identifier: Apache-2.0
 * apijob.c - a REST call on the loop: handing it to the pool, and its reply to libh2o.
 *
 * A job is known to its request by a hook in the request's pool, and to the pool's
 * threads by its call.  It is freed when both are done with it: the request disposed
 * (`wreq` NULL) and the thread's last word heard.
 *
 *      submit --> tell --> whole reply ---------------------------> disposed
 *                   |---> stream: piece, proceed, piece ... final -> disposed
 *                   `---> event: parked --> outcome --> whole reply -> disposed
 *                                              `--> kept for an Idempotency-Key, tell --^
 */
#include "worker/apicall.h"

#include <pthread.h>
#include <stdlib.h>

#include "worker/apipool.h"
#include "worker/loop.h"

#define JOB_MAGIC 0x6a6f6221u
#define JOBS_MAGIC 0x6a6f6273u

struct apijobs {
	uint32_t magic;
	struct worker *w;
	h2o_multithread_queue_t *queue;
	h2o_multithread_receiver_t receiver;
	unsigned n; /* not freed yet */
};

struct apijob {
	h2o_multithread_message_t message; /* first: messages are cast back */
	uint32_t magic;
	struct apijobs *jobs;
	struct apicall *call;
	struct wreq *wreq; /* NULL: the client has left, or all is sent */
	h2o_generator_t gen;
	char *sending;   /* what libh2o has now; freed when it wants more */
	bool started;    /* the reply has begun to stream */
	bool waiting;    /* libh2o wants more, and there was none */
	bool last_heard; /* no thread knows the call */
	/* Thread and loop. */
	pthread_mutex_t lock;
	bool posted, last;
};

/* In the request's pool. */
struct hook {
	struct apijob *job;
};

static void
free_if_done(struct apijob *j)
{
	if (j->wreq != NULL || !j->last_heard)
		return;
	j->jobs->n--;
	apicall_free(&j->call);
	(void)pthread_mutex_destroy(&j->lock);
	free(j->sending);
	OBJ_FREE(j);
}

static void
on_gone(void *p)
{
	struct apijob *j = ((struct hook *)p)->job;

	assert(OBJ_IS(j, JOB_MAGIC));
	j->wreq->conn->streaming = false;
	j->wreq = NULL;
	apicall_gone(j->call);
	free_if_done(j);
}

/* On a pool thread. */
static void
tell(void *owner, bool last)
{
	struct apijob *j = owner;
	struct apijobs *jobs = j->jobs;
	bool post;

	(void)pthread_mutex_lock(&j->lock);
	post = !j->posted;
	j->posted = true;
	j->last = last;
	(void)pthread_mutex_unlock(&j->lock);
	if (post)
		h2o_multithread_send_message(&jobs->receiver, &j->message);
}

/* ---- the reply ---- */

static const char *
content_type(const struct apijob *j)
{
	return dialect_form(apicall_endpoint(j->call)->dialect)->content_type;
}

static void
send_whole(struct apijob *j, struct apicall_out *out)
{
	struct wreq *r = j->wreq;

	j->sending = out->bytes;
	r->account_id = apicall_account(j->call);
	if (out->status == 503 || out->status == 429)
		wreq_add_header(r, "retry-after", STR("10"));
	reply_id(r);
	reply_begin(r, out->status, content_type(j));
	reply_whole(r, str_n(out->bytes == NULL ? "" : out->bytes, out->n));
}

/* A piece of a stream, the last one too.  libh2o calls on_proceed() when it has gone out.
 */
static void
send_piece(struct apijob *j, struct apicall_out *out)
{
	h2o_req_t *req = j->wreq->req;
	h2o_iovec_t buf = h2o_iovec_init(out->bytes, out->n);
	h2o_send_state_t state = out->broken     ? H2O_SEND_STATE_ERROR
				 : out->finished ? H2O_SEND_STATE_FINAL
						 : H2O_SEND_STATE_IN_PROGRESS;

	j->sending = out->bytes;
	j->waiting = false;
	j->wreq->conn->streaming = true;
	j->wreq->conn->active_ms = h2o_now(j->wreq->w->loop);
	h2o_send(req, &buf, out->n > 0 ? 1 : 0, state);
}

static void
on_proceed(h2o_generator_t *gen, h2o_req_t *req)
{
	struct apijob *j = H2O_STRUCT_FROM_MEMBER(struct apijob, gen, gen);
	struct apicall_out out;

	(void)req;
	assert(OBJ_IS(j, JOB_MAGIC));
	free(j->sending);
	j->sending = NULL;
	apicall_take(j->call, &out);
	if (out.n > 0 || out.finished) {
		send_piece(j, &out);
		return;
	}
	free(out.bytes);
	j->waiting = true;
	j->wreq->conn->streaming = false; /* it waits for us, not we for it */
}

static void
start_stream(struct apijob *j, struct apicall_out *out)
{
	struct wreq *r = j->wreq;

	j->started = true;
	j->gen = (h2o_generator_t){on_proceed, NULL};
	r->account_id = apicall_account(j->call);
	reply_id(r);
	reply_begin(r, 200, content_type(j));
	h2o_start_response(r->req, &j->gen);
	if (str_eq(r->method, STR("HEAD"))) {
		free(out->bytes);
		*out = (struct apicall_out){.finished = true};
	}
	send_piece(j, out);
}

/* ---- events ---- */

/* The answer of an event goes to the database before it goes out; on_message() sends it.
 * false: no thread takes it. */
static bool
keep_first(struct apijob *j)
{
	j->last = j->last_heard = false;
	if (apipool_submit(j->jobs->w->pool, j->call))
		return true;
	j->last_heard = true;
	return false;
}

static void
on_outcome(void *ctx, const struct rec_outcome *o)
{
	struct apijob *j = ctx;
	struct apicall_out out;

	if (o == NULL)
		return; /* on_gone() is called as well */
	assert(OBJ_IS(j, JOB_MAGIC) && j->wreq != NULL);
	apicall_done(j->call, o);
	if (apicall_wants_keeping(j->call) && keep_first(j))
		return;
	apicall_take(j->call, &out);
	send_whole(j, &out);
}

static void
send_event(struct apijob *j)
{
	struct api_event *e = apicall_event(j->call);
	struct apicall_out out;
	bool room = true;

	for (struct api_part *p = e->part; room && p != NULL; p = p->next)
		room = park_tell(j->wreq, e->kind, p->rec, p->n);
	if (room && park_event(j->wreq, e->kind, e->rec, e->n, on_outcome, j))
		return;
	apicall_not_sent(j->call);
	if (apicall_wants_keeping(j->call) && keep_first(j))
		return;
	apicall_take(j->call, &out);
	send_whole(j, &out);
}

/* ---- messages ---- */

static void
on_message(struct apijob *j)
{
	struct apicall_out out;

	(void)pthread_mutex_lock(&j->lock);
	j->posted = false;
	j->last_heard = j->last;
	(void)pthread_mutex_unlock(&j->lock);
	if (j->wreq == NULL) {
		free_if_done(j);
		return;
	}
	if (j->started && !j->waiting)
		return; /* on_proceed() takes it */
	apicall_take(j->call, &out);
	if (j->started)
		send_piece(j, &out);
	else if (out.event)
		send_event(j);
	else if (out.streams)
		start_stream(j, &out);
	else if (out.finished)
		send_whole(j, &out);
	else
		free(out.bytes);
}

static void
on_messages(h2o_multithread_receiver_t *receiver, h2o_linklist_t *messages)
{
	(void)receiver;
	while (!h2o_linklist_is_empty(messages)) {
		struct apijob *j =
		    H2O_STRUCT_FROM_MEMBER(struct apijob, message.link, messages->next);

		h2o_linklist_unlink(&j->message.link);
		/* The second tells the analyzer that a freed job is not in the list. */
		assert(OBJ_IS(j, JOB_MAGIC) && messages->next != &j->message.link);
		on_message(j);
	}
}

bool
apijob_idle(const struct apijobs *jobs)
{
	return jobs->n == 0;
}

struct apijobs *
apijob_new(struct worker *w)
{
	struct apijobs *jobs;

	OBJ_NEW(jobs, JOBS_MAGIC);
	jobs->w = w;
	jobs->queue = h2o_multithread_create_queue(w->loop);
	h2o_multithread_register_receiver(jobs->queue, &jobs->receiver, on_messages);
	return jobs;
}

void
apijob_free(struct apijobs **jp)
{
	struct apijobs *jobs;

	if (*jp == NULL)
		return;
	OBJ_TAKE(jobs, jp, JOBS_MAGIC);
	h2o_multithread_unregister_receiver(jobs->queue, &jobs->receiver);
	h2o_multithread_destroy_queue(jobs->queue);
	OBJ_FREE(jobs);
}

/* ---- start ---- */

static bool
is_key_name(struct str raw)
{
	char buf[16];

	return raw.n <= sizeof(buf) &&
	       str_ieq(str_n(buf, target_decode(buf, raw, true)), STR("api-key"));
}

/* Affise takes the key in the query of any method too; the header goes first. */
static struct str
key_of(struct wreq *r, enum dialect d)
{
	struct str key = wreq_header(r, "api-key"), query = r->query, name, value;
	char *text;

	if (key.p != NULL || d == DIALECT_NATS)
		return key;
	while (params_pair(&query, &name, &value)) {
		if (!is_key_name(name))
			continue;
		text = wreq_alloc(r, value.n + 1);
		return str_n(text, target_decode(text, value, true));
	}
	return STR_NONE;
}

static struct apijob *
job_new(struct wreq *r, const struct apicall_in *in)
{
	struct apijob *j;
	struct apicall_in own = *in;
	struct hook *hook;

	OBJ_NEW(j, JOB_MAGIC);
	j->jobs = r->w->jobs;
	j->jobs->n++;
	j->wreq = r;
	(void)pthread_mutex_init(&j->lock, NULL);
	own.owner = j;
	own.tell = tell;
	j->call = apicall_new(&own);
	hook = h2o_mem_alloc_shared(&r->req->pool, sizeof(*hook), on_gone);
	hook->job = j;
	return j;
}

void
apijob_start(struct wreq *r, const struct route *route)
{
	enum dialect d = route->ep->dialect;
	struct apicall_in in = {.in = r->w->in,
	    .route = route,
	    .path = r->path,
	    .query = r->query,
	    .content_type = wreq_header(r, "content-type"),
	    .body = wreq_body(r),
	    .host = r->host,
	    .key = key_of(r, d),
	    .username = wreq_header(r, "api-username"),
	    .idem_key = d == DIALECT_NATS ? wreq_header(r, "idempotency-key") : STR_NONE,
	    .request_id = wreq_id(r),
	    .addr = r->addr,
	    .https = r->https,
	    .now = r->begin_us};
	struct apijob *j;

	r->what = route->ep->name;
	j = job_new(r, &in);
	if (apipool_submit(r->w->pool, j->call))
		return;
	counter_add(COUNTER_api_busy, 1);
	j->last_heard = true; /* no thread ever knew it */
	reply_refusal(r, d, REFUSAL_BUSY);
}
