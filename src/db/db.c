/* SPDX-License-Identifier: Apache-2.0
 * db.c - see db.h.
 */
#include "db/db.h"

#include <errmsg.h>
#include <mysql.h>
#include <mysqld_error.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"

#define DB_MAGIC 0x64622e63u
#define ROWS_MAGIC 0x726f7773u
#define MAX_BINDS 128
#define STMT_SLOTS \
	256u /* a power of two; a process has fewer statement texts than that */
#define FIRST_COLUMN_BYTES 256u

struct stmt {
	const char *sql; /* the caller's constant: compared by address, then by text */
	MYSQL_STMT *st;
};

struct db {
	uint32_t magic;
	struct db_where where;
	MYSQL *my;
	struct stmt stmts[STMT_SLOTS];
	uint64_t affected, insert_id;
	unsigned err;
	char error[256];
	bool in_txn;
	struct str load; /* what db_load() hands over */
	size_t load_at;
};

struct column {
	char *buf;
	unsigned long cap, len;
	my_bool null, cut;
	int64_t i;
	bool is_int, is_unsigned;
};

struct db_rows {
	uint32_t magic;
	struct db *db;
	MYSQL_STMT *st;
	bool once, failed;
	unsigned n;
	struct column *col;
	MYSQL_BIND *bind;
};

static enum err
note(struct db *db, unsigned code, const char *text)
{
	db->err = code;
	(void)snprintf(db->error, sizeof(db->error), "%s", text);
	switch (code) {
	case ER_DUP_ENTRY:
		return ERR_DB_DUP;
	case ER_LOCK_DEADLOCK:
	case ER_LOCK_WAIT_TIMEOUT:
	case ER_UNKNOWN_COM_ERROR: /* a Galera node that is not in the primary component
				    */
		return ERR_DB_RETRY;
	case CR_CONNECTION_ERROR:
	case CR_CONN_HOST_ERROR:
	case CR_SERVER_GONE_ERROR:
	case CR_SERVER_LOST:
	case ER_SERVER_SHUTDOWN:
	case ER_CONNECTION_KILLED:
	case ER_NORMAL_SHUTDOWN:
		return ERR_DB_DOWN;
	default:
		return ERR_DB_SQL;
	}
}

static enum err
note_conn(struct db *db)
{
	return note(db, mysql_errno(db->my), mysql_error(db->my));
}

static enum err
note_stmt(struct db *db, MYSQL_STMT *st)
{
	return note(db, mysql_stmt_errno(st), mysql_stmt_error(st));
}

static void
drop_statements(struct db *db)
{
	for (unsigned i = 0; i < STMT_SLOTS; i++) {
		if (db->stmts[i].st != NULL)
			(void)mysql_stmt_close(db->stmts[i].st);
		db->stmts[i] = (struct stmt){NULL, NULL};
	}
}

/* The file of LOAD DATA LOCAL is memory of ours: whatever name the server asks for, it
 * gets these bytes and nothing from the disk. */
static int
load_init(void **ptr, const char *name, void *userdata)
{
	(void)name;
	*ptr = userdata;
	return 0;
}

static int
load_read(void *ptr, char *buf, unsigned int len)
{
	struct db *db = ptr;
	size_t left = db->load.n - db->load_at, n = left < len ? left : len;

	if (n > 0)
		memcpy(buf, db->load.p + db->load_at, n);
	db->load_at += n;
	return (int)n;
}

static void
load_end(void *ptr)
{
	(void)ptr;
}

static int
load_error(void *ptr, char *buf, unsigned int len)
{
	(void)ptr;
	(void)snprintf(buf, len, "no rows to load");
	return CR_UNKNOWN_ERROR;
}

