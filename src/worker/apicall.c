/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/apicall.h"

#include <json.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/log.h"
#include "domain/idem.h"
#include "shm/counter.h"
#include "shm/shm.h"
#include "worker/args.h"
#include "worker/auth.h"
#include "worker/owned.h"
#include "worker/params.h"

#define CALL_MAGIC 0x63616c6cu
#define REQ_MAGIC 0x61707271u
#define CONFIG_WAIT_MS 1000u

struct apicall {
	uint32_t magic;
	struct arena *arena;
	struct api_req rq;
	struct route route;
	struct apicall_in in;
	bool event;   /* the thread's, until finished */
	bool claimed; /* ditto: idem is to be kept or released */
	struct idem idem;
	/* Between thread and loop. */
	pthread_mutex_t lock;
	pthread_cond_t room;
	char *out;
	size_t n, cap;
	bool streams, finished, broken;
	unsigned status;
	atomic_bool gone;
};

/* ---- the reply, from the thread ---- */

static void
append(struct apicall *c, struct str bytes)
{
	if (c->cap - c->n < bytes.n) {
		while (c->cap - c->n < bytes.n)
			c->cap = c->cap == 0 ? 4096 : c->cap * 2;
		c->out = obj_realloc(c->out, c->cap);
	}
	memcpy(c->out + c->n, bytes.p, bytes.n);
	c->n += bytes.n;
}

static bool
sink(void *ctx, struct str bytes)
{
	struct apicall *c = ctx;
	bool tell = false;

	assert(OBJ_IS(c, CALL_MAGIC));
	(void)pthread_mutex_lock(&c->lock);
	/* On the loop (done_ functions) rq.db is NULL: nobody would make room, so never
	 * wait. */
	while (c->streams && c->n >= API_STREAM && !c->gone && c->rq.db != NULL)
		(void)pthread_cond_wait(&c->room, &c->lock);
	if (!c->gone) {
		append(c, bytes);
		tell = c->streams;
		if (c->n >= API_STREAM && c->rq.db != NULL) {
			c->streams = true;
			tell = true;
		}
	}
	(void)pthread_mutex_unlock(&c->lock);
	if (tell)
		c->in.tell(c->in.owner, false);
	return !c->gone;
}

static void
forget_reply(struct apicall *c)
{
	jsonw_reset(c->rq.out);
	c->n = 0;
}

static void
finish(struct apicall *c, unsigned status, bool broken)
{
	(void)pthread_mutex_lock(&c->lock);
	c->status = status;
	c->broken = broken;
	c->finished = true;
	(void)pthread_mutex_unlock(&c->lock);
}

/* ---- making and freeing ---- */

static void
copy_texts(struct apicall *c, const struct apicall_in *in)
{
	struct str *const texts[] = {&c->in.query, &c->in.content_type, &c->in.body,
	    &c->in.host, &c->in.key, &c->in.username, &c->in.idem_key, &c->in.request_id};
	struct str path = arena_str(c->arena, in->path);

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		*texts[i] = arena_str(c->arena, *texts[i]);
	for (unsigned i = 0; i < c->route.n; i++)
		c->route.value[i].p = path.p + (c->route.value[i].p - in->path.p);
	c->in.path = path;
	c->in.route = &c->route;
}

struct apicall *
apicall_new(const struct apicall_in *in)
{
	struct apicall *c;

	OBJ_NEW(c, CALL_MAGIC);
	c->arena = arena_new();
	c->in = *in;
	c->route = *in->route;
	copy_texts(c, in);
	(void)pthread_mutex_init(&c->lock, NULL);
	(void)pthread_cond_init(&c->room, NULL);
	c->rq = (struct api_req){.magic = REQ_MAGIC,
	    .ep = in->route->ep,
	    .in = in->in,
	    .arena = c->arena,
	    .out = jsonw_new_sink(sink, c),
	    .now = in->now,
	    .host = c->in.host,
	    .https = in->https,
	    .request_id = c->in.request_id.p,
	    ._job = c};
	memcpy(c->rq.caller.addr, in->addr, 16);
	c->in.addr = c->rq.caller.addr;
	return c;
}

