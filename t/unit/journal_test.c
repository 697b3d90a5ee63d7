/* SPDX-License-Identifier: Apache-2.0
 * journal_test.c - rings to journal and back: killed between write and sync, torn tails,
 * syncs that fail, a budget that is spent, segments that go.
 *
 * journal.c and collect.c are included: the system calls of the one are made to fail, the
 * insides of the other are looked at.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int fail_syncs, fail_writes, kill_at_sync;

static int
test_fdatasync(int fd)
{
	if (kill_at_sync > 0 && --kill_at_sync == 0)
		_exit(9);
	if (fail_syncs > 0) {
		fail_syncs--;
		errno = EIO;
		return -1;
	}
	return fdatasync(fd);
}

static ssize_t
test_pwrite(int fd, const void *p, size_t n, off_t off)
{
	/* The heads of segments are written by the same call and are let through. */
	if (fail_writes > 0 && off != 0) {
		fail_writes--;
		errno = EIO;
		return -1;
	}
	return pwrite(fd, p, n, off);
}

#define fdatasync test_fdatasync
#define pwrite test_pwrite
#include "../../src/stats/journal.c"
#undef fdatasync
#undef pwrite
#include "../../src/stats/collect.c"

#include "base/savefile.h"
#include "stats/foldmark.h"

#include "tap.h"

#define SEGMENT (1024u * 1024)

/* A node of one worker in a directory of its own. */
struct node {
	char dir[64], lane_dir[300];
	struct settings *set;
	struct shm *shm;
	struct journal_home home;
	_Atomic uint64_t used;
	struct collect *collect;
	struct slot *slot;
	struct journal_conf conf;
	uint64_t booked;
	int stop_fd, fold_fd;
	uint32_t next; /* number of the next record */
};

static void
must(bool good, const char *what)
{
	if (good)
		return;
	printf("Bail out! %s\n", what);
	exit(1);
}

static void
set_key(struct settings *set, const char *key, const char *value)
{
	char why[512];

	must(settings_set(set, key, value, why, sizeof(why)), why);
}

static void
start_stats(struct node *n)
{
	struct collect_conf cc = {.shm = n->shm,
	    .lane = LANE_EVENTS,
	    .stop_fd = n->stop_fd,
	    .fold_fd = n->fold_fd};
	char why[JOURNAL_WHY] = "";

	must(
	    journal_home_open(&n->home, n->dir, why) && journal_home_lock(&n->home), why);
	journal_lane_dir(n->lane_dir, sizeof(n->lane_dir), &n->home, LANE_EVENTS);
	n->conf.home = &n->home;
	n->conf.disk_used = &n->used;
	atomic_store(&n->used, 0);
	cc.journal = n->conf;
	cc.booked = n->booked;
	n->collect = collect_new(&cc, why);
	must(n->collect != NULL, why);
}

static void
stop_stats(struct node *n)
{
	collect_free(&n->collect);
	journal_home_close(&n->home);
}

static void
node_new(struct node *n)
{
	char why[SHM_WHY] = "";

	memset(n, 0, sizeof(*n));
	(void)snprintf(n->dir, sizeof(n->dir), "/tmp/journal-test-XXXXXX");
	must(mkdtemp(n->dir) != NULL, "mkdtemp");
	n->set = settings_new();
	set_key(n->set, "state_dir", n->dir);
	set_key(n->set, "shm_dir", n->dir);
	set_key(n->set, "ring_clicks_bytes", "64KiB");
	set_key(n->set, "ring_events_bytes", "256KiB");
	set_key(n->set, "unique_entries", "1024");
	n->shm = shm_open_all(n->set, 1, why);
	must(n->shm != NULL, why);
	n->stop_fd = eventfd(0, EFD_NONBLOCK);
	n->fold_fd = eventfd(0, EFD_NONBLOCK);
	n->conf = (struct journal_conf){.lane = LANE_EVENTS,
	    .segment_bytes = SEGMENT,
	    .disk_budget = 64u * SEGMENT,
	    .keep = 3600 * US_SECOND};
	start_stats(n);
	n->slot = slot_claim(n->shm);
	must(n->slot != NULL, "no slot");
}

