/* SPDX-License-Identifier: Apache-2.0
 * fold_test.c - from the journal into a database, with a booking of the test's own:
 * answers, retries, bad records, a commit whose answer was lost, a database restored from
 * a backup, kills at any moment.
 */
#include "config.h"

#include "stats/fold.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/log.h"
#include "testdb.h"

#define NODE 7u
#define PATIENCE (60 * US_SECOND)

/* What the booking does with the record that carries this number, and what it has seen.
 * Shared with child processes. */
struct orders {
	_Atomic uint32_t poison; /* refuses it as too long for its column */
	_Atomic uint32_t
	    nonsense;          /* this one and those behind it are none of its records */
	_Atomic int deadlocks; /* so many calls fail like a deadlock */
	_Atomic bool no_table; /* fails as if the schema were not there */
	_Atomic bool
	    lose_answer; /* commits behind the fold's back and cuts the connection */
	_Atomic int calls, biggest, unresolved_calls, opened;
	_Atomic uint64_t unresolved_tag;
	_Atomic int64_t unresolved_bad; /* the event_us of the one at fault */
};

static struct orders *orders;
static struct settings *set;
static struct inherited in;
static struct db *admin;
static char dir[64];

static void
must(bool good, const char *what)
{
	if (good)
		return;
	printf("Bail out! %s\n", what);
	exit(1);
}

/* --- the test's booking --- */

struct book {
	int unused;
};

static struct book *
test_open(const struct inherited *i)
{
	(void)i;
	(void)atomic_fetch_add(&orders->opened, 1);
	return obj_alloc(sizeof(struct book));
}

static void
test_close(struct book **bp)
{
	free(*bp);
	*bp = NULL;
}

static uint32_t
number_of(const struct fold_item *it)
{
	uint32_t n;

	memcpy(&n, it->bytes + sizeof(struct rec_event), sizeof(n));
	return n;
}

static enum err
book_one(struct db *db, const struct fold_item *it, us_t *last)
{
	const struct rec_event *ev = (const struct rec_event *)(const void *)it->bytes;
	struct str text = number_of(it) == atomic_load(&orders->poison)
			      ? STR("far too long for it")
			      : STR("fits");
	enum err rc;

	*last = ev->id.us > *last ? ev->id.us : *last + 1;
	rc = db_exec(db, "INSERT INTO booked (number, txn_us, word) VALUES (?, ?, ?)",
	    "uis", (uint64_t)number_of(it), *last, text);
	if (rc == ERR_OK)
		rc = db_exec(db,
		    "INSERT INTO event_log (event_us, event_lo, node_id, kind, outcome, "
		    "offer_id, affiliate_id, "
		    "txn_us, sender, request) VALUES (?, ?, ?, 2, ?, 5, 6, ?, '', '')",
		    "iiuui", ev->id.us, ev->id.lo, (uint64_t)NODE,
		    (uint64_t)OUTCOME_BOOKED, *last);
	return rc;
}

static void
lose_answer(struct db *db)
{
	int64_t id;
	char sql[64];

	must(db_int(db, &id, 0, "SELECT CONNECTION_ID()", "") == ERR_OK, "connection id");
	(void)snprintf(sql, sizeof(sql), "KILL %lld", (long long)id);
	must(db_exec_once(db, "COMMIT", "") == ERR_OK, "commit");
	testdb_exec(admin, sql);
}

static enum err
test_events(struct book *b, struct db *db, const struct fold_batch *batch,
    struct rec_outcome *out)
{
	us_t last = *batch->last_txn_us;

