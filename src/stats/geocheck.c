/* SPDX-License-Identifier: Apache-2.0
 * geocheck.c - see geocheck.h.
 */
#include "stats/geocheck.h"

#include "base/log.h"
#include "shm/counter.h"

#define PRICED(column_)                                                              \
	"EXISTS (SELECT 1 FROM payout_rule r WHERE r.offer_id = o.id AND r." column_ \
	" <> '' AND r.valid_to_us IS NULL)"

/* An offer for each thing in the order of enum geo_thing, and offers with any that is
 * unknown; the ?s are what is known. */
static const char sql[] =
    "SELECT SUM(country), SUM(region), SUM(city), SUM(isp), SUM(link), SUM(country AND "
    "NOT ? OR region AND NOT ? OR city AND NOT ? OR isp AND NOT ? OR link AND NOT ?) "
    "FROM "
    "(SELECT o.authorized <> '' OR o.unauthorized <> '' OR COALESCE(t.strictly_country, "
    "FALSE) OR " PRICED(
	"countries") " AS country, COALESCE(t.states, '') <> '' AS "
		     "region, COALESCE(t.cities, '') <> '' OR " PRICED(
			 "cities") " AS city, "
				   "COALESCE(t.isps, '') <> '' AS isp, "
				   "COALESCE(t.connection, '') <> '' AS link FROM "
				   "offer o LEFT JOIN offer_target t ON t.offer_id = "
				   "o.id WHERE o.status = 1 AND NOT "
				   "o.deleted) x";

static void
say(struct geocheck *g, unsigned thing, int64_t n)
{
	static const char *const names[GEO_THINGS] = {[GEO_COUNTRY] = "country",
	    [GEO_REGION] = "region",
	    [GEO_CITY] = "city",
	    [GEO_ISP] = "provider",
	    [GEO_CONNECTION] = "connection"};

	if (g->has[thing])
		n = 0;
	if (n > 0 && g->said[thing] == 0)
		log_warn("%lld active offer%s rules by %s, which no file of geo_files "
			 "tells: see affiliatectl geo show",
		    (long long)n, n == 1 ? " has" : "s have", names[thing]);
	g->said[thing] = n;
}

enum err
geocheck_look(struct geocheck *g, struct db *db, const struct geo *geo)
{
	struct db_rows *r = NULL;
	enum err rc;

	for (unsigned i = 0; i < GEO_THINGS && !g->read; i++)
		g->has[i] = geo_has(geo, (enum geo_thing)i);
	g->read = true;
	rc = db_query(db, &r, sql, "iiiii", (int64_t)g->has[GEO_COUNTRY],
	    (int64_t)g->has[GEO_REGION], (int64_t)g->has[GEO_CITY],
	    (int64_t)g->has[GEO_ISP], (int64_t)g->has[GEO_CONNECTION]);
	if (rc != ERR_OK)
		return rc;
	if (db_next(r)) {
		for (unsigned i = 0; i < GEO_THINGS; i++)
			say(g, i, db_i64(r, i));
		counter_set(COUNTER_geo_rules_unknown, db_i64(r, GEO_THINGS));
	}
	return db_rows_close(&r);
}
