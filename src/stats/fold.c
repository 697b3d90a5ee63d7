/* SPDX-License-Identifier: Apache-2.0
 * fold.c - see fold.h.
 */
#include "stats/fold.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "stats/jread.h"

#define FOLD_MAGIC 0x666f6c64u
#define CLICKS_AT_ONCE 16384u
#define EVENTS_AT_ONCE 1024u
#define UNRESOLVED_AT_ONCE 256u
#define TICK_MS \
	200 /* at least so often are waiting events tried and the complete time told */
#define GATHER_US \
	(100 * 1000) /* clicks: between two transactions, while there are few of them */
#define FEW_BYTES (1024u * 1024)
#define IDLE_TOLD_US US_SECOND
#define WAITING_LEAST_US (5 * 1000)
#define HURRY_US (5 * US_SECOND) /* more than any sensible postback_wait */
#define WAITING_TOLD_US (50 * 1000)
#define RETRY_LEAST_MS 20
#define RETRY_MOST_MS 2000
#define LAST_WAIT_US \
	(10 * US_SECOND) /* for a database that is away when we shall end \
			  */
/* So many records in a row that the database found fault with, and not one booked: more
 * likely the fault is not theirs, so each further one has to wait, and an administrator
 * has hours and not seconds until many are put aside.  What we found fault with ourselves
 * does not count: whoever sends nonsense must not slow the others down. */
#define QUARANTINE_STREAK 16u
#define QUARANTINE_WAIT_MS 1000

/* How a transaction ended. */
enum step {
	STEP_DONE,  /* committed */
	STEP_AGAIN, /* rolled back: deadlock, lock time-out, or the position was not where
		       we left it */
	STEP_DOWN,  /* rolled back: no database */
	STEP_DOUBT, /* the commit's answer was lost */
	STEP_RECORD, /* rolled back: a record is at fault */
	STEP_SYSTEM  /* rolled back: the database is at fault */
};

struct fold {
	uint32_t magic;
	struct fold_conf conf;
	struct lane_shm *lane;
	struct db *db;
	struct book *book;
	struct jread *reader;
	bool ready; /* connected, and pos is what the database says */
	bool said_down, said_system;
	char why[256]; /* the last failure */
	uint64_t pos;
	us_t last_txn_us;
	int retry_ms;
	unsigned streak; /* put into quarantine since the last one that was booked */
	bool our_fault;  /* the last failure was found by us, not by the database */
	us_t batch_us;   /* the last transaction, by the clock that never goes back */
	us_t looked_us;  /* the last time waiting events were looked for */
	us_t tried_us;   /* the last time they were tried */
	bool again; /* they were called for too soon after that: once more in a moment */
	us_t told_us, told_through_us;
	us_t aside_us;  /* the last record that went into quarantine */
	us_t ending_us; /* since when we shall end; 0 not yet */
	/* A batch whose commit may or may not have happened. */
	bool in_doubt;
	uint64_t doubt_to;
	const struct fold_item *doubt_item;
	unsigned doubt_n;
	struct rec_outcome out[EVENTS_AT_ONCE > UNRESOLVED_AT_ONCE ? EVENTS_AT_ONCE
								   : UNRESOLVED_AT_ONCE];
};

struct fold *
fold_new(const struct fold_conf *conf)
{
	struct fold *f;

	OBJ_NEW(f, FOLD_MAGIC);
	f->conf = *conf;
	f->lane = &shm_control(conf->in->shm)->lane[conf->lane];
	f->book = conf->calls->open(conf->in);
	/* What an earlier process knew is not known now: the database may be another
	 * state of itself. */
	atomic_store(&f->lane->folded_us, 0);
	return f;
}

void
fold_free(struct fold **fp)
{
	struct fold *f;

	if (*fp == NULL)
		return;
	OBJ_TAKE(f, fp, FOLD_MAGIC);
	f->conf.calls->close(&f->book);
	jread_close(&f->reader);
	db_close(&f->db);
	OBJ_FREE(f);
}

