/* SPDX-License-Identifier: Apache-2.0
 * loop.h - what the files on the loop share among themselves; worker.h is for tracking
 * too.
 */
#ifndef WORKER_LOOP_H
#define WORKER_LOOP_H

#include "base/jsonw.h"
#include "base/log.h"
#include "shm/counter.h"
#include "shm/shm.h"
#include "worker/dialect.h"
#include "worker/params.h"
#include "worker/router.h"
#include "worker/target.h"
#include "worker/worker.h"

#define WORKER_MAGIC 0x776f726bu
#define WREQ_MAGIC 0x77726571u

/* ---- reply.c ---- */

/* Status, reason, Content-Type and the counters; then reply_whole() or a stream. */
void reply_begin(struct wreq *r, unsigned status, const char *type);
/* The body lives as long as the request. */
void reply_whole(struct wreq *r, struct str body);
void reply_refusal(struct wreq *r, enum dialect d, enum refusal why);
/* The header X-Request-Id. */
void reply_id(struct wreq *r);
NODISCARD struct str wreq_id(struct wreq *r);
NODISCARD struct str wreq_body(const struct wreq *r);

/* ---- refuse.c: what libh2o answers by itself, in our words ---- */

/* For both path configurations. */
void refuse_register(h2o_pathconf_t *path);

/* ---- dispatch.c ---- */

void dispatch_register(h2o_pathconf_t *path, struct worker *w);
/* Which dialect's words a path gets: Affise's for what belongs to neither. */
NODISCARD enum dialect dispatch_dialect(struct str path);
/* Of a request of ours; NULL: libh2o refused it before any handler. */
NODISCARD struct wreq *dispatch_wreq(h2o_req_t *req);

/* ---- listener.c ---- */

struct listener;
NODISCARD struct listener *listener_new(struct worker *w);
/* No new connections from now on. */
void listener_close(struct listener *l);
/* After the last connection; NULL is fine, sets the caller's pointer to NULL. */
void listener_free(struct listener **lp);
/* Once a second: closes connections whose client takes no bytes, and while draining those
 * that are idle; with `all` every one. */
void listener_sweep(struct worker *w, bool all);

/* ---- park.c ---- */

NODISCARD struct park *park_new(struct worker *w);
void park_free(struct park **pp);
/* The slot's eventfd was readable. */
void park_wake(struct worker *w);

/* ---- apijob.c ---- */

struct apijobs;
NODISCARD struct apijobs *apijob_new(struct worker *w);
/* No call is on its way any more. */
NODISCARD bool apijob_idle(const struct apijobs *jobs);
/* Once idle, after the pool's threads have ended. */
void apijob_free(struct apijobs **jp);
void apijob_start(struct wreq *r, const struct route *route);

/* ---- health.c ---- */

void health_live(struct wreq *r);
void health_ready(struct wreq *r);
void health_metrics(struct wreq *r);

/* ---- worker.c ---- */

/* Before each request: the newest catalog is in force from here on.  One load when
 * nothing is new. */
void worker_adopt(struct worker *w);

#endif
