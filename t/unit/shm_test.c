/* SPDX-License-Identifier: Apache-2.0
 * shm_test.c - the shared memory of a node: files, slots and their owners, ids, replies,
 * catalog words, counters.
 */
#include "shm/shm.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static char base[64];

static struct settings *
small_settings(void)
{
	struct settings *set = settings_new();
	char why[512];

	if (!settings_set(set, "state_dir", base, why, sizeof(why)) ||
	    !settings_set(set, "shm_dir", base, why, sizeof(why)) ||
	    !settings_set(set, "ring_clicks_bytes", "64KiB", why, sizeof(why)) ||
	    !settings_set(set, "ring_events_bytes", "64KiB", why, sizeof(why)) ||
	    !settings_set(set, "unique_entries", "1024", why, sizeof(why))) {
		printf("Bail out! %s\n", why);
		exit(1);
	}
	return set;
}

static void
put(struct slot *s, enum lane lane, const char *text)
{
	void *p = ring_reserve(slot_ring(s, lane), strlen(text));

	assert(p != NULL);
	memcpy(p, text, strlen(text));
	(void)ring_commit(slot_ring(s, lane), REC_POST, strlen(text));
}

static void
empty(struct slot *s, enum lane lane)
{
	ring_set_tail(slot_ring(s, lane), ring_head(slot_ring(s, lane)), 0);
}

static void
test_files(const struct settings *set)
{
	char why[SHM_WHY] = "", path[512], dir[300];
	struct shm *shm = shm_open_all(set, 2, why), *look;
	struct slot *s;
	struct stat st;

	ok(shm != NULL, "made: %s", why);
	ok(shm_dir_of(dir, sizeof(dir), base, base) && strcmp(dir, shm_path(shm)) == 0,
	    "its place follows from the state directory");
	is_int(shm_slots(shm), 8, "four slots a worker");
	ok(stat(dir, &st) == 0 && (st.st_mode & 0777) == 0700, "for nobody else's eyes");
	(void)snprintf(path, sizeof(path), "%s/slot-03", dir);
	ok(stat(path, &st) == 0 && st.st_blocks * 512 >= st.st_size,
	    "every byte of a slot is reserved");

	s = slot_claim(shm);
	put(s, LANE_EVENTS, "survives");
	slot_release(&s);
	shm_close(&shm);
	shm = shm_open_all(set, 1, why);
	ok(shm != NULL && shm_slots(shm) == 4,
	    "fewer workers: idle slots beyond are gone");
	ok(!ring_is_empty(slot_ring(shm_slot(shm, 0), LANE_EVENTS)),
	    "what was in a ring is still there");
	look = shm_attach(dir, why);
	ok(look != NULL && shm_slots(look) == 4, "and can be looked at");
	shm_close(&look);
	empty(shm_slot(shm, 0), LANE_EVENTS);
	shm_close(&shm);
	ok(shm == NULL, "closing clears the pointer");
}

static void
test_resized(struct settings *set)
{
	char why[SHM_WHY] = "";
	struct shm *shm = shm_open_all(set, 1, why);
	struct slot *s = slot_claim(shm);

	put(s, LANE_CLICKS, "in the old size");
	slot_release(&s);
	shm_close(&shm);
	ok(settings_set(set, "ring_clicks_bytes", "128KiB", why, sizeof(why)),
	    "another ring size");
	shm = shm_open_all(set, 1, why);
	is_int((long long)slot_ring(shm_slot(shm, 0), LANE_CLICKS)->size, 65536,
	    "a slot that holds records keeps its size");
	is_int((long long)slot_ring(shm_slot(shm, 1), LANE_CLICKS)->size, 131072,
	    "idle ones get the new one");
	empty(shm_slot(shm, 0), LANE_CLICKS);
	shm_close(&shm);
	ok(settings_set(set, "ring_clicks_bytes", "64KiB", why, sizeof(why)),
	    "back again");
}

