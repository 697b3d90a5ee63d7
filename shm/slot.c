/* SPDX-License-Identifier: Apache-2.0
 * slot.c - see slot.h.
 */
#include "config.h" /* _GNU_SOURCE for F_OFD_SETLK */

#include "shm/slot.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "shm/shm_priv.h"

#define REPLIES \
	8192u /* a power of two: more than a worker can have parked in postback_wait */
#define TAG_SLOT_SHIFT 48
#define TAG_INCARNATION_SHIFT 32

void
slot_name(char out[SLOT_NAME_BYTES], unsigned number)
{
	(void)snprintf(out, SLOT_NAME_BYTES, "slot-%02u", number);
}

static size_t
to_page(size_t n)
{
	return (n + SLOT_PAGE - 1) & ~(size_t)(SLOT_PAGE - 1);
}

size_t
slot_bytes(const uint64_t ring_size[LANE_MAX])
{
	return SLOT_PAGE + to_page(ring_bytes(ring_size[LANE_CLICKS])) +
	       to_page(ring_bytes(ring_size[LANE_EVENTS])) +
	       to_page(sizeof(struct reply_shm) + REPLIES * sizeof(struct rec_outcome));
}

static void *
part(struct slot_shm *m, uint64_t off)
{
	return (unsigned char *)m + off;
}

void
slot_format(struct slot_shm *m, unsigned number, const uint64_t ring_size[LANE_MAX])
{
	uint64_t off = SLOT_PAGE;

	m->version = SLOT_VERSION;
	m->number = number;
	m->file_bytes = slot_bytes(ring_size);
	for (unsigned lane = 0; lane < LANE_MAX; lane++) {
		m->ring_off[lane] = off;
		m->ring_size[lane] = ring_size[lane];
		ring_format(part(m, off), (enum lane)lane, ring_size[lane]);
		off += to_page(ring_bytes(ring_size[lane]));
	}
	m->reply_off = off;
	m->reply_n = REPLIES;
	memcpy(m->marker, SLOT_MARKER, sizeof(m->marker));
}

static bool
attach_rings(struct slot *s, struct slot_shm *m, size_t bytes)
{
	for (unsigned lane = 0; lane < LANE_MAX; lane++) {
		uint64_t off = m->ring_off[lane];

		if (off >= bytes || off % SLOT_PAGE != 0)
			return false;
		if (!ring_attach(
			&s->ring[lane], part(m, off), (enum lane)lane, bytes - off))
			return false;
		if (s->ring[lane].size != m->ring_size[lane] ||
		    !ring_sound(&s->ring[lane]))
			return false;
		s->ring[lane].mark = &m->mark_us;
	}
	return true;
}

bool
slot_attach(struct slot *s, struct slot_shm *m, size_t bytes)
{
	if (bytes < SLOT_PAGE || memcmp(m->marker, SLOT_MARKER, sizeof(m->marker)) != 0 ||
	    m->version != SLOT_VERSION || m->file_bytes != bytes ||
	    !attach_rings(s, m, bytes))
		return false;
	if (m->reply_off >= bytes || m->reply_off % SLOT_PAGE != 0 || m->reply_n == 0 ||
	    (m->reply_n & (m->reply_n - 1)) != 0 ||
	    m->reply_n > (bytes - m->reply_off - sizeof(struct reply_shm)) /
			     sizeof(struct rec_outcome))
		return false;
	s->reply = part(m, m->reply_off);
	s->m = m;
	s->bytes = bytes;
	return true;
}

bool
shm_is_locked(int fd)
{
	struct flock fl = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	return fcntl(fd, F_OFD_GETLK, &fl) == 0 && fl.l_type != F_UNLCK;
}

bool
shm_lock(int fd, bool wait)
{
	struct flock fl = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int rc;

	do
		rc = fcntl(fd, wait ? F_OFD_SETLKW : F_OFD_SETLK, &fl);
	while (rc == -1 && errno == EINTR);
	return rc == 0;
}

/* --- claiming --- */

