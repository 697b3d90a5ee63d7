/* SPDX-License-Identifier: Apache-2.0
 * api.h - what a handler of src/api sees of the worker.
 *
 * A handler runs on a thread of the worker's pool, with a database connection and an
 * arena of its own. When it is called the caller is known, has the row's role, and its
 * arguments are there, typed and in range.  It writes a whole reply into rq->out and
 * returns ERR_OK; or it returns another enum err with rq->fault saying what, and the
 * dialect makes its envelope of that; or API_EVENT.
 *
 *     int
 *     api_nats_offer_details(struct api_req *rq, const struct args_nats_offer_details *a)
 *     {
 *             struct offer *o = NULL;
 *             enum err rc = offer_load(rq->db, rq->arena, a->offerid, &o, &rq->fault);
 *
 *             if (rc != ERR_OK)
 *                     return rc;
 *             ...
 *             return ERR_OK;
 *     }
 *
 * What each enum err becomes:
 *
 *     err                   NATS {"result":"error"}    Affise {"status":2}
 *     MISSING UNSUPPORTED             200                        400
 *     EXISTS                          200                        409
 *     NOT_FOUND                       200                        404
 *     DENIED                          200                        403
 *     INVALID                         404                        400
 *     MALFORMED                       400                        400
 *     DB_DOWN DB_RETRY FULL           503                        503
 *     all others                      500                        500
 *
 * The text is fault.text, behind "<param>: " when fault.param is set; an empty text
 * becomes err_text(), for Affise the text of its table.  A handler that must say a
 * documented sentence puts it into fault.text and leaves fault.param empty; rq->status,
 * when not 0, overrides the number.
 *
 * A transaction that is still open when a handler returns is rolled back.  Handlers see
 * no libh2o.
 */
#ifndef WORKER_API_H
#define WORKER_API_H

#ifdef h2o_h
#error "handlers do not see libh2o: include worker/api.h without h2o.h"
#endif

#include "base/arena.h"
#include "base/err.h"
#include "base/inherited.h"
#include "base/jsonw.h"
#include "base/record.h"
#include "db/db.h"
#include "worker/endpoint.h"
#include "worker/tree.h"

/* Whose key it was.  Account types are those of schema/0002-accounts.sql. */
struct caller {
	uint32_t account_id;
	unsigned account_type; /* 100 affiliate ... 225 administrator */
	bool affiliate;        /* Affise: narrow everything to account_id */
	/* Affise: a user who sees only affiliates or advertisers whose manager he is; bits
	 * OWN_AFFILIATES, OWN_ADVERTISERS of worker/section.h. */
	unsigned own;
	char username[191];
	uint8_t addr[16]; /* the client's address; IPv4 as ::ffff:a.b.c.d */
};

/* An event under construction: see api_event_begin(). */
struct api_part {
	unsigned char *rec;
	size_t n;
	struct api_part *next;
};
struct api_event {
	enum rec_kind kind;                /* 0: none */
	struct api_part *part, **part_end; /* records that go before `rec` */
	unsigned char *rec;                /* struct rec_event and its texts */
	size_t n, cap;
};

struct api_req {
	uint32_t magic;
	const struct endpoint *ep;
	const struct inherited *in;
	struct arena *arena; /* gone when the reply is sent */
	struct db *db;       /* of this thread; NULL in a done_ function */
	struct jsonw *out;   /* the reply's body; long ones stream */
	struct fault fault;
	struct caller caller;
	unsigned status;            /* of the reply; 0: 200, or what the error says */
	us_t now;                   /* when the request came */
	struct str host;            /* as the client named this server, with port */
	bool https;                 /* how the client reached it */
	struct json_object *params; /* everything that was sent, path values left out */
	const char *request_id;
	struct api_event event;
	struct str answer; /* of a handler for its done_ function, in the arena */
	void *_job;        /* private to worker/pool.c */
};

/* Instead of an enum err: rq->event is to be written to the event ring; done_<id>() will
 * answer. */
#define API_EVENT (-1)

/* Start the event that this call sends; `source` is SRC_NATS_API or SRC_AFFISE_API. */
void api_event_begin(struct api_req *rq, enum rec_kind kind, enum rec_source source);
/* Appends a text; STR_NONE appends nothing. */
void api_event_put(struct api_req *rq, enum rec_field f, struct str s);
/* The record so far goes before the next one, which this begins with the same kind and
 * source: what follows is appended to that.  All of them are written, or the call fails.
 */
void api_event_next(struct api_req *rq);

/* After the commit of a configuration change: wake stats and wait, at most 1 s, until
 * every live worker of this node has the version in force.  false: some worker has not
 * said so in time (it is logged; the change is stored). */
bool api_config_applied(struct api_req *rq, uint64_t version);
/* The client has left: a long report may stop early.  Nobody reads the reply. */
NODISCARD bool api_gone(const struct api_req *rq);

#endif
