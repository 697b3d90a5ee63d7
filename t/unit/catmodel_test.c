/* SPDX-License-Identifier: Apache-2.0
 * catmodel_test.c - the catalog from the database to the image, and the thread that
 * publishes it.
 */
#include "stats/catalogd.h"

#include "base/log.h"
#include "db/bump.h"
#include "shm/shm.h"
#include "stats/capcounts.h"
#include "stats/catmodel.h"
#include "track/doors.h"

#include "testdb.h"

static struct db *db;

static const char *const rows[] = {
    "INSERT INTO account (id, hex24, type, username, title, status, created_us, "
    "updated_us) VALUES"
    " (9, 'a', 140, 'shop', 'Shop Ltd', 0, 1, 1), (42, 'b', 100, 'bob', 'Bob', 0, 1, 1),"
    " (43, 'c', 100, 'eve', '', 2, 1, 1)",
    "INSERT INTO account_person (account_id, company) VALUES (42, 'Bob & Sons')",
    "INSERT INTO offer (id, hex24, name, shortname, advertiser_id, default_lp_id, "
    "authorized,"
    " date_expire, privacy, created_us, updated_us) VALUES"
    " (251, 'a', 'Shoes', 'shoes', 9, 310, 'DE,AT', 5000000, 'public', 1, 1),"
    " (252, 'b', 'Boots', NULL, NULL, NULL, '', NULL, 'private', 1, 1)",
    "INSERT INTO landing_page (id, offer_id, name, shortname, url, conversion_type, "
    "created_us,"
    " updated_us) VALUES (310, 251, 'Home', 'home', 'http://shop.example/', 'image', 1, "
    "1),"
    " (311, 251, 'Other', NULL, 'http://shop.example/o', 'post', 1, 1)",
    "INSERT INTO commission (id, offer_id, shortname) VALUES (7, 251, 'std'), (8, 252, "
    "NULL)",
    "INSERT INTO payout_rule (id, offer_id, change_id, valid_from_us, valid_to_us, "
    "goal_id, countries,"
    " currency, commission_type, aff_click, adv_cost_type, adv_flat) VALUES"
    " (1, 251, 0, 0, 1000, 0, '', 'USD', 'click', 1000, 'click', 5000),"
    " (2, 251, 0, 1000, NULL, 0, '', 'USD', 'click', 2000, 'click', 5000),"
    " (3, 251, 1, 0, NULL, 0, 'DE', 'USD', 'click', 3000, '', NULL),"
    " (4, 251, 2, 0, NULL, 17, '', 'USD', 'cpa', 1, '', NULL)",
    "INSERT INTO cap (id, offer_id, period, value, on_full, deleted) VALUES"
    " (5, 251, 1, 10, 'trafficback', FALSE), (6, 251, 3, 11, 'decline', FALSE),"
    " (7, 251, 2, 12, 'landing_page', TRUE), (8, 251, 3, 13, 'landing_page', FALSE)",
    "INSERT INTO cap (id, offer_id, advertiser_id, period, value, on_full, affiliates, "
    "affiliate_list, enabled) VALUES"
    " (9, 0, 9, 1, 14, 'trafficback', 1, '', TRUE), (10, 0, 0, 1, 15, 'trafficback', 2, "
    "'42', TRUE), (11, 0, 10, 1, 16, 'trafficback', 0, '', TRUE), (12, 251, 0, 1, 17, "
    "'trafficback', 0, '', FALSE)",
    "INSERT INTO setting VALUES ('fallback_url', 'http://fallback.example/', 1),"
    " ('default_unauthorized', 'KP', 1), ('stat_unique_seconds', '100', 1)",
};

/* A change, as domain makes one. */
static uint64_t
change(const char *sql, unsigned kind, uint64_t id)
{
	uint64_t version = 0;

	if (db_begin(db) != ERR_OK)
		exit(1);
	testdb_exec(db, sql);
	if (catalog_bump(db, kind, id, &version) != ERR_OK || db_commit(db) != ERR_OK)
		exit(1);
	return version;
}

