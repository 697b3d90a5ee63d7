/* SPDX-License-Identifier: Apache-2.0
 * click.c - see click.h.
 */
#include "track/click.h"

#include "base/iplist.h"
#include "track/clickid.h"
#include "track/clicklink.h"
#include "track/clickpay.h"
#include "track/deeplink.h"
#include "track/impression.h"
#include "track/smartpick.h"

#include <sodium.h>

#define VISITOR_SECONDS (365 * 86400)
#define TEST_WORD "testofferlink"

static const char page[] = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta "
			   "charset=\"utf-8\"><title>Not available</title>"
			   "<meta name=\"robots\" content=\"noindex\"></head>\n"
			   "<body><p>This offer is not available.</p></body></html>\n";

struct str
click_page(void)
{
	return str_n(page, sizeof(page) - 1);
}

/* ---- headers ---- */

static bool
has_word(struct str s, struct str word)
{
	while (s.n >= word.n) {
		if (str_ieq(str_n(s.p, word.n), word))
			return true;
		s = str_n(s.p + 1, s.n - 1);
	}
	return false;
}

bool
click_is_prefetch(
    struct str sec_purpose, struct str purpose, struct str x_purpose, struct str x_moz)
{
	return has_word(sec_purpose, STR("prefetch")) ||
	       has_word(sec_purpose, STR("prerender")) ||
	       has_word(purpose, STR("prefetch")) || has_word(purpose, STR("preview")) ||
	       has_word(x_purpose, STR("prefetch")) ||
	       has_word(x_purpose, STR("preview")) || has_word(x_moz, STR("prefetch"));
}

static void
read_visitor_facts(struct click *k)
{
	const struct click_in *in = k->in;
	struct macro_facts *f = &k->facts;

	f->ua_text = pad_clean(&k->pad, in->ua, UA_LONGEST);
	f->referrer = pad_clean(&k->pad, in->referrer, 1024);
	k->ua = ua_read(k->env->ua, f->ua_text);
	f->cat = k->env->cat;
	f->zone = k->env->zone;
	f->now = in->now;
	f->vars = &k->vars;
	f->ua = k->ua;
	f->geo = k->env->geo;
	geo_memo_look(k->env->memo, in->ip, &k->place);
	f->country = k->place.country;
	f->ip = in->ip;
	surfer_read(
	    &k->surfer, in->cookie, in->ip, ua_hash(f->ua_text), in->accept_language);
	k->rec.country = f->country;
	k->rec.device_type = k->ua->device_type;
	k->rec.connection = k->place.link;
	memcpy(k->rec.ip, in->ip, sizeof(k->rec.ip));
	memcpy(k->rec.currency, catalog_net(k->env->cat)->base_currency,
	    sizeof(k->rec.currency));
}

static bool
token_is(struct str set, struct str sent)
{
	return set.n > 0 && set.n == sent.n && sodium_memcmp(set.p, sent.p, set.n) == 0;
}

/* E8: only those who may administrate, or know the token, skip targeting, since such a
 * link would else be a way around it.  The token goes no further than here. */
static bool
is_test(struct click *k)
{
	const struct catalog *c = k->env->cat;
	struct str token;

	if (!str_eq(k->facts.sub[0], STR(TEST_WORD)))
		return false;
	token = vars_take(&k->vars, STR("test_token"));
	return iplist_has(catalog_text(c, catalog_net(c)->admin_ips), k->in->ip) ||
	       token_is(catalog_text(c, catalog_net(c)->test_token), token);
}

/* sub6 to sub8 are Affise's alone and stay among the variables. */
static void
describe_visitor(const struct click *k, struct targeting_visitor *v)
{
	static const struct str further[] = {STR("sub6"), STR("sub7"), STR("sub8")};

	v->now = k->in->now;
	v->zone = k->env->zone;
	v->place = &k->place;
	v->ua = k->ua;
	v->ip = k->in->ip;
	memcpy(v->sub, k->facts.sub, sizeof(k->facts.sub));
	for (unsigned i = 0; i < ARRAY_LEN(further); i++)
		v->sub[5 + i] = vars_get(&k->vars, further[i]);
}

