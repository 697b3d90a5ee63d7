/* SPDX-License-Identifier: Apache-2.0
 * bookclicks_test.c - clicks become rows and sums.
 */
#include "book_fixture.h"

static const struct rec_click plain = {.offer_id = 251,
    .landing_page_id = 310,
    .commission_id = 7,
    .affiliate_id = 42,
    .advertiser_id = 9,
    .country = 'U' << 8 | 'S',
    .currency = "USD",
    .ip = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 9}};

static struct rec_click
with(uint8_t verdict, uint32_t flags, money_t payout, money_t revenue)
{
	struct rec_click c = plain;

	c.verdict = verdict;
	c.flags = flags;
	c.payout = payout;
	c.revenue = revenue;
	return c;
}

static void
test_rows(void)
{
	struct rec_click c =
	    with(VERDICT_COUNTED, CLICK_UNIQUE | CLICK_UNIQUE_OFFER, 20000, 50000);
	char sub[300];

	(void)fix_click(FIX_T0 + 1, &c);
	fix_text(F_ua, "Mozilla/5.0 test");
	fix_text(F_sub1, "mail");
	fix_text(F_ocid, "tab\there, line\nhere, back\\slash, \"quote\"");
	fix_text(F_extra, "ref_id=5&x=%C3%A9");
	(void)fix_click(FIX_T0 + 2, &c);
	fix_text(F_ua, "Mozilla/5.0 test");
	fix_text_n(F_sub1, STR("bad \xff\xc3( utf-8 \0 and a NUL"));
	memset(sub, 'x', 254);
	memcpy(sub + 254, "\xc3\xa9", 3); /* é, cut in its middle at 255 */
	fix_text(F_sub2, sub);
	is_int(fix_book_clicks(), ERR_OK, "two clicks are booked");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM click"), 2, "two rows");
	is_int(testdb_int(fix_db,
		   "SELECT COUNT(*) FROM click WHERE sub1 = 'mail' AND ocid = "
		   "'tab\\there, line\\nhere, back\\\\slash, \"quote\"' AND extra = "
		   "'ref_id=5&x=%C3%A9' AND "
		   "INET6_NTOA(ip) = '::ffff:192.0.2.9' AND country = 21843 AND node_id "
		   "= 7 AND ua_id > 0"),
	    1, "texts come out as they went in");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM click WHERE sub1 = CONCAT('bad "
				  "', _utf8mb4 x'efbfbd', "
				  "_utf8mb4 x'efbfbd', '( utf-8 ', _utf8mb4 x'efbfbd', ' "
				  "and a NUL') AND sub2 = REPEAT('x', 254)"),
	    1, "what is not UTF-8 is marked and holds nothing up");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM user_agent"), 1,
	    "a user agent is stored once");
}

static void
test_sums(void)
{
	struct rec_click c;
	us_t t = FIX_T0 + US_DAY;

	c = with(VERDICT_COUNTED, CLICK_UNIQUE, 20000, 50000);
	(void)fix_click(t + 1, &c);
	c = with(VERDICT_COUNTED, 0, 20000, 50000);
	(void)fix_click(t + 2, &c);
	c = with(VERDICT_BOT, 0, 0, 0);
	(void)fix_click(t + 3, &c);
	c = with(VERDICT_PREFETCH, 0, 0, 0);
	(void)fix_click(t + 4, &c);
	c = with(VERDICT_TEST, 0, 0, 0);
	(void)fix_click(t + 5, &c);
	c = with(VERDICT_COUNTRY, 0, 0, 0);
	(void)fix_click(t + 6, &c);
	c = with(VERDICT_COUNTED, CLICK_UNIQUE_OFFER, 20000, 50000);
	(void)fix_click(t + US_BUCKET, &c);
	is_int(fix_book_clicks(), ERR_OK, "seven clicks are booked");
	is_int(testdb_int(fix_db,
		   "SELECT COUNT(*) FROM click WHERE click_us >= 1534260352000000"),
	    7, "all as rows");
	is_int(testdb_int(
		   fix_db, "SELECT COUNT(*) FROM rollup_booked WHERE bucket >= 1704733"),
	    2, "two buckets");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM rollup_booked WHERE bucket = "
				  "1704733 AND page_view = 2 AND "
				  "unique_visitor = 1 AND unique_offer = 0 AND bot = 2 "
				  "AND refused = 1 AND affiliate_payout = 40000 AND "
				  "income_amount = 100000 AND affiliate_payout_b = 40000 "
				  "AND click_payout = 40000 AND "
				  "income_amount_b = 100000"),
	    1, "bots, tests and refused clicks count apart and cost nothing");
	c = with(VERDICT_COUNTED, CLICK_UNIQUE, 20000, 50000);
	(void)fix_click(t + 7, &c);
	is_int(fix_book_clicks(), ERR_OK, "one more");
	is_int(testdb_int(
		   fix_db, "SELECT page_view FROM rollup_booked WHERE bucket = 1704733"),
	    3, "adds to the row");
}

