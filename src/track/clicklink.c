/* SPDX-License-Identifier: Apache-2.0
 * clicklink.c - see clicklink.h.
 */
#include "track/clicklink.h"

#include "track/signature.h"

#include "base/iplist.h"
#include "track/doors.h"
#include "track/subnames.h"

#define LONGEST_PATH 2048
#define LONGEST_SUB 255

/* What a link is about, and what the answer to it is: however many other variables it
 * has, the click counts. */
static const struct str about[] = {STR("pid"), STR("offer_id"), STR("id"), STR("ocode"),
    STR("nats"), STR("hostnpost"), STR("format"), STR("landing_id"),
    STR("prelanding_id")};

/* §1.4: 32 variables, 255 bytes a value, 2 KiB together; subs are among them. */
const struct vars_bounds clicklink_bounds = {.most = 32,
    .name = 64,
    .value = LONGEST_SUB,
    .together = 2048,
    .always = about,
    .n_always = ARRAY_LEN(about)};

/* Names on a link that are not carried on to the landing page nor kept as variables. */
static const struct str nats_own[] = {STR("autocamp"), STR("autosubids"), STR("subids"),
    STR("hostnpost"), STR("ocode"), STR("nats")};

static const struct str nats_subs[] = {
    STR("subaff"), STR("subaff2"), STR("subaff3"), STR("subaff4"), STR("subaff5")};
static const struct str affise_subs[] = {
    STR("sub1"), STR("sub2"), STR("sub3"), STR("sub4"), STR("sub5")};

static void
read_subs(struct click *k, const struct str names[5])
{
	for (unsigned i = 0; i < 5; i++)
		k->facts.sub[i] = vars_take(&k->vars, names[i]);
	k->facts.ocid = vars_take(&k->vars, STR("_ocid"));
}

/* A code that means nothing stays with its row, for the administrator who wonders. */
static void
keep_code(struct click *k, struct str code)
{
	if (k->vars.n < VARS_MAX && code.n > 0)
		k->vars.v[k->vars.n++] =
		    (struct var){.name = STR("ocode"), .value = code};
}

/* A piece of the path, decoded. */
static struct str
decoded(struct click *k, struct str piece)
{
	return pad_decode(&k->pad, piece, OCODE_LONGEST + 1, false);
}

/* The code in the path or in a variable; a tiny one becomes what it stands for. */
static struct str
find_code(struct click *k, struct str in_path)
{
	struct str code = decoded(k, in_path), whole;

	if (code.n == 0)
		code = vars_get(&k->vars, STR("ocode"));
	if (code.n == 0)
		code = vars_get(&k->vars, STR("nats"));
	for (size_t i = 0; i < ARRAY_LEN(nats_own); i++)
		(void)!vars_take(&k->vars, nats_own[i]).n;
	k->facts.ocode = code;
	if (code.n == 0 || str_chr(code, '.') >= 0)
		return code;
	whole = doors_tiny(k->env->cat, code);
	return whole.n > 0 ? whole : code;
}

/* What a link without any code leads to: the landing page of the tracking domain, for the
 * account that the domain or the network names.  false: nobody said. */
static bool
read_domain(struct click *k)
{
	const struct catalog *c = k->env->cat;
	const struct cat_domain *d = doors_domain(c, k->in->host);
	const struct cat_landing_page *lp =
	    d == NULL ? NULL : catalog_landing_page(c, d->landing_page_id);
	const struct cat_offer *o = lp == NULL ? NULL : catalog_offer(c, lp->offer_id);
	const uint32_t id = d == NULL            ? 0
			    : d->account_id != 0 ? d->account_id
						 : catalog_net(c)->house_account;
	const struct cat_account *a = catalog_affiliate(c, id);

	if (o == NULL || o->deleted || lp->deleted || a == NULL || a->deleted ||
	    !cat_may_have_traffic(a))
		return false;
	k->facts.affiliate = a;
	k->aim.offer = o;
	k->aim.lp = lp;
	return true;
}

/* Behind /track/ "<code>/<extra path>"; behind /strack/ what doors_strack() takes apart.
 */
static bool
read_code(struct click *k, struct str *code)
{
	struct str rest = k->in->rest;
	struct doors_strack s;

	if (k->in->door != CLICK_BY_STRACK) {
		*code = find_code(k, str_split(&rest, '/'));
		k->path = pad_decode(&k->pad, rest, LONGEST_PATH, false);
		return ocode_parse(&k->code, *code);
	}
	k->rec.flags |= CLICK_STRACK;
	if (!doors_strack(rest, &s)) {
		*code = rest;
		return false;
	}
	*code = find_code(k, s.code);
	k->path = pad_decode(&k->pad, s.path, LONGEST_PATH, false);
	k->moved = !s.count;
	return ocode_parse(&k->code, *code) &&
	       ocode_replace(&k->code, decoded(k, s.commission), decoded(k, s.offer),
		   decoded(k, s.landing_page));
}

