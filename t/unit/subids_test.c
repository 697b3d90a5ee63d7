/* SPDX-License-Identifier: Apache-2.0
 * subids_test.c - names of sub ids that links bring: what a record holds of them, what
 * the fold makes of it, and where it stops.
 */
#include "book_fixture.h"
#include "shm/counter.h"
#include "track/subnames.h"

#define LONG64 "a123456789b123456789c123456789d123456789e123456789f123456789g123"

/* ---- what the worker packs ---- */

static const struct {
	const char *autocamp, *autosubids, *subids, *want, *what;
} packs[] = {
    {"", "", "", NULL, "nothing"},
    {"a,b", "", "", "a,b", "a set"},
    {"a", "", "", "a", "one alone"},
    {"", "c", "", "+c", "an addition"},
    {"", "", "c,d", "+c,d", "as get_links writes it"},
    {"a,b", "c", "d", "a,b+c,d", "both"},
    {"a,b", "b,c", "a", "a,b+c", "each once"},
    {" a , b ", "", "", "a,b", "blanks around"},
    {"a b,a-b,a.b,\xc3\xa9,a+b,<x>", "", "", NULL, "letters and digits only"},
    {"ok,no!", "", "", "ok", "a bad one goes alone"},
    {",,a,,", "", "", "a", "empty ones"},
    {LONG64, "", "", LONG64, "64 characters"},
    {LONG64 "x", "", "", NULL, "65 are too many"},
    {"1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17", "18", "",
	"1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16", "sixteen"},
};

static void
test_pack(void)
{
	for (size_t i = 0; i < ARRAY_LEN(packs); i++) {
		char memory[1024];
		struct pad pad = {memory, 0, sizeof(memory)};
		struct str got = subnames_pack(&pad, str_of(packs[i].autocamp),
		    str_of(packs[i].autosubids), str_of(packs[i].subids));

		ok(packs[i].want == NULL ? got.p == NULL
					 : str_eq(got, str_of(packs[i].want)),
		    "%s", packs[i].what);
	}
}

/* ---- what the fold makes ---- */

static struct rec_click
of(uint32_t affiliate, uint32_t campaign, uint32_t subid1, uint32_t subid2)
{
	return (struct rec_click){.offer_id = 251,
	    .affiliate_id = affiliate,
	    .currency = "USD",
	    .campaign_id = campaign,
	    .subid1 = subid1,
	    .subid2 = subid2};
}

static us_t at = FIX_T0;

static void
click(const struct rec_click *c, const char *names)
{
	at += US_SECOND;
	(void)fix_click(at, c);
	fix_text(F_subids, names);
}

/* "campaign's names|subid1|subid2|all", by name, of the newest click. */
static bool
newest_is(const char *want)
{
	char sql[1024];

	(void)snprintf(sql, sizeof(sql),
	    "SELECT CONCAT_WS('|', COALESCE((SELECT auto_names FROM campaign WHERE id = "
	    "c.campaign_id), c.campaign_id), COALESCE((SELECT name FROM subid WHERE id = "
	    "c.subid1), c.subid1), COALESCE((SELECT name FROM subid WHERE id = "
	    "c.subid2), "
	    "c.subid2), COALESCE((SELECT GROUP_CONCAT(s.name ORDER BY FIND_IN_SET(s.id, "
	    "c.subids)) FROM subid s WHERE FIND_IN_SET(s.id, c.subids)), '')) = '%s' "
	    "FROM "
	    "click c ORDER BY click_us DESC LIMIT 1",
	    want);
	return testdb_int(fix_db, sql) == 1;
}

static const struct {
	uint32_t campaign, subid1, subid2;
	const char *names, *want, *what;
} cases[] = {
    {0, 0, 0, "", "0|0|0|", "no names"},
    {24, 900, 901, "", "24|900|901|", "only numbers of the code"},
    {0, 0, 0, "b,a", "a,b|b|a|b,a", "a set, in the order of the link"},
    {0, 0, 0, "a,b", "a,b|a|b|a,b", "the same set"},
    {24, 900, 901, "a", "a|a|0|a", "a set of one, in place of what the code says"},
    {0, 0, 0, "a,b,c+d", "a,b,c|a|b|a,b,c,d", "a set and one more"},
    {24, 0, 0, "+a,z", "24|a|z|a,z", "additions fill what the code leaves open"},
    {24, 900, 0, "+a,z", "24|900|a|a,z", "behind what it says"},
    {24, 0, 900, "+a,z", "24|a|900|a,z", "and around it"},
    {24, 900, 901, "+a", "24|900|901|a", "and else beside it"},
};

static void
test_fold(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct rec_click c =
		    of(42, cases[i].campaign, cases[i].subid1, cases[i].subid2);

		click(&c, cases[i].names);
		is_int(fix_book_clicks(), ERR_OK, "booked");
		ok(newest_is(cases[i].want), "%s", cases[i].what);
	}
	is_int(
	    testdb_int(fix_db, "SELECT COUNT(*) FROM subid"), 5, "five names, each once");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM campaign"), 3, "three sets");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM campaign_subid"), 6,
	    "with their names");
}

