/* SPDX-License-Identifier: Apache-2.0
 * master.c - see master.h.
 *
 * Order of a start: state directory and its lock, listeners, privileges, a managed
 * database, shared memory, schema and this node's number in the database, children.
 * Everything that can fail with a message fails before the first child.
 */
#include "master/master.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "db/db.h"
#include "db/migrate.h"
#include "master/child.h"
#include "master/listen.h"
#include "master/mariadb.h"
#include "master/title.h"
#include "shm/shm.h"
#include "stats/dbcheck.h"
#include "stats/journal.h"
#include "track/geo.h"
#include "track/ua.h"

#define LOCK_PATIENCE \
	10 /* seconds: a killed master's children die with it, but not in no time */
#define WHY_BYTES 512

/* Everything that can be replaced by a reload; kept until the last child that uses it is
 * gone, which is at the end of the program: a reload is rare and costs kilobytes. */
struct master {
	const char *conf;
	struct inherited *in;
	int lock_fd, signal_fd;
	bool managed;
	bool pid_written; /* the pid file is ours to remove */
	char why[WHY_BYTES];
};

static bool
fail(struct master *m, const char *what, const char *text)
{
	(void)snprintf(m->why, sizeof(m->why), "%.200s: %.250s", what, text);
	return false;
}

static bool
make_state_dir(struct master *m)
{
	const char *dir = m->in->set->state_dir;
	char path[PATH_MAX];

	/* The parents too: a fresh clone has no ./var. */
	(void)snprintf(path, sizeof(path), "%s", dir);
	for (char *p = path + 1; *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		(void)mkdir(path, 0755);
		*p = '/';
	}
	if (mkdir(dir, 0750) == -1 && errno != EEXIST)
		return fail(m, dir, strerror(errno));
	return true;
}

static bool
take_lock(struct master *m)
{
	us_t until = clock_mono_us() + LOCK_PATIENCE * US_SECOND;
	struct timespec pause = {0, 20000000};
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/lock", m->in->set->state_dir);
	m->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (m->lock_fd == -1)
		return fail(m, path, strerror(errno));
	/* Inherited by the children, so it is free once all of an earlier server is gone.
	 */
	while (flock(m->lock_fd, LOCK_EX | LOCK_NB) == -1) {
		if (errno != EWOULDBLOCK || clock_mono_us() > until)
			return fail(m, m->in->set->state_dir,
			    "another server is running on this state_dir");
		(void)nanosleep(&pause, NULL);
	}
	return true;
}

static bool
write_pid(struct master *m)
{
	char path[PATH_MAX];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/affiliated.pid", m->in->set->state_dir);
	f = fopen(path, "we");
	if (f == NULL)
		return fail(m, path, strerror(errno));
	(void)fprintf(f, "%d\n", (int)getpid());
	if (fclose(f) != 0)
		return fail(m, path, strerror(errno));
	m->pid_written = true;
	return true;
}

/* Everything in the state directory belongs to the user we become. */
static bool
drop_privileges(struct master *m)
{
	const char *user = m->in->set->user, *dir = m->in->set->state_dir;
	char path[PATH_MAX];
	struct passwd *pw;

	if (geteuid() != 0 || *user == '\0')
		return true;
	pw = getpwnam(user);
	if (pw == NULL)
		return fail(m, "user", "there is no such user");
	(void)snprintf(path, sizeof(path), "%s/lock", dir);
	if (chown(dir, pw->pw_uid, pw->pw_gid) == -1 ||
	    chown(path, pw->pw_uid, pw->pw_gid) == -1)
		return fail(m, dir, strerror(errno));
	/* The log was opened before; a reload opens it again. */
	if (*m->in->set->log_file != '\0' &&
	    chown(m->in->set->log_file, pw->pw_uid, pw->pw_gid) == -1)
		return fail(m, m->in->set->log_file, strerror(errno));
	if (initgroups(user, pw->pw_gid) == -1 || setgid(pw->pw_gid) == -1 ||
	    setuid(pw->pw_uid) == -1)
		return fail(m, "user", strerror(errno));
	if (access(dir, W_OK | X_OK) == -1)
		return fail(m, dir, "the user of the configuration cannot reach it");
	return true;
}

static bool
mariadb_is_alive(void)
{
	(void)child_tick();
	return child_hopeful(PROC_MARIADBD);
}

