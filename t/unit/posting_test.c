/* SPDX-License-Identifier: Apache-2.0
 * posting_test.c - what a report is taken for: repetition, kind, goal, status, sender,
 * unknown click.
 *
 * The decisions of decisions.md §2 and §4 that booking makes, one test each.
 */
#include "book_network.h"

#include "base/iplist.h"

#define CONV(column_) "SELECT " column_ " FROM conversion ORDER BY conv_us DESC LIMIT 1"

static void
folded_through(us_t at)
{
	char sql[128];

	(void)snprintf(sql, sizeof(sql),
	    "UPDATE node SET folded_through_us = %lld WHERE node_id = 7", (long long)at);
	testdb_exec(fix_db, sql);
}

static void
is_comment(const char *want, const char *what)
{
	struct db_rows *r = NULL;
	char got[256] = "";

	if (db_query_once(fix_db, &r, CONV("comment"), "") == ERR_OK && db_next(r))
		(void)snprintf(got, sizeof(got), STR_FMT, STR_ARG(db_str(r, 0)));
	(void)!db_rows_close(&r);
	is_str(got, want, what);
}

/* E1: goal 1 is the base conversion; others are goals, made on first use. */
static void
test_goals(void)
{
	us_t t = FIX_T0;
	const char *hash = fix_clicked(t, 252, 42, "DE");

	is_int(fix_postback(t + 1, fix_on(hash, "goal=1&orderid=g1")), OUTCOME_BOOKED,
	    "E1: goal 1");
	is_int(testdb_int(fix_db, CONV("kind")), 1, "E1: is the conversion itself");
	is_cents(CONV("payout"), "3.00", "E1: at the price without restriction");
	is_int(fix_postback(t + 2, fix_on(hash, "goal=LEAD&orderid=g2")), OUTCOME_BOOKED,
	    "goal LEAD");
	is_int(testdb_int(fix_db, CONV("goal_id")), 5, "goals compare without case");
	is_cents(CONV("payout"), "1.00", "and have prices of their own");
	is_int(fix_postback(t + 3, fix_on(hash, "goal=install&orderid=g3")),
	    OUTCOME_DECLINED, "a goal without a payment, by /postback");
	is_comment("Payments not found", "C1: Payments not found");
	is_cents(CONV("payout + revenue"), "0.00", "with zero money");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM goal WHERE value = 'install'"), 1,
	    "E1: created on first use");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM catalog_change WHERE kind = 4"),
	    1, "and told to all nodes");
	is_int(fix_pixel(t + 4, fix_on(hash, "goal=Install&orderid=g4")), OUTCOME_BOOKED,
	    "the same goal by the pixel");
	is_cents(CONV("payout"), "3.00", "C1: no match, the default rule");
	is_int(testdb_int(fix_db, CONV("kind")), 3, "it is a goal and no conversion");
	is_int(fix_pixel(t + 5, fix_on(hash, "goal=lead")), OUTCOME_DUPLICATE,
	    "§2.10: the same goal on a click only with another orderid");
	is_int(fix_pixel(t + 6, fix_on(hash, "goal=lead&orderid=g6")), OUTCOME_BOOKED,
	    "with one it is accepted");
	is_int(fix_pixel(t + 7, fix_on(hash, "goal=5&orderid=g7")), OUTCOME_BOOKED,
	    "a goal by its id");
	is_int(testdb_int(fix_db, CONV("goal_id")), 5, "is that goal");
	is_int(fix_postback(t + 8, fix_on(hash, "goal=no%20good")), OUTCOME_BAD_GOAL,
	    "a value with strange characters");
	is_int(fix_out[0].param, F_goal, "is refused by name");
	is_int(fix_postback(t + 8, fix_on(hash, "goal=0")), OUTCOME_BAD_GOAL,
	    "0 is no goal for Affise");
}

/* C1: the country's rule before the general one. */
static void
test_country_price(void)
{
	us_t t = FIX_T0 + 100 * US_SECOND;

	(void)fix_postback(t + 1, fix_on(fix_clicked(t, 252, 42, "US"), "orderid=us"));
	is_cents(CONV("payout"), "7.00", "C1: the rule of the country");
	is_cents(CONV("revenue"), "9.00", "C1: with its own advertiser price");
	(void)fix_postback(
	    t + 2, fix_on(fix_clicked(t + 1, 252, 42, "FR"), "orderid=fr"));
	is_cents(CONV("payout"), "3.00", "C1: elsewhere the default");
	is_int(fix_postback(
		   t + 3, fix_on(fix_clicked(t + 2, 256, 42, "US"), "orderid=none")),
	    OUTCOME_DECLINED, "C1: no rule in force at all");
	is_comment("Payments not found", "C1: Payments not found");
}

