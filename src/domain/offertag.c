/* SPDX-License-Identifier: Apache-2.0
 * offertag.c - see offertag.h.
 */
#include "domain/offertag.h"

#include "domain/account.h"

/* A statement for each kind: names of tables cannot be parameters. */
struct sql {
	const char *param;
	const char *all, *of, *by_id, *by_name, *by_hex24, *add, *clear, *put;
};

/* clang-format off */
#define SQL(param_, table_, hex24_, in_) { \
	param_, \
	"SELECT id, " hex24_ ", name FROM " table_ " ORDER BY id", \
	"SELECT t.id, " hex24_ ", t.name, i.offer_id FROM JSON_TABLE(?, '$[*]' COLUMNS (n FOR ORDINALITY, " \
	"id INT UNSIGNED PATH '$')) j JOIN " in_ " i ON i.offer_id = j.id JOIN " table_ " t ON t.id = i.tag_id " \
	"ORDER BY j.n, t.id", \
	"SELECT id FROM " table_ " WHERE id = ?", \
	"SELECT id FROM " table_ " WHERE name = ?", \
	"SELECT id FROM offer_category WHERE hex24 = ?", \
	"INSERT INTO " table_ " (name) VALUES (?)", \
	"DELETE FROM " in_ " WHERE offer_id = ?", \
	"INSERT IGNORE INTO " in_ " (offer_id, tag_id) VALUES (?, ?)" }
static const struct sql sql[] = {
	[OFFERTAG_CATEGORY] = SQL("categories", "offer_category", "hex24", "offer_in_category"),
	[OFFERTAG_MARKETING] = SQL("marketing_types", "marketing_type", "NULL", "offer_in_marketing_type"),
	[OFFERTAG_LANGUAGE] = SQL("language", "language", "NULL", "offer_in_category"),
};
#undef SQL
/* clang-format on */

/* `of`: with the offer in a fourth column. */
static enum err
take_rows(struct db_rows *r, struct arena *a, bool of, struct offertag **out, size_t *n)
{
	while (db_next(r)) {
		*out = row_grow(a, *out, *n, sizeof(**out));
		(*out)[(*n)++] = (struct offertag){.id = db_i64(r, 0),
		    .hex24 = db_is_null(r, 1) ? STR_NONE : arena_str(a, db_str(r, 1)),
		    .name = arena_str(a, db_str(r, 2)),
		    .offer_id = of ? db_i64(r, 3) : 0};
	}
	return db_rows_close(&r);
}

enum err
offertag_list(struct db *db, struct arena *a, enum offertag_kind kind,
    struct offertag **out, size_t *n)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r, sql[kind].all, "");

	*out = NULL;
	*n = 0;
	return rc != ERR_OK ? rc : take_rows(r, a, false, out, n);
}

enum err
offertag_of(struct db *db, struct arena *a, enum offertag_kind kind, struct str ids,
    struct offertag **out, size_t *n)
{
	struct db_rows *r;
	enum err rc;

	assert(kind != OFFERTAG_LANGUAGE);
	*out = NULL;
	*n = 0;
	rc = db_query(db, &r, sql[kind].of, "s", ids);
	return rc != ERR_OK ? rc : take_rows(r, a, true, out, n);
}

static enum err
check_name(struct change *c, const char *param, struct str name)
{
	if (name.n == 0)
		return change_fault(c, ERR_MISSING, param, "is required");
	if (!str_is_utf8(name) || name.n > OFFERTAG_NAME_MAX)
		return change_fault(c, ERR_INVALID, param,
		    "has a name longer than %u bytes or not UTF-8", OFFERTAG_NAME_MAX);
	return ERR_OK;
}

static enum err
insert(struct change *c, enum offertag_kind kind, struct str name, int64_t *id)
{
	enum err rc;

	if (kind == OFFERTAG_CATEGORY)
		rc = db_exec(c->db,
		    "INSERT INTO offer_category (hex24, name, created_us) VALUES (?, ?, "
		    "?)",
		    "ssi", hex24_new(c->arena, c->now), name, c->now);
	else
		rc = db_exec(c->db, sql[kind].add, "s", name);
	if (rc == ERR_OK)
		*id = (int64_t)db_insert_id(c->db);
	return rc;
}

