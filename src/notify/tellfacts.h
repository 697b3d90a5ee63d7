/* SPDX-License-Identifier: Apache-2.0
 * tellfacts.h - one step of a conversion, as an affiliate's postback or pixel tells it.
 *
 * One thread at a time; the notifier and the worker's API threads.  What was queued with
 * the step (status, money) comes from its row, everything else is read by its number now.
 * Names are those of tbl/tellmacros.h.
 */
#ifndef NOTIFY_TELLFACTS_H
#define NOTIFY_TELLFACTS_H

#include "base/arena.h"
#include "base/zone.h"
#include "db/db.h"
#include "track/macro.h"

enum tellvalue {
	TV_OF_CLICK, /* the link's variable of that name */
	TV_OF_POST,  /* what the advertiser sent under it */
	TV_RANDOM,
	TV_AFFILIATE_ID,
	TV_AFFILIATE_USERNAME,
	TV_CAMPAIGN_ID,
	TV_CAMPAIGN_NAME,
	TV_APPROVED, /* 0 pending, else 1 */
	TV_OFFER_ID,
	TV_OFFER_NAME,
	TV_LANDING_PAGE_ID,
	TV_HASH,
	TV_TXN_ID,
	TV_COMMISSION, /* his money for the step; negative when it was taken back */
	TV_PAYOUT,     /* his money for the conversion */
	TV_CURRENCY,
	TV_OCID,
	TV_SUB1,
	TV_SUB2,
	TV_SUB3,
	TV_SUB4,
	TV_SUB5,
	TV_SUBID1,
	TV_SUBID2,
	TV_CUSTOMER_EMAIL,
	TV_DEVICE_NAME, /* "Desktop" */
	TV_DEVICE_WORD, /* "desktop" */
	TV_STEP,
	TV_STATUS, /* 1 confirmed, 2 pending, 3 declined, 5 hold */
	TV_GOAL_ID,
	TV_GOAL_NAME,
	TV_GOAL_VALUE,
	TV_ORDER_ID,
	TV_ORDER_SUM,
	TV_COUNTRY,
	TV_CITY,
	TV_OS,
	TV_UA,
	TV_IP,
	TV_REFERRER,
	TV_COMMENT,
	TV_DATETIME,
	TV_DATE,
	TV_CLOCK,
	TV_UNIXTIME,
	TV_CLICK_DATETIME,
	TV_VALUES
};

/* Of a row of notify_queue. */
struct tellstep {
	int64_t conv_us;
	unsigned conv_node;
	int64_t txn_us; /* 0: a hold that has ended */
	unsigned txn_node;
	unsigned told;   /* enum tell */
	unsigned status; /* of the conversion, after it */
	money_t commission, payout;
};

struct tellfacts {
	struct arena *a;
	uint32_t offer_id, goal_id;
	struct str offer_hex24;
	struct str value[TV_VALUES];
	struct str click_extra, post_extra; /* urlencoded */
};

/* ERR_NOT_FOUND: no such conversion.  Texts live in the arena.  geo may be NULL. */
NODISCARD enum err tellfacts_load(struct db *db, struct arena *a, const struct zone *z,
    const struct geo *geo, const struct tellstep *s, struct tellfacts *out);
/* For macro_facts.source; ctx is a struct tellfacts. */
bool tellfacts_value(void *ctx, bool brace, struct str name, struct str *out);
/* The facts for macro_expand() and macro_markup(). */
NODISCARD struct macro_facts tellfacts_macros(struct tellfacts *f);

#endif