static enum verdict
read_track(struct click *k)
{
	struct ocode_ids *ids = &k->ids;
	struct str code;
	bool good;

	read_subs(k, nats_subs);
	k->subids = subnames_pack(&k->pad, vars_get(&k->vars, STR("autocamp")),
	    vars_get(&k->vars, STR("autosubids")), vars_get(&k->vars, STR("subids")));
	good = read_code(k, &code);
	if (code.n == 0 && k->in->door != CLICK_BY_STRACK && read_domain(k))
		return VERDICT_COUNTED;
	if (!good || !ocode_resolve(&k->code, k->env->cat, ids)) {
		keep_code(k, code);
		return VERDICT_BAD_CODE;
	}
	k->facts.affiliate = catalog_affiliate(k->env->cat, ids->id[OCODE_LOGIN]);
	k->aim.offer = catalog_offer(k->env->cat, ids->id[OCODE_OFFER]);
	k->aim.lp = catalog_landing_page(k->env->cat, ids->id[OCODE_LANDING_PAGE]);
	if (k->aim.lp != NULL && k->aim.lp->deleted)
		k->aim.lp = NULL;
	k->rec.flags |= ids->unencoded ? CLICK_UNENCODED : 0;
	k->rec.campaign_id = k->facts.campaign = ids->id[OCODE_CAMPAIGN];
	k->rec.adtool_id = ids->id[OCODE_ADTOOL];
	k->rec.subid1 = k->facts.subid1 = ids->id[OCODE_SUBID1];
	k->rec.subid2 = k->facts.subid2 = ids->id[OCODE_SUBID2];
	k->rec.promotional_id = ids->id[OCODE_PROMOTIONAL];
	k->rec.additional_id = ids->id[OCODE_ADDITIONAL];
	return VERDICT_COUNTED;
}

static bool
is_id(struct str s, uint64_t *out)
{
	return str_to_u64(s, out) && *out > 0 && *out <= UINT32_MAX;
}

/* landing_id and prelanding_id: another landing page of the offer, the latter before the
 * former, since the visitor sees it first.  The reference shows landings without saying
 * how a link chooses one; the names are those of the conversion's members. */
static void
read_landing(struct click *k)
{
	static const struct str names[] = {STR("landing_id"), STR("prelanding_id")};
	const struct cat_landing_page *lp;
	uint64_t id;

	for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
		if (!is_id(vars_take(&k->vars, names[i]), &id))
			continue;
		lp = catalog_landing_page(k->env->cat, (uint32_t)id);
		if (lp != NULL && !lp->deleted && lp->offer_id == k->aim.offer->id)
			k->aim.lp = lp;
	}
}

/* Variables pid and offer_id.  They are taken once they name something: as sent they stay
 * with the row of a click whose offer or affiliate nobody knows. */
static enum verdict
read_affise(struct click *k)
{
	const struct str pid_text = vars_get(&k->vars, STR("pid"));
	const struct str offer_text = vars_get(&k->vars, STR("offer_id"));
	const bool smart = k->in->door == CLICK_BY_SMART;
	const struct cat_account *a;
	const struct cat_offer *o = NULL;
	uint64_t pid, offer_id = 0;

	k->rec.flags |= CLICK_AFFISE;
	read_subs(k, affise_subs);
	k->json = str_eq(vars_take(&k->vars, STR("format")), STR("json"));
	/* Values are escaped wherever they are put into a URL: nothing is left to be
	 * asked for. */
	(void)!vars_take(&k->vars, STR("escape")).n;
	if (!smart && !is_id(offer_text, &offer_id))
		return VERDICT_INVALID_OFFER;
	if (!is_id(pid_text, &pid))
		return VERDICT_INVALID_AFFILIATE;
	if (smart) {
		k->smart = doors_smartlink(k->env->cat, vars_get(&k->vars, STR("id")));
		if (k->smart == NULL)
			return VERDICT_UNKNOWN_SMARTLINK;
		k->rec.smart_id = k->smart->id;
	} else {
		o = catalog_offer(k->env->cat, (uint32_t)offer_id);
		if (o == NULL || o->deleted)
			return VERDICT_UNKNOWN_OFFER;
	}
	a = catalog_affiliate(k->env->cat, (uint32_t)pid);
	if (a == NULL || a->deleted || !cat_may_have_traffic(a))
		return VERDICT_UNKNOWN_AFFILIATE;
	(void)!vars_take(&k->vars, STR("pid")).n;
	(void)!vars_take(&k->vars, smart ? STR("id") : STR("offer_id")).n;
	k->facts.affiliate = a;
	k->aim.offer = o;
	if (!smart)
		read_landing(k);
	return VERDICT_COUNTED;
}

bool
clicklink_is_affise(const struct click *k)
{
	return k->in->door >= CLICK_BY_AFFISE;
}