static bool
start_database(struct master *m)
{
	pid_t pid;

	m->managed = strcmp(m->in->set->database, "managed") == 0;
	if (!m->managed)
		return true;
	if (!mariadb_prepare(m->in->set, m->why))
		return false;
	child_set_mariadbd(mariadb_become);
	pid = mariadb_running(m->in->set);
	if (pid != -1)
		(void)child_adopt(PROC_MARIADBD, pid, m->in);
	else
		(void)child_start(PROC_MARIADBD, 0, m->in);
	return mariadb_wait(m->in->set, mariadb_is_alive, m->why);
}

/* A managed database is brought to our schema; another one must be there already. */
static bool
migrate(struct master *m)
{
	struct db_where w;
	struct db *db;
	char text[256];
	unsigned n = 0;
	bool good;

	settings_db_where(m->in->set, &w);
	db = db_open(&w, text);
	if (db == NULL)
		return fail(m, "database", text);
	good = migrate_run(db, settings_schema_dir(m->in->set), &n, m->why);
	if (n > 0)
		log_info("%u schema steps applied", n);
	db_close(&db);
	return good;
}

/* An external database may be away when it was found good before: then stats looks at it
 * when it is back. */
static bool
check_database(struct master *m)
{
	const struct settings *set = m->in->set;
	struct journal_home home;
	char why[DBCHECK_WHY];
	enum dbcheck rc;

	if ((m->managed && !migrate(m)) ||
	    !journal_home_open(&home, set->state_dir, m->why))
		return false;
	rc = dbcheck_first(set, home.uuid, m->why);
	shm_set_db_checked(m->in->shm, rc == DBCHECK_GOOD);
	if (rc != DBCHECK_AWAY || m->managed)
		return rc == DBCHECK_GOOD;
	if (!dbcheck_is_known(set, home.uuid, why)) {
		size_t n = strlen(m->why);

		(void)snprintf(m->why + n, sizeof(m->why) - n,
		    "; a start needs it, since %.150s", why);
		return false;
	}
	log_warn("%s: starting without it: clicks and conversions go into the journal, "
		 "REST calls are answered with 503",
	    m->why);
	return true;
}

static unsigned
worker_count(const struct settings *set)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (set->workers > 0)
		return (unsigned)set->workers;
	return cores < 1 ? 1 : cores > 64 ? 64 : (unsigned)cores;
}

static bool
open_data(struct master *m)
{
	const struct settings *set = m->in->set;

	m->in->n_workers = worker_count(set);
	m->in->ua = ua_open(set);
	m->in->geo = geo_open(set, m->why);
	if (m->in->geo == NULL)
		return false;
	m->in->shm = shm_open_all(set, m->in->n_workers, m->why);
	return m->in->shm != NULL;
}

static void
start_children(struct master *m)
{
	(void)child_start(PROC_STATS, 0, m->in);
	(void)child_start(PROC_NOTIFIER, 0, m->in);
	for (unsigned i = 0; i < m->in->n_workers; i++)
		(void)child_start(PROC_WORKER, i, m->in);
}

static bool
open_log(const struct settings *set)
{
	static const char *const levels[] = {"debug", "info", "warning", "error"};

	for (unsigned i = 0; i < ARRAY_LEN(levels); i++) {
		if (strcmp(set->log_level, levels[i]) == 0)
			log_level((enum log_level)i);
	}
	return log_open(*set->log_file == '\0' ? NULL : set->log_file);
}

/* New settings, geo files, bots and logs; new children of every kind, while the old ones
 * finish.  What a reload cannot change (keys whose text ends in "Restart.") keeps its old
 * value by staying in the old objects. */
static void
reload(struct master *m)
{
	struct settings *set = settings_read(m->conf, m->why);
	struct inherited *in;

	if (set == NULL) {
		log_error("reload refused, the old configuration stays: %s", m->why);
		return;
	}
	in = obj_alloc(sizeof(*in));
	*in = *m->in;
	in->set = set;
	in->before = m->in;
	in->generation++;
	in->geo = geo_open(set, m->why);
	if (in->geo == NULL || !open_log(set)) {
		log_error("reload refused, the old configuration stays: %s",
		    in->geo == NULL ? m->why : strerror(errno));
		settings_free(&set);
		free(in);
		return;
	}
	in->ua = ua_reopen(m->in->ua, set);
	log_info("reloading");
	(void)sd_notify(0, "RELOADING=1");
	m->in = in;
	child_use(PROC_MARIADBD, in);
	for (unsigned i = 0; i < in->n_workers; i++)
		(void)child_start(PROC_WORKER, i, in);
	(void)child_start(PROC_STATS, 0, in);
	(void)child_start(PROC_NOTIFIER, 0, in);
	child_stop(PROC_WORKER, in->generation, SIGTERM);
	child_stop(PROC_STATS, in->generation, SIGINT);
	child_stop(PROC_NOTIFIER, in->generation, SIGTERM);
	(void)sd_notify(0, "READY=1");
}