/* §2.2 with E2. */
static void
test_kinds(void)
{
	us_t t = FIX_T0 + 200 * US_SECOND;
	const char *hash = fix_clicked(t, 251, 42, "US"),
		   *other = fix_clicked(t + 1, 251, 44, "US");

	is_int(fix_pixel(t + 2, fix_on(hash, "")), OUTCOME_BOOKED,
	    "row 5: an initial, without any order id");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM conversion WHERE orderid LIKE "
				  "'N4N:____________________'"),
	    1, "it gets an automatic one");
	is_int(fix_pixel(t + 3, fix_on(hash, "")), OUTCOME_DUPLICATE,
	    "row 4: the click has an initial");
	is_int(fix_pixel(t + 4, fix_on(hash, "orderid=K2&amount=7")), OUTCOME_BOOKED,
	    "row 3: a new order on it");
	is_int(testdb_int(fix_db, CONV("kind")), 2, "is a continuity");
	is_int(fix_pixel(t + 5, fix_on(hash, "orderid=K2&amount=7")), OUTCOME_DUPLICATE,
	    "its order is known now");
	is_int(fix_postback(t + 6, fix_on(hash, "orderid=K3")), OUTCOME_BOOKED,
	    "E2: by /postback a new action");
	is_int(testdb_int(fix_db, CONV("kind")), 1,
	    "E2: is a further initial, never a continuity");
	is_int(fix_pixel(t + 7, fix_on(hash, "orderid=K4&subscription_id=S1")),
	    OUTCOME_BOOKED, "row 3: a customer named for the first time");
	is_int(testdb_int(fix_db, CONV("kind")), 2, "is a continuity of the click");
	is_int(fix_pixel(t + 8, fix_on(other, "orderid=K5&subscription_id=S1")),
	    OUTCOME_BOOKED, "row 2: a living customer on somebody else's click");
	is_int(testdb_int(fix_db, CONV("kind")), 2, "is a continuity");
	is_int(testdb_int(fix_db, CONV("affiliate_id")), 42,
	    "of the affiliate who brought the customer");
	is_int(fix_pixel(t + 9, "subscription_id=S1&orderid=K6"), OUTCOME_MISSING_CLICK,
	    "without the offer nobody knows whose");
	is_int(fix_pixel(t + 9, "subscription_id=S9&offerid=251"), OUTCOME_MISSING_CLICK,
	    "an unknown customer, no click");
	set("customer_lifetime_days", "30");
	is_int(fix_pixel(t + 31 * US_DAY, fix_on(other, "orderid=K7&subscription_id=S1")),
	    OUTCOME_PENDING, "a customer whose lifetime is over");
	is_int(testdb_int(fix_db, CONV("kind")), 1, "is an initial again");
	is_int(
	    testdb_int(fix_db, CONV("affiliate_id")), 44, "of the click that brought it");
	is_int(testdb_int(fix_db,
		   "SELECT affiliate_id FROM customer WHERE subscription_id = 'S1'"),
	    44, "who has the customer now");
	set("customer_lifetime_days", "0");
}

/* Bytes that are no text neither hold a batch up nor make two orders one. */
static void
test_strange_orders(us_t t)
{
	char field[400] = "";
	const char *a = fix_clicked(t, 252, 42, "US");

	(void)snprintf(field, sizeof(field), "click=%s&orderid=", a);
	memset(field + strlen(field), 0xff, 190);
	is_int(fix_postback(t + 1, field), OUTCOME_BOOKED,
	    "an order id of 190 bytes that are not UTF-8");
	is_int(fix_postback(t + 2, field), OUTCOME_DUPLICATE, "is known again");
	field[strlen(field) - 1] = 'x';
	is_int(fix_postback(t + 3, field), OUTCOME_BOOKED,
	    "and told from another one that ends otherwise");
}

/* E3: what makes two events the same. */
static void
test_uniqueness(void)
{
	us_t t = FIX_T0 + 300 * US_SECOND;
	const char *a = fix_clicked(t, 252, 42, "US"),
		   *b = fix_clicked(t + 1, 252, 42, "US");
	const char *c = fix_clicked(t + 2, 258, 42, "US"),
		   *m = fix_clicked(t + 3, 258, 42, "US");
	char field[96], hex[CLICKID_TEXT];
	struct click_id id;

	is_int(fix_postback(t + 3, fix_on(a, "orderid=U1")), OUTCOME_BOOKED,
	    "E3: offer, goal and order id");
	is_int(fix_postback(t + 4, fix_on(b, "orderid=U1")), OUTCOME_DUPLICATE,
	    "E3: the click does not count");
	is_int(fix_postback(t + 5, fix_on(b, "orderid=U1&goal=lead")), OUTCOME_BOOKED,
	    "E3: another goal is another one");
	is_int(fix_postback(t + 6, fix_on(c, "orderid=U1")), OUTCOME_BOOKED,
	    "E3: another offer too");
	is_int(fix_postback(t + 7, fix_on(b, "orderid=u1")), OUTCOME_BOOKED,
	    "order ids compare as bytes");
	is_int(fix_postback(t + 8, fix_on(b, "")), OUTCOME_BOOKED,
	    "E3: without one the click counts");
	is_int(fix_postback(t + 9, fix_on(b, "")), OUTCOME_DUPLICATE, "E3: once");
	(void)!clickid_parse(str_of(b), &id);
	clickid_hex24(hex, id);
	(void)snprintf(field, sizeof(field), "click=%s&orderid=%s", hex, hex);
	is_int(fix_postback(t + 10, field), OUTCOME_DUPLICATE,
	    "an action id that is the click's id is none");
	set("orderid_scope", "advertiser");
	is_int(fix_postback(t + 11, fix_on(a, "orderid=U2")), OUTCOME_BOOKED,
	    "E3: with the wider scope");
	is_int(fix_postback(t + 12, fix_on(c, "orderid=U2")), OUTCOME_DUPLICATE,
	    "E3: offers of an advertiser share ids");
	set("orderid_scope", "offer");
	test_strange_orders(t + 15);

	/* Continuities that carry nothing but their customer. */
	(void)fix_pixel(t + 20, fix_on(m, "subscription_id=month"));
	is_int(fix_pixel(t + 21, fix_on(m, "subscription_id=month")), OUTCOME_DUPLICATE,
	    "E3: the identical request, retried, is a repetition of the initial");
	is_int(fix_pixel(t + 30 * US_DAY, "subscription_id=month&offerid=258&amount=5"),
	    OUTCOME_BOOKED, "E3: a monthly rebill that carries nothing else counts");
	is_int(fix_pixel(t + 30 * US_DAY + 59 * US_SECOND,
		   "subscription_id=month&offerid=258&amount=5"),
	    OUTCOME_DUPLICATE, "E3: not again within the retry window");
	fix_sender = "192.0.2.81";
	is_int(fix_pixel(t + 30 * US_DAY + 59 * US_SECOND,
		   "subscription_id=month&offerid=258&amount=5"),
	    OUTCOME_BOOKED, "E3: from another sender it is another one");
	fix_sender = "192.0.2.80";
	is_int(fix_pixel(t + 30 * US_DAY + 60 * US_SECOND,
		   "subscription_id=month&offerid=258&amount=5"),
	    OUTCOME_BOOKED, "E3: and after the window it counts");
	is_int(fix_pixel(t + 60 * US_DAY, "subscription_id=month&offerid=258&amount=5"),
	    OUTCOME_BOOKED, "E3: as next month");
}