static const char *
lane_name(const struct fold *f)
{
	return f->conf.lane == LANE_CLICKS ? "clicks" : "events";
}

/* --- waiting --- */

static bool
shall_end(struct fold *f)
{
	struct pollfd p = {.fd = f->conf.stop_fd, .events = POLLIN};

	if (f->ending_us == 0 && poll(&p, 1, 0) > 0)
		f->ending_us = clock_mono_us();
	return f->ending_us != 0;
}

/* Until the journal has more, or somebody needs us, or so long. */
static void
rest(struct fold *f, int ms)
{
	struct pollfd p[2] = {{.fd = f->conf.pair->fd[f->conf.lane], .events = POLLIN},
	    {.fd = f->conf.stop_fd, .events = POLLIN}};
	uint64_t n;

	if (poll(p, f->ending_us == 0 ? 2 : 1, ms) > 0 && (p[0].revents & POLLIN) != 0)
		(void)!read(p[0].fd, &n, sizeof(n));
}

/* A pause that only the end cuts short. */
static void
pause_ms(struct fold *f, int ms)
{
	struct pollfd p = {.fd = f->conf.stop_fd, .events = POLLIN};

	(void)poll(
	    &p, f->ending_us == 0 ? 1 : 0, f->ending_us == 0 ? ms : RETRY_LEAST_MS);
}

static void
back_off(struct fold *f)
{
	pause_ms(f, f->retry_ms);
	f->retry_ms = f->retry_ms * 2 > RETRY_MOST_MS ? RETRY_MOST_MS : f->retry_ms * 2;
}

static void
call(int fd)
{
	static const uint64_t one = 1;

	(void)!write(fd, &one, sizeof(one));
}

/* --- the position --- */

enum err
fold_register(struct db *db, unsigned node_id, const uint8_t uuid[16], char why[256])
{
	struct str id = str_n((const char *)uuid, 16);
	struct db_rows *r = NULL;
	bool same = false;
	enum err rc;

	why[0] = '\0';
	rc = db_exec(db,
	    "INSERT IGNORE INTO node (node_id, journal_uuid, registered_us) VALUES (?, "
	    "?, ?)",
	    "ubi", (uint64_t)node_id, id, clock_us());
	if (rc == ERR_OK)
		rc = db_query(db, &r, "SELECT journal_uuid FROM node WHERE node_id = ?",
		    "u", (uint64_t)node_id);
	if (rc == ERR_OK && db_next(r))
		same = str_eq(db_str(r, 0), id);
	if (r != NULL)
		rc = db_rows_close(&r);
	if (rc != ERR_OK)
		(void)snprintf(why, 256, "%s", db_error(db));
	if (rc != ERR_OK || same)
		return rc;
	(void)snprintf(why, 256,
	    "node_id %u is registered in this database with another journal: give this "
	    "node another node_id, or "
	    "bring back the state_dir that belongs to it",
	    node_id);
	return ERR_DENIED;
}

uint64_t
fold_booked(struct db *db, unsigned node_id, const uint8_t uuid[16], enum lane lane)
{
	int64_t pos;

	if (db_int(db, &pos, 0,
		"SELECT pos FROM fold_position "
		"WHERE node_id = ? AND lane = ? AND journal_uuid = ?",
		"uub", (uint64_t)node_id, (uint64_t)lane,
		str_n((const char *)uuid, 16)) != ERR_OK)
		return 0;
	return (uint64_t)pos;
}

static enum err
make_position(struct fold *f)
{
	return db_exec(f->db,
	    "INSERT IGNORE INTO fold_position (node_id, lane, journal_uuid, pos) VALUES "
	    "(?, ?, ?, 0)",
	    "uub", (uint64_t)f->conf.node_id, (uint64_t)f->conf.lane,
	    str_n((const char *)f->conf.uuid, 16));
}

