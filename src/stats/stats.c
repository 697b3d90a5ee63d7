/* SPDX-License-Identifier: Apache-2.0
 * stats.c - the stats process: from the rings to the journal to the database.
 *
 *      rings ──► collect (clicks) ──► journal/clicks ──► fold (clicks) ──► MariaDB
 *      rings ──► collect (events) ──► journal/events ──► fold (events) ──► MariaDB,
 * replies to workers catalogd: database ──► image in shared memory chores: holds that
 * end, partitions
 *
 * The main thread only waits for a signal.  SIGTERM: the workers are gone; journal and
 * book what is left, then end.  SIGINT (a reload): journal what is there and leave the
 * rest to the successor.  A bug in any thread ends the process: the master starts another
 * one, which goes on where the journal ends.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/inherited.h"
#include "base/log.h"
#include "stats/catalogd.h"
#include "stats/catcopy.h"
#include "stats/chores.h"
#include "stats/dbcheck.h"
#include "stats/fold.h"
#include "stats/foldmark.h"

#define LOOK_MS 200
#define LOCK_MS 20
#define MARK_EVERY (60 * US_SECOND)
#define LOOK_LEAST_US (100 * 1000)
#define LOOK_MOST_US (2 * US_SECOND)
#define EXIT_REFUSED 78 /* EX_CONFIG: starting again will not help */

static const struct fold_calls fold_calls_book = {
    .open = book_new,
    .close = book_free,
    .clicks = book_clicks,
    .events = book_events,
    .unresolved = book_unresolved,
    .aside = book_aside,
};

struct stats {
	const struct inherited *in;
	struct journal_home home;
	_Atomic uint64_t disk_used;
	uint64_t booked[LANE_MAX]; /* as the database or the mark said at the start */
	uint64_t marked[LANE_MAX]; /* as the mark on disk says */
	us_t marked_us;
	char lane_dir[LANE_MAX][300];
	struct collect *collect[LANE_MAX];
	struct fold *fold[LANE_MAX];
	pthread_t collect_thread[LANE_MAX], fold_thread[LANE_MAX];
	struct catalogd *catalogd;
	struct chores *chores;
	struct fold_pair pair;
	/* After a start without a database: it is not looked at yet, and nothing books.
	 */
	bool books;
	us_t look_us,
	    pause_us; /* when to look again, by the clock that never goes back */
	char said[DBCHECK_WHY]; /* why not, as last logged */
	int signal_fd, collect_stop, fold_stop;
	_Atomic bool leave;
	char why[JOURNAL_WHY];
};

static bool
fail(struct stats *s, const char *what)
{
	(void)snprintf(s->why, sizeof(s->why), "%s: %s", what, strerror(errno));
	return false;
}

static bool
open_fds(struct stats *s)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	/* Blocked before the first thread, which inherits that. */
	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
	s->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	s->collect_stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	s->fold_stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	for (unsigned lane = 0; lane < LANE_MAX; lane++)
		s->pair.fd[lane] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->signal_fd == -1 || s->collect_stop == -1 || s->fold_stop == -1 ||
	    s->pair.fd[0] == -1 || s->pair.fd[1] == -1)
		return fail(s, "eventfd");
	return true;
}

/* The number of the signal that came; 0: none within so long. */
static int
wait_signal(const struct stats *s, int ms)
{
	struct pollfd p = {.fd = s->signal_fd, .events = POLLIN};
	struct signalfd_siginfo si;

	if (poll(&p, 1, ms) <= 0 ||
	    read(s->signal_fd, &si, sizeof(si)) != (ssize_t)sizeof(si))
		return 0;
	return (int)si.ssi_signo;
}

/* Our predecessor may still be writing its last frames.  false: we are to end before it
 * was our turn. */
static bool
wait_for_journal(struct stats *s)
{
	while (!journal_home_lock(&s->home) || !shm_stats_here(s->in->shm)) {
		if (wait_signal(s, LOCK_MS) != 0)
			return false;
	}
	return true;
}

/* Positions in the control page are about one journal: should the directory be another
 * one, they are not known. */
