/* SPDX-License-Identifier: Apache-2.0
 * storedfile.c - see storedfile.h.
 */
#include "domain/storedfile.h"

#include <sodium.h>

#define DIGITS 32u

struct str
storedfile_path(struct arena *a, struct str name)
{
	return arena_printf(a, "/files/%.*s", STR_ARG(name));
}

bool
storedfile_is_name(struct str name)
{
	if (name.n < DIGITS + 2 || name.n > STOREDFILE_NAME || name.p[DIGITS] != '.')
		return false;
	for (size_t i = 0; i < name.n; i++) {
		const char c = name.p[i];
		const bool digit = c >= '0' && c <= '9';

		if (i < DIGITS ? !digit && (c < 'a' || c > 'f')
			       : i > DIGITS && (c < 'a' || c > 'z'))
			return false;
	}
	return true;
}

enum err
storedfile_add(struct change *c, const char *param, struct str bytes, bool archives,
    struct storedfile *out)
{
	unsigned char random[DIGITS / 2];
	char hex[DIGITS + 1];
	enum err rc;

	if (bytes.n > STOREDFILE_MAX)
		return change_fault(
		    c, ERR_INVALID, param, "is larger than %u bytes", STOREDFILE_MAX);
	if (!picture_read(bytes, &out->is) || (out->is.kind == PICTURE_ZIP && !archives))
		return change_fault(c, ERR_INVALID, param,
		    archives
			? "is neither a GIF, PNG, JPEG or WebP picture nor a ZIP file"
			: "is no GIF, PNG, JPEG or WebP picture");
	randombytes_buf(random, sizeof(random));
	(void)sodium_bin2hex(hex, sizeof(hex), random, sizeof(random));
	out->name = arena_printf(c->arena, "%s.%s", hex, out->is.ext);
	out->size = bytes.n;
	rc = db_exec(c->db,
	    "INSERT INTO stored_file (name, ext, mime, created_us, bytes) VALUES (?, ?, "
	    "?, "
	    "?, ?)",
	    "sssis", str_n(hex, DIGITS), str_of(out->is.ext), str_of(out->is.mime),
	    (int64_t)c->now, bytes);
	return rc;
}

enum err
storedfile_load(
    struct db *db, struct arena *a, struct str name, struct str *bytes, struct str *mime)
{
	struct db_rows *r;
	bool there;
	enum err rc;

	if (!storedfile_is_name(name))
		return ERR_NOT_FOUND;
	rc = db_query(db, &r,
	    "SELECT bytes, mime FROM stored_file WHERE name = ? AND ext = ?", "ss",
	    str_n(name.p, DIGITS), str_n(name.p + DIGITS + 1, name.n - DIGITS - 1));
	if (rc != ERR_OK)
		return rc;
	there = db_next(r);
	if (there) {
		*bytes = arena_str(a, db_str(r, 0));
		*mime = arena_str(a, db_str(r, 1));
	}
	rc = db_rows_close(&r);
	return rc != ERR_OK ? rc : there ? ERR_OK : ERR_NOT_FOUND;
}
