/* SPDX-License-Identifier: Apache-2.0
 * capbook_test.c - caps where conversions and clicks are booked: every type, window and
 * scope below, at and over its limit and across its window's edge, by the time that the
 * records bear.
 */
#include "book_network.h"

#include "base/caprule.h"

#define OTHERS_OFFER 301

static us_t now;
static unsigned orders;

static const char *const types[] = {
    "conversions", "budget", "registrations", "uniques", "clicks", "net"};
static const char *const periods[] = {"", "day", "month", "all", "week", "year", "hour"};

/* One conversion on a click of its own; of offer 252 3.00, of its goal lead 1.00. */
static int
convert_of(uint32_t offer, us_t at, uint32_t affiliate, const char *goal)
{
	const char *hash = fix_clicked(at - 1, offer, affiliate, "DE");
	char more[128];

	orders++;
	(void)snprintf(more, sizeof(more), "orderid=O%u&subscription_id=S%u%s%s", orders,
	    orders, goal == NULL ? "" : "&goal=", goal == NULL ? "" : goal);
	return fix_pixel(at, fix_on(hash, more));
}

static int
convert_at(us_t at, uint32_t affiliate, const char *goal)
{
	return convert_of(252, at, affiliate, goal);
}

static int
convert(uint32_t affiliate, const char *goal)
{
	now += 10 * US_SECOND;
	return convert_at(now, affiliate, goal);
}

/* What a cap is of. */
enum width { OF_OFFER, OF_ADVERTISER, OF_NETWORK, WIDTHS };
static const char *const widths[] = {"offer", "advertiser", "network"};

static void
cap(unsigned type, unsigned period, unsigned affiliates, unsigned goals, enum width of,
    us_t start)
{
	char sql[512];

	(void)snprintf(sql, sizeof(sql),
	    "INSERT INTO cap (offer_id, advertiser_id, type, period, value, affiliates, "
	    "affiliate_list, goals, goal_list, start_us, on_full) VALUES (%u, %u, %u, "
	    "%u, "
	    "%s, %u, '%s', %u, '%s', %lld, 'decline')",
	    of == OF_OFFER ? 252 : 0, of == OF_ADVERTISER ? 9 : 0, type, period,
	    type == CAP_BUDGET ? "6000000" : "2", affiliates,
	    affiliates == CAP_OF_EXACT ? "42" : "", goals,
	    goals == CAP_OF_EXACT ? "0" : "", (long long)start);
	bump(sql);
}

static void
gets(int got, int want, const char *when, const char *what)
{
	ok(got == want, "%s: %s", when, what);
	if (got != want)
		printf("# outcome %d, wanted %d\n", got, want);
}

static int
expected(bool declined)
{
	return declined ? OUTCOME_DECLINED : OUTCOME_BOOKED;
}

/* Decades are walked through here: only the day is verified, and caps whose windows began
 * within a year. */
static long long
differences(void)
{
	const us_t day = now / US_DAY * US_DAY;
	struct verify_result out;

	if (verify_run(fix_db, day, day + US_DAY, fix_print_diff, NULL, &out) != ERR_OK)
		return -1;
	return (long long)out.differences;
}

static void
is_clean(const char *what)
{
	is_int(differences(), 0, what);
}

/* Each type with each window and each scope; what it is of goes round, so that each of
 * the others meets each.  The windows of an hour still hold all of it. */