static struct catalog *
image_of(const struct catmodel *m, struct catimage **ci, us_t now)
{
	struct str bytes;
	char why[256];
	struct catalog *c;

	*ci = catimage_new();
	catmodel_image(m, *ci, now);
	bytes = catimage_finish(*ci, 1, catmodel_version(m));
	c = catalog_of(bytes.p, bytes.n, why);
	if (c == NULL) {
		printf("Bail out! %s\n", why);
		exit(1);
	}
	return c;
}

/* The offer's own, its advertiser's and the network's; a list of affiliates before each
 * before all. */
static void
check_caps(const struct catalog *c)
{
	static const uint32_t want[] = {10, 9, 5, 8};
	unsigned n;
	const struct cat_cap *cap = catalog_caps(c, catalog_offer(c, 251)->caps, &n);

	ok(n == ARRAY_LEN(want), "four caps that clicks are held against");
	for (unsigned i = 0; i < n && i < ARRAY_LEN(want); i++)
		is_int(cap[i].rule.id, want[i], "in their order");
	ok(n == 4 && cap[2].rule.period == CAP_DAY && cap[3].rule.value == 13 &&
		cap[3].rule.on_full == CAP_TO_PAGE && catalog_cap_names(c, &cap[0], 42) &&
		!catalog_cap_names(c, &cap[0], 43),
	    "with what they are");
	cap = catalog_caps(c, catalog_offer(c, 252)->caps, &n);
	ok(n == 1 && cap[0].rule.id == 10, "the network's alone where there is no other");
}

static void
check_whole(const struct catalog *c)
{
	const struct cat_offer *o = catalog_offer(c, 251);
	const struct cat_account *a = catalog_affiliate_by_name(c, STR("bob"));
	const struct cat_landing_page *lp = catalog_landing_page(c, 310);
	const struct price_rule *r;
	unsigned n;

	ok(a != NULL && a->id == 42 &&
		str_eq(catalog_text(c, a->company), STR("Bob & Sons")) &&
		str_eq(catalog_text(c, a->title), STR("Bob")),
	    "an affiliate");
	ok(catalog_affiliate(c, 43) != NULL && catalog_affiliate(c, 43)->status == 2,
	    "a banned one");
	if (o == NULL) {
		ok(false, "the offer is there");
		return;
	}
	ok(o->advertiser_id == 9 && o->default_lp_id == 310 && o->commission_id == 7 &&
		o->status == CAT_ACTIVE && o->privacy == CAT_PUBLIC &&
		o->cookie_days == 30 && o->date_live == 0 && o->date_expire == 5000000 &&
		!o->advertiser_gone,
	    "an offer");
	ok(catalog_country_in(c, o->authorized, country_pack(STR("AT"))) &&
		!catalog_country_in(c, o->authorized, country_pack(STR("CH"))) &&
		catalog_country_in(c, o->unauthorized, country_pack(STR("KP"))),
	    "its countries, and those of the network");
	ok(catalog_offer(c, 252)->privacy == CAT_PRIVATE &&
		catalog_offer(c, 252)->default_lp_id == 0,
	    "an offer with nothing in it");
	ok(lp != NULL && lp->offer_id == 251 && lp->conversion_type == CAT_IMAGE &&
		str_eq(catalog_text(c, lp->url), STR("http://shop.example/")),
	    "a landing page");
	ok(catalog_by_shortname(c, CAT_NAMED_OFFER, 0, STR("shoes")) == 251 &&
		catalog_by_shortname(c, CAT_NAMED_LANDING_PAGE, 251, STR("home")) ==
		    310 &&
		catalog_by_shortname(c, CAT_NAMED_LANDING_PAGE, 252, STR("home")) == 0 &&
		catalog_by_shortname(c, CAT_NAMED_COMMISSION, 251, STR("std")) == 7,
	    "short names");
	r = catalog_rules(c, o->rules, &n);
	ok(n == 3 && r != NULL, "rules of clicks, goals left out");
	check_caps(c);
	ok(str_eq(catalog_text(c, catalog_net(c)->fallback_url),
	       STR("http://fallback.example/")) &&
		catalog_net(c)->stat_unique_seconds == 100 &&
		str_eq(catalog_setting(c, STR("default_unauthorized")), STR("KP")) &&
		strcmp(catalog_net(c)->base_currency, "USD") == 0,
	    "settings");
}

