/* SPDX-License-Identifier: Apache-2.0
 * collect.c - see collect.h.
 */
#include "stats/collect.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "stats/jread.h"

#define COLLECT_MAGIC 0x636f6c6cu
#define GATHER_MS 10   /* clicks: between two syncs */
#define IDLE_MS 200    /* the complete time goes on when nothing happens */
#define TROUBLE_MS 100 /* between attempts when the journal cannot be written */
#define TIDY_US (200 * 1000)
#define LONG_MARK_US \
	(50 * 1000) /* an id so long in the making: does its owner still live? */

struct collect {
	uint32_t magic;
	struct collect_conf conf;
	struct journal *journal;
	struct lane_shm *lane;
	uint64_t least;                 /* see collect_least() */
	uint64_t cursor[SHM_MAX_SLOTS]; /* in each ring: what is behind it is not in the
					   journal yet */
	unsigned unsynced;              /* records appended since the last sync */
	unsigned taken;                 /* records appended in this pass */
	unsigned char *stretch;         /* one frame's records */
	us_t tidied;
	pthread_mutex_t lock; /* of mark */
	struct collect_mark mark;
};

/* --- start --- */

/* A writer that was killed between its sync and its moving of the tails: the frames say
 * how far the rings are safe. */
static bool
tails_from_journal(struct collect *c, char *why)
{
	uint64_t pos = journal_last_start(c->journal), end = journal_synced(c->journal);
	const struct journal_frame *f;
	const unsigned char *records;
	enum jread_got got;
	struct jread *r;
	char dir[300];

	for (unsigned i = 0; i < shm_slots(c->conf.shm); i++) {
		const struct ring *ring =
		    slot_ring(shm_slot(c->conf.shm, i), c->conf.lane);
		uint64_t from = atomic_load(&ring->shm->journal_pos);

		if (!ring_is_empty(ring) && from < pos)
			pos = from;
	}
	journal_lane_dir(dir, sizeof(dir), c->conf.journal.home, c->conf.lane);
	r = jread_open(dir, c->conf.lane, c->conf.journal.home->uuid);
	if (r == NULL) {
		(void)snprintf(why, JOURNAL_WHY, "journal: cannot open %s: %s", dir,
		    strerror(errno));
		return false;
	}
	while ((got = jread_frame(r, &pos, end, &f, &records)) != JREAD_END &&
	       got != JREAD_ERROR) {
		struct ring *ring;

		if (got != JREAD_OK || f->slot >= shm_slots(c->conf.shm))
			continue;
		ring = slot_ring(shm_slot(c->conf.shm, f->slot), c->conf.lane);
		if (memcmp(f->ring, ring->shm->uuid, sizeof(f->ring)) == 0 &&
		    f->to > ring_tail(ring) && f->to <= ring_head(ring))
			ring_set_tail(ring, f->to, pos);
	}
	jread_close(&r);
	if (got == JREAD_ERROR)
		(void)snprintf(why, JOURNAL_WHY, "journal: cannot read %s: %s", dir,
		    strerror(errno));
	return got == JREAD_END;
}

static bool
begin(struct collect *c, char *why)
{
	uint64_t synced = atomic_load(&c->lane->synced);

	/* 0: the control page is new, made after the machine or its tmpfs went: nothing
	 * is in the rings that the journal could hold as well. */
	if (synced != 0)
		journal_cut(c->journal, synced);
	else if (journal_trust(c->journal) != ERR_OK) {
		(void)snprintf(
		    why, JOURNAL_WHY, "journal: the newest segment cannot be synced");
		return false;
	}
	journal_skip(c->journal, c->conf.booked);
	c->least = c->conf.booked > synced ? c->conf.booked : synced;
	if (!tails_from_journal(c, why))
		return false;
	for (unsigned i = 0; i < shm_slots(c->conf.shm); i++)
		c->cursor[i] =
		    ring_tail(slot_ring(shm_slot(c->conf.shm, i), c->conf.lane));
	atomic_store(&c->lane->synced, journal_synced(c->journal));
	atomic_store(&c->lane->disk_bytes, journal_disk(c->journal));
	c->mark.pos = journal_synced(c->journal);
	return true;
}

struct collect *
collect_new(const struct collect_conf *conf, char why[JOURNAL_WHY])
{
	struct collect *c;

	OBJ_NEW(c, COLLECT_MAGIC);
	c->conf = *conf;
	c->lane = &shm_control(conf->shm)->lane[conf->lane];
	c->stretch = obj_alloc(JOURNAL_FRAME_MAX);
	(void)pthread_mutex_init(&c->lock, NULL);
	c->journal = journal_open(&conf->journal, why);
	if (c->journal == NULL || !begin(c, why))
		collect_free(&c);
	return c;
}