void
apicall_free(struct apicall **cp)
{
	struct apicall *c;

	if (*cp == NULL)
		return;
	OBJ_TAKE(c, cp, CALL_MAGIC);
	json_object_put(c->rq.params);
	jsonw_free(&c->rq.out);
	arena_free(&c->arena);
	(void)pthread_mutex_destroy(&c->lock);
	(void)pthread_cond_destroy(&c->room);
	free(c->out);
	OBJ_FREE(c);
}

/* ---- on the thread ---- */

/* Ends the call with the dialect's words for rq.fault. */
static void
answer_fault(struct apicall *c, int rc)
{
	unsigned status;

	c->rq.fault.err = rc > ERR_OK && rc < ERR_MAX ? (enum err)rc : ERR_IO;
	if (c->rq.fault.err == ERR_DB_SQL && c->rq.db != NULL)
		log_error("%s: %s [%s]", c->rq.ep->name, db_error(c->rq.db),
		    c->rq.request_id == NULL ? "" : c->rq.request_id);
	if (c->streams) {
		log_error("%s: failed while its reply was being sent: %s", c->rq.ep->name,
		    err_text(c->rq.fault.err));
		finish(c, 200, true);
		return;
	}
	forget_reply(c);
	status = dialect_fault(c->rq.ep->dialect, &c->rq.fault, c->rq.out);
	(void)jsonw_flush(c->rq.out);
	finish(c, c->rq.status != 0 ? c->rq.status : status, false);
}

static void
answer_refusal(struct apicall *c, enum refusal why)
{
	forget_reply(c);
	dialect_refuse(c->rq.ep->dialect, why, c->rq.out);
	(void)jsonw_flush(c->rq.out);
	finish(c, dialect_refusal_status(c->rq.ep->dialect, why, c->in.in->set), false);
}

/* After the handler or its done_ function. */
static void
conclude(struct apicall *c, int rc)
{
	if (rc == API_EVENT) {
		assert(c->rq.ep->done != NULL && c->rq.event.kind != 0);
		c->event = true;
		finish(c, 0, false);
		return;
	}
	if (rc != ERR_OK) {
		answer_fault(c, rc);
		return;
	}
	assert(jsonw_done(c->rq.out));
	(void)jsonw_flush(c->rq.out);
	finish(c, c->rq.status != 0 ? c->rq.status : 200, false);
}

/* false: answered already. */
static bool
let_in(struct apicall *c)
{
	struct auth_in in = {.dialect = c->rq.ep->dialect,
	    .role = c->rq.ep->role,
	    .method = c->rq.ep->method,
	    .path = c->rq.ep->path,
	    .key = c->in.key,
	    .username = c->in.username,
	    .addr = c->in.addr,
	    .now = c->in.now};
	struct caller who;
	enum refusal why;
	enum err rc = auth_check(shm_tries(c->in.in->shm), c->rq.db, &in, &who, &why);

	if (rc != ERR_OK) {
		answer_fault(c, rc);
		return false;
	}
	c->rq.caller = who;
	if (why != REFUSAL_NONE) {
		answer_refusal(c, why);
		return false;
	}
	return true;
}

/* ---- Idempotency-Key ---- */

/* Calls that change something; one of them is a GET by its documentation. */
static bool
writes(const struct endpoint *ep)
{
	return ep->dialect == DIALECT_NATS &&
	       (ep->method != M_GET || ep == &endpoints[EP_nats_exchange_rates]);
}

