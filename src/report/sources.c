/* SPDX-License-Identifier: Apache-2.0
 * sources.c - see sources.h.
 */
#include "report/sources.h"

#include "report/cube.h"

/* Of the accounts as they are now. */
#define MANAGER_OF(account_)                                                           \
	("COALESCE((SELECT m.manager_id FROM account m WHERE m.id = x." account_ "), " \
	 "0)")
#define ROW_KEYS                                                              \
	[SLICE_OFFER] = "x.offer_id", [SLICE_ADVERTISER] = "x.advertiser_id", \
	[SLICE_AFFILIATE] = "x.affiliate_id", [SLICE_COUNTRY] = "x.country",  \
	[SLICE_MANAGER] = MANAGER_OF("affiliate_id"),                         \
	[SLICE_AFF_MANAGER] = MANAGER_OF("affiliate_id"),                     \
	[SLICE_ADV_MANAGER] = MANAGER_OF("advertiser_id")
#define AGENT_KEYS                                                           \
	[SLICE_DEVICE] = "x.device_type", [SLICE_OS] = "COALESCE(u.os, '')", \
	[SLICE_BROWSER] = "COALESCE(u.browser, '')"
/* k_: the row that has the visitor's place and SmartLink, s_: the one that has his subs. */
#define WHOLE_KEYS(s_)                                                                   \
	[SLICE_OS_VERSION] = "COALESCE(u.os_version, '')",                               \
	[SLICE_MODEL] = "COALESCE(u.model, '')", [SLICE_CITY] = "COALESCE(pl.city, '')", \
	[SLICE_SMART] = "COALESCE(CONVERT(sc.hex24 USING utf8mb4), '')",                 \
	[SLICE_SUB1] = ("COALESCE(" s_ ".sub1, '')"),                                    \
	[SLICE_SUB2] = ("COALESCE(" s_ ".sub2, '')"),                                    \
	[SLICE_SUB3] = ("COALESCE(" s_ ".sub3, '')"),                                    \
	[SLICE_SUB4] = ("COALESCE(" s_ ".sub4, '')"),                                    \
	[SLICE_SUB5] = ("COALESCE(" s_ ".sub5, '')")
#define WITH_AGENT " LEFT JOIN user_agent u ON u.id = x.ua_id"
#define WITH_PLACE(k_)                                   \
	" LEFT JOIN place pl ON pl.id = " k_ ".place_id" \
	" LEFT JOIN smartlink_category sc ON sc.id = " k_ ".smart_id"
#define BUCKET_SECS "CAST(x.bucket AS SIGNED) * 900"
#define BUCKET_RANGE "x.bucket >= ? AND x.bucket < ?"
#define CLICK_RANGE "x.verdict = 0 AND x.click_us >= ? AND x.click_us < ?"
#define BOOKED_RANGE "x.booked_us >= ? AND x.booked_us < ?"
/* Which node has how much in the cube: [[node, bucket], ...], read before both halves. */
#define BUILT                                                                    \
	"JSON_TABLE(?, '$[*]' COLUMNS (node INT PATH '$[0]', built BIGINT PATH " \
	"'$[1]')) b"
#define CLICK_SUMS                                                     \
	.raw = "1", .uniq = "x.flags & 2 != 0", .charge = "x.revenue", \
	.charge_b = CUBE_IN_BASE("revenue"), .revenue = "x.payout",    \
	.revenue_b = CUBE_IN_BASE("payout")
#define BOOKED_SUMS                                                                  \
	.raw = "x.page_view", .uniq = "x.unique_offer", .charge = "x.income_amount", \
	.charge_b = "x.income_amount_b", .revenue = "x.click_payout",                \
	.revenue_b = "x.click_payout_b"
#define CONVERSION_SUMS                                            \
	.raw = "1", .uniq = "x.payout = 0", .charge = "x.revenue", \
	.charge_b = "x.revenue_b", .revenue = "x.payout", .revenue_b = "x.payout_b"
#define NO_MONEY .charge = "0", .charge_b = "0", .revenue = "0", .revenue_b = "0"

const struct source source_clicks_narrow = {
    .from = "rollup_booked x",
    .secs = BUCKET_SECS,
    .range = BUCKET_RANGE,
    .buckets = true,
    .col = {ROW_KEYS},
    BOOKED_SUMS,
};

const struct source source_conversions_narrow = {
    .from = "rollup_status x",
    .secs = BUCKET_SECS,
    .range = BUCKET_RANGE,
    .buckets = true,
    .status = true,
    .col = {ROW_KEYS, [SLICE_GOAL] = "x.goal_id"},
    .raw = "x.n",
    .uniq = "x.n_null",
    .charge = "x.charge",
    .charge_b = "x.charge_b",
    .revenue = "x.revenue",
    .revenue_b = "x.revenue_b",
};

/* These two tables have no currency: nothing in them is money.  That of impressions is in
 * rollup_booked. */
const struct source source_impressions = {
    .from = "(SELECT r.*, '' AS currency FROM rollup_impression r) x",
    .secs = BUCKET_SECS,
    .range = BUCKET_RANGE,
    .buckets = true,
    .views = true,
    .col = {ROW_KEYS},
    .raw = "x.n",
    .uniq = "0",
    NO_MONEY,
};