static enum err
connect_now(struct db *db)
{
	static const char session[] =
	    "SET SESSION sql_mode='STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,"
	    "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', time_zone='+00:00', "
	    "tx_isolation='READ-COMMITTED', innodb_lock_wait_timeout=10";
	unsigned on = 1, secs = 5;
	my_bool no = 0;

	drop_statements(db);
	if (db->my != NULL)
		mysql_close(db->my);
	db->in_txn = false;
	db->my = mysql_init(NULL);
	if (db->my == NULL)
		return note(db, CR_OUT_OF_MEMORY, "out of memory");
	(void)mysql_options(db->my, MYSQL_OPT_LOCAL_INFILE, &on);
	(void)mysql_options(db->my, MYSQL_OPT_CONNECT_TIMEOUT, &secs);
	(void)mysql_options(db->my, MYSQL_OPT_RECONNECT, &no);
	(void)mysql_options(db->my, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	if (mysql_real_connect(db->my, db->where.host, db->where.user, db->where.password,
		db->where.name, db->where.port, db->where.socket,
		CLIENT_LOCAL_FILES | CLIENT_FOUND_ROWS) == NULL)
		return note_conn(db);
	mysql_set_local_infile_handler(
	    db->my, load_init, load_read, load_end, load_error, db);
	if (mysql_query(db->my, session) != 0)
		return note_conn(db);
	return ERR_OK;
}

static const char *
dup_or_null(const char *s)
{
	return s == NULL ? NULL : obj_strdup(s);
}

static bool
is_away(unsigned code)
{
	static const unsigned away[] = {ER_CON_COUNT_ERROR, ER_OUT_OF_RESOURCES,
	    ER_SERVER_SHUTDOWN, ER_NORMAL_SHUTDOWN, ER_CONNECTION_KILLED,
	    ER_HOST_IS_BLOCKED, ER_TOO_MANY_USER_CONNECTIONS, ER_USER_LIMIT_REACHED,
	    ER_UNKNOWN_COM_ERROR, ER_LOCK_DEADLOCK, ER_LOCK_WAIT_TIMEOUT};

	/* The library's own numbers: it got no answer. */
	if ((code >= CR_MIN_ERROR && code <= CR_MAX_ERROR) ||
	    (code >= CER_MIN_ERROR && code <= CER_MAX_ERROR))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(away); i++) {
		if (code == away[i])
			return true;
	}
	return false;
}

bool
db_is_away(const struct db *db)
{
	return is_away(db->err);
}

struct db *
db_open(const struct db_where *w, char *why)
{
	bool away;

	return db_reach(w, why, &away);
}

struct db *
db_reach(const struct db_where *w, char *why, bool *away)
{
	struct db *db;

	OBJ_NEW(db, DB_MAGIC);
	db->where =
	    (struct db_where){dup_or_null(w->socket), dup_or_null(w->host), w->port,
		dup_or_null(w->user), dup_or_null(w->password), dup_or_null(w->name)};
	if (connect_now(db) != ERR_OK) {
		if (why != NULL)
			(void)snprintf(why, 256, "%s", db->error);
		*away = is_away(db->err);
		db_close(&db);
	}
	return db;
}

static void
free_text(const char *s)
{
	free((void *)(uintptr_t)s);
}

void
db_close(struct db **dbp)
{
	struct db *db;

	if (*dbp == NULL)
		return;
	OBJ_TAKE(db, dbp, DB_MAGIC);
	drop_statements(db);
	if (db->my != NULL)
		mysql_close(db->my);
	free_text(db->where.socket);
	free_text(db->where.host);
	free_text(db->where.user);
	free_text(db->where.password);
	free_text(db->where.name);
	OBJ_FREE(db);
}

enum err
db_alive(struct db *db)
{
	if (db->my != NULL && mysql_ping(db->my) == 0)
		return ERR_OK;
	return connect_now(db) == ERR_OK ? ERR_OK : ERR_DB_DOWN;
}

static enum err
prepare(struct db *db, MYSQL_STMT **out, const char *sql)
{
	MYSQL_STMT *st = mysql_stmt_init(db->my);
	enum err rc;

	*out = NULL;
	if (st == NULL)
		return note(db, CR_OUT_OF_MEMORY, "out of memory");
	if (mysql_stmt_prepare(st, sql, (unsigned long)strlen(sql)) != 0) {
		rc = note_stmt(db, st);
		if (rc == ERR_DB_SQL)
			log_error("statement refused: %s: %.300s", db->error, sql);
		(void)mysql_stmt_close(st);
		return rc;
	}
	*out = st;
	return ERR_OK;
}

static enum err
prepare_cached(struct db *db, MYSQL_STMT **out, const char *sql)
{
	unsigned h = (unsigned)((uintptr_t)sql >> 4) * 2654435761u;
	enum err rc;

	for (unsigned i = 0; i < STMT_SLOTS; i++) {
		struct stmt *s = &db->stmts[(h + i) & (STMT_SLOTS - 1)];

		if (s->sql == sql) {
			*out = s->st;
			return ERR_OK;
		}
		if (s->sql != NULL)
			continue;
		rc = prepare(db, out, sql);
		if (rc == ERR_OK)
			*s = (struct stmt){sql, *out};
		return rc;
	}
	drop_statements(db);
	return prepare_cached(db, out, sql);
}