bool
clicklink_hostnpost(struct click *k)
{
	/* The server's own: not for the page. */
	static const struct str spent[] = {STR("sig"), STR("ts")};
	struct str ip, ua;

	k->hostnpost = !clicklink_is_affise(k) && k->in->door != CLICK_BY_IMP &&
		       str_eq(vars_get(&k->vars, STR("hostnpost")), STR("1"));
	if (!k->hostnpost)
		return false;
	k->own = *k->in;
	/* A library's own name says nothing of the visitor, nor do its cookies. */
	ip = vars_take(&k->vars, STR("ip"));
	for (size_t i = 0; i < ARRAY_LEN(spent); i++) {
		const struct str was = vars_take(&k->vars, spent[i]);

		(void)was;
	}
	ua = vars_take(&k->vars, STR("ua"));
	k->own.ua = ua.n > 0 ? ua : STR_NONE;
	k->own.cookie = k->own.accept_language = STR_NONE;
	if (ip.n > 0)
		(void)!ip_parse(ip, k->own.ip);
	k->in = &k->own;
	return true;
}

/* The network's list and the landing page's together; both empty: no restriction. */
bool
clicklink_may_host(const struct click *k, const uint8_t ip[16])
{
	const struct catalog *c = k->env->cat;
	const struct cat_landing_page *lp =
	    k->aim.lp != NULL ? k->aim.lp
			      : catalog_landing_page(c, k->aim.offer->default_lp_id);
	const struct str all = catalog_setting(c, STR("global_hostnpost_ips"));
	const struct str own = lp == NULL ? STR_NONE : catalog_text(c, lp->hostnpost_ips);

	return (iplist_empty(all) && iplist_empty(own)) || iplist_has(all, ip) ||
	       iplist_has(own, ip);
}

bool
clicklink_is_signed(struct click *k, const struct click_in *in)
{
	const struct catalog *c = k->env->cat;
	const struct str keys = catalog_setting(c, STR("hmac_keys"));
	uint8_t sig[SIGNATURE_BYTES];
	uint64_t window, key;

	if (!str_to_u64(catalog_setting(c, STR("hmac_window")), &window))
		window = SIGNATURE_WINDOW;
	const struct signature_of s = {
	    in->path, in->query, STR_NONE, in->now, (int64_t)window};

	switch (signature_check(keys, &s, sig)) {
	case SIGNATURE_NONE:
		return !str_eq(catalog_setting(c, STR("hmac_hostnpost")), STR("1"));
	case SIGNATURE_GOOD:
		/* Its first 64 bits are as good as random: no surfer's hash meets it.
		 * What lies ahead by the window is good for two of them. */
		memcpy(&key, sig, sizeof(key));
		return !k->env->seen(k->env->arg, key, (uint32_t)(in->now / US_SECOND),
		    (uint32_t)(2 * window));
	case SIGNATURE_STALE:
	case SIGNATURE_BAD:
		break;
	}
	return false;
}

enum verdict
clicklink_read(struct click *k)
{
	if (!clicklink_is_affise(k))
		return read_track(k);
	/* Behind the visitor's own, so that what the short link says counts. */
	if (k->in->door == CLICK_BY_SHORT)
		vars_read(&k->vars, &k->pad, k->in->rest, &clicklink_bounds);
	return read_affise(k);
}

/* A variable that may be longer than others: the last of that name, as vars_get(). */
static struct str
long_var(struct click *k, struct str name)
{
	const bool is_short = k->in->door == CLICK_BY_SHORT;
	struct str queries[] = {k->in->query, is_short ? k->in->rest : STR_NONE};
	struct str raw = STR_NONE;

	for (unsigned i = 0; i < ARRAY_LEN(queries); i++) {
		while (queries[i].n > 0) {
			struct str value = str_split(&queries[i], '&');

			if (str_eq(str_split(&value, '='), name))
				raw = value;
		}
	}
	return pad_decode(&k->pad, raw, LONGEST_PATH, true);
}

static bool
has(struct str s, struct str piece)
{
	while (s.n >= piece.n) {
		if (str_starts(s, piece))
			return true;
		s = str_n(s.p + 1, s.n - 1);
	}
	return false;
}

struct str
clicklink_target(struct click *k, struct str url)
{
	struct str whole, path;

	if (!k->aim.offer->allow_deeplink)
		return url;
	whole = long_var(k, STR("redirect"));
	path = long_var(k, STR("path"));
	if (whole.n > 0 && doors_may_redirect(k->env->cat, k->aim.offer, whole)) {
		k->facts.deeplink = whole;
		return whole;
	}
	k->facts.deeplink = path;
	/* Who has a place for it in the URL does not want it twice. */
	if (path.n > 0 && !has(url, STR("{deeplink}")))
		k->path = path;
	return url;
}

struct str
clicklink_transparent(struct click *k, struct str url, bool *as_is)
{
	const struct cat_net *net = catalog_net(k->env->cat);
	const struct str name = catalog_text(k->env->cat, net->transparent_variable);
	struct str there;

	*as_is = false;
	if (name.n == 0)
		return url;
	there = long_var(k, name);
	(void)!vars_take(&k->vars, name).n;
	if (!doors_in_hosts(k->env->cat, net->transparent_hosts, there))
		return url;
	*as_is = true;
	return there;
}