static void
adopt_control(struct stats *s)
{
	struct control_shm *c = shm_control(s->in->shm);

	if (memcmp(c->journal_uuid, s->home.uuid, sizeof(c->journal_uuid)) == 0)
		return;
	for (unsigned lane = 0; lane < LANE_MAX; lane++) {
		atomic_store(&c->lane[lane].synced, 0);
		atomic_store(&c->lane[lane].folded, 0);
	}
	memcpy(c->journal_uuid, s->home.uuid, sizeof(c->journal_uuid));
}

/* The control page is new after the machine was started. */
static void
take_mark(struct stats *s)
{
	struct lane_shm *lanes = shm_control(s->in->shm)->lane;

	foldmark_load(&s->home, s->marked);
	memcpy(s->booked, s->marked, sizeof(s->booked));
	for (unsigned lane = 0; lane < LANE_MAX; lane++) {
		if (atomic_load(&lanes[lane].folded) == 0)
			atomic_store(&lanes[lane].folded, s->marked[lane]);
	}
}

static void
save_mark(struct stats *s)
{
	const struct lane_shm *lanes = shm_control(s->in->shm)->lane;
	uint64_t pos[LANE_MAX];

	s->marked_us = clock_mono_us();
	for (unsigned lane = 0; lane < LANE_MAX; lane++)
		pos[lane] = atomic_load(&lanes[lane].folded);
	if (memcmp(pos, s->marked, sizeof(pos)) == 0)
		return;
	if (foldmark_save(&s->home, pos))
		memcpy(s->marked, pos, sizeof(pos));
	else
		log_warn("%s/folded: %s", s->home.dir, strerror(errno));
}

/* How far the database has booked, so that the journal does not begin below.  Only where
 * the control page does not know it, after the machine was started: a stats process that
 * comes back must journal at once, whatever the database is doing. */
static void
ask_booked(struct stats *s)
{
	const struct lane_shm *lanes = shm_control(s->in->shm)->lane;
	struct db_where where;
	struct db *db;

	if (atomic_load(&lanes[LANE_CLICKS].synced) != 0 &&
	    atomic_load(&lanes[LANE_EVENTS].synced) != 0)
		return;
	settings_db_where(s->in->set, &where);
	db = db_open(&where, NULL);
	for (unsigned lane = 0; lane < LANE_MAX && db != NULL; lane++) {
		uint64_t pos = fold_booked(
		    db, (unsigned)s->in->set->node_id, s->home.uuid, (enum lane)lane);

		if (pos > s->booked[lane])
			s->booked[lane] = pos;
	}
	db_close(&db);
}

static bool
open_lane(struct stats *s, enum lane lane)
{
	const struct settings *set = s->in->set;
	struct collect_conf cc = {.shm = s->in->shm,
	    .lane = lane,
	    .booked = s->booked[lane],
	    .stop_fd = s->collect_stop,
	    .fold_fd = s->pair.fd[lane],
	    .journal = {.home = &s->home,
		.lane = lane,
		.segment_bytes = (uint64_t)set->journal_segment_bytes,
		.disk_budget = (uint64_t)set->journal_disk_budget,
		.disk_used = &s->disk_used,
		.keep = set->journal_keep * US_SECOND}};
	struct fold_conf fc = {.in = s->in,
	    .lane = lane,
	    .node_id = (unsigned)set->node_id,
	    .uuid = s->home.uuid,
	    .journal_dir = s->lane_dir[lane],
	    .pair = &s->pair,
	    .calls = &fold_calls_book,
	    .stop_fd = s->fold_stop,
	    .leave = &s->leave};

	journal_lane_dir(s->lane_dir[lane], sizeof(s->lane_dir[lane]), &s->home, lane);
	s->collect[lane] = collect_new(&cc, s->why);
	if (s->collect[lane] == NULL)
		return false;
	fc.collect = s->collect[lane];
	s->fold[lane] = fold_new(&fc);
	return true;
}

static void
start(pthread_t *t, void *(*f)(void *), void *arg)
{
	int rc = pthread_create(t, NULL, f, arg);

	if (rc == 0)
		return;
	log_error("a thread cannot start: %s", strerror(rc));
	_exit(1);
}

static void
start_journal(struct stats *s)
{
	for (unsigned lane = 0; lane < LANE_MAX; lane++)
		start(&s->collect_thread[lane], collect_thread, s->collect[lane]);
}

