/* SPDX-License-Identifier: Apache-2.0
 * goal.c - see goal.h.
 */
#include "domain/goal.h"

bool
goal_value_ok(struct str value)
{
	for (size_t i = 0; i < value.n; i++) {
		char ch = value.p[i];

		if (!((ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') ||
			(ch >= 'A' && ch <= 'Z') || ch == '_' || ch == '-'))
			return false;
	}
	return value.n > 0 && value.n <= GOAL_MAX && !str_eq(value, STR("0"));
}

enum err
goal_find(struct db *db, struct str value, int64_t *id)
{
	enum err rc;

	*id = 0;
	if (str_eq(value, STR("1")))
		return ERR_OK;
	if (!goal_value_ok(value))
		return ERR_NOT_FOUND;
	rc = db_int(db, id, 0, "SELECT id FROM goal WHERE value = ?", "s", value);
	return rc == ERR_OK && *id == 0 ? ERR_NOT_FOUND : rc;
}

enum err
goal_make(struct change *c, struct str value, int64_t *id)
{
	enum err rc = goal_find(c->db, value, id);

	if (rc != ERR_NOT_FOUND)
		return rc;
	if (!goal_value_ok(value))
		return ERR_INVALID;
	/* Two nodes may name a new goal at once: whoever comes second gets the number of
	 * the first. */
	rc = db_exec(c->db,
	    "INSERT INTO goal (value, title, created_us) VALUES (?, ?, ?) "
	    "ON DUPLICATE KEY UPDATE id = LAST_INSERT_ID(id)",
	    "ssi", value, value, c->now);
	if (rc != ERR_OK)
		return rc;
	*id = (int64_t)db_insert_id(c->db);
	return catalog_bump(c->db, BUMP_GOAL, (uint64_t)*id, &c->version);
}