static struct surfer_table
surfers(const struct click *k)
{
	return (struct surfer_table){.seen = k->env->seen,
	    .hint = k->env->hint,
	    .random = k->env->random,
	    .arg = k->env->arg,
	    .now_s = (uint32_t)(k->in->now / US_SECOND)};
}

/* For redirect rules. */
static bool
is_new(void *arg, const struct cat_offer *o)
{
	struct click *k = arg;
	const struct surfer_table t = surfers(k);

	return surfer_is_new(
	    &k->surfer, &t, k->facts.affiliate->id, o->id, o->redirect_unique_seconds);
}

static uint32_t
draw(void *arg)
{
	const struct click *k = arg;
	uint8_t bytes[16];
	uint32_t n;

	k->env->random(k->env->arg, bytes);
	memcpy(&n, bytes, sizeof(n));
	return n;
}

static struct cap_ask
ask_caps(const struct click *k)
{
	return (struct cap_ask){.cat = k->env->cat,
	    .clock = k->env->clock,
	    .now = k->in->now,
	    .affiliate_id = k->facts.affiliate->id,
	    .count = k->env->count,
	    .add = k->env->add,
	    .arg = k->env->arg};
}

/* Of a click, or of an impression: what is asked of either. */
static struct aim_ask
ask_aim(struct click *k, struct targeting_visitor *visitor, const struct cap_ask *caps)
{
	describe_visitor(k, visitor);
	return (struct aim_ask){
	    .cat = k->env->cat,
	    .affise = clicklink_is_affise(k),
	    .test = is_test(k),
	    .now = k->in->now,
	    .affiliate = k->facts.affiliate,
	    .offer = k->aim.offer,
	    .lp = k->aim.lp,
	    .country = k->facts.country,
	    .visitor = visitor,
	    .caps = caps,
	    .device_type = k->ua->device_type,
	    .counts = !k->in->head && !k->in->prefetch && !k->ua->bot,
	    .random = draw,
	    .is_new = is_new,
	    .arg = k,
	};
}

/* Who is no visitor sees what others see. */
static void
leave_out_bots(struct click *k)
{
	if (k->verdict != VERDICT_COUNTED)
		return;
	if (k->in->head || k->in->prefetch)
		k->verdict = VERDICT_PREFETCH;
	else if (k->ua->bot)
		k->verdict = VERDICT_BOT;
}

static void
take_aim(struct click *k)
{
	struct targeting_visitor visitor;
	const struct cap_ask caps = ask_caps(k);
	struct aim_ask ask = ask_aim(k, &visitor, &caps);

	if (k->smart != NULL) {
		ask.offer = k->aim.offer = smartpick(&ask, k->smart);
		if (ask.offer == NULL) {
			k->verdict = VERDICT_NO_SMART_OFFER;
			return;
		}
	}
	aim_take(&ask, &k->aim);
	k->verdict = k->aim.verdict;
	if (k->verdict == VERDICT_COUNTED && k->moved)
		k->verdict = VERDICT_MOVED;
	leave_out_bots(k);
}

/* An impression: may it be shown, and what. */
static void
take_display(struct click *k)
{
	struct targeting_visitor visitor;
	const struct aim_ask ask = ask_aim(k, &visitor, NULL);
	const enum verdict v = aim_display(&ask, &k->aim.lp);
	const struct showrule_ask who = {.now = k->in->now,
	    .affiliate = k->facts.affiliate->id,
	    .offer = k->aim.offer->id,
	    .landing_page = k->aim.lp == NULL ? 0 : k->aim.lp->id};

	k->verdict = v;
	if (v >= VERDICT_REFUSED)
		return;
	k->verdict = impression_choose(k->env->cat, k->rec.adtool_id, &who, &k->aim.url);
	if (v == VERDICT_TEST && k->verdict == VERDICT_COUNTED)
		k->verdict = VERDICT_TEST;
	leave_out_bots(k);
}

/* ---- counting ---- */