void
collect_free(struct collect **cp)
{
	struct collect *c;

	if (*cp == NULL)
		return;
	OBJ_TAKE(c, cp, COLLECT_MAGIC);
	journal_close(&c->journal);
	(void)pthread_mutex_destroy(&c->lock);
	free(c->stretch);
	OBJ_FREE(c);
}

/* --- a pass --- */

static void
raise_floor(struct collect *c, us_t to)
{
	_Atomic int64_t *floor_us = &shm_control(c->conf.shm)->floor_us;
	int64_t had = atomic_load(floor_us);

	while (had < to && !atomic_compare_exchange_weak(floor_us, &had, to))
		;
}

/* The newest time at or before which no event can still come: see slot_new_id(), which is
 * the other half of this.  Read before the heads of the rings. */
static us_t
complete_time(struct collect *c)
{
	us_t through = clock_us(), now = through;

	raise_floor(c, now);
	atomic_thread_fence(memory_order_seq_cst);
	for (unsigned i = 0; i < shm_slots(c->conf.shm); i++) {
		const struct slot *s = shm_slot(c->conf.shm, i);
		us_t mark = slot_mark(s);

		if (mark == 0 || mark > through)
			continue;
		/* A worker that was killed between id and record leaves its mark for
		 * ever. */
		if (now - mark > LONG_MARK_US && !slot_is_live(s))
			continue;
		through = mark - 1;
	}
	return through;
}

/* All appended is on disk: now the rings may forget it and the fold may have it. */
static enum err
confirm(struct collect *c)
{
	enum err rc = journal_sync(c->journal);
	uint64_t pos = journal_synced(c->journal), one = 1;

	if (rc != ERR_OK)
		return rc;
	/* In this order: a kill in between leaves tails that are behind the journal,
	 * which the next start mends; tails before it would lose events. */
	atomic_store(&c->lane->synced, pos);
	for (unsigned i = 0; i < shm_slots(c->conf.shm); i++) {
		struct ring *ring = slot_ring(shm_slot(c->conf.shm, i), c->conf.lane);

		if (ring_tail(ring) != c->cursor[i])
			ring_set_tail(ring, c->cursor[i], pos);
	}
	counter_add(
	    c->conf.lane == LANE_CLICKS ? COUNTER_journal_clicks : COUNTER_journal_events,
	    c->unsynced);
	c->unsynced = 0;
	(void)!write(c->conf.fold_fd, &one, sizeof(one));
	return ERR_OK;
}

static void
damaged(struct collect *c, unsigned i, uint64_t from, uint64_t to)
{
	counter_add(COUNTER_ring_damaged, 1);
	log_error("slot %u, %s ring: bytes %llu to %llu do not check and are left out", i,
	    c->conf.lane == LANE_CLICKS ? "click" : "event", (unsigned long long)from,
	    (unsigned long long)to);
}

/* Copies whole records from *pos on until the frame is full or `end` is reached. */
static size_t
copy_records(struct collect *c, unsigned i, const struct ring *ring, uint64_t *pos,
    uint64_t end, unsigned *n)
{
	size_t used = 0;
	struct ring_rec rec;

	*n = 0;
	for (;;) {
		uint64_t next = *pos;
		enum ring_got got = ring_next(ring, &next, end, &rec);
		size_t bytes;

		if (got == RING_DAMAGED)
			damaged(c, i, *pos, next);
		if (got == RING_REC) {
			bytes = ring_padded(rec.len);
			if (used + bytes > JOURNAL_FRAME_MAX)
				return used;
			memcpy(c->stretch + used,
			    rec.bytes - sizeof(struct ring_rec_head), bytes);
			/* Bytes behind a record's end are whatever the ring held before.
			 */
			memset(c->stretch + used + sizeof(struct ring_rec_head) + rec.len,
			    0, bytes - sizeof(struct ring_rec_head) - rec.len);
			used += bytes;
			(*n)++;
		}
		*pos = next;
		if (got == RING_END)
			return used;
	}
}

static enum err
take_ring(struct collect *c, unsigned i)
{
	const struct ring *ring = slot_ring(shm_slot(c->conf.shm, i), c->conf.lane);
	uint64_t end = ring_head(ring);
	enum err rc = ERR_OK;

	while (rc == ERR_OK && c->cursor[i] < end) {
		uint64_t pos = c->cursor[i];
		struct journal_stretch s = {
		    .ring = ring->shm->uuid, .slot = i, .from = pos, .bytes = c->stretch};

		s.n = copy_records(c, i, ring, &pos, end, &s.records);
		s.to = pos;
		if (!journal_fits(c->journal, s.n))
			rc = confirm(c);
		if (rc == ERR_OK)
			rc = journal_append(c->journal, &s);
		if (rc != ERR_OK)
			break;
		c->cursor[i] = pos;
		c->unsynced += s.records;
		c->taken += s.records;
	}
	return rc;
}

