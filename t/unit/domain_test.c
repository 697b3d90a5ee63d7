/* SPDX-License-Identifier: Apache-2.0
 * domain_test.c - accounts, keys, settings, offers, rules and caps against a real
 * MariaDB.
 */
#include <sodium.h>

#include "domain/apikey.h"
#include "domain/goal.h"
#include "domain/netset.h"
#include "domain/offer.h"
#include "report/offerfind.h"

#include "testdb.h"

static struct change ch;

/* One step of a test: a change_f over nothing but `what`. */
static enum err
run(change_f *fn, void *what)
{
	return change_run(&ch, fn, what);
}

static void
is_fault(enum err want, const char *param, const char *what)
{
	if (!ok(ch.fault.err == want && strcmp(ch.fault.param, param) == 0, "%s", what))
		printf("#   got %s, param '%s': %s\n", err_text(ch.fault.err),
		    ch.fault.param, ch.fault.text);
}

/* ---- the network's settings ---- */

struct pair {
	const char *name, *value;
};

static enum err
do_set(struct change *c, void *what)
{
	const struct pair *p = what;

	return netset_set(c, str_of(p->name), str_of(p->value));
}

static enum err
set(const char *name, const char *value)
{
	return run(do_set, &(struct pair){name, value});
}

static void
is_setting(const char *name, const char *want)
{
	struct str v = STR_NONE;
	enum err rc = netset_get(ch.db, ch.arena, str_of(name), &v);

	if (!ok(rc == ERR_OK && str_eq(v, str_of(want)), "%s is \"%s\"", name, want))
		printf("#   got %s, \"%.*s\"\n", err_text(rc), STR_ARG(v));
}

static void
test_defaults_are_readable(void)
{
	const struct netset_doc *docs;
	struct netset n;
	size_t count;

	docs = netset_docs(&count);
	ok(count > 20, "there are settings");
	for (size_t i = 0; i < count; i++) {
		ok(docs[i].text[0] != '\0', "%s says what it is", docs[i].name);
		is_int(set(docs[i].name, docs[i].def), ERR_OK, docs[i].name);
	}
	is_int(testdb_int(ch.db, "SELECT COUNT(*) FROM setting"), 0,
	    "a default that is set again is no change");
	is_int(netset_load(ch.db, ch.arena, &n), ERR_OK, "all are read");
	ok(str_eq(n.time_zone, STR("UTC")) && str_eq(n.base_currency, STR("USD")) &&
		n.stat_unique_seconds == 86400 && n.STORE_PAYMENTS_BY_PERIOD &&
		!n.ALLOW_REMOTE_VOID_POSTS && n.ADMIN_API_ALLOWED_IPS.n == 0,
	    "with their defaults");
}

static void
test_setting_values(void)
{
	static const struct {
		const char *name, *value, *stored; /* NULL: refused */
	} cases[] = {
	    {"ADMIN_API_ALLOWED_IPS", "127.0.0.1 , 10.0.0.0/8\n::1",
		"127.0.0.1,10.0.0.0/8,::1"},
	    {"admin_api_allowed_ips", "192.0.2.1", "192.0.2.1"},
	    {"ADMIN_API_ALLOWED_IPS", "localhost", NULL},
	    {"ALLOW_REMOTE_VOID_POSTS", "yes", "1"},
	    {"ALLOW_REMOTE_VOID_POSTS", "OFF", "0"},
	    {"ALLOW_REMOTE_VOID_POSTS", "2", NULL},
	    {"stat_unique_seconds", "3600", "3600"},
	    {"stat_unique_seconds", "0", NULL},
	    {"stat_unique_seconds", "1e3", NULL},
	    {"time_zone", "Europe/Berlin", "Europe/Berlin"},
	    {"time_zone", "Europe", NULL},
	    {"time_zone", "../../etc/passwd", NULL},
	    {"time_zone", "", NULL},
	    {"base_currency", "eur", "EUR"},
	    {"base_currency", "EURO", NULL},
	    {"base_currency", "E1R", NULL},
	    {"default_authorized", "de, at,DE", "DE,AT"},
	    {"default_authorized", "Germany", NULL},
	    {"default_authorized", "", ""},
	    {"unauthenticated_posts", "PENDING", "pending"},
	    {"unauthenticated_posts", "maybe", NULL},
	    {"fallback_url", "https://fallback.example/?a=%%click_hash%%",
		"https://fallback.example/?a=%%click_hash%%"},
	    {"fallback_url", "javascript:alert(1)", NULL},
	    {"fallback_url", "", ""},
	};
	char text[80];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		enum err rc = set(cases[i].name, cases[i].value);

		if (cases[i].stored != NULL) {
			is_int(rc, ERR_OK, cases[i].name);
			is_setting(cases[i].name, cases[i].stored);
			continue;
		}
		(void)snprintf(
		    text, sizeof(text), "setting case %zu is refused and named", i);
		is_fault(ERR_INVALID, cases[i].name, text);
	}
	is_int(set("no_such_setting", "1"), ERR_NOT_FOUND, "an unknown setting");
	is_fault(ERR_NOT_FOUND, "no_such_setting", "is named");
}

