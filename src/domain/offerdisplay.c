/* SPDX-License-Identifier: Apache-2.0
 * offerdisplay.c - see offerdisplay.h.
 */
#include "domain/offerdisplay.h"

#include "domain/account.h" /* hex24_new() */
#include "domain/storedfile.h"
#include "domain/weburl.h"

#define SHORT_MAX 255u
#define TEXT_MAX 60000u
#define TITLES_MAX 16000u

/* clang-format off */
static const char sql_list[] = "SELECT j.id"
#define COL(name_, kind_, words_) ", d." #name_
#include "tbl/display_columns.h"
#undef COL
    " FROM (SELECT id, MIN(n) AS n FROM JSON_TABLE(?, '$[*]' COLUMNS (n FOR ORDINALITY, id INT UNSIGNED "
    "PATH '$')) t GROUP BY id) j JOIN offer_display d ON d.offer_id = j.id ORDER BY j.n";
static const char sql_put[] = "REPLACE INTO offer_display (offer_id"
#define COL(name_, kind_, words_) ", " #name_
#include "tbl/display_columns.h"
#undef COL
    ") VALUES (?"
#define COL(name_, kind_, words_) ", ?"
#include "tbl/display_columns.h"
#undef COL
    ")";
#define COL(name_, kind_, words_) ROW_T_##kind_
static const char put_types[] = "i"
#include "tbl/display_columns.h"
    ;
#undef COL
/* clang-format on */

void
offerdisplay_init(struct offerdisplay *d)
{
	*d = (struct offerdisplay){.external_offer_id = STR(""),
	    .tags = STR(""),
	    .notes = STR(""),
	    .note_aff = STR(""),
	    .note_sales = STR(""),
	    .descriptions = STR(""),
	    .kpi = STR(""),
	    .logo_file = STR(""),
	    .logo_url = STR("")};
}

enum err
offerdisplay_list(
    struct db *db, struct arena *a, struct str ids, struct offerdisplay **out, size_t *n)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r, sql_list, "s", ids);

	*out = NULL;
	*n = 0;
	if (rc != ERR_OK)
		return rc;
	while (db_next(r)) {
		struct offerdisplay *d;
		unsigned i = 1;

		*out = row_grow(a, *out, *n, sizeof(**out));
		d = &(*out)[(*n)++];
		d->offer_id = db_i64(r, 0);
#define COL(name_, kind_, words_)                  \
	d->name_ = ROW_R_##kind_(r, i, a, words_); \
	i++;
#include "tbl/display_columns.h"
#undef COL
	}
	return db_rows_close(&r);
}

enum err
offerdisplay_logo_file(
    struct change *c, struct offerdisplay *d, const char *param, struct str bytes)
{
	struct storedfile f;
	enum err rc = storedfile_add(c, param, bytes, false, &f);

	if (rc == ERR_OK) {
		d->logo_file = f.name;
		d->logo_url = STR("");
	}
	return rc;
}

enum err
offerdisplay_logo_url(
    struct change *c, struct offerdisplay *d, const char *param, struct str url)
{
	const char *wrong = url.n == 0 ? NULL : weburl_wrong(url);

	if (wrong != NULL)
		return change_fault(c, ERR_INVALID, param, "%s", wrong);
	d->logo_file = STR("");
	d->logo_url = url.n == 0 ? STR("") : url;
	return ERR_OK;
}

struct str
offerdisplay_logo(struct arena *a, const struct offerdisplay *d, struct str base)
{
	if (d->logo_file.n == 0)
		return d->logo_url;
	return arena_printf(
	    a, STR_FMT STR_FMT, STR_ARG(base), STR_ARG(storedfile_path(a, d->logo_file)));
}

enum err
offerdisplay_put(struct change *c, const struct offerdisplay *d)
{
	const struct {
		const char *name;
		struct str s;
		size_t most;
	} texts[] = {{"external_offer_id", d->external_offer_id, SHORT_MAX},
	    {"tags", d->tags, TEXT_MAX}, {"notes", d->notes, TEXT_MAX},
	    {"note_aff", d->note_aff, TEXT_MAX}, {"note_sales", d->note_sales, TEXT_MAX},
	    {"descriptions", d->descriptions, TEXT_MAX * 4},
	    {"kpi", d->kpi, TEXT_MAX * 4}};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (!str_is_utf8(texts[i].s) || texts[i].s.n > texts[i].most)
			return change_fault(c, ERR_INVALID, texts[i].name,
			    "is longer than %zu bytes or not UTF-8", texts[i].most);
	/* clang-format off */
	return db_exec(c->db, sql_put, put_types, d->offer_id
#define COL(name_, kind_, words_) , ROW_A_##kind_(d->name_, words_)
#include "tbl/display_columns.h"
#undef COL
	);
	/* clang-format on */
}

