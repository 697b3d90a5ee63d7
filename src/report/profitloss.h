/* SPDX-License-Identifier: Apache-2.0
 * profitloss.h - profit and loss by booking time: nats-behaviour.md §4.2.
 *
 * Source: rollup_booked, and the raw rows (report/wide.h) where that does not keep what is
 * asked for.  A view is a grouping of one fact set: the totals of all views
 * with the same filters are equal, because they are sums of the same micro-units, rounded
 * once (R1 of decisions.md). Amounts are base currency.
 */
#ifndef REPORT_PROFITLOSS_H
#define REPORT_PROFITLOSS_H

#include "base/jsonw.h"
#include "base/money.h"
#include "db/db.h"
#include "report/period.h"

enum pl_view {
	PL_PERIOD, /* by day */
	PL_MONTH,
	PL_YEAR,
	PL_OFFER,
	PL_LANDING_PAGE,
	PL_LOGIN,       /* the producing affiliate (R1) */
	PL_DEMOGRAPHIC, /* country */
	PL_SUBID1,      /* subid.id; these two read the raw rows */
	PL_SUBID2,
	PL_OFFER_GROUP, /* an offer counts in its first one (R1) */
	PL_ADTOOL,      /* creative; reads the raw rows, as does the next */
	PL_DEVICE_TYPE, /* enum device_type; the raw rows too, as do the others of devices */
	PL_DEVICE_BRAND, /* of these a number is that of the first user agent like it */
	PL_DEVICE_MODEL,
	PL_DEVICE_OS,
	PL_DEVICE_OS_VERSION,
	PL_DEVICE_BROWSER,
	PL_DEVICE_CARRIER, /* isp.id of cellular connections; the raw rows, as the next */
	PL_REFURL, /* host of the click's referrer: the first 48 bits of its MD5, 0 none */
	PL_VIEWS
};

enum pl_counter {
#define PLC(name_, column_, kind_) PL_##name_,
#include "tbl/plcounters.h"
#undef PLC
	PL_COUNTERS
};

/* `has` says which filters were sent: a filter of 0 is a filter too (rows with no such
 * thing). */
enum {
	PL_F_LOGIN = 1,
	PL_F_OFFER = 2,
	PL_F_LANDING_PAGE = 4,
	PL_F_PROGRAM = 8,
	PL_F_COUNTRY = 16,
	PL_F_CAMPAIGN = 32,     /* reads the raw rows */
	PL_F_MANAGER = 64,      /* his affiliates */
	PL_F_ADTOOL = 128,      /* reads the raw rows */
	PL_F_DEVICE_TYPE = 256, /* ditto, and the rest */
	PL_F_BRAND = 512,
	PL_F_MODEL = 1024,
	PL_F_OS = 2048,
	PL_F_BROWSER = 4096
};

struct profitloss_query {
	enum pl_view view;
	struct period period;
	const struct zone *zone;
	unsigned has;
	uint32_t loginid, offerid, landing_pageid, programid, campaignid, acct_rep;
	uint32_t adtoolid, device_type, brand, model, os, browser;
	uint16_t country;  /* two letters as a number */
	unsigned inhouse;  /* limit_inhouse: 0 all, 1 only them, 2 without them */
	unsigned mediabuy; /* limit_mediabuy: in the same way */
};

struct pl_row {
	int64_t brk; /* start of the day, month, year in Unix seconds; an id; a country's
			ISO number */
	struct str name; /* the host in PL_REFURL, else empty; lives until the callback
			    returns */
	int64_t v[PL_COUNTERS]; /* counts, and micro-units of base */
};

/* The word of `view` for a breakdown; and back, of one of those words: the table of the
 * endpoint lets no other through. */
NODISCARD const char *profitloss_view_name(enum pl_view v);
NODISCARD enum pl_view profitloss_view(struct str word);

/* Rows in ascending order of their break, those that are 0 throughout left out; return
 * false to stop. */
typedef bool pl_row_f(void *ctx, const struct pl_row *row);
NODISCARD enum err profitloss_each(
    struct db *db, const struct profitloss_query *q, pl_row_f *fn, void *ctx);
void profitloss_add(struct pl_row *sum, const struct pl_row *row);

/* The reply of report/profitloss, whole: amounts in cents (R5). */
NODISCARD enum err profitloss_json(
    struct db *db, const struct profitloss_query *q, struct jsonw *w);

/* For dumps: name of a counter, and whether it is an amount. */
NODISCARD const char *profitloss_name(enum pl_counter c);
NODISCARD bool profitloss_is_money(enum pl_counter c);

#endif