static enum err
read_position(struct fold *f)
{
	static const char sql[] = "SELECT pos, last_txn_us FROM fold_position "
				  "WHERE node_id = ? AND lane = ? AND journal_uuid = ?";
	struct db_rows *r = NULL;
	enum err rc = db_query(f->db, &r, sql, "uub", (uint64_t)f->conf.node_id,
	    (uint64_t)f->conf.lane, str_n((const char *)f->conf.uuid, 16));
	bool found;

	if (rc != ERR_OK)
		return rc;
	found = db_next(r);
	if (found) {
		f->pos = db_u64(r, 0);
		f->last_txn_us = db_i64(r, 1);
	}
	rc = db_rows_close(&r);
	if (rc == ERR_OK && !found)
		return ERR_NOT_FOUND;
	return rc;
}

static void
tell_position(struct fold *f)
{
	struct collect_mark m = collect_mark(f->conf.collect);

	atomic_store(&f->lane->folded, f->pos);
	if (f->pos >= m.pos && m.through_us > atomic_load(&f->lane->folded_us))
		atomic_store(&f->lane->folded_us, m.through_us);
}

/* --- answers --- */

static void
tell_workers(struct fold *f, const struct rec_outcome *out, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (out[i].tag != 0 && !reply_send(f->conf.in->shm, &out[i]))
			counter_add(COUNTER_replies_dropped, 1);
	}
}

static const struct rec_event *
event_of(const struct fold_item *it)
{
	return it->len < REC_EVENT_1 /* id and tag are what is wanted of it */
		   ? NULL
		   : (const struct rec_event *)(const void *)it->bytes;
}

static void
booked(struct fold *f, unsigned n)
{
	if (n == 0)
		return;
	f->streak = 0;
	counter_add(
	    f->conf.lane == LANE_CLICKS ? COUNTER_fold_clicks : COUNTER_fold_events, n);
}

/* The commit happened though its answer was lost: what was decided stands beside the
 * event. */
static void
send_from_log(struct fold *f)
{
	static const char sql[] =
	    "SELECT outcome, offer_id, txn_us, param FROM event_log "
	    "WHERE event_us = ? AND event_lo = ? AND node_id = ?";

	for (unsigned i = 0; i < f->doubt_n && f->conf.lane == LANE_EVENTS; i++) {
		const struct rec_event *ev = event_of(&f->doubt_item[i]);
		struct rec_outcome out = {.node_id = (uint16_t)f->conf.node_id};
		struct db_rows *r = NULL;
		bool found = false;

		if (ev == NULL || ev->tag == 0)
			continue;
		if (db_query(f->db, &r, sql, "iiu", ev->id.us, ev->id.lo,
			(uint64_t)f->conf.node_id) == ERR_OK &&
		    db_next(r)) {
			out.tag = ev->tag;
			out.outcome = (uint8_t)db_u64(r, 0);
			out.offer_id = (uint32_t)db_u64(r, 1);
			out.txn_us = db_i64(r, 2);
			out.param = (uint8_t)db_u64(r, 3);
			found = true;
		}
		/* Not found, or not readable just now: the worker's time-out answers
		 * "accepted", which is true. */
		if (db_rows_close(&r) == ERR_OK && found)
			tell_workers(f, &out, 1);
	}
}

/* --- connecting --- */

static void
say_down(struct fold *f, const char *why)
{
	atomic_store(&f->lane->db_down, 1);
	if (!f->said_down)
		log_warn("fold of %s: the database is away: %s", lane_name(f), why);
	f->said_down = true;
}

static enum err
connect_and_register(struct fold *f)
{
	struct db_where where;
	char why[256] = "";
	enum err rc;

	settings_db_where(f->conf.in->set, &where);
	if (f->db == NULL)
		f->db = db_open(&where, why);
	rc = f->db == NULL ? ERR_DB_DOWN : db_alive(f->db);
	if (rc == ERR_OK)
		rc = fold_register(f->db, f->conf.node_id, f->conf.uuid, why);
	if (rc == ERR_DENIED) {
		log_error("%s", why);
		atomic_store(&f->conf.pair->refused, true);
	} else if (rc != ERR_OK) {
		say_down(f, f->db == NULL || why[0] != '\0' ? why : db_error(f->db));
	}
	return rc;
}