static void
count_uniques(struct click *k)
{
	const struct surfer_table t = surfers(k);
	bool of_offer;

	if (surfer_is_unique(&k->surfer, &t, k->facts.affiliate->id, k->aim.offer->id,
		catalog_net(k->env->cat)->stat_unique_seconds, &of_offer))
		k->rec.flags |= CLICK_UNIQUE;
	if (of_offer)
		k->rec.flags |= CLICK_UNIQUE_OFFER;
}

/* Most clicks stay with the offer of their link. */
static void
expect_visitor(struct click *k)
{
	const struct surfer_table t = surfers(k);

	if (k->smart == NULL && !k->in->head && !k->in->prefetch && !k->ua->bot)
		surfer_expect(&k->surfer, &t, k->facts.affiliate->id, k->aim.offer->id,
		    k->aim.offer->redirects.n > 0);
}

static void
count_caps(struct click *k)
{
	if (k->aim.offer->caps.n > 0) {
		const struct cap_ask caps = ask_caps(k);

		capcheck_count(&caps, k->aim.offer, (k->rec.flags & CLICK_UNIQUE) != 0);
	}
}

static void
price(struct click *k)
{
	struct price_ask ask = {.at = k->in->now,
	    .zone = k->env->zone,
	    .country = k->facts.country,
	    .affiliate = k->facts.affiliate->id,
	    .sub = k->facts.sub};
	struct price_rule rule;
	struct price_click got;
	unsigned n;
	const struct price_rule *rules =
	    catalog_rules(k->env->cat, k->aim.offer->rules, &n);

	ask.pool = catalog_pool(k->env->cat, &ask.n_pool);
	if (!price_choose(rules, n, &ask, &rule))
		return;
	if (k->in->door == CLICK_BY_IMP)
		price_impression(&rule, k->aim.offer->advertiser_id != 0, &got);
	else
		price_click(&rule, (k->rec.flags & CLICK_UNIQUE) != 0,
		    k->aim.offer->advertiser_id != 0, &got);
	k->rec.rule_id = rule.id;
	k->rec.payout = got.payout;
	k->rec.revenue = got.revenue;
	memcpy(k->rec.currency, rule.currency, sizeof(k->rec.currency));
}

void
click_begin(struct click *k, const struct click_env *env, const struct click_in *in)
{
	struct str own_url;

	/* The memory and the code's bytes are filled as needed: clearing them would cost
	 * more than all the rest. */
	memset(&k->rec, 0, sizeof(k->rec));
	memset(&k->facts, 0, sizeof(k->facts));
	memset(&k->aim, 0, sizeof(k->aim));
	k->env = env;
	k->in = in;
	k->n_cookies = 0;
	k->location = k->path = k->subids = STR_NONE;
	k->moved = k->json = k->hostnpost = false;
	k->smart = NULL;
	k->vars.n = 0;
	k->vars.dropped = false;
	k->pad = (struct pad){k->memory, 0, sizeof(k->memory)};
	read_visitor_facts(k);
	vars_read(&k->vars, &k->pad, in->query, &clicklink_bounds);
	k->rec.flags = (in->https ? CLICK_HTTPS : 0) |
		       (in->door == CLICK_BY_TTRACK ? CLICK_TTRACK : 0);
	if (clicklink_hostnpost(k))
		read_visitor_facts(k);
	k->verdict = clicklink_read(k);
	if (k->verdict == VERDICT_COUNTED && k->hostnpost &&
	    (!clicklink_may_host(k, in->ip) || !clicklink_is_signed(k, in)))
		k->verdict = VERDICT_HOSTNPOST;
	if (k->verdict != VERDICT_COUNTED)
		return;
	if (in->door == CLICK_BY_IMP) {
		take_display(k);
	} else {
		expect_visitor(k);
		take_aim(k);
	}
	if (k->verdict != VERDICT_COUNTED)
		return;
	if (in->door != CLICK_BY_IMP) {
		count_uniques(k);
		count_caps(k);
		own_url = clickpay_url(k);
		if (own_url.n > 0)
			k->aim.url = own_url;
	}
	price(k);
}

/* ---- the answer ---- */

/* The place where nothing more fits is left without what made it too long: first without
 * what the link carried on, then without variables. */