	(void)b;
	(void)atomic_fetch_add(&orders->calls, 1);
	if ((int)batch->n > atomic_load(&orders->biggest))
		atomic_store(&orders->biggest, (int)batch->n);
	if (atomic_load(&orders->no_table))
		return db_exec_once(db, "INSERT INTO no_such_table VALUES (1)", "");
	for (unsigned i = 0; i < batch->n; i++) {
		enum err rc;

		if (number_of(&batch->item[i]) >= atomic_load(&orders->nonsense))
			return ERR_INVALID;
		rc = book_one(db, &batch->item[i], batch->last_txn_us);

		if (rc != ERR_OK)
			return rc;
		out[i].tag =
		    ((const struct rec_event *)(const void *)batch->item[i].bytes)->tag;
		out[i].outcome = OUTCOME_BOOKED;
		out[i].txn_us = *batch->last_txn_us;
	}
	if (atomic_load(&orders->deadlocks) > 0) {
		(void)atomic_fetch_sub(&orders->deadlocks, 1);
		return ERR_DB_RETRY;
	}
	if (atomic_exchange(&orders->lose_answer, false)) {
		lose_answer(db);
		*batch->last_txn_us =
		    last; /* so that the fold's next statement is its COMMIT */
	}
	return ERR_OK;
}

static enum err
test_clicks(struct book *b, struct db *db, const struct fold_batch *batch)
{
	struct rec_outcome *out = obj_alloc(batch->n * sizeof(*out));
	enum err rc = test_events(b, db, batch, out);

	free(out);
	return rc;
}

/* Takes the first `cap` of them, unless the one at fault is among these. */
static enum err
unresolved_one_bad(struct db *db, unsigned cap, struct rec_outcome *out, unsigned *n)
{
	int64_t bad;
	enum err rc = db_int(db, &bad, 0,
	    "SELECT COUNT(*) FROM (SELECT event_us FROM unresolved WHERE state = 1 ORDER "
	    "BY event_us LIMIT ?) x WHERE event_us = ?",
	    "ii", (int64_t)cap, atomic_load(&orders->unresolved_bad));

	if (rc == ERR_OK && bad > 0)
		return ERR_INVALID;
	if (rc == ERR_OK)
		rc = db_exec(db,
		    "DELETE FROM unresolved WHERE state = 1 ORDER BY event_us LIMIT ?",
		    "i", (int64_t)cap);
	*n = rc == ERR_OK ? (unsigned)db_affected(db) : 0;
	memset(out, 0, *n * sizeof(*out));
	return rc;
}

static enum err
test_unresolved(struct book *b, struct db *db, unsigned node_id, us_t *last,
    struct rec_outcome *out, unsigned cap, unsigned *n)
{
	(void)b;
	(void)node_id;
	(void)last;
	(void)atomic_fetch_add(&orders->unresolved_calls, 1);
	*n = 0;
	if (atomic_load(&orders->unresolved_bad) != 0)
		return unresolved_one_bad(db, cap, out, n);
	if (cap == 0 || atomic_load(&orders->unresolved_tag) == 0)
		return ERR_OK;
	out[0] = (struct rec_outcome){.tag = atomic_load(&orders->unresolved_tag),
	    .outcome = OUTCOME_UNKNOWN_CLICK};
	*n = 1;
	return db_exec(db, "UPDATE unresolved SET state = 2", "");
}

static enum err
test_aside(struct db *db, unsigned node_id)
{
	(void)node_id;
	return db_exec(db,
	    "UPDATE unresolved SET state = 2 WHERE state = 1 ORDER BY event_us LIMIT 1",
	    "");
}

static const struct fold_calls calls = {
    test_open, test_close, test_clicks, test_events, test_unresolved, test_aside};

/* --- the stats process without its main --- */

struct side {
	struct journal_home home;
	_Atomic uint64_t used;
	int collect_stop, fold_stop;
	struct fold_pair pair;
	_Atomic bool leave;
	char lane_dir[LANE_MAX][300];
	struct collect *collect[LANE_MAX];
	struct fold *fold[LANE_MAX];
	pthread_t collector[LANE_MAX], folder[LANE_MAX];
};