static void
test_refusals(struct settings *set)
{
	char why[SHM_WHY] = "", path[400];
	struct shm *shm;
	FILE *f;

	set->ring_clicks_bytes = 100000;
	ok(shm_open_all(set, 1, why) == NULL && strstr(why, "ring_clicks_bytes") != NULL,
	    "an odd ring size is refused by name: %s", why);
	ok(settings_set(set, "ring_clicks_bytes", "64KiB", why, sizeof(why)),
	    "a good one is taken");
	shm = shm_open_all(set, 1, why);
	(void)snprintf(path, sizeof(path), "%s/slot-01", shm_path(shm));
	shm_close(&shm);
	f = fopen(path, "w");
	ok(f != NULL && fputs("not a slot", f) >= 0 && fclose(f) == 0,
	    "a slot file is overwritten");
	shm = shm_open_all(set, 1, why);
	ok(shm != NULL && shm_slots(shm) == 4, "it is made anew");
	(void)snprintf(path, sizeof(path), "%s/slot-01.unreadable", shm_path(shm));
	ok(access(path, F_OK) == 0, "and the old one is kept aside");
	(void)chmod(shm_path(shm), 0777);
	shm_close(&shm);
	ok(shm_open_all(set, 1, why) == NULL && strstr(why, "others") != NULL,
	    "a directory open to others: %s", why);
	*strrchr(path, '/') = '\0';
	(void)chmod(path, 0700);
}

/* A child that claims a slot, puts something in and is killed with the lock in its hand.
 */
static pid_t
child_with_slot(struct shm *shm, unsigned want, const char *text)
{
	int ready[2];
	pid_t pid;
	char c;

	if (pipe(ready) == -1)
		assert(!"pipe");
	pid = fork();
	if (pid == 0) {
		struct slot *s = slot_claim(shm);

		if (s == NULL || slot_number(s) != want)
			_exit(1);
		if (text != NULL)
			put(s, LANE_CLICKS, text);
		(void)!write(ready[1], "x", 1);
		(void)pause();
		_exit(0);
	}
	(void)close(ready[1]);
	ok(read(ready[0], &c, 1) == 1, "a child owns slot %u", want);
	(void)close(ready[0]);
	return pid;
}

static void
finish(pid_t pid)
{
	int status;

	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, &status, 0);
}

static void
test_owners(const struct settings *set)
{
	char why[SHM_WHY] = "";
	struct shm *shm = shm_open_all(set, 1, why);
	uint8_t before[16], after[16];
	pid_t a = child_with_slot(shm, 0, "unread"), b = child_with_slot(shm, 1, NULL);
	struct slot *s;

	ok(slot_is_live(shm_slot(shm, 0)) && slot_is_live(shm_slot(shm, 1)) &&
		!slot_is_live(shm_slot(shm, 2)),
	    "a living owner is seen");
	is_int(slot_pid(shm_slot(shm, 1)), b, "and known by its pid");
	slot_uuid(shm_slot(shm, 1), before);
	finish(a);
	finish(b);
	ok(!slot_is_live(shm_slot(shm, 0)) && !slot_is_live(shm_slot(shm, 1)),
	    "kill -9 gives slots back");
	s = slot_claim(shm);
	is_int(slot_number(s), 1, "the one with unread records is passed over");
	slot_uuid(s, after);
	ok(memcmp(before, after, 16) != 0, "a new owner, a new uuid");
	slot_release(&s);
	empty(shm_slot(shm, 0), LANE_CLICKS);
	s = slot_claim(shm);
	is_int(slot_number(s), 0, "once it is read it is free");
	slot_release(&s);
	shm_close(&shm);
}

static void
test_ids(const struct settings *set)
{
	char why[SHM_WHY] = "";
	struct shm *shm = shm_open_all(set, 4, why);
	struct slot *s[13];
	struct click_id id, last = {0, 0};
	unsigned wrong = 0;

	for (unsigned i = 0; i < ARRAY_LEN(s); i++)
		s[i] = slot_claim(shm);
	is_int(slot_number(s[12]), 12, "the thirteenth slot");
	clock_set(INT64_C(1700000000000000));
	id = slot_new_id(s[12], 345);
	is_int(id.us, INT64_C(1700000000000000), "an id starts with the time");
	is_int(id.lo / 1000000000, 2, "prefix digit: slot mod 10");
	is_int(id.lo / 1000000 % 1000, 345, "three decimals of node");
	is_int(id.lo / 10000 % 100, 1, "two of slot div 10");
	for (unsigned i = 0; i < 1000; i++, last = id) {
		id = slot_new_id(s[12], 345);
		wrong += id.us <= last.us;
	}
	is_int(wrong, 0, "the microsecond grows, though the clock stands still");
	clock_set(INT64_C(1600000000000000));
	ok(slot_new_id(s[12], 1).us > last.us, "or goes back");
	slot_release(&s[12]);
	s[12] = slot_claim(shm);
	ok(slot_number(s[12]) == 12 && slot_new_id(s[12], 1).us > last.us,
	    "or the slot gets a new owner");
	clock_set(0);
	for (unsigned i = 0; i < ARRAY_LEN(s); i++)
		slot_release(&s[i]);
	shm_close(&shm);
}