static void
test_fixed_settings(void)
{
	testdb_exec(ch.db, "INSERT INTO stored_period VALUES (1, 0, 1, 2)");
	is_int(set("time_zone", "UTC"), ERR_DENIED,
	    "the zone is fixed once a period is stored");
	is_int(set("base_currency", "USD"), ERR_DENIED, "and so is the currency");
	is_int(set("base_currency", "EUR"), ERR_OK, "saying what is so already is fine");
	testdb_exec(ch.db, "DELETE FROM stored_period");
	is_int(set("time_zone", "UTC"), ERR_OK, "without one it moves");
	testdb_exec(ch.db, "INSERT INTO rollup_booked (bucket, offer_id, "
			   "landing_page_id, commission_id, "
			   "affiliate_id, advertiser_id, country, currency, node_id) "
			   "VALUES (1,1,1,1,1,1,0,'EUR',1)");
	is_int(set("base_currency", "USD"), ERR_DENIED,
	    "the currency is fixed once something is booked");
	testdb_exec(ch.db, "DELETE FROM rollup_booked");
	is_int(set("base_currency", "USD"), ERR_OK, "back to dollars");
}

static enum err
do_rate(struct change *c, void *what)
{
	const struct pair *p = what;
	money_t rate;

	return money_parse(str_of(p->value), &rate)
		   ? netset_set_rate(c, str_of(p->name), rate)
		   : ERR_INVALID;
}

static void
test_rates(void)
{
	int64_t rate = -1;

	is_int(run(do_rate, &(struct pair){"eur", "0.92"}), ERR_OK, "a rate is set");
	is_int(netset_rate(ch.db, STR("EUR"), ch.now, &rate), ERR_OK, "and read");
	is_int(rate, 920000, "in micro-units");
	is_int(netset_rate(ch.db, STR("eur"), ch.now - 1, &rate), ERR_OK,
	    "a moment earlier");
	is_int(rate, 0, "there was none");
	is_int(
	    netset_rate(ch.db, STR("usd"), ch.now, &rate), ERR_OK, "the base currency");
	is_int(rate, MONEY_UNIT, "has the rate 1");
	is_int(
	    run(do_rate, &(struct pair){"USD", "2"}), ERR_INVALID, "and gets no other");
	is_int(run(do_rate, &(struct pair){"GBP", "0"}), ERR_INVALID, "no rate is 0");
}

static void
test_versions_rise(void)
{
	int64_t before = testdb_int(ch.db, "SELECT version FROM catalog_version");

	is_int(set("retry_window", "61"), ERR_OK, "a change");
	is_int((long long)ch.version, before + 1, "has the next version");
	is_int(testdb_int(ch.db, "SELECT version FROM catalog_version"), before + 1,
	    "which is stored");
	is_int(testdb_int(ch.db, "SELECT COUNT(*) FROM catalog_change c JOIN "
				 "catalog_version v USING (version) "
				 "WHERE c.kind = 1 AND c.object_id = 0"),
	    1, "and recorded");
	is_int(set("retry_window", "x"), ERR_INVALID, "a change that is refused");
	is_int(testdb_int(ch.db, "SELECT version FROM catalog_version"), before + 1,
	    "raises nothing");
}

/* ---- accounts and keys ---- */

struct new_account {
	struct account a;
	struct str password;
};

static enum err
do_add(struct change *c, void *what)
{
	struct new_account *n = what;

	return account_add(c, &n->a, n->password);
}

static enum err
do_store(struct change *c, void *what)
{
	struct new_account *n = what;

	return account_store(c, &n->a, n->password);
}