/* false: answered already. */
static bool
claim(struct apicall *c)
{
	const char *params;
	enum idem_verdict v;
	unsigned status = 200;
	struct str reply = STR("");
	enum err rc;

	if (c->in.idem_key.n == 0 || c->in.idem_key.n > IDEM_KEY_MAX) {
		answer_fault(
		    c, (int)fault_set(&c->rq.fault, ERR_INVALID, "Idempotency-Key",
			   "must have 1 to %u characters", IDEM_KEY_MAX));
		return false;
	}
	params = json_object_to_json_string_ext(c->rq.params, JSON_C_TO_STRING_PLAIN);
	idem_init(&c->idem, c->rq.caller.account_id, c->in.idem_key,
	    str_of(c->rq.ep->name), str_of(params), c->rq.ep->done != NULL, c->in.now);
	rc = idem_claim(c->rq.db, c->arena, &c->idem, &v, &status, &reply);
	c->claimed = rc == ERR_OK && v == IDEM_RUN;
	if (rc != ERR_OK) {
		answer_fault(c, rc);
	} else if (v == IDEM_STORED) {
		(void)sink(c, reply);
		finish(c, status, false);
	} else if (v != IDEM_RUN) {
		answer_refusal(c, v == IDEM_OTHER ? REFUSAL_REUSED : REFUSAL_TWICE);
	}
	return c->claimed;
}

/* After the rollback of whatever was open.  An answer that says "try again" is none: it
 * gives the key back.  Not so when the database went away: a commit may have come
 * through. */
static void
keep(struct apicall *c, struct db *db)
{
	const bool again = c->status >= 500 || c->status == 429 || c->streams;
	enum err rc = ERR_OK;

	if (!c->claimed || c->event)
		return;
	c->claimed = false;
	if (db == NULL)
		return;
	if (!again)
		rc = idem_keep(db, &c->idem, c->status, str_n(c->out, c->n));
	else if (c->rq.fault.err != ERR_DB_DOWN)
		rc = idem_release(db, &c->idem);
	if (rc != ERR_OK)
		log_warn("%s: its Idempotency-Key stays unanswered: %s [%s]",
		    c->rq.ep->name, db_error(db),
		    c->rq.request_id == NULL ? "" : c->rq.request_id);
}

bool
apicall_wants_keeping(const struct apicall *c)
{
	return c->claimed;
}

/* A list of rows may be longer than all else that is sent: tbl/types.h. */
static unsigned
most_params(const struct endpoint *ep)
{
	int64_t most = PARAMS_MAX;

	for (const struct arg_spec *s = ep->args; s->wire != NULL; s++)
		if (s->type == ARG_T_tree)
			most += s->max * PARAMS_A_ROW;
	return (unsigned)most;
}

static void
run(struct apicall *c)
{
	struct params_in in = {c->in.query, c->in.content_type, c->in.body};
	void *args;
	enum err rc;

	if (!let_in(c))
		return;
	rc = params_read_most(&in, most_params(c->rq.ep), &c->rq.params, &c->rq.fault);
	if (rc == ERR_OK && c->in.idem_key.p != NULL && writes(c->rq.ep) && !claim(c))
		return;
	if (rc == ERR_OK) {
		args = arena_alloc(c->arena, c->rq.ep->args_size);
		rc = args_parse(&c->route, c->rq.params, c->arena, args, &c->rq.fault);
	}
	if (rc == ERR_OK && c->rq.caller.own != 0)
		rc = owned_check(&c->rq, args);
	if (rc != ERR_OK) {
		answer_fault(c, rc);
		return;
	}
	conclude(c, c->rq.ep->call(&c->rq, args));
}

bool
apicall_run(struct apicall *c, struct db *db)
{
	bool db_ok;

	assert(OBJ_IS(c, CALL_MAGIC));
	if (c->claimed) {
		keep(c, db); /* the answer of an event, which the loop has had */
		c->in.tell(c->in.owner, true);
		return true;
	}
	counter_add(COUNTER_api_calls, 1);
	c->rq.db = db;
	if (db == NULL || c->gone)
		answer_fault(c, ERR_DB_DOWN);
	else
		run(c);
	if (db != NULL)
		db_rollback(db);
	keep(c, db);
	db_ok = c->rq.fault.err != ERR_DB_DOWN && c->rq.fault.err != ERR_DB_RETRY &&
		c->rq.fault.err != ERR_DB_SQL;
	/* From here on it is the loop's. */
	c->in.tell(c->in.owner, true);
	return db_ok;
}