static void
settle_doubt(struct fold *f)
{
	if (!f->in_doubt)
		return;
	f->in_doubt = false;
	if (f->pos != f->doubt_to)
		return;
	booked(f, f->doubt_n);
	send_from_log(f);
}

/* Connected, known there, and pos as the database has it. */
static bool
get_ready(struct fold *f)
{
	enum err rc = connect_and_register(f);

	if (rc == ERR_OK)
		rc = read_position(f);
	if (rc == ERR_NOT_FOUND) {
		rc = make_position(f);
		if (rc == ERR_OK)
			rc = read_position(f);
		if (rc == ERR_NOT_FOUND) {
			log_error("fold of %s: fold_position of node %u belongs to "
				  "another journal",
			    lane_name(f), f->conf.node_id);
			atomic_store(&f->conf.pair->refused, true);
		}
	}
	if (rc != ERR_OK) {
		if (rc != ERR_DENIED && f->db != NULL)
			say_down(f, db_error(f->db));
		return false;
	}
	if (f->said_down)
		log_info("fold of %s: the database is there", lane_name(f));
	f->said_down = false;
	atomic_store(&f->lane->db_down, 0);
	f->ready = true;
	settle_doubt(f);
	tell_position(f);
	/* Only when the machine came up, the journal had lost something, and the database
	 * went away between the master's look at it and ours. */
	if (f->pos > collect_synced(f->conf.collect) &&
	    f->pos > collect_least(f->conf.collect))
		log_error(
		    "fold of %s: the database has booked up to %llu, but the journal "
		    "ends at %llu, and new events are taken for booked ones: stop "
		    "this node, remove %s, start it again",
		    lane_name(f), (unsigned long long)f->pos,
		    (unsigned long long)collect_synced(f->conf.collect),
		    shm_path(f->conf.in->shm));
	return true;
}

/* --- a transaction --- */

/* Lock and move the position.  *moved: it is not where we left it, so somebody else is at
 * work or the database is another state of itself. */
static enum err
move_position(struct fold *f, uint64_t to, bool *moved)
{
	static const char sql[] =
	    "UPDATE fold_position SET pos = ? "
	    "WHERE node_id = ? AND lane = ? AND journal_uuid = ? AND pos = ?";
	enum err rc = db_exec(f->db, sql, "uuubu", to, (uint64_t)f->conf.node_id,
	    (uint64_t)f->conf.lane, str_n((const char *)f->conf.uuid, 16), f->pos);

	*moved = rc == ERR_OK && db_affected(f->db) != 1;
	return *moved ? ERR_DB_RETRY : rc;
}

static enum err
store_last_txn(struct fold *f, us_t last_txn_us)
{
	if (last_txn_us == f->last_txn_us)
		return ERR_OK;
	return db_exec(f->db,
	    "UPDATE fold_position SET last_txn_us = ? WHERE node_id = ? AND lane = ?",
	    "iuu", last_txn_us, (uint64_t)f->conf.node_id, (uint64_t)f->conf.lane);
}

/* Put one record aside in place of booking it. */
static enum err
quarantine(struct fold *f, const struct fold_item *it, const char *why)
{
	static const char sql[] =
	    "INSERT INTO quarantine (node_id, lane, pos, at_us, why, body) "
	    "VALUES (?, ?, ?, ?, ?, ?)";
	const struct rec_event *ev = f->conf.lane == LANE_EVENTS ? event_of(it) : NULL;

	memset(&f->out[0], 0, sizeof(f->out[0]));
	if (ev != NULL) {
		/* It is on disk and in a table, so it is accepted; what becomes of it
		 * people decide. */
		f->out[0].tag = ev->tag;
		f->out[0].outcome = OUTCOME_ACCEPTED;
		f->out[0].node_id = (uint16_t)f->conf.node_id;
	}
	return db_exec(f->db, sql, "uuuisb", (uint64_t)f->conf.node_id,
	    (uint64_t)f->conf.lane, it->pos, clock_us(), str_of(why),
	    str_n((const char *)it->bytes, it->len));
}

