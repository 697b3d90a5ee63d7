/* SPDX-License-Identifier: Apache-2.0
 * capkinds_test.c - caps where they are booked, the combinations that capbook_test.c does
 * not walk: days of the week by window, statuses by type, clicks by type, window and
 * scope.  Each by the time that the records bear, each verified by a recount.
 */
#include "book_network.h"

#include "base/caprule.h"

static us_t now;
static unsigned orders;

static const char *const types[] = {
    "conversions", "budget", "registrations", "uniques", "clicks", "net"};
static const char *const periods[] = {"", "day", "month", "all", "week", "year", "hour"};
static const char *const days[CAP_DAYS] = {"any", "weekdays", "weekends", "saturday",
    "sunday", "monday", "tuesday", "wednesday", "thursday", "friday"};
/* Sunday first. */
static const char *const on[CAP_DAYS] = {"1111111", "0111110", "1000001", "0000001",
    "1000000", "0100000", "0010000", "0001000", "0000100", "0000010"};

static void
counts(long long got, long long want, const char *what, const char *when)
{
	char text[160];

	(void)snprintf(text, sizeof(text), "%s: %s", what, when);
	is_int(got, want, text);
}

/* 1970-01-01 was a Thursday. */
static bool
counts_on(unsigned which, us_t at)
{
	return on[which][(at / US_DAY + 4) % 7] == '1';
}

static void
is_clean(const char *what)
{
	const us_t day = now / US_DAY * US_DAY;
	struct verify_result out;

	counts(verify_run(fix_db, day, day + US_DAY, fix_print_diff, NULL, &out), ERR_OK,
	    what, "verified");
	counts((long long)out.differences, 0, what, "and clean");
}

/* One conversion; what it became. */
static int
became(
    us_t at, int (*post)(us_t at, const char *fields), uint32_t offer, const char *more)
{
	const char *hash = fix_clicked(at - 1, offer, 42, "DE");
	char fields[128], sql[128];

	(void)snprintf(fields, sizeof(fields), "orderid=K%u%s", ++orders, more);
	(void)!post(at, fix_on(hash, fields));
	(void)snprintf(sql, sizeof(sql),
	    "SELECT COALESCE(MAX(status), 0) FROM conversion WHERE orderid = 'K%u'",
	    orders);
	return (int)testdb_int(fix_db, sql);
}

static int
by_postback(us_t at, const char *fields)
{
	return fix_postback(at, fields);
}

static int
by_pixel(us_t at, const char *fields)
{
	return fix_pixel(at, fields);
}

static int
convert(us_t at, uint32_t offer, unsigned status)
{
	char more[32] = "";

	if (status != 0)
		(void)snprintf(more, sizeof(more), "&status=%u", status);
	return became(at, by_postback, offer, more);
}

/* With a customer, which only the pixel can name. */
static int
sign_up(us_t at, uint32_t offer, unsigned status)
{
	char more[64];

	(void)snprintf(more, sizeof(more), "&subscription_id=S%u%s", orders,
	    status == 2 ? "&pending=1" : "");
	return became(at, by_pixel, offer, more);
}

/* ----- days of the week ----- */

/* Two on the last day that counts, a third, one on the day after, and one on the next day
 * that counts again: only in the same window is that one too many. */
static void
test_day(unsigned which, unsigned period)
{
	char what[96], sql[256];
	us_t from, to, next;

	(void)snprintf(what, sizeof(what), "%s, a %s", days[which], periods[period]);
	now = (now / US_DAY + 33) * US_DAY + 10 * 3600 * US_SECOND;
	while (!counts_on(which, now) || counts_on(which, now + US_DAY))
		now += US_DAY;
	(void)snprintf(sql, sizeof(sql),
	    "INSERT INTO cap (offer_id, type, period, value, days, start_us, on_full) "
	    "VALUES (252, 0, %u, 2, %u, %lld, 'decline')",
	    period, which, (long long)now);
	bump(sql);
	counts(convert(now + 10, 252, 1), 1, what, "one");
	counts(convert(now + 20, 252, 1), 1, what, "two");
	counts(convert(now + 30, 252, 1), 3, what, "the third");
	next = (now / US_DAY + 1) * US_DAY;
	if (period != CAP_HOUR)
		counts(convert(next - 1, 252, 1), 3, what, "to the end of the day");
	counts(convert(next + 1, 252, 1), 1, what, "the next is no such day");
	counts(convert(next + 2, 252, 1), 1, what, "nor does it count");
	counts(convert(next + 3, 252, 1), 1, what, "whatever comes");
	caprule_window((uint8_t)period, zone_utc_zone(), now, &from, &to);
	next += 10 * 3600 * US_SECOND;
	while (!counts_on(which, next))
		next += US_DAY;
	counts(convert(next, 252, 1), next < to ? 3 : 1, what, "the next such day");
	now = next;
	is_clean(what);
	bump("UPDATE cap SET enabled = FALSE");
}