static void
test_model(void)
{
	struct catmodel *m = catmodel_new();
	struct catimage *ci = NULL;
	struct catalog *c;
	bool changed = false;
	unsigned n;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		testdb_exec(db, rows[i]);
	is_int(catmodel_follow(m, db, &changed), ERR_OK, "the first reading");
	ok(changed && catmodel_version(m) == 1, "is a change");
	c = image_of(m, &ci, 2000);
	check_whole(c);
	catalog_unmap(&c);
	catimage_free(&ci);
	c = image_of(m, &ci, 2000 + 7200 * US_SECOND);
	ok(catalog_rules(c, catalog_offer(c, 251)->rules, &n) != NULL && n == 2,
	    "a version that ended two hours ago prices no click");
	catalog_unmap(&c);
	catimage_free(&ci);
	is_int(catmodel_follow(m, db, &changed), ERR_OK, "again");
	ok(!changed, "nothing changed");
	/* A change that was not announced is not seen; one that was is, and nothing else
	 * with it. */
	testdb_exec(db, "UPDATE account SET status = 0 WHERE id = 43");
	(void)change("UPDATE offer SET name = 'Clogs', status = 3 WHERE id = 251",
	    BUMP_OFFER, 251);
	(void)change(
	    "UPDATE landing_page SET deleted = TRUE WHERE id = 311", BUMP_OFFER, 251);
	is_int(catmodel_follow(m, db, &changed), ERR_OK, "a changed offer is read");
	ok(changed && catmodel_version(m) == 3, "at its version");
	c = image_of(m, &ci, 2000);
	ok(str_eq(catalog_text(c, catalog_offer(c, 251)->name), STR("Clogs")) &&
		catalog_offer(c, 251)->status == CAT_SUSPENDED &&
		catalog_landing_page(c, 311)->deleted &&
		catalog_offer(c, 251)->commission_id == 7,
	    "whole");
	ok(catalog_affiliate(c, 43)->status == 2, "and nothing else");
	catalog_unmap(&c);
	catimage_free(&ci);
	(void)change("UPDATE account SET deleted = TRUE WHERE id = 9", BUMP_ACCOUNT, 9);
	(void)change("DELETE FROM offer WHERE id = 252", BUMP_OFFER, 252);
	(void)change(
	    "REPLACE INTO setting VALUES ('fallback_url', '', 2)", BUMP_SETTING, 0);
	is_int(catmodel_follow(m, db, &changed), ERR_OK,
	    "an account, a setting and a deleted row");
	c = image_of(m, &ci, 2000);
	ok(catalog_offer(c, 251)->advertiser_gone, "the advertiser is gone");
	ok(catalog_offer(c, 252) == NULL, "the offer too");
	ok(catalog_text(c, catalog_net(c)->fallback_url).p == NULL, "and the fallback");
	catalog_unmap(&c);
	catimage_free(&ci);
	catmodel_free(&m);
}

/* ----- what offers of SmartLinks earn ----- */

static void
sums(uint32_t offer, us_t at, unsigned status, long long charge, long long clicks)
{
	char sql[512];

	(void)snprintf(sql, sizeof(sql),
	    "INSERT INTO rollup_status (bucket, offer_id, landing_page_id, affiliate_id, "
	    "advertiser_id, country, goal_id, status, currency, node_id, n, n_null, "
	    "charge, charge_b, revenue, revenue_b) VALUES (%lld, %u, 1, 42, 9, 0, 0, %u, "
	    "'EUR', 1, 1, 0, 7, %lld, 5, 5)",
	    (long long)clock_bucket(at), offer, status, charge);
	testdb_exec(db, sql);
	(void)snprintf(sql, sizeof(sql),
	    "INSERT INTO rollup_booked (bucket, offer_id, landing_page_id, "
	    "commission_id, "
	    "affiliate_id, advertiser_id, country, currency, node_id, page_view, bot, "
	    "refused) VALUES (%lld, %u, 1, %u, 42, 9, 0, 'EUR', 1, %lld, 1000, 1000)",
	    (long long)clock_bucket(at), offer, status, clicks);
	testdb_exec(db, sql);
}