static void
build_location(struct click *k)
{
	const bool to_offer = k->verdict < VERDICT_REFUSED,
		   affise = clicklink_is_affise(k);
	const struct cat_landing_page *shown = k->aim.shown_lp;
	struct str url =
	    k->aim.offer == NULL ? aim_nowhere(k->env->cat, affise) : k->aim.url;
	char plain[CLICK_LOCATION_MAX];
	struct str filled;
	bool as_is = false;

	if (url.n == 0)
		return;
	k->facts.offer = k->aim.offer;
	k->facts.lp = k->aim.lp;
	memcpy(k->facts.currency, k->rec.currency, sizeof(k->facts.currency));
	/* What an ad network shows as the next hop has to be it; where rules sent the
	 * click elsewhere, they are what an administrator wants more. */
	if (to_offer && k->aim.chain.n == 0)
		url = clicklink_transparent(k, url, &as_is);
	if (to_offer && affise && !as_is && shown != NULL && k->aim.offer != NULL &&
	    shown->offer_id == k->aim.offer->id)
		url = clicklink_target(k, url);
	filled = macro_expand(plain, sizeof(plain), url, k->aim.raw_url, &k->facts);
	if (filled.p == NULL)
		filled = url;
	if (to_offer && !as_is && shown != NULL &&
	    (affise ? k->path.n > 0 : !shown->no_deep_link))
		k->location = deeplink_join(k->url, CLICK_LOCATION_MAX, filled, k->path,
		    affise ? NULL : &k->vars, k->aim.raw_url);
	if (k->location.p == NULL && filled.n <= CLICK_LOCATION_MAX) {
		memcpy(k->url, filled.p, filled.n);
		k->location = str_n(k->url, filled.n);
	}
}

/* A text put together piece by piece in the pad; printf costs more than all the rest of a
 * cookie. */
static void
piece(struct click *k, struct str *text, struct str s)
{
	if (pad_copy(&k->pad, s).p != NULL)
		text->n += s.n;
}

static void
piece_number(struct click *k, struct str *text, uint64_t n)
{
	char b[20];
	size_t at = sizeof(b);

	do
		b[--at] = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	piece(k, text, str_n(b + at, sizeof(b) - at));
}

/* A cookie that lives so many seconds; 0: until the browser is closed.  `text` is name
 * and value. */
static void
add_cookie(struct click *k, struct str text, uint64_t seconds)
{
	if (seconds > 0) {
		piece(k, &text, STR("; Max-Age="));
		piece_number(k, &text, seconds);
	}
	piece(k, &text, STR("; Path=/; HttpOnly; SameSite="));
	piece(k, &text, k->in->https ? STR("None; Secure") : STR("Lax"));
	k->cookie[k->n_cookies++] = text;
}

static struct str
begin_text(const struct click *k)
{
	return str_n(k->pad.p + k->pad.n, 0);
}

static void
add_visitor_cookie(struct click *k)
{
	struct str text = begin_text(k);
	char hex[33];

	(void)sodium_bin2hex(
	    hex, sizeof(hex), k->surfer.visitor, sizeof(k->surfer.visitor));
	piece(k, &text, STR(SURFER_COOKIE "="));
	piece(k, &text, str_n(hex, 32));
	add_cookie(k, text, VISITOR_SECONDS);
}

/* The last link wins, but an in-house account's never takes a surfer from another
 * affiliate (§1.6): its own cookies bear a mark, so that any other is known to be
 * somebody else's. */
static void
add_cookies(struct click *k)
{
	const struct cat_offer *o = k->aim.offer;
	const bool inhouse = k->facts.affiliate->inhouse;
	const char mark = CLICK_INHOUSE_MARK;
	char id[CLICKID_TEXT];
	struct str text = begin_text(k), had;

	piece(k, &text, STR(CLICK_COOKIE_PREFIX));
	piece_number(k, &text, o->id);
	had = vars_cookie(k->in->cookie, text);
	if (!inhouse || had.n == 0 || had.p[had.n - 1] == mark) {
		clickid_hash(id, k->rec.id);
		piece(k, &text, STR("="));
		piece(k, &text, str_of(id));
		piece(k, &text, str_n(&mark, inhouse ? 1 : 0));
		add_cookie(k, text, (uint64_t)o->cookie_days * 86400);
	}
	if (!k->surfer.has_cookie)
		add_visitor_cookie(k);
}

