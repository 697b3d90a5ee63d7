/* SPDX-License-Identifier: Apache-2.0
 * rowio.h - reads and writes the rows of one table: code that is made from its columns.
 *
 * No guard: a file of domain includes it once, behind
 *
 *   #define ROW_TABLE "hook"                    the table; its key is `id`
 *   #define ROW_STRUCT struct hook              what a row is in memory; .id is the key
 *   #define ROW_COLUMNS "tbl/hook_columns.h"    the list of row.h
 *
 * and has then, for itself alone:
 *
 *   row_read(r, a, v)    fills v from a row of (id, the columns, more); texts in arena a;
 *                        returns the index behind them
 *   row_insert(db, v)    a new row, whose key is put into v->id
 *   row_update(db, v)    all columns of row v->id
 *
 * The last two return what db_exec() does and belong into a transaction.
 */
/* clang-format off */
static const char row_sql_insert[] = "INSERT INTO " ROW_TABLE " (id"
#define COL(name_, kind_, words_) ", " #name_
#include ROW_COLUMNS
#undef COL
    ") VALUES (NULL"
#define COL(name_, kind_, words_) ", ?"
#include ROW_COLUMNS
#undef COL
    ")";
static const char row_sql_update[] = "UPDATE " ROW_TABLE " SET id = id"
#define COL(name_, kind_, words_) ", " #name_ " = ?"
#include ROW_COLUMNS
#undef COL
    " WHERE id = ?";
#define COL(name_, kind_, words_) ROW_T_##kind_
static const char row_insert_types[] =
#include ROW_COLUMNS
    ;
static const char row_update_types[] =
#include ROW_COLUMNS
    "i"; /* the key */
#undef COL

static inline unsigned
row_read(const struct db_rows *r, struct arena *a, ROW_STRUCT *v)
{
	unsigned i = 0;

	v->id = db_i64(r, i++);
#define COL(name_, kind_, words_) v->name_ = ROW_R_##kind_(r, i, a, words_); i++;
#include ROW_COLUMNS
#undef COL
	(void)a; /* a table may have no text */
	return i;
}

#define COL(name_, kind_, words_) , ROW_A_##kind_(v->name_, words_)
NODISCARD static inline enum err
row_insert(struct db *db, ROW_STRUCT *v)
{
	enum err rc = db_exec(db, row_sql_insert, row_insert_types
#include ROW_COLUMNS
	);

	if (rc == ERR_OK)
		v->id = (int64_t)db_insert_id(db);
	return rc;
}

NODISCARD static inline enum err
row_update(struct db *db, const ROW_STRUCT *v)
{
	return db_exec(db, row_sql_update, row_update_types
#include ROW_COLUMNS
	    , v->id);
}
#undef COL
/* clang-format on */
#undef ROW_TABLE
#undef ROW_STRUCT
#undef ROW_COLUMNS
