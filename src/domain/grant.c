/* SPDX-License-Identifier: Apache-2.0
 * grant.c - see grant.h.
 *
 * One row says both things of an affiliate and a place, so that revert clears a column,
 * and a row that says nothing goes.
 */
#include "domain/grant.h"

#include "domain/row.h"

/* clang-format off */
#define NUMBERS(alias_) "JSON_TABLE(?, '$[*]' COLUMNS (id INT UNSIGNED PATH '$')) " alias_
#define OFFERS_OF_PAGES "SELECT DISTINCT l.offer_id FROM landing_page l JOIN " NUMBERS("k") " ON k.id = l.id"
#define PUT(column_) \
	{"INSERT INTO access_exception (offer_id, landing_page_id, affiliate_id, " column_ ", set_us) SELECT " \
	 "l.offer_id, l.id, a.id, ?, ? FROM landing_page l JOIN " NUMBERS("p") " ON p.id = l.id JOIN " NUMBERS("a") \
	 " WHERE TRUE ON DUPLICATE KEY UPDATE " column_ " = VALUES(" column_ "), set_us = VALUES(set_us)", \
	 "INSERT INTO access_exception (offer_id, landing_page_id, affiliate_id, " column_ ", set_us) SELECT " \
	 "p.id, 0, a.id, ?, ? FROM " NUMBERS("p") " JOIN " NUMBERS("a") \
	 " WHERE TRUE ON DUPLICATE KEY UPDATE " column_ " = VALUES(" column_ "), set_us = VALUES(set_us)"}
/* WHERE TRUE, or the parser takes ON for a condition of the join.  Places: single pages, or offers with or without their pages.  Who: those named, or with 0 all. */
#define FORGET(column_) \
	{"UPDATE access_exception e JOIN " NUMBERS("p") " ON p.id = e.landing_page_id SET e." column_ " = NULL WHERE " \
	 "(? = '[0]' OR e.affiliate_id IN (SELECT id FROM " NUMBERS("a") "))", \
	 "UPDATE access_exception e JOIN " NUMBERS("p") " ON p.id = e.offer_id SET e." column_ " = NULL WHERE " \
	 "(? = '[0]' OR e.affiliate_id IN (SELECT id FROM " NUMBERS("a") "))" \
	 " AND (e.landing_page_id = 0 OR ? = 2 OR (? = 1 AND e." column_ " <> ?))"}
/* clang-format on */

enum { OF_PAGES, OF_OFFERS };
static const char *const sql_put[][2] = {
    [GRANT_USE] = PUT("allowed"),
    [GRANT_ASK] = PUT("requestable"),
};
static const char *const sql_forget[][2] = {
    [GRANT_USE] = FORGET("allowed"),
    [GRANT_ASK] = FORGET("requestable"),
};
static const char sql_tidy[] =
    "DELETE FROM access_exception WHERE allowed IS NULL AND requestable IS NULL";

/* Which of an offer's pages are forgotten too. */
enum { PAGES_NONE, PAGES_CONTRARY, PAGES_ALL };

static enum err
forget(struct change *c, const struct grant *g, uint64_t pages, int64_t value)
{
	if (g->pages.p != NULL)
		return db_exec(c->db, sql_forget[g->what][OF_PAGES], "sss", g->pages,
		    g->affiliates, g->affiliates);
	return db_exec(c->db, sql_forget[g->what][OF_OFFERS], "sssuui", g->offers,
	    g->affiliates, g->affiliates, pages, pages, value);
}