static void
node_free(struct node *n)
{
	char cmd[128];

	if (n->slot != NULL)
		slot_release(&n->slot);
	stop_stats(n);
	shm_close(&n->shm);
	settings_free(&n->set);
	(void)close(n->stop_fd);
	(void)close(n->fold_fd);
	(void)snprintf(cmd, sizeof(cmd), "rm -rf %s", n->dir);
	(void)!system(cmd);
}

/* Records of varying length, each with its number in front.  Returns how many went in. */
static unsigned
put(struct node *n, unsigned count, size_t longest)
{
	struct ring *r = slot_ring(n->slot, LANE_EVENTS);
	unsigned done = 0;

	for (; done < count; done++, n->next++) {
		size_t len = 4 + (longest > 4 ? (n->next * 37) % (longest - 4) : 0);
		unsigned char *p = ring_reserve(r, len);

		if (p == NULL)
			break;
		memset(p, (int)(n->next & 0xff), len);
		memcpy(p, &n->next, 4);
		(void)ring_commit(r, REC_POST, len);
	}
	return done;
}

static enum err
pass(struct node *n)
{
	unsigned taken;

	return collect_pass(n->collect, &taken);
}

/* Reads the journal from `from`; every record must be the next one.  Returns how many
 * came, UINT32_MAX when one was not what was due. */
static uint32_t
read_back(struct node *n, uint64_t *from, uint32_t first, unsigned most)
{
	struct jread *r = jread_open(n->lane_dir, LANE_EVENTS, n->home.uuid);
	const struct fold_item *items;
	uint32_t due = first;
	unsigned got;
	enum jread_got rc;

	must(r != NULL, "jread_open");
	while ((rc = jread_batch(r, from, collect_synced(n->collect), most, &items,
		    &got)) == JREAD_OK ||
	       (rc == JREAD_GAP && first == 0)) {
		for (unsigned i = 0; rc == JREAD_OK && i < got; i++, due++) {
			if (memcmp(items[i].bytes, &due, 4) != 0 ||
			    items[i].kind != REC_POST ||
			    (items[i].len > 4 &&
				items[i].bytes[items[i].len - 1] != (due & 0xff))) {
				jread_close(&r);
				return UINT32_MAX;
			}
		}
	}
	jread_close(&r);
	return rc == JREAD_END ? due - first : UINT32_MAX;
}

static unsigned
count_segments(const struct node *n)
{
	struct segment *seg;
	int fd = open(n->lane_dir, O_RDONLY | O_DIRECTORY),
	    count = segment_list(&seg, fd, LANE_EVENTS, NULL);

	free(seg);
	(void)close(fd);
	return (unsigned)count;
}

/* --- the way there and back --- */

static void
test_round_trip(void)
{
	struct node n;
	uint64_t pos = 0, half;
	unsigned in = 0;

	node_new(&n);
	for (unsigned i = 0; i < 40; i++) {
		in += put(&n, 100, 2000);
		must(pass(&n) == ERR_OK, "pass");
	}
	is_int(in, 4000, "a ring that is drained takes everything");
	ok(count_segments(&n) > 3, "several segments");
	is_int(read_back(&n, &pos, 0, 1000), 4000,
	    "every record comes back once, whole and in order");
	pos = 0;
	is_int(read_back(&n, &pos, 0, 7), 4000,
	    "also seven at a time: a position within a frame is found");
	half = pos;
	put(&n, 10, 100);
	must(pass(&n) == ERR_OK, "pass");
	is_int(read_back(&n, &half, 4000, 3), 10, "a reader goes on where it was");
	node_free(&n);
}

