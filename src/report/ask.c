/* SPDX-License-Identifier: Apache-2.0
 * ask.c - see ask.h.
 */
#include "report/ask.h"

#include <stdarg.h>

#include "base/jsonw.h"

void
ask_init(struct ask *q)
{
	q->n = 0;
	q->binds = 0;
	q->sql[0] = '\0';
}

static void
text(struct ask *q, const char *piece)
{
	size_t n = strlen(piece);

	assert(q->n + n < ASK_TEXT);
	memcpy(q->sql + q->n, piece, n + 1);
	q->n += n;
}

static void
bind_all(struct ask *q, const char *types, va_list ap)
{
	for (; *types != '\0'; types++) {
		struct db_bind *b = &q->bind[q->binds++];

		assert(q->binds <= ASK_BINDS);
		*b = (struct db_bind){.type = *types};
		if (*types == 's' || *types == 'b')
			b->s = va_arg(ap, struct str);
		else
			b->i = va_arg(ap, int64_t);
	}
}

void
ask_add(struct ask *q, const char *piece, const char *types, ...)
{
	va_list ap;

	text(q, piece);
	if (types == NULL)
		return;
	va_start(ap, types);
	bind_all(q, types, ap);
	va_end(ap);
}

static void
bind_json(struct ask *q, struct arena *a, const struct jsonw *w)
{
	assert(q->binds < ASK_BINDS);
	q->bind[q->binds++] =
	    (struct db_bind){.type = 's', .s = arena_str(a, jsonw_text(w))};
}

void
ask_in_ids(struct ask *q, struct arena *a, const char *column, const struct ask_ids *ids)
{
	struct jsonw *w;

	if (!ids->set)
		return;
	w = jsonw_new();
	jsonw_arr(w);
	for (size_t i = 0; i < ids->n; i++)
		jsonw_uint(w, ids->v[i]);
	jsonw_end(w);
	text(q, " AND ");
	text(q, column);
	text(q, " IN (SELECT v FROM JSON_TABLE(?, '$[*]' COLUMNS (v INT UNSIGNED PATH "
		"'$')) listed)");
	bind_json(q, a, w);
	jsonw_free(&w);
}

void
ask_in_strs(
    struct ask *q, struct arena *a, const char *column, const struct ask_strs *strs)
{
	struct jsonw *w;

	if (!strs->set)
		return;
	w = jsonw_new();
	jsonw_arr(w);
	for (size_t i = 0; i < strs->n; i++)
		jsonw_str(w, strs->v[i]);
	jsonw_end(w);
	text(q, " AND ");
	text(q, column);
	text(q, " IN (SELECT v FROM JSON_TABLE(?, '$[*]' COLUMNS (v VARCHAR(255) "
		"CHARACTER SET utf8mb4 "
		"COLLATE utf8mb4_nopad_bin PATH '$')) listed)");
	bind_json(q, a, w);
	jsonw_free(&w);
}

enum err
ask_rows(const struct ask *q, struct db *db, struct db_rows **out)
{
	return db_query_list(db, out, q->sql, q->bind, q->binds);
}

enum err
ask_hides(struct db *db, bool *out)
{
	int64_t n = 0;
	enum err rc = db_int(db, &n, 0,
	    "SELECT EXISTS (SELECT 1 FROM offer WHERE hide_conversions OR "
	    "hide_continuities) OR EXISTS (SELECT 1 FROM goal_column WHERE admin_only)",
	    "");

	*out = n != 0;
	return rc;
}