/* E3: a duplicate that carries a status changes that of a pending conversion and nothing
 * else. */
static void
test_status_change(void)
{
	us_t t = FIX_T0 + 400 * US_SECOND;
	const char *a = fix_clicked(t, 252, 42, "FR");

	is_int(fix_postback(t + 1, fix_on(a, "orderid=S1&status=2")), OUTCOME_PENDING,
	    "status=2: pending");
	is_int(fix_postback(t + 2, fix_on(a, "orderid=S1")), OUTCOME_DUPLICATE,
	    "again without a status: a duplicate");
	is_int(fix_postback(t + 3, fix_on(a, "orderid=S1&status=1&sum=99")),
	    OUTCOME_STATUS_CHANGED, "status=1");
	is_int(
	    testdb_int(fix_db,
		"SELECT status FROM conversion WHERE orderid = 'S1' AND offer_id = 252"),
	    1, "confirms it");
	is_cents(LAST_PAYOUT, "3.00", "for its price");
	is_int(fix_postback(t + 4, fix_on(a, "orderid=S1&status=3")), OUTCOME_NOT_PENDING,
	    "Conversion status is not pending");
	(void)fix_postback(t + 5, fix_on(a, "orderid=S2&status=2"));
	is_int(fix_postback(t + 6, fix_on(a, "orderid=S2&status=3")),
	    OUTCOME_STATUS_CHANGED, "a pending one is declined");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM payout_row JOIN txn USING "
				  "(txn_us, node_id) WHERE orderid = 'S2'"),
	    0, "and pays nobody");
	is_int(fix_postback(t + 7, fix_on(a, "orderid=S2")), OUTCOME_DUPLICATE,
	    "E3: a declined one keeps its key");
	is_int(fix_postback(t + 8, fix_on(a, "orderid=S3&status=3")), OUTCOME_DECLINED,
	    "status=3 at once");
	is_cents(CONV("payout"), "3.00", "its money stays filled in");
	is_int(fix_postback(t + 9, fix_on(a, "orderid=S4&status=9")), OUTCOME_BAD_STATUS,
	    "status=9");
	is_int(fix_postback(t + 9, fix_on(a, "orderid=S5&status=5")), OUTCOME_BOOKED,
	    "status=5 without a hold period");
	is_int(testdb_int(fix_db, "SELECT status = 5 AND hold_until_us = created_us FROM "
				  "conversion WHERE orderid = 'S5'"),
	    1, "is held until the next sweep");
}