/* The EPC of offers 251, 252 and 253 as a click of the category meets it. */
static void
earned(struct catmodel *m, us_t now, bool want_change, const int64_t want[3],
    const char *when)
{
	bool changed = false;
	struct catimage *ci;
	struct catalog *c;
	const struct cat_smartlink *s;
	const struct cat_smart_offer *o = NULL;
	unsigned n = 0;

	is_int(catmodel_earnings(m, db, now, &changed), ERR_OK, when);
	ok(changed == want_change, want_change ? "is a change" : "is none");
	c = image_of(m, &ci, now);
	s = doors_smartlink(c, STR("cccccccccccccccccccccccc"));
	if (s != NULL)
		o = catalog_smart_offers(c, s->offers, &n);
	ok(n == 3, "three offers");
	for (unsigned i = 0; i < 3; i++)
		is_int(i < n ? o[i].epc : -1, want[i], "what a click earned");
	catalog_unmap(&c);
	catimage_free(&ci);
}

/* Of seven days by the quarter of an hour: what clicks that count brought in base
 * currency, of all conversions but declined ones. */
static void
test_earnings(void)
{
	const us_t now = 20000 * US_DAY, week = now - 7 * US_DAY;
	struct catmodel *m = catmodel_new();
	bool changed;

	testdb_exec(db,
	    "INSERT INTO offer (id, hex24, name, created_us, updated_us) VALUES "
	    "(253, 'e', 'Hats', 1, 1)");
	testdb_exec(db, "INSERT INTO smartlink_category (id, hex24, name, created_us, "
			"updated_us) VALUES (1, REPEAT('c', 24), 'All', 1, 1)");
	testdb_exec(db,
	    "INSERT INTO offer_smartlink (offer_id, category_id) VALUES (251, "
	    "1), (252, 1), (253, 1)");
	is_int(catmodel_follow(m, db, &changed), ERR_OK, "a category is read");
	earned(m, now, false, (const int64_t[]){0, 0, 0}, "before anybody clicked");
	sums(251, week, 1, 900, 90);           /* the first quarter that counts */
	sums(251, week - 1, 1, 500000, 1);     /* the one before it */
	sums(251, now - US_DAY, 3, 500000, 0); /* declined */
	sums(251, now - US_DAY, 2, 100, 5);    /* pending and on hold count */
	sums(251, now - US_DAY, 5, 50, 5);
	sums(252, now - 3600 * US_SECOND, 1, 700, 0); /* brought in by import: no click */
	earned(m, now, true, (const int64_t[]){1050 / 100, 700, 0}, "a week");
	earned(m, now, false, (const int64_t[]){10, 700, 0}, "the same again");
	sums(253, now, 1, 30, 4);
	earned(m, now, true, (const int64_t[]){10, 700, 7}, "one more sale");
	earned(m, now + 900 * US_SECOND, true, (const int64_t[]){150 / 10, 700, 7},
	    "a quarter of an hour later the first is no longer in it");
	earned(m, now + 8 * US_DAY, true, (const int64_t[]){0, 0, 0},
	    "and after a week nothing is");
	testdb_exec(db, "DELETE FROM rollup_status");
	testdb_exec(db, "DELETE FROM rollup_booked");
	catmodel_free(&m);
}

/* ----- how full caps are ----- */

#define COUNTED_CAP(type_, period_) (100u + (type_)*10 + (period_))

/* What the database has of a cap: 5 in the window of `now`, half of it by each of two
 * nodes where it counts clicks, 99 in the one before. */