static void
side_start(struct side *s)
{
	char why[JOURNAL_WHY] = "";

	memset(s, 0, sizeof(*s));
	s->collect_stop = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	s->fold_stop = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	must(journal_home_open(&s->home, dir, why) && journal_home_lock(&s->home), why);
	for (unsigned lane = 0; lane < LANE_MAX; lane++) {
		struct collect_conf cc = {.shm = in.shm,
		    .lane = lane,
		    .stop_fd = s->collect_stop,
		    .journal = {.home = &s->home,
			.lane = lane,
			.segment_bytes = 1u << 20,
			.disk_budget = 1u << 30,
			.disk_used = &s->used,
			.keep = US_DAY}};
		struct fold_conf fc = {.in = &in,
		    .lane = lane,
		    .node_id = NODE,
		    .uuid = s->home.uuid,
		    .journal_dir = s->lane_dir[lane],
		    .pair = &s->pair,
		    .calls = &calls,
		    .stop_fd = s->fold_stop,
		    .leave = &s->leave};

		journal_lane_dir(
		    s->lane_dir[lane], sizeof(s->lane_dir[lane]), &s->home, lane);
		s->pair.fd[lane] = cc.fold_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
		s->collect[lane] = fc.collect = collect_new(&cc, why);
		must(s->collect[lane] != NULL, why);
		s->fold[lane] = fold_new(&fc);
	}
	for (unsigned lane = 0; lane < LANE_MAX; lane++) {
		must(pthread_create(&s->collector[lane], NULL, collect_thread,
			 s->collect[lane]) == 0 &&
			 pthread_create(
			     &s->folder[lane], NULL, fold_thread, s->fold[lane]) == 0,
		    "thread");
	}
}

static void
call(int fd)
{
	static const uint64_t one = 1;

	must(write(fd, &one, sizeof(one)) == sizeof(one), "eventfd");
}

static void
side_stop(struct side *s, bool leave)
{
	atomic_store(&s->leave, leave);
	call(s->collect_stop);
	for (unsigned lane = 0; lane < LANE_MAX; lane++)
		(void)pthread_join(s->collector[lane], NULL);
	call(s->fold_stop);
	for (unsigned lane = 0; lane < LANE_MAX; lane++) {
		(void)pthread_join(s->folder[lane], NULL);
		fold_free(&s->fold[lane]);
		collect_free(&s->collect[lane]);
		(void)close(s->pair.fd[lane]);
	}
	journal_home_close(&s->home);
	(void)close(s->collect_stop);
	(void)close(s->fold_stop);
}

/* --- a worker --- */

static struct slot *slot;
static uint32_t next_number;
static unsigned set_aside; /* records that no booking is expected of */

static uint64_t
put(enum lane lane)
{
	struct rec_event ev = {.source = SRC_NATS_POST};
	struct ring *r = slot_ring(slot, lane);
	unsigned char *p = ring_reserve(r, sizeof(ev) + 4);

	must(p != NULL, "the ring is full");
	ev.id = slot_new_id(slot, NODE);
	ev.tag = slot_new_tag(slot);
	memcpy(p, &ev, sizeof(ev));
	memcpy(p + sizeof(ev), &next_number, 4);
	next_number++;
	(void)ring_commit(r, lane == LANE_CLICKS ? REC_CLICK : REC_POST, sizeof(ev) + 4);
	slot_wake_stats(slot);
	return ev.tag;
}

/* The answer to this tag; 255: none came. */
static unsigned
answer_to(uint64_t tag)
{
	us_t until = clock_mono_us() + PATIENCE;
	struct rec_outcome out;

	while (clock_mono_us() < until) {
		while (reply_take(slot, &out)) {
			if (out.tag == tag)
				return out.outcome;
		}
		(void)usleep(1000);
	}
	return 255;
}

static bool
poll_int(const char *sql, int64_t want)
{
	us_t until = clock_mono_us() + PATIENCE;

	while (clock_mono_us() < until) {
		if (testdb_int(admin, sql) == want)
			return true;
		(void)usleep(5000);
	}
	return false;
}

