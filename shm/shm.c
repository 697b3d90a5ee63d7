/* SPDX-License-Identifier: Apache-2.0
 * shm.c - see shm.h; shm_open.c makes and finds the files.
 */
#include "shm/shm.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "shm/shm_priv.h"

const char *
shm_path(const struct shm *shm)
{
	return shm->path;
}

unsigned
shm_slots(const struct shm *shm)
{
	return shm->n;
}

struct slot *
shm_slot(struct shm *shm, unsigned number)
{
	assert(OBJ_IS(shm, SHM_MAGIC) && number < shm->n);
	return &shm->slots[number];
}

struct control_shm *
shm_control(struct shm *shm)
{
	return shm->control;
}

struct unique *
shm_unique(struct shm *shm)
{
	return &shm->unique;
}

struct tries_shm *
shm_tries(struct shm *shm)
{
	return shm->tries;
}

struct captable *
shm_caps(struct shm *shm)
{
	return &shm->control->caps;
}

int
shm_stats_fd(const struct shm *shm, enum lane lane)
{
	return shm->stats_efd[lane];
}

bool
shm_stats_here(struct shm *shm)
{
	/* An opening of our own: a lock belongs to the opening, and the inherited one is
	 * everybody's. */
	if (shm->stats_fd == -1)
		shm->stats_fd =
		    openat(shm->dir_fd, "control", O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (shm->stats_fd == -1 || !shm_lock(shm->stats_fd, false))
		return false;
	atomic_store(&shm->control->stats_pid, (uint32_t)getpid());
	return true;
}

/* --- catalog --- */

static void
kick(int efd)
{
	static const uint64_t one = 1;

	/* EAGAIN: the counter is full, so it is readable, which is all we want. */
	(void)!write(efd, &one, sizeof(one));
}

uint64_t
shm_catalog_gen(const struct shm *shm)
{
	return atomic_load_explicit(&shm->control->catalog_gen, memory_order_acquire);
}

void
shm_catalog_publish(struct shm *shm, uint64_t gen, uint64_t version)
{
	atomic_store(&shm->control->catalog_version, version);
	atomic_store_explicit(&shm->control->catalog_gen, gen, memory_order_release);
	for (unsigned i = 0; i < shm->n; i++) {
		if (slot_pid(&shm->slots[i]) != 0 && slot_is_live(&shm->slots[i]))
			kick(shm->slots[i].efd);
	}
}

void
shm_want_version(struct shm *shm, uint64_t version)
{
	_Atomic uint64_t *want = &shm->control->want_version;
	uint64_t had = atomic_load(want);

	while (had < version && !atomic_compare_exchange_weak(want, &had, version))
		;
	kick(shm->catalog_efd);
}

uint64_t
shm_wanted_version(const struct shm *shm)
{
	return atomic_load(&shm->control->want_version);
}

int
shm_catalog_fd(const struct shm *shm)
{
	return shm->catalog_efd;
}

static bool
all_work_with(struct shm *shm, uint64_t version)
{
	if (atomic_load(&shm->control->catalog_version) < version)
		return false;
	for (unsigned i = 0; i < shm->n; i++) {
		struct slot *s = &shm->slots[i];

		if (slot_catalog_acked(s) < version && slot_pid(s) != 0 &&
		    slot_is_live(s))
			return false;
	}
	return true;
}

bool
shm_wait_version(struct shm *shm, uint64_t version, unsigned ms)
{
	us_t deadline = clock_mono_us() + (us_t)ms * 1000;

	for (;;) {
		/* Read before the check: an acknowledgement in between changes it and the
		 * futex does not sleep. A publication or a death changes it not, hence
		 * the short sleeps. */
		uint32_t acks = atomic_load(&shm->control->acks);
		us_t left;
		struct timespec nap;

		if (all_work_with(shm, version))
			return true;
		left = deadline - clock_mono_us();
		if (left <= 0)
			return false;
		if (left > 20000)
			left = 20000;
		nap = (struct timespec){0, left * 1000};
		(void)syscall(
		    SYS_futex, &shm->control->acks, FUTEX_WAIT, acks, &nap, NULL, 0);
	}
}

/* --- counters --- */

void
shm_count_as(struct shm *shm, enum shm_block who)
{
	assert(shm->may_write);
	counter_use(shm->counters->value[who]);
}

int64_t
shm_counter(const struct shm *shm, enum counter c)
{
	bool gauge = counter_docs[c].kind == COUNTER_KIND_gauge;
	int64_t sum = 0;

	for (unsigned i = 0; i < COUNTERS_BLOCKS; i++) {
		int64_t v = atomic_load_explicit(
		    &shm->counters->value[i][c], memory_order_relaxed);

		if (v == 0)
			continue;
		if (gauge && i >= SHM_BLOCKS &&
		    (i - SHM_BLOCKS >= shm->n ||
			!slot_is_live(&shm->slots[i - SHM_BLOCKS])))
			continue;
		sum += v;
	}
	return sum;
}

/* --- state of the node --- */

void
shm_set_db_checked(struct shm *shm, bool checked)
{
	atomic_store(&shm->control->db_unchecked, checked ? 0 : 1);
}

bool
shm_db_checked(const struct shm *shm)
{
	return atomic_load(&shm->control->db_unchecked) == 0;
}

bool
shm_recording(const struct shm *shm, enum lane lane)
{
	return atomic_load_explicit(
		   &shm->control->lane[lane].refusing, memory_order_relaxed) == 0;
}

static void
lane_health(struct shm *shm, enum lane lane, struct shm_health *h)
{
	struct lane_shm *l = &shm->control->lane[lane];
	uint64_t folded = atomic_load(&l->folded), synced = atomic_load(&l->synced);
	us_t synced_us = atomic_load(&l->synced_us), now = clock_us();

	h->recording[lane] = shm_recording(shm, lane);
	h->backlog[lane] = synced > folded ? synced - folded : 0;
	h->disk_bytes += atomic_load(&l->disk_bytes);
	h->db_down |= atomic_load(&l->db_down) != 0;
	for (unsigned i = 0; i < shm->n; i++) {
		uint64_t tail = ring_tail(&shm->slots[i].ring[lane]),
			 head = ring_head(&shm->slots[i].ring[lane]);

		h->ring_bytes[lane] += head > tail ? head - tail : 0;
	}
	if (h->ring_bytes[lane] > 0 && now > synced_us &&
	    now - synced_us > h->unsynced_us)
		h->unsynced_us = now - synced_us;
}

void
shm_health(struct shm *shm, struct shm_health *h)
{
	struct control_shm *c = shm->control;
	us_t clicks_us = atomic_load(&c->lane[LANE_CLICKS].folded_us);
	us_t events_us = atomic_load(&c->lane[LANE_EVENTS].folded_us);

	memset(h, 0, sizeof(*h));
	for (unsigned lane = 0; lane < LANE_MAX; lane++)
		lane_health(shm, (enum lane)lane, h);
	h->db_down |= !shm_db_checked(shm);
	h->stats_alive = shm_is_locked(shm->control_fd);
	for (unsigned i = 0; i < shm->n; i++)
		h->live_workers +=
		    slot_pid(&shm->slots[i]) != 0 && slot_is_live(&shm->slots[i]);
	h->catalog_gen = shm_catalog_gen(shm);
	h->catalog_version = atomic_load(&c->catalog_version);
	h->folded_us = clicks_us < events_us ? clicks_us : events_us;
}