static struct new_account
new_account(enum account_type type, const char *username, const char *email)
{
	struct new_account n = {.password = STR("")};

	account_init(&n.a, type);
	n.a.username = str_of(username);
	n.a.email = str_of(email);
	return n;
}

static void
test_account_add(void)
{
	struct new_account n = new_account(ACCOUNT_AFFILIATE, "anna", "anna@example.com");
	struct account got;
	const struct payvia pv[] = {
	    {STR("Pay To"), STR("Anna")}, {STR("City"), STR("Bonn")}};
	int64_t id;

	n.password = STR("correct horse");
	n.a.payvia_type_id = 1;
	n.a.minimum_payout = OPT(50 * MONEY_UNIT);
	n.a.custom3 = STR("three");
	n.a.person.city = STR("K\xc3\xb6ln");
	n.a.payvia = pv;
	n.a.n_payvia = 2;
	is_int(run(do_add, &n), ERR_OK, "an affiliate is made");
	ok(n.a.id > 0 && hex24_is(n.a.hex24), "with both ids");
	is_int(account_load(ch.db, ch.arena, n.a.id, &got), ERR_OK, "and read");
	ok(str_eq(got.username, STR("anna")) && got.type == ACCOUNT_AFFILIATE &&
		str_eq(got.hex24, n.a.hex24) && got.minimum_payout.given &&
		got.minimum_payout.v == 50 * MONEY_UNIT && !got.ref_percent.given &&
		str_eq(got.custom3, STR("three")) &&
		str_eq(got.person.city, STR("K\xc3\xb6ln")) && got.created_us == ch.now &&
		got.manager_id == 0,
	    "as it was");
	ok(got.n_payvia == 2 && str_eq(got.payvia[0].field, STR("City")) &&
		str_eq(got.payvia[1].value, STR("Anna")),
	    "with its payment details");
	ok(str_starts(got.password_hash, STR("$argon2id$")), "the password is argon2id");
	ok(account_password_is(&got, STR("correct horse")) &&
		!account_password_is(&got, STR("correct hors")) &&
		!account_password_is(&got, STR("")),
	    "and is told from others");
	is_int(account_by_username(ch.db, STR("anna"), ACCOUNT_AFFILIATE, &id), ERR_OK,
	    "found by name");
	is_int(id, got.id, "it is that one");
	is_int(account_by_username(ch.db, STR("anna"), ACCOUNT_ADMIN, &id), ERR_NOT_FOUND,
	    "not as another type");
	is_int(account_by_username(ch.db, STR("Anna"), 0, &id), ERR_NOT_FOUND,
	    "names compare as bytes");
	is_int(account_by_hex24(ch.db, got.hex24, 0, &id), ERR_OK,
	    "found by its 24 hex digits");
	is_int(account_is(ch.db, got.id, ACCOUNT_ADVERTISER), ERR_NOT_FOUND,
	    "it is no advertiser");
}

static void
test_account_unique(void)
{
	struct new_account n =
	    new_account(ACCOUNT_ADVERTISER, "anna", "other@example.com");

	is_int(run(do_add, &n), ERR_EXISTS, "a name is unique over all types");
	is_fault(ERR_EXISTS, "username", "and named");
	n = new_account(ACCOUNT_ADVERTISER, "'account_email'", "anna@example.com");
	is_int(run(do_add, &n), ERR_EXISTS, "an e-mail address is unique");
	is_fault(ERR_EXISTS, "email", "and named");
	n = new_account(ACCOUNT_ADVERTISER, "", "anna@shop.example");
	is_int(run(do_add, &n), ERR_OK, "a name is made from the address");
	ok(str_starts(n.a.username, STR("anna-")), "with an end when it is taken");
	n = new_account(ACCOUNT_ADVERTISER, "", NULL);
	n.a.title = STR("Shop & Co. KG");
	is_int(run(do_add, &n), ERR_OK, "or from the title");
	ok(str_eq(n.a.username, STR("Shop-Co-KG")),
	    "in characters that a tracking code may hold");
	n = new_account(ACCOUNT_ADVERTISER, "", "");
	is_int(run(do_add, &n), ERR_OK, "or from nothing");
	ok(n.a.email.p == NULL, "and an empty address is none");
}