/* §2.5 and M2, M7. */
static void
test_pending(void)
{
	us_t t = FIX_T0 + 500 * US_SECOND;
	const char *a = fix_clicked(t, 251, 42, "US"),
		   *g = fix_clicked(t + 1, 253, 42, "US");
	const char *l = fix_clicked(t + 2, 255, 42, "US"),
		   *l2 = fix_clicked(t + 3, 255, 42, "US");

	is_int(fix_pixel(t + 3, fix_on(a, "pending=1")), OUTCOME_PENDING, "pending=1");
	is_int(fix_pixel(t + 4, fix_on(g, "orderid=noGross&amount=50")), OUTCOME_PENDING,
	    "M2: base gross and none sent");
	is_comment("gross missing", "M2: gross missing");
	is_int(fix_pixel(t + 5, fix_on(g, "orderid=gross&amount=50&gross=80")),
	    OUTCOME_BOOKED, "M2: with it");
	is_cents(CONV("payout"), "4.00",
	    "M2: a share of the gross (a continuity's five percent)");
	is_int(fix_postback(t + 6, fix_on(g, "orderid=sum&sum=80")), OUTCOME_BOOKED,
	    "M2: Affise's sum");
	is_cents(CONV("gross"), "80.00", "M2: is the gross");
	is_cents(CONV("revenue"), "80.00", "M2: and the amount under dynamic_conversion");
	is_cents(CONV("payout"), "12.00", "M2: fifteen percent of it");
	is_int(fix_pixel(t + 60 * US_SECOND, fix_on(l, "orderid=early")), OUTCOME_PENDING,
	    "lockout: a conversion a minute after the click is pending");
	is_comment("approval lockout", "and says why");
	is_int(fix_pixel(t + 7200 * US_SECOND, fix_on(l2, "orderid=late")),
	    OUTCOME_BOOKED, "lockout: two hours after");
	is_int(testdb_int(fix_db,
		   "SELECT COUNT(*) FROM txn WHERE orderid = 'late' AND type = 8"),
	    1, "a pending row");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM txn WHERE orderid = 'late' AND "
				  "type = 1 AND booked AND ref_us IS NOT "
				  "NULL"),
	    1, "and its approval, at once");
	is_int(fix_pixel(t + 8, fix_on(g, "orderid=neg&amount=-1")), OUTCOME_BAD_AMOUNT,
	    "M9: a negative amount");
	is_int(fix_out[0].param, F_amount, "M9: by name");
	is_int(fix_pixel(t + 8, fix_on(g, "orderid=comma&gross=9,95")),
	    OUTCOME_BAD_AMOUNT, "M9: 9,95");
	is_int(fix_out[0].param, F_gross, "M9: by name");
}

/* M7: hold is booked, and payable later. */
static void
test_hold(void)
{
	us_t t = FIX_T0 + 600 * US_SECOND;
	const char *a = fix_clicked(t, 254, 42, "US");

	is_int(fix_postback(t + 1, fix_on(a, "orderid=H1")), OUTCOME_BOOKED,
	    "an offer with a hold period");
	is_int(testdb_int(fix_db, CONV("status")), 5, "M7: hold");
	is_int(testdb_int(fix_db, LAST("booked")), 1, "M7: is booked");
	is_int(testdb_int(fix_db,
		   "SELECT payable_from_us FROM payout_row ORDER BY txn_us DESC LIMIT 1"),
	    t + 1 + 10 * US_DAY, "M7: payable when the ten days are over");
	is_int(fix_postback(t + 2, fix_on(a, "orderid=H2&status=1")), OUTCOME_BOOKED,
	    "status=1 is sent");
	is_int(testdb_int(fix_db, CONV("status")), 1, "then it is confirmed at once");
	(void)fix_void(t + 3, "orderid=H1");
	is_int(testdb_int(fix_db,
		   "SELECT payable_from_us FROM payout_row ORDER BY txn_us DESC LIMIT 1"),
	    t + 1 + 10 * US_DAY, "what a void takes from a held payout is due with it");
	(void)fix_void(t + 4, "orderid=H1&reverse=1");
	is_int(testdb_int(fix_db, "SELECT status FROM conversion WHERE orderid = 'H1'"),
	    5, "a reversal holds it again");
	clock_set(t + 9 * US_DAY);
	is_int(book_sweep(fix_b, fix_db, FIX_NODE), ERR_OK, "the sweep a day too early");
	is_int(testdb_int(fix_db, "SELECT status FROM conversion WHERE orderid = 'H1'"),
	    5, "leaves it");
	clock_set(t + 11 * US_DAY);
	is_int(book_sweep(fix_b, fix_db, FIX_NODE), ERR_OK, "and after the tenth day");
	is_int(testdb_int(fix_db, "SELECT status FROM conversion WHERE orderid = 'H1'"),
	    1, "confirms it");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM conversion WHERE status = 5"), 0,
	    "status=5 without a period too");
	clock_set(0);
}

/* C6: what became of the account since the click. */
static void
test_accounts(void)
{
	us_t t = FIX_T0 + 700 * US_SECOND;

	is_int(fix_pixel(t + 1, fix_on(fix_clicked(t, 251, 43, "US"), "orderid=banned")),
	    OUTCOME_DECLINED, "C6: banned");
	is_comment("Partner is banned", "C6: Partner is banned");
	is_int(fix_pixel(
		   t + 2, fix_on(fix_clicked(t + 1, 251, 44, "US"), "orderid=disabled")),
	    OUTCOME_PENDING, "C6: not active: pending");
}