#define COUNT "SELECT COUNT(*) FROM booked"

static void
put_many(enum lane lane, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		(void)put(lane);
}

/* --- tests --- */

static void
test_answers(void)
{
	struct side s;
	uint64_t tag;
	struct shm_health h;

	side_start(&s);
	tag = put(LANE_EVENTS);
	is_int(answer_to(tag), OUTCOME_BOOKED, "an event is booked and answered");
	is_int(testdb_int(admin, COUNT), 1, "once it is in the database");
	put_many(LANE_CLICKS, 500);
	ok(poll_int(COUNT, 501), "clicks are booked too");
	is_int(testdb_int(admin, "SELECT COUNT(DISTINCT node_id) FROM node"), 1,
	    "the node has registered");
	is_int(
	    testdb_int(admin, "SELECT COUNT(*) FROM fold_position WHERE last_txn_us > 0"),
	    2, "the newest ledger time is kept with each position");
	ok(poll_int("SELECT folded_through_us > (SELECT MAX(event_us) FROM event_log) "
		    "FROM node",
	       1),
	    "the complete time passes what was booked");
	side_stop(&s, false);
	shm_health(in.shm, &h);
	ok(h.backlog[LANE_CLICKS] == 0 && h.backlog[LANE_EVENTS] == 0,
	    "no backlog is left");
}

static void
test_stop_folds_all(void)
{
	struct side s;

	side_start(&s);
	put_many(LANE_EVENTS, 700);
	put_many(LANE_CLICKS, 300);
	side_stop(&s, false);
	is_int(testdb_int(admin, COUNT), next_number - set_aside,
	    "a clean end books all that was in the rings");
	side_start(&s);
	side_stop(&s, true);
	ok(true, "an end that shall leave things to a successor does not wait");
	is_int(testdb_int(admin, COUNT), next_number - set_aside,
	    "starting again books nothing twice");
}

static void
test_deadlock(void)
{
	struct side s;
	uint64_t tag;

	atomic_store(&orders->deadlocks, 3);
	side_start(&s);
	tag = put(LANE_EVENTS);
	is_int(answer_to(tag), OUTCOME_BOOKED, "after three deadlocks it is booked");
	is_int(testdb_int(admin, COUNT), next_number - set_aside, "once");
	side_stop(&s, false);
}

static void
test_poison(void)
{
	struct side s;
	uint64_t tag = 0, bad = 0;
	uint32_t poison = next_number + 41;

	atomic_store(&orders->poison, poison);
	for (unsigned i = 0; i < 100; i++) {
		tag = put(LANE_EVENTS);
		if (next_number == poison + 1)
			bad = tag;
	}
	side_start(&s);
	is_int(answer_to(bad), OUTCOME_ACCEPTED,
	    "who sent the bad one is told that it is kept");
	is_int(answer_to(tag), OUTCOME_BOOKED, "those behind a bad record are booked");
	set_aside = 1;
	is_int(testdb_int(admin, COUNT), next_number - set_aside, "all but that one");
	is_int(testdb_int(admin, "SELECT COUNT(*) FROM quarantine"), 1,
	    "it is in quarantine");
	is_int(testdb_int(admin, "SELECT LENGTH(body) FROM quarantine"),
	    (long long)sizeof(struct rec_event) + 4, "whole");
	is_int(testdb_int(admin, "SELECT why LIKE '%too long%' FROM quarantine"), 1,
	    "with the reason");
	side_stop(&s, false);
	testdb_exec(admin, "DELETE FROM quarantine");
	atomic_store(&orders->poison, UINT32_MAX);
}

static void
test_nonsense(void)
{
	struct side s;
	uint64_t tag = 0;

	atomic_store(&orders->nonsense, next_number);
	side_start(&s);
	for (unsigned i = 0; i < 300; i++)
		tag = put(LANE_EVENTS);
	is_int(answer_to(tag), OUTCOME_ACCEPTED,
	    "records that are no records are put aside");
	is_int(testdb_int(admin, "SELECT COUNT(*) FROM quarantine"), 300, "every one");
	side_stop(&s, false);
	testdb_exec(admin, "DELETE FROM quarantine");
	atomic_store(&orders->nonsense, UINT32_MAX);
	set_aside += 300;
}