struct binds {
	MYSQL_BIND b[MAX_BINDS];
	int64_t i[MAX_BINDS];
	unsigned long len[MAX_BINDS];
	unsigned n;
};

static void
bind_int(struct binds *v, int64_t x, bool is_unsigned)
{
	v->i[v->n] = x;
	v->b[v->n].buffer_type = MYSQL_TYPE_LONGLONG;
	v->b[v->n].buffer = &v->i[v->n];
	v->b[v->n].is_unsigned = is_unsigned;
}

static void
bind_str(struct binds *v, struct str s, enum enum_field_types type)
{
	v->len[v->n] = (unsigned long)s.n;
	v->b[v->n].buffer_type = s.p == NULL ? MYSQL_TYPE_NULL : type;
	v->b[v->n].buffer = (void *)(uintptr_t)s.p;
	v->b[v->n].buffer_length = (unsigned long)s.n;
	v->b[v->n].length = &v->len[v->n];
}

static void
bind_all(struct binds *v, const char *types, va_list ap)
{
	const int64_t *p;

	memset(v, 0, sizeof(*v));
	for (; types != NULL && *types != '\0'; types++, v->n++) {
		assert(v->n < MAX_BINDS);
		switch (*types) {
		case 'i':
			bind_int(v, va_arg(ap, int64_t), false);
			break;
		case 'u':
			bind_int(v, (int64_t)va_arg(ap, uint64_t), true);
			break;
		case 's':
			bind_str(v, va_arg(ap, struct str), MYSQL_TYPE_STRING);
			break;
		case 'b':
			bind_str(v, va_arg(ap, struct str), MYSQL_TYPE_BLOB);
			break;
		case 'I':
			p = va_arg(ap, const int64_t *);
			if (p == NULL)
				v->b[v->n].buffer_type = MYSQL_TYPE_NULL;
			else
				bind_int(v, *p, false);
			break;
		default:
			assert(!"db: unknown bind type");
		}
	}
}

static void
bind_list(struct binds *v, const struct db_bind *list, unsigned n)
{
	memset(v, 0, sizeof(*v));
	assert(n <= MAX_BINDS);
	for (v->n = 0; v->n < n; v->n++) {
		const struct db_bind *b = &list[v->n];

		if (b->type == 's' || b->type == 'b')
			bind_str(v, b->s,
			    b->type == 's' ? MYSQL_TYPE_STRING : MYSQL_TYPE_BLOB);
		else
			bind_int(v, b->i, b->type == 'u');
	}
}

static enum err
run_bound(struct db *db, MYSQL_STMT *st, struct binds *v)
{
	assert(mysql_stmt_param_count(st) == v->n);
	if (v->n > 0 && mysql_stmt_bind_param(st, v->b) != 0)
		return note_stmt(db, st);
	if (mysql_stmt_execute(st) != 0)
		return note_stmt(db, st);
	return ERR_OK;
}

static enum err
run(struct db *db, MYSQL_STMT *st, const char *types, va_list ap)
{
	struct binds v;

	bind_all(&v, types, ap);
	return run_bound(db, st, &v);
}

static enum err
exec_stmt(struct db *db, MYSQL_STMT *st, const char *types, va_list ap)
{
	enum err rc = run(db, st, types, ap);

	if (rc != ERR_OK)
		return rc;
	db->affected = (uint64_t)mysql_stmt_affected_rows(st);
	db->insert_id = (uint64_t)mysql_stmt_insert_id(st);
	if (mysql_stmt_field_count(st) > 0)
		(void)mysql_stmt_free_result(st);
	return ERR_OK;
}

enum err
db_exec(struct db *db, const char *sql, const char *types, ...)
{
	MYSQL_STMT *st;
	enum err rc = prepare_cached(db, &st, sql);
	va_list ap;

	if (rc != ERR_OK)
		return rc;
	va_start(ap, types);
	rc = exec_stmt(db, st, types, ap);
	va_end(ap);
	return rc;
}

enum err
db_exec_once(struct db *db, const char *sql, const char *types, ...)
{
	MYSQL_STMT *st;
	enum err rc = prepare(db, &st, sql);
	va_list ap;

	if (rc != ERR_OK)
		return rc;
	va_start(ap, types);
	rc = exec_stmt(db, st, types, ap);
	va_end(ap);
	(void)mysql_stmt_close(st);
	return rc;
}

uint64_t
db_affected(const struct db *db)
{
	return db->affected;
}

uint64_t
db_insert_id(const struct db *db)
{
	return db->insert_id;
}

