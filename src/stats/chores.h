/* SPDX-License-Identifier: Apache-2.0
 * chores.h - the thread of stats for work that comes round: holds that end, partitions,
 * cubes.
 *
 * A connection of its own, so that a slow one of them (dropping a partition waits for
 * readers) keeps neither clicks nor conversions from being booked.  chores.c has the
 * list.
 */
#ifndef STATS_CHORES_H
#define STATS_CHORES_H

#include "base/inherited.h"

struct chores; /* private to chores.c */

/* Starts the thread.  NULL: no thread to be had (errno). */
NODISCARD struct chores *chores_start(const struct inherited *in);
/* Lets the one that runs finish.  NULL is fine; sets the caller's pointer to NULL. */
void chores_stop(struct chores **cp);

#endif