static enum err
book(struct fold *f, const struct fold_item *items, unsigned n, us_t *last_txn_us)
{
	struct fold_batch batch = {n, items, f->conf.node_id, last_txn_us};

	if (f->conf.lane == LANE_CLICKS)
		return f->conf.calls->clicks(f->book, f->db, &batch);
	memset(f->out, 0, n * sizeof(*f->out));
	return f->conf.calls->events(f->book, f->db, &batch, f->out);
}

/* Is it the record's fault, going by MariaDB's error number?  0: the failure was found by
 * us, in the record or in what LOAD DATA said. */
static bool
is_record_fault(enum err rc, unsigned number)
{
	static const unsigned of_data[] = {
	    0, 1048,          /* column cannot be null */
	    1062,             /* duplicate key */
	    1153,             /* packet too long */
	    1263, 1264, 1265, /* null, range, truncation */
	    1292, 1300,       /* wrong value, invalid character string */
	    1366,             /* incorrect value */
	    1406,             /* data too long */
	    1451, 1452,       /* foreign keys */
	    1690,             /* out of range in an expression */
	    4025,             /* a CHECK failed */
	};

	if (rc != ERR_DB_SQL && rc != ERR_DB_DUP)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(of_data); i++) {
		if (number == of_data[i])
			return true;
	}
	return false;
}

/* Printable, for a column and a log: a server's message may quote what was sent. */
static void
keep_reason(struct fold *f, enum err rc)
{
	bool sql = rc == ERR_DB_SQL || rc == ERR_DB_DUP || rc == ERR_DB_DOWN ||
		   rc == ERR_DB_RETRY;

	(void)snprintf(
	    f->why, sizeof(f->why), "%s", sql ? db_error(f->db) : err_text(rc));
	for (char *p = f->why; *p != '\0'; p++) {
		if (*p < ' ' || *p > '~')
			*p = '?';
	}
}

static enum step
step_of(struct fold *f, enum err rc)
{
	keep_reason(f, rc);
	if (rc == ERR_DB_DOWN)
		return STEP_DOWN;
	if (rc == ERR_DB_RETRY)
		return STEP_AGAIN;
	f->our_fault = rc != ERR_DB_SQL && rc != ERR_DB_DUP;
	return is_record_fault(rc, db_errno(f->db)) ? STEP_RECORD : STEP_SYSTEM;
}

/* Book items and move the position, or neither.  why != NULL: the one item goes into
 * quarantine. */
static enum step
transact(struct fold *f, const struct fold_item *items, unsigned n, uint64_t to,
    const char *why)
{
	us_t last = f->last_txn_us;
	bool moved;
	enum err rc = db_begin(f->db);

	if (rc == ERR_OK)
		rc = move_position(f, to, &moved);
	if (rc == ERR_OK && why != NULL)
		rc = quarantine(f, items, why);
	else if (rc == ERR_OK && n > 0)
		rc = book(f, items, n, &last);
	if (rc == ERR_OK)
		rc = store_last_txn(f, last);
	if (rc != ERR_OK) {
		enum step step = step_of(f, rc);

		db_rollback(f->db);
		return step;
	}
	rc = db_commit(f->db);
	if (rc != ERR_OK) {
		keep_reason(f, rc);
		db_rollback(f->db);
		return STEP_DOUBT;
	}
	f->pos = to;
	f->last_txn_us = last;
	f->retry_ms = RETRY_LEAST_MS;
	if (n > 0 && f->conf.lane == LANE_EVENTS)
		tell_workers(f, f->out, n);
	counter_add(COUNTER_fold_batches, 1);
	tell_position(f);
	return STEP_DONE;
}

