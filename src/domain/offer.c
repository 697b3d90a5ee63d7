/* SPDX-License-Identifier: Apache-2.0
 * offer.c - see offer.h; lists by filter are in offerfind.c.
 */
#include "domain/offer.h"

#include "base/iplist.h"
#include "base/span.h"
#include "domain/country.h"
#include "domain/netset.h"
#include "domain/outbox.h"
#include "domain/weburl.h"

#define MAIL_MAX 190u /* table notice */
#define NAME_MAX_BYTES 255u
#define TEXT_MAX 60000u
#define SECONDS_MAX (10 * 365 * 86400)

const char *const offer_privacy_words[] = {"public", "protected", "private", NULL};
const char *const offer_redirect_words[] = {
    "http302", "http302hidden", "meta", "js", NULL};

/* clang-format off */
#define COL(name_, kind_, words_) ", o." #name_
static const char sql_list[] = "SELECT o.id"
#include "tbl/offer_columns.h"
    ", a.hex24, a.username, COALESCE(c.id, 0), c.shortname"
    " FROM (SELECT id, MIN(n) AS n FROM JSON_TABLE(?, '$[*]'"
    " COLUMNS (n FOR ORDINALITY, id INT UNSIGNED PATH '$')) t GROUP BY id) j"
    " JOIN offer o ON o.id = j.id LEFT JOIN account a ON a.id = o.advertiser_id"
    " LEFT JOIN commission c ON c.offer_id = o.id WHERE NOT o.deleted ORDER BY j.n";
#undef COL
/* clang-format on */

#define ROW_TABLE "offer"
#define ROW_STRUCT struct offer
#define ROW_COLUMNS "tbl/offer_columns.h"
#include "domain/rowio.h"

void
offer_init(struct offer *o)
{
	*o = (struct offer){.status = OFFER_ACTIVE,
	    .cookie_duration = 30,
	    .conversion_default_type = 1,
	    .continuity_default_type = 1,
	    .deduct_voids = true,
	    .deduct_chargebacks = true,
	    .caps_status = CAP_STATUSES};
	offertarget_init(&o->target);
	offerdisplay_init(&o->display);
	o->name = o->description = o->expire_url = o->trafficback_url = STR("");
	o->authorized = o->unauthorized = o->allowed_ip = STR("");
	o->disallowed_ip = o->admin_threshold_email = STR("");
	o->deeplink_hosts = STR("");
	o->click_session = o->minimal_click_session = STR("");
	o->subject_lines = o->from_addresses = o->commission_description = STR("");
}

static void
read_row(struct db_rows *r, struct arena *a, struct offer *o)
{
	unsigned i = row_read(r, a, o);

	o->advertiser_hex24 = arena_str(a, db_str(r, i));
	o->advertiser_username = arena_str(a, db_str(r, i + 1));
	o->commission_id = db_i64(r, i + 2);
	o->commission_shortname = arena_str(a, db_str(r, i + 3));
}

struct str
offer_ids_json(struct arena *a, const int64_t *ids, size_t n)
{
	char *buf = arena_alloc(a, n * 21 + 3);
	size_t at = 0;

	buf[at++] = '[';
	for (size_t i = 0; i < n; i++) {
		struct str one =
		    arena_printf(a, "%s%lld", i > 0 ? "," : "", (long long)ids[i]);

		memcpy(buf + at, one.p, one.n);
		at += one.n;
	}
	buf[at++] = ']';
	return str_n(buf, at);
}

/* What the offers are under; the list comes in their order. */
static enum err
load_tags(struct db *db, struct arena *a, enum offertag_kind kind, struct str ids,
    struct offer *list, size_t n)
{
	struct offertag *tag = NULL;
	size_t n_tag = 0, t = 0;
	enum err rc = offertag_of(db, a, kind, ids, &tag, &n_tag);

	for (size_t i = 0; i < n && rc == ERR_OK; i++) {
		struct offer *o = &list[i];
		const size_t from = t;

		while (t < n_tag && tag[t].offer_id == o->id)
			t++;
		if (kind == OFFERTAG_CATEGORY) {
			o->category = tag + from;
			o->n_category = t - from;
		} else {
			o->marketing = tag + from;
			o->n_marketing = t - from;
		}
	}
	return rc;
}