static void
test_account_refused(void)
{
	static const struct {
		const char *username, *email, *param;
	} cases[] = {
	    {"a.b", "a@b", "username"},
	    {"a/b", "a@b", "username"},
	    {" a", "a@b", "username"},
	    {"a\nb", "a@b", "username"},
	    {"a\xff", "a@b", "username"},
	    {"x1", "ab", "email"},
	    {"x1", "@b", "email"},
	    {"x1", "a@", "email"},
	    {"x1", "a@b@c", "email"},
	    {"x1", "a b@c", "email"},
	};
	struct new_account n;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		n = new_account(ACCOUNT_AFFILIATE, cases[i].username, cases[i].email);
		is_int(run(do_add, &n), ERR_INVALID, cases[i].param);
		is_fault(ERR_INVALID, cases[i].param, "is named");
	}
	n = new_account(ACCOUNT_AFFILIATE, "x1", "x1@example.com");
	n.a.payvia_type_id = 99;
	is_int(run(do_add, &n), ERR_INVALID, "an unknown payment method");
	is_fault(ERR_INVALID, "payvia", "is named");
	n.a.payvia_type_id = 0;
	n.a.ref_account_id = 9999;
	is_int(run(do_add, &n), ERR_INVALID, "an unknown referrer");
	n.a.ref_account_id = 0;
	n.a.person.join_ip = STR("1.2.3");
	is_int(run(do_add, &n), ERR_INVALID, "a sign-up address that is none");
	n.a.person.join_ip = STR("");
	n.a.status = 6;
	is_int(run(do_add, &n), ERR_INVALID, "an unknown status");
	is_int(testdb_int(ch.db, "SELECT COUNT(*) FROM account WHERE username = 'x1'"), 0,
	    "nothing of it stays");
}

static void
test_account_store(void)
{
	struct new_account n = new_account(ACCOUNT_AFFILIATE, "ben", "ben@example.com");
	struct account got;

	n.password = STR("first");
	is_int(run(do_add, &n), ERR_OK, "an account to edit");
	n.a.status = ACCOUNT_BANNED;
	n.a.person.tel = STR("123");
	n.password = STR("");
	is_int(run(do_store, &n), ERR_OK, "is written back");
	is_int(account_load(ch.db, ch.arena, n.a.id, &got), ERR_OK, "and read");
	ok(got.status == ACCOUNT_BANNED && str_eq(got.person.tel, STR("123")),
	    "with what changed");
	ok(account_password_is(&got, STR("first")), "an empty password leaves it");
	n.a.username = STR("anna");
	is_int(run(do_store, &n), ERR_EXISTS, "a name that another has");
	n.a.username = STR("ben");
	testdb_exec(ch.db, "UPDATE account SET deleted = 1 WHERE username = 'ben'");
	is_int(account_load(ch.db, ch.arena, n.a.id, &got), ERR_NOT_FOUND,
	    "a deleted one is not there");
}

struct key_step {
	int64_t id;
	bool rotate, at_once;
	char key[APIKEY_LEN + 1];
	uint64_t ended;
};

static enum err
do_key(struct change *c, void *what)
{
	struct key_step *k = what;

	return k->rotate ? apikey_rotate(c, k->id, k->at_once, k->key)
			 : apikey_create(c, k->id, k->key);
}

static enum err
do_revoke(struct change *c, void *what)
{
	struct key_step *k = what;

	return apikey_revoke(c, k->id, &k->ended);
}

static bool
opens(const char *key, us_t when)
{
	int64_t id;

	return apikey_find(ch.db, str_of(key), when, &id) == ERR_OK && id == 7;
}

static void
test_keys(void)
{
	struct key_step a = {.id = 7}, b = {.id = 7, .rotate = true}, d;

	is_int(run(do_key, &a), ERR_OK, "a key is made");
	ok(strlen(a.key) == 32 && strspn(a.key, "0123456789abcdef") == 32,
	    "of 32 hex digits");
	ok(opens(a.key, ch.now), "it opens");
	is_int(testdb_int(ch.db, "SELECT LENGTH(key_hash) FROM api_key"), 32,
	    "its hash is stored");
	ok(!opens("", ch.now) && !opens("0", ch.now), "others do not");
	is_int(run(do_key, &b), ERR_OK, "it is rotated");
	ok(strcmp(a.key, b.key) != 0 && opens(b.key, ch.now), "the new one opens");
	ok(opens(a.key, ch.now + US_DAY - 1) && !opens(a.key, ch.now + US_DAY),
	    "the old one for a day more");
	d = b;
	d.at_once = true;
	is_int(run(do_key, &d), ERR_OK, "rotated at once");
	ok(!opens(a.key, ch.now) && !opens(b.key, ch.now) && opens(d.key, ch.now),
	    "only the newest opens");
	is_int(run(do_revoke, &d), ERR_OK, "revoked");
	is_int((long long)d.ended, 1, "one key ended");
	ok(!opens(d.key, ch.now), "and opens no more");
}

