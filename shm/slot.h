/* SPDX-License-Identifier: Apache-2.0
 * slot.h - a worker's place in shared memory: two rings out, replies back, ids, liveness.
 *
 * The functions under "owner" are for the loop thread of the worker that claimed the slot
 * and for no other thread; the rest is for any process.  Who owns a slot is decided by an
 * OFD lock, so a slot is given back by the kernel at the very moment its owner dies.
 */
#ifndef SHM_SLOT_H
#define SHM_SLOT_H

#include "shm/ring.h"
#include "shm/slot_layout.h"

struct shm;
struct slot; /* private to slot.c and shm.c */

/* --- owner --- */

/* Take a slot whose owner is dead and whose rings are empty.  NULL: none is free now
 * (every free one still has records that stats must journal first): try again in a
 * moment. */
NODISCARD struct slot *slot_claim(struct shm *shm);
/* Give it back at the end; what is in the rings stays there for stats.  Sets the pointer
 * to NULL. */
void slot_release(struct slot **sp);

NODISCARD struct ring *slot_ring(struct slot *s, enum lane lane);
/* After ring_commit(): wakes the journal threads if they sleep.  One load when they do
 * not. */
void slot_wake_stats(struct slot *s);

/* A new id, unique among all nodes and never earlier than one this slot gave before (E9).
 * The next thing the owner does with its slot is the ring_commit() of the record that
 * carries it: until then the node's folded-through time stands still. */
NODISCARD struct click_id slot_new_id(struct slot *s, unsigned node_id);
/* A tag for rec_event.tag: slot, incarnation, sequence.  Never 0. */
NODISCARD uint64_t slot_new_tag(struct slot *s);
/* The next outcome that came back; false: none.  Look whenever slot_eventfd() is readable
 * (read 8 bytes from it first, then take until there is none). */
NODISCARD bool reply_take(struct slot *s, struct rec_outcome *out);
/* Readable when there are replies or a new catalog.  Non-blocking, inherited: do not
 * close it. */
NODISCARD int slot_eventfd(const struct slot *s);
/* Once a second or more often, from the loop and never between slot_new_id() and
 * ring_commit(). */
void slot_heartbeat(struct slot *s);
/* From now on every request is answered by this version of the configuration. */
void slot_catalog_ack(struct slot *s, uint64_t version);

/* --- anybody --- */

NODISCARD unsigned slot_number(const struct slot *s);
/* Does a living process own it? */
NODISCARD bool slot_is_live(const struct slot *s);
NODISCARD uint32_t slot_pid(const struct slot *s);
NODISCARD uint32_t slot_incarnation(const struct slot *s);
void slot_uuid(const struct slot *s, uint8_t uuid[16]);
NODISCARD uint64_t slot_catalog_acked(const struct slot *s);
NODISCARD us_t slot_last_heartbeat(const struct slot *s);
/* Lower bound of an id that the owner is about to commit; 0 none. */
NODISCARD us_t slot_mark(const struct slot *s);

/* Tell the worker that waits for this outcome and wake it.  false: nobody waits any more
 * (its slot has a new owner), or its reply ring is full; the worker then answers by its
 * time-out.  One thread of stats. */
bool reply_send(struct shm *shm, const struct rec_outcome *out);

#endif