static void
test_marks(const struct settings *set)
{
	char why[SHM_WHY] = "";
	struct shm *shm = shm_open_all(set, 1, why);
	struct slot *s = slot_claim(shm);
	struct click_id id;

	atomic_store(&shm_control(shm)->floor_us, INT64_C(4000000000000000));
	id = slot_new_id(s, 1);
	ok(id.us > INT64_C(4000000000000000), "no id below the floor");
	ok(slot_mark(s) != 0 && slot_mark(s) <= id.us,
	    "an id in the making is marked from below");
	put(s, LANE_CLICKS, "committed");
	is_int(slot_mark(s), 0, "a commit ends the mark");
	ok(slot_new_id(s, 1).us > id.us && slot_mark(s) != 0, "another one");
	slot_heartbeat(s);
	is_int(slot_mark(s), 0,
	    "so does the next round of the loop, should the record never come");
	empty(s, LANE_CLICKS);
	slot_release(&s);
	shm_close(&shm);
}

static void
test_replies(const struct settings *set)
{
	char why[SHM_WHY] = "";
	struct shm *shm = shm_open_all(set, 1, why);
	struct slot *s = slot_claim(shm);
	struct rec_outcome out = {.outcome = OUTCOME_DUPLICATE, .offer_id = 7}, got;
	uint64_t tag = slot_new_tag(s), n = 0;
	unsigned sent = 0, taken = 0;

	ok(tag != 0 && slot_new_tag(s) != tag, "tags are not 0 and differ");
	ok(!reply_take(s, &got), "no reply yet");
	out.tag = tag;
	ok(reply_send(shm, &out), "a reply is sent");
	ok(read(slot_eventfd(s), &n, sizeof(n)) == 8 && n == 1, "the worker is woken");
	ok(reply_take(s, &got) && got.tag == tag && got.outcome == OUTCOME_DUPLICATE &&
		got.offer_id == 7,
	    "and takes it");
	while (reply_send(shm, &out))
		sent++;
	while (reply_take(s, &got))
		taken++;
	ok(sent >= 1024 && sent == taken, "a full reply ring refuses (%u were in it)",
	    sent);
	slot_release(&s);
	s = slot_claim(shm);
	ok(!reply_send(shm, &out), "nobody waits under a tag of the owner before");
	out.tag = 0;
	ok(!reply_send(shm, &out), "nor under tag 0");
	out.tag = UINT64_MAX;
	ok(!reply_send(shm, &out), "nor under nonsense");
	slot_release(&s);
	shm_close(&shm);
}

static void
test_wake(const struct settings *set)
{
	char why[SHM_WHY] = "";
	struct shm *shm = shm_open_all(set, 1, why);
	struct slot *s = slot_claim(shm);
	struct lane_shm *lane = shm_control(shm)->lane;

	atomic_store(&lane[LANE_CLICKS].sleeping, 1);
	atomic_store(&lane[LANE_EVENTS].sleeping, 1);
	put(s, LANE_EVENTS, "wake up");
	slot_wake_stats(s);
	ok(atomic_load(&lane[LANE_CLICKS].sleeping) == 1,
	    "a lane without records sleeps on");
	ok(atomic_load(&lane[LANE_EVENTS].sleeping) == 0, "the other one is woken, once");
	empty(s, LANE_EVENTS);
	slot_release(&s);
	shm_close(&shm);
}

static struct shm *catalog_shm;

static void *
slow_worker(void *arg)
{
	uint64_t n;

	while (read(slot_eventfd(arg), &n, sizeof(n)) != 8)
		(void)usleep(1000);
	slot_catalog_ack(arg, 9);
	return NULL;
}

static void *
catalog_thread(void *arg)
{
	uint64_t n;

	(void)arg;
	while (read(shm_catalog_fd(catalog_shm), &n, sizeof(n)) != 8)
		(void)usleep(1000);
	shm_catalog_publish(catalog_shm, 3, shm_wanted_version(catalog_shm));
	return NULL;
}

