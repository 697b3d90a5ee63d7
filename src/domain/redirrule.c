/* SPDX-License-Identifier: Apache-2.0
 * redirrule.c - see redirrule.h.
 */
#include "domain/redirrule.h"

#include "domain/country.h"
#include "domain/weburl.h"

const char *const redirrule_visitor_words[] = {"any", "new", "returning", NULL};

/* clang-format off */
#define COL(name_, kind_, words_) ", r." #name_
#define COLUMNS "SELECT r.id"
static const char sql_list[] = COLUMNS
#include "tbl/redirect_columns.h"
    " FROM redirect_rule r WHERE NOT r.deleted AND (? = 0 OR r.offer_id = ?)"
    " ORDER BY r.offer_id, r.position, r.id";
static const char sql_lock[] = COLUMNS
#include "tbl/redirect_columns.h"
    " FROM redirect_rule r WHERE r.id = ? AND NOT r.deleted FOR UPDATE";
#undef COL
/* clang-format on */

#define ROW_TABLE "redirect_rule"
#define ROW_STRUCT struct redirrule
#define ROW_COLUMNS "tbl/redirect_columns.h"
#include "domain/rowio.h"

void
redirrule_init(struct redirrule *r, int64_t offer_id)
{
	*r = (struct redirrule){.offer_id = offer_id,
	    .share = REDIRRULE_WHOLE,
	    .visitor = REDIRRULE_ANY,
	    .track = true,
	    .active = true};
	r->countries = r->to_url = STR("");
}

enum err
redirrule_list(
    struct db *db, struct arena *a, int64_t offer_id, struct redirrule **out, size_t *n)
{
	struct db_rows *rows;
	enum err rc = db_query(db, &rows, sql_list, "ii", offer_id, offer_id);

	*out = NULL;
	*n = 0;
	if (rc != ERR_OK)
		return rc;
	while (db_next(rows)) {
		*out = row_grow(a, *out, *n, sizeof(**out));
		row_read(rows, a, &(*out)[(*n)++]);
	}
	return db_rows_close(&rows);
}

enum err
redirrule_lock(struct change *c, int64_t id, struct redirrule *out)
{
	struct db_rows *rows;
	enum err rc = db_query(c->db, &rows, sql_lock, "i", id), end;

	if (rc != ERR_OK)
		return rc;
	rc = ERR_NOT_FOUND;
	if (db_next(rows)) {
		row_read(rows, c->arena, out);
		rc = ERR_OK;
	}
	end = db_rows_close(&rows);
	return end != ERR_OK ? end : rc;
}

static enum err
check_values(struct change *c, struct redirrule *r)
{
	const unsigned targets =
	    (r->to_url.n > 0) + (r->to_offer_id != 0) + (r->to_lp_id != 0);
	const char *wrong = r->to_url.n > 0 ? weburl_wrong(r->to_url) : NULL;
	struct str bad;

	if (r->share < 1 || r->share > REDIRRULE_WHOLE)
		return change_fault(
		    c, ERR_INVALID, "share", "must be above 0 and at most 100");
	if (r->position < 0 || r->position > REDIRRULE_POSITION_MAX)
		return change_fault(c, ERR_INVALID, "position",
		    "must be a number from 0 to %d", REDIRRULE_POSITION_MAX);
	if (r->visitor < REDIRRULE_ANY || r->visitor > REDIRRULE_RETURNING)
		return change_fault(
		    c, ERR_INVALID, "visitor", "must be any, new or returning");
	if (targets != 1)
		return change_fault(c, targets == 0 ? ERR_MISSING : ERR_INVALID, "target",
		    "must be one offer, one landing page or one URL");
	if (wrong != NULL)
		return change_fault(c, ERR_INVALID, "target", "%s", wrong);
	if (!country_list(c->arena, r->countries, &r->countries, &bad))
		return change_fault(c, ERR_INVALID, "countries",
		    "has no country of the code %.*s", (int)(bad.n < 20 ? bad.n : 20),
		    bad.p);
	if (r->countries.n == 0 && r->country_exclude)
		return change_fault(
		    c, ERR_MISSING, "countries", "must name those that are left out");
	return ERR_OK;
}

/* What a number names must be there; 0 names nothing. */
static enum err
check_there(
    struct change *c, const char *param, const char *what, int64_t id, const char *sql)
{
	int64_t n = 1;
	enum err rc = id == 0 ? ERR_OK : db_int(c->db, &n, 0, sql, "i", id);

	if (rc == ERR_OK && n == 0)
		return change_fault(c, ERR_INVALID, param, "is no %s", what);
	return rc;
}

static enum err
check_references(struct change *c, const struct redirrule *r)
{
	int64_t of = r->offer_id;
	enum err rc = check_there(c, "offer_id", "offer", r->offer_id,
	    "SELECT COUNT(*) FROM offer WHERE id = ? AND NOT deleted");

	if (rc == ERR_OK)
		rc = check_there(c, "target", "offer", r->to_offer_id,
		    "SELECT COUNT(*) FROM offer WHERE id = ? AND NOT deleted");
	if (rc == ERR_OK)
		rc = check_there(c, "target", "landing page", r->to_lp_id,
		    "SELECT COUNT(*) FROM landing_page WHERE id = ? AND NOT deleted");
	if (rc == ERR_OK)
		rc = check_there(c, "commission_id", "commission", r->commission_id,
		    "SELECT COUNT(*) FROM commission WHERE id = ?");
	if (rc == ERR_OK)
		rc = check_there(c, "affiliate_id", "account", r->affiliate_id,
		    "SELECT COUNT(*) FROM account WHERE id = ? AND NOT deleted");
	if (rc == ERR_OK && r->landing_page_id != 0)
		rc = db_int(c->db, &of, 0,
		    "SELECT offer_id FROM landing_page WHERE id = ? AND NOT deleted", "i",
		    r->landing_page_id);
	if (rc == ERR_OK && of != r->offer_id)
		return change_fault(
		    c, ERR_INVALID, "landing_page_id", "is no landing page of the offer");
	return rc;
}

enum err
redirrule_put(struct change *c, struct redirrule *r)
{
	enum err rc = r->deleted ? ERR_OK : check_values(c, r);

	if (rc == ERR_OK && !r->deleted)
		rc = check_references(c, r);
	if (rc != ERR_OK)
		return rc;
	r->updated_us = c->now;
	if (r->id == 0) {
		r->created_us = c->now;
		rc = row_insert(c->db, r);
	} else {
		rc = row_update(c->db, r);
	}
	if (rc != ERR_OK)
		return rc;
	return catalog_bump(c->db, BUMP_OFFER, (uint64_t)r->offer_id, &c->version);
}
