/* SPDX-License-Identifier: Apache-2.0
 * dbcheck.h - whether the database is the one that this node may book into.
 *
 * Its schema must be this program's, and the node's number there must belong to the
 * journal of this state directory.  What was found good is remembered in
 * <state_dir>/database.checked, so that the node may start once more while the database
 * is away; then it must also turn out to be the same database, before anything goes in:
 *
 *   start ── good ──► remembered ───────────────────────────► fold
 *     ├── refuses: the master ends with one line
 *     └── away ── remembered? ── no: the master ends
 *                      └── yes: journal alone ── back, and the same? ── yes ─┘
 *                                                    └── no: said, asked again later
 *
 * Which database it is, is told by the moment at which the first step of its schema was
 * applied: a backup that was put back, and each node of a cluster, have the same.
 *
 * The master before its first fork, and the main thread of stats; blocks for as long as
 * the database takes.
 */
#ifndef STATS_DBCHECK_H
#define STATS_DBCHECK_H

#include "base/settings.h"

#define DBCHECK_WHY 512

enum dbcheck {
	DBCHECK_GOOD,
	DBCHECK_AWAY, /* nobody answers */
	DBCHECK_WRONG /* it must not be used */
};

/* A first look, at a start: makes this node known there when it is not yet, and remembers
 * what was found.  The schema must have been brought there before.  `why` (DBCHECK_WHY
 * bytes) is one line unless DBCHECK_GOOD. */
NODISCARD enum dbcheck dbcheck_first(
    const struct settings *set, const uint8_t uuid[16], char *why);
/* May the node start without it: was this very database found good for this program, node
 * and journal?  false: `why` says what is not as it was. */
NODISCARD bool dbcheck_is_known(
    const struct settings *set, const uint8_t uuid[16], char *why);
/* After such a start: the same look, at the database that is remembered and no other. */
NODISCARD enum dbcheck dbcheck_again(
    const struct settings *set, const uint8_t uuid[16], char *why);

#endif