enum err
offertag_add(struct change *c, enum offertag_kind kind, struct str name, int64_t *id)
{
	int64_t there = 0;
	enum err rc;

	name = str_trim(name);
	rc = check_name(c, "name", name);
	if (rc == ERR_OK)
		rc = db_int(c->db, &there, 0, sql[kind].by_name, "s", name);
	if (rc == ERR_OK && there != 0)
		return change_fault(
		    c, ERR_EXISTS, "name", "There is one of that name already");
	return rc != ERR_OK ? rc : insert(c, kind, name, id);
}

enum err
offertag_rename(struct change *c, struct str hex24, struct str name)
{
	int64_t id = 0;
	enum err rc = ERR_OK;

	name = str_trim(name);
	if (hex24_is(hex24))
		rc = db_int(c->db, &id, 0,
		    "SELECT id FROM offer_category WHERE hex24 = ? FOR UPDATE", "s",
		    hex24);
	if (rc == ERR_OK && id == 0)
		return ERR_NOT_FOUND;
	if (rc == ERR_OK)
		rc = check_name(c, "name", name);
	if (rc == ERR_OK)
		rc = db_exec(c->db, "UPDATE offer_category SET name = ? WHERE id = ?",
		    "si", name, id);
	return rc == ERR_DB_DUP ? change_fault(c, ERR_EXISTS, "name",
				      "There is one of that name already")
				: rc;
}

/* The number behind one entry of a list; a category is made if need be. */
static enum err
find(struct change *c, enum offertag_kind kind, struct str tag, int64_t *id)
{
	const struct sql *q = &sql[kind];
	int64_t number;
	enum err rc = ERR_OK;

	tag = str_trim(tag);
	*id = 0;
	if (str_to_i64(tag, &number)) {
		rc = db_int(c->db, id, 0, q->by_id, "i", number);
	} else if (kind == OFFERTAG_CATEGORY && hex24_is(tag)) {
		rc = db_int(c->db, id, 0, q->by_hex24, "s", tag);
	} else if (kind == OFFERTAG_CATEGORY) {
		rc = check_name(c, q->param, tag);
		if (rc == ERR_OK)
			rc = db_int(c->db, id, 0, q->by_name, "s", tag);
		/* Of two that name it first, one waits here for the other's commit. */
		if (rc == ERR_OK && *id == 0)
			rc = db_exec(c->db,
			    "INSERT IGNORE INTO offer_category (hex24, name, created_us) "
			    "VALUES (?, ?, ?)",
			    "ssi", hex24_new(c->arena, c->now), tag, c->now);
		if (rc == ERR_OK && *id == 0)
			rc = db_int(c->db, id, 0, q->by_name, "s", tag);
	}
	if (rc == ERR_OK && *id == 0)
		return change_fault(c, ERR_INVALID, q->param,
		    "%.*s is none of this network's", STR_ARG(tag));
	return rc;
}

enum err
offertag_set(struct change *c, enum offertag_kind kind, int64_t offer_id,
    const struct str *tags, size_t n, bool append)
{
	enum err rc = ERR_OK;
	int64_t id;

	assert(kind != OFFERTAG_LANGUAGE);
	if (!append)
		rc = db_exec(c->db, sql[kind].clear, "i", offer_id);
	for (size_t i = 0; rc == ERR_OK && i < n; i++) {
		rc = find(c, kind, tags[i], &id);
		if (rc == ERR_OK)
			rc = db_exec(c->db, sql[kind].put, "ii", offer_id, id);
	}
	return rc;
}

enum err
offertag_language(struct change *c, int64_t id)
{
	int64_t there = 0;
	enum err rc = db_int(c->db, &there, 0, sql[OFFERTAG_LANGUAGE].by_id, "i", id);

	if (rc == ERR_OK && there == 0)
		return change_fault(
		    c, ERR_INVALID, "language", "is no language of this network");
	return rc;
}