/* C3: a full cap declines, exactly, and a declined conversion frees its slot. */
static void
test_caps(void)
{
	us_t t = FIX_T0 + 800 * US_SECOND;
	char fields[64];
	const char *a = fix_clicked(t, 257, 42, "US");

	for (unsigned i = 0; i < 5; i++) {
		(void)snprintf(fields, sizeof(fields), "click=%s&orderid=cap%u", a, i);
		fix_event(REC_POST, SRC_AFFISE_POST, t + 1 + i, fields);
	}
	is_int(fix_book_events(), ERR_OK, "five conversions in one batch, two a day");
	is_int(testdb_int(fix_db,
		   "SELECT COUNT(*) FROM conversion WHERE offer_id = 257 AND status = 1"),
	    2, "C3: two are booked");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM conversion WHERE offer_id = 257 "
				  "AND comment = 'Cap is reached'"),
	    3, "C3: three declined, Cap is reached");
	(void)fix_void(t + 10, "orderid=cap0");
	is_int(fix_postback(t + 11, fix_on(a, "orderid=cap5")), OUTCOME_BOOKED,
	    "C3: a declined one frees its slot");
	is_int(fix_postback(t + 12, fix_on(a, "orderid=cap6")), OUTCOME_DECLINED,
	    "C3: which is taken again");
	is_int(fix_postback(t + US_DAY, fix_on(a, "orderid=cap7")), OUTCOME_BOOKED,
	    "C3: the next day has its own window");
	is_int(fix_postback(t + US_DAY + 1, fix_on(a, "orderid=cap8")), OUTCOME_DECLINED,
	    "C3: until the cap of all time");
	bump("INSERT INTO cap (id, offer_id, period, value) VALUES (9, 258, 3, 1)");
	is_int(fix_postback(
		   t + 13, fix_on(fix_clicked(t + 1, 258, 42, "US"), "orderid=full")),
	    OUTCOME_DECLINED, "a cap set now counts what was booked before it");
	bump("UPDATE cap SET on_full = 'trafficback' WHERE id = 9");
	is_int(fix_postback(
		   t + 14, fix_on(fix_clicked(t + 2, 258, 42, "US"), "orderid=over")),
	    OUTCOME_BOOKED, "C3: a cap that acts on clicks declines no conversion");
}

/* C4, senders, secrets, E6. */
static void
test_senders(void)
{
	us_t t = FIX_T0 + 900 * US_SECOND;
	const char *a = fix_clicked(t, 259, 42, "US");

	bump("UPDATE offer SET status = 3 WHERE id = 259");
	is_int(fix_postback(t + 1, fix_on(a, "orderid=o1")), OUTCOME_BOOKED,
	    "C4: a suspended offer takes postbacks");
	bump("UPDATE offer SET status = 2 WHERE id = 259");
	is_int(fix_postback(t + 2, fix_on(a, "orderid=o2")), OUTCOME_OFFER_DISABLED,
	    "C4: a stopped one: Offer disabled");
	bump("UPDATE offer SET status = 1, allowed_ip = '198.51.100.1-198.51.100.9' "
	     "WHERE id = 259");
	is_int(fix_postback(t + 3, fix_on(a, "orderid=o3")), OUTCOME_IP_DENIED,
	    "the offer's list of senders");
	bump("UPDATE account SET allowed_ip = '192.0.2.80' WHERE id = 9");
	is_int(fix_postback(t + 4, fix_on(a, "orderid=o4")), OUTCOME_BOOKED,
	    "lists add up: the advertiser's allows him");
	bump("UPDATE account SET allowed_ip = '' WHERE id = 9");
	bump("UPDATE offer SET allowed_ip = '', hash_password = 'sesame' WHERE id = 259");
	is_int(fix_postback(t + 5, fix_on(a, "orderid=o5")), OUTCOME_ACCESS_DENIED,
	    "a secret: none sent");
	is_int(fix_postback(t + 6, fix_on(a, "orderid=o5&secure=wrong!")),
	    OUTCOME_ACCESS_DENIED, "a wrong one");
	is_int(fix_postback(t + 7, fix_on(a, "orderid=o5&secure=sesame")), OUTCOME_BOOKED,
	    "the right one");
	bump("UPDATE account SET hash_password = 'other' WHERE id = 9");
	is_int(fix_postback(t + 8, fix_on(a, "orderid=o6&secure=sesame")),
	    OUTCOME_ACCESS_DENIED, "every level that has one must be satisfied");
	bump("UPDATE account SET hash_password = NULL WHERE id = 9");
	set("postback_secret", "network");
	is_int(fix_postback(t + 8, fix_on(a, "orderid=o6&secure=sesame")),
	    OUTCOME_ACCESS_DENIED, "the network's, too");
	bump("UPDATE offer SET hash_password = NULL WHERE id = 259");
	is_int(fix_postback(t + 8, fix_on(a, "orderid=o6&secure=sesame")),
	    OUTCOME_ACCESS_DENIED, "alone as well");
	set("unauthenticated_posts", "refuse");
	is_int(fix_postback(t + 8, fix_on(a, "orderid=o6&secure=network")),
	    OUTCOME_BOOKED, "which authenticates");
	set("postback_secret", "");
	set("unauthenticated_posts", "pending");
	is_int(fix_postback(t + 9, fix_on(a, "orderid=o7")), OUTCOME_PENDING,
	    "E6: anybody's reports wait");
	set("unauthenticated_posts", "refuse");
	is_int(fix_postback(t + 10, fix_on(a, "orderid=o8")), OUTCOME_ACCESS_DENIED,
	    "E6: or are refused");
	set("unauthenticated_posts", "accept");
	is_int(fix_postback(t + 11, fix_on(a, "orderid=o9&offerid=251")),
	    OUTCOME_OTHER_OFFER, "a click of another offer");
}

