/* SPDX-License-Identifier: Apache-2.0
 * child.c - see child.h.
 *
 *             fork                     died
 *   FREE ───────────► RUNNING ─────────────────► WAITING ──┐
 *    ▲                  │   ▲                              │ restart_at
 *    │             stop │   └──────────────────────────────┘
 *    │                  ▼
 *    └────────────── STOPPING   (killed at kill_at)
 *          died
 */
#include "master/child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "master/title.h"

#define MAX_CHILDREN 512
#define QUICK_DEATH US_SECOND
#define LONGEST_WAIT (30 * US_SECOND)
#define ADOPTED_POLL_MS 200

struct child {
	enum { CHILD_FREE, CHILD_RUNNING, CHILD_STOPPING, CHILD_WAITING } state;
	enum proc_kind kind;
	unsigned number, generation;
	const struct inherited *in;
	pid_t pid;
	bool adopted;
	int pidfd;    /* of an adopted one, else -1 */
	bool gave_up; /* the last one ended by itself: no signal, not adopted */
	us_t started, wait, restart_at, kill_at;
};

static const struct {
	const char *title;
	us_t restart;
	unsigned kill_s;
} procs[] = {
#define PROC(id_, title_, restart_ms_, kill_s_) \
	{title_, (restart_ms_)*INT64_C(1000), kill_s_},
#include "tbl/procs.h"
#undef PROC
};

static struct child children[MAX_CHILDREN];
static child_exec_f exec_mariadbd;

void
child_set_mariadbd(child_exec_f f)
{
	exec_mariadbd = f;
}

static const char *
name_of(const struct child *c, char buf[32])
{
	(void)snprintf(buf, 32, c->kind == PROC_WORKER ? "%s %u" : "%s",
	    procs[c->kind].title, c->number);
	return buf;
}

/* The child's own first steps.  Its parent may have died between fork() and prctl(). */
static int
live(const struct child *c, pid_t master)
{
	sigset_t none;
	char name[32];

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	if (c->kind == PROC_MARIADBD) {
		(void)setsid(); /* a Ctrl-C is for the master, which stops its database
				   last */
		exec_mariadbd(c->in->set);
		return 1;
	}
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || getppid() != master)
		return 1;
	/* Ctrl-C in a terminal reaches the whole group: the master alone decides what it
	 * means. */
	(void)setpgid(0, 0);
	title_set(name_of(c, name));
	log_role(name);
	switch (c->kind) {
	case PROC_STATS:
		return stats_main(c->in);
	case PROC_NOTIFIER:
		return notify_main(c->in);
	default:
		return worker_main(c->in, c->number);
	}
}

static bool
spawn(struct child *c)
{
	pid_t master = getpid(), pid;

	c->adopted = false;
	c->pidfd = -1;
	pid = fork();
	if (pid == 0)
		_exit(live(c, master));
	c->started = clock_mono_us();
	if (pid == -1) {
		log_error("fork: %m");
		c->state = CHILD_WAITING;
		c->restart_at = c->started + US_SECOND;
		return false;
	}
	c->pid = pid;
	c->state = CHILD_RUNNING;
	return true;
}

static struct child *
take_slot(enum proc_kind kind, unsigned number, const struct inherited *in)
{
	for (unsigned i = 0; i < MAX_CHILDREN; i++) {
		struct child *c = &children[i];

		if (c->state != CHILD_FREE)
			continue;
		*c = (struct child){.kind = kind,
		    .number = number,
		    .generation = in->generation,
		    .in = in};
		return c;
	}
	log_error("too many children");
	return NULL;
}

struct child *
child_start(enum proc_kind kind, unsigned number, const struct inherited *in)
{
	struct child *c = take_slot(kind, number, in);

	if (c == NULL || !spawn(c))
		return NULL;
	return c;
}

struct child *
child_adopt(enum proc_kind kind, pid_t pid, const struct inherited *in)
{
	struct child *c = take_slot(kind, 0, in);

	if (c == NULL)
		return NULL;
	c->pid = pid;
	c->adopted = true;
	c->pidfd = pidfd_open(pid, 0);
	c->started = clock_mono_us();
	c->state = CHILD_RUNNING;
	return c;
}

void
child_stop(enum proc_kind kind, unsigned before, int sig)
{
	for (unsigned i = 0; i < MAX_CHILDREN; i++) {
		struct child *c = &children[i];
		unsigned grace = procs[kind].kill_s;

		if (c->kind != kind || c->generation >= before)
			continue;
		if (c->state == CHILD_WAITING)
			c->state = CHILD_FREE;
		if (c->state != CHILD_RUNNING)
			continue;
		if (grace == 0)
			grace = (unsigned)c->in->set->drain_timeout;
		c->state = CHILD_STOPPING;
		c->kill_at = clock_mono_us() + (grace + 2) * US_SECOND;
		(void)kill(c->pid, sig);
	}
}

