/* SPDX-License-Identifier: Apache-2.0
 * tracking.h - what clicks.c and posts.c share, and what worker.c needs of them.
 *
 * The loop's thread only.
 */
#ifndef WORKER_TRACKING_H
#define WORKER_TRACKING_H

#include "worker/worker.h"

struct clicks; /* private to clicks.c */
struct click_in;

/* A click whose door and rest are known. */
void clicks_through(struct wreq *r, struct click_in *in);

NODISCARD struct clicks *clicks_new(struct worker *w);
/* NULL is fine; sets the caller's pointer to NULL. */
void clicks_free(struct clicks **cp);

/* 503 with Retry-After, the page of nothing there, and 405. */
void clicks_unavailable(struct wreq *r);
void clicks_not_found(struct wreq *r);
void clicks_bad_method(struct wreq *r, struct str allow);

/* files.c: a path below /files/.  The second is at the worker's end; NULL is fine, sets
 * the caller's pointer to NULL. */
void files_handle(struct wreq *r);
struct files;
void files_free(struct files **fp);

#endif
