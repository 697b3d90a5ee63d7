/* SPDX-License-Identifier: Apache-2.0
 * hop.h - a visitor is sent on: from the landing page his link asks for to another, by an
 * expired offer, a geo redirect, a full cap, a redirect rule or for his device.
 *
 * Pure: reads the catalog, allocates nothing.  How a check of aim.c says "not here,
 * there":
 *
 *     if (hop_to_page(w->ask->cat, &w->hop, HOP_CAP, cap->id, cap->to_offer, cap->to_lp,
 *             cap->track))
 *             return VERDICT_COUNTED;        aim_take() goes there and checks again
 *     return VERDICT_OVERCAP;                no such page: refused
 *
 * A hop that tracks takes the click along: cookie, commission and counts are the target's
 * (§1.9).  One that does not only moves the visitor, and from then on the click stays
 * with the offer it had: a later hop that tracks cannot take it, since whoever said "only
 * move him" has counted on him.
 *
 *        asked for ──hop──► ... ──hop──► what the visitor sees       at most HOPS_MAX
 *                 └── the last one reached by hops that track alone is what counts
 */
#ifndef TRACK_HOP_H
#define TRACK_HOP_H

#include "track/catalog.h"

#define HOPS_MAX 5

/* Column click.via; numbers are never reused. */
enum hop_why {
	HOP_NONE = 0,
	HOP_EXPIRED = 1, /* the offer is not running; id 0 */
	HOP_GEO = 2,     /* another offer of its group fits the country; id: the group */
	HOP_CAP = 3,     /* id: the cap */
	HOP_RULE = 4,    /* id: the redirect rule */
	HOP_MOBILE = 5,  /* the offer's page for such devices; id 0 */
	HOP_ACCESS = 6,  /* the affiliate may not use the page, but this one; id 0 */
};

struct hop {
	uint8_t why; /* enum hop_why; HOP_NONE: there is no hop here */
	bool track;
	uint32_t id;
	const struct cat_offer *offer; /* NULL: it leads to a URL */
	const struct cat_landing_page *lp;
	struct cat_text url;
};

/* Landing page `lp_id`, or with 0 the default one of `offer_id`.  false: there is none
 * that can be shown; *out is HOP_NONE then. */
bool hop_to_page(const struct catalog *c, struct hop *out, enum hop_why why, uint32_t id,
    uint32_t offer_id, uint32_t lp_id, bool track);
/* A URL of the administrator's; nothing is checked there, and what counts stays.  The
 * same for one that is not set. */
bool hop_to_url(struct hop *out, enum hop_why why, uint32_t id, struct cat_text url);

/* A landing page that can be shown, else NULL. */
NODISCARD const struct cat_landing_page *hop_page(const struct catalog *c, uint32_t id);

/* Where a click has been. */
struct hop_chain {
	const struct cat_offer *asked;
	const struct cat_landing_page *asked_lp;
	struct hop at[HOPS_MAX];
	unsigned n;
	bool pinned; /* a hop did not track */
};

/* One more.  COUNTED, REDIRECT_LOOP for a place it was at already, TOO_MANY_HOPS: not
 * added then. */
NODISCARD enum verdict hop_add(struct hop_chain *chain, const struct hop *h);

/* Longest text of a chain, and the text: "why.id.offer.page.track" a hop, parted by
 * commas; a URL has offer and page 0.  Empty: no hops. */
#define HOP_TEXT (HOPS_MAX * 40)
NODISCARD struct str hop_text(char out[HOP_TEXT], const struct hop_chain *chain);
/* The first hop of such a text, which is cut off.  false: there is none, or it is not
 * readable. */
struct hop_said {
	uint32_t why, id, offer_id, lp_id, track;
};
bool hop_read(struct str *text, struct hop_said *out);
/* "rule", "cap" ...; "" for what is none. */
NODISCARD const char *hop_word(uint32_t why);

#endif
