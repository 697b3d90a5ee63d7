/* SPDX-License-Identifier: Apache-2.0
 * aim.h - may this click go to this offer, and where else does it go?
 *
 * Pure: reads the catalog and what it is asked with.  The order of checks is that of
 * nats-behaviour.md §1.8 for /track/ and that of the trafficback table of affise-3.0.md
 * for /click, as decisions.md C4 to C7 amends them:
 *
 *     /track/                         /click
 *     affiliate active                advertiser there
 *     advertiser there                affiliate active; neither it nor the offer: the
 *                                     offer's refusal
 *     offer active, live, in time     offer active, live, in time
 *     access                          access
 *     country                         caps
 *     other targeting                 country
 *     caps                            other targeting
 *
 * An offer that is not running sends its traffic to its expire landing page: is that
 * another offer's, the click goes there; is it the offer's own, the visitor sees it and
 * nothing is counted.  A check may send him elsewhere, too: it fills in a hop
 * (track/hop.h), and there he is checked again, five hops at most; a place he was at
 * already ends at the fallback.
 */
#ifndef TRACK_AIM_H
#define TRACK_AIM_H

#include "track/capcheck.h"
#include "track/hop.h"
#include "track/targeting.h"

struct aim_ask {
	const struct catalog *cat;
	bool affise; /* it came by /click */
	bool test;   /* sub1=testofferlink of an allowed caller: no targeting (E8) */
	us_t now;
	const struct cat_account *affiliate; /* exists and is not deleted */
	const struct cat_offer *offer;       /* ditto */
	const struct cat_landing_page *lp;   /* NULL: the offer's own */
	uint16_t country;                    /* 0: unknown */
	const struct targeting_visitor *visitor;
	const struct cap_ask *caps;
	/* For redirect rules: 32 random bits, and whether the visitor is new to that
	 * offer by the redirect unique, which then knows him. */
	uint8_t device_type; /* enum device_type */
	bool counts;         /* no bot and no prefetch: he is remembered */
	uint32_t (*random)(void *arg);
	bool (*is_new)(void *arg, const struct cat_offer *o);
	void *arg; /* of these two */
};

struct aim {
	enum verdict verdict;          /* COUNTED, TEST, or why not */
	const struct cat_offer *offer; /* what the click is of: the last one reached by
					  hops that track; refused: the one asked for */
	const struct cat_landing_page *lp; /* ditto; NULL: it has none */
	const struct cat_offer *shown;     /* where the visitor goes; refused: NULL */
	const struct cat_landing_page
	    *shown_lp;  /* ditto; NULL: a URL of no landing page */
	struct str url; /* where the visitor goes, with variables; STR_NONE: nowhere, a
			   plain page */
	bool raw_url;   /* bytes of url are to stay as they are */
	struct hop_chain chain;
};

/* A click on its way: what a check is given.  One that does not want the visitor here
 * returns why not; one that knows a better place for him fills `hop` besides, or returns
 * VERDICT_COUNTED with it. */
struct aim_walk {
	const struct aim_ask *ask;
	const struct cat_offer *offer;     /* here */
	const struct cat_landing_page *lp; /* ditto; NULL: the offer has none */
	enum { AIM_UNKNOWN, AIM_NEW, AIM_RETURNING } visitor; /* of this offer */
	struct hop hop;
	struct aim *out; /* as far as it is known: the chain */
};
typedef enum verdict aim_check_f(struct aim_walk *w);

void aim_take(const struct aim_ask *ask, struct aim *out);

/* May a creative of this offer be shown here?  The checks of a click before its caps and
 * redirects, none of which a display has: *lp becomes the landing page that the link
 * would lead to.  VERDICT_COUNTED, TEST, or why not.  `caps`, `random` and `is_new` are
 * not asked. */
NODISCARD enum verdict aim_display(
    const struct aim_ask *ask, const struct cat_landing_page **lp);

/* Where clicks go whose offer or affiliate is not known; STR_NONE: a plain page. */
NODISCARD struct str aim_nowhere(const struct catalog *c, bool affise);

#endif
