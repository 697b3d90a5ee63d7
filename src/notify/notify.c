/* SPDX-License-Identifier: Apache-2.0
 * notify.c - the process that tells: affiliates' postbacks, account postbacks, mail.
 *
 *     notify_queue ──tellqueue.c──▶ errand.c ──▶ courier.c ──▶ the world
 *          ▲                                          │
 *          └──────── what came of it, and a log row ──┘
 *
 * One thread that waits in curl_multi_poll(); the database is asked between two rounds.
 * A round takes from each hook's rows only as many as its host may have at once, so a
 * host that is dead keeps its own few places busy and nobody else's.  Nothing is
 * remembered here that is not in the table: kill -9 costs a repetition of what was under
 * way.  Two notifiers of one node (a reload) follow each other: the lock says whose turn
 * it is, and that the leases of this node are nobody's any more.
 */
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "domain/outbox.h"
#include "notify/tellqueue.h"
#include "shm/shm.h"

#define TIMEOUT_MS 5000L
#define LOOK_US (200 * INT64_C(1000))
#define MEASURE_US (2 * US_SECOND)
#define RETIRE_US (60 * US_SECOND)
#define GROUPS 512u
#define HOSTS 4096u
#define KNOWN 4096u
/* A host that failed so often in a row gets one try at a time. */
#define DEAD_AFTER 3u
#define MAIL_HOST "(mail)"

struct host {
	char name[256]; /* "": a free place */
	unsigned under_way, failures;
};

/* Which host a group's last errand went to. */
struct known_group {
	struct tellgroup group;
	struct host *host; /* NULL: not known */
};

struct notifier {
	const struct inherited *in;
	unsigned node;
	int signal_fd, lock_fd;
	struct db *db;
	bool db_ok;
	struct arena *net_arena;
	struct errand_maker maker;
	struct courier *courier;
	struct host *host; /* of HOSTS, open addressing; emptied when it fills */
	unsigned n_hosts;
	struct known_group *known;             /* of KNOWN, by hook_id */
	struct errand *settled, **settled_end; /* sent, not written yet */
	us_t look_at, measure_at, retire_at;
	bool stop;
};

/* ---- hosts ---- */

static struct host *
host_of(struct notifier *n, const char *name)
{
	unsigned at = 5381;

	for (const char *p = name; *p != '\0'; p++)
		at = at * 33 + (unsigned char)(*p | 0x20);
	for (at %= HOSTS;; at = (at + 1) % HOSTS) {
		struct host *h = &n->host[at];

		if (h->name[0] == '\0') {
			(void)snprintf(h->name, sizeof(h->name), "%.255s", name);
			n->n_hosts++;
			return h;
		}
		if (strncasecmp(h->name, name, sizeof(h->name) - 1) == 0)
			return h;
	}
}

/* Counts of failures are a help, not a book: when there are too many names they begin
 * anew, once nothing is under way. */
static void
forget_hosts(struct notifier *n)
{
	if (n->n_hosts < HOSTS / 2 || courier_under_way(n->courier) > 0)
		return;
	memset(n->host, 0, HOSTS * sizeof(*n->host));
	memset(n->known, 0, KNOWN * sizeof(*n->known));
	n->n_hosts = 0;
}

static unsigned
room_at(const struct notifier *n, const struct host *h)
{
	const unsigned most =
	    h->failures >= DEAD_AFTER ? 1 : (unsigned)n->in->set->notify_per_host;

	return h->under_way < most ? most - h->under_way : 0;
}

/* ---- results ---- */

static void
settle_later(struct notifier *n, struct errand *e)
{
	e->next = NULL;
	*n->settled_end = e;
	n->settled_end = &e->next;
}

static void
on_done(void *ctx, struct message *m)
{
	struct notifier *n = ctx;
	/* The message is the errand's first member. */
	struct errand *e = (struct errand *)(void *)m;
	struct host *h = host_of(n, e->host == NULL ? MAIL_HOST : e->host);

	_Static_assert(offsetof(struct errand, m) == 0, "as on_done() takes it");
	h->under_way--;
	h->failures = m->done ? 0 : h->failures + 1;
	counter_add(COUNTER_notify_attempts, 1);
	if (!m->done)
		counter_add(COUNTER_notify_failures, 1);
	settle_later(n, e);
}

static void
free_settled(struct notifier *n)
{
	while (n->settled != NULL) {
		struct errand *e = n->settled;

		n->settled = e->next;
		errand_free(&e);
	}
	n->settled_end = &n->settled;
}

