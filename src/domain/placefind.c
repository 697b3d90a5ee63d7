/* SPDX-License-Identifier: Apache-2.0
 * placefind.c - see placefind.h.
 */
#include "domain/placefind.h"

#include "domain/row.h"

static enum err
read_rows(struct db_rows **r, struct arena *a, struct placefind_row **out, size_t *n)
{
	while (db_next(*r)) {
		*out = row_grow(a, *out, *n, sizeof(**out));
		(*out)[(*n)++] = (struct placefind_row){.id = db_i64(*r, 0),
		    .hex24 = arena_str(a, db_str(*r, 1)),
		    .name = arena_str(a, db_str(*r, 2)),
		    .region = arena_str(a, db_str(*r, 3)),
		    .country = (uint16_t)db_u64(*r, 4)};
	}
	return db_rows_close(r);
}

enum err
placefind_cities(struct db *db, struct arena *a, uint16_t country, struct str locale,
    uint64_t skip, uint64_t count, struct placefind_row **out, size_t *n, int64_t *total)
{
	struct db_rows *r = NULL;
	enum err rc = db_int(db, total, 0,
	    "SELECT COUNT(*) FROM place WHERE country = ? AND city <> ''", "u",
	    (uint64_t)country);

	*out = NULL;
	*n = 0;
	if (rc == ERR_OK)
		rc = db_query(db, &r,
		    "SELECT id, '', COALESCE(NULLIF(CASE ? WHEN 'ru' THEN city_ru WHEN "
		    "'es' THEN city_es ELSE '' END, ''), city), region, country FROM "
		    "place WHERE country = ? AND city <> '' ORDER BY city, region LIMIT "
		    "? "
		    "OFFSET ?",
		    "suuu", locale, (uint64_t)country, count, skip);
	return rc != ERR_OK ? rc : read_rows(&r, a, out, n);
}

enum err
placefind_isps(struct db *db, struct arena *a, struct str q, uint64_t skip,
    uint64_t count, struct placefind_row **out, size_t *n, int64_t *total)
{
	struct db_rows *r = NULL;
	enum err rc = db_int(db, total, 0,
	    "SELECT COUNT(*) FROM isp WHERE ? IS NULL OR INSTR(LOWER(name), LOWER(?)) > "
	    "0",
	    "ss", q, q);

	*out = NULL;
	*n = 0;
	if (rc == ERR_OK)
		rc = db_query(db, &r,
		    "SELECT id, hex24, name, '', country FROM isp WHERE ? IS NULL OR "
		    "INSTR(LOWER(name), LOWER(?)) > 0 ORDER BY name LIMIT ? OFFSET ?",
		    "ssuu", q, q, count, skip);
	return rc != ERR_OK ? rc : read_rows(&r, a, out, n);
}
