/* SPDX-License-Identifier: Apache-2.0
 * macro.h - variables in target URLs: %%name%% and {name}, by the names of tbl/macros.h.
 *
 * Any process, any thread; nothing here allocates after a thread's first transform:md5.
 *
 *   %%x%%                   the value, percent-encoded; of a link variable that is
 *                           empty, and of names nobody knows, the name itself
 *   %%x|default:none%%      none, when x is empty
 *   %%x|transform:md5%%     also base64; of an empty x nothing
 *   %%if|x=Desktop:1%%      1 when x is Desktop, else nothing
 *   {x}                     the value, percent-encoded; what nobody knows stays
 *
 * Modifiers chain from left to right.  Texts of a modifier stand in the URL as they were
 * saved; values never can leave the place they are put into, and nothing is replaced
 * before the path: whatever a visitor sends, the host is the one that was saved (I7 of
 * DESIGN).  A URL with a variable there is refused when it is saved (domain/weburl.h).
 */
#ifndef TRACK_MACRO_H
#define TRACK_MACRO_H

#include "track/catalog.h"
#include "track/geo.h"
#include "track/ua.h"
#include "track/vars.h"

struct zone;

enum macro_value {
	MACRO_NONE, /* no such name */
	MACRO_NOTHING,
	MACRO_VARIABLE,
	MACRO_HASH,
	MACRO_HEX24,
	MACRO_AFFILIATE_ID,
	MACRO_AFFILIATE_NAME,
	MACRO_AFFILIATE_USERNAME,
	MACRO_ADVERTISER_ID,
	MACRO_CAMPAIGN_ID,
	MACRO_APPROVED,
	MACRO_OFFER_ID,
	MACRO_OFFER_NAME,
	MACRO_LANDING_PAGE_ID,
	MACRO_SUBID1,
	MACRO_SUBID2,
	MACRO_SUB1,
	MACRO_SUB2,
	MACRO_SUB3,
	MACRO_SUB4,
	MACRO_SUB5,
	MACRO_OCID,
	MACRO_OCODE,
	MACRO_DEEPLINK,
	MACRO_DEVICE_TYPE,
	MACRO_DEVICE_MODEL,
	MACRO_OS_VERSION,
	MACRO_COUNTRY,
	MACRO_CITY,
	MACRO_DATE,
	MACRO_CLOCK,
	MACRO_DATETIME,
	MACRO_UNIXTIME,
	MACRO_CURRENCY,
	MACRO_IP,
	MACRO_UA,
	MACRO_REFERRER,
	MACRO_RANDOM,
	MACRO_VALUES
};

/* What is known of a click.  Pointers may be NULL and texts STR_NONE: then these values
 * are empty. */
struct macro_facts {
	const struct catalog *cat;
	const struct zone *zone; /* of dates; NULL: UTC */
	struct click_id id;      /* {0, 0} of a refused click: it has none to show */
	us_t now;
	const struct cat_account *affiliate;
	const struct cat_offer *offer;
	const struct cat_landing_page *lp;
	uint32_t campaign, subid1, subid2;
	struct str sub[5], ocid, deeplink;
	struct str ocode;        /* the link's tracking code */
	const struct vars *vars; /* of the link */
	const struct ua_info *ua;
	struct str ua_text, referrer;
	const struct geo *geo; /* for the city, which is looked up when it is asked for */
	uint16_t country;
	const uint8_t *ip; /* 16 bytes */
	char currency[4];
	/* When set, it alone knows the names: what they are at a conversion
	 * (notify/tellfacts.h).  brace: of {name}, else of %%name%%.  false: nobody knows
	 * it; *out lives until the next call. */
	bool (*source)(void *ctx, bool brace, struct str name, struct str *out);
	void *source_ctx;
};

/* Writes `url` with its variables filled in; without `raw` bytes that no URL holds are
 * percent-encoded too.  STR_NONE: it does not fit into cap bytes, or is no http or https
 * URL. */
NODISCARD struct str macro_expand(
    char *out, size_t cap, struct str url, bool raw, const struct macro_facts *f);

/* The same in markup: inside a URL values are percent-encoded, and empty before its path;
 * elsewhere everything that could end a text, an attribute or a script's string is a
 * character reference.  STR_NONE: no room. */
NODISCARD struct str macro_markup(
    char *out, size_t cap, struct str markup, const struct macro_facts *f);

/* Bytes of scheme and authority: where in a URL variables may begin.  0: no http or https
 * URL. */
NODISCARD size_t macro_fixed(struct str url);
#endif