static void
test_one(
    unsigned type, unsigned period, unsigned affiliates, unsigned goals, enum width of)
{
	/* Into a window that no earlier case has been in, and not beyond 2106. */
	static const unsigned days_on[CAP_PERIODS] = {[CAP_DAY] = 2,
	    [CAP_MONTH] = 40,
	    [CAP_ALL] = 2,
	    [CAP_WEEK] = 10,
	    [CAP_YEAR] = 370,
	    [CAP_HOUR] = 2};
	char what[128], first[64];
	us_t from, to;

	now += days_on[period] * US_DAY;
	caprule_window((uint8_t)period, zone_utc_zone(), now, &from, &to);
	if (period != CAP_ALL)
		now = from + 600 * US_SECOND;
	cap(type, period, affiliates, goals, of, period == CAP_ALL ? now : from);
	(void)snprintf(what, sizeof(what), "%s a %s, affiliates %u, goals %u, of the %s",
	    types[type], periods[period], affiliates, goals, widths[of]);
	gets(convert(42, NULL), OUTCOME_BOOKED, "below", what);
	(void)snprintf(first, sizeof(first), "orderid=O%u&type=void", orders);
	gets(convert(42, NULL), OUTCOME_BOOKED, "up to it", what);
	gets(convert(42, NULL), OUTCOME_DECLINED, "over it", what);
	gets(convert(46, NULL), expected(affiliates == CAP_OF_ALL), "another", what);
	gets(convert(42, "lead"),
	    expected(goals == CAP_OF_ALL && type != CAP_REGISTRATIONS), "a goal", what);
	now += 10 * US_SECOND;
	gets(convert_of(259, now, 42, NULL), expected(of >= OF_ADVERTISER),
	    "another offer of the advertiser", what);
	gets(convert_of(OTHERS_OFFER, now + 1, 42, NULL), expected(of == OF_NETWORK),
	    "one of another's", what);
	/* Whatever the affiliate and goal before added is voided with it. */
	now += 10 * US_SECOND;
	gets(fix_void(now, first), OUTCOME_BOOKED, "one goes", what);
	gets(convert(42, NULL), OUTCOME_BOOKED, "one is free", what);
	gets(convert(42, NULL), OUTCOME_DECLINED, "and taken", what);
	if (period != CAP_ALL) {
		gets(convert_at(to - 1, 42, NULL), OUTCOME_DECLINED, "to the end", what);
		gets(convert_at(to + 1, 42, NULL), OUTCOME_BOOKED, "after it", what);
		now = to + 2;
	}
	is_clean(what);
	bump("UPDATE cap SET enabled = FALSE");
}

static void
test_conversions(void)
{
	static const unsigned all_types[] = {
	    CAP_CONVERSIONS, CAP_BUDGET, CAP_REGISTRATIONS, CAP_NET};

	for (unsigned t = 0; t < ARRAY_LEN(all_types); t++)
		for (unsigned p = CAP_DAY; p < CAP_PERIODS; p++)
			for (unsigned a = CAP_OF_ALL; a <= CAP_OF_EXACT; a++)
				for (unsigned g = CAP_OF_ALL; g <= CAP_OF_EXACT; g++)
					test_one(all_types[t], p, a, g,
					    (t + p + a + g) % WIDTHS);
	testdb_exec(fix_db, "UPDATE cap SET enabled = TRUE ORDER BY id DESC LIMIT 1");
	testdb_exec(
	    fix_db, "UPDATE cap_count SET n = n + 1 ORDER BY cap_id DESC LIMIT 1");
	is_int(differences(), 1, "a counter that is off is found");
	testdb_exec(fix_db, "DELETE FROM cap_count");
	bump("DELETE FROM cap");
}

/* An advertiser's cap holds for all his offers; the network's for everybody's. */
static void
test_wide(void)
{
	const char *hash;

	now += 40 * US_DAY;
	bump("INSERT INTO cap (offer_id, advertiser_id, period, value) VALUES (0, 9, 1, "
	     "2)");
	is_int(convert(42, NULL), OUTCOME_BOOKED, "one of the advertiser's");
	now += US_SECOND;
	hash = fix_clicked(now - 1, 258, 42, "DE");
	is_int(fix_pixel(now, fix_on(hash, "orderid=W1")), OUTCOME_BOOKED,
	    "one of another offer of his");
	is_int(convert(46, NULL), OUTCOME_DECLINED, "the third");
	is_clean("a cap of an advertiser");
	bump("DELETE FROM cap");
	now += 40 * US_DAY;
	bump("INSERT INTO cap (offer_id, period, value, days) VALUES (0, 4, 0, 2)");
	/* 1970-01-01 was a Thursday: on to a Friday, then a Saturday. */
	now += ((8 - now / US_DAY % 7) % 7) * US_DAY;
	is_int(convert(42, NULL), OUTCOME_BOOKED, "on a Friday");
	now += US_DAY;
	is_int(convert(42, NULL), OUTCOME_DECLINED, "on a Saturday");
	now += US_DAY;
	is_int(convert(42, NULL), OUTCOME_DECLINED, "on a Sunday");
	now += US_DAY;
	is_int(convert(42, NULL), OUTCOME_BOOKED, "on a Monday");
	is_clean("a cap of weekends");
	bump("DELETE FROM cap");
}

