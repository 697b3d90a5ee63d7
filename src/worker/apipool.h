/* SPDX-License-Identifier: Apache-2.0
 * apipool.h - threads that run REST calls, each with its own database connection.
 *
 * Connections are opened when first needed and checked after a pause or a failure, so a
 * server that was restarted costs nobody an error.  A database that was away when the
 * node started is not touched before stats has found it good.
 */
#ifndef WORKER_APIPOOL_H
#define WORKER_APIPOOL_H

#include "base/inherited.h"

struct apicall;
struct apipool; /* private to apipool.c */

/* Starts the threads, with all signals blocked. */
NODISCARD struct apipool *apipool_new(const struct inherited *in);
/* Waits for the calls that run; those that wait are run too, which is short when their
 * clients have left.  NULL is fine; sets the caller's
 * pointer to NULL. */
void apipool_free(struct apipool **pp);

/* false: too many wait already. */
NODISCARD bool apipool_submit(struct apipool *p, struct apicall *c);
/* Has a thread look at the database, so that apipool_db_ok() tells of now soon, without
 * waiting. */
void apipool_ask(struct apipool *p);
/* The database answered when it was last asked. */
NODISCARD bool apipool_db_ok(const struct apipool *p);

#endif
