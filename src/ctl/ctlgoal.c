/* SPDX-License-Identifier: Apache-2.0
 * ctlgoal.c - goals and the columns they are reported in, for which neither API has a
 * call.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/ctl.h"
#include "db/bump.h"
#include "domain/goal.h"

struct new_column {
	const char *name, *notify;
	int64_t revenue, admin, id;
};

static enum err
do_column(struct change *c, void *what)
{
	struct new_column *n = what;
	enum err rc = db_exec(c->db,
	    "INSERT INTO goal_column (name, display_revenue, admin_only, notify_type) "
	    "VALUES (?, ?, ?, ?)",
	    "siis", str_of(n->name), n->revenue, n->admin, str_of(n->notify));

	if (rc == ERR_DB_DUP)
		return change_fault(c, ERR_EXISTS, "", "there is a column %s", n->name);
	if (rc == ERR_OK)
		n->id = (int64_t)db_insert_id(c->db);
	return rc;
}

int
ctl_goal_column(struct ctl *t, int argc, char **argv)
{
	struct new_column n = {.notify = "", .revenue = 1};
	int i = 2;

	if (argc < 2 || strcmp(argv[0], "add") != 0 || *argv[1] == '\0')
		return ctl_usage(t);
	n.name = argv[1];
	for (; i < argc; i++) {
		if (strcmp(argv[i], "--hide-revenue") == 0)
			n.revenue = 0;
		else if (strcmp(argv[i], "--admin-only") == 0)
			n.admin = 1;
		else if (strcmp(argv[i], "--notify") == 0 && i + 1 < argc)
			n.notify = argv[++i];
		else
			return ctl_usage(t);
	}
	if (*n.notify != '\0' && strcmp(n.notify, "initial") != 0 &&
	    strcmp(n.notify, "continuity") != 0)
		return ctl_failed("notify must be initial or continuity");
	if (!ctl_change(t, do_column, &n))
		return CTL_FAILED;
	(void)printf("%lld\n", (long long)n.id);
	return CTL_OK;
}

struct column_change {
	const char *name, *property, *value;
};

/* Statements are constants; what to set is chosen among them. */
static enum err
do_setcolumn(struct change *c, void *what)
{
	static const struct {
		const char *property, *sql;
	} flags[] = {
	    {"enabled", "UPDATE goal_column SET enabled = ? WHERE name = ?"},
	    {"display_revenue",
		"UPDATE goal_column SET display_revenue = ? WHERE name = ?"},
	    {"admin_only", "UPDATE goal_column SET admin_only = ? WHERE name = ?"},
	};
	const struct column_change *x = what;
	int64_t n = 0;
	enum err rc = db_int(c->db, &n, 0,
	    "SELECT COUNT(*) FROM goal_column WHERE name = ?", "s", str_of(x->name));

	if (rc == ERR_OK && n == 0)
		return change_fault(
		    c, ERR_NOT_FOUND, "", "there is no column %s", x->name);
	if (rc == ERR_OK && strcmp(x->property, "notify") == 0)
		return db_exec(c->db,
		    "UPDATE goal_column SET notify_type = ? WHERE name = ?", "ss",
		    str_of(x->value), str_of(x->name));
	for (size_t i = 0; rc == ERR_OK && i < ARRAY_LEN(flags); i++) {
		if (strcmp(x->property, flags[i].property) == 0)
			rc = db_exec(c->db, flags[i].sql, "is",
			    (int64_t)(x->value[0] == '1'), str_of(x->name));
	}
	return rc;
}

int
ctl_goal_setcolumn(struct ctl *t, int argc, char **argv)
{
	static const char *const flags[] = {"enabled", "display_revenue", "admin_only"};
	struct column_change x;
	bool known = false;

	if (argc != 3)
		return ctl_usage(t);
	x = (struct column_change){argv[0], argv[1], argv[2]};
	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		known = known || strcmp(x.property, flags[i]) == 0;
	if (known && strcmp(x.value, "1") != 0 && strcmp(x.value, "0") != 0)
		return ctl_failed("%s must be 1 or 0", x.property);
	if (strcmp(x.property, "notify") == 0) {
		known = true;
		if (strcmp(x.value, "goal") == 0)
			x.value = "";
		else if (strcmp(x.value, "initial") != 0 &&
			 strcmp(x.value, "continuity") != 0)
			return ctl_failed("notify must be goal, initial or continuity");
	}
	if (!known)
		return ctl_failed("a column has no %s", x.property);
	return ctl_change(t, do_setcolumn, &x) ? CTL_OK : CTL_FAILED;
}