/* What was asked for and what sent the click on last, if anything did. */
static void
write_way(struct click *k)
{
	const struct hop_chain *chain = &k->aim.chain;

	if (chain->n == 0)
		return;
	k->rec.asked_offer_id = chain->asked->id;
	k->rec.asked_lp_id = chain->asked_lp == NULL ? 0 : chain->asked_lp->id;
	k->rec.via = chain->at[chain->n - 1].why;
	k->rec.via_id = chain->at[chain->n - 1].id;
}

static struct str
place_text(struct click *k)
{
	struct str text = begin_text(k);

	if (k->place.region.n == 0 && k->place.city.n == 0)
		return STR_NONE;
	piece(k, &text, k->place.region);
	piece(k, &text, STR("\n"));
	piece(k, &text, k->place.city);
	return text;
}

/* What a click that is not of an affiliate and offer is recorded with: its numbers as
 * sent, in `extra`. */
static size_t
write_record(struct click *k, unsigned char *rec, size_t cap)
{
	const struct macro_facts *f = &k->facts;
	struct rec_click *r = &k->rec;
	char chain[HOP_TEXT], browser[SURFER_BROWSER_TEXT];
	size_t n = sizeof(*r);

	if (k->aim.offer != NULL) {
		r->offer_id = k->aim.offer->id;
		r->commission_id = k->aim.offer->commission_id;
		r->advertiser_id = k->aim.offer->advertiser_id;
		r->affiliate_id = f->affiliate->id;
		r->landing_page_id = k->aim.lp == NULL ? 0 : k->aim.lp->id;
		write_way(k);
	}
	r->verdict = (uint8_t)k->verdict;
	memcpy(rec, r, sizeof(*r));
	/* All of it fits: CLICK_RECORD_MAX is more than the longest texts together. */
	(void)rec_put(rec, cap, &n, F_ua, f->ua_text);
	(void)rec_put(rec, cap, &n, F_referrer, f->referrer);
	(void)rec_put(rec, cap, &n, F_sub1, f->sub[0]);
	(void)rec_put(rec, cap, &n, F_sub2, f->sub[1]);
	(void)rec_put(rec, cap, &n, F_sub3, f->sub[2]);
	(void)rec_put(rec, cap, &n, F_sub4, f->sub[3]);
	(void)rec_put(rec, cap, &n, F_sub5, f->sub[4]);
	(void)rec_put(rec, cap, &n, F_ocid, f->ocid);
	(void)rec_put(rec, cap, &n, F_subids, k->subids);
	/* A server that asks for a visitor does not say what languages he reads. */
	if (!k->hostnpost) {
		surfer_browser_text(browser, k->surfer.browser);
		(void)rec_put(rec, cap, &n, F_browser, str_n(browser, sizeof(browser)));
	}
	if (k->aim.chain.n > 0)
		(void)rec_put(rec, cap, &n, F_chain, hop_text(chain, &k->aim.chain));
	(void)rec_put(rec, cap, &n, F_place, place_text(k));
	(void)rec_put(rec, cap, &n, F_isp, k->place.isp);
	(void)rec_put(rec, cap, &n, F_extra, vars_rest(&k->vars, &k->pad, 4096));
	return n;
}

size_t
click_finish(struct click *k, struct click_id id, unsigned char *rec, size_t cap)
{
	assert(cap >= CLICK_RECORD_MAX);
	k->rec.id = id;
	if (k->in->door == CLICK_BY_IMP) {
		k->how = CAT_HTTP302;
		k->location = k->verdict < VERDICT_REFUSED ? k->aim.url : STR_NONE;
		return write_record(k, rec, cap);
	}
	if (k->verdict < VERDICT_REFUSED)
		k->facts.id = id;
	build_location(k);
	k->how = k->verdict < VERDICT_REFUSED && k->aim.shown->redirect_type != 0
		     ? (enum cat_redirect_type)k->aim.shown->redirect_type
		     : CAT_HTTP302;
	if (k->verdict == VERDICT_COUNTED)
		add_cookies(k);
	return write_record(k, rec, cap);
}
