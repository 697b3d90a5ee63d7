/* SPDX-License-Identifier: Apache-2.0
 * migrate.c - see migrate.h.
 *
 * DDL commits by itself in MariaDB, so a step is remembered statement by statement: after
 * a crash the next run goes on where it stopped.  Of a statement that nobody had time to
 * remember its own error tells: each is done whole or not at all.
 */
#include "db/migrate.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <mysqld_error.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"

#define LOCK_SECONDS 600

struct step {
	unsigned n;
	const char *name;
	struct str text;
	char sum[65];
	int64_t done; /* statements applied so far */
};

struct migration {
	struct db *db;
	const char *dir;
	struct arena *arena;
	char *why;
	bool look; /* only say what is missing */
};

static bool
fail(struct migration *m, const char *name, const char *what)
{
	(void)snprintf(m->why, 512, "schema%s%s: %s", name == NULL ? "" : " ",
	    name == NULL ? "" : name, what);
	return false;
}

static bool
fail_db(struct migration *m, const char *name)
{
	return fail(m, name, db_error(m->db));
}

static bool
read_step(struct migration *m, struct step *s)
{
	unsigned char sum[crypto_hash_sha256_BYTES];
	struct str path = arena_printf(m->arena, "%s/%s", m->dir, s->name);
	FILE *f = fopen(path.p, "re");
	char *text;
	long size;

	if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (size = ftell(f)) < 0 ||
	    fseek(f, 0, SEEK_SET) != 0) {
		if (f != NULL)
			(void)fclose(f);
		return fail(m, s->name, "cannot be read");
	}
	text = arena_alloc(m->arena, (size_t)size + 1);
	s->text = str_n(text, fread(text, 1, (size_t)size, f));
	(void)fclose(f);
	(void)crypto_hash_sha256(sum, (const unsigned char *)text, s->text.n);
	(void)sodium_bin2hex(s->sum, sizeof(s->sum), sum, sizeof(sum));
	return true;
}

/* What is already there.  false only on failure. */
static bool
load_progress(struct migration *m, struct step *s)
{
	struct db_rows *r = NULL;
	bool same = true;

	if (db_query(m->db, &r,
		"SELECT statements, sha256 FROM schema_step WHERE step = ?", "u",
		(uint64_t)s->n) != ERR_OK)
		return fail_db(m, s->name);
	if (db_next(r)) {
		s->done = db_i64(r, 0);
		same = str_eq(db_str(r, 1), str_of(s->sum));
	}
	if (db_rows_close(&r) != ERR_OK)
		return fail_db(m, s->name);
	if (!same)
		return fail(
		    m, s->name, "has changed since it was applied to this database");
	return true;
}

/* The next statement of *rest: up to a ';' that ends a line.  STR_NONE at the end. */
static struct str
next_statement(struct str *rest)
{
	struct str all = str_trim(*rest);
	size_t i = 0;

	if (all.n == 0)
		return STR_NONE;
	while (
	    i < all.n && !(all.p[i] == ';' && (i + 1 == all.n || all.p[i + 1] == '\n')))
		i++;
	*rest = i < all.n ? str_n(all.p + i + 1, all.n - i - 1) : STR_NONE;
	return str_n(all.p, i);
}

static bool
is_insert(struct str sql)
{
	/* Remarks stand before the statement. */
	while (str_starts(sql, STR("--"))) {
		const struct str line = str_split(&sql, '\n');

		sql = line.n > 0 ? str_trim(sql) : STR("");
	}
	return str_starts(sql, STR("INSERT "));
}

/* By a run that died before it could say so: what it makes is there, what it drops is
 * gone.  (A unique key that the rows do not allow is a duplicate, too.) */
static bool
was_applied(const struct migration *m, enum err rc, struct str sql)
{
	if (rc == ERR_DB_DUP)
		return is_insert(sql);
	if (rc != ERR_DB_SQL)
		return false;
	switch (db_errno(m->db)) {
	case ER_TABLE_EXISTS_ERROR:
	case ER_BAD_TABLE_ERROR:
	case ER_DUP_FIELDNAME:
	case ER_DUP_KEYNAME:
	case ER_CANT_DROP_FIELD_OR_KEY:
		return true;
	default:
		return false;
	}
}

static bool
apply_statement(struct migration *m, const struct step *s, struct str sql, int64_t at)
{
	/* The text is a file of ours, installed with the program: no input reaches it. */
	enum err rc = db_exec_once(m->db, arena_cstr(m->arena, sql), "");

	if (at == s->done && was_applied(m, rc, sql))
		rc = ERR_OK;
	if (rc != ERR_OK)
		return fail_db(m, s->name);
	if (db_exec(m->db,
		"INSERT INTO schema_step (step, name, statements, sha256, applied_us) "
		"VALUES (?, ?, ?, ?, ?) "
		"ON DUPLICATE KEY UPDATE statements = VALUES(statements), applied_us = "
		"VALUES(applied_us)",
		"usisi", (uint64_t)s->n, str_of(s->name), at + 1, str_of(s->sum),
		clock_us()) != ERR_OK)
		return fail_db(m, s->name);
	return true;
}