/* Every offer of a list under one new version; none: no change. */
static enum err
bump_offers(struct change *c, const char *sql, const char *types, struct str list)
{
	struct db_rows *r = NULL;
	uint64_t *id = NULL;
	size_t n = 0;
	enum err rc = db_query(c->db, &r, sql, types, list), end;

	while (rc == ERR_OK && db_next(r)) {
		if ((n & (n - 1)) == 0) {
			uint64_t *more =
			    arena_alloc(c->arena, (n == 0 ? 1 : n * 2) * sizeof(*more));

			if (n > 0)
				memcpy(more, id, n * sizeof(*id));
			id = more;
		}
		id[n++] = db_u64(r, 0);
	}
	end = db_rows_close(&r);
	rc = rc != ERR_OK ? rc : end;
	for (size_t i = 0; i < n && rc == ERR_OK; i++)
		rc = catalog_bump(c->db, BUMP_OFFER, id[i], &c->version);
	return rc;
}

enum err
grant_put(struct change *c, const struct grant *g)
{
	const bool all = str_eq(g->affiliates, STR("[0]"));
	const int64_t value = g->how == GRANT_ENABLE;
	const uint64_t pages = g->how == GRANT_REVERT || (all && g->all_pages)
				   ? PAGES_ALL
				   : (g->all_pages ? PAGES_CONTRARY : PAGES_NONE);
	enum err rc = ERR_OK;

	if (g->how == GRANT_REVERT || all || g->all_pages)
		rc = forget(c, g, pages, value);
	if (rc == ERR_OK && g->how != GRANT_REVERT)
		rc = db_exec(c->db,
		    sql_put[g->what][g->pages.p != NULL ? OF_PAGES : OF_OFFERS], "iiss",
		    value, c->now, g->pages.p != NULL ? g->pages : g->offers,
		    g->affiliates);
	if (rc == ERR_OK)
		rc = db_exec(c->db, sql_tidy, "");
	if (rc != ERR_OK)
		return rc;
	return g->pages.p != NULL
		   ? bump_offers(c, OFFERS_OF_PAGES, "s", g->pages)
		   : bump_offers(c,
			 "SELECT o.id FROM offer o JOIN " NUMBERS("k") " ON k.id = o.id",
			 "s", g->offers);
}

enum err
grant_close(struct change *c, int64_t offer, int64_t affiliate)
{
	static const char which[] =
	    "SELECT DISTINCT e.offer_id FROM access_exception e JOIN offer o ON o.id = "
	    "e.offer_id WHERE e.allowed AND IF(? = 0, e.affiliate_id = ? AND o.privacy "
	    "<> 'public', e.offer_id = ?)";
	struct db_rows *r = NULL;
	struct str list = STR("[");
	enum err rc = db_query(c->db, &r, which, "iii", offer, affiliate, offer), end;

	while (rc == ERR_OK && db_next(r))
		list = arena_printf(c->arena, "%.*s%s%llu", STR_ARG(list),
		    list.n > 1 ? "," : "", (unsigned long long)db_u64(r, 0));
	end = db_rows_close(&r);
	rc = rc != ERR_OK ? rc : end;
	if (rc != ERR_OK || list.n == 1)
		return rc;
	list = arena_printf(c->arena, "%.*s]", STR_ARG(list));
	rc = db_exec(c->db,
	    "UPDATE access_exception e JOIN " NUMBERS(
		"p") " ON p.id = e.offer_id SET "
		     "e.allowed = NULL WHERE e.allowed AND (? <> 0 OR e.affiliate_id = "
		     "?)",
	    "sii", list, offer, affiliate);
	if (rc == ERR_OK)
		rc = db_exec(c->db, sql_tidy, "");
	return rc != ERR_OK
		   ? rc
		   : bump_offers(c,
			 "SELECT o.id FROM offer o JOIN " NUMBERS("k") " ON k.id = o.id",
			 "s", list);
}

