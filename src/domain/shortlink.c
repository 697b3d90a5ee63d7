/* SPDX-License-Identifier: Apache-2.0
 * shortlink.c - see shortlink.h.
 */
#include "domain/shortlink.h"

#include <sodium.h>

#define HASH_BYTES 16
#define TRIES 8

static enum err
find(struct change *c, enum shortlink_kind kind, struct str hash, struct str *code)
{
	struct db_rows *r;
	enum err rc = db_query(c->db, &r,
	    "SELECT code FROM short_link WHERE kind = ? AND target_hash = ?", "ib",
	    (int64_t)kind, hash);
	bool there;

	if (rc != ERR_OK)
		return rc;
	there = db_next(r);
	if (there)
		*code = arena_str(c->arena, db_str(r, 0));
	rc = db_rows_close(&r);
	return rc != ERR_OK ? rc : there ? ERR_OK : ERR_NOT_FOUND;
}

/* Six of 62 characters are 57 thousand million codes: nobody meets another's by trying
 * a few, and a link is no secret besides. */
static struct str
draw(struct change *c)
{
	static const char letters[] =
	    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	char *p = arena_alloc(c->arena, SHORTLINK_CHARS + 1);

	for (unsigned i = 0; i < SHORTLINK_CHARS; i++)
		p[i] = letters[randombytes_uniform(sizeof(letters) - 1)];
	return str_n(p, SHORTLINK_CHARS);
}

enum err
shortlink_make(
    struct change *c, enum shortlink_kind kind, struct str target, struct str *code)
{
	unsigned char bytes[HASH_BYTES];
	const struct str hash = str_n((const char *)bytes, sizeof(bytes));
	enum err rc;

	(void)crypto_generichash(
	    bytes, sizeof(bytes), (const unsigned char *)target.p, target.n, NULL, 0);
	rc = find(c, kind, hash, code);
	for (unsigned i = 0; rc == ERR_NOT_FOUND && i < TRIES; i++) {
		*code = draw(c);
		rc = db_exec(c->db,
		    "INSERT IGNORE INTO short_link (kind, code, target, target_hash, "
		    "created_us) VALUES (?, ?, ?, ?, ?)",
		    "issbi", (int64_t)kind, *code, target, hash, c->now);
		if (rc == ERR_OK && db_affected(c->db) == 1)
			return catalog_bump(
			    c->db, BUMP_LINK, db_insert_id(c->db), &c->version);
		/* The code is another's, or somebody made this link just now. */
		if (rc == ERR_OK)
			rc = find(c, kind, hash, code);
	}
	return rc == ERR_NOT_FOUND ? ERR_DB_RETRY : rc;
}

enum err
shortlink_target(struct db *db, struct arena *a, enum shortlink_kind kind,
    struct str code, struct str *target)
{
	struct db_rows *r;
	enum err rc;
	bool there;

	/* The column is ASCII, and says so to anything else. */
	for (size_t n = 0; n < code.n; n++) {
		if ((code.p[n] & 0x80) != 0)
			return ERR_NOT_FOUND;
	}
	rc = db_query(db, &r, "SELECT target FROM short_link WHERE kind = ? AND code = ?",
	    "is", (int64_t)kind, code);
	if (rc != ERR_OK)
		return rc;
	there = db_next(r);
	if (there)
		*target = arena_str(a, db_str(r, 0));
	rc = db_rows_close(&r);
	return rc != ERR_OK ? rc : there ? ERR_OK : ERR_NOT_FOUND;
}
