/* SPDX-License-Identifier: Apache-2.0
 * db.h - MariaDB: one connection, prepared statements, transactions.
 *
 * Source: mariadb-connector-c.  A struct db belongs to one thread at a time.  Every
 * statement is prepared (no input ever becomes SQL text) and cached by its text, so
 * statement texts are constants. Session: UTC, READ COMMITTED, strict mode, utf8mb4;
 * autocommit on outside db_begin..db_commit.
 *
 * Values are bound after a type string, one letter each:
 *   i  int64_t            u  uint64_t          s  struct str as text, STR_NONE binds NULL
 *   b  struct str, bytes  I  const int64_t *, NULL binds NULL
 */
#ifndef DB_DB_H
#define DB_DB_H

#include "base/err.h"

struct db;      /* private to db.c */
struct db_rows; /* a result being read; private */

struct db_where {
	const char *socket; /* NULL: TCP to host and port */
	const char *host;
	unsigned port;
	const char *user, *password, *name;
};

/* NULL: not reachable; *why (caller's buffer of 256 bytes, may be NULL) says why. */
NODISCARD struct db *db_open(const struct db_where *w, char *why);
/* The same; *away says of a failure whether nobody answered, or a server that is
 * starting, ending, full or cut off from its cluster.  Else it answered, and trying again
 * will not help. */
NODISCARD struct db *db_reach(const struct db_where *w, char *why, bool *away);
/* Whether the last failure was one of those, or a lock that another held too long. */
NODISCARD bool db_is_away(const struct db *db);
/* NULL is fine; sets the caller's pointer to NULL. */
void db_close(struct db **dbp);
/* Connect again if the connection is gone; ERR_DB_DOWN when it cannot. */
NODISCARD enum err db_alive(struct db *db);

/* Statements without a result.  ERR_DB_DUP, ERR_DB_RETRY, ERR_DB_DOWN or ERR_DB_SQL on
 * failure; db_error() has the server's words. */
NODISCARD enum err db_exec(struct db *db, const char *sql, const char *types, ...);
/* Of the last db_exec. */
NODISCARD uint64_t db_affected(const struct db *db);
NODISCARD uint64_t db_insert_id(const struct db *db);

/* Statements with rows.  *out must be closed, also after an error while reading.  Rows
 * stream: until db_rows_close() the connection can do nothing else. */
NODISCARD enum err db_query(
    struct db *db, struct db_rows **out, const char *sql, const char *types, ...);
/* true: a row is there.  false: no more, or a failure: db_rows_close() tells which. */
NODISCARD bool db_next(struct db_rows *r);
enum err db_rows_close(struct db_rows **rp);
/* Columns of the current row, from 0.  The text lives until the next db_next(). */
NODISCARD bool db_is_null(const struct db_rows *r, unsigned col);
NODISCARD int64_t db_i64(const struct db_rows *r, unsigned col);
NODISCARD uint64_t db_u64(const struct db_rows *r, unsigned col);
NODISCARD struct str db_str(
    const struct db_rows *r, unsigned col); /* STR_NONE for NULL */

/* One row, one integer: *out, or `none` when there is no row or it is NULL. */
NODISCARD enum err db_int(
    struct db *db, int64_t *out, int64_t none, const char *sql, const char *types, ...);

/* Transactions do not nest.  db_rollback is for every way out but a clean commit, and
 * safe when none is open. */
NODISCARD enum err db_begin(struct db *db);
NODISCARD enum err db_commit(struct db *db);
void db_rollback(struct db *db);

/* Statement text that is not a constant (an IN list of `?` marks, a LOAD DATA with the
 * table's name): not cached.  Whoever builds it says on the line why no input can reach
 * it. */
NODISCARD enum err db_exec_once(struct db *db, const char *sql, const char *types, ...);
NODISCARD enum err db_query_once(
    struct db *db, struct db_rows **out, const char *sql, const char *types, ...);

/* The same with the values in a list, for statements put together from constant pieces of
 * which each brings its values along (a report with some of its filters).  At most 64.
 * type: i, u, s or b. */
struct db_bind {
	char type;
	int64_t i;
	struct str s;
};
NODISCARD enum err db_query_list(struct db *db, struct db_rows **out, const char *sql,
    const struct db_bind *list, unsigned n);

/* LOAD DATA LOCAL from memory: `sql` names the handler's file as 'mem'.  Fields end in
 * \t, lines in \n, escaped by '\\', \N is NULL, character set binary.  Fails with
 * ERR_DB_SQL unless the server took all `rows` rows without a warning (LOCAL turns errors
 * into warnings). */
NODISCARD enum err db_load(
    struct db *db, const char *sql, struct str data, uint64_t rows);

/* The last failure in the server's words, for logs; and its error number. */
NODISCARD const char *db_error(const struct db *db);
NODISCARD unsigned db_errno(const struct db *db);

#endif
