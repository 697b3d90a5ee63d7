/* SPDX-License-Identifier: Apache-2.0
 * tellfacts.c - see tellfacts.h.
 */
#include "notify/tellfacts.h"

#include <sodium.h>
#include <stdio.h>

#include "base/iplist.h"
#include "book/txnid.h"
#include "domain/hook.h"
#include "report/extra.h"
#include "report/names.h"
#include "track/clickid.h"

#define LONGEST_NAME 64

struct name {
	struct str text;
	enum tellvalue value;
};

/* clang-format off */
#define IN_PERCENT_PERCENT(n_, v_) {STR(#n_), TV_##v_},
#define IN_PERCENT_BRACE(n_, v_)
#define IN_BRACE_PERCENT(n_, v_)
#define IN_BRACE_BRACE(n_, v_) {STR(#n_), TV_##v_},
static const struct name percent_names[] = {
#define TELLMACRO(style_, name_, value_) IN_PERCENT_##style_(name_, value_)
#include "tbl/tellmacros.h"
#undef TELLMACRO
};
static const struct name brace_names[] = {
#define TELLMACRO(style_, name_, value_) IN_BRACE_##style_(name_, value_)
#include "tbl/tellmacros.h"
#undef TELLMACRO
};

/* Columns, in the order of the query. */
#define COLUMNS(X) \
	X(c, orderid) X(c, offer_id) X(c, landing_page_id) X(c, affiliate_id) X(c, goal_id) X(c, click_us) \
	X(c, click_lo) X(c, country) X(c, device_type) X(c, currency) X(c, gross) X(c, created_us) X(c, ip) \
	X(c, ocid) X(c, sub1) X(c, sub2) X(c, sub3) X(c, sub4) X(c, sub5) X(c, referrer) X(c, comment) X(c, extra) \
	X(k, campaign_id) X(o, name) X(o, hex24) X(a, username) X(g, value) X(g, title) X(p, email) X(u, ua) \
	X(u, os) X(u, os_version) X(k, subid1) X(k, subid2) X(m, name) X(o, no_personal_member_info)
#define AS_ENUM(t_, n_) C_##t_##_##n_,
enum col { C_type, COLUMNS(AS_ENUM) N_COLUMNS };
#define AS_SQL(t_, n_) ", " #t_ "." #n_
static const char sql[] = "SELECT (SELECT type FROM txn WHERE txn_us = ? AND node_id = ?)" COLUMNS(AS_SQL)
    " , k.extra FROM conversion c"
    " LEFT JOIN click_kept k ON k.click_us = c.click_us AND k.click_lo = c.click_lo"
    " LEFT JOIN campaign m ON m.id = k.campaign_id AND m.affiliate_id = c.affiliate_id"
    " LEFT JOIN offer o ON o.id = c.offer_id LEFT JOIN account a ON a.id = c.affiliate_id"
    " LEFT JOIN goal g ON g.id = c.goal_id LEFT JOIN customer_person p ON p.customer_id = c.customer_id"
    " LEFT JOIN user_agent u ON u.id = c.ua_id WHERE c.conv_us = ? AND c.node_id = ?";
/* clang-format on */

static struct str
number(struct arena *a, uint64_t v)
{
	return arena_printf(a, "%llu", (unsigned long long)v);
}

static struct str
money(struct arena *a, money_t m)
{
	char text[MONEY_TEXT];

	(void)money_format(text, m, 0);
	return arena_str(a, str_of(text));
}

static struct str
text(struct arena *a, const struct db_rows *r, enum col c)
{
	return arena_str(a, db_str(r, c));
}

static void
set_click(struct tellfacts *f, const struct db_rows *r)
{
	static const enum col subs[] = {C_c_sub1, C_c_sub2, C_c_sub3, C_c_sub4, C_c_sub5};
	const struct click_id id = {db_i64(r, C_c_click_us), db_i64(r, C_c_click_lo)};
	char hash[CLICKID_TEXT];

	for (unsigned i = 0; i < ARRAY_LEN(subs); i++)
		f->value[TV_SUB1 + i] = text(f->a, r, subs[i]);
	clickid_hash(hash, id);
	f->value[TV_HASH] = arena_str(f->a, str_of(hash));
	f->value[TV_OCID] = text(f->a, r, C_c_ocid);
	f->value[TV_CAMPAIGN_ID] = number(f->a, db_u64(r, C_k_campaign_id));
	f->value[TV_CAMPAIGN_NAME] = text(f->a, r, C_m_name);
	f->value[TV_SUBID1] = number(f->a, db_u64(r, C_k_subid1));
	f->value[TV_SUBID2] = number(f->a, db_u64(r, C_k_subid2));
	f->value[TV_REFERRER] = text(f->a, r, C_c_referrer);
	f->click_extra = arena_str(f->a, db_str(r, N_COLUMNS));
	f->post_extra = text(f->a, r, C_c_extra);
}