/* ---- offers ---- */

struct new_offer {
	struct offer o;
	struct landingpage lp;
};

static enum err
do_offer_add(struct change *c, void *what)
{
	struct new_offer *n = what;

	return offer_add(c, &n->o, &n->lp);
}

static enum err
do_offer_store(struct change *c, void *what)
{
	struct offer *o = what, old;
	enum err rc = offer_lock(c, o->id, &old);

	return rc != ERR_OK ? rc : offer_store(c, o);
}

static struct new_offer
new_offer(const char *name, const char *url)
{
	struct new_offer n;

	offer_init(&n.o);
	landingpage_init(&n.lp, 0);
	n.o.name = str_of(name);
	n.lp.url = str_of(url);
	return n;
}

static int64_t
test_offer_add(void)
{
	struct new_offer n = new_offer("Shoes", "http://shop.example/?c=%%click_hash%%");
	struct offer got;
	int64_t id;

	n.o.authorized = STR("US,GB");
	n.o.conversion_default = OPT(0);
	n.o.date_expire = 77 * US_DAY;
	is_int(run(do_offer_add, &n), ERR_OK, "an offer is made");
	is_int(offer_load(ch.db, ch.arena, n.o.id, &got), ERR_OK, "and read");
	ok(str_eq(got.name, STR("Shoes")) && got.status == OFFER_ACTIVE &&
		got.privacy == OFFER_PUBLIC && got.conversion_default.given &&
		got.conversion_default.v == 0 && !got.continuity_default.given &&
		got.date_live == 0 && got.date_expire == 77 * US_DAY &&
		got.cookie_duration == 30 && got.deduct_voids &&
		str_eq(got.authorized, STR("US,GB")),
	    "as it was");
	ok(got.n_lp == 1 && offer_default_lp(&got) == &got.lp[0] &&
		str_eq(got.lp[0].name, STR("Shoes")) &&
		got.lp[0].conversion_type == LP_POST,
	    "with its default landing page");
	ok(got.commission_id > 0 && got.commission_shortname.p == NULL,
	    "and a commission");
	ok(got.n_rule == 0 && offer_base_rule(&got) == NULL && got.n_cap == 0,
	    "and nothing else");
	is_int(
	    offer_by_hex24(ch.db, got.hex24, &id), ERR_OK, "found by its 24 hex digits");
	is_int(id, got.id, "it is that one");
	is_int(offer_state(&got, 77 * US_DAY - 1), OFFER_ACTIVE, "active before its end");
	is_int(offer_state(&got, 77 * US_DAY), OFFER_SUSPENDED, "suspended from then on");
	got.status = OFFER_STOPPED;
	is_int(offer_state(&got, 77 * US_DAY), OFFER_STOPPED, "stopped is stopped");
	got.description = STR("Red shoes");
	got.hidden = true;
	got.date_expire = 0;
	is_int(run(do_offer_store, &got), ERR_OK, "written back");
	is_int(testdb_int(ch.db, "SELECT COUNT(*) FROM offer WHERE description = 'Red "
				 "shoes' AND hidden AND "
				 "status = 2 AND date_expire IS NULL"),
	    1, "with what changed");
	return got.id;
}

static void
refused(struct new_offer *n, enum err want, const char *param, const char *what)
{
	is_int(run(do_offer_add, n), want, what);
	is_fault(want, param, "is named");
}

