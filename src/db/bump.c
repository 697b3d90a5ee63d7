/* SPDX-License-Identifier: Apache-2.0
 * bump.c - see bump.h.
 */
#include "db/bump.h"

/* lane = 1: that of the events.  Each booking begins with an UPDATE of its node's row;
 * the column really changes, for on Galera only changed rows are seen elsewhere. */
enum err
catalog_fence(struct db *db)
{
	return db_exec(db, "UPDATE fold_position SET turn = turn + 1 WHERE lane = 1", "");
}

enum err
catalog_fence_book(struct db *db, unsigned node_id)
{
	return db_exec(db,
	    "UPDATE fold_position SET turn = turn + 1 WHERE lane = 1 AND node_id = ?",
	    "u", (uint64_t)node_id);
}

enum err
catalog_bump(struct db *db, unsigned kind, uint64_t object_id, uint64_t *version)
{
	enum err rc;

	/* LAST_INSERT_ID(expression) hands the new number to this connection without a
	 * second read. */
	rc = db_exec(db,
	    "UPDATE catalog_version SET version = LAST_INSERT_ID(version + 1) WHERE one "
	    "= 1",
	    "");
	if (rc != ERR_OK)
		return rc;
	*version = db_insert_id(db);
	return db_exec(db,
	    "INSERT INTO catalog_change (version, kind, object_id) VALUES (?, ?, ?)",
	    "uuu", *version, (uint64_t)kind, object_id);
}