static void
set_visitor(struct tellfacts *f, const struct db_rows *r, const struct geo *geo)
{
	struct str ip = db_str(r, C_c_ip), os = db_str(r, C_u_os),
		   version = db_str(r, C_u_os_version);
	const unsigned device = (unsigned)db_u64(r, C_c_device_type);
	const uint16_t country = (uint16_t)db_u64(r, C_c_country);
	struct geo_place place;
	uint8_t addr[16];
	char t[IP_TEXT], two[3];

	f->value[TV_UA] = text(f->a, r, C_u_ua);
	f->value[TV_OS] = version.n == 0 ? arena_str(f->a, os)
					 : arena_printf(f->a, STR_FMT " " STR_FMT,
					       STR_ARG(os), STR_ARG(version));
	f->value[TV_DEVICE_NAME] = str_of(ua_device_name((enum device_type)device));
	f->value[TV_DEVICE_WORD] = str_of(names_device(device));
	if (country != 0) {
		country_unpack(country, two);
		f->value[TV_COUNTRY] = arena_str(f->a, str_n(two, 2));
	}
	if (ip.n != sizeof(addr))
		return;
	memcpy(addr, ip.p, sizeof(addr));
	f->value[TV_IP] = arena_str(f->a, str_n(t, ip_format(t, addr)));
	geo_look(geo, addr, &place);
	f->value[TV_CITY] = place.city;
}

static void
set_things(struct tellfacts *f, const struct db_rows *r)
{
	f->offer_id = (uint32_t)db_u64(r, C_c_offer_id);
	f->goal_id = (uint32_t)db_u64(r, C_c_goal_id);
	f->offer_hex24 = text(f->a, r, C_o_hex24);
	f->value[TV_OFFER_ID] = number(f->a, f->offer_id);
	f->value[TV_OFFER_NAME] = text(f->a, r, C_o_name);
	f->value[TV_LANDING_PAGE_ID] = number(f->a, db_u64(r, C_c_landing_page_id));
	f->value[TV_AFFILIATE_ID] = number(f->a, db_u64(r, C_c_affiliate_id));
	f->value[TV_AFFILIATE_USERNAME] = text(f->a, r, C_a_username);
	f->value[TV_GOAL_ID] = number(f->a, f->goal_id);
	f->value[TV_GOAL_NAME] = text(f->a, r, C_g_title);
	f->value[TV_GOAL_VALUE] = f->goal_id == 0 ? STR("1") : text(f->a, r, C_g_value);
	if (db_i64(r, C_o_no_personal_member_info) == 0) /* nats-behaviour.md §5.2 */
		f->value[TV_CUSTOMER_EMAIL] = text(f->a, r, C_p_email);
	f->value[TV_ORDER_ID] = text(f->a, r, C_c_orderid);
	f->value[TV_COMMENT] = text(f->a, r, C_c_comment);
	f->value[TV_CURRENCY] = text(f->a, r, C_c_currency);
	if (!db_is_null(r, C_c_gross))
		f->value[TV_ORDER_SUM] = money(f->a, db_i64(r, C_c_gross));
}

static void
set_times(struct tellfacts *f, const struct zone *z, us_t at, us_t click)
{
	char t[ZONE_TEXT];

	zone_text(z, at, t);
	f->value[TV_DATETIME] = arena_str(f->a, str_of(t));
	f->value[TV_DATE] = str_n(f->value[TV_DATETIME].p, 10);
	f->value[TV_CLOCK] = str_n(f->value[TV_DATETIME].p + 11, 8);
	f->value[TV_UNIXTIME] = number(f->a, (uint64_t)(at / US_SECOND));
	zone_text(z, click, t);
	f->value[TV_CLICK_DATETIME] = arena_str(f->a, str_of(t));
}

