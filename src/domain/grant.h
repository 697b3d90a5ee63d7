/* SPDX-License-Identifier: Apache-2.0
 * grant.h - exceptions: who may run what, whatever its flags say; and advertisers' black
 * lists.
 *
 * One thread at a time.  How they count at a click is track/access.h.  Lists of numbers
 * are JSON arrays.
 */
#ifndef DOMAIN_GRANT_H
#define DOMAIN_GRANT_H

#include "domain/change.h"

enum grant_what {
	GRANT_USE, /* to run it */
	GRANT_ASK  /* to ask for it while it is private */
};
enum grant_how {
	GRANT_ENABLE,
	GRANT_DISABLE,
	GRANT_REVERT /* nothing is said any more */
};

struct grant {
	enum grant_what what;
	enum grant_how how;
	struct str affiliates; /* numbers; [0]: everybody, and whoever was named before is
				  forgotten */
	/* One of the two is set: */
	struct str pages;  /* single landing pages */
	struct str offers; /* whole offers, landing pages added later included */
	/* With `offers`: what was said of their single landing pages is forgotten where
	 * it says otherwise. */
	bool all_pages;
};

/* Writes it and bumps the catalog for each offer that it concerns. */
NODISCARD enum err grant_put(struct change *c, const struct grant *g);

/* "disable-all" of C5: takes back every exception that lets somebody in, of an offer or
 * (offer 0) of an affiliate on all offers that are not public.  Blocks stay. */
NODISCARD enum err grant_close(struct change *c, int64_t offer, int64_t affiliate);

/* On or off the black lists of the advertisers (JSON array). */
NODISCARD enum err grant_blacklist(
    struct change *c, struct str advertisers, int64_t affiliate, bool on);

/* What an affiliate may see and do with an offer, by its default landing page. */
enum grant_ask { GRANT_ASK_UNSAID, GRANT_ASK_NO, GRANT_ASK_YES };
struct grant_view {
	bool connected; /* an exception lets him in */
	bool blocked;   /* an exception or the advertiser's black list keeps him out */
	enum grant_ask ask; /* whether he may ask for it while it is private */
};
NODISCARD enum err grant_view(struct db *db, int64_t offer, int64_t lp,
    int64_t advertiser, int64_t affiliate, struct grant_view *out);
/* Landing pages that are closed to him, of these offers (JSON array), by number. */
NODISCARD enum err grant_closed_pages(struct db *db, struct arena *a, struct str offers,
    int64_t affiliate, int64_t **out, size_t *n);

#endif