static bool
is_int_type(enum enum_field_types t)
{
	return t == MYSQL_TYPE_TINY || t == MYSQL_TYPE_SHORT || t == MYSQL_TYPE_INT24 ||
	       t == MYSQL_TYPE_LONG || t == MYSQL_TYPE_LONGLONG || t == MYSQL_TYPE_YEAR;
}

static void
bind_column(struct db_rows *r, unsigned i, const MYSQL_FIELD *f)
{
	struct column *c = &r->col[i];
	MYSQL_BIND *b = &r->bind[i];

	c->is_int = is_int_type(f->type);
	c->is_unsigned = (f->flags & UNSIGNED_FLAG) != 0;
	b->is_null = &c->null;
	b->error = &c->cut;
	b->length = &c->len;
	if (c->is_int) {
		b->buffer_type = MYSQL_TYPE_LONGLONG;
		b->buffer = &c->i;
		b->is_unsigned = c->is_unsigned;
		return;
	}
	c->cap = FIRST_COLUMN_BYTES;
	c->buf = obj_alloc(c->cap);
	b->buffer_type = MYSQL_TYPE_STRING;
	b->buffer = c->buf;
	b->buffer_length = c->cap;
}

static enum err
rows_new(struct db *db, struct db_rows **out, MYSQL_STMT *st, bool once)
{
	MYSQL_RES *meta = mysql_stmt_result_metadata(st);
	struct db_rows *r;

	assert(meta != NULL);
	OBJ_NEW(r, ROWS_MAGIC);
	r->db = db;
	r->st = st;
	r->once = once;
	r->n = mysql_num_fields(meta);
	r->col = obj_alloc(r->n * sizeof(*r->col));
	r->bind = obj_alloc(r->n * sizeof(*r->bind));
	for (unsigned i = 0; i < r->n; i++)
		bind_column(r, i, mysql_fetch_field_direct(meta, i));
	mysql_free_result(meta);
	*out = r;
	if (mysql_stmt_bind_result(st, r->bind) != 0)
		return note_stmt(db, st);
	return ERR_OK;
}

static enum err
query_stmt(struct db *db, struct db_rows **out, MYSQL_STMT *st, bool once,
    const char *types, va_list ap)
{
	enum err rc = run(db, st, types, ap);

	if (rc == ERR_OK)
		return rows_new(db, out, st, once);
	if (once)
		(void)mysql_stmt_close(st);
	return rc;
}

enum err
db_query(struct db *db, struct db_rows **out, const char *sql, const char *types, ...)
{
	MYSQL_STMT *st;
	enum err rc;
	va_list ap;

	*out = NULL;
	rc = prepare_cached(db, &st, sql);
	if (rc != ERR_OK)
		return rc;
	va_start(ap, types);
	rc = query_stmt(db, out, st, false, types, ap);
	va_end(ap);
	return rc;
}

enum err
db_query_once(
    struct db *db, struct db_rows **out, const char *sql, const char *types, ...)
{
	MYSQL_STMT *st;
	enum err rc;
	va_list ap;

	*out = NULL;
	rc = prepare(db, &st, sql);
	if (rc != ERR_OK)
		return rc;
	va_start(ap, types);
	rc = query_stmt(db, out, st, true, types, ap);
	va_end(ap);
	return rc;
}

enum err
db_query_list(struct db *db, struct db_rows **out, const char *sql,
    const struct db_bind *list, unsigned n)
{
	struct binds v;
	MYSQL_STMT *st;
	enum err rc;

	*out = NULL;
	rc = prepare(db, &st, sql);
	if (rc != ERR_OK)
		return rc;
	bind_list(&v, list, n);
	rc = run_bound(db, st, &v);
	if (rc == ERR_OK)
		return rows_new(db, out, st, true);
	(void)mysql_stmt_close(st);
	return rc;
}

/* A text longer than its buffer: fetch that column once more into a bigger one, which
 * stays. */
static bool
grow_column(struct db_rows *r, unsigned i)
{
	struct column *c = &r->col[i];
	MYSQL_BIND *b = &r->bind[i];

	if (c->len > c->cap) {
		c->cap = c->len;
		c->buf = obj_realloc(c->buf, c->cap);
		b->buffer = c->buf;
		b->buffer_length = c->cap;
	}
	return mysql_stmt_fetch_column(r->st, b, i, 0) == 0;
}