/* --- what to do about failures --- */

static enum step
put_aside(struct fold *f, const struct fold_item *it, uint64_t to)
{
	char why[sizeof(f->why)];
	bool ours = f->our_fault;
	enum step step;

	memcpy(why, f->why, sizeof(why));
	if (!ours && f->streak >= QUARANTINE_STREAK) {
		if (shall_end(f))
			return STEP_SYSTEM;
		log_error("fold of %s: %u records in a row could not be booked; the next "
			  "one waits: %s",
		    lane_name(f), f->streak, why);
		pause_ms(f, QUARANTINE_WAIT_MS);
	}
	step = transact(f, it, 1, to, why);
	if (step != STEP_DONE)
		return step;
	f->streak += !ours;
	counter_add(COUNTER_fold_quarantined, 1);
	/* A line a second: each has its row, and a flood of them shall not fill the log.
	 */
	if (clock_mono_us() - f->aside_us >= US_SECOND)
		log_error(
		    "fold of %s: the record at %llu of the journal could not be booked "
		    "and is in table quarantine: %s",
		    lane_name(f), (unsigned long long)it->pos, why);
	f->aside_us = clock_mono_us();
	return STEP_DONE;
}

/* Items of which the last one ends at `to`. */
static enum step
fold_items(struct fold *f, const struct fold_item *items, unsigned n, uint64_t to)
{
	enum step step = transact(f, items, n, to, NULL);
	unsigned half = n / 2;

	if (step == STEP_DONE)
		booked(f, n);
	if (step == STEP_DOUBT) {
		f->in_doubt = true;
		f->doubt_to = to;
		f->doubt_item = items;
		f->doubt_n = n;
	}
	if (step != STEP_RECORD)
		return step;
	counter_add(COUNTER_fold_retries, 1);
	if (n <= 1)
		return n == 0 ? STEP_SYSTEM : put_aside(f, items, to);
	step = fold_items(f, items, half, items[half].pos);
	if (step == STEP_DONE)
		step = fold_items(f, items + half, n - half, to);
	return step;
}

static void
failed(struct fold *f, enum step step)
{
	counter_add(COUNTER_fold_retries, 1);
	f->ready = false;
	if (step == STEP_DOWN || step == STEP_DOUBT)
		say_down(f, f->why);
	else if (step != STEP_AGAIN && !f->said_system)
		log_error("fold of %s: rests until the database can take it: %s",
		    lane_name(f), f->why);
	f->said_system = step == STEP_SYSTEM || step == STEP_RECORD;
	back_off(f);
}

/* --- events that wait --- */

/* *hurry: one of them came so lately that its sender still waits for the answer.  *any:
 * there are some, perhaps for hours, until another node is back. */
static enum err
who_waits(struct fold *f, bool *any, bool *hurry)
{
	int64_t newest;
	enum err rc = db_int(f->db, &newest, 0,
	    "SELECT event_us FROM unresolved WHERE state = 1 AND node_id = ? "
	    "ORDER BY event_us DESC LIMIT 1",
	    "u", (uint64_t)f->conf.node_id);

	*any = rc == ERR_OK && newest != 0;
	*hurry = *any && clock_us() - newest < HURRY_US;
	return rc;
}

/* One transaction for at most `cap` of them; 0: the first is set aside instead. */
static enum err
try_some(struct fold *f, unsigned cap, unsigned *n)
{
	us_t last = f->last_txn_us;
	bool moved;
	enum err rc = db_begin(f->db);

	/* The position's row is locked although it does not move: last_txn_us is ours
	 * alone while we hold it. */
	*n = 0;
	if (rc == ERR_OK)
		rc = move_position(f, f->pos, &moved);
	if (rc == ERR_OK && cap == 0)
		rc = f->conf.calls->aside(f->db, f->conf.node_id);
	else if (rc == ERR_OK)
		rc = f->conf.calls->unresolved(
		    f->book, f->db, f->conf.node_id, &last, f->out, cap, n);
	if (rc == ERR_OK)
		rc = store_last_txn(f, last);
	if (rc == ERR_OK)
		rc = db_commit(f->db);
	if (rc != ERR_OK) {
		db_rollback(f->db);
		return rc;
	}
	f->last_txn_us = last;
	tell_workers(f, f->out, *n);
	return ERR_OK;
}

