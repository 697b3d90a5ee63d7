/* SPDX-License-Identifier: Apache-2.0
 * click.h - what a click means: from the request to verdict, Location, cookies and
 * record.
 *
 * Pure: sees neither libh2o nor SQL, allocates nothing and waits for nobody; what it
 * needs of the outside comes as functions.  One struct click serves a worker for all its
 * clicks, one after the other:
 *
 *     click_begin(k, env, in);                what is asked for, and whether it may be
 *     id = slot_new_id(...);                  room for the record was reserved before
 *     n = click_finish(k, id, rec, cap);      URL, cookies, record; ring_commit()
 *
 * What it then says points into k and lives until the next click_begin().
 */
#ifndef TRACK_CLICK_H
#define TRACK_CLICK_H

#include "track/aim.h"
#include "track/geo.h"
#include "track/macro.h"
#include "track/ocode.h"
#include "track/surfer.h"

/* Longest record of a click: its head and every text of tbl/fields.h that a click may
 * have. */
#define CLICK_RECORD_MAX 9216
#define CLICK_LOCATION_MAX 8192
#define CLICK_COOKIES_MAX 2

enum click_door {
	CLICK_BY_TRACK,
	CLICK_BY_TTRACK,
	CLICK_BY_STRACK,
	CLICK_BY_IMP, /* no click: a creative is shown, track/impression.h */
	CLICK_BY_AFFISE,
	CLICK_BY_SHORT, /* rest: the query that the short code stands for */
	CLICK_BY_SMART  /* /sl */
};

struct click_in {
	enum click_door door;
	struct str rest;  /* of the path, behind the door's /track/; not decoded */
	struct str path;  /* the whole of it, not decoded */
	struct str host;  /* as the request names it; STR_NONE: not at all */
	struct str query; /* not decoded; STR_NONE: none */
	struct str ua, referrer, accept_language,
	    cookie;    /* headers; STR_NONE: not sent */
	bool head;     /* a HEAD request */
	bool prefetch; /* a header says so: click_is_prefetch() */
	bool https;
	uint8_t ip[16];
	us_t now;
};

/* What outlives a click.  `seen` and `hint`: unique_seen() and unique_hint() of shm;
 * `count`, `add`: captable_count() and captable_add(); `random`: fills 16 bytes. */
struct click_env {
	const struct catalog *cat;
	const struct zone *zone; /* of the network; NULL: UTC */
	const struct geo *geo;
	struct geo_memo *memo; /* of it */
	struct ua_reader *ua;
	bool (*seen)(void *arg, uint64_t key, uint32_t now_s, uint32_t window_s);
	void (*hint)(void *arg, uint64_t key);
	struct cap_clock *clock; /* of `zone` */
	int64_t (*count)(void *arg, uint64_t key);
	void (*add)(void *arg, uint64_t key, us_t until);
	void (*random)(void *arg, uint8_t out[16]);
	void *arg;
};

struct click {
	/* the answer */
	enum verdict verdict;
	struct str location;        /* STR_NONE: none, show click_page() with 404; of an
				       impression: the transparent picture */
	enum cat_redirect_type how; /* he is sent there */
	struct str cookie[CLICK_COOKIES_MAX]; /* values of Set-Cookie */
	unsigned n_cookies;
	bool json; /* format=json: the answer is click id and URL, and no redirect */

	/* in between */
	const struct click_env *env;
	const struct click_in *in;
	struct rec_click rec; /* its id comes last */
	struct aim aim;
	struct macro_facts facts;
	struct vars vars;
	struct ocode code;
	struct ocode_ids ids;
	const struct ua_info *ua;
	struct geo_place place;
	struct str path;   /* extra path behind the code, decoded */
	struct str subids; /* names of sub ids, as subnames_pack() has them */
	struct surfer surfer;
	bool moved;          /* /strack/ with flag 0 */
	bool hostnpost;      /* the answer is JSON for the server that asks */
	struct click_in own; /* of a host-and-post click: what `in` points to then */
	const struct cat_smartlink *smart; /* what is to choose the offer, else NULL */
	struct pad pad;
	char memory[16384], url[CLICK_LOCATION_MAX + 1];
};

/* Sets verdict; the rest comes with click_finish(). */
void click_begin(struct click *k, const struct click_env *env, const struct click_in *in);
/* Writes the record and returns its length.  cap is at least CLICK_RECORD_MAX. */
size_t click_finish(struct click *k, struct click_id id, unsigned char *rec, size_t cap);

/* By the headers Sec-Purpose, Purpose, X-Purpose and X-Moz, STR_NONE for those not sent.
 */
NODISCARD bool click_is_prefetch(
    struct str sec_purpose, struct str purpose, struct str x_purpose, struct str x_moz);
/* What a visitor sees who is sent nowhere: HTML. */
NODISCARD struct str click_page(void);

/* The cookie of an offer, as posts look for it: "oc_<offer>"; its value is a click hash.
 * The link of an in-house account marks it with a ~ behind, so that others may be told
 * from it. */
#define CLICK_COOKIE_PREFIX "oc_"
#define CLICK_DONE_PREFIX "oc_d_" /* + offer id: has converted */
#define CLICK_INHOUSE_MARK '~'

#endif
