/* SPDX-License-Identifier: Apache-2.0
 * change.h - one change of the configuration: a transaction, its moment and what was
 * wrong with it.
 *
 * One thread at a time.  Whoever changes accounts, offers, rules or settings writes a
 * change_f and has change_run() call it; the functions of domain that write take the
 * struct change, so none can be called outside a transaction.
 */
#ifndef DOMAIN_CHANGE_H
#define DOMAIN_CHANGE_H

#include "base/arena.h"
#include "base/clock.h"
#include "db/bump.h"

struct change {
	struct db *db;
	struct arena *arena; /* what is read lives here */
	us_t now;            /* one moment for all that the change writes */
	struct fault fault;  /* filled when change_run() fails */
	uint64_t version;    /* of the catalog, once committed; 0: nothing changed */
};

/* Does the work inside the transaction.  Any failure rolls all of it back. */
typedef enum err change_f(struct change *c, void *what);

/* Begin, fn, commit.  A deadlock or a duplicate that another one has just made runs fn once
 * more, up to five times in all, so fn must not keep state between calls.  On failure c->fault says why: always, also when the
 * database is to blame. */
NODISCARD enum err change_run(struct change *c, change_f *fn, void *what);

/* c->fault from a check: `return change_fault(c, ERR_INVALID, "url", "...")`. */
enum err change_fault(struct change *c, enum err e, const char *param, const char *fmt,
    ...) PRINTF_LIKE(4, 5);

#endif