/* One that the database finds fault with must not hold up those behind it: by halves down
 * to it alone, then it is set aside.  One a round, as the fault may not be theirs. */
static enum err
try_waiting(struct fold *f)
{
	unsigned cap = (unsigned)ARRAY_LEN(f->out), n = 1;
	enum err rc = try_some(f, cap, &n);

	while (rc != ERR_OK && step_of(f, rc) == STEP_RECORD && cap > 0) {
		cap /= 2;
		do {
			rc = try_some(f, cap, &n);
		} while (rc == ERR_OK && n > 0);
	}
	if (rc == ERR_OK && cap == 0)
		log_error("an event that waited for its click could not be booked and is "
			  "kept as unknown: %s",
		    f->why);
	return rc;
}

/* While a sender waits: at each fold of clicks, but not all the time.  Otherwise after a
 * batch, which may have left some, and once a second, for those that wait for another
 * node or that a replay or an import sets waiting again. */
static enum err
unresolved(struct fold *f)
{
	us_t now = clock_mono_us(), least = 0;
	bool any, hurry = atomic_load(&f->conf.pair->unresolved);
	enum err rc;

	if (hurry)
		least = WAITING_LEAST_US;
	else if (f->batch_us <= f->looked_us)
		least = IDLE_TOLD_US;
	f->again = now - f->looked_us < least;
	if (f->again)
		return ERR_OK;
	f->looked_us = now;
	rc = who_waits(f, &any, &hurry);
	if (rc == ERR_OK && any && (hurry || now - f->tried_us >= IDLE_TOLD_US)) {
		f->tried_us = now;
		/* Set first: the clicks' fold then brings what is waited for without
		 * gathering. */
		atomic_store(&f->conf.pair->unresolved, hurry);
		if (hurry)
			call(f->conf.pair->fd[LANE_CLICKS]);
		rc = try_waiting(f);
		if (rc == ERR_OK)
			rc = who_waits(f, &any, &hurry);
	}
	if (rc == ERR_OK)
		atomic_store(&f->conf.pair->unresolved, hurry);
	return rc;
}

/* --- the complete time --- */

/* Both lanes have booked all that was acknowledged before: other nodes wait for this to
 * call a click unknown (E5). */
static enum err
tell_through(struct fold *f)
{
	struct lane_shm *lanes = shm_control(f->conf.in->shm)->lane;
	us_t clicks = atomic_load(&lanes[LANE_CLICKS].folded_us),
	     events = atomic_load(&lanes[LANE_EVENTS].folded_us);
	us_t through = clicks < events ? clicks : events, now = clock_mono_us();
	us_t interval =
	    atomic_load(&f->conf.pair->unresolved) ? WAITING_TOLD_US : IDLE_TOLD_US;
	enum err rc;

	if (through <= f->told_through_us || now - f->told_us < interval)
		return ERR_OK;
	rc = db_exec(f->db,
	    "UPDATE node SET folded_through_us = ? WHERE node_id = ? AND "
	    "folded_through_us < ?",
	    "iui", through, (uint64_t)f->conf.node_id, through);
	if (rc == ERR_OK) {
		f->told_us = now;
		f->told_through_us = through;
	}
	return rc;
}

/* --- the thread --- */

/* Few clicks a moment after the last transaction: more will come, and one commit serves
 * them all. */
static bool
gathers(struct fold *f, uint64_t limit)
{
	return f->conf.lane == LANE_CLICKS && limit - f->pos < FEW_BYTES &&
	       !shall_end(f) && clock_mono_us() - f->batch_us < GATHER_US &&
	       !atomic_load(&f->conf.pair->unresolved);
}