static void
test_catalog(const struct settings *set)
{
	char why[SHM_WHY] = "";
	struct shm *shm = shm_open_all(set, 1, why);
	struct slot *s = slot_claim(shm);
	pthread_t worker, catalog;

	catalog_shm = shm;
	is_int((long long)shm_catalog_gen(shm), 0, "no catalog yet");
	ok(!shm_wait_version(shm, 9, 5), "waiting for a version that does not come ends");
	if (pthread_create(&worker, NULL, slow_worker, s) != 0 ||
	    pthread_create(&catalog, NULL, catalog_thread, NULL) != 0)
		assert(!"thread");
	shm_want_version(shm, 9);
	ok(shm_wait_version(shm, 9, 5000),
	    "a version is asked for, made, adopted and acknowledged");
	(void)pthread_join(worker, NULL);
	(void)pthread_join(catalog, NULL);
	is_int((long long)shm_catalog_gen(shm), 3, "its generation is published");
	shm_want_version(shm, 4);
	is_int((long long)shm_wanted_version(shm), 9, "an older wish lowers nothing");
	ok(shm_wait_version(shm, 8, 0), "an older version is in force too");
	slot_release(&s);
	ok(shm_wait_version(shm, 9, 0), "a dead worker is not waited for");
	shm_close(&shm);
}

static void
test_counters(const struct settings *set)
{
	char why[SHM_WHY] = "";
	struct shm *shm = shm_open_all(set, 1, why);
	int64_t before = shm_counter(shm, COUNTER_fold_clicks);
	struct slot *s;

	shm_count_as(shm, SHM_BLOCK_STATS);
	counter_add(COUNTER_fold_clicks, 5);
	s = slot_claim(shm);
	counter_add(COUNTER_fold_clicks, 7);
	is_int(shm_counter(shm, COUNTER_fold_clicks) - before, 12,
	    "counters are summed over processes");
	slot_release(&s);
	is_int(
	    shm_counter(shm, COUNTER_fold_clicks) - before, 12, "and stay when one ends");
	is_str(counter_docs[COUNTER_fold_clicks].name, "fold_clicks",
	    "a counter has its name");
	shm_close(&shm);
	counter_add(COUNTER_fold_clicks, 1);
	ok(true, "counting goes on somewhere without shared memory");
}

static void
test_health(const struct settings *set)
{
	char why[SHM_WHY] = "";
	struct shm *shm = shm_open_all(set, 1, why);
	struct control_shm *c = shm_control(shm);
	struct slot *s = slot_claim(shm);
	struct shm_health h;

	shm_health(shm, &h);
	ok(h.recording[LANE_CLICKS] && h.unsynced_us == 0 && h.live_workers == 1 &&
		!h.stats_alive,
	    "nothing waits, one worker, no stats");
	put(s, LANE_CLICKS, "waits");
	atomic_store(&c->lane[LANE_CLICKS].synced_us, clock_us() - 3 * US_SECOND);
	atomic_store(&c->lane[LANE_EVENTS].synced, 500);
	atomic_store(&c->lane[LANE_EVENTS].folded, 200);
	atomic_store(&c->lane[LANE_CLICKS].refusing, 1);
	shm_health(shm, &h);
	ok(h.unsynced_us >= 3 * US_SECOND && h.unsynced_us < 60 * US_SECOND,
	    "what is not synced has an age");
	is_int((long long)h.backlog[LANE_EVENTS], 300, "what is not booked has a size");
	ok(!h.recording[LANE_CLICKS] && h.recording[LANE_EVENTS],
	    "a lane that refuses is told from the other");
	empty(s, LANE_CLICKS);
	atomic_store(&c->lane[LANE_CLICKS].refusing, 0);
	slot_release(&s);
	shm_close(&shm);
}

int
main(void)
{
	struct settings *set;
	char cmd[128];

	(void)snprintf(base, sizeof(base), "/tmp/shm-test-XXXXXX");
	if (mkdtemp(base) == NULL)
		return 1;
	set = small_settings();
	test_files(set);
	test_resized(set);
	test_refusals(set);
	test_owners(set);
	test_ids(set);
	test_marks(set);
	test_replies(set);
	test_wake(set);
	test_catalog(set);
	test_counters(set);
	test_health(set);
	settings_free(&set);
	(void)snprintf(cmd, sizeof(cmd), "rm -rf %s", base);
	(void)!system(cmd);
	return tap_done();
}
