/* SPDX-License-Identifier: Apache-2.0
 * shm_layout.h - the bytes of the control file: words that all processes of a node share.
 *
 * Every word says who stores it.  A change of size or order is a new CONTROL_VERSION.
 */
#ifndef SHM_SHM_LAYOUT_H
#define SHM_SHM_LAYOUT_H

#include "shm/captable.h"
#include "shm/ring_layout.h"

#define CONTROL_MARKER "AFFCTRL"
#define CONTROL_VERSION 2u

/* One lane of the journal. */
struct lane_shm {
	alignas(
	    64) _Atomic uint64_t synced; /* journal thread: positions below are on disk */
	_Atomic uint64_t folded;         /* fold thread: positions below are booked */
	_Atomic int64_t
	    synced_us; /* journal thread: all that was committed before it is on disk */
	_Atomic int64_t
	    folded_us; /* fold thread: all that was committed before it is booked */
	_Atomic uint64_t disk_bytes; /* journal thread: segments of this lane */
	_Atomic uint32_t refusing;   /* journal thread: 1 = cannot write (budget, disk) */
	_Atomic uint32_t db_down;    /* fold thread: 1 = cannot book at present */
	alignas(
	    64) _Atomic uint32_t sleeping; /* journal thread: wake me by the eventfd */
};

struct control_shm {
	char marker[8];           /* master, when the file is made: last of all */
	uint32_t version, _pad;   /* ditto */
	uint64_t file_bytes;      /* ditto */
	int64_t made_us;          /* ditto */
	uint8_t journal_uuid[16]; /* stats: the journal that lane[].synced is about */
	_Atomic uint32_t stats_pid;
	/* Master at its start: 1 = this database was not looked at yet, and nothing may
	 * go into it; stats: 0 once it was. */
	_Atomic uint32_t db_unchecked;
	/* Journal threads: no new id is at or below this. */
	alignas(64) _Atomic int64_t floor_us;
	/* Catalog thread: generation of the newest image. */
	alignas(64) _Atomic uint64_t catalog_gen;
	_Atomic uint64_t catalog_version; /* ditto: the configuration version in it */
	_Atomic uint64_t want_version;    /* any: highest version somebody waits for */
	_Atomic uint32_t acks;            /* workers: counts acknowledgements; a futex */
	struct lane_shm lane[2];
	/* Catalog thread and workers: captable.h. */
	alignas(64) struct captable caps;
};

_Static_assert(offsetof(struct control_shm, stats_pid) == 48 &&
		   offsetof(struct control_shm, floor_us) == 64,
    "layout of CONTROL_VERSION 1, in whose gap db_unchecked stands");

#endif
