/* SPDX-License-Identifier: Apache-2.0
 * shm.h - the shared memory of a node: slots, control words, counters, uniqueness.
 *
 * The master makes it before the first fork and then keeps its hands off; children
 * inherit the mappings and the eventfds.  It lives in `<shm_dir>/affiliated-<hash of the
 * real path of state_dir>/`:
 *
 *   slot-00 ... slot-NN   four for each worker: slot_layout.h, ring_layout.h
 *   control               positions, catalog words, cap counts: shm_layout.h
 *   counters              a block a process: counter.h
 *   unique                which surfers were seen: unique.h
 *   tries                 who sent wrong keys: tries.h
 *   catalog-*             images, made and removed by stats
 *
 * Files stay when everything is killed: the next master finds the events that were not
 * journaled yet. shm/README draws it all; `ringdump` shows it.
 */
#ifndef SHM_SHM_H
#define SHM_SHM_H

#include "base/settings.h"
#include "shm/counter.h"
#include "shm/shm_layout.h"
#include "shm/slot.h"
#include "shm/tries.h"
#include "shm/unique.h"

#define SHM_WHY 512 /* bytes of a caller's buffer for what went wrong */
/* Slots fit the two decimals and the prefix digit of a click id (E9). */
#define SHM_MAX_SLOTS 1000u

/* Make or find everything, with room for n_workers.  NULL: why says what to do about it,
 * for a tmpfs that is too small the size needed.  Master only, before the first fork; as
 * root it gives the files to settings' user. */
NODISCARD struct shm *shm_open_all(
    const struct settings *set, unsigned n_workers, char why[SHM_WHY]);
/* Look at what is there, without a right to change it: no eventfds, no slot_claim. */
NODISCARD struct shm *shm_attach(const char *dir, char why[SHM_WHY]);
/* NULL is fine; sets the caller's pointer to NULL.  The files stay. */
void shm_close(struct shm **sp);
/* Path of the directory above.  false: state_dir does not exist, or the path is too long.
 */
NODISCARD bool shm_dir_of(
    char *out, size_t cap, const char *shm_dir, const char *state_dir);

NODISCARD const char *shm_path(const struct shm *shm);
NODISCARD unsigned shm_slots(const struct shm *shm);
NODISCARD struct slot *shm_slot(struct shm *shm, unsigned number);
NODISCARD struct control_shm *shm_control(struct shm *shm);
NODISCARD struct unique *shm_unique(struct shm *shm);
/* NULL for one that only looks on. */
NODISCARD struct tries_shm *shm_tries(struct shm *shm);

/* Counts of caps that clicks are held against. */
NODISCARD struct captable *shm_caps(struct shm *shm);

/* What slot_wake_stats() writes to: readable when a journal thread that sleeps shall
 * wake. */
NODISCARD int shm_stats_fd(const struct shm *shm, enum lane lane);
/* Stats says that it lives, for shm_health(), until the process ends.  false: another one
 * does. */
NODISCARD bool shm_stats_here(struct shm *shm);

/* --- catalog --- */

/* Generation of the newest image, 0 none yet.  Workers compare it at each request: one
 * load. */
NODISCARD uint64_t shm_catalog_gen(const struct shm *shm);
/* Catalog thread: the image of this generation, holding this version of the
 * configuration, is in place. Wakes every live worker, so that an idle one adopts it too.
 */
void shm_catalog_publish(struct shm *shm, uint64_t gen, uint64_t version);
/* Ask for a version and wake the catalog thread; shm_catalog_fd() becomes readable there.
 */
void shm_want_version(struct shm *shm, uint64_t version);
NODISCARD uint64_t shm_wanted_version(const struct shm *shm);
NODISCARD int shm_catalog_fd(const struct shm *shm);
/* Wait until every live worker works with this version or a later one.  false: not within
 * ms.  Not on a loop thread. */
NODISCARD bool shm_wait_version(struct shm *shm, uint64_t version, unsigned ms);

/* --- counters --- */

/* Blocks for processes without a slot; workers count in the block of theirs, which
 * slot_claim() takes. */
enum shm_block { SHM_BLOCK_STATS, SHM_BLOCK_NOTIFIER, SHM_BLOCK_OTHER, SHM_BLOCKS };

/* Count here from now on. */
void shm_count_as(struct shm *shm, enum shm_block who);
/* The sum over all blocks; gauges over living processes only. */
NODISCARD int64_t shm_counter(const struct shm *shm, enum counter c);

/* --- state of the node --- */

struct shm_health {
	bool
	    recording[LANE_MAX]; /* false: the journal cannot write and rings only fill */
	bool stats_alive;
	bool db_down;     /* the fold cannot book at present */
	us_t unsynced_us; /* age of the oldest click that a power loss would cost */
	uint64_t backlog[LANE_MAX];    /* bytes of journal that are not booked yet */
	uint64_t ring_bytes[LANE_MAX]; /* bytes in rings that are not journaled yet */
	uint64_t disk_bytes;           /* of the journal */
	unsigned live_workers;
	uint64_t catalog_gen, catalog_version;
	us_t folded_us; /* all that was acknowledged before it is booked */
};
void shm_health(struct shm *shm, struct shm_health *h);
/* Whether the database was found to be the one this node books into.  false: it was away
 * when the node started; no process but stats may use it until it is true. */
void shm_set_db_checked(struct shm *shm, bool checked);
NODISCARD bool shm_db_checked(const struct shm *shm);
/* Can this lane take events?  Cheap enough for each request. */
NODISCARD bool shm_recording(const struct shm *shm, enum lane lane);

#endif
