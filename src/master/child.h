/* SPDX-License-Identifier: Apache-2.0
 * child.h - the processes the master keeps alive.
 *
 * Master only, one thread, no locks.  A child is known by its slot in a table: the slot
 * outlives the process, so a restarted worker keeps its number.  child.c draws the
 * states.
 */
#ifndef MASTER_CHILD_H
#define MASTER_CHILD_H

#include <sys/types.h>

#include "base/clock.h"
#include "base/inherited.h"

enum proc_kind {
#define PROC(id_, title_, restart_ms_, kill_s_) PROC_##id_,
#include "tbl/procs.h"
#undef PROC
	PROC_MAX
};

struct child; /* private to child.c */

/* Fork one of this kind now.  The struct behind `in` must stay as it is while the child
 * is wanted.  NULL: the table is full or fork() failed, and it was logged. */
struct child *child_start(
    enum proc_kind kind, unsigned number, const struct inherited *in);
/* Take over a process that an earlier master started; it is watched, but cannot be waited
 * for. */
struct child *child_adopt(enum proc_kind kind, pid_t pid, const struct inherited *in);

/* Ask all of one kind, of generations below `before`, to end and not to come back; they
 * are killed after their grace.  `sig` is SIGTERM (finish everything) or SIGINT (end at
 * the next good moment). */
void child_stop(enum proc_kind kind, unsigned before, int sig);
/* How many of this kind live or wait for their restart. */
NODISCARD unsigned child_count(enum proc_kind kind);
/* Whether one of this kind lives, or was killed and will be started again; one that ended
 * by itself is likely to do so again. */
NODISCARD bool child_hopeful(enum proc_kind kind);
/* The kind's children that wait for a restart start now with `in`. */
void child_use(enum proc_kind kind, const struct inherited *in);

/* Collect the dead, start what is due, kill what outlived its grace.  Returns how long
 * the caller may sleep, in milliseconds; -1: until a signal. */
int child_tick(void);

/* The whole life of a forked mariadbd: becomes it, or returns. */
typedef void (*child_exec_f)(const struct settings *set);
void child_set_mariadbd(child_exec_f f);

#endif