/* ---- sources ---- */

#define TITLE                                                             \
	"COALESCE(JSON_VALUE(s.titles, '$.en'), JSON_VALUE(JSON_EXTRACT(" \
	"s.titles, '$.*'), '$[0]'), '')"
#define COLUMNS "SELECT s.id, s.hex24, s.titles, " TITLE

static enum err
take_rows(struct db_rows *r, struct arena *a, bool of, struct source **out, size_t *n)
{
	while (db_next(r)) {
		*out = row_grow(a, *out, *n, sizeof(**out));
		(*out)[(*n)++] = (struct source){.id = db_i64(r, 0),
		    .hex24 = arena_str(a, db_str(r, 1)),
		    .titles = arena_str(a, db_str(r, 2)),
		    .title = arena_str(a, db_str(r, 3)),
		    .offer_id = of ? db_i64(r, 4) : 0};
	}
	return db_rows_close(&r);
}

enum err
source_list(struct db *db, struct arena *a, struct source **out, size_t *n)
{
	struct db_rows *r;
	enum err rc =
	    db_query(db, &r, COLUMNS " FROM traffic_source s ORDER BY s.id", "");

	*out = NULL;
	*n = 0;
	return rc != ERR_OK ? rc : take_rows(r, a, false, out, n);
}

enum err
source_of(struct db *db, struct arena *a, struct str ids, struct source **out, size_t *n)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r,
	    COLUMNS ", i.offer_id FROM (SELECT id, MIN(n) AS n FROM JSON_TABLE(?, "
		    "'$[*]' COLUMNS (n FOR ORDINALITY, id INT UNSIGNED PATH '$')) t "
		    "GROUP BY id) j JOIN offer_source i ON i.offer_id = j.id JOIN "
		    "traffic_source s ON s.id = i.source_id ORDER BY j.n, s.id",
	    "s", ids);

	*out = NULL;
	*n = 0;
	return rc != ERR_OK ? rc : take_rows(r, a, true, out, n);
}

enum err
source_load(struct db *db, struct arena *a, struct str hex24, struct source *out)
{
	struct source *list = NULL;
	struct db_rows *r;
	size_t n = 0;
	enum err rc;

	if (!hex24_is(hex24))
		return ERR_NOT_FOUND;
	rc = db_query(
	    db, &r, COLUMNS " FROM traffic_source s WHERE s.hex24 = ?", "s", hex24);
	if (rc == ERR_OK)
		rc = take_rows(r, a, false, &list, &n);
	if (rc != ERR_OK || n == 0)
		return rc != ERR_OK ? rc : ERR_NOT_FOUND;
	*out = list[0];
	return ERR_OK;
}

enum err
source_put(struct change *c, struct source *s)
{
	enum err rc;

	if (s->titles.n > TITLES_MAX || !str_is_utf8(s->titles))
		return change_fault(c, ERR_INVALID, "title_lang", "is too long");
	if (s->id != 0)
		return db_exec(c->db, "UPDATE traffic_source SET titles = ? WHERE id = ?",
		    "si", s->titles, s->id);
	s->hex24 = hex24_new(c->arena, c->now);
	rc = db_exec(c->db, "INSERT INTO traffic_source (hex24, titles) VALUES (?, ?)",
	    "ss", s->hex24, s->titles);
	if (rc == ERR_OK)
		s->id = (int64_t)db_insert_id(c->db);
	return rc;
}

enum err
source_remove(struct change *c, const struct source *s)
{
	enum err rc =
	    db_exec(c->db, "DELETE FROM offer_source WHERE source_id = ?", "i", s->id);

	return rc != ERR_OK ? rc
			    : db_exec(c->db, "DELETE FROM traffic_source WHERE id = ?",
				  "i", s->id);
}

enum err
source_set(struct change *c, int64_t offer, const struct str *hex24s, size_t n)
{
	enum err rc =
	    db_exec(c->db, "DELETE FROM offer_source WHERE offer_id = ?", "i", offer);

	for (size_t i = 0; i < n && rc == ERR_OK; i++) {
		struct source s;

		if (hex24s[i].n == 0)
			continue;
		rc = source_load(c->db, c->arena, hex24s[i], &s);
		if (rc == ERR_NOT_FOUND)
			return change_fault(
			    c, ERR_INVALID, "sources", "has an id of no source");
		if (rc == ERR_OK)
			rc = db_exec(c->db,
			    "INSERT IGNORE INTO offer_source (offer_id, source_id) "
			    "VALUES (?, ?)",
			    "ii", offer, s.id);
	}
	return rc;
}