static enum err
load_display(struct db *db, struct arena *a, struct offer *list, size_t n, struct str ids)
{
	struct offerdisplay *display = NULL;
	struct source *source = NULL;
	size_t n_display = 0, n_source = 0, d = 0, k = 0;
	enum err rc = offerdisplay_list(db, a, ids, &display, &n_display);

	if (rc == ERR_OK)
		rc = source_of(db, a, ids, &source, &n_source);
	for (size_t i = 0; i < n && rc == ERR_OK; i++) {
		struct offer *o = &list[i];

		offerdisplay_init(&o->display);
		if (d < n_display && display[d].offer_id == o->id)
			o->display = display[d++];
		o->display.offer_id = o->id;
		for (o->source = source + k; k < n_source && source[k].offer_id == o->id;
		     k++)
			o->n_source++;
	}
	return rc;
}

/* The lists come in the order of the offers, so each offer's part is the next run of
 * them. */
static enum err
load_parts(struct db *db, struct arena *a, struct offer *list, size_t n)
{
	int64_t *ids = arena_alloc(a, n * sizeof(*ids));
	struct landingpage *lp = NULL;
	struct rule *rule = NULL;
	struct offercap *cap = NULL;
	struct offergroup *group = NULL;
	struct offertarget *target = NULL;
	size_t n_lp = 0, n_rule = 0, n_cap = 0, n_group = 0, l = 0, r = 0, c = 0, g = 0;
	size_t n_target = 0, t = 0;
	struct str json;
	enum err rc;

	for (size_t i = 0; i < n; i++)
		ids[i] = list[i].id;
	json = offer_ids_json(a, ids, n);
	rc = landingpage_list(db, a, json, &lp, &n_lp);
	if (rc == ERR_OK)
		rc = rule_list(db, a, json, &rule, &n_rule);
	if (rc == ERR_OK)
		rc = offercap_list(db, a, json, &cap, &n_cap);
	if (rc == ERR_OK)
		rc = offergroup_of(db, a, json, &group, &n_group);
	if (rc == ERR_OK)
		rc = offertarget_list(db, a, json, &target, &n_target);
	if (rc == ERR_OK)
		rc = load_tags(db, a, OFFERTAG_CATEGORY, json, list, n);
	if (rc == ERR_OK)
		rc = load_tags(db, a, OFFERTAG_MARKETING, json, list, n);
	if (rc == ERR_OK)
		rc = load_display(db, a, list, n, json);
	for (size_t i = 0; i < n && rc == ERR_OK; i++) {
		struct offer *o = &list[i];

		for (o->lp = lp + l; l < n_lp && lp[l].offer_id == o->id; l++)
			o->n_lp++;
		for (o->rule = rule + r; r < n_rule && rule[r].offer_id == o->id; r++)
			o->n_rule++;
		for (o->cap = cap + c; c < n_cap && cap[c].offer_id == o->id; c++)
			o->n_cap++;
		for (o->group = group + g; g < n_group && group[g].offer_id == o->id; g++)
			o->n_group++;
		offertarget_init(&o->target);
		if (t < n_target && target[t].offer_id == o->id)
			o->target = target[t++];
		o->target.offer_id = o->id;
	}
	return rc;
}

enum err
offer_list(struct db *db, struct arena *a, const int64_t *ids, size_t n_ids,
    struct offer **out, size_t *n)
{
	struct db_rows *r;
	enum err rc;

	*out = NULL;
	*n = 0;
	rc = db_query(db, &r, sql_list, "s", offer_ids_json(a, ids, n_ids));
	if (rc != ERR_OK)
		return rc;
	while (db_next(r)) {
		*out = row_grow(a, *out, *n, sizeof(**out));
		read_row(r, a, &(*out)[(*n)++]);
	}
	rc = db_rows_close(&r);
	return rc != ERR_OK || *n == 0 ? rc : load_parts(db, a, *out, *n);
}

enum err
offer_load(struct db *db, struct arena *a, int64_t id, struct offer *out)
{
	struct offer *list;
	size_t n;
	enum err rc = offer_list(db, a, &id, 1, &list, &n);

	if (rc != ERR_OK)
		return rc;
	if (n == 0)
		return ERR_NOT_FOUND;
	*out = list[0];
	return ERR_OK;
}

enum err
offer_lock(struct change *c, int64_t id, struct offer *out)
{
	int64_t there;
	enum err rc = db_int(c->db, &there, 0,
	    "SELECT id FROM offer WHERE id = ? AND NOT deleted FOR UPDATE", "i", id);

	if (rc != ERR_OK)
		return rc;
	return there == 0 ? ERR_NOT_FOUND : offer_load(c->db, c->arena, id, out);
}

enum err
offer_by_hex24(struct db *db, struct str hex24, int64_t *id)
{
	enum err rc = db_int(db, id, 0,
	    "SELECT id FROM offer WHERE hex24 = ? AND NOT deleted", "s", hex24);

	return rc != ERR_OK ? rc : *id == 0 ? ERR_NOT_FOUND : ERR_OK;
}