static void
clicks(uint32_t offer, uint32_t affiliate, unsigned n, bool unique)
{
	struct rec_click c = {.offer_id = offer,
	    .landing_page_id = offer,
	    .commission_id = offer,
	    .affiliate_id = affiliate,
	    .advertiser_id = 9,
	    .currency = "USD",
	    .flags = unique ? CLICK_UNIQUE : 0};

	for (unsigned i = 0; i < n; i++)
		(void)fix_click(now += 1000, &c);
	is_int(fix_book_clicks(), ERR_OK, "clicks");
}

#define CLICKS_OF(cap_, affiliate_)                                            \
	testdb_int(fix_db, "SELECT SUM(n) FROM cap_click WHERE cap_id = " cap_ \
			   " AND affiliate_id = " affiliate_)

static void
test_clicks(void)
{
	now += 40 * US_DAY;
	now = now / US_DAY * US_DAY + 1000;
	clicks(259, 42, 3, true);
	clicks(259, 46, 2, true);
	bump("INSERT INTO cap (id, offer_id, type, period, value, affiliates, on_full) "
	     "VALUES (901, 259, 4, 1, 9, 0, 'trafficback'), (902, 259, 4, 1, 9, 1, "
	     "'trafficback'), (903, 259, 3, 2, 9, 1, 'notify')");
	clicks(259, 42, 4, false);
	clicks(260, 42, 4, false);
	is_int(CLICKS_OF("901", "0"), 9, "clicks before the cap was made are in");
	is_int(CLICKS_OF("902", "42"), 7, "each his own");
	is_int(CLICKS_OF("902", "46"), 2, "one who has clicked no more");
	is_int(CLICKS_OF("903", "42"), 3, "unique ones");
	clicks(259, 42, 2, true);
	is_int(CLICKS_OF("901", "0"), 11, "further ones");
	is_int(CLICKS_OF("903", "42"), 5, "further unique ones");
	now = (now / US_DAY + 1) * US_DAY;
	clicks(259, 42, 1, false);
	is_int(testdb_int(fix_db,
		   "SELECT n FROM cap_click WHERE cap_id = 901 ORDER BY window_us DESC "
		   "LIMIT 1"),
	    1, "the next day begins at nothing");
	is_clean("caps of clicks");
}

int
main(void)
{
	network_open();
	bump("INSERT INTO account (id, hex24, type, username, status, created_us, "
	     "updated_us) VALUES (46, LPAD('46', 24, '0'), 100, 'other', 0, 1, 1)");
	testdb_exec(fix_db, "INSERT INTO account (id, hex24, type, username, status, "
			    "created_us, updated_us) VALUES (10, LPAD('10', 24, '0'), "
			    "140, 'another', 0, 1, 1)");
	testdb_exec(fix_db, "INSERT INTO offer (id, hex24, name, advertiser_id, "
			    "default_lp_id, created_us, updated_us) VALUES (301, "
			    "LPAD('301', 24, '0'), 'hats', 10, 301, 1, 1)");
	testdb_exec(fix_db,
	    "INSERT INTO landing_page (id, offer_id, name, url, created_us, updated_us) "
	    "VALUES (301, 301, 'page', 'http://hats.example/', 1, 1)");
	testdb_exec(fix_db, "INSERT INTO commission (id, offer_id) VALUES (301, 301)");
	bump(
	    "INSERT INTO payout_rule (id, offer_id, change_id, valid_from_us, currency, "
	    "commission_type, aff_conversion, adv_cost_type, adv_flat) VALUES (301, 301, "
	    "0, 0, 'USD', 'cpa', 3000000, 'conversion', 4000000)");
	now = FIX_T0;
	test_conversions();
	test_wide();
	test_clicks();
	fix_close();
	return tap_done();
}