/* E5: the click may still be on its way. */
static void
test_unresolved(void)
{
	us_t t = FIX_T0 + 1000 * US_SECOND, last;
	struct click_id id = clickid_make(t, FIX_NODE, 1, (uint32_t)(t % 10000));
	struct rec_click c = {.offer_id = 251,
	    .landing_page_id = 251,
	    .commission_id = 251,
	    .affiliate_id = 42,
	    .currency = "USD"};
	char hash[CLICKID_TEXT];
	struct rec_outcome out[4];
	unsigned n;

	clickid_hash(hash, id);
	folded_through(t - US_SECOND);
	is_int(fix_pixel(t + 1, fix_on(hash, "orderid=wait&subscription_id=w")),
	    OUTCOME_ACCEPTED, "E5: no click yet");
	is_int((long long)fix_out[0].tag, 0, "E5: says nothing now");
	(void)fix_pixel(t + 2, fix_on(hash, "orderid=wait&subscription_id=w"));
	last = fix_last_txn;
	is_int(book_unresolved(fix_b, fix_db, FIX_NODE, &last, out, 4, &n), ERR_OK,
	    "a look at those who wait");
	is_int(n, 0, "none can be decided");
	(void)fix_click(t, &c);
	is_int(fix_book_clicks(), ERR_OK, "the click is folded");
	is_int(db_begin(fix_db), ERR_OK, "another look");
	is_int(book_unresolved(fix_b, fix_db, FIX_NODE, &last, out, 4, &n), ERR_OK,
	    "decides");
	is_int(db_commit(fix_db), ERR_OK, "and commits");
	is_int(n, 2, "both");
	(void)ok(out[0].outcome == OUTCOME_BOOKED && out[0].tag == 1000,
	    "the first is booked, and who waits is told");
	is_int(out[1].outcome, OUTCOME_DUPLICATE, "its retry is a duplicate");
	is_int(testdb_int(fix_db, LAST("booked_us")), t + 1,
	    "E4: dated by its acknowledgement");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM unresolved"), 0,
	    "nobody waits any more");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM event_log WHERE event_us IN "
				  "(1534174952000001, 1534174952000002) AND "
				  "outcome IN (0, 10)"),
	    2, "the log says what became of them");

	fix_last_txn = last;
	clickid_hash(hash, clickid_make(t + 5, FIX_NODE, 1, 1));
	is_int(fix_pixel(t + 6, fix_on(hash, "orderid=never")), OUTCOME_ACCEPTED,
	    "E5: a click that never comes");
	folded_through(t + 6);
	is_int(db_begin(fix_db), ERR_OK, "all nodes have folded past it");
	is_int(book_unresolved(fix_b, fix_db, FIX_NODE, &last, out, 4, &n), ERR_OK,
	    "decided");
	is_int(db_commit(fix_db), ERR_OK, "and committed");
	(void)ok(n == 1 && out[0].outcome == OUTCOME_UNKNOWN_CLICK, "E5: unknown");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM unresolved WHERE state = 2"), 1,
	    "E5: kept, never dropped");
	is_int(fix_pixel(t + 7, fix_on(hash, "orderid=never")), OUTCOME_UNKNOWN_CLICK,
	    "E5: the next one is told at once");
	clickid_hash(hash, clickid_make(t + 3600 * US_SECOND, FIX_NODE, 1, 1));
	is_int(fix_pixel(t + 8, fix_on(hash, "")), OUTCOME_UNKNOWN_CLICK,
	    "E5: so is one with a time ahead");
	is_int(
	    fix_pixel(t + 8, "click=zzz"), OUTCOME_MALFORMED_CLICK, "no click id at all");
	is_int(fix_pixel(t + 8, "click="), OUTCOME_MISSING_CLICK, "an empty one");
}

/* Records that are none are for quarantine, and one that waits unreadable holds nobody
 * up. */
static void
test_broken(void)
{
	us_t t = FIX_T0 + 1050 * US_SECOND, last = fix_last_txn;
	const char *hash = fix_clicked(t, 251, 42, "US");
	struct rec_outcome out[4];
	unsigned n;

	fix_event(REC_POST, SRC_NATS_POST, t, "orderid=cut");
	fix_item[0].len -= 2;
	is_int(
	    fix_book_events(), ERR_INVALID, "a record cut short is the record's fault");
	fix_event(REC_POST, SRC_NATS_POST, t, "orderid=future");
	fix_item[0].version = REC_VERSION + 1;
	is_int(fix_book_events(), ERR_INVALID, "so is an unknown version");
	fix_event(REC_POST, SRC_NATS_POST, -t, "orderid=past");
	is_int(fix_book_events(), ERR_INVALID, "and a time before all time");
	testdb_exec(fix_db, "INSERT INTO unresolved VALUES (1, 1, 7, 1, 1, 1, ''), (2, "
			    "2, 7, 1, 1, 1, 'nonsense')");
	folded_through(t - US_SECOND);
	is_int(db_begin(fix_db), ERR_OK, "two that wait cannot be read");
	is_int(book_unresolved(fix_b, fix_db, FIX_NODE, &last, out, 4, &n), ERR_OK,
	    "they are set aside");
	is_int(db_commit(fix_db), ERR_OK, "for good");
	is_int(testdb_int(fix_db,
		   "SELECT COUNT(*) FROM unresolved WHERE state = 2 AND event_us < 3"),
	    2, "and kept");
	is_int(fix_pixel(t + 1, fix_on(hash, "orderid=after")), OUTCOME_BOOKED,
	    "booking goes on");
}