static void
test_offer_refused(void)
{
	struct new_offer n;

	n = new_offer("", "http://a.example/");
	refused(&n, ERR_MISSING, "name", "an offer needs a name");
	n = new_offer("x", "");
	refused(&n, ERR_MISSING, "url", "and a URL");
	n = new_offer("x", "http://{sub1}/");
	refused(&n, ERR_INVALID, "url", "of one host");
	n = new_offer("x", "http://a.example/");
	n.o.authorized = STR("US,XX");
	refused(&n, ERR_INVALID, "authorized", "real countries");
	n = new_offer("x", "http://a.example/");
	n.o.hold_period = 61;
	refused(&n, ERR_INVALID, "hold_period", "a hold of at most 60 days");
	n = new_offer("x", "http://a.example/");
	n.o.advertiser_id = 1;
	refused(&n, ERR_INVALID, "advertiser_id", "an advertiser that is one");
	n = new_offer("x", "http://a.example/");
	n.o.conversion_default = OPT(-1);
	refused(&n, ERR_INVALID, "conversion_default", "amounts that are not negative");
	n = new_offer("x", "http://a.example/");
	n.o.expire_lp_id = 4711;
	refused(&n, ERR_INVALID, "expire_lp_id", "a landing page that is there");
	is_int(testdb_int(ch.db, "SELECT COUNT(*) FROM offer WHERE name = 'x'"), 0,
	    "nothing of it stays");
	is_int(testdb_int(ch.db, "SELECT COUNT(*) FROM landing_page WHERE name = 'x'"), 0,
	    "nor a landing page");
}

static enum err
do_rule_put(struct change *c, void *what)
{
	return rule_put(c, what);
}

static enum err
do_rule_end(struct change *c, void *what)
{
	return rule_end(c, what);
}

static void
test_rules(int64_t offer)
{
	struct rule r, restricted;
	struct offer got;
	int64_t first;

	rule_init(&r, offer, STR("USD"));
	r.commission_type = RULE_CPS;
	r.pct_conversion = OPT(15 * PCT_UNIT);
	r.adv_cost_type = COST_CONVERSION;
	r.adv_flat = OPT(25 * MONEY_UNIT);
	clock_set(1000);
	is_int(run(do_rule_put, &r), ERR_OK, "a price is set");
	first = r.id;
	clock_set(2000);
	is_int(run(do_rule_put, &r), ERR_OK, "and once more");
	is_int(r.id, first, "which changes nothing");
	is_int((long long)ch.version, 0, "and raises no version");
	r.pct_conversion = OPT(20 * PCT_UNIT);
	is_int(run(do_rule_put, &r), ERR_OK, "another price");
	ok(r.id != first, "is a new row");
	is_int(
	    testdb_int(ch.db, "SELECT valid_to_us FROM payout_rule ORDER BY id LIMIT 1"),
	    2000, "the old one ends");
	is_int(testdb_int(
		   ch.db, "SELECT pct_conversion FROM payout_rule ORDER BY id LIMIT 1"),
	    150000, "and stays as it was");
	is_int(testdb_int(ch.db,
		   "SELECT valid_from_us FROM payout_rule ORDER BY id DESC LIMIT 1"),
	    2000, "where the new one begins");
	clock_set(1500);
	r.pct_conversion = OPT(21 * PCT_UNIT);
	is_int(run(do_rule_put, &r), ERR_OK, "a clock that was set back");
	is_int(r.valid_from_us, 2001, "does not make versions overlap");
	clock_set(3000);
	restricted = r;
	restricted.change_id = -1;
	restricted.countries = STR("US,GB");
	is_int(run(do_rule_put, &restricted), ERR_OK, "a price for countries");
	is_int(restricted.change_id, 1, "is the next change");
	is_int(offer_load(ch.db, ch.arena, offer, &got), ERR_OK, "the offer");
	ok(got.n_rule == 2 && offer_base_rule(&got) == &got.rule[0] &&
		got.rule[0].id == r.id && str_eq(got.rule[1].countries, STR("US,GB")) &&
		str_eq(got.rule[1].goal, STR("1")),
	    "has the two in force");
	is_int(run(do_rule_end, &restricted), ERR_OK, "it is taken away");
	is_int(run(do_rule_end, &restricted), ERR_OK, "twice is fine");
	is_int(offer_load(ch.db, ch.arena, offer, &got), ERR_OK, "the offer");
	is_int((long long)got.n_rule, 1, "has one left");
	restricted.change_id = -1;
	is_int(run(do_rule_put, &restricted), ERR_OK, "another");
	is_int(restricted.change_id, 2, "takes no number again");
	r.currency = STR("CHF");
	is_int(run(do_rule_put, &r), ERR_INVALID, "a currency without a rate");
	is_fault(ERR_INVALID, "currency", "is named");
	r.currency = STR("EUR");
	r.aff_conversion = OPT(-1);
	is_int(run(do_rule_put, &r), ERR_INVALID, "a negative rate");
	is_fault(ERR_INVALID, "aff_conversion", "is named");
	clock_set(0);
}

