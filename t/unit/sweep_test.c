/* SPDX-License-Identifier: Apache-2.0
 * sweep_test.c - partitions of raw clicks, their retention, and the lease.
 */
#include "book_network.h"

#include "report/cube.h"

#define DAY0 (FIX_T0 / US_DAY * US_DAY)
#define PARTITIONS(where_)                                                         \
	"SELECT COUNT(*) FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = " \
	"DATABASE() AND TABLE_NAME = 'click'" where_

static struct settings *settings;
static struct inherited inherited;

static void
sweep_at(us_t now, const char *what)
{
	clock_set(now);
	is_int(book_sweep(fix_b, fix_db, FIX_NODE), ERR_OK, what);
	clock_set(0);
}

static void
day_of_clicks(unsigned day)
{
	static unsigned calls; /* no two clicks have one id */
	struct rec_click c = {.offer_id = 251,
	    .landing_page_id = 251,
	    .commission_id = 251,
	    .affiliate_id = 42,
	    .currency = "USD",
	    .payout = 1234567,
	    .revenue = 7654321,
	    .flags = CLICK_UNIQUE};

	calls++;
	for (unsigned i = 0; i < 50; i++) {
		c.verdict = i % 10 == 9 ? VERDICT_COUNTRY : VERDICT_COUNTED;
		(void)fix_click(DAY0 + day * US_DAY + i * 60 * US_SECOND + calls, &c);
	}
	/* Impressions go wherever clicks go. */
	for (unsigned i = 0; i < 20; i++) {
		c.verdict = i % 10 == 9 ? VERDICT_BOT : VERDICT_COUNTED;
		c.flags = 0;
		c.adtool_id = 3;
		(void)fix_impression(
		    DAY0 + day * US_DAY + i * 60 * US_SECOND + calls, &c);
	}
	if (fix_book_clicks() != ERR_OK)
		(void)ok(false, "a day of clicks");
}

/* Everything before that day is folded, and the wider cube is built. */
static void
settle_through(unsigned day)
{
	char sql[256];
	bool more = true;

	(void)snprintf(sql, sizeof(sql), "UPDATE node SET folded_through_us = %lld",
	    (long long)(DAY0 + day * US_DAY));
	testdb_exec(fix_db, sql);
	while (more) {
		if (cube_step(fix_db, FIX_NODE, 960, &more) != ERR_OK) {
			(void)ok(false, "the cube: %s", db_error(fix_db));
			return;
		}
	}
}

static void
test_ahead(void)
{
	is_int(testdb_int(fix_db, PARTITIONS("")), 1, "a fresh table has pmax alone");
	day_of_clicks(0);
	sweep_at(DAY0 + US_DAY / 2, "the first sweep");
	is_int(testdb_int(fix_db, PARTITIONS("")), 5,
	    "today and three days have partitions now");
	is_int(testdb_int(fix_db, PARTITIONS(" AND PARTITION_DESCRIPTION = 'MAXVALUE'")),
	    1, "and pmax is there");
	is_int(testdb_int(fix_db, PARTITIONS(" AND PARTITION_NAME = 'p20180813'")), 1,
	    "named by their day");
	sweep_at(DAY0 + US_DAY / 2 + US_SECOND, "another sweep");
	is_int(testdb_int(fix_db, PARTITIONS("")), 5, "finds nothing to do");
	for (unsigned day = 1; day < 6; day++)
		day_of_clicks(day);
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM click PARTITION (pmax)"), 100,
	    "two days went to pmax");
	sweep_at(DAY0 + 6 * US_DAY, "a sweep after days without one");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM click PARTITION (pmax)"), 0,
	    "has cut them off");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM click"), 300, "with every click");
	fix_is_clean("and the books are true");
}

static void
test_lease(void)
{
	testdb_exec(fix_db, "UPDATE lease SET node_id = 8, until_us = 9000000000000000");
	sweep_at(DAY0 + 20 * US_DAY, "a sweep while another node has the lease");
	is_int(testdb_int(fix_db, PARTITIONS(" AND PARTITION_NAME = 'p20180902'")), 0,
	    "does nothing");
	testdb_exec(fix_db, "UPDATE lease SET until_us = 1");
	sweep_at(DAY0 + 6 * US_DAY, "when that node is gone");
	is_int(testdb_int(fix_db, "SELECT node_id FROM lease WHERE name = 'sweep'"), 7,
	    "this one takes it");
}