const struct source source_refused = {
    .from = "(SELECT r.*, '' AS currency FROM rollup_refused r) x",
    .secs = BUCKET_SECS,
    .range = BUCKET_RANGE,
    .buckets = true,
    .col = {ROW_KEYS, [SLICE_REASON] = "x.verdict"},
    .raw = "x.n",
    .uniq = "0",
    NO_MONEY,
};

const struct source source_clicks_cube = {
    .from = "cube_click x JOIN " BUILT " ON b.node = x.node_id AND x.bucket < b.built",
    .built = true,
    .secs = BUCKET_SECS,
    .range = BUCKET_RANGE,
    .buckets = true,
    .col = {ROW_KEYS, [SLICE_DEVICE] = "x.device_type", [SLICE_OS] = "x.os",
	[SLICE_BROWSER] = "x.browser"},
    .raw = "x.page_view",
    .uniq = "x.unique_offer",
    .charge = "x.revenue",
    .charge_b = "x.revenue_b",
    .revenue = "x.payout",
    .revenue_b = "x.payout_b",
};

/* Their money is in the sums of clicks. */
const struct source source_impressions_cube = {
    .from = "cube_click x JOIN " BUILT " ON b.node = x.node_id AND x.bucket < b.built",
    .built = true,
    .secs = BUCKET_SECS,
    .range = BUCKET_RANGE,
    .buckets = true,
    .views = true,
    .col = {ROW_KEYS, [SLICE_DEVICE] = "x.device_type", [SLICE_OS] = "x.os",
	[SLICE_BROWSER] = "x.browser"},
    .raw = "x.impression",
    .uniq = "0",
    NO_MONEY,
};

const struct source source_impressions_open = {
    .from = "impression x JOIN " BUILT
	    " ON b.node = x.node_id AND x.click_us >= b.built * 900000000" WITH_AGENT,
    .built = true,
    .secs = "x.click_us DIV 1000000",
    .range = CLICK_RANGE,
    .views = true,
    .col = {ROW_KEYS, AGENT_KEYS},
    CLICK_SUMS,
};

const struct source source_impressions_whole = {
    .from = "impression x" WITH_AGENT WITH_PLACE("x"),
    .secs = "x.click_us DIV 1000000",
    .range = CLICK_RANGE,
    .views = true,
    .col = {ROW_KEYS, AGENT_KEYS, WHOLE_KEYS("x")},
    CLICK_SUMS,
};

const struct source source_clicks_open = {
    .from = "click x JOIN " BUILT
	    " ON b.node = x.node_id AND x.click_us >= b.built * 900000000" WITH_AGENT,
    .built = true,
    .secs = "x.click_us DIV 1000000",
    .range = CLICK_RANGE,
    .col = {ROW_KEYS, AGENT_KEYS},
    CLICK_SUMS,
};

/* What a later run of the filter of bots took out of these, or put in. */
const struct source source_clicks_corrected = {
    .from = "click_correction x JOIN " BUILT
	    " ON b.node = x.node_id AND x.booked_us >= b.built * 900000000" WITH_AGENT,
    .built = true,
    .secs = "x.booked_us DIV 1000000",
    .range = BOOKED_RANGE,
    .col = {ROW_KEYS, AGENT_KEYS},
    BOOKED_SUMS,
};

const struct source source_conversions_agents = {
    .from = "conversion x" WITH_AGENT,
    .secs = "x.created_us DIV 1000000",
    .range = "x.created_us >= ? AND x.created_us < ?",
    .status = true,
    .col = {ROW_KEYS, AGENT_KEYS, [SLICE_GOAL] = "x.goal_id"},
    CONVERSION_SUMS,
};

const struct source source_clicks_whole = {
    .from = "click x" WITH_AGENT WITH_PLACE("x"),
    .secs = "x.click_us DIV 1000000",
    .range = CLICK_RANGE,
    .col = {ROW_KEYS, AGENT_KEYS, WHOLE_KEYS("x")},
    CLICK_SUMS,
};

const struct source source_corrected_whole = {
    .from = "click_correction x LEFT JOIN click c ON c.click_us = x.click_us AND "
	    "c.click_lo = x.click_lo" WITH_AGENT WITH_PLACE("c"),
    .secs = "x.booked_us DIV 1000000",
    .range = BOOKED_RANGE,
    .col = {ROW_KEYS, AGENT_KEYS, WHOLE_KEYS("c")},
    BOOKED_SUMS,
};

const struct source source_conversions_whole = {
    .from = "conversion x" WITH_AGENT " LEFT JOIN click_kept k ON k.click_us = "
	    "x.click_us AND k.click_lo = x.click_lo" WITH_PLACE("k"),
    .secs = "x.created_us DIV 1000000",
    .range = "x.created_us >= ? AND x.created_us < ?",
    .status = true,
    .col = {ROW_KEYS, AGENT_KEYS, WHOLE_KEYS("x"), [SLICE_GOAL] = "x.goal_id"},
    CONVERSION_SUMS,
};

const char *
source_column(const struct source *s, enum slice by, enum custom_locale locale)
{
	static const char *const city[CUSTOM_LOCALES] = {
	    [CUSTOM_EN] = "COALESCE(pl.city, '')",
	    [CUSTOM_RU] = "COALESCE(NULLIF(pl.city_ru, ''), pl.city, '')",
	    [CUSTOM_ES] = "COALESCE(NULLIF(pl.city_es, ''), pl.city, '')",
	};

	return by == SLICE_CITY && s->col[by] != NULL ? city[locale] : s->col[by];
}