static void
test_days(void)
{
	for (unsigned which = CAP_WEEKDAYS; which < CAP_DAYS; which++)
		for (unsigned p = CAP_DAY; p < CAP_PERIODS; p++)
			test_day(which, p);
	bump("DELETE FROM cap");
}

/* ----- statuses ----- */

/* Three conversions sent with a status (5: an offer that holds them) under a cap of two
 * that counts another or the same. */
static void
test_status(unsigned type, unsigned counted, unsigned sent)
{
	const uint32_t offer = sent == 5 ? 254 : 252;
	const long long one = type != CAP_BUDGET ? 1 : sent == 5 ? 3750000 : 3000000;
	const bool same = counted == sent, can_be_declined = sent != 3 && sent != 4;
	char what[96], sql[256];

	now += US_DAY;
	(void)snprintf(
	    what, sizeof(what), "%s with status %u, sent %u", types[type], counted, sent);
	(void)snprintf(sql, sizeof(sql),
	    "INSERT INTO cap (offer_id, type, period, value, statuses, start_us, "
	    "on_full) "
	    "VALUES (%u, %u, 3, %lld, %u, %lld, 'decline')",
	    offer, type, 2 * one, 1u << counted, (long long)now);
	bump(sql);
	for (int i = 1; i <= 3; i++) {
		const unsigned asked = sent == 5 ? 0 : sent;

		counts(type == CAP_REGISTRATIONS ? sign_up(now + i * 10, offer, asked)
						 : convert(now + i * 10, offer, asked),
		    same && can_be_declined && i == 3 ? 3 : (int)sent, what, "each");
	}
	counts(testdb_int(fix_db,
		   "SELECT COALESCE(MAX(n), 0) FROM cap_count WHERE cap_id = (SELECT "
		   "MAX(id) FROM cap)"),
	    same ? (can_be_declined ? 2 : 3) * one : 0, what, "counted");
	is_clean(what);
	bump("UPDATE cap SET enabled = FALSE");
}

static void
test_statuses(void)
{
	static const unsigned of_conversions[] = {
	    CAP_CONVERSIONS, CAP_BUDGET, CAP_REGISTRATIONS, CAP_NET};

	for (size_t t = 0; t < ARRAY_LEN(of_conversions); t++)
		for (unsigned counted = 1; counted <= 5; counted++)
			for (unsigned sent = 1; sent <= 5; sent++) {
				/* A pixel cannot say these. */
				if (of_conversions[t] == CAP_REGISTRATIONS &&
				    (sent == 3 || sent == 4))
					continue;
				test_status(of_conversions[t], counted, sent);
			}
	bump("DELETE FROM cap");
}

/* ----- clicks ----- */

static void
clicks(us_t at, uint32_t affiliate, unsigned n, unsigned unique)
{
	struct rec_click c = {.offer_id = 259,
	    .landing_page_id = 259,
	    .commission_id = 259,
	    .affiliate_id = affiliate,
	    .advertiser_id = 9,
	    .currency = "USD"};

	for (unsigned i = 0; i < n; i++) {
		c.flags = i < unique ? CLICK_UNIQUE : 0;
		(void)fix_click(at + i, &c);
	}
	is_int(fix_book_clicks(), ERR_OK, "clicks");
}

static long long
of_cap(us_t window, uint32_t affiliate)
{
	char sql[200];

	(void)snprintf(sql, sizeof(sql),
	    "SELECT COALESCE(SUM(n), 0) FROM cap_click WHERE cap_id = (SELECT MAX(id) "
	    "FROM "
	    "cap) AND window_us = %lld AND affiliate_id = %u",
	    (long long)window, affiliate);
	return testdb_int(fix_db, sql);
}

/* Anna (42) clicks five times before the cap is made and three times after, four of these
 * eight for the first time; another two and one.  Then all over the window's edge. */
