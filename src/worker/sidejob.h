/* SPDX-License-Identifier: Apache-2.0
 * sidejob.h - what tracking must read from the database for one answer: the pixels that
 * stand in an iframe's page, and the files that the network keeps.
 *
 * On the loop.  A thread of its own does them one after the other; it starts with the
 * first: few networks have any, and the loop never waits.
 */
#ifndef WORKER_SIDEJOB_H
#define WORKER_SIDEJOB_H

#include "base/arena.h"
#include "db/db.h"
#include "worker/worker.h"

/* What came of one; texts live until `done` returns. */
struct sidejob_out {
	bool failed;           /* the database, for one */
	struct str text, type; /* STR_NONE: there is none */
};

/* On the thread, which touches nothing but what it is given: `what` is a copy.  `out` is
 * empty, its texts go into the arena.  db is alive. */
typedef enum err sidejob_work_f(const struct worker *w, struct db *db, struct arena *a,
    const void *what, struct sidejob_out *out);
/* On the loop.  Not called when the client has left. */
typedef void sidejob_done_f(void *ctx, const struct sidejob_out *out);

/* false: too many wait, and it is not done. */
NODISCARD bool sidejob_ask(struct wreq *r, sidejob_work_f *work, const void *what,
    size_t n, sidejob_done_f *done, void *ctx);
/* At the worker's end.  NULL is fine; sets the caller's pointer to NULL. */
struct sidejobs;
void sidejob_free(struct sidejobs **sp);

#endif