struct landingpage *
offer_default_lp(const struct offer *o)
{
	for (size_t i = 0; i < o->n_lp; i++)
		if (o->lp[i].id == o->default_lp_id)
			return &o->lp[i];
	return NULL;
}

struct rule *
offer_base_rule(const struct offer *o)
{
	return o->n_rule > 0 && o->rule[0].change_id == 0 ? &o->rule[0] : NULL;
}

enum offer_status
offer_state(const struct offer *o, us_t now)
{
	if (o->status == OFFER_ACTIVE && o->date_expire != 0 && o->date_expire <= now)
		return OFFER_SUSPENDED;
	return (enum offer_status)o->status;
}

enum offer_privacy
offer_seen_privacy(const struct offer *o)
{
	const struct landingpage *lp = offer_default_lp(o);

	if (o->privacy != OFFER_PUBLIC || lp == NULL || !lp->private)
		return (enum offer_privacy)o->privacy;
	return lp->requestable ? OFFER_PROTECTED : OFFER_PRIVATE;
}

static enum err
check_texts(struct change *c, const struct offer *o)
{
	const struct {
		const char *name;
		struct str url;
	} urls[] = {
	    {"expire_url", o->expire_url}, {"trafficback_url", o->trafficback_url}};
	const struct {
		const char *name;
		struct str text;
	} texts[] = {{"description", o->description}, {"subject_lines", o->subject_lines},
	    {"from_addresses", o->from_addresses},
	    {"commission_description", o->commission_description}};
	struct str out, bad;

	if (str_trim(o->name).n == 0)
		return change_fault(c, ERR_MISSING, "name", "is required");
	if (!str_is_utf8(o->name) || o->name.n > NAME_MAX_BYTES)
		return change_fault(c, ERR_INVALID, "name",
		    "is longer than %u bytes or not UTF-8", NAME_MAX_BYTES);
	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		const char *wrong = urls[i].url.n == 0 ? NULL : weburl_wrong(urls[i].url);

		if (wrong != NULL)
			return change_fault(c, ERR_INVALID, urls[i].name, "%s", wrong);
	}
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (!str_is_utf8(texts[i].text) || texts[i].text.n > TEXT_MAX)
			return change_fault(
			    c, ERR_INVALID, texts[i].name, "is too long or not UTF-8");
	}
	if (!country_list(c->arena, o->authorized, &out, &bad))
		return change_fault(
		    c, ERR_INVALID, "authorized", "has a code that is no country");
	if (!country_list(c->arena, o->unauthorized, &out, &bad))
		return change_fault(
		    c, ERR_INVALID, "unauthorized", "has a code that is no country");
	if (!iplist_check(o->allowed_ip, &bad))
		return change_fault(
		    c, ERR_INVALID, "allowed_ip", "has an entry that is no address");
	if (o->admin_threshold_email.n > 0 &&
	    (o->admin_threshold_email.n > MAIL_MAX ||
		!outbox_is_address(o->admin_threshold_email)))
		return change_fault(
		    c, ERR_INVALID, "admin_threshold_email", "is no mail address");
	if (!iplist_check(o->disallowed_ip, &bad))
		return change_fault(
		    c, ERR_INVALID, "disallowed_ip", "has an entry that is no address");
	return ERR_OK;
}

static enum err
check_numbers(struct change *c, const struct offer *o)
{
	const struct {
		const char *name;
		int64_t v, least, most;
	} numbers[] = {
	    {"status", o->status, OFFER_ACTIVE, OFFER_SUSPENDED},
	    {"hold_period", o->hold_period, 0, OFFER_HOLD_MAX},
	    {"cookie_duration", o->cookie_duration, 0, OFFER_DAYS_MAX},
	    {"pending_approval_lockout", o->pending_approval_lockout, 0, SECONDS_MAX},
	    {"conversion_default_type", o->conversion_default_type, 1, 2},
	    {"continuity_default_type", o->continuity_default_type, 1, 2},
	    {"deduct_window", o->deduct_window, 0, OFFER_DAYS_MAX},
	    {"ip_conversion_limit_flag", o->ip_conversion_limit_flag, 0, 2},
	    {"ip_conversion_limit", o->ip_conversion_limit, 0, OFFER_IP_LIMIT_MAX},
	    {"ip_uniqueness_seconds", o->ip_uniqueness_seconds, 0, OFFER_UNIQUENESS_MAX},
	    {"conversion_default",
		o->conversion_default.given ? o->conversion_default.v : 0, 0, MONEY_MOST},
	    {"continuity_default",
		o->continuity_default.given ? o->continuity_default.v : 0, 0, MONEY_MOST},
	};

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		if (numbers[i].v >= numbers[i].least && numbers[i].v <= numbers[i].most)
			continue;
		if (numbers[i].most == MONEY_MOST)
			return change_fault(c, ERR_INVALID, numbers[i].name,
			    numbers[i].v < 0 ? "may not be negative"
					     : "is above 1000000000");
		return change_fault(c, ERR_INVALID, numbers[i].name,
		    "must be a number from %lld to %lld", (long long)numbers[i].least,
		    (long long)numbers[i].most);
	}
	return ERR_OK;
}