enum err
grant_blacklist(struct change *c, struct str advertisers, int64_t affiliate, bool on)
{
	struct db_rows *r = NULL;
	uint64_t id[256];
	size_t n = 0;
	enum err rc = on ? db_exec(c->db,
			       "INSERT IGNORE INTO advertiser_blacklist (advertiser_id, "
			       "affiliate_id, set_us) SELECT k.id, ?, ? FROM " NUMBERS(
				   "k"),
			       "iis", affiliate, c->now, advertisers)
			 : db_exec(c->db,
			       "DELETE b FROM advertiser_blacklist b JOIN " NUMBERS(
				   "k") " ON k.id = b.advertiser_id WHERE "
					"b.affiliate_id = ?",
			       "si", advertisers, affiliate),
		 end;

	if (rc == ERR_OK)
		rc = db_query(
		    c->db, &r, "SELECT DISTINCT id FROM " NUMBERS("k"), "s", advertisers);
	while (rc == ERR_OK && n < ARRAY_LEN(id) && db_next(r))
		id[n++] = db_u64(r, 0);
	end = db_rows_close(&r);
	rc = rc != ERR_OK ? rc : end;
	for (size_t i = 0; i < n && rc == ERR_OK; i++)
		rc = catalog_bump(c->db, BUMP_ACCOUNT, id[i], &c->version);
	return rc;
}

/* What an exception says of him and a page, in the order of track/access.h. */
#define SAID(column_, page_)                                                  \
	"SELECT e." column_ " FROM access_exception e WHERE e." column_       \
	" IS NOT NULL AND e.offer_id = o.id AND e.landing_page_id IN (" page_ \
	", 0) AND e.affiliate_id IN (?, 0) ORDER BY e.affiliate_id = 0, "     \
	"e.landing_page_id = 0 LIMIT 1"

enum err
grant_view(struct db *db, int64_t offer, int64_t lp, int64_t advertiser,
    int64_t affiliate, struct grant_view *out)
{
	static const char sql[] = "SELECT COALESCE((" SAID(
	    "allowed", "?") "), -1), COALESCE((" SAID("requestable",
	    "?") "), -1), EXISTS (SELECT * FROM advertiser_blacklist b "
		 "WHERE b.advertiser_id = ? AND b.affiliate_id = ?) "
		 "FROM (SELECT ? AS id) o";
	struct db_rows *r = NULL;
	enum err rc = db_query(db, &r, sql, "iiiiiii", lp, affiliate, lp, affiliate,
	    advertiser, affiliate, offer);
	enum err end;

	*out = (struct grant_view){.ask = GRANT_ASK_UNSAID};
	if (rc == ERR_OK && db_next(r)) {
		const int64_t said = db_i64(r, 0), ask = db_i64(r, 1);

		out->connected = said == 1;
		out->blocked = said == 0 || (said == -1 && db_i64(r, 2) != 0);
		out->ask = ask == 1   ? GRANT_ASK_YES
			   : ask == 0 ? GRANT_ASK_NO
				      : GRANT_ASK_UNSAID;
	}
	end = db_rows_close(&r);
	return rc != ERR_OK ? rc : end;
}

enum err
grant_closed_pages(struct db *db, struct arena *a, struct str offers, int64_t affiliate,
    int64_t **out, size_t *n)
{
	static const char sql[] = "SELECT l.id FROM " NUMBERS(
	    "p") " JOIN offer o ON o.id = p.id JOIN landing_page l ON l.offer_id = "
		 "o.id WHERE NOT l.deleted AND NOT COALESCE((" SAID(
		     "allowed", "l.id") "), "
					"NOT l.private AND o.privacy = 'public' AND NOT "
					"EXISTS (SELECT * FROM "
					"advertiser_blacklist b WHERE b.advertiser_id = "
					"o.advertiser_id AND "
					"b.affiliate_id = ?)) ORDER BY l.id";
	struct db_rows *r = NULL;
	enum err rc = db_query(db, &r, sql, "sii", offers, affiliate, affiliate), end;

	*out = NULL;
	*n = 0;
	while (rc == ERR_OK && db_next(r)) {
		*out = row_grow(a, *out, *n, sizeof(**out));
		(*out)[(*n)++] = db_i64(r, 0);
	}
	end = db_rows_close(&r);
	return rc != ERR_OK ? rc : end;
}