static void
lost(struct fold *f, enum jread_got got, uint64_t from, uint64_t to)
{
	counter_add(got == JREAD_GAP ? COUNTER_fold_gaps : COUNTER_journal_damaged, 1);
	log_error("fold of %s: the journal from %llu to %llu %s", lane_name(f),
	    (unsigned long long)from, (unsigned long long)to,
	    got == JREAD_GAP ? "is not there any more and was not booked from here"
			     : "is damaged: what stood there cannot be booked");
}

/* The next stretch of the journal. */
static enum step
fold_some(struct fold *f, uint64_t limit)
{
	const struct fold_item *items = NULL;
	uint64_t to = f->pos;
	unsigned n = 0;
	enum jread_got got = jread_batch(f->reader, &to, limit,
	    f->conf.lane == LANE_CLICKS ? CLICKS_AT_ONCE : EVENTS_AT_ONCE, &items, &n);

	if (got == JREAD_ERROR) {
		(void)snprintf(f->why, sizeof(f->why), "the journal cannot be read: %s",
		    strerror(errno));
		return STEP_SYSTEM;
	}
	if (got == JREAD_END)
		to = limit;
	if (got == JREAD_DAMAGED || got == JREAD_GAP)
		lost(f, got, f->pos, to);
	f->batch_us = clock_mono_us();
	return fold_items(f, items, n, to);
}

static enum step
one_round(struct fold *f)
{
	uint64_t limit = collect_synced(f->conf.collect);
	enum step step;
	enum err rc;

	if (f->pos < limit && !gathers(f, limit)) {
		step = fold_some(f, limit);
		if (step != STEP_DONE)
			return step;
		if (f->conf.lane == LANE_CLICKS)
			call(f->conf.pair->fd[LANE_EVENTS]);
	}
	tell_position(f);
	if (f->conf.lane != LANE_EVENTS)
		return STEP_DONE;
	rc = tell_through(f);
	if (rc == ERR_OK)
		rc = unresolved(f);
	return rc == ERR_OK ? STEP_DONE : step_of(f, rc);
}

/* Somebody called for the events that wait, too soon after the last try. */
static bool
waits_a_moment(const struct fold *f)
{
	return f->again && atomic_load(&f->conf.pair->unresolved);
}

/* Nothing left to do before the end, or no way to do it. */
static bool
is_done(struct fold *f)
{
	uint64_t limit = collect_synced(f->conf.collect);

	if (atomic_load(&f->conf.pair->refused))
		return true;
	if (!shall_end(f))
		return false;
	if (atomic_load(f->conf.leave) || (f->ready && f->pos >= limit))
		return true;
	if (f->ready || clock_mono_us() - f->ending_us < LAST_WAIT_US)
		return false;
	log_warn("fold of %s: the database is away; %llu bytes stay in the journal for "
		 "the next start",
	    lane_name(f), (unsigned long long)(limit - f->pos));
	return true;
}

void *
fold_thread(void *arg)
{
	struct fold *f = arg;
	enum step step;

	assert(OBJ_IS(f, FOLD_MAGIC));
	f->retry_ms = RETRY_LEAST_MS;
	while (!is_done(f)) {
		if (f->reader == NULL)
			f->reader =
			    jread_open(f->conf.journal_dir, f->conf.lane, f->conf.uuid);
		if (f->reader == NULL || (!f->ready && !get_ready(f))) {
			back_off(f);
			continue;
		}
		step = one_round(f);
		if (step != STEP_DONE) {
			failed(f, step);
			continue;
		}
		if (f->pos >= collect_synced(f->conf.collect))
			rest(f, waits_a_moment(f) ? WAITING_LEAST_US / 1000 : TICK_MS);
		else if (gathers(f, collect_synced(f->conf.collect)))
			rest(f, GATHER_US / 1000);
	}
	return NULL;
}