static void
put_counts(unsigned type, unsigned period, us_t now)
{
	const unsigned id = COUNTED_CAP(type, period);
	const bool of_clicks = type == CAP_UNIQUES || type == CAP_CLICKS;
	char sql[512];
	us_t from, to;

	caprule_window((uint8_t)period, zone_get(STR("Europe/Berlin")), now, &from, &to);
	(void)snprintf(sql, sizeof(sql),
	    "INSERT INTO cap (id, rev, offer_id, type, period, value, goals, on_full) "
	    "VALUES (%u, 3, 251, %u, %u, 9, 1, 'trafficback')",
	    id, type, period);
	testdb_exec(db, sql);
	(void)snprintf(sql, sizeof(sql),
	    of_clicks ? "INSERT INTO cap_click (cap_id, rev, window_us, affiliate_id, "
			"node_id, n) VALUES (%1$u, 3, %2$lld, 0, 1, 2), (%1$u, 3, "
			"%2$lld, 0, 2, 3), (%1$u, 2, %2$lld, 0, 2, 99), (%1$u, 3, "
			"%3$lld, 0, 1, 99), (%1$u, 3, %2$lld, 42, 1, 7)"
		      : "INSERT INTO cap_count (cap_id, rev, window_us, affiliate_id, "
			"goal_id, n) VALUES (%1$u, 3, %2$lld, 0, 0, 4), (%1$u, 3, "
			"%2$lld, 0, 5, 5), (%1$u, 2, %2$lld, 0, 5, 99), (%1$u, 3, "
			"%3$lld, 0, 0, 99), (%1$u, 3, %2$lld, 42, 0, 7)",
	    id, (long long)from, (long long)from - 1);
	testdb_exec(db, sql);
}

static int64_t
counted(struct captable *t, unsigned type, unsigned period, uint32_t affiliate, us_t at)
{
	us_t from, to;

	caprule_window((uint8_t)period, zone_get(STR("Europe/Berlin")), at, &from, &to);
	return captable_count(
	    t, caprule_key(COUNTED_CAP(type, period), 3, affiliate, from));
}

/* Each type in each window, and in the one that follows: the moment is handed in. */
static void
test_cap_counts(void)
{
	const us_t now = 17800 * US_DAY + 40000 * US_SECOND;
	const struct zone *z = zone_get(STR("Europe/Berlin"));
	static struct captable t;

	for (unsigned type = 0; type < CAP_TYPES; type++)
		for (unsigned p = CAP_DAY; p < CAP_PERIODS; p++)
			put_counts(type, p, now);
	is_int(capcounts_refresh(db, &t, z, 1, now), ERR_OK, "counts are read");
	for (unsigned type = 0; type < CAP_TYPES; type++)
		for (unsigned p = CAP_DAY; p < CAP_PERIODS; p++) {
			us_t from, to;

			caprule_window((uint8_t)p, z, now, &from, &to);
			ok(counted(&t, type, p, 0, now) == 5 &&
				counted(&t, type, p, 42, now) == 7,
			    "type %u in window %u: of all nodes, the fullest goal", type,
			    p);
			if (p == CAP_ALL)
				continue;
			is_int(capcounts_refresh(db, &t, z, 1, to), ERR_OK, "at its end");
			ok(counted(&t, type, p, 0, to) == 0, "the next has nothing yet");
			is_int(capcounts_refresh(db, &t, z, 1, now), ERR_OK, "back");
		}
	testdb_exec(db, "DELETE FROM cap WHERE id >= 100");
}

/* Waits for an image of at least this version. */
static struct catalog *
wait_image(struct shm *shm, uint64_t version)
{
	const us_t until = clock_mono_us() + 30 * US_SECOND;
	struct catalog *c = NULL;

	while (c == NULL && clock_mono_us() < until) {
		char path[CATALOG_PATH];

		catalog_path(path, shm_path(shm), shm_catalog_gen(shm));
		c = catalog_map(path, NULL);
		if (c != NULL && catalog_version(c) < version)
			catalog_unmap(&c);
		if (c == NULL)
			(void)usleep(1000);
	}
	return c;
}

static unsigned
images_in(const char *dir)
{
	char cmd[4300];
	unsigned n = 99;
	FILE *p;

	(void)snprintf(cmd, sizeof(cmd), "ls '%s' | grep -c '^catalog-'", dir);
	p = popen(cmd, "r");
	if (p == NULL || fscanf(p, "%u", &n) != 1)
		printf("# cannot list %s\n", dir);
	if (p != NULL)
		(void)pclose(p);
	return n;
}

