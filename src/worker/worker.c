/* SPDX-License-Identifier: Apache-2.0
 * worker.c - a worker process: start, loop, end.
 *
 *      claim a slot --> accept and serve --SIGTERM--> drain --> give the slot back
 *
 * Draining: no new connections, keep-alive ends with the reply that goes out, idle
 * connections are closed; over when none is left or after drain_timeout.  What is in the
 * rings stays there for stats.
 */
#include "worker/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "track/catalog.h"
#include "worker/apipool.h"
#include "worker/reqlog.h"
#include "worker/sidejob.h"
#include "worker/tracking.h"

#define ROUND_MS 250 /* longest sleep of the loop: a signal may come just before it */

static volatile sig_atomic_t asked_to_stop;

static void
on_term(int sig)
{
	(void)sig;
	asked_to_stop = 1;
}

static void
set_signals(void)
{
	struct sigaction stop = {.sa_handler = on_term}, ignore = {.sa_handler = SIG_IGN};
	sigset_t none;

	(void)sigemptyset(&stop.sa_mask);
	(void)sigaction(SIGTERM, &stop, NULL);
	(void)sigaction(SIGINT, &ignore, NULL); /* of a terminal: the master decides */
	(void)sigaction(SIGHUP, &ignore, NULL);
	(void)sigaction(SIGPIPE, &ignore, NULL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* ---- catalog ---- */

void
worker_adopt(struct worker *w)
{
	uint64_t gen = shm_catalog_gen(w->in->shm);
	struct catalog *fresh;
	char path[CATALOG_PATH], why[256];

	if (gen == w->catalog_gen || gen == w->catalog_bad)
		return;
	catalog_path(path, shm_path(w->in->shm), gen);
	fresh = catalog_map(path, why);
	if (fresh == NULL) {
		/* A newer one replaced it this very moment: the next look finds that. */
		if (shm_catalog_gen(w->in->shm) == gen) {
			log_error("catalog %" PRIu64 ": %s", gen, why);
			w->catalog_bad = gen;
		}
		return;
	}
	catalog_unmap(&w->catalog);
	w->catalog = fresh;
	w->catalog_gen = gen;
	slot_catalog_ack(w->slot, catalog_version(fresh));
}

/* ---- the slot ---- */

/* Right after a crash of everything, stats must empty a slot's rings before it is free.
 */
static struct slot *
claim_slot(struct shm *shm)
{
	const struct timespec pause = {0, 20000000};
	struct slot *s;
	bool said = false;

	while ((s = slot_claim(shm)) == NULL && !asked_to_stop) {
		if (!said)
			log_info("waiting for a free slot");
		said = true;
		(void)nanosleep(&pause, NULL);
	}
	return s;
}

static void
on_slot(h2o_socket_t *sock, const char *err)
{
	struct worker *w = sock->data;
	uint64_t n;

	(void)err;
	while (read(slot_eventfd(w->slot), &n, sizeof(n)) == -1 && errno == EINTR)
		;
	worker_adopt(w);
	park_wake(w);
}

static void
watch_slot(struct worker *w)
{
	/* A copy, for the loop closes what it watches and this one belongs to shm. */
	int fd = fcntl(slot_eventfd(w->slot), F_DUPFD_CLOEXEC, 0);

	assert(fd >= 0);
	w->slot_sock = h2o_evloop_socket_create(w->loop, fd, H2O_SOCKET_FLAG_DONT_READ);
	w->slot_sock->data = w;
	h2o_socket_read_start(w->slot_sock, on_slot);
}

/* ---- start ---- */

struct request_logger {
	h2o_logger_t super;
	struct worker *w;
};

/* libh2o answered by itself: what is known without our handler. */
static void
log_refused(h2o_req_t *req, struct reqlog_line *line)
{
	const struct conn *c = req->conn->callbacks->get_socket(req->conn)->on_close.data;
	struct target t;

	if (target_parse(str_n(req->input.path.base, req->input.path.len), &t))
		line->path = t.path;
	memcpy(line->addr, c->peer, sizeof(line->addr));
}

static void
on_log(h2o_logger_t *self, h2o_req_t *req)
{
	struct worker *w = ((struct request_logger *)self)->w;
	struct wreq *r = dispatch_wreq(req);
	us_t now = clock_us();
	struct reqlog_line line = {.begin_us = now,
	    .status = (unsigned)req->res.status,
	    .bytes = req->bytes_sent,
	    .method = str_n(req->input.method.base, req->input.method.len),
	    .what = STR("refused")};

	if (r == NULL) {
		log_refused(req, &line);
	} else {
		line.begin_us = r->begin_us;
		line.took_us = now - r->begin_us;
		line.id = wreq_id(r);
		line.host = r->host;
		line.path = r->path;
		line.what = str_of(r->what);
		line.account_id = r->account_id;
		memcpy(line.addr, r->addr, sizeof(line.addr));
	}
	(void)reqlog_put(w->log, &line);
}

static void
register_path(h2o_pathconf_t *path, struct worker *w)
{
	dispatch_register(path, w);
	refuse_register(path);
	if (w->log != NULL) {
		struct request_logger *l =
		    (struct request_logger *)h2o_create_logger(path, sizeof(*l));

		l->super.log_access = on_log;
		l->w = w;
	}
	/* libh2o would print raw targets, keys in their queries, to standard error. */
	path->error_log.emit_request_errors = 0;
}

static void
set_up_http(struct worker *w)
{
	h2o_hostconf_t *host;

	h2o_config_init(&w->conf);
	w->conf.server_name = h2o_iovec_init(H2O_STRLIT("affiliated"));
	/* dispatch.c holds all but uploads to max_body. */
	w->conf.max_request_entity_size =
	    (size_t)(w->in->set->max_body > w->in->set->max_upload
			 ? w->in->set->max_body
			 : w->in->set->max_upload);
	w->conf.http1.upgrade_to_http2 = 0; /* older than the fixes for rapid resets */
	host = h2o_config_register_host(
	    &w->conf, h2o_iovec_init(H2O_STRLIT("default")), 65535);
	register_path(h2o_config_register_path(host, "/", 0), w);
	/* Targets that are no path at all end there. */
	register_path(&host->fallback_path, w);
	h2o_context_init(&w->ctx, w->loop, &w->conf);
	w->accept.ctx = &w->ctx;
	w->accept.hosts = w->conf.hosts;
}

static struct worker *
worker_new(const struct inherited *in, unsigned number, struct slot *slot)
{
	struct worker *w;
	char why[256];

	OBJ_NEW(w, WORKER_MAGIC);
	w->in = in;
	w->number = number;
	w->slot = slot;
	w->router = router_new(endpoints, EP_MAX, why);
	assert(w->router != NULL); /* a test holds the table to it */
	randombytes_buf(&w->id_base, sizeof(w->id_base));
	w->log = reqlog_new(in->set, number);
	w->pool = apipool_new(in);
	w->loop = h2o_evloop_create();
	set_up_http(w);
	w->park = park_new(w);
	w->clicks = clicks_new(w);
	w->jobs = apijob_new(w);
	watch_slot(w);
	worker_adopt(w);
	w->listener = listener_new(w);
	return w;
}

/* ---- the loop ---- */

static void
one_round(struct worker *w, us_t *swept)
{
	/* -1 is a signal in mid-wait, SIGSTOP and SIGCONT included. */
	(void)h2o_evloop_run(w->loop, ROUND_MS);
	worker_adopt(w);
	slot_heartbeat(w->slot);
	if (clock_mono_us() - *swept >= US_SECOND) {
		*swept = clock_mono_us();
		listener_sweep(w, false);
	}
}

static void
drain(struct worker *w)
{
	us_t until = clock_mono_us() + w->in->set->drain_timeout * US_SECOND, swept = 0;

	log_info("draining %u connections", w->n_conns);
	w->draining = true;
	listener_close(w->listener);
	h2o_context_request_shutdown(&w->ctx);
	while (w->n_conns > 0 && clock_mono_us() < until)
		one_round(w, &swept);
	if (w->n_conns == 0)
		return;
	log_warn("closing %u connections that did not end in time", w->n_conns);
	until = clock_mono_us() + US_SECOND;
	while (w->n_conns > 0 && clock_mono_us() < until) {
		listener_sweep(w, true);
		(void)h2o_evloop_run(w->loop, 10);
	}
}

/* Calls that are still with a thread end with the process: nobody waits for their
 * replies, and a statement may take as long as it likes. */
static void
tear_down(struct worker *w)
{
	for (int i = 0; i < 100 && !apijob_idle(w->jobs); i++)
		(void)h2o_evloop_run(w->loop, 1);
	if (apijob_idle(w->jobs)) {
		sidejob_free(&w->side);
		files_free(&w->files);
		apipool_free(&w->pool);
		apijob_free(&w->jobs);
		park_free(&w->park);
	}
	h2o_socket_close(w->slot_sock);
	listener_free(&w->listener);
	slot_release(&w->slot);
	clicks_free(&w->clicks);
	reqlog_free(&w->log);
	catalog_unmap(&w->catalog);
	router_free(&w->router);
}

int
worker_main(const struct inherited *in, unsigned number)
{
	static struct worker
	    *w; /* one a process, until its end: libh2o's memory hangs on it */
	struct slot *slot;
	us_t swept = 0;

	set_signals();
	slot = claim_slot(in->shm);
	if (slot == NULL)
		return 0;
	w = worker_new(in, number, slot);
	log_info("ready, slot %u", slot_number(slot));
	while (!asked_to_stop)
		one_round(w, &swept);
	drain(w);
	tear_down(w);
	log_info("done");
	return 0;
}
