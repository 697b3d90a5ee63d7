/* SPDX-License-Identifier: Apache-2.0
 * userrole.c - see userrole.h.
 */
#include "domain/userrole.h"

#define HOURS_MAX 255u
#define PASSWORD_MIN 5u

const char *const userrole_words[] = {
#define USERROLE(id_, word_, sections_, own_) word_,
#include "tbl/sections.h"
    NULL};

unsigned
userrole_default(unsigned account_type)
{
	return account_type == ACCOUNT_ADMIN     ? USERROLE_ADMIN
	       : account_type == ACCOUNT_MANAGER ? USERROLE_MANAGER_AFFILIATE
						 : 0;
}

static bool
is_user(int64_t type)
{
	return type == ACCOUNT_ADMIN || type == ACCOUNT_MANAGER ||
	       type == ACCOUNT_SUBADMIN;
}

enum err
user_load(struct db *db, struct arena *arena, int64_t id, struct user *out)
{
	struct db_rows *r;
	enum err rc = account_load(db, arena, id, &out->a);

	if (rc != ERR_OK)
		return rc;
	if (!is_user(out->a.type))
		return ERR_NOT_FOUND;
	out->roles = userrole_default((unsigned)out->a.type);
	out->work_hours = STR("");
	rc = db_query(db, &r,
	    "SELECT roles, work_hours FROM user_role WHERE account_id = ?", "i", id);
	if (rc != ERR_OK)
		return rc;
	if (db_next(r)) {
		out->roles = (unsigned)db_u64(r, 0);
		out->work_hours = arena_str(arena, db_str(r, 1));
	}
	return db_rows_close(&r);
}

static enum err
check(struct change *c, struct user *u, struct str password)
{
	if (u->roles == 0)
		return change_fault(c, ERR_INVALID, "roles", "may not be empty");
	if (password.n > 0 && password.n < PASSWORD_MIN)
		return change_fault(c, ERR_INVALID, "password",
		    "must have %u characters or more", PASSWORD_MIN);
	if (!str_is_utf8(u->work_hours) || u->work_hours.n > HOURS_MAX)
		return change_fault(c, ERR_INVALID, "work_hours",
		    "is longer than %u bytes or not UTF-8", HOURS_MAX);
	u->a.type =
	    (u->roles & USERROLE_ADMIN) != 0 ? ACCOUNT_ADMIN
	    : (u->roles & (USERROLE_MANAGER_AFFILIATE | USERROLE_MANAGER_SALES)) != 0
		? ACCOUNT_MANAGER
		: ACCOUNT_SUBADMIN;
	return ERR_OK;
}

static enum err
put_roles(struct change *c, const struct user *u)
{
	return db_exec(c->db,
	    "REPLACE INTO user_role (account_id, roles, work_hours) VALUES (?, ?, ?)",
	    "ius", u->a.id, (uint64_t)u->roles, u->work_hours);
}

enum err
user_add(struct change *c, struct user *u, struct str password)
{
	enum err rc = check(c, u, password);

	if (rc == ERR_OK)
		rc = account_add(c, &u->a, password);
	return rc != ERR_OK ? rc : put_roles(c, u);
}

/* Of two who take it from each other at once, the second waits here and is refused. */
static enum err
check_last(struct change *c, const struct user *u)
{
	struct db_rows *r;
	int64_t others = 0;
	enum err rc = db_query(c->db, &r,
	    "SELECT id FROM account WHERE type = 225 AND status = 0 AND NOT deleted FOR "
	    "UPDATE",
	    "");

	if (rc != ERR_OK)
		return rc;
	while (db_next(r))
		others += db_i64(r, 0) != u->a.id;
	rc = db_rows_close(&r);
	return rc == ERR_OK && others == 0
		   ? change_fault(c, ERR_INVALID, "roles",
			 "would leave nobody who may do everything")
		   : rc;
}

enum err
user_store(struct change *c, struct user *u, struct str password)
{
	const int64_t was = u->a.type;
	enum err rc = check(c, u, password);

	if (rc == ERR_OK && was == ACCOUNT_ADMIN && u->a.type != ACCOUNT_ADMIN)
		rc = check_last(c, u);
	if (rc == ERR_OK)
		rc = account_store(c, &u->a, password);
	return rc != ERR_OK ? rc : put_roles(c, u);
}

enum err
user_list(struct db *db, struct arena *arena, uint64_t skip, uint64_t count,
    int64_t **ids, size_t *n, int64_t *total)
{
	struct db_rows *r;
	enum err rc = db_int(db, total, 0,
	    "SELECT COUNT(*) FROM account WHERE type IN (120, 200, 225) AND NOT deleted",
	    "");

	*ids = NULL;
	*n = 0;
	if (rc == ERR_OK)
		rc = db_query(db, &r,
		    "SELECT id FROM account WHERE type IN (120, 200, 225) AND NOT "
		    "deleted ORDER BY id LIMIT ? OFFSET ?",
		    "uu", count, skip);
	if (rc != ERR_OK)
		return rc;
	while (db_next(r)) {
		*ids = row_grow(arena, *ids, *n, sizeof(**ids));
		(*ids)[(*n)++] = db_i64(r, 0);
	}
	return db_rows_close(&r);
}
