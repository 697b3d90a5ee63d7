/* SPDX-License-Identifier: Apache-2.0
 * worker.h - one worker process, as the code on its event loop sees it.
 *
 * Everything here runs on the loop's one thread; only src/worker includes it, for it
 * brings libh2o.  The files:
 *
 *     worker.c      start, the loop, signals, draining
 *     listener.c    accept, PROXY lines, connection limits
 *     dispatch.c    which handler a path has
 *     reply.c       answers; refuse.c: those libh2o gives by itself
 *     park.c        requests that wait for an outcome
 *     apijob.c      a REST call; apicall.c and apipool.c: its thread's side
 *     clicks.c, posts.c  tracking; files.c: pictures; sidejob.c: what these read from the
 *                        database
 *     health.c      /healthz /readyz /metrics
 *     reqlog.c      the JSON request log
 *
 * and without libh2o: target, router, params, multipart, args, forwarded, proxyline,
 * auth.
 */
#ifndef WORKER_WORKER_H
#define WORKER_WORKER_H

/* The packaged library is built for its own loop; its headers would assume libuv. */
#ifndef H2O_USE_EPOLL
#define H2O_USE_EPOLL 1
#endif
#include <h2o.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/inherited.h"
#include "base/record.h"

struct apijobs;
struct apipool;
struct catalog;
struct clicks;
struct files;
struct json_object;
struct listener;
struct park;
struct reqlog;
struct router;
struct sidejobs;
struct slot;
struct worker;

/* A connection, from accept to close. */
struct conn {
	struct worker *w;
	struct conn *next, **link; /* in worker.conns */
	h2o_socket_t *sock;
	h2o_req_t
	    *req; /* of libh2o, one for all requests of the connection; NULL: none yet */
	uint64_t active_ms; /* h2o_now() when a request last came, or at accept */
	uint8_t peer[16];   /* who connected, or whom its PROXY line named */
	bool https;         /* its PROXY line says that the client came over TLS */
	bool trusted;   /* peer is in trusted_proxies: its X-Forwarded-* are believed */
	bool streaming; /* has a timer of its own */
};

struct worker {
	uint32_t magic;
	unsigned number;
	const struct inherited *in;
	h2o_loop_t *loop;
	h2o_globalconf_t conf;
	h2o_context_t ctx;
	h2o_accept_ctx_t accept;
	struct slot *slot;       /* rings, ids, counters */
	h2o_socket_t *slot_sock; /* on its eventfd */
	/* The generation in force; replaced between two requests only.  NULL: none yet.
	 */
	struct catalog *catalog;
	uint64_t catalog_gen;
	uint64_t catalog_bad; /* a generation that cannot be read: said once */
	struct router *router;
	struct apipool *pool;
	struct apijobs *jobs;
	struct listener *listener;
	struct park *park;
	struct clicks *clicks; /* of clicks.c */
	struct sidejobs *side; /* NULL: there was none yet */
	struct files *files;   /* ditto */
	struct reqlog *log;    /* NULL: no request log */
	struct conn *conns;
	unsigned n_conns;
	bool draining;
	uint64_t id_base, id_count; /* request ids: random, and counted up */
};

/* A request, from the handler's call until libh2o frees its pool, where it lives. */
struct wreq {
	uint32_t magic;
	struct worker *w;
	struct conn *conn;
	h2o_req_t *req;
	us_t begin_us;
	struct str method;
	struct str path;  /* raw, without query; begins with / */
	struct str query; /* raw, behind the ?; STR_NONE: no ? */
	struct str host;  /* as the client named us, with port; STR_NONE: it did not */
	uint8_t addr[16]; /* the client, behind PROXY line and X-Forwarded-For; IPv4 as
			     ::ffff:a.b.c.d */
	bool https;       /* how the client came, by PROXY line and X-Forwarded-Proto */
	/* for the request log */
	const char *what; /* "click", "post", an endpoint's name; constant */
	uint32_t account_id;
	struct str given_id; /* X-Request-Id of a trusted proxy, or STR_NONE */
	uint64_t own_id;     /* else */
};

/* ---- reading (params.h has the decoding of single pairs, which allocates nothing) ----
 */

/* Everything sent: query, urlencoded, multipart or JSON body; the body wins.  *out is the
 * caller's: json_object_put() it.  ERR_MALFORMED or ERR_INVALID with f naming the
 * parameter. */
NODISCARD enum err wreq_params(struct wreq *r, struct json_object **out, struct fault *f);
/* First header of that name (lower case), STR_NONE if none. */
NODISCARD struct str wreq_header(const struct wreq *r, const char *name);

/* ---- answering (reply.c); each request is answered once ---- */

/* type: Content-Type, NULL for none.  The body is copied.  Headers are added before by
 * wreq_add_header(), whose bytes must live in the request's pool or for ever. */
void reply_body(struct wreq *r, unsigned status, const char *type, struct str body);
/* A redirect that nobody may store; `url` as reply_body's headers. */
void reply_redirect(struct wreq *r, unsigned status, struct str url);
void wreq_add_header(struct wreq *r, const char *name, struct str value);
/* Memory that lives as long as the request. */
NODISCARD void *wreq_alloc(struct wreq *r, size_t n);

/* ---- events (park.c) ---- */

/* The outcome of an event, on the loop.  At postback_wait without one: OUTCOME_ACCEPTED
 * when the event is on disk, OUTCOME_NOT_STORED when not.  o == NULL: the client has
 * left; free what is yours, touch no request. */
typedef void park_done_f(void *ctx, const struct rec_outcome *o);

/* Write an event to the worker's event ring and wait for its outcome.  `rec` is a struct
 * rec_event and its texts; id, tag and sender are filled in here.  false: the ring is
 * full or the journal refuses; nothing was sent, and `done` is not called. */
NODISCARD bool park_event(struct wreq *r, enum rec_kind kind, unsigned char *rec,
    size_t n, park_done_f *done, void *ctx);
/* The same with nobody to answer: it is told and forgotten.  false: no room for it. */
NODISCARD bool park_tell(
    struct wreq *r, enum rec_kind kind, unsigned char *rec, size_t n);

/* ---- who handles what (dispatch.c calls these for the tracking paths) ---- */

/* /track/, /strack/, /click, /sl */
void clicks_handle(struct wreq *r);
/* /signup/..., /postback */
void posts_handle(struct wreq *r);

#endif