static enum err
check_spans(struct change *c, const struct offer *o)
{
	us_t span;

	if (o->click_session.n > 0 && !span_parse(o->click_session, &span))
		return change_fault(c, ERR_INVALID, "click_session",
		    "must be numbers and units in falling order, such as 1y2m3w4d5h6i7s");
	if (o->minimal_click_session.n > 0 &&
	    !span_parse(o->minimal_click_session, &span))
		return change_fault(c, ERR_INVALID, "minimal_click_session",
		    "must be numbers and units in falling order, such as 5i30s");
	return ERR_OK;
}

static enum err
check_references(struct change *c, const struct offer *o)
{
	int64_t n = 1;
	enum err rc = ERR_OK;

	if (o->advertiser_id != 0)
		rc = account_is(c->db, o->advertiser_id, ACCOUNT_ADVERTISER);
	if (rc == ERR_NOT_FOUND)
		return change_fault(c, ERR_INVALID, "advertiser_id", "is no advertiser");
	if (rc == ERR_OK && o->expire_lp_id != 0)
		rc = db_int(c->db, &n, 0,
		    "SELECT COUNT(*) FROM landing_page WHERE id = ? AND NOT deleted", "i",
		    o->expire_lp_id);
	if (rc == ERR_OK && n == 0)
		return change_fault(c, ERR_INVALID, "expire_lp_id", "is no landing page");
	if (rc == ERR_OK && o->ip_conversion_group != 0)
		rc = db_int(c->db, &n, 0, "SELECT COUNT(*) FROM offer_group WHERE id = ?",
		    "i", o->ip_conversion_group);
	if (rc == ERR_OK && n == 0)
		return change_fault(
		    c, ERR_INVALID, "ip_conversion_group", "is no offer group");
	if (rc == ERR_OK && o->mobile_lp_id != 0)
		rc = db_int(c->db, &n, 0,
		    "SELECT COUNT(*) FROM landing_page WHERE id = ? AND offer_id = ? AND "
		    "NOT deleted",
		    "ii", o->mobile_lp_id, o->id);
	if (rc == ERR_OK && n == 0)
		return change_fault(
		    c, ERR_INVALID, "mobile_lp_id", "is no landing page of the offer");
	return rc;
}

static enum err
check(struct change *c, const struct offer *o)
{
	enum err rc = check_texts(c, o);

	if (rc == ERR_OK)
		rc = check_numbers(c, o);
	if (rc == ERR_OK)
		rc = check_spans(c, o);
	return rc != ERR_OK ? rc : check_references(c, o);
}

static enum err
add_commission(struct change *c, struct offer *o)
{
	enum err rc =
	    db_exec(c->db, "INSERT INTO commission (offer_id) VALUES (?)", "i", o->id);

	if (rc == ERR_OK)
		o->commission_id = (int64_t)db_insert_id(c->db);
	return rc;
}

enum err
offer_add(struct change *c, struct offer *o, struct landingpage *first)
{
	enum err rc = check(c, o);

	if (rc != ERR_OK)
		return rc;
	o->hex24 = hex24_new(c->arena, c->now);
	o->created_us = o->updated_us = c->now;
	rc = row_insert(c->db, o);
	if (rc != ERR_OK)
		return rc;
	o->target.offer_id = o->id;
	first->offer_id = o->id;
	if (first->name.n == 0)
		first->name = o->name;
	rc = landingpage_add(c, first);
	if (rc == ERR_OK)
		rc = add_commission(c, o);
	if (rc != ERR_OK)
		return rc;
	o->default_lp_id = first->id;
	return db_exec(c->db, "UPDATE offer SET default_lp_id = ? WHERE id = ?", "ii",
	    o->default_lp_id, o->id);
}

enum err
offer_store(struct change *c, struct offer *o)
{
	enum err rc = check(c, o);

	if (rc != ERR_OK)
		return rc;
	o->updated_us = c->now;
	rc = row_update(c->db, o);
	if (rc != ERR_OK)
		return rc;
	return catalog_bump(c->db, BUMP_OFFER, (uint64_t)o->id, &c->version);
}