static void
test_rule_helpers(void)
{
	struct rule a, b;

	rule_init(&a, 1, STR("USD"));
	b = a;
	a.countries = STR("US,GB");
	b.countries = STR("GB,US");
	ok(rule_same_place(&a, &b) && rule_same(&a, &b),
	    "the order of countries says nothing");
	b.country_exclude = true;
	ok(!rule_same_place(&a, &b), "all but them is another place");
	a.countries = b.countries = STR("");
	ok(rule_same_place(&a, &b), "but not when there are none");
	b.goal_id = 3;
	ok(!rule_same_place(&a, &b), "and so is another goal");
	a.commission_type = RULE_CPS;
	a.aff_click = a.aff_continuity = a.pct_conversion = OPT(1);
	rule_drop_dormant(&a);
	ok(!a.aff_click.given && !a.aff_continuity.given && a.pct_conversion.given,
	    "cps counts percentages alone");
	is_int(rule_narrow_type(&a), RULE_CPS, "which is its narrowest type");
	a.aff_conversion = OPT(0);
	is_int(rule_narrow_type(&a), RULE_HYBRID, "with a flat rate it is a hybrid");
	a.pct_conversion = OPT_NONE;
	is_int(rule_narrow_type(&a), RULE_CPA, "without the percentage, cpa");
	a.aff_conversion = OPT_NONE;
	is_int(rule_narrow_type(&a), RULE_NONE, "without any rate, none");
	ok(rule_has_no_conversion_price(&a), "and no price for conversions");
}

static enum err
do_goal(struct change *c, void *what)
{
	int64_t *id = what;

	return goal_make(c, STR("Install"), id);
}

static enum err
do_bad_goal(struct change *c, void *what)
{
	int64_t *id = what;

	return goal_make(c, STR("two words"), id);
}

static void
test_goals(void)
{
	int64_t id = 0, again = 0;

	ok(goal_value_ok(STR("a-B_9")) && !goal_value_ok(STR("0")) &&
		!goal_value_ok(STR("")) && !goal_value_ok(STR("a b")),
	    "what a goal value is");
	is_int(goal_find(ch.db, STR("1"), &id), ERR_OK, "goal 1");
	is_int(id, 0, "is the base conversion");
	is_int(
	    goal_find(ch.db, STR("install"), &id), ERR_NOT_FOUND, "a goal nobody named");
	is_int(run(do_goal, &id), ERR_OK, "is made");
	is_int(run(do_goal, &again), ERR_OK, "once");
	is_int(again, id, "and found then");
	is_int(goal_find(ch.db, STR("INSTALL"), &again), ERR_OK, "in any case");
	is_int(again, id, "it is that one");
	is_int(run(do_bad_goal, &id), ERR_INVALID, "two words are no goal");
}

static enum err
do_cap(struct change *c, void *what)
{
	return offercap_put(c, what);
}

static enum err
do_cap_delete(struct change *c, void *what)
{
	return offercap_delete(c, what);
}

static void
test_caps(int64_t offer)
{
	struct offercap p;
	struct offer got;
	int64_t id;

	offercap_init(&p);
	p.offer_id = offer;
	p.period = CAP_DAY;
	p.value = 10;
	is_int(run(do_cap, &p), ERR_OK, "a cap");
	id = p.id;
	p.value = 20;
	is_int(run(do_cap, &p), ERR_OK, "raised");
	is_int(p.id, id, "keeps its number");
	is_int(p.rev, 0, "and what is counted");
	is_int(offer_load(ch.db, ch.arena, offer, &got), ERR_OK, "the offer");
	ok(got.n_cap == 1 && got.cap[0].value == 20 &&
		got.cap[0].on_full == CAP_DECLINE && got.cap[0].statuses == 38,
	    "has it");
	p.statuses = 1 << 1;
	is_int(run(do_cap, &p), ERR_OK, "only confirmed ones");
	is_int(p.rev, 1, "are counted anew");
	p.value = -1;
	is_int(run(do_cap, &p), ERR_INVALID, "a negative one");
	is_fault(ERR_INVALID, "value", "is named");
	is_int(run(do_cap_delete, &p), ERR_OK, "deleted");
	is_int(offer_load(ch.db, ch.arena, offer, &got), ERR_OK, "the offer");
	is_int((long long)got.n_cap, 0, "has none");
}

