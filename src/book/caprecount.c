/* SPDX-License-Identifier: Apache-2.0
 * caprecount.c - see caprecount.h.
 *
 * A window is the calendar's, cut at the cap's start and end, and made of its days alone:
 * mostly one stretch of time, or one a week.  The stretches go to the server as JSON.
 */
#include "book/caprecount.h"

#include <stdlib.h>

#include "base/jsonw.h"

/* ----- definitions ----- */

static int
by_number(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static uint32_t *
numbers(struct arena *a, struct str list, unsigned *n)
{
	uint32_t *v = arena_alloc(a, (list.n / 2 + 1) * sizeof(*v));

	*n = 0;
	while (list.n > 0) {
		struct str s = str_trim(str_split(&list, ','));
		uint64_t id;

		if (str_to_u64(s, &id) && id <= UINT32_MAX)
			v[(*n)++] = (uint32_t)id;
	}
	if (*n > 1)
		qsort(v, *n, sizeof(*v), by_number);
	return v;
}

static uint8_t
full_of(struct str s)
{
	return str_eq(s, STR("landing_page"))  ? CAP_TO_PAGE
	       : str_eq(s, STR("trafficback")) ? CAP_TRAFFICBACK
	       : str_eq(s, STR("decline"))     ? CAP_DECLINE
					       : CAP_NOTIFY;
}

void
caprecount_read(
    struct arena *a, const struct db_rows *r, unsigned col, struct cap_def *out)
{
	struct cap_rule *c = &out->rule;

	*c = (struct cap_rule){.id = (uint32_t)db_u64(r, col),
	    .rev = (uint32_t)db_u64(r, col + 1),
	    .offer_id = (uint32_t)db_u64(r, col + 2),
	    .advertiser_id = (uint32_t)db_u64(r, col + 3),
	    .value = db_i64(r, col + 4),
	    .start = db_i64(r, col + 5),
	    .end = db_i64(r, col + 6),
	    .type = (uint8_t)db_u64(r, col + 7),
	    .period = (uint8_t)db_u64(r, col + 8),
	    .days = (uint8_t)db_u64(r, col + 9),
	    .statuses = (uint8_t)db_u64(r, col + 10),
	    .affiliates = (uint8_t)db_u64(r, col + 11),
	    .goals = (uint8_t)db_u64(r, col + 12),
	    .on_full = full_of(db_str(r, col + 13)),
	    .in_base = (uint8_t)db_u64(r, col + 14)};
	out->affiliate_list =
	    c->affiliates == CAP_OF_EXACT ? arena_str(a, db_str(r, col + 15)) : STR("");
	out->goal_list =
	    c->goals == CAP_OF_EXACT ? arena_str(a, db_str(r, col + 16)) : STR("");
	out->affiliate = numbers(a, out->affiliate_list, &out->n_affiliates);
	out->goal = numbers(a, out->goal_list, &out->n_goals);
}

bool
caprecount_covers(const struct cap_def *c, uint32_t offer_id, uint32_t advertiser_id,
    uint32_t affiliate_id)
{
	return caprule_about(&c->rule, offer_id, advertiser_id) &&
	       (c->rule.affiliates != CAP_OF_EXACT ||
		   caprule_listed(c->affiliate, c->n_affiliates, affiliate_id));
}

bool
caprecount_covers_goal(const struct cap_def *c, uint32_t goal_id)
{
	return c->rule.goals != CAP_OF_EXACT ||
	       caprule_listed(c->goal, c->n_goals, goal_id);
}

/* ----- stretches of time ----- */

static void
put_stretch(struct jsonw *w, us_t from, us_t to)
{
	if (from >= to)
		return;
	jsonw_arr(w);
	jsonw_int(w, from);
	jsonw_int(w, to);
	jsonw_end(w);
}

/* Runs of days that it counts on. */
static void
put_days(
    struct jsonw *w, const struct cap_rule *c, const struct zone *z, us_t from, us_t to)
{
	us_t begun = from;
	bool in = false;

	while (from < to) {
		us_t next = zone_next(z, ZONE_DAY, from);
		struct wall wall;
		bool on;

		zone_wall(z, from, &wall);
		on = caprule_on_day(c->days, wall.wday);
		if (on && !in)
			begun = from;
		if (!on && in)
			put_stretch(w, begun, from);
		in = on;
		from = next;
	}
	if (in)
		put_stretch(w, begun, to);
}

/* Days are only walked through where there is anything: from `least` to `most`. */
static struct str
stretches(struct arena *a, const struct cap_rule *c, const struct zone *z, us_t window,
    us_t least, us_t most)
{
	struct jsonw *w = jsonw_new();
	struct str text;
	us_t from, to;

	caprule_window(c->period, z, window, &from, &to);
	if (from < c->start)
		from = c->start;
	if (c->end != 0 && to > c->end)
		to = c->end;
	jsonw_arr(w);
	if (c->days == CAP_ANY_DAY)
		put_stretch(w, from, to);
	else
		put_days(w, c, z, from < least ? least : from, to > most ? most : to);
	jsonw_end(w);
	text = arena_str(a, jsonw_text(w));
	jsonw_free(&w);
	return text;
}

/* The first and the moment after the last of a table's times, by constant statements. */
static enum err
span(struct db *db, const struct cap_rule *c, const char *first, const char *last,
    us_t *least, us_t *most)
{
	enum err rc = ERR_OK;
	int64_t v = 0;

	*least = 0;
	*most = 0;
	if (c->days == CAP_ANY_DAY)
		return ERR_OK;
	rc = db_int(db, &v, 0, first, "");
	*least = v;
	if (rc == ERR_OK)
		rc = db_int(db, &v, 0, last, "");
	*most = v + 1;
	return rc;
}

/* ----- conversions ----- */

#define STRETCH \
	"JSON_TABLE(?, '$[*]' COLUMNS (f BIGINT PATH '$[0]', t BIGINT PATH '$[1]')) k "
#define SUM_CONVERSIONS                                                                 \
	"SELECT CAST(COALESCE(SUM(CASE ? WHEN 1 THEN IF(?, c.payout_b, c.payout) "      \
	"WHEN 2 THEN c.kind = 1 AND c.customer_id IS NOT NULL WHEN 5 THEN c.kind <> 2 " \
	"AND c.open_void_us IS NULL ELSE c.kind <> 2 END), 0) AS SIGNED) FROM " STRETCH
#define WHICH_CONVERSIONS                                                            \
	"WHERE (1 << c.status) & ? <> 0 AND ? IN (0, c.advertiser_id) AND ? IN (0, " \
	"c.affiliate_id) AND (? = '' OR FIND_IN_SET(c.affiliate_id, ?)) AND (? = 0 " \
	"OR c.goal_id = ?) AND (? = '' OR FIND_IN_SET(c.goal_id, ?))"
_Static_assert(CAP_BUDGET == 1 && CAP_REGISTRATIONS == 2 && CAP_NET == 5,
    "stand in the statement above");

static const char sql_of_offer[] = SUM_CONVERSIONS
    "STRAIGHT_JOIN conversion c FORCE INDEX (conversion_offer) ON c.created_us >= k.f "
    "AND c.created_us < k.t AND c.offer_id = ? " WHICH_CONVERSIONS;
/* The same of every offer; takes a 0 in the offer's place. */
static const char sql_of_any[] = SUM_CONVERSIONS
    "STRAIGHT_JOIN conversion c FORCE INDEX (conversion_created) ON c.created_us >= k.f "
    "AND c.created_us < k.t AND ? = 0 " WHICH_CONVERSIONS;

enum err
caprecount_conversions(struct db *db, struct arena *a, const struct cap_def *c,
    const struct zone *z, struct cap_slot s, int64_t *n)
{
	const struct cap_rule *x = &c->rule;
	us_t least, most;
	enum err rc = span(db, x, "SELECT MIN(created_us) FROM conversion",
	    "SELECT MAX(created_us) FROM conversion", &least, &most);

	*n = 0;
	if (rc != ERR_OK)
		return rc;
	return db_int(db, n, 0, x->offer_id != 0 ? sql_of_offer : sql_of_any,
	    "iisiiiissiiss", (int64_t)x->type, (int64_t)x->in_base,
	    stretches(a, x, z, s.window, least, most), (int64_t)x->offer_id,
	    (int64_t)x->statuses, (int64_t)x->advertiser_id, (int64_t)s.affiliate_id,
	    c->affiliate_list, c->affiliate_list, (int64_t)(x->goals == CAP_OF_EACH),
	    (int64_t)s.goal_id, c->goal_list, c->goal_list);
}

/* ----- clicks ----- */

#define WHICH_CLICKS                                                  \
	"r.node_id = ? AND ? IN (0, r.advertiser_id) AND (? = '' OR " \
	"FIND_IN_SET(r.affiliate_id, ?))"
#define SUM_CLICKS                                                                      \
	"SELECT IF(?, r.affiliate_id, 0) AS whose, CAST(SUM(IF(?, "                     \
	"r.unique_visitor, r.page_view)) AS SIGNED) FROM JSON_TABLE(?, '$[*]' COLUMNS " \
	"(f "                                                                           \
	"BIGINT PATH '$[0]', t BIGINT PATH '$[1]')) k STRAIGHT_JOIN rollup_booked r "

static const char sql_clicks_of_offer[] = SUM_CLICKS
    "FORCE INDEX (rollup_booked_offer) ON r.bucket >= k.f DIV 900000000 AND r.bucket < "
    "LEAST(k.t DIV 900000000, 4294967295) AND r.offer_id = ? WHERE " WHICH_CLICKS
    " GROUP BY whose";
static const char sql_clicks_of_any[] = SUM_CLICKS
    "FORCE INDEX (PRIMARY) ON r.bucket >= k.f DIV 900000000 AND r.bucket < LEAST(k.t DIV "
    "900000000, 4294967295) AND ? = 0 WHERE " WHICH_CLICKS " GROUP BY whose";

/* The rollup has what a later filter found, too, where it was booked: taken out here. */
#define SUM_CORRECTIONS(sign_)                                                      \
	"SELECT IF(?, x.affiliate_id, 0) AS whose, CAST(" sign_ "SUM(IF(?, "        \
	"x.unique_visitor, x.page_view)) AS SIGNED) FROM " STRETCH "STRAIGHT_JOIN " \
	"click_correction x "
#define WHICH_CORRECTIONS                                                             \
	"? IN (0, x.offer_id) AND ? IN (0, x.node_id) AND ? IN (0, x.advertiser_id) " \
	"AND (? = '' OR FIND_IN_SET(x.affiliate_id, ?))"

static const char sql_booked_corrections[] = SUM_CORRECTIONS(
    "-") "FORCE INDEX (click_correction_booked) ON x.booked_us >= k.f DIV 900000000 * "
	 "900000000 AND x.booked_us < LEAST(k.t DIV 900000000, 4294967295) * 900000000 "
	 "WHERE " WHICH_CORRECTIONS " GROUP BY whose";
static const char sql_corrections[] =
    SUM_CORRECTIONS("") "FORCE INDEX (PRIMARY) ON x.click_us >= k.f AND x.click_us < k.t "
			"WHERE " WHICH_CORRECTIONS " GROUP BY whose";

/* Adds what the statement says to the list. */
static enum err
sum_clicks(struct db *db, struct arena *a, const struct cap_def *c, const char *sql,
    struct str when, unsigned node, struct cap_clicks **out, unsigned *n)
{
	const struct cap_rule *x = &c->rule;
	struct db_rows *r = NULL;
	enum err rc = db_query(db, &r, sql, "iisiiiss",
	    (int64_t)(x->affiliates == CAP_OF_EACH), (int64_t)(x->type == CAP_UNIQUES),
	    when, (int64_t)x->offer_id, (int64_t)node, (int64_t)x->advertiser_id,
	    c->affiliate_list, c->affiliate_list);

	while (rc == ERR_OK && db_next(r)) {
		if ((*n & (*n - 1)) == 0) {
			struct cap_clicks *more =
			    arena_alloc(a, (*n == 0 ? 1 : *n * 2) * sizeof(*more));

			if (*n > 0)
				memcpy(more, *out, *n * sizeof(*more));
			*out = more;
		}
		(*out)[(*n)++] =
		    (struct cap_clicks){(uint32_t)db_u64(r, 0), db_i64(r, 1)};
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

enum err
caprecount_clicks(struct db *db, struct arena *a, const struct cap_def *c,
    const struct zone *z, us_t window, unsigned node, struct cap_clicks **out,
    unsigned *n)
{
	const struct cap_rule *x = &c->rule;
	struct str when;
	us_t least, most;
	enum err rc = span(db, x, "SELECT MIN(bucket) * 900000000 FROM rollup_booked",
	    "SELECT (MAX(bucket) + 1) * 900000000 FROM rollup_booked", &least, &most);

	*out = NULL;
	*n = 0;
	if (rc != ERR_OK)
		return rc;
	when = stretches(a, x, z, window, least, most);
	rc = sum_clicks(db, a, c,
	    x->offer_id != 0 ? sql_clicks_of_offer : sql_clicks_of_any, when, node, out,
	    n);
	return rc == ERR_OK
		   ? sum_clicks(db, a, c, sql_booked_corrections, when, node, out, n)
		   : rc;
}

/* The days that have corrected clicks. */
static enum err
span_corrections(struct db *db, const struct cap_rule *x, us_t *least, us_t *most)
{
	return span(db, x, "SELECT MIN(click_us) FROM click_correction",
	    "SELECT MAX(click_us) FROM click_correction", least, most);
}

enum err
caprecount_corrections(struct db *db, struct arena *a, const struct cap_def *c,
    const struct zone *z, us_t window, struct cap_clicks **out, unsigned *n)
{
	us_t least, most;
	enum err rc = span_corrections(db, &c->rule, &least, &most);

	*out = NULL;
	*n = 0;
	return rc == ERR_OK
		   ? sum_clicks(db, a, c, sql_corrections,
			 stretches(a, &c->rule, z, window, least, most), 0, out, n)
		   : rc;
}

enum err
caprecount_corrected(struct db *db, struct arena *a, const struct cap_def *c,
    const struct zone *z, struct cap_slot s, int64_t *n)
{
	struct cap_clicks *list;
	unsigned n_list;
	enum err rc = caprecount_corrections(db, a, c, z, s.window, &list, &n_list);

	*n = 0;
	for (unsigned i = 0; rc == ERR_OK && i < n_list; i++)
		if (list[i].affiliate_id == s.affiliate_id)
			*n += list[i].n;
	return rc;
}

enum err
caprecount_raw_clicks(struct db *db, struct arena *a, const struct cap_def *c,
    const struct zone *z, struct cap_slot s, unsigned node, int64_t *n)
{
	const struct cap_rule *x = &c->rule;
	us_t least, most;
	enum err rc = span(db, x, "SELECT MIN(click_us) FROM click",
	    "SELECT MAX(click_us) FROM click", &least, &most);

	*n = 0;
	if (rc != ERR_OK)
		return rc;
	return db_int(db, n, 0,
	    "SELECT COUNT(*) FROM " STRETCH
	    "STRAIGHT_JOIN click c ON c.click_us >= k.f AND c.click_us < k.t WHERE "
	    "c.verdict = 0 AND c.node_id = ? AND ? IN (0, c.offer_id) AND ? IN (0, "
	    "c.advertiser_id) AND ? IN (0, c.affiliate_id) AND (? = '' OR "
	    "FIND_IN_SET(c.affiliate_id, ?)) AND (? OR c.flags & 1 <> 0)",
	    "siiiissi", stretches(a, x, z, s.window, least, most), (int64_t)node,
	    (int64_t)x->offer_id, (int64_t)x->advertiser_id, (int64_t)s.affiliate_id,
	    c->affiliate_list, c->affiliate_list, (int64_t)(x->type != CAP_UNIQUES));
}