int
ctl_goal_columns(struct ctl *t, int argc, char **argv)
{
	struct db_rows *r;
	enum err rc;

	(void)argv;
	if (argc != 0)
		return ctl_usage(t);
	rc = db_query(t->ch.db, &r,
	    "SELECT id, name, enabled, display_revenue, admin_only, IF(notify_type = "
	    "'', 'goal', notify_type) FROM goal_column ORDER BY id",
	    "");
	if (rc != ERR_OK)
		return ctl_db_failed(t, rc);
	while (db_next(r))
		(void)printf("%lld\t" STR_FMT "\t%lld\t%lld\t%lld\t" STR_FMT "\n",
		    (long long)db_i64(r, 0), STR_ARG(db_str(r, 1)),
		    (long long)db_i64(r, 2), (long long)db_i64(r, 3),
		    (long long)db_i64(r, 4), STR_ARG(db_str(r, 5)));
	rc = db_rows_close(&r);
	return rc == ERR_OK ? CTL_OK : ctl_db_failed(t, rc);
}

struct new_goal {
	struct str value, title, column;
	int64_t id;
};

static enum err
do_goal(struct change *c, void *what)
{
	struct new_goal *n = what;
	int64_t column = 0;
	enum err rc = ERR_OK;

	if (n->column.n > 0)
		rc = db_int(c->db, &column, 0,
		    "SELECT id FROM goal_column WHERE name = ?", "s", n->column);
	if (rc == ERR_OK && n->column.n > 0 && column == 0)
		return change_fault(c, ERR_INVALID, "column", "is none");
	if (rc == ERR_OK && (!goal_value_ok(n->value) || str_eq(n->value, STR("1"))))
		return change_fault(c, ERR_INVALID, "goal",
		    "may hold digits, letters, _ and -, and not be 0 or 1");
	if (rc == ERR_OK)
		rc = goal_make(c, n->value, &n->id);
	if (rc == ERR_OK)
		rc = db_exec(c->db,
		    "UPDATE goal SET title = ?, column_id = ? WHERE id = ?", "sii",
		    n->title, column, n->id);
	return rc == ERR_OK ? catalog_bump(c->db, BUMP_GOAL, (uint64_t)n->id, &c->version)
			    : rc;
}

int
ctl_goal_add(struct ctl *t, int argc, char **argv)
{
	struct new_goal n = {.column = STR("")};

	if (argc != 2 && !(argc == 4 && strcmp(argv[2], "--column") == 0))
		return ctl_usage(t);
	n.value = str_of(argv[0]);
	n.title = str_of(argv[1]);
	if (argc == 4)
		n.column = str_of(argv[3]);
	if (!ctl_change(t, do_goal, &n))
		return CTL_FAILED;
	(void)printf("%lld\n", (long long)n.id);
	return CTL_OK;
}

int
ctl_goal_list(struct ctl *t, int argc, char **argv)
{
	struct db_rows *r;
	enum err rc;

	(void)argv;
	if (argc != 0)
		return ctl_usage(t);
	rc = db_query(t->ch.db, &r,
	    "SELECT g.id, g.value, g.title, COALESCE(c.name, '') FROM goal g LEFT JOIN "
	    "goal_column c ON c.id = g.column_id ORDER BY g.id",
	    "");
	if (rc != ERR_OK)
		return ctl_db_failed(t, rc);
	while (db_next(r))
		(void)printf("%lld\t" STR_FMT "\t" STR_FMT "\t" STR_FMT "\n",
		    (long long)db_i64(r, 0), STR_ARG(db_str(r, 1)), STR_ARG(db_str(r, 2)),
		    STR_ARG(db_str(r, 3)));
	rc = db_rows_close(&r);
	return rc == ERR_OK ? CTL_OK : ctl_db_failed(t, rc);
}
