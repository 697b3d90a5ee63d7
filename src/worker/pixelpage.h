/* SPDX-License-Identifier: Apache-2.0
 * pixelpage.h - affiliates' pixels for the page that answers an iframe pixel.
 *
 * On the loop, for posts.c.  They are read from the database, by a thread of its own that
 * starts with the first of them: few networks have any, and the loop never waits.
 */
#ifndef WORKER_PIXELPAGE_H
#define WORKER_PIXELPAGE_H

#include "worker/worker.h"

/* The markup, which lives until the callback returns; STR_NONE: none, or it could not be
 * read. Not called when the client has left. */
typedef void pixelpage_f(void *ctx, struct str markup);

/* The pixels of a transaction that was booked; false: too many wait, and there are none
 * for this page. */
NODISCARD bool pixelpage_ask(
    struct wreq *r, us_t txn_us, unsigned node, pixelpage_f *done, void *ctx);
/* At the worker's end.  NULL is fine; sets the caller's pointer to NULL. */
struct pixelpage;
void pixelpage_free(struct pixelpage **pp);

#endif