static void
test_retention(void)
{
	struct verify_result out;

	settle_through(1);
	sweep_at(DAY0 + 6 * US_DAY, "a sweep with raw_click_days: 3");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM click"), 250,
	    "drops what is settled");
	settle_through(6);
	testdb_exec(fix_db, "UPDATE rollup_booked SET page_view = page_view + 1 WHERE "
			    "bucket >= 1704672 ORDER BY bucket LIMIT 1");
	sweep_at(DAY0 + 6 * US_DAY + US_SECOND, "where the rollup does not agree");
	is_int(
	    testdb_int(fix_db, "SELECT COUNT(*) FROM click"), 250, "nothing is dropped");
	testdb_exec(fix_db, "UPDATE rollup_booked SET page_view = page_view - 1 WHERE "
			    "bucket >= 1704672 ORDER BY bucket LIMIT 1");
	sweep_at(DAY0 + 6 * US_DAY + 2 * US_SECOND, "put right");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM click"), 150,
	    "the days before the last three go");
	is_int(testdb_int(fix_db, "SELECT SUM(page_view) FROM rollup_booked"), 270,
	    "the rollup keeps all");
	is_int(testdb_int(fix_db, "SELECT SUM(page_view) FROM click_sealed"), 135,
	    "what went was sealed");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM impression"), 60,
	    "impressions of those days go with them");
	is_int(testdb_int(fix_db, "SELECT SUM(impression) FROM rollup_booked"), 108,
	    "their count stays");
	is_int(testdb_int(fix_db, "SELECT SUM(impression) FROM click_sealed"), 54,
	    "what went of it was sealed");
	fix_is_clean("sealed days verify");
	is_int(verify_run(fix_db, 0, 0, NULL, NULL, &out), ERR_OK, "verify");
	is_int(
	    out.clicks_from, DAY0 + 3 * US_DAY, "says which days it can still recount");
	testdb_exec(fix_db, "UPDATE rollup_booked SET affiliate_payout_b = "
			    "affiliate_payout_b + 1 ORDER BY bucket LIMIT 1");
	(void)ok(
	    verify_run(fix_db, 0, 0, NULL, NULL, &out) == ERR_OK && out.differences == 1,
	    "a change in a sealed day is found");
	testdb_exec(fix_db, "UPDATE rollup_booked SET affiliate_payout_b = "
			    "affiliate_payout_b - 1 ORDER BY bucket LIMIT 1");
}

/* What was answered may wait in the journal for longer than parts are kept. */
static void
test_parts_of_calls(void)
{
	char sql[256];

	(void)snprintf(sql, sizeof(sql),
	    "INSERT INTO bulk_part VALUES ('call', 1, 7, %lld, 'x')",
	    (long long)(DAY0 + 3 * US_DAY));
	testdb_exec(fix_db, sql);
	(void)snprintf(sql, sizeof(sql), "UPDATE node SET folded_through_us = %lld",
	    (long long)(DAY0 + 3 * US_DAY));
	testdb_exec(fix_db, sql);
	sweep_at(DAY0 + 6 * US_DAY + 3 * US_SECOND, "a sweep while a node is behind");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM bulk_part"), 1,
	    "keeps a part of a call that may still come");
	settle_through(6);
	sweep_at(DAY0 + 6 * US_DAY + 4 * US_SECOND, "when it has caught up");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM bulk_part"), 0, "nothing came");
}

static void
by_table(void *ctx, const struct verify_diff *d)
{
	unsigned *other = ctx;

	/* The cube takes late clicks with the sweep. */
	*other += strcmp(d->table, "cube_click") != 0;
}

