/* SPDX-License-Identifier: Apache-2.0
 * affisekit.h - what the handlers of offers and accounts share.
 *
 * On a thread of the worker's pool, as worker/api.h says.
 */
#ifndef API_AFFISE_AFFISEKIT_H
#define API_AFFISE_AFFISEKIT_H

#include "api/affise/affise.h"
#include "base/zone.h"
#include "domain/offer.h"
#include "domain/trackdomain.h"

/* A column of the domain's tables and what this dialect calls it. */
struct affisekit_name {
	const char *column, *wire;
};

/* change_run(), then waits until the change is in force.  On failure rq->fault speaks
 * this dialect; `names` ends in {NULL}. */
NODISCARD enum err affisekit_run(struct api_req *rq, struct change *c, change_f *fn,
    void *what, const struct affisekit_name *names);

/* The number behind a reference to an account of that type (0: any), which is 0 for one
 * that is not there. */
NODISCARD enum err affisekit_account(
    struct db *db, const struct arg_ref *ref, unsigned type, int64_t *id);
/* The same of an offer. */
NODISCARD enum err affisekit_offer(struct db *db, const struct arg_ref *ref, int64_t *id);

/* The tracking domain that a parameter names, into *id; 0 and empty: none.  The fault
 * names the parameter. */
NODISCARD enum err affisekit_domain(
    struct change *c, const char *param, uint8_t has, int64_t sent, int64_t *id);

/* The network's zone; UTC when the stored name is none. */
NODISCARD enum err affisekit_zone(
    struct db *db, struct arena *a, const struct zone **out);

/* Pieces of answers: a key and its value.  Texts that are STR_NONE become "", in _or_null
 * also null. */
void affisekit_str(struct jsonw *w, const char *key, struct str v);
void affisekit_str_or_null(struct jsonw *w, const char *key, struct str v);
void affisekit_int(struct jsonw *w, const char *key, int64_t v);
void affisekit_bool(struct jsonw *w, const char *key, bool v);
void affisekit_null(struct jsonw *w, const char *key);
void affisekit_empty_list(struct jsonw *w, const char *key);
void affisekit_empty_map(struct jsonw *w, const char *key);
/* YYYY-MM-DD HH:MM:SS in the zone. */
void affisekit_time(struct jsonw *w, const char *key, const struct zone *z, us_t t);

/* ERR_NOT_FOUND: the caller may not see this offer.  *connected: he may run it as it is.
 * (affiselist.c) */
NODISCARD enum err affisekit_look_at(
    struct api_req *rq, const struct offer *o, bool *connected);

/* How to show an offer (affiseshow.c). */
struct affiseshow {
	struct jsonw *w;
	struct arena *a;
	struct db *db;
	const struct zone *zone;
	us_t now;
	struct str base; /* of links: "https://track.example" */
	const struct trackdomain *domain;
	size_t n_domains;
	int64_t affiliate_id; /* whose view it is; 0: an administrator's */
};
/* Zone and base of links as the network has them. */
NODISCARD enum err affiseshow_init(struct api_req *rq, struct affiseshow *s);
/* The Offer of an administrator, the PartnerOffer of an affiliate; `connected`: that one
 * may run it as it is. */
void affiseshow_offer(const struct affiseshow *s, const struct offer *o, bool connected);
/* The PartnerOffer, with its goals besides. */
void affiseshow_goals(const struct affiseshow *s, const struct offer *o, bool connected);

/* The members creatives and creatives_zip (affisecreative.c): an administrator sees those
 * that were given with the offer, an affiliate all that he is to be shown for it; URLs of our own begin with `base`. */
void affisecreative_put(const struct affiseshow *s, int64_t offer, struct str base);

/* A payout rule as this dialect sees it (affisepay.c); amounts are micro-units, or
 * ten-thousandths of a percent. */
struct affisepay {
	struct str goal;
	int64_t goal_id;
	struct str countries;
	bool country_exclude;
	struct str title, currency, url; /* url: of its own, else "" */
	bool percent;
	int64_t total, revenue;
	/* Comma lists as in the rule; affiliates make it a personal payment. */
	struct str affiliates, cities, devices, os;
};
/* false: this dialect cannot express the rule, and does not show it. */
NODISCARD bool affisepay_of(const struct rule *r, struct affisepay *out);
/* Reads the payments sent, general or personal ones; NULL is an empty list.  Faults name
 * payments[i][member] or partner_payments[i][member]. */
NODISCARD enum err affisepay_read(struct arena *a, struct json_object *tree,
    bool personal, struct affisepay **out, size_t *n, struct fault *f);
/* Makes the offer's rules of that sort say what was sent, as far as this dialect can
 * express them (C2). */
NODISCARD enum err affisepay_put(struct change *c, const struct offer *o, bool personal,
    struct affisepay *sent, size_t n);

/* Landings as sent (affiselanding.c); NULL is an empty list.  Faults name
 * landings[i][member]. */
struct affiselanding;
NODISCARD enum err affiselanding_read(struct arena *a, struct json_object *tree,
    struct affiselanding **out, size_t *n, struct fault *f);
/* Makes them the offer's landing pages besides the default one. */
NODISCARD enum err affiselanding_put(
    struct change *c, const struct offer *o, struct affiselanding *sent, size_t n);

/* A cap as this dialect sends it (affisecap.c): goals are known by their values. */
struct affisecap {
	struct offercap cap;
	struct str *goal;
	size_t n_goals;
};
/* Reads the caps sent; NULL is an empty list.  Faults name caps[i][member]. */
NODISCARD enum err affisecap_read(struct arena *a, struct json_object *tree,
    struct affisecap **out, size_t *n, struct fault *f);
/* Makes the offer's caps say what was sent, with the settings of `now`; `was`: the offer
 * before the change, whose caps they replace. */
NODISCARD enum err affisecap_put(struct change *c, const struct offer *was,
    const struct offer *now, struct affisecap *sent, size_t n);
/* The same when only the offer's settings changed. */
NODISCARD enum err affisecap_follow(
    struct change *c, const struct offer *was, const struct offer *now);
/* Whether this dialect can express the cap. */
NODISCARD bool affisecap_shown(const struct offer *o, const struct offercap *p);
/* The same, and whether that affiliate (0: an administrator) may see it. */
NODISCARD bool affisecap_visible(
    const struct offer *o, const struct offercap *p, int64_t affiliate_id);
/* Keys `goals` and `affiliates` of a cap; the latter from its list. */
void affisecap_goals(struct jsonw *w, const struct offercap *p);
/* `goals` as a list of such pairs. */
void affisecap_goal_list(struct jsonw *w, const struct offercap *p);
void affisecap_affiliates(struct jsonw *w, struct str list);
/* Key `caps` and its list; affiliate_id 0: an administrator's. */
void affisecap_show(struct jsonw *w, const struct offer *o, int64_t affiliate_id);

#endif