/* §1.6: the cookies of a pixel. */
static void
test_cookies(void)
{
	us_t t = FIX_T0 + 1100 * US_SECOND;
	const char *a = fix_clicked(t, 251, 42, "US"),
		   *b = fix_clicked(t + 1, 252, 42, "US");
	char fields[160];

	(void)snprintf(
	    fields, sizeof(fields), "cookie=251:%s,252:%s&offerid=252&orderid=ck", a, b);
	is_int(fix_pixel(t + 2, fields), OUTCOME_BOOKED,
	    "the cookie of the offer that the pixel names");
	is_int(testdb_int(fix_db, CONV("offer_id")), 252, "is its click");
	(void)snprintf(fields, sizeof(fields), "cookie=251:%s,252:%s", a, b);
	is_int(fix_pixel(t + 3, fields), OUTCOME_MISSING_CLICK,
	    "with several and no offer nothing fits");
	(void)snprintf(fields, sizeof(fields), "cookie=251:%s", a);
	is_int(fix_pixel(t + 4, fields), OUTCOME_BOOKED, "one alone does");
}

/* E7: a pixel that brings nothing but its browser. */
static void
test_browsers(void)
{
	us_t t = FIX_T0 + 1500 * US_SECOND, last;
	struct rec_click c = {.offer_id = 251,
	    .landing_page_id = 251,
	    .commission_id = 251,
	    .affiliate_id = 42,
	    .currency = "USD"};
	struct rec_outcome out[4];
	unsigned n;

	if (!ip_parse(STR("2001:db8:1:2:3::4"), c.ip))
		(void)ok(false, "an address");
	(void)fix_click(t, &c);
	fix_text(F_ua, "Browser one");
	c.affiliate_id = 44;
	(void)fix_click(t + 1, &c);
	fix_text(F_ua, "Browser two");
	is_int(fix_book_clicks(), ERR_OK, "two visitors of one network");
	fix_sender = "2001:db8:1:2:ffff::1";
	folded_through(t);
	is_int(fix_pixel(t + 10, "ua=Browser one&offerid=251&orderid=px"),
	    OUTCOME_ACCEPTED, "E7: their clicks may still be on their way");
	folded_through(t + 1000);
	last = fix_last_txn;
	is_int(db_begin(fix_db), ERR_OK, "when everything before it is folded");
	is_int(book_unresolved(fix_b, fix_db, FIX_NODE, &last, out, 4, &n), ERR_OK,
	    "it is decided");
	is_int(db_commit(fix_db), ERR_OK, "and committed");
	fix_last_txn = last;
	is_int(n == 1 ? out[0].outcome : 99, OUTCOME_BOOKED,
	    "E7: the same /64 and browser within a day");
	is_int(testdb_int(fix_db, CONV("affiliate_id")), 42, "E7: is that visitor");
	is_int(fix_pixel(t + 11, "ua=Browser one&offerid=251&orderid=px2"),
	    OUTCOME_DUPLICATE, "E7: one conversion per matched click");
	is_int(fix_pixel(t + 12, "ua=Browser three&offerid=251"), OUTCOME_MISSING_CLICK,
	    "another browser is nobody");
	is_int(fix_pixel(t + 13, "ua=Browser two&offerid=252"), OUTCOME_MISSING_CLICK,
	    "nor is he for another offer");
	is_int(fix_pixel(t + 14, "ua=Browser two"), OUTCOME_PENDING,
	    "E7: without an offer, if exactly one fits");
	c.offer_id = c.landing_page_id = c.commission_id = 252;
	(void)fix_click(t + 20, &c);
	fix_text(F_ua, "Browser two");
	is_int(fix_book_clicks(), ERR_OK, "he clicks on another offer");
	is_int(fix_pixel(t + 30, "ua=Browser two&orderid=px5"), OUTCOME_MISSING_CLICK,
	    "E7: then no longer");
	folded_through(t + 2 * US_DAY);
	is_int(fix_pixel(t + 25 * 3600 * US_SECOND, "ua=Browser two&offerid=252"),
	    OUTCOME_MISSING_CLICK, "E7: nor after a day");
	fix_sender = "192.0.2.80";
}

/* C7, E8: refused clicks have no conversions, those of test clicks no money. */
static void
test_other_clicks(void)
{
	us_t t = FIX_T0 + 1200 * US_SECOND;
	struct rec_click c = {.offer_id = 251,
	    .landing_page_id = 251,
	    .commission_id = 251,
	    .affiliate_id = 42,
	    .currency = "USD",
	    .verdict = VERDICT_COUNTRY};
	char hash[CLICKID_TEXT];

	clickid_hash(hash, fix_click(t, &c));
	is_int(fix_book_clicks(), ERR_OK, "a refused click");
	folded_through(t + 100);
	is_int(fix_pixel(t + 101, fix_on(hash, "")), OUTCOME_UNKNOWN_CLICK,
	    "C7: converts nothing");
	c.verdict = VERDICT_TEST;
	clickid_hash(hash, fix_click(t + 1, &c));
	is_int(fix_book_clicks(), ERR_OK, "a test click");
	is_int(fix_pixel(t + 102, fix_on(hash, "orderid=try")), OUTCOME_DECLINED,
	    "E8: converts");
	is_cents(CONV("revenue + payout"), "0.00", "E8: unpaid");
}

