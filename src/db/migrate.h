/* SPDX-License-Identifier: Apache-2.0
 * migrate.h - brings a database to this version's schema.
 *
 * One connection, one thread; several nodes may try at once, one does it.  The steps are
 * the files NNNN-name.sql of a folder, in order; table schema_step remembers which were
 * applied, how far, and their checksum, so that a step that changed after it was applied
 * is refused.
 */
#ifndef DB_MIGRATE_H
#define DB_MIGRATE_H

#include "db/db.h"

/* Applies what is missing from `dir`.  *applied counts new steps.  false: `why` (512
 * bytes) has one line. */
NODISCARD bool migrate_run(struct db *db, const char *dir, unsigned *applied, char *why);
/* A name for what the steps of `dir` say all together: equal only when each is. */
#define MIGRATE_DIGEST 65 /* hexadecimal, NUL included */
NODISCARD bool migrate_digest(const char *dir, char out[MIGRATE_DIGEST], char *why);
/* Only looks: false when a step is missing or has changed, `why` says which. */
NODISCARD bool migrate_is_current(struct db *db, const char *dir, char *why);

#endif