static void
test_database_fault(void)
{
	struct side s;
	uint64_t tag;
	int before;

	atomic_store(&orders->no_table, true);
	side_start(&s);
	before = atomic_load(&orders->calls);
	tag = put(LANE_EVENTS);
	while (atomic_load(&orders->calls) < before + 3)
		(void)usleep(1000);
	is_int(testdb_int(admin, "SELECT COUNT(*) FROM quarantine"), 0,
	    "a fault of the database puts nothing into quarantine");
	atomic_store(&orders->no_table, false);
	is_int(answer_to(tag), OUTCOME_BOOKED, "once it is mended the event is booked");
	side_stop(&s, false);
}

static void
test_lost_answer(void)
{
	struct side s;
	uint64_t tag;

	side_start(&s);
	(void)answer_to(put(LANE_EVENTS));
	atomic_store(&orders->lose_answer, true);
	tag = put(LANE_EVENTS);
	is_int(answer_to(tag), OUTCOME_BOOKED,
	    "the outcome of a commit whose answer was lost comes from the log");
	is_int(testdb_int(admin, COUNT), next_number - set_aside,
	    "and nothing is booked twice");
	tag = put(LANE_EVENTS);
	is_int(answer_to(tag), OUTCOME_BOOKED, "and it goes on");
	side_stop(&s, false);
}

static void
test_lost_connection(void)
{
	struct side s;
	struct db_rows *r;
	int64_t id[64];
	size_t n = 0;

	side_start(&s);
	is_int(answer_to(put(LANE_EVENTS)), OUTCOME_BOOKED, "connected");
	/* Other tests have theirs on the same server. */
	must(
	    db_query(admin, &r,
		"SELECT ID FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND "
		"ID <> CONNECTION_ID()",
		"") == ERR_OK,
	    "connections");
	while (n < ARRAY_LEN(id) && db_next(r))
		id[n++] = db_i64(r, 0);
	must(db_rows_close(&r) == ERR_OK && n > 0, "of the side");
	for (size_t i = 0; i < n; i++) {
		char sql[64];

		(void)snprintf(sql, sizeof(sql), "KILL %lld", (long long)id[i]);
		(void)!db_exec_once(admin, sql, ""); /* it may have gone by itself */
	}
	is_int(answer_to(put(LANE_EVENTS)), OUTCOME_BOOKED,
	    "a connection that was cut is made again");
	is_int(testdb_int(admin, COUNT), next_number - set_aside, "nothing twice");
	side_stop(&s, false);
}

/* The database is put back to a backup: what was booked since is in the journal still. */
static void
test_restored(void)
{
	struct side s;

	testdb_exec(admin, "DELETE FROM booked WHERE number >= 400");
	testdb_exec(admin, "DELETE FROM event_log");
	testdb_exec(admin, "UPDATE fold_position SET pos = 0");
	testdb_exec(admin, "DELETE FROM booked");
	side_start(&s);
	ok(poll_int("SELECT COUNT(*) > 100 FROM booked", 1),
	    "positions that went back are folded again");
	is_int(answer_to(put(LANE_EVENTS)), OUTCOME_BOOKED, "up to the newest");
	side_stop(&s, false);
	is_int(testdb_int(admin, "SELECT COUNT(DISTINCT number) FROM booked"),
	    next_number, "every record is there, that from the quarantine too");
	set_aside = 0;
}