static void
test_whose(void)
{
	struct rec_click c = of(43, 0, 0, 0);

	click(&c, "a,b");
	c.verdict = VERDICT_BOT;
	click(&c, "robot");
	c = of(0, 0, 0, 0);
	c.verdict = VERDICT_BAD_CODE;
	click(&c, "nobody");
	is_int(fix_book_clicks(), ERR_OK, "another affiliate, a bot and nobody");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM subid WHERE affiliate_id = 43"),
	    2, "names are each affiliate's own");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM subid WHERE name IN ('robot', "
				  "'nobody')"),
	    0, "and bots make none");
	/* A campaign made by hand grows by what is added, one of somebody else does not. */
	testdb_exec(fix_db, "INSERT INTO campaign (id, affiliate_id, name, created_us) "
			    "VALUES (800, 42, 'Mails', 1)");
	c = of(42, 800, 0, 0);
	click(&c, "+a,new");
	c = of(43, 800, 0, 0);
	click(&c, "+a");
	is_int(fix_book_clicks(), ERR_OK, "additions to a campaign");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM campaign_subid WHERE campaign_id "
				  "= 800"),
	    2, "belong to it from now on");
}

/* The limit holds by day of the network; the click is kept. */
static void
test_limit(void)
{
	struct rec_click c = of(77, 0, 0, 0);
	int64_t before = testdb_int(fix_db, "SELECT COUNT(*) FROM click");

	testdb_exec(fix_db, "INSERT INTO setting VALUES ('autosubid_limit', '3', 1), "
			    "('time_zone', 'America/New_York', 1)");
	testdb_exec(fix_db, "UPDATE catalog_version SET version = version + 1");
	at = FIX_T0 + 30 * US_DAY; /* 11:25 in New York */
	click(&c, "+l1,l2");
	is_int(fix_book_clicks(), ERR_OK, "below the limit");
	click(&c, "+l3,l4");
	is_int(fix_book_clicks(), ERR_OK, "at and over it");
	ok(newest_is("0|l3|0|l3"), "the last one that fits is made, the next is not");
	click(&c, "l1,l2");
	is_int(fix_book_clicks(), ERR_OK, "a new set");
	ok(newest_is("0|l1|l2|l1,l2"),
	    "counts as well: names are known, the set is not made");
	click(&c, "l1,l9");
	is_int(fix_book_clicks(), ERR_OK, "a set of which a name is new");
	ok(newest_is("0|l1|0|l1"), "is none");
	c.affiliate_id = 78;
	click(&c, "x1");
	is_int(fix_book_clicks(), ERR_OK, "another affiliate");
	ok(newest_is("x1|x1|0|x1"), "has a limit of his own");
	c.affiliate_id = 77;
	at = FIX_T0 + 30 * US_DAY +
	     12 * 3600 * US_SECOND; /* 23:26 there, the next day in UTC */
	click(&c, "+l5");
	is_int(fix_book_clicks(), ERR_OK, "before midnight");
	ok(newest_is("0|0|0|"), "it is the same day");
	at = FIX_T0 + 30 * US_DAY + 13 * 3600 * US_SECOND;
	click(&c, "+l5");
	is_int(fix_book_clicks(), ERR_OK, "after it");
	ok(newest_is("0|l5|0|l5"), "it is another");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM click"), before + 7,
	    "every click is kept");
	is_int(testdb_int(fix_db, "SELECT SUM(page_view) FROM rollup_booked WHERE "
				  "affiliate_id IN (77, 78)"),
	    7, "and counts");
	/* In one batch first come, first served. */
	testdb_exec(
	    fix_db, "UPDATE setting SET value = '4' WHERE name = 'autosubid_limit'");
	testdb_exec(fix_db, "UPDATE catalog_version SET version = version + 1");
	c.affiliate_id = 79;
	for (unsigned i = 0; i < 10; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "+z%u", 9 - i);
		click(&c, name);
	}
	is_int(fix_book_clicks(), ERR_OK, "ten names in one batch");
	is_int(
	    testdb_int(fix_db, "SELECT COUNT(*) FROM subid WHERE affiliate_id = 79 AND "
			       "name IN ('z9', 'z8', 'z7', 'z6')"),
	    4, "the first four");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM subid WHERE affiliate_id = 79"),
	    4, "no other");
}

/* What is rolled back is made again. */
static enum err
book_and_fail(struct fold_batch *batch)
{
	enum err rc = book_clicks(fix_b, fix_db, batch);

	return rc == ERR_OK ? ERR_DB_RETRY : rc;
}

static void
test_rollback(void)
{
	const struct rec_click c = of(42, 0, 0, 0);

	click(&c, "lost1,lost2");
	is_int(fix_run(book_and_fail), ERR_DB_RETRY, "rolled back");
	is_int(testdb_int(fix_db, "SELECT COUNT(*) FROM subid WHERE name LIKE 'lost%'"),
	    0, "nothing stays");
	click(&c, "lost1,lost2");
	is_int(fix_book_clicks(), ERR_OK, "again");
	ok(newest_is("lost1,lost2|lost1|lost2|lost1,lost2"), "and there they are");
}

int
main(void)
{
	fix_open();
	test_pack();
	test_fold();
	test_whose();
	test_rollback();
	test_limit();
	fix_is_clean("the books are true");
	fix_close();
	return tap_done();
}
