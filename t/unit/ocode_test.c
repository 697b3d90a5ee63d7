/* SPDX-License-Identifier: Apache-2.0
 * ocode_test.c - tracking codes, click ids, and the catalog image they are looked up in.
 */
#include "track/catimage.h"
#include "track/clickid.h"
#include "track/ocode.h"

#include "tap.h"

#include <stdlib.h>

static void
test_clickid_parse(void)
{
	static const struct {
		const char *text;
		enum clickid_form form;
		us_t us;
		int64_t lo;
	} cases[] = {
	    /* the samples of nats-behaviour.md 1.5 */
	    {"35b71a300115be9.16738986", CLICKID_OURS, 1534173952071102, 3916738986},
	    {"156097c947ece92.38318951", CLICKID_OURS, 1443462292519401, 1238318951},
	    {"4590c9a7f415651.29006866", CLICKID_OURS, 1493998207267621, 4129006866},
	    {"ac35ffba0fc0007.24591976", CLICKID_FOREIGN, 0, 0},
	    {"5b71a300115be30036a453aa", CLICKID_OURS, 1534173952071102, 3916738986},
	    {"507f1f77bcf86cd799439011", CLICKID_FOREIGN, 0, 0}, /* a Mongo id */
	    {"35b71a300115bea.16738986", CLICKID_FOREIGN, 0,
		0}, /* the first decimal is none */
	    {"35b71a300f42409.16738986", CLICKID_FOREIGN, 0,
		0}, /* a million microseconds */
	    {"3000000000000.00000000", CLICKID_FOREIGN, 0, 0},
	    {"35B71A300115BE9.16738986", CLICKID_BAD, 0, 0},
	    {"35b71a300115be9.1673898", CLICKID_BAD, 0, 0},
	    {"35b71a300115be9.167389866", CLICKID_BAD, 0, 0},
	    {"35b71a300115be9.1673898a", CLICKID_BAD, 0, 0},
	    {"35b71a30011.16738986", CLICKID_BAD, 0, 0},
	    {"5b71a300115be30036a453a", CLICKID_BAD, 0, 0},
	    {"5b71a300115be30036a453aag", CLICKID_BAD, 0, 0},
	    {"", CLICKID_BAD, 0, 0},
	    {".", CLICKID_BAD, 0, 0},
	    {"                        ", CLICKID_BAD, 0, 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct click_id id = {0, 0};
		enum clickid_form form = clickid_parse(str_of(cases[i].text), &id);

		ok(form == cases[i].form && id.us == cases[i].us && id.lo == cases[i].lo,
		    "clickid_parse(\"%s\")", cases[i].text);
	}
}

static void
test_clickid_write(void)
{
	struct click_id id = {1534173952071102, 3916738986}, back;
	char b[CLICKID_TEXT];

	clickid_hash(b, id);
	is_str(b, "35b71a300115be9.16738986", "the hash of a click id");
	clickid_hex24(b, id);
	is_str(b, "5b71a300115be30036a453aa", "its 24 hex digits");
	id = clickid_make(1534173952000001, 916, 473, 98986);
	ok(clickid_node(id) == 916 && clickid_slot(id) == 473,
	    "node and slot are found again");
	clickid_hash(b, id);
	is_str(b, "35b71a300000019.16478986", "three digits node, two slot, four random");
	ok(clickid_parse(str_of(b), &back) == CLICKID_OURS && back.us == id.us &&
		back.lo == id.lo,
	    "both ways");
	for (unsigned slot = 0; slot < 1000; slot++) {
		id = clickid_make(1, 1 + slot % 999, slot, slot * 7919);
		clickid_hex24(b, id);
		if (clickid_parse(str_of(b), &back) != CLICKID_OURS || back.lo != id.lo ||
		    clickid_slot(back) != slot) {
			ok(false, "slot %u", slot);
			return;
		}
	}
	ok(true, "every slot, in hex");
}

static void
test_parse(void)
{
	static const struct {
		const char *code;
		const char *fields; /* NULL: refused */
		bool unencoded, old;
	} cases[] = {
	    /* the samples of nats-behaviour.md 1.3 */
	    {"MS4xOTIuMTM5LjEyOS4yNC4wLjAuMC4wLjAuMC4w", "1.192.139.129.24.0.0.0.0.0.0.0",
		false, false},
	    {"Mi4yNjguMjc3LjMwNC4wLjAuMC4wLjAuNjIuMC4w", "2.268.277.304.0.0.0.0.0.62.0.0",
		false, false},
	    {"MS4xLjEuMS4wLjAuMC4wLjAuMC4wLjA", "1.1.1.1.0.0.0.0.0.0.0.0", false, false},
	    {"NS41LjE3LjE3LjAuMS4yLjMuMC4wLjAuMA", "5.5.17.17.0.1.2.3.0.0.0.0", false,
		false},
	    {"NS41LjE3LjE3LjAuMS4yLjMuMC4wLjEsMiwzLDQsNS4w",
		"5.5.17.17.0.1.2.3.0.0.1,2,3,4,5.0", false, true},
	    {"MS4yLjEuNS4wLjAuMC4w", "1.2.1.5.0.0.0.0.0.0.0.0", false, false},
	    {"MS4xLjEuMS4wLjAuMC4wLjAuMC4wLjA=", "1.1.1.1.0.0.0.0.0.0.0.0", false, false},
	    {"NQ==", "5.0.0.0.0.0.0.0.0.0.0.0", false, false},
	    /* thirteen fields: the eleventh is dropped */
	    {"MS4yLjMuNC41LjYuNy44LjkuMTAuMTEuMTIuMTM", "1.2.3.4.5.6.7.8.9.10.12.13",
		false, true},
	    /* fourteen */
	    {"MS4yLjMuNC41LjYuNy44LjkuMTAuMTEuMTIuMTMuMTQ", NULL, false, false},
	    {"bob.7.251.310", "bob.7.251.310.0.0.0.0.0.0.0.0", true, false},
	    {"bob.std.shoes.home.0.0.1.2", "bob.std.shoes.home.0.0.1.2.0.0.0.0", true,
		false},
	    {"42.7.251.310", "42.7.251.310.0.0.0.0.0.0.0.0", true, false},
	    {"bob.7.251.310.x", NULL, true, false}, {"bob..251.310", NULL, true, false},
	    {".7.251.310", NULL, true, false}, {"bob.7.25/1.310", NULL, true, false},
	    {".", NULL, true, false}, {"", NULL, false, false}, {"=", NULL, false, false},
	    {"!!!!", NULL, false, false}, {"YWJj", NULL, false, false}, /* abc */
	    {"MS4tMQ", NULL, false, false},                             /* 1.-1 */
	    {"MS4", NULL, false, false},                                /* 1. */
	    {"MTIzNDU2Nzg5MDEyMzQ1Njc4OTAx", NULL, false, false},       /* 21 digits */
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char got[600] = "";
		struct ocode o;
		bool good = ocode_parse(&o, str_of(cases[i].code));

		for (unsigned f = 0; good && f < OCODE_FIELDS; f++)
			(void)snprintf(got + strlen(got), sizeof(got) - strlen(got),
			    "%s" STR_FMT, f == 0 ? "" : ".", STR_ARG(o.f[f]));
		ok(good == (cases[i].fields != NULL) &&
			(!good || (strcmp(got, cases[i].fields) == 0 &&
				      o.unencoded == cases[i].unencoded &&
				      o.old == cases[i].old)),
		    "ocode_parse(\"%s\") gives %s", cases[i].code,
		    good ? got : "nothing");
	}
	{
		char big[OCODE_LONGEST + 2];
		struct ocode o;

		memset(big, 'M', sizeof(big));
		ok(!ocode_parse(&o, str_n(big, OCODE_LONGEST + 1)),
		    "more than 512 bytes are refused");
	}
}

static void
test_write(void)
{
	static const uint64_t ids[OCODE_FIELDS] = {42, 7, 251, 310, 0, 0, 11, 12};
	struct ocode_link l = {
	    .username = STR("bob"), .offer = STR("shoes"), .landing_page = STR("")};
	char b[OCODE_TEXT];
	struct ocode o;

	memcpy(l.id, ids, sizeof(ids));
	ok(ocode_write(b, OCODE_ENCODED, &l) == strlen(b), "the length is returned");
	is_str(
	    b, "NDIuNy4yNTEuMzEwLjAuMC4xMS4xMi4wLjAuMC4w", "encoded: the sample of 2.12");
	ok(ocode_write(b, OCODE_IDS, &l) == strlen(b), "written");
	is_str(b, "bob.7.251.310.0.0.11.12.0.0.0.0", "style ids");
	ok(ocode_write(b, OCODE_SHORTNAMES, &l) == strlen(b), "written");
	is_str(b, "bob.7.shoes.310.0.0.11.12.0.0.0.0",
	    "style shortnames, ids where there is none");
	l.username = STR("b\xc3\xb6 b?");
	ok(ocode_write(b, OCODE_IDS, &l) == strlen(b), "written");
	is_str(b, "b%C3%B6%20b%3F.7.251.310.0.0.11.12.0.0.0.0",
	    "a name is escaped for the URL");
	l.username = STR("b.b");
	is_int((long long)ocode_write(b, OCODE_IDS, &l), 0,
	    "a name with a dot makes no such code");
	for (unsigned i = 0; i < OCODE_FIELDS; i++)
		l.id[i] = UINT64_MAX;
	ok(ocode_write(b, OCODE_ENCODED, &l) > 0 && ocode_parse(&o, str_of(b)) &&
		str_eq(o.f[11], STR("18446744073709551615")),
	    "the longest code is read back");
}

/* Affiliates 42 bob and 43 (deleted), advertiser 9; offers 251 shoes (landing pages 310
 * home, 311) and 252 (deleted). */
static struct catimage *
small_network(void)
{
	struct catimage *ci = catimage_new();
	const struct cat_net net = {.base_currency = "EUR",
	    .stat_unique_seconds = 86400,
	    .fallback_url = catimage_text(ci, STR("http://fallback.example/"))};
	const struct cat_account accounts[] = {
	    {.id = 42, .type = 100, .username = catimage_text(ci, STR("bob"))},
	    {.id = 43,
		.type = 100,
		.deleted = 1,
		.username = catimage_text(ci, STR("gone"))},
	    {.id = 44, .type = 100, .username = catimage_text(ci, STR("42x"))},
	    {.id = 9, .type = 140, .username = catimage_text(ci, STR("shop"))},
	};
	struct cat_offer offer = {.id = 251,
	    .advertiser_id = 9,
	    .default_lp_id = 310,
	    .commission_id = 7,
	    .status = CAT_ACTIVE,
	    .privacy = CAT_PUBLIC,
	    .name = catimage_text(ci, STR("Shoes"))};
	struct cat_landing_page lp = {.id = 310,
	    .offer_id = 251,
	    .url =
		catimage_text(ci, STR("http://shop.example/?click_hash=%%click_hash%%"))};
	struct cat_commission com = {.id = 7, .offer_id = 251};
	struct price_rule rule;

	for (size_t i = 0; i < ARRAY_LEN(accounts); i++)
		catimage_account(ci, &accounts[i]);
	price_rule_init(&rule);
	rule.id = 1;
	offer.rules = (struct cat_list){catimage_rule(ci, &rule), 1};
	offer.authorized = catimage_countries(ci, STR("us, CA,xx9,DE"));
	catimage_offer(ci, &offer, catimage_text(ci, STR("shoes")));
	offer.id = 252;
	offer.deleted = 1;
	offer.commission_id = 8;
	catimage_offer(ci, &offer, catimage_text(ci, STR("boots")));
	catimage_landing_page(ci, &lp, catimage_text(ci, STR("home")));
	lp.id = 311;
	catimage_landing_page(ci, &lp, (struct cat_text){0, 0});
	lp.id = 312;
	lp.offer_id = 252;
	catimage_landing_page(ci, &lp, catimage_text(ci, STR("home")));
	catimage_commission(ci, &com, catimage_text(ci, STR("std")));
	catimage_setting(ci, STR("zeta"), STR("26"));
	catimage_setting(ci, STR("alpha"), STR(""));
	catimage_net(ci, &net);
	return ci;
}

static void
test_resolve(const struct catalog *c)
{
	static const struct {
		const char *code;
		bool good;
		uint32_t login, commission, offer, lp;
	} cases[] = {
	    {"NDIuNy4yNTEuMzEwLjAuMC4xMS4xMi4wLjAuMC4w", true, 42, 7, 251, 310},
	    {"bob.7.251.310.0.0.11.12", true, 42, 7, 251, 310},
	    {"bob.std.shoes.home", true, 42, 7, 251, 310},
	    {"bob.0.shoes.311", true, 42, 7, 251, 311},
	    {"bob.0.251.0", true, 42, 7, 251, 310}, /* the offer's own landing page */
	    {"bob.0.0.311", true, 42, 7, 251, 311}, /* the landing page's offer */
	    {"42.0.251.0", true, 42, 7, 251, 310},  /* an id where the name should be */
	    {"gone.7.251.310", false, 0, 0, 0, 0},  /* a deleted account */
	    {"nobody.7.251.310", false, 0, 0, 0, 0},
	    {"shop.7.251.310", false, 0, 0, 0, 0}, /* an advertiser has no traffic */
	    {"bob.7.252.0", false, 0, 0, 0, 0},    /* a deleted offer */
	    {"bob.0.251.312", false, 0, 0, 0, 0},  /* another offer's landing page */
	    {"bob.8.251.310", false, 0, 0, 0, 0},  /* another offer's commission */
	    {"bob.7.999.0", false, 0, 0, 0, 0}, {"bob.7.nothing.0", false, 0, 0, 0, 0},
	    {"bob.7.4294967547.310", false, 0, 0, 0, 0}, /* 251 + 2^32 */
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct ocode_ids ids;
		struct ocode o;
		bool good =
		    ocode_parse(&o, str_of(cases[i].code)) && ocode_resolve(&o, c, &ids);

		ok(good == cases[i].good &&
			(!good || (ids.id[OCODE_LOGIN] == cases[i].login &&
				      ids.id[OCODE_COMMISSION] == cases[i].commission &&
				      ids.id[OCODE_OFFER] == cases[i].offer &&
				      ids.id[OCODE_LANDING_PAGE] == cases[i].lp)),
		    "ocode_resolve(\"%s\")", cases[i].code);
	}
}

static void
test_image(struct str image)
{
	char why[256] = "";
	struct catalog *c = catalog_of(image.p, image.n, why);
	char *bad = obj_alloc(image.n);
	const struct price_rule *r;
	struct cat_list countries;
	unsigned n;

	if (!ok(c != NULL, "the image is read: %s", why))
		return;
	is_int((long long)catalog_generation(c), 3, "its generation");
	is_int((long long)catalog_version(c), 77, "its version");
	ok(str_eq(catalog_text(c, catalog_net(c)->fallback_url),
	       STR("http://fallback.example/")),
	    "a text of the network");
	ok(str_eq(catalog_setting(c, STR("zeta")), STR("26")), "a setting");
	ok(catalog_setting(c, STR("alpha")).p != NULL &&
		catalog_setting(c, STR("alpha")).n == 0,
	    "an empty one is there");
	ok(catalog_setting(c, STR("beta")).p == NULL, "and one that is not there is not");
	ok(catalog_offer(c, 251) != NULL && catalog_offer(c, 1) == NULL &&
		catalog_offer(c, 0) == NULL,
	    "offers by id");
	r = catalog_rules(c, catalog_offer(c, 251)->rules, &n);
	countries = catalog_offer(c, 251)->authorized;
	ok(n == 1 && r->id == 1 && r->valid_to == PRICE_FOREVER, "a rule");
	ok(catalog_country_in(c, countries, country_pack(STR("CA"))) &&
		catalog_country_in(c, countries, country_pack(STR("US"))) &&
		catalog_country_in(c, countries, country_pack(STR("DE"))) &&
		!catalog_country_in(c, countries, country_pack(STR("FR"))),
	    "a list of countries");
	test_resolve(c);
	catalog_unmap(&c);
	for (size_t at = 0; at < image.n; at += at < 400 ? 1 : 97) {
		memcpy(bad, image.p, image.n);
		bad[at] = (char)(bad[at] ^ 0x40);
		c = catalog_of(bad, image.n, why);
		/* the padding behind the marker's version is all that may change unseen
		 */
		if (c != NULL && !(at >= 12 && at < 16)) {
			ok(false, "a changed byte at %zu is seen", at);
			break;
		}
		catalog_unmap(&c);
	}
	ok(catalog_of(image.p, image.n - 8, why) == NULL, "a cut image is refused: %s",
	    why);
	ok(catalog_map("/nonexistent/catalog", why) == NULL, "so is none: %s", why);
	free(bad);
}

static void
test_many(void)
{
	struct catimage *ci = catimage_new();
	struct catalog *c;
	struct str image;
	bool good = true;

	for (uint32_t i = 1; i <= 20000; i++) {
		char name[16];
		struct cat_account a = {.id = i * 3, .type = 100};

		(void)snprintf(name, sizeof(name), "aff%u", i);
		a.username = catimage_text(ci, str_of(name));
		catimage_account(ci, &a);
	}
	image = catimage_finish(ci, 1, 1);
	c = catalog_of(image.p, image.n, NULL);
	for (uint32_t i = 1; c != NULL && i <= 60000; i++)
		good = good && (catalog_affiliate(c, i) != NULL) == (i % 3 == 0);
	ok(c != NULL && good, "20 000 accounts are found by id, and no others");
	ok(c != NULL && catalog_affiliate_by_name(c, STR("aff777"))->id == 2331 &&
		catalog_affiliate_by_name(c, STR("aff20001")) == NULL,
	    "and by name");
	catalog_unmap(&c);
	catimage_free(&ci);
}

int
main(void)
{
	struct catimage *ci = small_network();
	struct str image = catimage_finish(ci, 3, 77);

	test_clickid_parse();
	test_clickid_write();
	test_parse();
	test_write();
	test_image(image);
	test_many();
	catimage_free(&ci);
	return tap_done();
}