static void
test_moved_meanwhile(void)
{
	struct side s;
	int64_t n;

	side_start(&s);
	is_int(answer_to(put(LANE_EVENTS)), OUTCOME_BOOKED, "at work");
	n = testdb_int(admin, COUNT);
	testdb_exec(admin, "UPDATE fold_position SET pos = 0 WHERE lane = 1");
	testdb_exec(
	    admin, "DELETE FROM booked WHERE txn_us IN (SELECT txn_us FROM event_log)");
	testdb_exec(admin, "DELETE FROM event_log");
	(void)put(LANE_EVENTS);
	(void)put(LANE_CLICKS);
	ok(poll_int("SELECT COUNT(*) > 500 FROM booked", 1),
	    "a position that is not where it was left is read again, and folded from "
	    "there");
	side_stop(&s, false);
	ok(testdb_int(admin, COUNT) <= n + 2,
	    "and what the other lane has is left alone");
}

static void
test_unresolved_events(void)
{
	struct side s;
	uint64_t tag = slot_new_tag(slot);

	testdb_exec(admin, "INSERT INTO unresolved VALUES (1, 2, 7, 1, 3, 4, 'x')");
	atomic_store(&orders->unresolved_tag, tag);
	side_start(&s);
	is_int(answer_to(tag), OUTCOME_UNKNOWN_CLICK,
	    "an event that waited gets its answer when it is decided");
	is_int(testdb_int(admin, "SELECT state FROM unresolved"), 2, "in a transaction");
	side_stop(&s, false);
	atomic_store(&orders->unresolved_tag, 0);
}

static void
test_unresolved_bad(void)
{
	struct side s;

	testdb_exec(admin, "DELETE FROM unresolved");
	testdb_exec(admin,
	    "INSERT INTO unresolved SELECT seq, 2, 7, 1, 3, 4, 'x' FROM seq_1_to_50");
	atomic_store(&orders->unresolved_bad, 20);
	side_start(&s);
	ok(poll_int("SELECT COUNT(*) FROM unresolved", 1),
	    "those behind one that cannot be booked are booked");
	is_int(testdb_int(admin,
		   "SELECT COUNT(*) FROM unresolved WHERE event_us = 20 AND state = 2"),
	    1, "and it is kept as unknown");
	side_stop(&s, false);
	atomic_store(&orders->unresolved_bad, 0);
	testdb_exec(admin, "DELETE FROM unresolved");
}

static void
test_other_journal(void)
{
	struct side s;
	char why[256];
	static const uint8_t other[16] = "another journal";

	is_int(fold_register(admin, NODE, other, why), ERR_DENIED,
	    "a node_id belongs to one journal");
	ok(strstr(why, "node_id 7") != NULL, "and this is said: %s", why);
	testdb_exec(admin, "UPDATE node SET journal_uuid = REPEAT('x', 16)");
	side_start(&s);
	(void)pthread_join(s.folder[LANE_EVENTS], NULL);
	ok(atomic_load(&s.pair.refused),
	    "a fold does not write into a database that knows it otherwise");
	must(pthread_create(
		 &s.folder[LANE_EVENTS], NULL, fold_thread, s.fold[LANE_EVENTS]) == 0,
	    "thread");
	side_stop(&s, false);
	testdb_exec(admin, "DELETE FROM node");
	testdb_exec(admin, "DELETE FROM fold_position");
}

/* --- the storm: the process that journals and books is killed at any moment --- */

#define STORM_KILLS 40u

static pid_t
storm_child(void)
{
	static struct side s;
	pid_t parent = getpid(), pid = fork();

	must(pid != -1, "fork");
	if (pid != 0)
		return pid;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || getppid() != parent)
		_exit(1);
	side_start(&s);
	for (;;)
		(void)pause();
}