static void
test_mid_frame_start(void)
{
	struct node n;
	struct jread *r;
	const struct fold_item *items;
	uint64_t pos = 0, at;
	unsigned got;
	uint32_t number;

	node_new(&n);
	put(&n, 200, 500);
	must(pass(&n) == ERR_OK, "pass");
	r = jread_open(n.lane_dir, LANE_EVENTS, n.home.uuid);
	must(r != NULL && jread_batch(r, &pos, collect_synced(n.collect), 123, &items,
			      &got) == JREAD_OK,
	    "batch");
	at = items[77].pos;
	is_int((long long)pos,
	    (long long)items[122].pos + (long long)ring_padded(items[122].len),
	    "the batch ends where its last record ends");
	jread_close(&r);
	r = jread_open(n.lane_dir, LANE_EVENTS, n.home.uuid);
	ok(r != NULL &&
		jread_batch(r, &at, collect_synced(n.collect), 1, &items, &got) ==
		    JREAD_OK &&
		got == 1,
	    "a new reader begins within a frame");
	memcpy(&number, items[0].bytes, 4);
	is_int(number, 77, "at the very record");
	jread_close(&r);
	node_free(&n);
}

/* --- kills --- */

/* A process that journals and dies at the n-th sync, the written bytes still in the page
 * cache. */
static void
die_at_sync(struct node *n, int nth)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		kill_at_sync = nth;
		_exit(pass(n) == ERR_OK ? 0 : 1);
	}
	(void)waitpid(pid, &status, 0);
	must(WIFEXITED(status) && WEXITSTATUS(status) == 9,
	    "the child was to die at its sync");
}

static void
test_killed_before_sync(void)
{
	struct node n;
	uint64_t pos = 0;

	node_new(&n);
	put(&n, 50, 300);
	must(pass(&n) == ERR_OK, "pass");
	put(&n, 50, 300);
	die_at_sync(&n, 1);
	stop_stats(&n);
	ok(!ring_is_empty(slot_ring(n.slot, LANE_EVENTS)),
	    "killed between write and sync: the ring still has it");
	start_stats(&n);
	must(pass(&n) == ERR_OK, "pass");
	is_int(read_back(&n, &pos, 0, 1000), 100, "it is in the journal once");
	ok(ring_is_empty(slot_ring(n.slot, LANE_EVENTS)), "and out of the ring");
	node_free(&n);
}

/* Between the sync and the moving of tails: the control page knows, the ring does not. */
static void
test_killed_before_tails(void)
{
	struct node n;
	struct ring *r;
	uint64_t pos = 0, tail, journal_pos;

	node_new(&n);
	put(&n, 30, 300);
	must(pass(&n) == ERR_OK, "pass");
	r = slot_ring(n.slot, LANE_EVENTS);
	tail = ring_tail(r);
	journal_pos = atomic_load(&r->shm->journal_pos);
	put(&n, 30, 300);
	must(pass(&n) == ERR_OK, "pass");
	stop_stats(&n);
	atomic_store(&r->shm->tail, tail);
	atomic_store(&r->shm->journal_pos, journal_pos);
	start_stats(&n);
	ok(ring_is_empty(r),
	    "killed between sync and tails: the tails are taken from the journal");
	must(pass(&n) == ERR_OK, "pass");
	is_int(read_back(&n, &pos, 0, 1000), 60, "and nothing is journaled twice");
	node_free(&n);
}

/* The machine went down: no shared memory any more, and the last frame is half on disk.
 */
static void
test_torn_tail(void)
{
	struct node n;
	uint64_t pos = 0, end;
	char path[400], name[JOURNAL_NAME_BYTES], why[SHM_WHY];
	int fd;

	node_new(&n);
	put(&n, 20, 300);
	must(pass(&n) == ERR_OK, "pass");
	end = collect_synced(n.collect);
	put(&n, 20, 300);
	must(pass(&n) == ERR_OK, "pass");
	slot_release(&n.slot);
	stop_stats(&n);
	segment_name(name, 0);
	(void)snprintf(path, sizeof(path), "%s/%s", n.lane_dir, name);
	fd = open(path, O_RDWR);
	must(fd != -1 && ftruncate(fd, (off_t)end + 200) == 0 &&
		 ftruncate(fd, SEGMENT) == 0,
	    "tear");
	(void)close(fd);
	(void)snprintf(path, sizeof(path), "rm -rf %s", shm_path(n.shm));
	shm_close(&n.shm);
	must(system(path) == 0, "rm");
	n.shm = shm_open_all(n.set, 1, why);
	must(n.shm != NULL, why);
	start_stats(&n);
	is_int((long long)collect_synced(n.collect), (long long)end,
	    "a torn frame ends the journal");
	n.slot = slot_claim(n.shm);
	n.next = 20;
	put(&n, 25, 300);
	must(pass(&n) == ERR_OK, "pass");
	is_int(read_back(&n, &pos, 0, 1000), 45,
	    "what comes later stands behind the last whole one");
	node_free(&n);
}