/* What cannot be written now is written later: it was sent, and the lease lasts. */
static enum err
settle(struct notifier *n)
{
	enum err rc;

	if (n->settled == NULL)
		return ERR_OK;
	rc = tellqueue_settle(n->db, n->node, clock_us(), n->settled);
	if (rc == ERR_OK)
		free_settled(n);
	return rc;
}

/* ---- taking ---- */

/* The host is known once the errand is made; those beyond its room are given back by
 * their lease, which is set to nothing. */
static enum err
give_back(struct notifier *n, struct errand *e)
{
	enum err rc = db_exec(n->db,
	    "UPDATE notify_queue SET lease_us = 0 WHERE id = ? AND lease_node = ?", "uu",
	    e->id, (uint64_t)n->node);

	errand_free(&e);
	return rc;
}

static enum err
dispatch(struct notifier *n, struct errand *e)
{
	struct host *h;
	enum err rc = errand_make(&n->maker, n->db, e);

	if (rc != ERR_OK) {
		errand_free(&e); /* its lease runs out */
		return rc;
	}
	if (e->dropped != NULL) {
		settle_later(n, e);
		return ERR_OK;
	}
	h = host_of(n, e->host == NULL ? MAIL_HOST : e->host);
	n->known[e->hook_id % KNOWN] = (struct known_group){{e->kind, e->hook_id}, h};
	if (room_at(n, h) == 0)
		return give_back(n, e);
	h->under_way++;
	courier_send(n->courier, &e->m);
	return ERR_OK;
}

/* As its host has room; one row when nobody knows yet which host that is. */
static unsigned
room_of_group(const struct notifier *n, const struct tellgroup *g, unsigned all)
{
	const struct known_group *k = &n->known[g->hook_id % KNOWN];
	unsigned room = 1;

	if (k->host != NULL && k->group.kind == g->kind && k->group.hook_id == g->hook_id)
		room = room_at(n, k->host);
	return room < all ? room : all;
}

static enum err
take_group(struct notifier *n, const struct tellgroup *g, unsigned room)
{
	struct errand *list = NULL;
	enum err rc = tellqueue_take(n->db, n->node, clock_us(), g, room, &list);

	while (list != NULL) {
		struct errand *e = list;

		list = e->next;
		e->next = NULL;
		if (rc == ERR_OK)
			rc = dispatch(n, e);
		else
			errand_free(&e);
	}
	return rc;
}

static enum err
take(struct notifier *n)
{
	const unsigned most = (unsigned)n->in->set->notify_parallel;
	struct tellgroup group[GROUPS];
	unsigned many = 0;
	enum err rc;

	if (courier_under_way(n->courier) >= most)
		return ERR_OK;
	rc = tellqueue_groups(n->db, clock_us(), group, GROUPS, &many);
	for (unsigned i = 0; rc == ERR_OK && i < many; i++) {
		const unsigned busy = courier_under_way(n->courier);
		const unsigned room =
		    busy < most ? room_of_group(n, &group[i], most - busy) : 0;

		if (room > 0)
			rc = take_group(n, &group[i], room);
	}
	return rc;
}

/* ---- the database ---- */

static bool
connected(struct notifier *n)
{
	struct db_where where;
	char why[256] = "";
	bool ok;

	if (n->db == NULL) {
		settings_db_where(n->in->set, &where);
		n->db = db_open(&where, why);
	}
	ok = n->db != NULL && db_alive(n->db) == ERR_OK;
	if (!ok && n->db_ok)
		log_warn("the database cannot be reached: nobody is told anything%s%s",
		    *why != '\0' ? ": " : "", why);
	n->db_ok = ok;
	return ok;
}

/* Settings of the network and its zone, as they are now. */
static enum err
read_network(struct notifier *n)
{
	enum err rc;

	arena_reset(n->net_arena);
	rc = netset_load(n->db, n->net_arena, &n->maker.net);
	if (rc != ERR_OK)
		return rc;
	n->maker.zone = zone_get(n->maker.net.time_zone);
	if (n->maker.zone == NULL)
		n->maker.zone = zone_utc_zone();
	return ERR_OK;
}

static enum err
measure(struct notifier *n, us_t now)
{
	int64_t rows, oldest;
	enum err rc;

	if (now < n->measure_at)
		return ERR_OK;
	n->measure_at = now + MEASURE_US;
	rc = tellqueue_measure(n->db, clock_us(), &rows, &oldest);
	if (rc == ERR_OK) {
		counter_set(COUNTER_notify_queue, rows);
		counter_set(COUNTER_notify_oldest_seconds, oldest);
	}
	return rc;
}

static enum err
retire(struct notifier *n, us_t now)
{
	if (now < n->retire_at)
		return ERR_OK;
	n->retire_at = now + RETIRE_US;
	return tellqueue_retire(
	    n->db, clock_us(), clock_us() - n->in->set->notify_log_days * US_DAY);
}