/* A batch sees its own earlier events, and E10: converted clicks are kept. */
static void
test_one_batch(void)
{
	us_t t = FIX_T0 + 1300 * US_SECOND;
	const char *a = fix_clicked(t, 251, 42, "US");

	fix_event(
	    REC_POST, SRC_NATS_POST, t + 1, fix_on(a, "orderid=b1&subscription_id=bc"));
	fix_event(
	    REC_POST, SRC_NATS_POST, t + 2, fix_on(a, "orderid=b1&subscription_id=bc"));
	fix_event(REC_POST, SRC_NATS_POST, t + 2,
	    "subscription_id=bc&offerid=251&orderid=b2&amount=10");
	fix_event(REC_VOID, SRC_NATS_API, t + 4, "orderid=b1");
	fix_event(REC_VOID, SRC_NATS_API, t + 5, "orderid=b1");
	fix_event(REC_VOID, SRC_NATS_API, t + 6, "orderid=b1&reverse=1");
	is_int(fix_book_events(), ERR_OK, "six events in one batch");
	is_int(fix_out[0].outcome, OUTCOME_BOOKED, "the initial is booked");
	is_int(fix_out[1].outcome, OUTCOME_DUPLICATE, "its retry is a duplicate");
	is_int(fix_out[2].outcome, OUTCOME_BOOKED,
	    "the new customer's continuity is booked");
	is_int(fix_out[3].outcome, OUTCOME_BOOKED, "the void is booked");
	is_int(fix_out[4].outcome, OUTCOME_VOID_EXISTS, "a second one exists");
	is_int(fix_out[5].outcome, OUTCOME_BOOKED, "the reversal is booked");
	is_int(testdb_int(fix_db, "SELECT COUNT(DISTINCT txn_us) - COUNT(*) FROM txn"), 0,
	    "ids are unique");
	testdb_exec(fix_db, "DELETE FROM click WHERE click_us = 1534175252000000");
	is_int(fix_pixel(t + 7, fix_on(a, "orderid=b3&amount=3")), OUTCOME_BOOKED,
	    "E10: a converted click outlives the raw clicks");
	testdb_exec(fix_db, "INSERT INTO click SELECT * FROM click_kept WHERE click_us = "
			    "1534175252000000");
}

/* Two nodes at once: whoever commits second starts again and then sees what the first
 * did. */
static void
test_two_nodes(void)
{
	us_t t = FIX_T0 + 1400 * US_SECOND, last = 0;
	struct db *other = testdb_connect(testdb_name);
	struct book *b = book_new(NULL);
	const char *a = fix_clicked(t, 251, 42, "US");
	struct fold_batch batch = {1, fix_item, 8, &last};
	struct rec_outcome out[1];

	fix_event(REC_POST, SRC_NATS_POST, t + 1, fix_on(a, "orderid=race"));
	is_int(db_exec(other, "SET SESSION innodb_lock_wait_timeout = 1", ""), ERR_OK,
	    "the second node's connection");
	is_int(db_begin(fix_db), ERR_OK, "the first node begins");
	is_int(book_events(fix_b, fix_db,
		   &(struct fold_batch){1, fix_item, FIX_NODE, &fix_last_txn}, out),
	    ERR_OK, "and books");
	is_int(db_begin(other), ERR_OK, "the second node begins");
	is_int(book_events(b, other, &batch, out), ERR_DB_RETRY,
	    "it meets the first one's key and has to wait");
	db_rollback(other);
	is_int(db_commit(fix_db), ERR_OK, "the first commits");
	testdb_exec(fix_db, "DELETE FROM event_log WHERE event_us = 1534175352000001");
	is_int(db_begin(other), ERR_OK, "the second tries again");
	is_int(book_events(b, other, &batch, out), ERR_OK, "and is answered");
	is_int(db_commit(other), ERR_OK, "and commits");
	is_int(out[0].outcome, OUTCOME_DUPLICATE, "a duplicate");
	is_int(
	    testdb_int(fix_db, "SELECT COUNT(*) FROM conversion WHERE orderid = 'race'"),
	    1, "there is one");
	fix_n = 0;
	book_free(&b);
	db_close(&other);
}

int
main(void)
{
	network_open();
	test_goals();
	test_country_price();
	test_kinds();
	test_uniqueness();
	test_status_change();
	test_pending();
	test_hold();
	test_accounts();
	test_caps();
	test_senders();
	test_unresolved();
	test_broken();
	test_cookies();
	test_browsers();
	test_other_clicks();
	test_one_batch();
	test_two_nodes();
	fix_is_clean("the books are true");
	fix_close();
	return tap_done();
}