static void
take_over(struct slot *s)
{
	uint8_t uuid[16];

	if (getrandom(uuid, sizeof(uuid), 0) != (ssize_t)sizeof(uuid) ||
	    getrandom(&s->random, sizeof(s->random), 0) != (ssize_t)sizeof(s->random))
		assert(!"slot: the kernel has no random bytes");
	s->random |= 1;
	/* The rings are empty and ours; the reader looks at a uuid only once the head has
	 * moved. */
	memcpy(s->m->uuid, uuid, sizeof(uuid));
	for (unsigned lane = 0; lane < LANE_MAX; lane++)
		memcpy(s->ring[lane].shm->uuid, uuid, sizeof(uuid));
	atomic_store(&s->m->mark_us, 0);
	atomic_store(&s->m->catalog_ack, 0);
	(void)atomic_fetch_add(&s->m->incarnation, 1);
	atomic_store(&s->reply->tail, atomic_load(&s->reply->head));
	atomic_store(&s->m->heartbeat_us, clock_us());
	atomic_store(&s->m->pid, (uint32_t)getpid());
}

static bool
try_claim(struct shm *shm, struct slot *s)
{
	char name[SLOT_NAME_BYTES];
	int fd;

	slot_name(name, s->number);
	/* An opening of our own: a lock belongs to the opening, and the inherited one is
	 * everybody's. */
	fd = openat(shm->dir_fd, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (fd == -1) {
		log_error("shared memory: cannot open %s/%s: %s", shm->path, name,
		    strerror(errno));
		return false;
	}
	if (!shm_lock(fd, false) || !ring_is_empty(&s->ring[LANE_CLICKS]) ||
	    !ring_is_empty(&s->ring[LANE_EVENTS])) {
		(void)close(fd);
		return false;
	}
	s->lock_fd = fd;
	take_over(s);
	return true;
}

struct slot *
slot_claim(struct shm *shm)
{
	assert(OBJ_IS(shm, SHM_MAGIC) && shm->may_write);
	for (unsigned i = 0; i < shm->n; i++) {
		struct slot *s = &shm->slots[i];

		if (s->lock_fd == -1 && !shm_is_locked(s->fd) && try_claim(shm, s)) {
			counter_use(shm->counters->value[SHM_BLOCKS + i]);
			return s;
		}
	}
	return NULL;
}

void
slot_release(struct slot **sp)
{
	struct slot *s;

	OBJ_TAKE(s, sp, SLOT_MAGIC);
	assert(s->lock_fd != -1);
	atomic_store(&s->m->mark_us, 0);
	atomic_store(&s->m->pid, 0);
	(void)close(s->lock_fd);
	s->lock_fd = -1;
}

/* --- the owner's work --- */

struct ring *
slot_ring(struct slot *s, enum lane lane)
{
	return &s->ring[lane];
}

static void
kick(int efd)
{
	static const uint64_t one = 1;

	/* EAGAIN: the counter is full, so it is readable, which is all we want. */
	(void)!write(efd, &one, sizeof(one));
}

void
slot_wake_stats(struct slot *s)
{
	struct control_shm *c = s->home->control;

	/* Pairs with the fence of the journal thread: either it sees our head or we see
	 * it asleep. */
	atomic_thread_fence(memory_order_seq_cst);
	for (unsigned lane = 0; lane < LANE_MAX; lane++) {
		_Atomic uint32_t *sleeping = &c->lane[lane].sleeping;

		if (atomic_load_explicit(sleeping, memory_order_relaxed) != 0 &&
		    !ring_is_empty(&s->ring[lane]) && atomic_exchange(sleeping, 0) != 0)
			kick(s->home->stats_efd[lane]);
	}
}

static unsigned
random_below(struct slot *s, unsigned n)
{
	/* xorshift64*: the digits keep ids apart after a clock was set back; they are no
	 * secret. */
	s->random ^= s->random >> 12;
	s->random ^= s->random << 25;
	s->random ^= s->random >> 27;
	return (unsigned)((s->random * UINT64_C(2685821657736338717) >> 33) % n);
}

struct click_id
slot_new_id(struct slot *s, unsigned node_id)
{
	_Atomic int64_t *floor_us = &s->home->control->floor_us;
	us_t last = atomic_load_explicit(&s->m->last_us, memory_order_relaxed), floor, us;
	int64_t decimals;

	/* First the mark, then a look at the floor: the journal thread raises the floor
	 * and then looks at the marks, so an id it did not wait for lies above the time
	 * it reports as complete. */
	atomic_store(
	    &s->m->mark_us, atomic_load_explicit(floor_us, memory_order_relaxed) + 1);
	atomic_thread_fence(memory_order_seq_cst);
	floor = atomic_load_explicit(floor_us, memory_order_relaxed);
	us = clock_us();
	if (us <= last)
		us = last + 1;
	if (us <= floor)
		us = floor + 1;
	atomic_store_explicit(&s->m->last_us, us, memory_order_relaxed);
	decimals = (int64_t)node_id * 1000000 + (int64_t)(s->number / 10) * 10000 +
		   random_below(s, 10000);
	return (struct click_id){us, (int64_t)(s->number % 10) * 1000000000 + decimals};
}

uint64_t
slot_new_tag(struct slot *s)
{
	uint64_t incarnation =
	    atomic_load_explicit(&s->m->incarnation, memory_order_relaxed) & 0xffff;

	return (uint64_t)(s->number + 1) << TAG_SLOT_SHIFT |
	       incarnation << TAG_INCARNATION_SHIFT | (++s->m->tags & UINT32_MAX);
}

static struct rec_outcome *
entry(struct slot *s, uint64_t pos)
{
	struct rec_outcome *all = (struct rec_outcome *)(void *)s->reply->entries;

	return &all[pos & (s->m->reply_n - 1)];
}

bool
reply_take(struct slot *s, struct rec_outcome *out)
{
	uint64_t tail = atomic_load_explicit(&s->reply->tail, memory_order_relaxed);

	if (atomic_load_explicit(&s->reply->head, memory_order_acquire) == tail)
		return false;
	*out = *entry(s, tail);
	atomic_store_explicit(&s->reply->tail, tail + 1, memory_order_release);
	return true;
}

bool
reply_send(struct shm *shm, const struct rec_outcome *out)
{
	uint64_t number = out->tag >> TAG_SLOT_SHIFT, head;
	uint32_t incarnation = (uint32_t)(out->tag >> TAG_INCARNATION_SHIFT) & 0xffff;
	struct slot *s;

	assert(OBJ_IS(shm, SHM_MAGIC));
	if (number == 0 || number > shm->n)
		return false;
	s = &shm->slots[number - 1];
	if ((atomic_load(&s->m->incarnation) & 0xffff) != incarnation)
		return false;
	head = atomic_load_explicit(&s->reply->head, memory_order_relaxed);
	if (head - atomic_load_explicit(&s->reply->tail, memory_order_acquire) >=
	    s->m->reply_n)
		return false;
	*entry(s, head) = *out;
	atomic_store_explicit(&s->reply->head, head + 1, memory_order_release);
	kick(s->efd);
	return true;
}

int
slot_eventfd(const struct slot *s)
{
	return s->efd;
}

void
slot_heartbeat(struct slot *s)
{
	atomic_store_explicit(&s->m->mark_us, 0, memory_order_release);
	atomic_store_explicit(&s->m->heartbeat_us, clock_us(), memory_order_relaxed);
}

void
slot_catalog_ack(struct slot *s, uint64_t version)
{
	_Atomic uint32_t *acks = &s->home->control->acks;

	atomic_store(&s->m->catalog_ack, version);
	(void)atomic_fetch_add(acks, 1);
	(void)syscall(SYS_futex, acks, FUTEX_WAKE, INT32_MAX, NULL, NULL, 0);
}

/* --- anybody --- */

unsigned
slot_number(const struct slot *s)
{
	return s->number;
}

bool
slot_is_live(const struct slot *s)
{
	return shm_is_locked(s->fd);
}

uint32_t
slot_pid(const struct slot *s)
{
	return atomic_load(&s->m->pid);
}

uint32_t
slot_incarnation(const struct slot *s)
{
	return atomic_load(&s->m->incarnation);
}

void
slot_uuid(const struct slot *s, uint8_t uuid[16])
{
	memcpy(uuid, s->m->uuid, sizeof(s->m->uuid));
}

uint64_t
slot_catalog_acked(const struct slot *s)
{
	return atomic_load(&s->m->catalog_ack);
}

us_t
slot_last_heartbeat(const struct slot *s)
{
	return atomic_load_explicit(&s->m->heartbeat_us, memory_order_relaxed);
}

us_t
slot_mark(const struct slot *s)
{
	return atomic_load(&s->m->mark_us);
}