unsigned
child_count(enum proc_kind kind)
{
	unsigned n = 0;

	for (unsigned i = 0; i < MAX_CHILDREN; i++)
		n += children[i].state != CHILD_FREE && children[i].kind == kind;
	return n;
}

bool
child_hopeful(enum proc_kind kind)
{
	for (unsigned i = 0; i < MAX_CHILDREN; i++) {
		const struct child *c = &children[i];

		if (c->kind == kind && (c->state == CHILD_RUNNING ||
					   (c->state == CHILD_WAITING && !c->gave_up)))
			return true;
	}
	return false;
}

void
child_use(enum proc_kind kind, const struct inherited *in)
{
	for (unsigned i = 0; i < MAX_CHILDREN; i++) {
		struct child *c = &children[i];

		if (c->state == CHILD_FREE || c->kind != kind)
			continue;
		c->in = in;
		c->generation = in->generation;
		if (c->state == CHILD_WAITING)
			c->restart_at = 0;
	}
}

static void
died(struct child *c, int status)
{
	char name[32];
	us_t now = clock_mono_us();

	(void)name_of(c, name);
	if (c->pidfd != -1)
		(void)close(c->pidfd);
	c->pidfd = -1;
	if (c->state == CHILD_STOPPING) {
		if (status != 0)
			log_warn("%s [%d] ended with status %#x", name, (int)c->pid,
			    (unsigned)status);
		c->state = CHILD_FREE;
		return;
	}
	c->wait = now - c->started >= QUICK_DEATH || c->wait == 0 ? procs[c->kind].restart
								  : c->wait * 2;
	if (c->wait > LONGEST_WAIT)
		c->wait = LONGEST_WAIT;
	c->restart_at = now + c->wait;
	c->state = CHILD_WAITING;
	c->gave_up = !c->adopted && WIFEXITED(status);
	if (WIFSIGNALED(status))
		log_error("%s [%d] was killed by signal %d; starting it again", name,
		    (int)c->pid, WTERMSIG(status));
	else
		log_error("%s [%d] ended with status %d; starting it again", name,
		    (int)c->pid, WEXITSTATUS(status));
}

static void
reap(void)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (unsigned i = 0; i < MAX_CHILDREN; i++) {
			if (children[i].pid == pid && !children[i].adopted &&
			    (children[i].state == CHILD_RUNNING ||
				children[i].state == CHILD_STOPPING))
				died(&children[i], status);
		}
	}
}

/* Milliseconds until t, at least 0; the smaller of it and `wait` (-1 is for ever). */
static int
sooner(int wait, us_t t, us_t now)
{
	int64_t ms = t <= now ? 0 : (t - now) / 1000 + 1;

	return wait == -1 || ms < wait ? (int)ms : wait;
}

/* Whether one that is not our child has ended.  kill() would find it for as long as its
 * parent leaves it a zombie, and later whoever has its number. */
static bool
is_gone(const struct child *c)
{
	struct pollfd p = {.fd = c->pidfd, .events = POLLIN};

	if (c->pidfd == -1)
		return kill(c->pid, 0) == -1 && errno == ESRCH;
	return poll(&p, 1, 0) == 1;
}

static int
tick_one(struct child *c, us_t now, int wait)
{
	char name[32];

	if (c->adopted && (c->state == CHILD_RUNNING || c->state == CHILD_STOPPING)) {
		if (is_gone(c))
			died(c, 0);
		else
			wait = sooner(wait, now + ADOPTED_POLL_MS * INT64_C(1000), now);
	}
	if (c->state == CHILD_WAITING) {
		if (c->restart_at <= now)
			(void)spawn(c);
		else
			wait = sooner(wait, c->restart_at, now);
	}
	if (c->state == CHILD_STOPPING) {
		if (c->kill_at <= now) {
			log_warn("%s [%d] outlived its grace and is killed",
			    name_of(c, name), (int)c->pid);
			(void)kill(c->pid, SIGKILL);
			c->kill_at = now + 5 * US_SECOND;
		}
		wait = sooner(wait, c->kill_at, now);
	}
	return wait;
}

int
child_tick(void)
{
	us_t now;
	int wait = -1;

	reap();
	now = clock_mono_us();
	for (unsigned i = 0; i < MAX_CHILDREN; i++) {
		if (children[i].state != CHILD_FREE)
			wait = tick_one(&children[i], now, wait);
	}
	return wait;
}
