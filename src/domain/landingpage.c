/* SPDX-License-Identifier: Apache-2.0
 * landingpage.c - see landingpage.h.
 */
#include "domain/landingpage.h"

#include "base/iplist.h"
#include "domain/offertag.h"
#include "domain/weburl.h"

#define NAME_MAX_CHARS 255u
#define TEXT_MAX 60000u
#define HASH_MAX_BYTES 64u

const char *const landingpage_type_words[] = {"post", "iframe", "image", NULL};

/* clang-format off */
#define COL(name_, kind_, words_) ", l." #name_
#define COLUMNS "l.id"
static const char sql_list[] = "SELECT " COLUMNS
#include "tbl/lp_columns.h"
    " FROM JSON_TABLE(?, '$[*]' COLUMNS (n FOR ORDINALITY, id INT UNSIGNED PATH '$')) j"
    " JOIN landing_page l ON l.offer_id = j.id WHERE NOT l.deleted ORDER BY j.n, l.id";
static const char sql_load[] = "SELECT " COLUMNS
#include "tbl/lp_columns.h"
    " FROM landing_page l WHERE l.id = ? AND NOT l.deleted";
#undef COL
/* clang-format on */

#define ROW_TABLE "landing_page"
#define ROW_STRUCT struct landingpage
#define ROW_COLUMNS "tbl/lp_columns.h"
#include "domain/rowio.h"

void
landingpage_init(struct landingpage *l, int64_t offer_id)
{
	*l = (struct landingpage){.offer_id = offer_id, .conversion_type = LP_POST};
	l->name = l->url = l->preview_url = l->description = l->internal_desc = STR("");
	l->postback_ips = l->void_ips = l->hostnpost_ips = l->redirect_hash = STR("");
	l->thumb_url = l->force_url = STR("");
}

enum err
landingpage_list(
    struct db *db, struct arena *a, struct str ids, struct landingpage **out, size_t *n)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r, sql_list, "s", ids);

	*out = NULL;
	*n = 0;
	if (rc != ERR_OK)
		return rc;
	while (db_next(r)) {
		*out = row_grow(a, *out, *n, sizeof(**out));
		row_read(r, a, &(*out)[(*n)++]);
	}
	return db_rows_close(&r);
}

enum err
landingpage_load(struct db *db, struct arena *a, int64_t id, struct landingpage *out)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r, sql_load, "i", id), end;

	if (rc != ERR_OK)
		return rc;
	rc = ERR_NOT_FOUND;
	if (db_next(r)) {
		row_read(r, a, out);
		rc = ERR_OK;
	}
	end = db_rows_close(&r);
	return end != ERR_OK ? end : rc;
}

static enum err
check_ips(struct change *c, const char *name, struct str list)
{
	struct str bad;

	if (iplist_check(list, &bad))
		return ERR_OK;
	return change_fault(c, ERR_INVALID, name, "has an entry that is no address");
}

static enum err
check_pictures(struct change *c, const struct landingpage *l)
{
	const char *wrong = l->thumb_url.n == 0 ? NULL : weburl_wrong(l->thumb_url);

	if (wrong != NULL)
		return change_fault(c, ERR_INVALID, "thumb_url", "%s", wrong);
	wrong = l->force_url.n == 0 ? NULL : weburl_wrong(l->force_url);
	if (wrong != NULL)
		return change_fault(c, ERR_INVALID, "force_url", "%s", wrong);
	return l->language == 0 ? ERR_OK : offertag_language(c, l->language);
}

static enum err
check(struct change *c, const struct landingpage *l)
{
	enum err rc;
	const char *wrong = l->url.n == 0 ? NULL : weburl_wrong(l->url);

	if (str_trim(l->name).n == 0)
		return change_fault(c, ERR_MISSING, "name", "is required");
	if (!str_is_utf8(l->name) || l->name.n > NAME_MAX_CHARS)
		return change_fault(c, ERR_INVALID, "name",
		    "is longer than %u bytes or not UTF-8", NAME_MAX_CHARS);
	if (l->url.n == 0)
		return change_fault(c, ERR_MISSING, "url", "is required");
	if (wrong != NULL)
		return change_fault(c, ERR_INVALID, "url", "%s", wrong);
	wrong = l->preview_url.n == 0 ? NULL : weburl_wrong(l->preview_url);
	if (wrong != NULL)
		return change_fault(c, ERR_INVALID, "preview_url", "%s", wrong);
	rc = check_pictures(c, l);
	if (rc != ERR_OK)
		return rc;
	if (!str_is_utf8(l->description) || l->description.n > TEXT_MAX)
		return change_fault(
		    c, ERR_INVALID, "description", "is too long or not UTF-8");
	if (!str_is_utf8(l->internal_desc) || l->internal_desc.n > TEXT_MAX)
		return change_fault(
		    c, ERR_INVALID, "internal_desc", "is too long or not UTF-8");
	if (!str_is_utf8(l->redirect_hash) || l->redirect_hash.n > HASH_MAX_BYTES)
		return change_fault(c, ERR_INVALID, "redirect_hash",
		    "is longer than %u bytes or not UTF-8", HASH_MAX_BYTES);
	if (check_ips(c, "postback_ips", l->postback_ips) != ERR_OK)
		return c->fault.err;
	if (check_ips(c, "hostnpost_ips", l->hostnpost_ips) != ERR_OK)
		return c->fault.err;
	return check_ips(c, "void_ips", l->void_ips);
}

enum err
landingpage_add(struct change *c, struct landingpage *l)
{
	enum err rc = check(c, l);

	if (rc != ERR_OK)
		return rc;
	l->created_us = l->updated_us = c->now;
	rc = row_insert(c->db, l);
	if (rc != ERR_OK)
		return rc;
	return catalog_bump(c->db, BUMP_OFFER, (uint64_t)l->offer_id, &c->version);
}

enum err
landingpage_store(struct change *c, struct landingpage *l)
{
	enum err rc = check(c, l);

	if (rc != ERR_OK)
		return rc;
	l->updated_us = c->now;
	rc = row_update(c->db, l);
	if (rc != ERR_OK)
		return rc;
	return catalog_bump(c->db, BUMP_OFFER, (uint64_t)l->offer_id, &c->version);
}