static void
test_currency(void)
{
	struct rec_click c = with(VERDICT_COUNTED, 0, 1000000, 2000000);

	testdb_exec(fix_db, "INSERT INTO currency_rate VALUES ('EUR', 0, 800000), "
			    "('EUR', 1534500000000000, 500000)");
	testdb_exec(fix_db, "UPDATE catalog_version SET version = version + 1");
	memcpy(c.currency, "EUR", 4);
	(void)fix_click(FIX_T0 + 2 * US_DAY, &c);
	(void)fix_click(FIX_T0 + 5 * US_DAY, &c);
	is_int(fix_book_clicks(), ERR_OK, "clicks paid in euros");
	is_int(
	    testdb_int(fix_db,
		"SELECT SUM(affiliate_payout) FROM rollup_booked WHERE currency = 'EUR'"),
	    2000000, "stay in euros");
	is_int(testdb_int(fix_db, "SELECT SUM(affiliate_payout_b) FROM rollup_booked "
				  "WHERE currency = 'EUR'"),
	    1250000 + 2000000, "and in base at the rate of the click's time");
}

/* E9: should two ids collide, the later is re-keyed and counted. */
static void
test_collision(void)
{
	struct rec_click c = with(VERDICT_COUNTED, 0, 0, 0);
	int64_t before = testdb_int(fix_db, "SELECT COUNT(*) FROM click");

	c.id = clickid_make(FIX_T0 + 9 * US_DAY, FIX_NODE, 11, 9999);
	(void)fix_click(0, &c);
	is_int(fix_book_clicks(), ERR_OK, "a click");
	(void)fix_click(0, &c);
	(void)fix_click(0, &c);
	is_int(fix_book_clicks(), ERR_OK, "E9: its id twice more in one batch");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM click"), before + 3,
	    "E9: all are rows");
	is_int(testdb_int(fix_db, "SELECT SUM(page_view) FROM rollup_booked WHERE bucket "
				  "= (SELECT MAX(bucket) FROM "
				  "rollup_booked)"),
	    3, "E9: and all are counted");
}

/* Nothing of a batch that was rolled back is left, the numbers of user agents in the
 * cache included. */
static enum err
book_and_fail(struct fold_batch *batch)
{
	enum err rc = book_clicks(fix_b, fix_db, batch);

	return rc == ERR_OK ? ERR_DB_RETRY : rc;
}

static void
test_rollback(void)
{
	struct rec_click c = with(VERDICT_COUNTED, 0, 0, 0);
	int64_t before = testdb_int(fix_db, "SELECT COUNT(*) FROM click");

	(void)fix_click(FIX_T0 + 10 * US_DAY, &c);
	fix_text(F_ua, "Agent of a lost transaction");
	is_int(fix_run(book_and_fail), ERR_DB_RETRY, "a batch is rolled back");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM click"), before, "no row stays");
	(void)fix_click(FIX_T0 + 10 * US_DAY, &c);
	fix_text(F_ua, "Agent of a lost transaction");
	is_int(fix_book_clicks(), ERR_OK, "the same batch again");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM click JOIN user_agent u ON u.id "
				  "= ua_id WHERE u.ua = "
				  "'Agent of a lost transaction'"),
	    1, "its user agent is in the dictionary");
}

static void
test_broken(void)
{
	struct rec_click c = with(VERDICT_COUNTED, 0, 0, 0);

	(void)fix_click(FIX_T0, &c);
	fix_item[0].len = 50;
	is_int(fix_book_clicks(), ERR_INVALID,
	    "a record cut short is refused, for the fold to bisect");
	(void)fix_click(FIX_T0, &c);
	fix_item[0].version = 99;
	is_int(fix_book_clicks(), ERR_INVALID, "so is one of an unknown version");
	is_int(fix_book_clicks(), ERR_OK, "nothing is booked easily");
}

int
main(void)
{
	fix_open();
	test_rows();
	test_sums();
	test_currency();
	test_collision();
	test_rollback();
	test_broken();
	fix_is_clean("the books are true");
	fix_close();
	return tap_done();
}
