/* SPDX-License-Identifier: Apache-2.0
 * foldmark.h - how far the journal was booked, once more on disk: <journal>/folded.
 *
 * The control page has it, and the database; after the machine was started the one is
 * new, and the other may be away.  Without it every segment that is only kept for
 * journal_keep would count as a backlog that may not give way, and the disk budget be
 * spent at once. What is saved is at most as far as the truth.  Stats process, main
 * thread.
 */
#ifndef STATS_FOLDMARK_H
#define STATS_FOLDMARK_H

#include "stats/journal.h"

/* false: errno. */
NODISCARD bool foldmark_save(
    const struct journal_home *home, const uint64_t pos[LANE_MAX]);
/* Zeros where nothing was saved for this journal, or not whole. */
void foldmark_load(const struct journal_home *home, uint64_t pos[LANE_MAX]);

#endif
