/* SPDX-License-Identifier: Apache-2.0
 * offerfind.c - see offerfind.h.
 *
 * A statement holds only the conditions that were asked for.  With all of them in it,
 * those that ask for nothing kept their subqueries: ten times the time over 10,000
 * offers, and no index for the others.
 */
#include "report/offerfind.h"

#include "domain/row.h"
#include "report/ask.h"

/* offer_seen_privacy() of domain/offer.h, as its number. */
#define SEEN_PRIVACY                                                               \
	"IF(o.privacy <> 'public', o.privacy - 1, COALESCE((SELECT IF(l.private, " \
	"IF(l.requestable, 1, 2), 0) FROM landing_page l WHERE l.id = "            \
	"o.default_lp_id), 0))"

/* "US,GB" to ["US","GB"]. */
static struct str
codes_json(struct arena *a, struct str list)
{
	struct str out = STR_NONE, one;

	while (list.n > 0 && (one = str_split(&list, ',')).p != NULL)
		out = out.p == NULL
			  ? arena_printf(a, "[\"%.*s\"", STR_ARG(one))
			  : arena_printf(a, "%.*s,\"%.*s\"", STR_ARG(out), STR_ARG(one));
	return out.p == NULL ? out : arena_printf(a, "%.*s]", STR_ARG(out));
}

/* What the offer itself says. */
static void
where_offer(struct ask *k, const struct offer_filter *f)
{
	if (f->name.p != NULL)
		ask_add(k, " AND o.name = ?", "s", f->name);
	if (f->name_like.p != NULL)
		ask_add(k, " AND INSTR(LOWER(o.name), LOWER(?)) > 0", "s", f->name_like);
	if (f->q.p != NULL)
		ask_add(k,
		    " AND (INSTR(LOWER(o.name), LOWER(?)) > 0 OR CAST(o.id AS CHAR) = ?)",
		    "ss", f->q, f->q);
	if (f->ids.p != NULL)
		ask_add(k,
		    " AND o.id IN (SELECT v FROM JSON_TABLE(?, '$[*]' COLUMNS (v INT "
		    "UNSIGNED PATH '$')) j1)",
		    "s", f->ids);
	if (f->hex24s.p != NULL)
		ask_add(k,
		    " AND o.hex24 IN (SELECT v FROM JSON_TABLE(?, '$[*]' COLUMNS (v "
		    "CHAR(24) CHARACTER SET ascii PATH '$')) j2)",
		    "s", f->hex24s);
	if (f->states != 0)
		ask_add(k,
		    " AND ((1 << IF(o.status = 1 AND o.date_expire <= ?, 3, o.status)) & "
		    "?) <> 0",
		    "iu", f->now, (uint64_t)f->states);
	if (f->privacies != 0)
		ask_add(k, " AND ((1 << " SEEN_PRIVACY ") & ?) <> 0", "u",
		    (uint64_t)f->privacies);
	if (f->no_hidden)
		ask_add(k, " AND NOT o.hidden", NULL);
}