bool
db_next(struct db_rows *r)
{
	bool grown = false;
	int rc;

	if (r == NULL || r->failed)
		return false;
	assert(OBJ_IS(r, ROWS_MAGIC));
	rc = mysql_stmt_fetch(r->st);
	if (rc == MYSQL_NO_DATA)
		return false;
	if (rc == 1) {
		(void)note_stmt(r->db, r->st);
		r->failed = true;
		return false;
	}
	for (unsigned i = 0; i < r->n; i++) {
		if (r->col[i].is_int || r->col[i].null ||
		    r->col[i].len <= r->bind[i].buffer_length)
			continue;
		grown = true;
		if (!grow_column(r, i)) {
			r->failed = true;
			return false;
		}
	}
	if (grown)
		(void)mysql_stmt_bind_result(r->st, r->bind);
	return true;
}

enum err
db_rows_close(struct db_rows **rp)
{
	struct db_rows *r;
	enum err rc = ERR_OK;

	if (*rp == NULL)
		return ERR_OK;
	OBJ_TAKE(r, rp, ROWS_MAGIC);
	if (r->failed)
		rc = note(r->db, r->db->err, mysql_stmt_error(r->st));
	(void)mysql_stmt_free_result(r->st);
	if (r->once)
		(void)mysql_stmt_close(r->st);
	for (unsigned i = 0; i < r->n; i++)
		free(r->col[i].buf);
	free(r->col);
	free(r->bind);
	OBJ_FREE(r);
	return rc;
}

bool
db_is_null(const struct db_rows *r, unsigned col)
{
	assert(col < r->n);
	return r->col[col].null;
}

int64_t
db_i64(const struct db_rows *r, unsigned col)
{
	const struct column *c = &r->col[col];
	int64_t v = 0;

	assert(col < r->n);
	if (c->null)
		return 0;
	if (c->is_int)
		return c->i;
	/* SUM() of integers comes as DECIMAL, which is text here. */
	return str_to_i64(str_n(c->buf, c->len), &v) ? v : 0;
}

uint64_t
db_u64(const struct db_rows *r, unsigned col)
{
	return (uint64_t)db_i64(r, col);
}

struct str
db_str(const struct db_rows *r, unsigned col)
{
	const struct column *c = &r->col[col];

	assert(col < r->n && !c->is_int);
	if (c->null)
		return STR_NONE;
	return str_n(c->buf, c->len);
}

enum err
db_int(struct db *db, int64_t *out, int64_t none, const char *sql, const char *types, ...)
{
	struct db_rows *r = NULL;
	MYSQL_STMT *st;
	enum err rc;
	va_list ap;

	*out = none;
	rc = prepare_cached(db, &st, sql);
	if (rc != ERR_OK)
		return rc;
	va_start(ap, types);
	rc = query_stmt(db, &r, st, false, types, ap);
	va_end(ap);
	if (rc == ERR_OK && db_next(r) && !db_is_null(r, 0))
		*out = db_i64(r, 0);
	if (rc != ERR_OK) {
		(void)db_rows_close(&r);
		return rc;
	}
	return db_rows_close(&r);
}

enum err
db_begin(struct db *db)
{
	assert(!db->in_txn);
	if (mysql_query(db->my, "START TRANSACTION") != 0)
		return note_conn(db);
	db->in_txn = true;
	return ERR_OK;
}

enum err
db_commit(struct db *db)
{
	assert(db->in_txn);
	if (mysql_query(db->my, "COMMIT") != 0)
		return note_conn(db);
	db->in_txn = false;
	return ERR_OK;
}

void
db_rollback(struct db *db)
{
	if (!db->in_txn)
		return;
	(void)mysql_query(db->my, "ROLLBACK");
	db->in_txn = false;
}

enum err
db_load(struct db *db, const char *sql, struct str data, uint64_t rows)
{
	uint64_t got;
	unsigned warnings;

	db->load = data;
	db->load_at = 0;
	if (mysql_query(db->my, sql) != 0)
		return note_conn(db);
	got = (uint64_t)mysql_affected_rows(db->my);
	warnings = mysql_warning_count(db->my);
	db->affected = got;
	if (got == rows && warnings == 0)
		return ERR_OK;
	(void)snprintf(db->error, sizeof(db->error),
	    "LOAD DATA took %llu of %llu rows with %u warnings", (unsigned long long)got,
	    (unsigned long long)rows, warnings);
	db->err = 0;
	return ERR_DB_SQL;
}

const char *
db_error(const struct db *db)
{
	return db->error;
}

unsigned
db_errno(const struct db *db)
{
	return db->err;
}