/* Sleeps until a signal or the next thing to do; returns the signal, 0 none. */
static int
next_signal(struct master *m)
{
	struct pollfd pfd = {.fd = m->signal_fd, .events = POLLIN};
	struct signalfd_siginfo si;
	int wait = child_tick();

	/* A death between the tick and here is a SIGCHLD that poll() sees. */
	if (poll(&pfd, 1, wait) != 1 || read(m->signal_fd, &si, sizeof(si)) != sizeof(si))
		return 0;
	return (int)si.ssi_signo;
}

static void
stop_kind(struct master *m, enum proc_kind kind)
{
	child_stop(kind, UINT_MAX, SIGTERM);
	/* Counted right before each sleep: the signal of a death may have been read
	 * already. */
	while (child_tick(), child_count(kind) > 0)
		(void)next_signal(m);
}

/* Workers first, so that no event comes in any more; then stats, which folds what is
 * left; the database last. */
static void
stop_all(struct master *m)
{
	char path[PATH_MAX];

	log_info("stopping");
	(void)sd_notify(0, "STOPPING=1");
	stop_kind(m, PROC_WORKER);
	stop_kind(m, PROC_STATS);
	stop_kind(m, PROC_NOTIFIER);
	stop_kind(m, PROC_MARIADBD);
	(void)snprintf(path, sizeof(path), "%s/affiliated.pid", m->in->set->state_dir);
	if (m->pid_written)
		(void)unlink(path);
	log_info("stopped");
}

static bool
block_signals(struct master *m)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	(void)sigaddset(&set, SIGCHLD);
	(void)signal(SIGPIPE, SIG_IGN);
	m->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (m->signal_fd == -1 || sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		return fail(m, "signals", strerror(errno));
	return true;
}

static bool
start(struct master *m)
{
	char names[256] = "";
	size_t n = 0;

	if (!open_log(m->in->set))
		return fail(m, m->in->set->log_file, strerror(errno));
	if (!block_signals(m) || !make_state_dir(m) || !take_lock(m) ||
	    !listen_open(m->in, LOCK_PATIENCE / 2, m->why) || !drop_privileges(m) ||
	    !write_pid(m) || !start_database(m) || !open_data(m) || !check_database(m))
		return false;
	title_set("master");
	start_children(m);
	for (unsigned i = 0; i < m->in->n_listen && n < sizeof(names) - 1; i++) {
		char name[128];

		listen_name(m->in->listen_fd[i], name, sizeof(name));
		n += (size_t)snprintf(names + n, sizeof(names) - n, " %s", name);
	}
	log_info("ready: %u workers on%s", m->in->n_workers, names);
	(void)sd_notify(0, "READY=1");
	return true;
}

static void
free_all(struct master *m)
{
	struct inherited *before;

	shm_close(&m->in->shm);
	for (; m->in != NULL; m->in = before) {
		struct settings *set = (struct settings *)(uintptr_t)m->in->set;

		before = m->in->before;
		ua_free(&m->in->ua); /* those that borrowed first */
		geo_free(&m->in->geo);
		settings_free(&set);
		free(m->in);
	}
}

int
master_run(struct settings *set, const char *conf)
{
	struct inherited *in = obj_alloc(sizeof(*in));
	struct master m = {.conf = conf, .in = in, .lock_fd = -1, .signal_fd = -1};
	int sig, status = 0;

	in->set = set;
	log_role("master");
	if (start(&m)) {
		while ((sig = next_signal(&m)) != SIGTERM && sig != SIGINT) {
			if (sig == SIGHUP)
				reload(&m);
		}
	} else {
		log_error("%s", m.why);
		status = 1;
	}
	stop_all(&m);
	free_all(&m);
	return status;
}
