/* SPDX-License-Identifier: Apache-2.0
 * agents.h - the dictionary of user agents: each distinct text is parsed and stored once,
 * and clicks carry its number.
 *
 * One thread at a time.  The cache holds only numbers that are certainly committed: one
 * that this very transaction gave is looked up again the next time, since the transaction
 * may be rolled back.
 */
#ifndef BOOK_AGENTS_H
#define BOOK_AGENTS_H

#include "base/inherited.h"
#include "db/db.h"

struct agents; /* private to agents.c */

NODISCARD struct agents *agents_new(const struct inherited *in);
/* NULL is fine; sets the caller's pointer to NULL. */
void agents_free(struct agents **ap);

/* Numbers for n texts, in id[n]; STR_NONE and "" are 0.  Inside the caller's transaction:
 * what is new is inserted.  The texts need only live until the call ends. */
NODISCARD enum err agents_ids(
    struct agents *a, struct db *db, const struct str *text, unsigned n, uint32_t *id);

#endif
