/* SPDX-License-Identifier: Apache-2.0
 * storm_test.c - the rings' storm: processes write, one journals, all are killed with -9
 * at any moment.
 *
 * Each life of a writer numbers its records and says in memory of the parent how many
 * were committed.  At the end the journal must hold of each life the records 0, 1, 2 ...
 * once, in order, whole: all that were said to be committed and at most the one that was
 * committed but not yet said.
 *
 *     storm_test [kills [seed]]
 */
#include "config.h"

#include "stats/collect.h"
#include "stats/jread.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "tap.h"

#define KILLS 250u
#define WRITERS 4u
#define MAX_LIVES 4096u
#define LONGEST 3000u

/* Of one life of a writer, in each lane. */
struct life {
	_Atomic uint32_t committed[LANE_MAX];
};

struct rec_head {
	uint32_t life, number, fill;
};

static struct life *lives; /* shared with the children */
static unsigned n_lives;
static char dir[64];
static struct settings *set;
static struct shm *shm;
static uint64_t seed;

static void
must(bool good, const char *what)
{
	if (good)
		return;
	printf("Bail out! %s\n", what);
	exit(1);
}

static unsigned
dice(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed % n);
}

/* --- writers --- */

static void
write_one(struct slot *s, unsigned life, enum lane lane)
{
	struct ring *r = slot_ring(s, lane);
	uint32_t number = atomic_load(&lives[life].committed[lane]);
	size_t len = sizeof(struct rec_head) + dice(LONGEST);
	struct rec_head h = {life, number, dice(256)};
	unsigned char *p = ring_reserve(r, sizeof(h) + LONGEST);

	if (p == NULL) {
		(void)usleep(200); /* full: the journal is being killed just now */
		return;
	}
	memcpy(p, &h, sizeof(h));
	memset(p + sizeof(h), (int)h.fill, (len - sizeof(h)) / 2);
	if (dice(3000) == 0)
		(void)raise(SIGKILL); /* in mid-write, by its own hand: the kills from
					 outside seldom hit it */
	memset(p + sizeof(h), (int)h.fill, len - sizeof(h));
	(void)ring_commit(r, lane == LANE_CLICKS ? REC_CLICK : REC_POST, len);
	if (dice(3000) == 0)
		(void)raise(SIGKILL); /* committed, and nobody was told */
	atomic_store(&lives[life].committed[lane], number + 1);
	slot_wake_stats(s);
}

static void
writer(unsigned life)
{
	struct slot *s;

	seed += life * UINT64_C(0x9e3779b97f4a7c15);
	while ((s = slot_claim(shm)) == NULL)
		(void)usleep(500);
	for (;;)
		write_one(s, life, dice(4) == 0 ? LANE_EVENTS : LANE_CLICKS);
}

/* --- the journal's process --- */

struct side {
	struct journal_home home;
	_Atomic uint64_t used;
	int stop_fd, fold_fd;
	struct collect *collect[LANE_MAX];
};

static void
open_side(struct side *s)
{
	char why[JOURNAL_WHY] = "";

	memset(s, 0, sizeof(*s));
	s->stop_fd = eventfd(0, EFD_NONBLOCK);
	s->fold_fd = eventfd(0, EFD_NONBLOCK);
	must(journal_home_open(&s->home, dir, why), why);
	while (!journal_home_lock(&s->home))
		(void)usleep(500);
	for (unsigned lane = 0; lane < LANE_MAX; lane++) {
		struct collect_conf cc = {.shm = shm,
		    .lane = lane,
		    .stop_fd = s->stop_fd,
		    .fold_fd = s->fold_fd,
		    .journal = {.home = &s->home,
			.lane = lane,
			.segment_bytes = 4u << 20,
			.disk_budget = 8ull << 30,
			.disk_used = &s->used,
			.keep = US_DAY}};

		s->collect[lane] = collect_new(&cc, why);
		must(s->collect[lane] != NULL, why);
	}
}

static void
journal_process(void)
{
	struct side s;
	unsigned taken;

	open_side(&s);
	for (;;) {
		for (unsigned lane = 0; lane < LANE_MAX; lane++)
			must(collect_pass(s.collect[lane], &taken) == ERR_OK, "pass");
	}
}

/* --- the storm --- */

/* life: of a writer, -1 the journal. */
static pid_t
spawn(int life)
{
	pid_t parent = getpid(), pid = fork();

	must(pid != -1, "fork");
	if (pid != 0)
		return pid;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || getppid() != parent)
		_exit(1);
	if (life == -1)
		journal_process();
	else
		writer((unsigned)life);
	_exit(0);
}

static void
reap(pid_t pid)
{
	int status;

	must(waitpid(pid, &status, 0) == pid, "waitpid");
	must(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL,
	    "a child ended by itself");
}