/* What uses the database. */
static void
start_booking(struct stats *s)
{
	s->books = true;
	for (unsigned lane = 0; lane < LANE_MAX; lane++)
		start(&s->fold_thread[lane], fold_thread, s->fold[lane]);
	s->catalogd = catalogd_start(s->in);
	s->chores = chores_start(s->in);
	if (s->chores == NULL)
		log_error("the chores thread cannot start: %s", strerror(errno));
}

/* --- a start without a database --- */

static void
wait_for_database(struct stats *s)
{
	char why[256];

	for (unsigned lane = 0; lane < LANE_MAX; lane++)
		atomic_store(&shm_control(s->in->shm)->lane[lane].db_down, 1);
	if (!catcopy_restore(s->in, why))
		log_error("clicks are refused until the database is back: %s", why);
	s->pause_us = LOOK_LEAST_US;
}

/* Nothing goes into a database that has not been looked at: it may be another one that
 * came back, or one with another schema. */
static void
look_for_database(struct stats *s)
{
	char why[DBCHECK_WHY];
	enum dbcheck rc;

	if (clock_mono_us() < s->look_us)
		return;
	rc = dbcheck_again(s->in->set, s->home.uuid, why);
	if (rc == DBCHECK_GOOD) {
		log_info("the database is there, and is the one that was checked");
		shm_set_db_checked(s->in->shm, true);
		start_booking(s);
		return;
	}
	if (strcmp(why, s->said) != 0) {
		log_line(rc == DBCHECK_AWAY ? LOG_WARN_ : LOG_ERROR_,
		    "%s: events stay in the journal", why);
		memcpy(s->said, why, sizeof(s->said));
	}
	s->look_us = clock_mono_us() + s->pause_us;
	s->pause_us = s->pause_us * 2 > LOOK_MOST_US ? LOOK_MOST_US : s->pause_us * 2;
}

/* --- the end --- */

static void
call(int fd)
{
	static const uint64_t one = 1;

	(void)!write(fd, &one, sizeof(one));
}

/* In the order in which events flow, so that nothing is left between two stages. */
static void
finish(struct stats *s)
{
	call(s->collect_stop);
	for (unsigned lane = 0; lane < LANE_MAX; lane++)
		(void)pthread_join(s->collect_thread[lane], NULL);
	call(s->fold_stop);
	for (unsigned lane = 0; lane < LANE_MAX && s->books; lane++)
		(void)pthread_join(s->fold_thread[lane], NULL);
	chores_stop(&s->chores);
	catalogd_stop(&s->catalogd);
	save_mark(s);
}

static void
close_all(struct stats *s)
{
	for (unsigned lane = 0; lane < LANE_MAX; lane++) {
		fold_free(&s->fold[lane]);
		collect_free(&s->collect[lane]);
		(void)close(s->pair.fd[lane]);
	}
	journal_home_close(&s->home);
	(void)close(s->signal_fd);
	(void)close(s->collect_stop);
	(void)close(s->fold_stop);
}

/* Until a signal, or until the database turns out to know this node with another journal.
 */
static void
serve(struct stats *s)
{
	int sig;

	do {
		if (!s->books)
			look_for_database(s);
		if (clock_mono_us() - s->marked_us >= MARK_EVERY)
			save_mark(s);
		sig = wait_signal(s, LOOK_MS);
	} while (sig == 0 && !atomic_load(&s->pair.refused));
	atomic_store(&s->leave, sig == SIGINT);
}

int
stats_main(const struct inherited *in)
{
	struct stats s = {.in = in, .home = {.lock_fd = -1}};
	int status = 1;

	shm_count_as(in->shm, SHM_BLOCK_STATS);
	if (!open_fds(&s) || !journal_home_open(&s.home, in->set->state_dir, s.why)) {
		log_error("%s", s.why);
		return status;
	}
	if (!wait_for_journal(&s))
		return 0;
	adopt_control(&s);
	take_mark(&s);
	ask_booked(&s);
	if (!open_lane(&s, LANE_CLICKS) || !open_lane(&s, LANE_EVENTS)) {
		log_error("%s", s.why);
		close_all(&s);
		return status;
	}
	start_journal(&s);
	if (shm_db_checked(in->shm))
		start_booking(&s);
	else
		wait_for_database(&s);
	serve(&s);
	finish(&s);
	status = atomic_load(&s.pair.refused) ? EXIT_REFUSED : 0;
	close_all(&s);
	return status;
}
