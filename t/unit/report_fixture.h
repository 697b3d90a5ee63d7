/* SPDX-License-Identifier: Apache-2.0
 * report_fixture.h - fills a test's database from report_fixture.sql, which says what is
 * in it.
 */
#ifndef T_UNIT_REPORT_FIXTURE_H
#define T_UNIT_REPORT_FIXTURE_H

#include "testdb.h"

/* Statements end with a semicolon at a line's end; comments are lines of their own. */
__attribute__((unused)) static void
fixture_fill(struct db *db)
{
	const char *top = getenv("srcdir");
	char path[512], sql[16384], line[1024];
	size_t n = 0;
	FILE *f;

	(void)snprintf(
	    path, sizeof(path), "%s/t/unit/report_fixture.sql", top == NULL ? "." : top);
	f = fopen(path, "r");
	if (f == NULL) {
		printf("Bail out! cannot read %s\n", path);
		exit(1);
	}
	while (fgets(line, sizeof(line), f) != NULL) {
		size_t len = strlen(line);

		if (strncmp(line, "--", 2) == 0 || n + len >= sizeof(sql))
			continue;
		memcpy(sql + n, line, len + 1);
		n += len;
		if (len < 2 || line[len - 2] != ';')
			continue;
		sql[n - 2] = '\0';
		testdb_exec(db, sql);
		n = 0;
	}
	(void)fclose(f);
}

#endif
