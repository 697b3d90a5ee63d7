/* SPDX-License-Identifier: Apache-2.0
 * offergroup.c - see offergroup.h.
 */
#include "domain/offergroup.h"

#include "domain/row.h"

enum err
offergroup_list(struct db *db, struct arena *a, struct offergroup **out, size_t *n)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r,
	    "SELECT g.id, g.name, (SELECT COUNT(*) FROM offer_in_group i JOIN offer o ON "
	    "o.id = i.offer_id AND NOT o.deleted WHERE i.group_id = g.id) FROM "
	    "offer_group g ORDER BY g.id",
	    "");

	*out = NULL;
	*n = 0;
	if (rc != ERR_OK)
		return rc;
	while (db_next(r)) {
		*out = row_grow(a, *out, *n, sizeof(**out));
		(*out)[(*n)++] = (struct offergroup){.id = db_i64(r, 0),
		    .name = arena_str(a, db_str(r, 1)),
		    .offers = db_i64(r, 2)};
	}
	return db_rows_close(&r);
}

enum err
offergroup_of(
    struct db *db, struct arena *a, struct str ids, struct offergroup **out, size_t *n)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r,
	    "SELECT g.id, g.name, i.offer_id FROM JSON_TABLE(?, '$[*]' COLUMNS (n FOR "
	    "ORDINALITY, id INT UNSIGNED PATH '$')) j JOIN offer_in_group i ON "
	    "i.offer_id = j.id JOIN offer_group g ON g.id = i.group_id ORDER BY j.n, "
	    "g.id",
	    "s", ids);

	*out = NULL;
	*n = 0;
	if (rc != ERR_OK)
		return rc;
	while (db_next(r)) {
		*out = row_grow(a, *out, *n, sizeof(**out));
		(*out)[(*n)++] = (struct offergroup){.id = db_i64(r, 0),
		    .name = arena_str(a, db_str(r, 1)),
		    .offer_id = db_i64(r, 2)};
	}
	return db_rows_close(&r);
}

enum err
offergroup_add(struct change *c, struct str name, int64_t *id)
{
	int64_t n = 0;
	enum err rc;

	name = str_trim(name);
	if (name.n == 0)
		return change_fault(c, ERR_MISSING, "name", "is required");
	if (!str_is_utf8(name) || name.n > OFFERGROUP_NAME_MAX)
		return change_fault(c, ERR_INVALID, "name",
		    "is longer than %u bytes or not UTF-8", OFFERGROUP_NAME_MAX);
	rc = db_int(
	    c->db, &n, 0, "SELECT COUNT(*) FROM offer_group WHERE name = ?", "s", name);
	if (rc == ERR_OK && n > 0)
		return change_fault(
		    c, ERR_EXISTS, "name", "There is a group of that name already");
	if (rc == ERR_OK)
		rc = db_exec(
		    c->db, "INSERT INTO offer_group (name) VALUES (?)", "s", name);
	if (rc == ERR_OK)
		*id = (int64_t)db_insert_id(c->db);
	return rc;
}

enum err
offergroup_set(
    struct change *c, int64_t offer_id, const int64_t *ids, size_t n, bool append)
{
	enum err rc = ERR_OK;

	if (!append)
		rc = db_exec(c->db, "DELETE FROM offer_in_group WHERE offer_id = ?", "i",
		    offer_id);
	for (size_t i = 0; rc == ERR_OK && i < n; i++) {
		int64_t there;

		rc = db_int(c->db, &there, 0,
		    "SELECT COUNT(*) FROM offer_group WHERE id = ?", "i", ids[i]);
		if (rc == ERR_OK && there == 0)
			return change_fault(c, ERR_INVALID, "offer_groups",
			    "has no group of the number %lld", (long long)ids[i]);
		if (rc == ERR_OK)
			rc = db_exec(c->db,
			    "INSERT IGNORE INTO offer_in_group (offer_id, group_id) "
			    "VALUES (?, ?)",
			    "ii", offer_id, ids[i]);
	}
	return rc != ERR_OK
		   ? rc
		   : catalog_bump(c->db, BUMP_OFFER, (uint64_t)offer_id, &c->version);
}