static bool
apply_step(struct migration *m, struct step *s, unsigned *applied)
{
	struct str rest, sql;
	int64_t at = 0;

	if (!read_step(m, s) || !load_progress(m, s))
		return false;
	rest = s->text;
	for (; (sql = next_statement(&rest)).p != NULL; at++) {
		if (at < s->done)
			continue;
		if (m->look)
			return fail(m, s->name, "is missing: run affiliatectl migrate");
		if (!apply_statement(m, s, sql, at))
			return false;
	}
	*applied += at > s->done;
	return true;
}

static int
is_step(const struct dirent *e)
{
	size_t n = strlen(e->d_name);

	return n > 9 && strspn(e->d_name, "0123456789") == 4 &&
	       strcmp(e->d_name + n - 4, ".sql") == 0;
}

static bool
apply_all(struct migration *m, unsigned *applied)
{
	struct dirent **names = NULL;
	int n = scandir(m->dir, &names, is_step, alphasort);
	bool good = true;

	if (n <= 0) {
		free(names);
		return fail(m, m->dir, n == 0 ? "has no steps" : "cannot be read");
	}
	for (int i = 0; i < n; i++) {
		struct step s = {.n = (unsigned)strtoul(names[i]->d_name, NULL, 10),
		    .name = arena_cstr(m->arena, str_of(names[i]->d_name))};

		good = good && apply_step(m, &s, applied);
		free(names[i]);
	}
	free(names);
	return good;
}

bool
migrate_digest(const char *dir, char out[MIGRATE_DIGEST], char *why)
{
	struct migration m = {.dir = dir, .arena = arena_new(), .why = why};
	unsigned char sum[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state all;
	struct dirent **names = NULL;
	int n = scandir(dir, &names, is_step, alphasort);
	bool good = n > 0 || fail(&m, dir, n == 0 ? "has no steps" : strerror(errno));

	(void)crypto_hash_sha256_init(&all);
	for (int i = 0; i < n; i++) {
		struct step s = {.name = arena_cstr(m.arena, str_of(names[i]->d_name))};

		good = good && read_step(&m, &s);
		(void)crypto_hash_sha256_update(&all, (const unsigned char *)s.name,
		    strlen(s.name) + 1); /* with the NUL, which parts it from the text */
		(void)crypto_hash_sha256_update(
		    &all, (const unsigned char *)s.sum, sizeof(s.sum));
		free(names[i]);
	}
	free(names);
	(void)crypto_hash_sha256_final(&all, sum);
	(void)sodium_bin2hex(out, MIGRATE_DIGEST, sum, sizeof(sum));
	arena_free(&m.arena);
	return good;
}

bool
migrate_run(struct db *db, const char *dir, unsigned *applied, char *why)
{
	struct migration m = {.db = db, .dir = dir, .arena = arena_new(), .why = why};
	int64_t locked = 0;
	bool good = false;

	*applied = 0;
	if (db_int(db, &locked, 0, "SELECT GET_LOCK('affiliated_migrate', ?)", "i",
		(int64_t)LOCK_SECONDS) != ERR_OK) {
		(void)fail_db(&m, NULL);
		goto out;
	}
	if (locked != 1) {
		(void)fail(&m, NULL, "another process is migrating this database");
		goto out;
	}
	if (db_exec(db, "ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin",
		"") != ERR_OK ||
	    db_exec(db,
		"CREATE TABLE IF NOT EXISTS schema_step (step INT UNSIGNED NOT NULL "
		"PRIMARY KEY, "
		"name VARCHAR(190) NOT NULL, statements INT NOT NULL, sha256 CHAR(64) "
		"NOT NULL, "
		"applied_us BIGINT NOT NULL)",
		"") != ERR_OK)
		(void)fail_db(&m, NULL);
	else
		good = apply_all(&m, applied);
	if (db_int(db, &locked, 0, "SELECT RELEASE_LOCK('affiliated_migrate')", "") !=
		ERR_OK &&
	    good)
		good = fail_db(&m, NULL);
out:
	arena_free(&m.arena);
	return good;
}

bool
migrate_is_current(struct db *db, const char *dir, char *why)
{
	struct migration m = {
	    .db = db, .dir = dir, .arena = arena_new(), .why = why, .look = true};
	unsigned none = 0;
	int64_t tables = 0;
	bool good = false;

	if (db_int(db, &tables, 0,
		"SELECT COUNT(*) FROM information_schema.tables "
		"WHERE table_schema = DATABASE() AND table_name = 'schema_step'",
		"") != ERR_OK)
		(void)fail_db(&m, NULL);
	else if (tables == 0)
		(void)fail(&m, NULL, "is missing: run affiliatectl migrate");
	else
		good = apply_all(&m, &none);
	arena_free(&m.arena);
	return good;
}