/* The database has booked more than the journal now shows: a disk that lied, an older
 * directory. */
static void
test_shorter_than_booked(void)
{
	struct node n;
	uint64_t booked, pos;

	node_new(&n);
	put(&n, 20, 300);
	must(pass(&n) == ERR_OK, "pass");
	booked = collect_synced(n.collect) + 5 * SEGMENT + 808;
	stop_stats(&n);
	n.booked = booked;
	start_stats(&n);
	put(&n, 20, 300);
	must(pass(&n) == ERR_OK, "pass");
	ok(collect_synced(n.collect) > booked,
	    "new events stand behind all that was ever booked");
	pos = booked;
	is_int(read_back(&n, &pos, 20, 1000), 20, "where the fold finds them");
	pos = 0;
	is_int(read_back(&n, &pos, 0, 1000), 40, "and a restored database all");
	node_free(&n);
}

/* --- a disk that fails --- */

static void
test_failed_sync(void)
{
	struct node n;
	uint64_t pos = 0;

	node_new(&n);
	put(&n, 40, 300);
	must(pass(&n) == ERR_OK, "pass");
	put(&n, 40, 300);
	fail_syncs = 1;
	ok(pass(&n) == ERR_IO, "a sync that fails is told");
	ok(!ring_is_empty(slot_ring(n.slot, LANE_EVENTS)),
	    "the ring keeps what was not synced");
	pos = 0;
	is_int(read_back(&n, &pos, 0, 1000), 40, "nobody reads it from the journal");
	put(&n, 10, 300);
	ok(pass(&n) == ERR_OK, "the next attempt succeeds");
	is_int(count_segments(&n), 2, "in a new segment");
	pos = 0;
	is_int(read_back(&n, &pos, 0, 1000), 90, "and everything is there once");
	fail_syncs = 3;
	put(&n, 10, 300);
	for (unsigned i = 0; i < 3; i++)
		ok(pass(&n) != ERR_OK, "a disk that fails again and again");
	ok(pass(&n) == ERR_OK, "until it does not");
	pos = 0;
	is_int(read_back(&n, &pos, 0, 1000), 100, "still everything once");
	node_free(&n);
}

static void
test_failed_write(void)
{
	struct node n;
	uint64_t pos = 0;

	node_new(&n);
	put(&n, 40, 300);
	fail_writes = 1;
	ok(pass(&n) == ERR_IO, "a write that fails is told");
	stop_stats(&n);
	start_stats(&n);
	put(&n, 40, 300);
	ok(pass(&n) == ERR_OK, "the next process has better luck");
	is_int(read_back(&n, &pos, 0, 1000), 80, "everything once");
	node_free(&n);
}

/* The failure comes while a full segment is sealed in mid-pass: what was confirmed by
 * then stays. */
static void
test_failed_sync_at_seal(void)
{
	struct node n;
	uint64_t pos = 0;
	unsigned in = 0;

	node_new(&n);
	for (unsigned i = 0; i < 400 && count_segments(&n) < 2; i++) {
		in += put(&n, 1, 60000);
		must(pass(&n) == ERR_OK, "pass");
	}
	for (unsigned i = 0; i < 60; i++) {
		in += put(&n, 2, 60000);
		fail_syncs = (int)(i % 3 == 1);
		fail_writes = (int)(i % 5 == 4);
		while (pass(&n) != ERR_OK)
			;
	}
	pos = 0;
	is_int(read_back(&n, &pos, 0, 50), in,
	    "failures at any place, also at the change of segments");
	node_free(&n);
}