static enum err
look(struct notifier *n, us_t now)
{
	unsigned notices = 0;
	enum err rc = read_network(n);

	if (rc == ERR_OK && *n->in->set->mail_relay != '\0')
		rc = tellqueue_notices(n->db, clock_us(), &notices);
	if (rc == ERR_OK)
		rc = take(n);
	if (rc == ERR_OK)
		rc = measure(n, now);
	return rc == ERR_OK ? retire(n, now) : rc;
}

/* One round with the database: results first, so that what they freed can go on. */
static void
consult(struct notifier *n)
{
	const us_t now = clock_mono_us();
	enum err rc;

	if (n->settled == NULL && (n->stop || now < n->look_at))
		return;
	n->look_at = now + LOOK_US;
	if (!connected(n)) {
		n->look_at = now + US_SECOND;
		return;
	}
	forget_hosts(n);
	rc = settle(n);
	if (rc == ERR_OK && !n->stop)
		rc = look(n, now);
	if (rc == ERR_OK || rc == ERR_DB_RETRY)
		return;
	if (rc != ERR_DB_DOWN)
		log_error("telling the affiliates: %s",
		    rc == ERR_DB_SQL ? db_error(n->db) : err_text(rc));
	n->look_at = now + US_SECOND;
}

/* ---- the process ---- */

static bool
ask_signal(struct notifier *n)
{
	struct signalfd_siginfo si;

	if (read(n->signal_fd, &si, sizeof(si)) == (ssize_t)sizeof(si))
		n->stop = true;
	return n->stop;
}

static bool
open_fds(struct notifier *n)
{
	char path[4096];
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
	n->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	(void)snprintf(path, sizeof(path), "%s/notifier.lock", n->in->set->state_dir);
	n->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (n->signal_fd != -1 && n->lock_fd != -1)
		return true;
	log_error("%s: %s", path, strerror(errno));
	return false;
}

static void
pause_ms(long ms)
{
	const struct timespec t = {ms / 1000, ms % 1000 * 1000000};

	(void)nanosleep(&t, NULL);
}

/* false: we are to end before it was our turn. */
static bool
wait_for_turn(struct notifier *n)
{
	while (flock(n->lock_fd, LOCK_EX | LOCK_NB) == -1) {
		if (ask_signal(n))
			return false;
		pause_ms(20);
	}
	return true;
}

/* What a predecessor had under way was not confirmed by anybody. */
static bool
take_over(struct notifier *n)
{
	while (!ask_signal(n)) {
		if (connected(n) && tellqueue_release(n->db, n->node) == ERR_OK)
			return true;
		pause_ms(200);
	}
	return false;
}

static void
serve(struct notifier *n)
{
	const us_t forever = INT64_MAX;
	us_t until = forever;

	for (;;) {
		courier_turn(n->courier, n->settled != NULL ? 1 : 100, n->signal_fd);
		if (ask_signal(n) && until == forever)
			until = clock_mono_us() + (TIMEOUT_MS + 1000) * 1000;
		consult(n);
		if (!n->stop)
			continue;
		if (courier_under_way(n->courier) == 0 && n->settled == NULL)
			return;
		if (clock_mono_us() > until)
			return; /* their leases run out, and they are sent again */
	}
}

static void
open_all(struct notifier *n)
{
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
	n->net_arena = arena_new();
	n->host = obj_alloc(HOSTS * sizeof(*n->host));
	n->known = obj_alloc(KNOWN * sizeof(*n->known));
	n->settled_end = &n->settled;
	n->db_ok = true;
	n->maker.in = n->in;
	n->courier =
	    courier_new(n->in->set->notify_private_addresses, TIMEOUT_MS, on_done, n);
}

static void
close_all(struct notifier *n)
{
	if (n->db != NULL && n->db_ok)
		(void)!tellqueue_release(n->db, n->node);
	free_settled(n);
	courier_free(&n->courier);
	db_close(&n->db);
	arena_free(&n->net_arena);
	free(n->host);
	free(n->known);
	(void)close(n->signal_fd);
	(void)close(n->lock_fd);
	curl_global_cleanup();
}

int
notify_main(const struct inherited *in)
{
	struct notifier n = {.in = in, .node = (unsigned)in->set->node_id};

	shm_count_as(in->shm, SHM_BLOCK_NOTIFIER);
	if (!open_fds(&n))
		return 1;
	open_all(&n);
	if (wait_for_turn(&n) && take_over(&n))
		serve(&n);
	close_all(&n);
	return 0;
}