static void
test_storm(void)
{
	struct side s;
	uint32_t first = next_number;
	unsigned seed = (unsigned)clock_us();
	int64_t more;

	testdb_exec(admin, "DELETE FROM booked");
	testdb_exec(admin, "DELETE FROM event_log");
	testdb_exec(admin, "UPDATE fold_position SET pos = 0");
	/* What earlier tests left in the journal is booked first; the storm's own numbers
	 * are above. */
	side_start(&s);
	side_stop(&s, false);
	testdb_exec(admin, "DELETE FROM booked");
	printf("# seed %u\n", seed);
	(void)fflush(stdout);
	for (unsigned k = 0; k < STORM_KILLS; k++) {
		pid_t pid = storm_child();
		us_t until = clock_mono_us() + 5000 + rand_r(&seed) % 60000;

		while (clock_mono_us() < until) {
			if (ring_head(slot_ring(slot, LANE_EVENTS)) -
				ring_tail(slot_ring(slot, LANE_EVENTS)) <
			    32768)
				(void)put(LANE_EVENTS);
			if (ring_head(slot_ring(slot, LANE_CLICKS)) -
				ring_tail(slot_ring(slot, LANE_CLICKS)) <
			    32768)
				(void)put(LANE_CLICKS);
			(void)usleep(50);
		}
		(void)kill(pid, SIGKILL);
		must(waitpid(pid, NULL, 0) == pid, "waitpid");
	}
	side_start(&s);
	side_stop(&s, false);
	more = testdb_int(admin, "SELECT COUNT(*) FROM booked");
	is_int(more, next_number - first, "after the storm every record is booked, once");
	is_int(testdb_int(admin, "SELECT COUNT(DISTINCT number) FROM booked"), more,
	    "each of them another one");
	is_int(testdb_int(admin, "SELECT COUNT(*) FROM quarantine"), 0,
	    "none was put aside");
	printf("# %lld records, %u kills\n", (long long)more, STORM_KILLS);
}

static void
make_node(void)
{
	char why[512] = "";

	(void)snprintf(dir, sizeof(dir), "/tmp/fold-test-XXXXXX");
	must(mkdtemp(dir) != NULL, "mkdtemp");
	set = settings_new();
	must(settings_set(set, "state_dir", dir, why, sizeof(why)) &&
		 settings_set(set, "shm_dir", dir, why, sizeof(why)) &&
		 settings_set(set, "ring_clicks_bytes", "256KiB", why, sizeof(why)) &&
		 settings_set(set, "ring_events_bytes", "256KiB", why, sizeof(why)) &&
		 settings_set(set, "unique_entries", "1024", why, sizeof(why)) &&
		 settings_set(set, "database", "external", why, sizeof(why)) &&
		 settings_set(set, "database_socket", getenv("AFFILIATED_TEST_SOCKET"),
		     why, sizeof(why)) &&
		 settings_set(set, "database_user", "root", why, sizeof(why)) &&
		 settings_set(set, "database_name", testdb_name, why, sizeof(why)),
	    why);
	in.set = set;
	in.shm = shm_open_all(set, 1, why);
	must(in.shm != NULL, why);
	slot = slot_claim(in.shm);
	must(slot != NULL, "slot");
}

int
main(void)
{
	char cmd[128];

	admin = testdb_open();
	testdb_exec(admin, "CREATE TABLE booked (number INT UNSIGNED NOT NULL, txn_us "
			   "BIGINT NOT NULL, word VARCHAR(8) NOT NULL, "
			   "KEY (number))");
	orders = mmap(NULL, sizeof(*orders), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	must(orders != MAP_FAILED, "mmap");
	atomic_store(&orders->poison, UINT32_MAX);
	atomic_store(&orders->nonsense, UINT32_MAX);
	make_node();
	must(getenv("VERBOSE") != NULL || log_open("/dev/null"), "log");
	test_answers();
	test_stop_folds_all();
	test_deadlock();
	test_poison();
	test_nonsense();
	test_database_fault();
	test_lost_answer();
	test_lost_connection();
	test_restored();
	test_moved_meanwhile();
	test_unresolved_events();
	test_unresolved_bad();
	test_other_journal();
	test_storm();
	slot_release(&slot);
	shm_close(&in.shm);
	settings_free(&set);
	testdb_close(&admin);
	(void)snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
	(void)!system(cmd);
	return tap_done();
}