/* As report/transaction calls the ledger's row; a goal as what it is told as. */
static struct str
step_name(const struct tellstep *s, unsigned type)
{
	switch (s->told) {
	case TELL_CONVERSION:
		return STR("conversion");
	case TELL_CONTINUITY:
		return STR("continuity");
	case TELL_GOAL:
		return STR("goal");
	case TELL_PENDING:
		return STR("pending");
	case TELL_REJECTED:
		return STR("rejected");
	case TELL_RELEASED:
		return STR("released");
	default:
		break;
	}
	switch (type) {
#define TXN(number_, id_, name_) \
	case number_:            \
		return STR(name_);
#include "tbl/txn_types.h"
#undef TXN
	default:
		return STR("");
	}
}

static void
set_step(struct tellfacts *f, const struct tellstep *s, unsigned type)
{
	/* not_found is told as declined: the table of macros knows no 4. */
	static const char *const status[] = {"", "1", "2", "3", "3", "5"};
	char id[TXNID_DIGITS + 1];

	if (s->txn_us != 0)
		txnid_digits(id, s->txn_us, s->txn_node);
	else
		txnid_digits(id, s->conv_us, s->conv_node);
	f->value[TV_TXN_ID] = arena_str(f->a, str_of(id));
	f->value[TV_STEP] = step_name(s, type);
	f->value[TV_STATUS] =
	    str_of(status[s->status < ARRAY_LEN(status) ? s->status : 0]);
	f->value[TV_APPROVED] = s->told == TELL_PENDING ? STR("0") : STR("1");
	f->value[TV_COMMISSION] = money(f->a, s->commission);
	f->value[TV_PAYOUT] = money(f->a, s->payout);
}

enum err
tellfacts_load(struct db *db, struct arena *a, const struct zone *z,
    const struct geo *geo, const struct tellstep *s, struct tellfacts *out)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r, sql, "iiii", s->txn_us, (int64_t)s->txn_node,
		     s->conv_us, (int64_t)s->conv_node),
		 end;

	if (rc != ERR_OK)
		return rc;
	*out = (struct tellfacts){.a = a};
	rc = ERR_NOT_FOUND;
	if (db_next(r)) {
		rc = ERR_OK;
		set_things(out, r);
		set_click(out, r);
		set_visitor(out, r, geo);
		set_times(out, z, db_i64(r, C_c_created_us), db_i64(r, C_c_click_us));
		set_step(out, s, (unsigned)db_u64(r, C_type));
	}
	end = db_rows_close(&r);
	return end != ERR_OK ? end : rc;
}

/* custom_field_1 is custom_field1. */
static struct str
of_post(const struct tellfacts *f, struct str name)
{
	char want[32];

	(void)snprintf(want, sizeof(want), "custom_field%c", name.p[name.n - 1]);
	return extra_get(f->a, f->post_extra, want);
}

static struct str
of_click(const struct tellfacts *f, struct str name)
{
	char want[LONGEST_NAME + 1];

	if (name.n > LONGEST_NAME)
		return STR("");
	memcpy(want, name.p, name.n);
	want[name.n] = '\0';
	return extra_get(f->a, f->click_extra, want);
}

static struct str
random_value(struct arena *a)
{
	unsigned char b[16];

	randombytes_buf(b, sizeof(b));
	return arena_printf(a,
	    "%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x", b[0],
	    b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12],
	    b[13], b[14], b[15]);
}

bool
tellfacts_value(void *ctx, bool brace, struct str name, struct str *out)
{
	const struct tellfacts *f = ctx;
	const struct name *names = brace ? brace_names : percent_names;
	const size_t n = brace ? ARRAY_LEN(brace_names) : ARRAY_LEN(percent_names);

	for (size_t i = 0; i < n; i++) {
		if (!str_eq(names[i].text, name))
			continue;
		if (names[i].value == TV_OF_CLICK)
			*out = of_click(f, name);
		else if (names[i].value == TV_OF_POST)
			*out = of_post(f, name);
		else if (names[i].value == TV_RANDOM)
			*out = random_value(f->a);
		else
			*out = f->value[names[i].value];
		return true;
	}
	if (brace || name.n == 0)
		return false;
	*out = of_click(f, name);
	return out->n > 0;
}

struct macro_facts
tellfacts_macros(struct tellfacts *f)
{
	return (struct macro_facts){.source = tellfacts_value, .source_ctx = f};
}