/* What hangs on it. */
static void
where_around(struct ask *k, struct arena *a, const struct offer_filter *f)
{
	struct str countries = codes_json(a, f->countries);

	if (countries.p != NULL)
		ask_add(k,
		    " AND EXISTS (SELECT * FROM payout_rule p WHERE p.offer_id = o.id "
		    "AND "
		    "p.valid_to_us IS NULL AND (p.countries = '' OR EXISTS (SELECT * "
		    "FROM "
		    "JSON_TABLE(?, '$[*]' COLUMNS (v CHAR(2) CHARACTER SET ascii PATH "
		    "'$')) j4 WHERE (FIND_IN_SET(j4.v, p.countries) > 0) <> "
		    "p.country_exclude)))",
		    "s", countries);
	if (f->affiliate != 0)
		ask_add(k,
		    " AND COALESCE((SELECT e.allowed FROM access_exception e WHERE "
		    "e.offer_id = o.id AND e.allowed IS NOT NULL AND e.landing_page_id "
		    "IN "
		    "(o.default_lp_id, 0) AND e.affiliate_id IN (?, 0) ORDER BY "
		    "e.affiliate_id = 0, e.landing_page_id = 0 LIMIT 1), NOT EXISTS "
		    "(SELECT * FROM advertiser_blacklist b WHERE b.advertiser_id = "
		    "o.advertiser_id AND b.affiliate_id = ?) AND (" SEEN_PRIVACY
		    " = 0 OR (? = 0 AND COALESCE((SELECT e.requestable FROM "
		    "access_exception e WHERE e.offer_id = o.id AND e.requestable IS NOT "
		    "NULL AND e.landing_page_id IN (o.default_lp_id, 0) AND "
		    "e.affiliate_id IN (?, 0) ORDER BY e.affiliate_id = 0, "
		    "e.landing_page_id = 0 LIMIT 1), " SEEN_PRIVACY " = 1))))",
		    "iiii", f->affiliate, f->affiliate, (int64_t)f->live, f->affiliate);
	if (f->manager != 0)
		ask_add(k,
		    " AND EXISTS (SELECT * FROM account m WHERE m.id = o.advertiser_id "
		    "AND m.manager_id = ?)",
		    "i", f->manager);
	if (f->categories.p != NULL)
		ask_add(k,
		    " AND EXISTS (SELECT * FROM offer_in_category ic JOIN offer_category "
		    "g ON g.id = ic.tag_id JOIN JSON_TABLE(?, '$[*]' COLUMNS (v "
		    "VARCHAR(190) PATH '$')) j5 ON j5.v IN (g.hex24, g.name) WHERE "
		    "ic.offer_id = o.id)",
		    "s", f->categories);
	if (f->os.p != NULL)
		ask_add(k,
		    " AND EXISTS (SELECT * FROM JSON_TABLE(?, '$[*]' COLUMNS (v "
		    "VARCHAR(16) PATH '$')) j6 LEFT JOIN offer_target t ON t.offer_id = "
		    "o.id WHERE COALESCE(t.os, '') = '' OR CONCAT(';', t.os, ';') REGEXP "
		    "CONCAT(';', j6.v, '[:;]'))",
		    "s", f->os);
}

static void
begin(struct ask *k, const char *what, struct arena *a, const struct offer_filter *f)
{
	ask_init(k);
	ask_add(k, what, NULL);
	/* Left to itself the database walks all offers by number. */
	if (f->advertisers.p != NULL)
		ask_add(k,
		    " FROM (SELECT DISTINCT v FROM JSON_TABLE(?, '$[*]' COLUMNS (v INT "
		    "UNSIGNED PATH '$')) j) j3 STRAIGHT_JOIN offer o ON o.advertiser_id "
		    "= "
		    "j3.v WHERE o.deleted = 0",
		    "s", f->advertisers);
	else
		ask_add(k, " FROM offer o WHERE o.deleted = 0", NULL);
	where_offer(k, f);
	where_around(k, a, f);
}

static enum err
count(struct db *db, struct arena *a, const struct offer_filter *f, struct ask *k,
    int64_t *total)
{
	struct db_rows *r;
	enum err rc;

	begin(k, "SELECT COUNT(*)", a, f);
	rc = ask_rows(k, db, &r);
	if (rc != ERR_OK)
		return rc;
	*total = db_next(r) ? db_i64(r, 0) : 0;
	return db_rows_close(&r);
}

enum err
offerfind_ids(struct db *db, struct arena *a, const struct offer_filter *f, int64_t **ids,
    size_t *n, int64_t *total)
{
	static const char *const orders[] = {[BY_ID] = " ORDER BY o.id",
	    [BY_ID_DOWN] = " ORDER BY o.id DESC",
	    [BY_TITLE] = " ORDER BY o.name, o.id",
	    [BY_TITLE_DOWN] = " ORDER BY o.name DESC, o.id"};
	struct ask *k = arena_alloc(a, sizeof(*k));
	struct db_rows *r;
	enum err rc = total == NULL ? ERR_OK : count(db, a, f, k, total);

	*ids = NULL;
	*n = 0;
	if (rc != ERR_OK || (total != NULL && *total == 0))
		return rc;
	begin(k, "SELECT o.id", a, f);
	ask_add(k, orders[f->order], NULL);
	ask_add(k, " LIMIT ? OFFSET ?", "uu", f->count, f->skip);
	rc = ask_rows(k, db, &r);
	if (rc != ERR_OK)
		return rc;
	while (db_next(r)) {
		*ids = row_grow(a, *ids, *n, sizeof(**ids));
		(*ids)[(*n)++] = db_i64(r, 0);
	}
	return db_rows_close(&r);
}