/* --- room --- */

static void
test_budget(void)
{
	struct node n;
	unsigned in = 0, out;
	enum err rc = ERR_OK;
	uint64_t pos = 0;

	node_new(&n);
	stop_stats(&n);
	n.conf.disk_budget = 4u * SEGMENT;
	start_stats(&n);
	while (rc == ERR_OK) {
		in += put(&n, 20, 4000);
		rc = pass(&n);
	}
	ok(rc == ERR_FULL, "a budget that is spent refuses");
	ok(atomic_load(&n.used) <= 4u * SEGMENT, "%llu of %u bytes are used",
	    (unsigned long long)atomic_load(&n.used), 4u * SEGMENT);
	while (put(&n, 1, 4000) == 1)
		in++;
	ok(pass(&n) == ERR_FULL, "and goes on refusing");
	out = read_back(&n, &pos, 0, 1000);
	ok(out <= in && out > 1500, "what was taken before can be read (%u of %u)", out,
	    in);
	journal_folded(n.collect->journal, pos);
	ok(pass(&n) == ERR_OK,
	    "once it is booked there is room, though it would have been kept longer");
	is_int(read_back(&n, &pos, out, 1000), in - out, "and nothing was lost");
	node_free(&n);
}

static void
test_removal(void)
{
	struct node n;
	uint64_t pos = 0, early;
	unsigned in = 0, segments;

	node_new(&n);
	for (unsigned i = 0; i < 30; i++) {
		in += put(&n, 100, 3000);
		must(pass(&n) == ERR_OK, "pass");
	}
	segments = count_segments(&n);
	must(segments >= 4, "several segments");
	is_int(read_back(&n, &pos, 0, 1000), in, "all there");
	journal_folded(n.collect->journal, pos);
	is_int(count_segments(&n), segments, "booked segments stay for journal_keep");
	clock_set(clock_us() + 2 * 3600 * US_SECOND);
	journal_folded(n.collect->journal, SEGMENT + 5000);
	is_int(count_segments(&n), segments - 1, "then those go that are booked whole");
	journal_folded(n.collect->journal, pos);
	is_int(count_segments(&n), 1, "but never the newest");
	ok(atomic_load(&n.used) <= 2u * SEGMENT,
	    "their bytes are given back to the budget");
	clock_set(0);
	early = 0;
	ok(read_back(&n, &early, 1, 1000) == UINT32_MAX && early > SEGMENT,
	    "a reader is told of the gap");
	node_free(&n);
}

static void
test_clicks_leave_room(void)
{
	struct journal_home home;
	_Atomic uint64_t used = 0;
	struct journal_conf conf = {.home = &home,
	    .segment_bytes = SEGMENT,
	    .disk_budget = 8u * SEGMENT,
	    .disk_used = &used,
	    .keep = US_DAY};
	struct journal *clicks, *events;
	struct journal_stretch s = {
	    .ring = (const uint8_t *)"sixteen bytes..", .n = 200000};
	char dir[] = "/tmp/journal-test-XXXXXX", why[JOURNAL_WHY], cmd[64];

	must(mkdtemp(dir) != NULL && journal_home_open(&home, dir, why), "home");
	s.bytes = obj_alloc(s.n);
	conf.lane = LANE_CLICKS;
	clicks = journal_open(&conf, why);
	conf.lane = LANE_EVENTS;
	events = journal_open(&conf, why);
	must(clicks != NULL && events != NULL && journal_trust(clicks) == ERR_OK &&
		 journal_trust(events) == ERR_OK,
	    "open");
	while (journal_append(clicks, &s) == ERR_OK)
		must(journal_sync(clicks) == ERR_OK, "sync");
	ok(used > 6u * SEGMENT && used <= 7u * SEGMENT,
	    "clicks get seven eighths of the budget");
	ok(journal_append(events, &s) == ERR_OK && journal_sync(events) == ERR_OK,
	    "conversions the rest");
	journal_close(&clicks);
	journal_close(&events);
	free((void *)(uintptr_t)s.bytes);
	is_int((long long)used, 0, "closing gives the account back");
	(void)snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
	(void)!system(cmd);
}

