/* SPDX-License-Identifier: Apache-2.0
 * offerfind.c - lists of offers by filter; see offer.h.
 *
 * One constant statement for all filters: a condition whose parameter asks for nothing is
 * true.  A network has thousands of offers, not millions, so the scan this costs is some
 * milliseconds; whoever asks by numbers alone goes to offer_list(), which reads by key.
 */
#include "domain/offer.h"

#include "domain/netset.h"

/* offer_seen_privacy() of offer.h, as its number. */
#define SEEN_PRIVACY                                                               \
	"IF(o.privacy <> 'public', o.privacy - 1, COALESCE((SELECT IF(l.private, " \
	"IF(l.requestable, 1, 2), 0) FROM landing_page l WHERE l.id = "            \
	"o.default_lp_id), 0))"

/* ?: name, name; like, like; q, q, q; ids, ids; hex24s, hex24s; advertisers, advertisers;
 * countries, countries; states, now, states; privacies, privacies; no_hidden; affiliate,
 * affiliate, affiliate, live, affiliate; manager, manager; categories, categories; os, os */
#define WHERE                                                                            \
	" FROM offer o WHERE NOT o.deleted"                                              \
	" AND (? IS NULL OR o.name = ?)"                                                 \
	" AND (? IS NULL OR INSTR(LOWER(o.name), LOWER(?)) > 0)"                         \
	" AND (? IS NULL OR INSTR(LOWER(o.name), LOWER(?)) > 0 OR CAST(o.id AS CHAR) = " \
	"?)"                                                                             \
	" AND (? IS NULL OR o.id IN (SELECT v FROM JSON_TABLE(?, '$[*]'"                 \
	"   COLUMNS (v INT UNSIGNED PATH '$')) j1))"                                     \
	" AND (? IS NULL OR o.hex24 IN (SELECT v FROM JSON_TABLE(?, '$[*]'"              \
	"   COLUMNS (v CHAR(24) CHARACTER SET ascii PATH '$')) j2))"                     \
	" AND (? IS NULL OR o.advertiser_id IN (SELECT v FROM JSON_TABLE(?, '$[*]'"      \
	"   COLUMNS (v INT UNSIGNED PATH '$')) j3))"                                     \
	" AND (? IS NULL OR EXISTS (SELECT * FROM payout_rule p WHERE p.offer_id = "     \
	"o.id AND"                                                                       \
	"   p.valid_to_us IS NULL AND (p.countries = '' OR EXISTS (SELECT * FROM "       \
	"JSON_TABLE(?, '$[*]'"                                                           \
	"   COLUMNS (v CHAR(2) CHARACTER SET ascii PATH '$')) j4"                        \
	"   WHERE (FIND_IN_SET(j4.v, p.countries) > 0) <> p.country_exclude))))"         \
	" AND (? = 0 OR ((1 << IF(o.status = 1 AND o.date_expire <= ?, 3, o.status)) & " \
	"?) <> 0)"                                                                       \
	" AND (? = 0 OR ((1 << " SEEN_PRIVACY ") & ?) <> 0)"                             \
	" AND (? = 0 OR NOT o.hidden)"                                                   \
	" AND (? = 0 OR COALESCE((SELECT e.allowed FROM access_exception e WHERE "       \
	"e.offer_id = o.id AND e.allowed IS NOT NULL AND e.landing_page_id IN "          \
	"(o.default_lp_id, 0) AND e.affiliate_id IN (?, 0) ORDER BY e.affiliate_id = 0," \
	" e.landing_page_id = 0 LIMIT 1), NOT EXISTS (SELECT * FROM "                    \
	"advertiser_blacklist b WHERE b.advertiser_id = o.advertiser_id AND "            \
	"b.affiliate_id = ?) AND (" SEEN_PRIVACY " = 0 OR (? = 0 AND COALESCE((SELECT "  \
	"e.requestable FROM access_exception e WHERE e.offer_id = o.id AND "             \
	"e.requestable IS NOT NULL AND e.landing_page_id IN (o.default_lp_id, 0) AND "   \
	"e.affiliate_id IN (?, 0) ORDER BY e.affiliate_id = 0, e.landing_page_id = 0 "   \
	"LIMIT 1), " SEEN_PRIVACY " = 1)))))"                                            \
	" AND (? = 0 OR EXISTS (SELECT * FROM account m WHERE m.id = o.advertiser_id "   \
	"AND m.manager_id = ?))"                                                         \
	" AND (? IS NULL OR EXISTS (SELECT * FROM offer_in_category ic JOIN "            \
	"offer_category g ON g.id = ic.tag_id JOIN JSON_TABLE(?, '$[*]' COLUMNS (v "     \
	"VARCHAR(190) PATH '$')) j5 ON j5.v IN (g.hex24, g.name) WHERE ic.offer_id = "   \
	"o.id))"                                                                         \
	" AND (? IS NULL OR EXISTS (SELECT * FROM JSON_TABLE(?, '$[*]' COLUMNS (v "      \
	"VARCHAR(16) PATH '$')) j6 LEFT JOIN offer_target t ON t.offer_id = o.id WHERE " \
	"COALESCE(t.os, '') = '' OR CONCAT(';', t.os, ';') REGEXP CONCAT(';', j6.v, "    \
	"'[:;]')))"
#define WHERE_TYPES "sssssssssssssssuiuuuuiiiuiiissss"
#define WHERE_ARGS(f, countries_)                                                     \
	(f)->name, (f)->name, (f)->name_like, (f)->name_like, (f)->q, (f)->q, (f)->q, \
	    (f)->ids, (f)->ids, (f)->hex24s, (f)->hex24s, (f)->advertisers,           \
	    (f)->advertisers, (countries_), (countries_), (uint64_t)(f)->states,      \
	    (f)->now, (uint64_t)(f)->states, (uint64_t)(f)->privacies,                \
	    (uint64_t)(f)->privacies, (uint64_t)(f)->no_hidden, (f)->affiliate,       \
	    (f)->affiliate, (f)->affiliate, (uint64_t)(f)->live, (f)->affiliate,      \
	    (f)->manager, (f)->manager, (f)->categories, (f)->categories, (f)->os,    \
	    (f)->os

static const char sql_count[] = "SELECT COUNT(*)" WHERE;
static const char sql_find[] =
    "SELECT o.id" WHERE " ORDER BY IF(? = 2, o.name, NULL), IF(? = 3, o.name, NULL) DESC,"
    " IF(? = 1, -CAST(o.id AS SIGNED), CAST(o.id AS SIGNED)) LIMIT ? OFFSET ?";

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

enum err
offer_find(struct db *db, struct arena *a, const struct offer_filter *f, int64_t **ids,
    size_t *n, int64_t *total)
{
	struct str countries = codes_json(a, f->countries);
	struct db_rows *r;
	uint64_t order = f->order;
	enum err rc =
	    db_int(db, total, 0, sql_count, WHERE_TYPES, WHERE_ARGS(f, countries));

	*ids = NULL;
	*n = 0;
	if (rc != ERR_OK || *total == 0)
		return rc;
	rc = db_query(db, &r, sql_find, WHERE_TYPES "uuuuu", WHERE_ARGS(f, countries),
	    order, order, order, f->count, f->skip);
	if (rc != ERR_OK)
		return rc;
	while (db_next(r)) {
		*ids = row_grow(a, *ids, *n, sizeof(**ids));
		(*ids)[(*n)++] = db_i64(r, 0);
	}
	return db_rows_close(&r);
}