/* Clicks of a machine whose clock was behind: their days are sealed and dropped. */
static void
test_late(void)
{
	struct verify_result out;
	unsigned other = 0;

	day_of_clicks(1);
	day_of_clicks(2);
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM click"), 250, "late clicks");
	is_int(verify_run(fix_db, 0, 0, by_table, &other, &out), ERR_OK, "verify");
	is_int(other, 0, "counts them beside what was sealed");
	testdb_exec(fix_db,
	    "INSERT INTO unresolved SELECT 1, 1, 7, 1, MIN(click_us), 0, '' FROM click");
	sweep_at(DAY0 + 7 * US_DAY, "a sweep while somebody waits for one of them");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM click"), 250, "keeps them");
	testdb_exec(fix_db, "DELETE FROM unresolved");
	testdb_exec(fix_db, "UPDATE rollup_booked SET page_view = page_view + 1 WHERE "
			    "bucket >= 1704672 ORDER BY bucket LIMIT 1");
	sweep_at(DAY0 + 7 * US_DAY, "a sweep while the rollup does not agree with them");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM click"), 250,
	    "keeps them, and what it would have dropped with them");
	testdb_exec(fix_db, "UPDATE rollup_booked SET page_view = page_view - 1 WHERE "
			    "bucket >= 1704672 ORDER BY bucket LIMIT 1");
	sweep_at(DAY0 + 7 * US_DAY, "put right");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM click"), 100,
	    "they go, and the next day after them");
	is_int(testdb_int(fix_db, "SELECT SUM(page_view) FROM click_sealed"), 270,
	    "all that went is sealed");
	is_int(testdb_int(fix_db, "SELECT SUM(impression) FROM click_sealed"), 108,
	    "late impressions too");
	is_int(
	    testdb_int(fix_db, "SELECT COUNT(*) FROM impression"), 40, "which are gone");
	fix_is_clean("and verifies, with the cube");
	sweep_at(DAY0 + 7 * US_DAY, "another sweep");
	is_int(testdb_int(fix_db, "SELECT SUM(page_view) FROM click_sealed"), 270,
	    "adds nothing again");
}

/* What comes after its day was put into the cube and before it was dropped is not in that. */
static void
is_clean_but_cube(const char *what)
{
	struct verify_result out;
	unsigned other = 0;

	if (verify_run(fix_db, 0, 0, by_table, &other, &out) != ERR_OK)
		(void)ok(false, "verify: %s", db_error(fix_db));
	is_int(other, 0, what);
}

/* Sealed, and somebody reads the table: it is dropped later, with what came meanwhile. */
static void
test_late_before_drop(void)
{
	struct db *reader = testdb_connect(testdb_name);

	if (db_begin(reader) != ERR_OK ||
	    testdb_int(reader, "SELECT COUNT(*) FROM click") != 100)
		(void)ok(false, "a reader");
	sweep_at(DAY0 + 8 * US_DAY, "a sweep while somebody reads");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM click"), 100, "drops nothing");
	is_int(testdb_int(fix_db, "SELECT SUM(page_view) FROM click_sealed"), 315,
	    "but has sealed");
	fix_is_clean("what is sealed and still there counts once");
	db_rollback(reader);
	day_of_clicks(4);
	sweep_at(DAY0 + 8 * US_DAY, "more clicks of that day, then a sweep");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM click"), 50, "drops all of it");
	is_int(testdb_int(fix_db, "SELECT SUM(page_view) FROM click_sealed"), 360,
	    "sealed with what came meanwhile");
	is_int(testdb_int(fix_db, "SELECT SUM(impression) FROM click_sealed"), 144,
	    "and so are impressions");
	is_clean_but_cube("which verifies");
	/* The other table is the one that is read. */
	if (db_begin(reader) != ERR_OK ||
	    testdb_int(reader, "SELECT COUNT(*) FROM impression") != 20)
		(void)ok(false, "a reader of impressions");
	sweep_at(DAY0 + 9 * US_DAY, "a sweep while somebody reads impressions");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM click"), 0, "drops the clicks");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM impression"), 20,
	    "and not the impressions");
	is_clean_but_cube("which are sealed and count once");
	db_rollback(reader);
	sweep_at(DAY0 + 9 * US_DAY + US_SECOND, "the next sweep");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM impression"), 0, "drops them");
	is_int(testdb_int(fix_db, "SELECT SUM(impression) FROM click_sealed"), 162,
	    "with nothing counted twice");
	is_clean_but_cube("and verifies");
	db_close(&reader);
}

int
main(void)
{
	char why[512];

	network_open();
	settings = settings_new();
	if (!settings_set(settings, "raw_click_days", "3", why, sizeof(why)))
		(void)ok(false, "%s", why);
	inherited.set = settings;
	book_free(&fix_b);
	fix_b = book_new(&inherited);
	test_ahead();
	test_lease();
	test_retention();
	test_parts_of_calls();
	test_late();
	test_late_before_drop();
	fix_close();
	settings_free(&settings);
	return tap_done();
}