/* ---- on the loop ---- */

void
apicall_take(struct apicall *c, struct apicall_out *out)
{
	assert(OBJ_IS(c, CALL_MAGIC));
	(void)pthread_mutex_lock(&c->lock);
	*out = (struct apicall_out){.finished = c->finished,
	    .streams = c->streams,
	    .event = c->finished && c->event,
	    .broken = c->broken,
	    .status = c->finished ? c->status : 200};
	if (c->streams || c->finished) {
		out->bytes = c->out;
		out->n = c->n;
		c->out = NULL;
		c->n = c->cap = 0;
		(void)pthread_cond_signal(&c->room);
	}
	(void)pthread_mutex_unlock(&c->lock);
}

void
apicall_gone(struct apicall *c)
{
	(void)pthread_mutex_lock(&c->lock);
	c->gone = true;
	(void)pthread_cond_signal(&c->room);
	(void)pthread_mutex_unlock(&c->lock);
}

struct api_event *
apicall_event(struct apicall *c)
{
	return &c->rq.event;
}

void
apicall_done(struct apicall *c, const struct rec_outcome *o)
{
	assert(OBJ_IS(c, CALL_MAGIC) && c->event);
	c->event = false;
	c->finished = false;
	c->rq.db = NULL;
	forget_reply(c);
	conclude(c, c->rq.ep->done(&c->rq, o));
}

void
apicall_not_sent(struct apicall *c)
{
	c->event = false;
	c->rq.db = NULL;
	c->rq.fault = (struct fault){.err = ERR_FULL};
	answer_fault(c, ERR_FULL);
}

const struct endpoint *
apicall_endpoint(const struct apicall *c)
{
	return c->rq.ep;
}

uint32_t
apicall_account(const struct apicall *c)
{
	return c->rq.caller.account_id;
}

/* ---- api.h ---- */

void
api_event_begin(struct api_req *rq, enum rec_kind kind, enum rec_source source)
{
	struct api_event *e = &rq->event;
	struct rec_event *head;

	assert(OBJ_IS(rq, REQ_MAGIC));
	e->kind = kind;
	e->cap = RING_RECORD_MAX;
	e->rec = arena_alloc(rq->arena, e->cap);
	e->n = sizeof(*head);
	head = (struct rec_event *)(void *)e->rec;
	head->source = (uint8_t)source;
}

void
api_event_put(struct api_req *rq, enum rec_field f, struct str s)
{
	struct api_event *e = &rq->event;
	bool room = rec_put(e->rec, e->cap, &e->n, f, s);

	assert(
	    e->kind != 0 && room); /* RING_RECORD_MAX holds all fields at their longest */
	(void)room;
}

void
api_event_next(struct api_req *rq)
{
	struct api_event *e = &rq->event;
	struct api_part *p = arena_alloc(rq->arena, sizeof(*p));
	unsigned char *rec = arena_alloc(rq->arena, e->n);

	memcpy(rec, e->rec, e->n);
	*p = (struct api_part){rec, e->n, NULL};
	if (e->part_end == NULL)
		e->part_end = &e->part;
	*e->part_end = p;
	e->part_end = &p->next;
	e->n = sizeof(struct rec_event);
}

bool
api_config_applied(struct api_req *rq, uint64_t version)
{
	shm_want_version(rq->in->shm, version);
	if (shm_wait_version(rq->in->shm, version, CONFIG_WAIT_MS))
		return true;
	log_warn("configuration %llu is not in force in every worker after %u ms [%s]",
	    (unsigned long long)version, CONFIG_WAIT_MS,
	    rq->request_id == NULL ? "" : rq->request_id);
	return false;
}

bool
api_gone(const struct api_req *rq)
{
	const struct apicall *c = rq->_job;

	return c->gone;
}
