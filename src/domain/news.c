/* SPDX-License-Identifier: Apache-2.0
 * news.c - see news.h.
 */
#include "domain/news.h"

#include "domain/account.h" /* hex24_new() */

#define TITLE_MAX 255u
#define SMALL_MAX 16000u
#define TEXT_MAX 1000000u
#define COLUMNS "SELECT id, hex24, title, small_desc, text, fixed, created_us FROM news "

static void
read_row(struct db_rows *r, struct arena *a, struct news *e)
{
	*e = (struct news){.id = db_i64(r, 0),
	    .hex24 = arena_str(a, db_str(r, 1)),
	    .title = arena_str(a, db_str(r, 2)),
	    .small_desc = arena_str(a, db_str(r, 3)),
	    .text = arena_str(a, db_str(r, 4)),
	    .fixed = db_i64(r, 5) != 0,
	    .created_us = db_i64(r, 6)};
}

enum err
news_list(struct db *db, struct arena *a, int fixed, uint64_t skip, uint64_t count,
    struct news **out, size_t *n, int64_t *total)
{
	const int64_t f = fixed;
	struct db_rows *r;
	enum err rc = db_int(db, total, 0,
	    "SELECT COUNT(*) FROM news WHERE ? < 0 OR fixed = ?", "ii", f, f);

	*out = NULL;
	*n = 0;
	if (rc == ERR_OK)
		rc = db_query(db, &r,
		    COLUMNS "WHERE ? < 0 OR fixed = ? ORDER BY fixed DESC, id DESC LIMIT "
			    "? OFFSET ?",
		    "iiuu", f, f, count, skip);
	if (rc != ERR_OK)
		return rc;
	while (db_next(r)) {
		*out = row_grow(a, *out, *n, sizeof(**out));
		read_row(r, a, &(*out)[(*n)++]);
	}
	return db_rows_close(&r);
}

enum err
news_load(struct db *db, struct arena *a, struct str hex24, struct news *out)
{
	struct db_rows *r;
	enum err rc;
	bool there;

	if (!hex24_is(hex24))
		return ERR_NOT_FOUND;
	rc = db_query(db, &r, COLUMNS "WHERE hex24 = ?", "s", hex24);
	if (rc != ERR_OK)
		return rc;
	there = db_next(r);
	if (there)
		read_row(r, a, out);
	rc = db_rows_close(&r);
	return rc != ERR_OK ? rc : there ? ERR_OK : ERR_NOT_FOUND;
}

enum err
news_add(struct change *c, struct news *e)
{
	const struct {
		const char *name;
		struct str s;
		size_t most;
	} texts[] = {{"title", e->title, TITLE_MAX}, {"short", e->small_desc, SMALL_MAX},
	    {"text", e->text, TEXT_MAX}};
	enum err rc;

	if (str_trim(e->title).n == 0)
		return change_fault(c, ERR_MISSING, "title", "is required");
	if (!str_is_line(e->title))
		return change_fault(c, ERR_INVALID, "title", "must be one line of UTF-8");
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (!str_is_utf8(texts[i].s) || texts[i].s.n > texts[i].most)
			return change_fault(c, ERR_INVALID, texts[i].name,
			    "is longer than %zu bytes or not UTF-8", texts[i].most);
	e->hex24 = hex24_new(c->arena, c->now);
	e->created_us = c->now;
	rc = db_exec(c->db,
	    "INSERT INTO news (hex24, title, small_desc, text, fixed, created_us) VALUES "
	    "(?, ?, ?, ?, ?, ?)",
	    "ssssii", e->hex24, e->title, e->small_desc, e->text, (int64_t)e->fixed,
	    (int64_t)c->now);
	if (rc == ERR_OK)
		e->id = (int64_t)db_insert_id(c->db);
	return rc;
}

enum err
news_remove(struct change *c, int64_t id)
{
	enum err rc = db_exec(c->db, "DELETE FROM news WHERE id = ?", "i", id);

	return rc == ERR_OK && db_affected(c->db) == 0
		   ? change_fault(c, ERR_NOT_FOUND, "", "there is no such entry")
		   : rc;
}