static void
test_counts(struct shm *shm)
{
	const us_t until = clock_mono_us() + 30 * US_SECOND;
	const uint64_t key = caprule_key(8, 0, 0, 0);

	testdb_exec(db, "INSERT INTO cap_count (cap_id, window_us, n) VALUES (8, 0, 77), "
			"(8, 12345, 78)");
	while (captable_count(shm_caps(shm), key) != 77 && clock_mono_us() < until)
		(void)usleep(1000);
	is_int(captable_count(shm_caps(shm), key), 77,
	    "a cap's count of the open window gets into shared memory");
	testdb_exec(db, "UPDATE cap_count SET n = 76 WHERE cap_id = 8 AND window_us = 0");
	while (captable_count(shm_caps(shm), key) != 76 && clock_mono_us() < until)
		(void)usleep(1000);
	is_int(captable_count(shm_caps(shm), key), 76, "and follows");
}

static void
test_thread(void)
{
	char dir[] = "/tmp/affiliated-cat-XXXXXX", why[SHM_WHY], cmd[300];
	struct settings *set = settings_new();
	struct inherited in = {.set = set};
	struct catalogd *d;
	struct catalog *c, *old;
	uint64_t version;
	us_t begin;

	if (mkdtemp(dir) == NULL)
		exit(1);
	ok(settings_set(set, "state_dir", dir, why, sizeof(why)) &&
		settings_set(set, "shm_dir", dir, why, sizeof(why)) &&
		settings_set(set, "database", "external", why, sizeof(why)) &&
		settings_set(set, "database_socket", getenv("AFFILIATED_TEST_SOCKET"),
		    why, sizeof(why)) &&
		settings_set(set, "database_user", "root", why, sizeof(why)) &&
		settings_set(set, "database_name", testdb_name, why, sizeof(why)) &&
		settings_set(set, "ring_clicks_bytes", "64KiB", why, sizeof(why)) &&
		settings_set(set, "ring_events_bytes", "64KiB", why, sizeof(why)),
	    "settings");
	in.shm = shm_open_all(set, 1, why);
	if (!ok(in.shm != NULL, "shared memory: %s", why))
		return;
	d = catalogd_start(&in);
	old = wait_image(in.shm, 6);
	ok(old != NULL, "an image is published");
	version =
	    change("UPDATE offer SET name = 'Sandals' WHERE id = 251", BUMP_OFFER, 251);
	begin = clock_mono_us();
	shm_want_version(in.shm, version);
	c = wait_image(in.shm, version);
	ok(c != NULL &&
		str_eq(catalog_text(c, catalog_offer(c, 251)->name), STR("Sandals")),
	    "a change is in the next one");
	printf("# after %lld us\n", (long long)(clock_mono_us() - begin));
	catalog_unmap(&c);
	version =
	    change("UPDATE offer SET name = 'Slippers' WHERE id = 251", BUMP_OFFER, 251);
	c = wait_image(in.shm, version);
	ok(c != NULL &&
		str_eq(catalog_text(c, catalog_offer(c, 251)->name), STR("Slippers")),
	    "also when nobody asks");
	ok(old != NULL &&
		str_eq(catalog_text(old, catalog_offer(old, 251)->name), STR("Clogs")),
	    "an older one that is mapped is still read");
	catalog_unmap(&old);
	catalog_unmap(&c);
	test_counts(in.shm);
	catalogd_stop(&d);
	is_int(images_in(shm_path(in.shm)), 1, "one image is kept");
	d = catalogd_start(&in);
	version =
	    change("UPDATE offer SET name = 'Boots' WHERE id = 251", BUMP_OFFER, 251);
	c = wait_image(in.shm, version);
	ok(c != NULL, "a new thread goes on");
	catalog_unmap(&c);
	catalogd_stop(&d);
	shm_close(&in.shm);
	settings_free(&set);
	(void)snprintf(cmd, sizeof(cmd), "rm -r %s", dir);
	ok(system(cmd) == 0, "cleaned up");
}

int
main(void)
{
	db = testdb_open();
	log_level(LOG_WARN_);
	test_model();
	test_thread();
	test_earnings();
	test_cap_counts();
	testdb_close(&db);
	return tap_done();
}