static void
go_back(struct collect *c)
{
	journal_abandon(c->journal);
	c->unsynced = 0;
	for (unsigned i = 0; i < shm_slots(c->conf.shm); i++)
		c->cursor[i] =
		    ring_tail(slot_ring(shm_slot(c->conf.shm, i), c->conf.lane));
}

static void
set_mark(struct collect *c, us_t through)
{
	(void)pthread_mutex_lock(&c->lock);
	c->mark = (struct collect_mark){journal_synced(c->journal), through};
	(void)pthread_mutex_unlock(&c->lock);
}

enum err
collect_pass(struct collect *c, unsigned *taken)
{
	us_t through = complete_time(c);
	enum err rc = ERR_OK, synced;

	assert(OBJ_IS(c, COLLECT_MAGIC));
	c->taken = 0;
	for (unsigned i = 0; i < shm_slots(c->conf.shm) && rc == ERR_OK; i++)
		rc = take_ring(c, i);
	*taken = c->taken;
	/* Without room for another segment what was appended before is good all the same.
	 */
	synced = rc == ERR_IO ? ERR_IO : confirm(c);
	if (synced != ERR_OK) {
		go_back(c);
		return synced;
	}
	if (rc != ERR_OK)
		return rc;
	atomic_store(&c->lane->synced_us, through);
	set_mark(c, through);
	return ERR_OK;
}

/* --- the thread --- */

static bool
anything(struct collect *c)
{
	for (unsigned i = 0; i < shm_slots(c->conf.shm); i++) {
		if (ring_head(slot_ring(shm_slot(c->conf.shm, i), c->conf.lane)) !=
		    c->cursor[i])
			return true;
	}
	return false;
}

static int
wait_for(int fd, int stop_fd, int ms)
{
	struct pollfd p[2] = {
	    {.fd = stop_fd, .events = POLLIN}, {.fd = fd, .events = POLLIN}};
	uint64_t n;
	int rc = poll(p, fd == -1 ? 1 : 2, ms);

	if (rc > 0 && fd != -1 && (p[1].revents & POLLIN) != 0)
		(void)!read(fd, &n, sizeof(n));
	return rc > 0 && (p[0].revents & POLLIN) != 0;
}

/* Sleep until a worker has something; true: stop. */
static bool
sleep_until_woken(struct collect *c)
{
	bool stop;

	atomic_store(&c->lane->sleeping, 1);
	/* Pairs with the fence in slot_wake_stats(). */
	atomic_thread_fence(memory_order_seq_cst);
	stop = wait_for(shm_stats_fd(c->conf.shm, c->conf.lane), c->conf.stop_fd,
	    anything(c) ? 0 : IDLE_MS);
	atomic_store(&c->lane->sleeping, 0);
	return stop;
}

static void
tidy(struct collect *c)
{
	us_t now = clock_mono_us();

	if (now - c->tidied < TIDY_US)
		return;
	c->tidied = now;
	journal_folded(c->journal, atomic_load(&c->lane->folded));
	atomic_store(&c->lane->disk_bytes, journal_disk(c->journal));
}

void *
collect_thread(void *arg)
{
	struct collect *c = arg;
	bool stop = false;

	assert(OBJ_IS(c, COLLECT_MAGIC));
	for (;;) {
		unsigned taken;
		/* Asked before the pass: what the pass then takes is all there was when
		 * the end was asked for. */
		bool last = stop || wait_for(-1, c->conf.stop_fd, 0);
		enum err rc = collect_pass(c, &taken);

		atomic_store(&c->lane->refusing, rc == ERR_OK ? 0 : 1);
		if (last)
			break; /* what could not be written stays in the rings for the
				  next start */
		tidy(c);
		if (rc != ERR_OK)
			stop = wait_for(-1, c->conf.stop_fd, TROUBLE_MS);
		else if (taken == 0)
			stop = sleep_until_woken(c);
		else if (c->conf.lane == LANE_CLICKS)
			stop = wait_for(-1, c->conf.stop_fd, GATHER_MS);
	}
	return NULL;
}

/* --- what the fold asks --- */

struct collect_mark
collect_mark(struct collect *c)
{
	struct collect_mark m;

	(void)pthread_mutex_lock(&c->lock);
	m = c->mark;
	(void)pthread_mutex_unlock(&c->lock);
	return m;
}

uint64_t
collect_synced(const struct collect *c)
{
	return atomic_load(&c->lane->synced);
}

uint64_t
collect_least(const struct collect *c)
{
	return c->least;
}