static void
storm(unsigned kills)
{
	pid_t w[WRITERS], j = spawn(-1);

	for (unsigned i = 0; i < WRITERS; i++)
		w[i] = spawn((int)n_lives++);
	for (unsigned k = 0; k < kills; k++) {
		unsigned victim = dice(WRITERS + 2);

		(void)usleep(dice(8000));
		if (victim >= WRITERS) {
			(void)kill(j, SIGKILL);
			reap(j);
			j = spawn(-1);
		} else {
			(void)kill(w[victim], SIGKILL);
		}
		/* Those who killed themselves are replaced as well. */
		for (unsigned i = 0; i < WRITERS; i++) {
			if ((victim == i ? waitpid(w[i], NULL, 0)
					 : waitpid(w[i], NULL, WNOHANG)) == w[i])
				w[i] = spawn((int)n_lives++);
		}
		must(n_lives < MAX_LIVES, "too many lives");
	}
	for (unsigned i = 0; i < WRITERS; i++) {
		(void)kill(w[i], SIGKILL);
		reap(w[i]);
	}
	(void)kill(j, SIGKILL);
	reap(j);
}

/* --- afterwards --- */

struct tally {
	uint32_t seen[MAX_LIVES];
	uint64_t records;
	unsigned wrong;
};

static void
look_at(struct tally *t, const struct fold_item *it)
{
	struct rec_head h;

	memcpy(&h, it->bytes, sizeof(h));
	t->records++;
	if (it->len < sizeof(h) || h.life >= n_lives || h.number != t->seen[h.life]) {
		t->wrong++;
		return;
	}
	t->seen[h.life]++;
	for (uint32_t i = sizeof(h); i < it->len; i++) {
		if (it->bytes[i] != h.fill) {
			t->wrong++;
			return;
		}
	}
}

static void
check(struct side *s, enum lane lane)
{
	static struct tally t;
	const char *name = lane == LANE_CLICKS ? "clicks" : "events";
	const struct fold_item *items;
	char lane_dir[300];
	unsigned n, lost = 0, invented = 0;
	uint64_t pos = 0;
	struct jread *r;
	enum jread_got got;

	memset(&t, 0, sizeof(t));
	journal_lane_dir(lane_dir, sizeof(lane_dir), &s->home, lane);
	r = jread_open(lane_dir, lane, s->home.uuid);
	must(r != NULL, "jread_open");
	while ((got = jread_batch(r, &pos, collect_synced(s->collect[lane]), 10000,
		    &items, &n)) == JREAD_OK) {
		for (unsigned i = 0; i < n; i++)
			look_at(&t, &items[i]);
	}
	ok(got == JREAD_END, "%s: the journal can be read to its end", name);
	jread_close(&r);
	for (unsigned i = 0; i < n_lives; i++) {
		uint32_t committed = atomic_load(&lives[i].committed[lane]);

		lost += t.seen[i] < committed;
		invented += t.seen[i] > committed + 1;
	}
	printf("# %s: %llu records of %u lives\n", name, (unsigned long long)t.records,
	    n_lives);
	ok(t.records > 0, "%s: there are some", name);
	is_int(t.wrong, 0, "each comes once, whole and in its order");
	is_int(lost, 0, "no life has lost what it had committed");
	is_int(invented, 0, "or has more than that and one");
}

int
main(int argc, char **argv)
{
	unsigned kills = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : KILLS;
	struct side s;
	char why[SHM_WHY] = "", cmd[128];
	unsigned taken, empty = 0;

	seed = argc > 2 ? strtoull(argv[2], NULL, 10) : (uint64_t)clock_us() | 1;
	printf("# seed %llu\n", (unsigned long long)seed);
	(void)fflush(stdout); /* before the first fork, or each child says it again */
	(void)snprintf(dir, sizeof(dir), "/tmp/storm-test-XXXXXX");
	must(mkdtemp(dir) != NULL, "mkdtemp");
	set = settings_new();
	must(settings_set(set, "state_dir", dir, why, sizeof(why)) &&
		 settings_set(set, "shm_dir", dir, why, sizeof(why)) &&
		 settings_set(set, "ring_clicks_bytes", "64KiB", why, sizeof(why)) &&
		 settings_set(set, "ring_events_bytes", "64KiB", why, sizeof(why)) &&
		 settings_set(set, "unique_entries", "1024", why, sizeof(why)),
	    why);
	shm = shm_open_all(set, WRITERS, why);
	must(shm != NULL, why);
	lives = mmap(NULL, MAX_LIVES * sizeof(*lives), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	must(lives != MAP_FAILED && log_open("/dev/null"), "memory");
	storm(kills);
	open_side(&s);
	for (unsigned lane = 0; lane < LANE_MAX; lane++)
		must(collect_pass(s.collect[lane], &taken) == ERR_OK, "the last pass");
	for (unsigned i = 0; i < shm_slots(shm); i++) {
		empty += ring_is_empty(slot_ring(shm_slot(shm, i), LANE_CLICKS)) &&
			 ring_is_empty(slot_ring(shm_slot(shm, i), LANE_EVENTS)) &&
			 !slot_is_live(shm_slot(shm, i));
	}
	is_int(empty, shm_slots(shm), "after the storm every slot is free again");
	check(&s, LANE_CLICKS);
	check(&s, LANE_EVENTS);
	for (unsigned lane = 0; lane < LANE_MAX; lane++)
		collect_free(&s.collect[lane]);
	journal_home_close(&s.home);
	shm_close(&shm);
	settings_free(&set);
	(void)snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
	(void)!system(cmd);
	return tap_done();
}
