/* SPDX-License-Identifier: Apache-2.0
 * smartlink.c - see smartlink.h.
 */
#include "domain/smartlink.h"

#include "domain/account.h" /* hex24_new(), hex24_is() */
#include "domain/row.h"

#define NAME_MAX_BYTES 255u
#define TEXT_MAX 16000u

static enum err
check(struct change *c, const struct smartlink *s)
{
	int64_t n = 1;
	enum err rc = ERR_OK;

	if (str_trim(s->name).n == 0)
		return change_fault(c, ERR_MISSING, "name", "is required");
	if (!str_is_utf8(s->name) || s->name.n > NAME_MAX_BYTES)
		return change_fault(c, ERR_INVALID, "name",
		    "is longer than %u bytes or not UTF-8", NAME_MAX_BYTES);
	if (!str_is_utf8(s->description) || s->description.n > TEXT_MAX)
		return change_fault(
		    c, ERR_INVALID, "description", "is too long or not UTF-8");
	if (s->domain_id != 0)
		rc = db_int(c->db, &n, 0,
		    "SELECT COUNT(*) FROM tracking_domain WHERE id = ?", "i",
		    s->domain_id);
	if (rc == ERR_OK && n == 0)
		return change_fault(c, ERR_INVALID, "domain_id", "is no tracking domain");
	return rc;
}

enum err
smartlink_add(struct change *c, struct smartlink *s)
{
	enum err rc = check(c, s);

	if (rc != ERR_OK)
		return rc;
	s->hex24 = hex24_new(c->arena, c->now);
	s->created_us = s->updated_us = c->now;
	rc = db_exec(c->db,
	    "INSERT INTO smartlink_category (hex24, name, domain_id, description, "
	    "created_us, updated_us) VALUES (?, ?, NULLIF(?, 0), ?, ?, ?)",
	    "ssisii", s->hex24, s->name, s->domain_id, s->description, c->now, c->now);
	if (rc != ERR_OK)
		return rc;
	s->id = (int64_t)db_insert_id(c->db);
	return catalog_bump(c->db, BUMP_SMARTLINK, (uint64_t)s->id, &c->version);
}

enum err
smartlink_store(struct change *c, struct smartlink *s)
{
	enum err rc = check(c, s);

	s->updated_us = c->now;
	if (rc == ERR_OK)
		rc = db_exec(c->db,
		    "UPDATE smartlink_category SET name = ?, domain_id = NULLIF(?, 0), "
		    "description = ?, updated_us = ? WHERE id = ?",
		    "sisii", s->name, s->domain_id, s->description, c->now, s->id);
	return rc != ERR_OK
		   ? rc
		   : catalog_bump(c->db, BUMP_SMARTLINK, (uint64_t)s->id, &c->version);
}

enum err
smartlink_remove(struct change *c, const struct smartlink *s)
{
	enum err rc = db_exec(c->db,
	    "UPDATE smartlink_category SET deleted = TRUE, updated_us = ? WHERE id = ?",
	    "ii", c->now, s->id);

	if (rc == ERR_OK)
		rc = db_exec(c->db, "DELETE FROM offer_smartlink WHERE category_id = ?",
		    "i", s->id);
	return rc != ERR_OK
		   ? rc
		   : catalog_bump(c->db, BUMP_SMARTLINK, (uint64_t)s->id, &c->version);
}

#define COLUMNS                                                                     \
	"SELECT id, hex24, name, description, COALESCE(domain_id, 0), created_us, " \
	"updated_us FROM smartlink_category WHERE NOT deleted"

static void
read_row(struct db_rows *r, struct arena *a, struct smartlink *s)
{
	s->id = db_i64(r, 0);
	s->hex24 = arena_str(a, db_str(r, 1));
	s->name = arena_str(a, db_str(r, 2));
	s->description = arena_str(a, db_str(r, 3));
	s->domain_id = db_i64(r, 4);
	s->created_us = db_i64(r, 5);
	s->updated_us = db_i64(r, 6);
}

enum err
smartlink_list(struct db *db, struct arena *a, struct smartlink **out, size_t *n)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r, COLUMNS " ORDER BY id", "");

	*out = NULL;
	*n = 0;
	if (rc != ERR_OK)
		return rc;
	while (db_next(r)) {
		*out = row_grow(a, *out, *n, sizeof(**out));
		read_row(r, a, &(*out)[(*n)++]);
	}
	return db_rows_close(&r);
}

/* Ids are compared in the column's character set: anything else is none. */
enum err
smartlink_load(struct db *db, struct arena *a, struct str hex24, struct smartlink *out)
{
	struct db_rows *r;
	enum err rc;
	bool there;

	if (!hex24_is(hex24))
		return ERR_NOT_FOUND;
	rc = db_query(db, &r, COLUMNS " AND hex24 = ?", "s", hex24);
	if (rc != ERR_OK)
		return rc;
	there = db_next(r);
	if (there)
		read_row(r, a, out);
	rc = db_rows_close(&r);
	return rc != ERR_OK ? rc : there ? ERR_OK : ERR_NOT_FOUND;
}

enum err
smartlink_set_offer(struct change *c, int64_t offer, const struct str *hex24s, size_t n)
{
	enum err rc =
	    db_exec(c->db, "DELETE FROM offer_smartlink WHERE offer_id = ?", "i", offer);

	for (size_t i = 0; i < n && rc == ERR_OK; i++) {
		struct smartlink s;

		if (hex24s[i].n == 0)
			continue;
		rc = smartlink_load(c->db, c->arena, hex24s[i], &s);
		if (rc == ERR_NOT_FOUND)
			return change_fault(c, ERR_INVALID, "smartlink_categories",
			    "has an id of no category");
		if (rc == ERR_OK)
			rc = db_exec(c->db,
			    "INSERT IGNORE INTO offer_smartlink (category_id, offer_id) "
			    "VALUES (?, ?)",
			    "ii", s.id, offer);
	}
	return rc != ERR_OK ? rc : catalog_bump(c->db, BUMP_SMARTLINK, 0, &c->version);
}

enum err
smartlink_of_offer(
    struct db *db, struct arena *a, int64_t offer, struct str **hex24s, size_t *n)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r,
	    "SELECT s.hex24 FROM offer_smartlink o JOIN smartlink_category s ON s.id = "
	    "o.category_id WHERE o.offer_id = ? AND NOT s.deleted ORDER BY s.id",
	    "i", offer);

	*hex24s = NULL;
	*n = 0;
	if (rc != ERR_OK)
		return rc;
	while (db_next(r)) {
		*hex24s = row_grow(a, *hex24s, *n, sizeof(**hex24s));
		(*hex24s)[(*n)++] = arena_str(a, db_str(r, 0));
	}
	return db_rows_close(&r);
}