/* --- damage --- */

static void
test_damaged_frame(void)
{
	struct node n;
	struct jread *r;
	const struct fold_item *items;
	uint64_t pos = 0, second;
	char path[400], name[JOURNAL_NAME_BYTES];
	unsigned got, sum = 0, damaged_at = 0;
	enum jread_got rc;
	int fd;

	node_new(&n);
	put(&n, 20, 300);
	must(pass(&n) == ERR_OK, "pass");
	second = collect_synced(n.collect);
	put(&n, 20, 300);
	must(pass(&n) == ERR_OK, "pass");
	put(&n, 20, 300);
	must(pass(&n) == ERR_OK, "pass");
	segment_name(name, 0);
	(void)snprintf(path, sizeof(path), "%s/%s", n.lane_dir, name);
	fd = open(path, O_RDWR);
	must(fd != -1 && pwrite(fd, "scribble", 8, (off_t)second + 100) == 8, "scribble");
	(void)close(fd);
	r = jread_open(n.lane_dir, LANE_EVENTS, n.home.uuid);
	must(r != NULL, "open");
	while ((rc = jread_batch(r, &pos, collect_synced(n.collect), 1000, &items,
		    &got)) != JREAD_END) {
		if (rc == JREAD_DAMAGED)
			damaged_at++;
		must(rc == JREAD_OK || rc == JREAD_DAMAGED, "read");
		sum += rc == JREAD_OK ? got : 0;
	}
	is_int(damaged_at, 1, "a frame that does not check is told once");
	is_int(sum, 40, "those before and behind it are read");
	jread_close(&r);
	node_free(&n);
}

static void
test_foreign_files(void)
{
	struct node n;
	char path[400];
	FILE *f;

	node_new(&n);
	put(&n, 20, 300);
	must(pass(&n) == ERR_OK, "pass");
	(void)snprintf(path, sizeof(path), "%s/00000000000f0000.seg", n.lane_dir);
	f = fopen(path, "w");
	must(f != NULL && fputs("nothing of ours", f) >= 0 && fclose(f) == 0, "file");
	is_int(
	    count_segments(&n), 1, "a file that only looks like a segment is left out");
	stop_stats(&n);
	start_stats(&n);
	put(&n, 5, 300);
	ok(pass(&n) == ERR_OK, "and does no harm");
	node_free(&n);
}

static void
test_damaged_ring(void)
{
	struct node n;
	struct ring *r;
	uint64_t pos = 0;
	int64_t before;

	node_new(&n);
	shm_count_as(n.shm, SHM_BLOCK_OTHER);
	before = shm_counter(n.shm, COUNTER_ring_damaged);
	r = slot_ring(n.slot, LANE_EVENTS);
	put(&n, 3, 4);
	r->shm->bytes[2 * 24 + 17] ^= 1;
	ok(pass(&n) == ERR_OK && ring_is_empty(r),
	    "a damaged record does not stop the others");
	is_int(shm_counter(n.shm, COUNTER_ring_damaged) - before, 1, "it is counted");
	is_int(read_back(&n, &pos, 0, 100), 2, "the good ones are in the journal");
	node_free(&n);
}

/* --- the complete time --- */

static void
test_complete_time(void)
{
	struct node n;
	struct collect_mark m;
	struct click_id id;

	node_new(&n);
	must(pass(&n) == ERR_OK, "pass");
	id = slot_new_id(n.slot, 1);
	m = collect_mark(n.collect);
	ok(m.through_us < id.us,
	    "an id made after a pass is not below its complete time");
	must(pass(&n) == ERR_OK, "pass");
	m = collect_mark(n.collect);
	ok(m.through_us < id.us, "an id in the making holds the complete time back");
	put(&n, 1, 10);
	must(pass(&n) == ERR_OK, "pass");
	m = collect_mark(n.collect);
	ok(m.through_us >= id.us, "once committed and journaled it does not");
	is_int((long long)m.pos, (long long)collect_synced(n.collect),
	    "up to this position");
	id = slot_new_id(n.slot, 1);
	atomic_store(&shm_control(n.shm)->floor_us, id.us + US_SECOND);
	ok(slot_new_id(n.slot, 1).us > id.us + US_SECOND,
	    "a clock behind the complete time is overruled");
	node_free(&n);
}