static void
test_click_cap(unsigned type, unsigned period, unsigned scope, unsigned which)
{
	const bool uniques = type == CAP_UNIQUES;
	/* Of the offer, its advertiser or the network: each with each of the others. */
	const unsigned of = (type + period + scope + which) % 3;
	const long long hers = uniques ? 4 : 8, his = uniques ? 1 : 3;
	const uint32_t anna = scope == CAP_OF_EACH ? 42 : 0;
	char what[96], sql[256];
	us_t from, to;
	bool after;

	(void)snprintf(what, sizeof(what), "%s a %s on %s, scope %u", types[type],
	    periods[period], days[which], scope);
	now = (now / US_DAY + (period == CAP_YEAR ? 370 : 35)) * US_DAY +
	      (period == CAP_HOUR ? 0 : 23 * 3600) * US_SECOND;
	while (!counts_on(which, now))
		now += US_DAY;
	caprule_window((uint8_t)period, zone_utc_zone(), now, &from, &to);
	if (period != CAP_ALL && which == CAP_ANY_DAY)
		now = to - 900 * US_SECOND;
	clicks(now, 42, 5, 3);
	clicks(now + 100, 46, 2, 1);
	(void)snprintf(sql, sizeof(sql),
	    "INSERT INTO cap (offer_id, advertiser_id, type, period, value, affiliates, "
	    "affiliate_list, days, start_us, on_full) VALUES (%u, %u, %u, %u, 9, %u, "
	    "'%s', %u, %lld, 'trafficback')",
	    of == 0 ? 259 : 0, of == 1 ? 9 : 0, type, period, scope,
	    scope == CAP_OF_EXACT ? "42" : "", which,
	    (long long)(period == CAP_ALL ? now / (900 * US_SECOND) * 900 * US_SECOND
					  : 0));
	bump(sql);
	clicks(now + 200, 42, 3, 1);
	clicks(now + 300, 46, 1, 0);
	counts(of_cap(from, anna), hers + (scope == CAP_OF_ALL ? his : 0), what,
	    "before and after it was made");
	counts(of_cap(from, 46), scope == CAP_OF_EACH ? his : 0, what, "another");
	now =
	    which == CAP_ANY_DAY && period != CAP_ALL ? to : (now / US_DAY + 1) * US_DAY;
	after = counts_on(which, now);
	clicks(now, 42, 2, 2);
	counts(of_cap(from, anna),
	    hers + (scope == CAP_OF_ALL ? his : 0) + (after && now < to ? 2 : 0), what,
	    "the window stays as it was");
	if (period != CAP_ALL && now >= to) {
		caprule_window((uint8_t)period, zone_utc_zone(), now, &from, &to);
		counts(of_cap(from, anna), after ? 2 : 0, what, "the next one");
	}
	is_clean(what);
	bump("UPDATE cap SET enabled = FALSE");
}

static void
test_clicks(void)
{
	static const unsigned some_days[] = {CAP_ANY_DAY, CAP_WEEKDAYS, CAP_SATURDAY};

	for (unsigned type = CAP_UNIQUES; type <= CAP_CLICKS; type++)
		for (unsigned p = CAP_DAY; p < CAP_PERIODS; p++)
			for (unsigned s = CAP_OF_ALL; s <= CAP_OF_EXACT; s++)
				for (size_t d = 0; d < ARRAY_LEN(some_days); d++)
					test_click_cap(type, p, s, some_days[d]);
	testdb_exec(fix_db, "UPDATE cap SET enabled = TRUE ORDER BY id DESC LIMIT 1");
	testdb_exec(
	    fix_db, "UPDATE cap_click SET n = n + 1 ORDER BY cap_id DESC LIMIT 1");
	{
		const us_t day = now / US_DAY * US_DAY;
		struct verify_result out;

		is_int(verify_run(fix_db, day, day + US_DAY, NULL, NULL, &out), ERR_OK,
		    "verified");
		is_int((long long)out.differences, 1, "a count that is off is found");
	}
}

int
main(void)
{
	network_open();
	bump("INSERT INTO account (id, hex24, type, username, status, created_us, "
	     "updated_us) VALUES (46, LPAD('46', 24, '0'), 100, 'other', 0, 1, 1)");
	now = FIX_T0;
	test_days();
	test_statuses();
	test_clicks();
	fix_close();
	return tap_done();
}