static size_t
found(const struct offer_filter *f, const char *what, int64_t want)
{
	int64_t *ids, total = -1;
	size_t n;

	is_int(offerfind_ids(ch.db, ch.arena, f, &ids, &n, &total), ERR_OK, "a list");
	is_int(total, want, what);
	return n > 0 ? (size_t)ids[0] : 0;
}

static void
test_find(int64_t first)
{
	struct new_offer b = new_offer("Bags", "http://b.example/"),
			 z = new_offer("zebra 90%", "http://z.example/");
	struct offer_filter f = {.now = 100 * US_DAY, .count = 10};
	int64_t *ids, total;
	struct offer *list;
	size_t n;

	is_int(run(do_offer_add, &b), ERR_OK, "a second offer");
	z.o.date_expire = 50 * US_DAY;
	is_int(run(do_offer_add, &z), ERR_OK, "a third");
	(void)found(&f, "all three", 3);
	f.name = STR("Bags");
	is_int((long long)found(&f, "by name", 1), b.o.id, "the second");
	f.name = STR("bags");
	(void)found(&f, "names are exact", 0);
	f.name = STR_NONE;
	f.name_like = STR("90%");
	is_int((long long)found(&f, "by a part of the name, no wildcards", 1), z.o.id,
	    "the third");
	f.name_like = STR_NONE;
	f.q = STR("BAG");
	(void)found(&f, "searched in any case", 1);
	f.q = arena_printf(ch.arena, "%lld", (long long)first);
	is_int((long long)found(&f, "searched by number", 1), first, "the first");
	f.q = STR_NONE;
	f.states = 1u << OFFER_ACTIVE;
	is_int((long long)found(&f, "active now", 1), b.o.id, "the second");
	f.states = 1u << OFFER_SUSPENDED;
	is_int((long long)found(&f, "expired", 1), z.o.id, "the third");
	f.states = 1u << OFFER_STOPPED | 1u << OFFER_SUSPENDED;
	(void)found(&f, "two states", 2);
	f.states = 0;
	f.privacies = 1u << OFFER_PRIVATE;
	(void)found(&f, "private ones", 0);
	f.privacies = 0;
	f.no_hidden = true;
	(void)found(&f, "but the hidden", 2);
	f.no_hidden = false;
	f.countries = STR("DE");
	(void)found(&f, "with a payment for Germany", 1);
	f.countries = STR("DE,US");
	(void)found(&f, "or the States", 1);
	f.countries = STR_NONE;
	f.hex24s = arena_printf(ch.arena, "[\"%.*s\"]", STR_ARG(b.o.hex24));
	is_int((long long)found(&f, "by 24 hex digits", 1), b.o.id, "the second");
	f.hex24s = STR_NONE;
	f.ids = offer_ids_json(ch.arena, (const int64_t[]){first, b.o.id, 999}, 3);
	(void)found(&f, "by numbers", 2);
	f.ids = STR_NONE;
	f.order = BY_TITLE_DOWN;
	is_int((long long)found(&f, "by title downwards", 3), z.o.id, "the third first");
	f.order = BY_ID_DOWN;
	f.count = 2;
	f.skip = 2;
	is_int(offerfind_ids(ch.db, ch.arena, &f, &ids, &n, &total), ERR_OK,
	    "the second page");
	ok(n == 1 && total == 3 && ids[0] == first, "has the rest");
	is_int(offer_list(ch.db, ch.arena, (const int64_t[]){z.o.id, 999, first, z.o.id},
		   4, &list, &n),
	    ERR_OK, "several at once");
	ok(n == 2 && list[0].id == z.o.id && list[1].id == first && list[0].n_lp == 1 &&
		list[1].n_lp == 1 && list[0].n_rule == 0 && list[1].n_rule == 2,
	    "each once, in order, with its parts");
}

int
main(void)
{
	struct db *db = testdb_open();
	int64_t offer;

	if (sodium_init() < 0)
		return 1;
	ch = (struct change){.db = db, .arena = arena_new()};
	test_defaults_are_readable();
	test_setting_values();
	test_fixed_settings();
	test_rates();
	test_versions_rise();
	test_account_add();
	test_account_unique();
	test_account_refused();
	test_account_store();
	test_keys();
	test_goals();
	offer = test_offer_add();
	test_offer_refused();
	test_rules(offer);
	test_rule_helpers();
	test_caps(offer);
	test_find(offer);
	arena_free(&ch.arena);
	testdb_close(&db);
	return tap_done();
}
