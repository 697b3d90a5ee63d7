/* SPDX-License-Identifier: Apache-2.0
 * testdb.h - a database of its own for a unit test.
 *
 *     struct db *db = testdb_open();     prints the plan "skipped" and ends the program
 * when there is none
 *     ...
 *     testdb_close(&db);                 drops it
 *
 * The server is the one whose socket AFFILIATED_TEST_SOCKET names (user root, no
 * password); the schema is that of the source tree, whose top is $srcdir or the working
 * directory.
 */
#ifndef T_UNIT_TESTDB_H
#define T_UNIT_TESTDB_H

#include "db/db.h"
#include "db/migrate.h"

#include "tap.h"

#include <stdlib.h>
#include <unistd.h>

static char testdb_name[64];

__attribute__((unused)) static void
testdb_exec(struct db *db, const char *sql)
{
	/* Texts of the test itself. */
	if (db_exec_once(db, sql, "") == ERR_OK)
		return;
	printf("Bail out! %s: %.200s\n", db_error(db), sql);
	exit(1);
}

__attribute__((unused)) static struct db *
testdb_connect(const char *name)
{
	const struct db_where w = {
	    .socket = getenv("AFFILIATED_TEST_SOCKET"), .user = "root", .name = name};
	struct db *db;
	char why[256];

	if (w.socket == NULL) {
		printf("1..0 # SKIP no database: AFFILIATED_TEST_SOCKET is not set\n");
		exit(0);
	}
	db = db_open(&w, why);
	if (db == NULL) {
		printf("Bail out! %s\n", why);
		exit(1);
	}
	return db;
}

__attribute__((unused)) static struct db *
testdb_open(void)
{
	struct db *db = testdb_connect("mysql");
	const char *top = getenv("srcdir");
	char text[256], why[512];
	unsigned applied;

	(void)snprintf(testdb_name, sizeof(testdb_name), "aff_unit_%ld", (long)getpid());
	(void)snprintf(text, sizeof(text),
	    "CREATE OR REPLACE DATABASE %s CHARACTER SET utf8mb4 COLLATE "
	    "utf8mb4_nopad_bin",
	    testdb_name);
	testdb_exec(db, text);
	db_close(&db);
	db = testdb_connect(testdb_name);
	(void)snprintf(text, sizeof(text), "%s/schema", top == NULL ? "." : top);
	if (!migrate_run(db, text, &applied, why)) {
		printf("Bail out! %s\n", why);
		exit(1);
	}
	return db;
}

__attribute__((unused)) static void
testdb_close(struct db **dbp)
{
	char text[128];

	(void)snprintf(text, sizeof(text), "DROP DATABASE %s", testdb_name);
	testdb_exec(*dbp, text);
	db_close(dbp);
}

/* The one number that a query of the test answers. */
__attribute__((unused)) static int64_t
testdb_int(struct db *db, const char *sql)
{
	struct db_rows *rows = NULL;
	int64_t v = INT64_MIN;

	if (db_query_once(db, &rows, sql, "") == ERR_OK && db_next(rows))
		v = db_i64(rows, 0);
	if (db_rows_close(&rows) != ERR_OK || v == INT64_MIN)
		printf("# no answer (%s) to: %.200s\n", db_error(db), sql);
	return v;
}

#endif