static void
test_dead_mark(void)
{
	struct node n;
	struct collect_mark m;
	us_t mark;
	pid_t pid;
	int status;

	node_new(&n);
	must(pass(&n) == ERR_OK, "pass");
	clock_set(clock_us() + US_SECOND);
	must(pass(&n) == ERR_OK, "pass");
	pid = fork();
	if (pid == 0) {
		struct slot *s = slot_claim(n.shm);

		_exit(
		    s != NULL && slot_number(s) == 1 && slot_new_id(s, 1).us > 0 ? 9 : 1);
	}
	must(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 9,
	    "a worker that ends with an id in hand");
	mark = slot_mark(shm_slot(n.shm, 1));
	must(mark != 0, "mark");
	clock_set(clock_us() + US_SECOND);
	must(pass(&n) == ERR_OK, "pass");
	m = collect_mark(n.collect);
	ok(m.through_us > mark,
	    "the mark of a worker that was killed holds nothing back");
	clock_set(0);
	node_free(&n);
}

/* What was booked, for a start without a database after the machine came up. */
static void
test_fold_mark(void)
{
	static const uint64_t saved[LANE_MAX] = {4711, UINT64_MAX};
	static const uint64_t none[LANE_MAX] = {0, 0};
	uint64_t pos[LANE_MAX];
	char path[PATH_MAX];
	unsigned believed = 0;
	struct str file;
	struct node n;

	node_new(&n);
	(void)snprintf(path, sizeof(path), "%s/folded", n.home.dir);
	foldmark_load(&n.home, pos);
	ok(memcmp(pos, none, sizeof(pos)) == 0, "no mark is nothing booked");
	must(foldmark_save(&n.home, saved) && savefile_get(path, 4096, &file), "save");
	foldmark_load(&n.home, pos);
	ok(memcmp(pos, saved, sizeof(pos)) == 0, "a mark comes back");
	for (size_t i = 0; i < file.n; i++) {
		char *bytes = (char *)(uintptr_t)file.p;

		bytes[i] ^= 1;
		must(savefile_put(path, file, false), "damage");
		bytes[i] ^= 1;
		foldmark_load(&n.home, pos);
		believed += memcmp(pos, none, sizeof(pos)) != 0;
	}
	is_int(believed, 0, "with any byte damaged it is not believed");
	must(savefile_put(path, str_n(file.p, file.n - 1), false), "cut");
	foldmark_load(&n.home, pos);
	ok(memcmp(pos, none, sizeof(pos)) == 0, "nor when it is cut");
	must(savefile_put(path, file, true), "whole");
	n.home.uuid[3] ^= 1;
	foldmark_load(&n.home, pos);
	ok(memcmp(pos, none, sizeof(pos)) == 0, "nor for another journal");
	n.home.uuid[3] ^= 1;
	free((void *)(uintptr_t)file.p);
	node_free(&n);
}

int
main(void)
{
	log_level(LOG_ERROR_);
	if (getenv("VERBOSE") == NULL && !log_open("/dev/null"))
		return 1;
	test_round_trip();
	test_mid_frame_start();
	test_killed_before_sync();
	test_killed_before_tails();
	test_torn_tail();
	test_shorter_than_booked();
	test_failed_sync();
	test_failed_write();
	test_failed_sync_at_seal();
	test_budget();
	test_removal();
	test_clicks_leave_room();
	test_damaged_frame();
	test_foreign_files();
	test_damaged_ring();
	test_complete_time();
	test_dead_mark();
	test_fold_mark();
	return tap_done();
}
