/* SPDX-License-Identifier: Apache-2.0
 * catalog.h - all the click path needs to know, as one immutable image, and how to read
 * it.
 *
 * The stats process writes an image a generation (stats/catmodel.h, track/catimage.h);
 * any process maps it and reads without locks.  Nothing in it is a pointer: texts and
 * lists are offsets, so each process maps it where it likes.  What a reader gets points
 * into the image and lives until catalog_unmap().
 *
 *   +--------+-----+---------+--------+-----+-----------+----------+--------+-------+
 *   | header | net | account | offer  | ... | countries | settings | hashes | texts |
 *   +--------+-----+---------+--------+-----+-----------+----------+--------+-------+
 *
 * A change of size or order of a struct below is a new CATALOG_VERSION.  A text, a list
 * or an index in one is a row of catcheck.c.
 */
#ifndef TRACK_CATALOG_H
#define TRACK_CATALOG_H

#include "base/caprule.h"
#include "base/iplist.h"
#include "base/record.h"
#include "book/price.h" /* struct price_rule, which lies in the image as it is */

#define CATALOG_VERSION 2

struct catalog; /* private to catalog.c */

/* A text in the image; n == 0 is "not set". */
struct cat_text {
	uint32_t off, n;
};

/* A run of rows in another table. */
struct cat_list {
	uint32_t first, n;
};

/* The network's settings that steer tracking, by their names in tbl/netsettings.h.  Every
 * other one: catalog_setting(). */
struct cat_net {
	struct cat_text time_zone;
	struct cat_text fallback_url; /* where a click goes that no offer can take */
	struct cat_text
	    trafficback_url; /* where a refused one goes whose offer names no place */
	struct cat_text admin_ips; /* ADMIN_API_ALLOWED_IPS */
	char base_currency[4];
	uint32_t stat_unique_seconds;
	uint8_t trafficback_use_for_disabled; /* the network's before the offer's:
					 inactive, disabled */
	uint8_t trafficback_use_by_others;    /* ditto, for all other reasons */
	uint8_t allow_remote_voids;
	uint8_t _pad[5];
	/* A link variable of this name, with a URL of one of these hosts, is gone to as
	 * it is (settings transparent_*). */
	struct cat_text transparent_variable;
	struct cat_list transparent_hosts;
	/* track/doors.h */
	uint32_t
	    default_domain; /* index + 1 of the rules for hosts nobody named; 0: none */
	uint32_t house_account;     /* whose clicks without a code are; 0: nobody's */
	struct cat_text test_token; /* E8 */
};

struct cat_account {
	uint32_t id;
	uint8_t type;   /* 100 affiliate, 120 manager, 140 advertiser ... (schema) */
	uint8_t status; /* 0 active, 2 banned ... (C6) */
	uint8_t deleted, inhouse, auto_pending;
	uint8_t _pad[3];
	struct cat_text username, title, company;
};

enum cat_offer_status { CAT_ACTIVE = 1, CAT_STOPPED = 2, CAT_SUSPENDED = 3 };
/* How the visitor is sent; all but the first hide where he comes from. */
enum cat_redirect_type { CAT_HTTP302 = 1, CAT_HTTP302HIDDEN, CAT_META, CAT_JS };
enum cat_privacy { CAT_PUBLIC = 1, CAT_PROTECTED = 2, CAT_PRIVATE = 3 };

struct cat_offer {
	uint32_t id, advertiser_id, default_lp_id, expire_lp_id, commission_id;
	uint32_t cookie_days;
	uint8_t status;  /* enum cat_offer_status */
	uint8_t privacy; /* enum cat_privacy */
	uint8_t deleted, hidden;
	uint8_t advertiser_gone; /* it has one, and that was deleted */
	uint8_t _pad[3];
	us_t date_live, date_expire; /* 0: not set */
	struct cat_text name, expire_url, trafficback_url;
	struct cat_list authorized,
	    unauthorized;      /* of countries, sorted; network defaults applied */
	struct cat_list rules; /* versions that may still price a click */
	struct cat_list caps;
	struct cat_list redirects;        /* active ones, in the order they are asked */
	struct cat_list groups;           /* numbers of offer groups; empty without a geo
					     redirect */
	uint32_t mobile_lp_id;            /* 0: none */
	uint32_t redirect_unique_seconds; /* ip_uniqueness_seconds, or the network's */
	uint8_t redirect_type;            /* enum cat_redirect_type */
	uint8_t no_ocode;                 /* remove_ocode: %%ocode%% is empty */
	uint8_t _pad2[6];
	/* track/doors.h */
	struct cat_list deeplink_hosts; /* where redirect= of a link may lead */
	uint32_t allow_deeplink;
	uint32_t _pad3;
	struct cat_list pages;  /* its landing pages, deleted ones too */
	struct cat_list access; /* exceptions, by affiliate and landing page */
	struct cat_list
	    blacklist;   /* of numbers: affiliates that its advertiser refuses */
	uint32_t target; /* row of cat_target + 1; 0: any visitor fits */
	uint32_t _pad4;
	struct cat_list pay_rules; /* payments, where one has a URL: track/clickpay.h */
};

/* What is said of an affiliate before any flag (C5). */
struct cat_access {
	uint32_t affiliate_id;    /* 0: everybody who is not named */
	uint32_t landing_page_id; /* 0: the whole offer */
	uint8_t allowed;
	uint8_t _pad[3];
};

enum cat_connection { CAT_CONNECTION_WIFI = 1, CAT_CONNECTION_CELLULAR = 2 };
enum cat_os_family { CAT_OS_WEB = 1, CAT_OS_WP, CAT_OS_IOS, CAT_OS_ANDROID };

/* Which visitors an offer takes: track/targeting.h.  Empty lists and zeros are no
 * restriction; numbers are sorted, texts in them hashed by targeting_text(). */
struct cat_target {
	uint32_t hours;         /* a bit each of the network's day */
	uint8_t devices;        /* a bit (1 << enum device_type) each */
	uint8_t connection;     /* enum cat_connection */
	uint8_t empty_sub;      /* this sub may not be empty, 1 to 8 */
	uint8_t strict;         /* the list below counts ... */
	uint8_t strict_refuses; /* ... and holds countries that nobody pays for */
	uint8_t sub_except[2], adv_sub_except[2]; /* the list refuses */
	uint8_t _pad[3];
	struct cat_list strict_countries;                     /* of countries */
	struct cat_list os;                                   /* of struct cat_os */
	struct cat_list states, cities, isps, subs[2], pairs; /* of numbers */
	struct cat_list adv_subs[2]; /* of numbers: the advertiser's lists */
	struct cat_list refused_ips; /* of ranges of addresses, in order */
};

struct cat_os {
	uint8_t family; /* enum cat_os_family */
	uint8_t any;    /* all versions */
	uint16_t major, minor;
	uint8_t has_minor, _pad;
};

struct cat_landing_page {
	uint32_t id, offer_id;
	uint8_t deleted;
	uint8_t conversion_type; /* enum cat_conversion */
	uint8_t raw_url;         /* disable_url_sanitization */
	uint8_t no_deep_link;    /* disable_deep_linking */
	uint8_t closed;          /* private: for those with an exception alone */
	uint8_t _pad[3];
	struct cat_text url, preview_url;
	struct cat_text hostnpost_ips; /* who may ask for host-and-post clicks */
	struct cat_text
	    redirect_hash; /* pairs it with those of other offers of a group */
};
enum cat_conversion { CAT_POST = 1, CAT_IFRAME = 2, CAT_IMAGE = 3 };

struct cat_commission {
	uint32_t id, offer_id;
};

/* Caps that turn clicks away, in the order in which they are asked; those of an
 * advertiser or of all offers stand in each offer's list. */
struct cat_cap {
	struct cap_rule rule;
	struct cat_list affiliates; /* of CAP_OF_EXACT, sorted */
	uint32_t to_offer, to_lp;   /* of CAP_TO_PAGE */
	uint8_t track;              /* ditto: the target counts the click */
	uint8_t _pad[7];
};

enum cat_visitor { CAT_ANY_VISITOR, CAT_NEW_VISITOR, CAT_RETURNING_VISITOR };

/* A redirect rule; 0 in an id: any. */
struct cat_redirect {
	uint32_t id, lp_id, commission_id, affiliate_id;
	uint32_t to_offer_id, to_lp_id; /* to_lp_id 0: the default one of the offer */
	struct cat_text to_url;         /* not empty: this in place of both */
	struct cat_list countries;      /* empty: all */
	uint32_t share;                 /* of the traffic, in CAT_WHOLE_SHARE parts */
	uint8_t visitor;                /* enum cat_visitor */
	uint8_t country_exclude;        /* all but these countries */
	uint8_t track;
	uint8_t _pad;
};
#define CAT_WHOLE_SHARE 1000000u

/* An offer that a geo redirect of its group may choose for a country; country 0: it takes
 * visitors from everywhere, but for its unauthorized ones. */
struct cat_geo {
	uint32_t group, country, offer_id; /* sorted by all three */
};

/* A host that clicks come in at. */
struct cat_domain {
	uint32_t id;
	uint32_t landing_page_id; /* of links without a code; 0: none */
	uint32_t account_id;      /* ditto; 0: the network's house account */
	uint8_t protect;          /* a plain page for who comes to look around */
	uint8_t _pad[3];
	struct cat_text host, redirect_url;
};

/* A SmartLink category, and an offer of one: what a click of the last seven days earned,
 * in micro-units of the base currency. */
struct cat_smartlink {
	uint32_t id, _pad;
	struct cat_list offers;
};
struct cat_smart_offer {
	uint32_t offer_id, _pad;
	money_t epc;
};

/* A creative that may be shown, and where its picture is: a URL, or a path here. */
struct cat_creative {
	uint32_t id, offer_id; /* of that offer alone; 0: any */
	struct cat_text url;
	struct cat_list rules;
};
/* A rule of one: struct showrule of base/showrule.h, its lists of numbers sorted. */
struct cat_show {
	us_t start, end;
	struct cat_list affiliates, offers, pages;
	uint8_t kind; /* enum showrule_kind */
	uint8_t _pad[7];
};

/* What a short code stands for: a tracking code, or the query of a /click link. */
struct cat_link {
	struct cat_text target;
};

/* Path of a generation's image in the directory of the shared memory. */
#define CATALOG_PATH 4200
void catalog_path(char out[CATALOG_PATH], const char *shm_dir, uint64_t generation);
/* Map the image at `path`.  NULL: it is not there or not whole; `why` (256 bytes, may be
 * NULL) says. */
NODISCARD struct catalog *catalog_map(const char *path, char *why);
/* The same over bytes of the caller, 8-byte aligned, which must outlive it. */
NODISCARD struct catalog *catalog_of(const void *image, size_t n, char *why);
/* NULL is fine; sets the caller's pointer to NULL. */
void catalog_unmap(struct catalog **cp);

/* The number of the image, counted by the stats process; and the catalog_version it
 * shows. */
NODISCARD uint64_t catalog_generation(const struct catalog *c);
NODISCARD uint64_t catalog_version(const struct catalog *c);

/* STR_NONE when not set. */
NODISCARD struct str catalog_text(const struct catalog *c, struct cat_text t);
NODISCARD const struct cat_net *catalog_net(const struct catalog *c);
/* A row of table setting; STR_NONE: there is none. */
NODISCARD struct str catalog_setting(const struct catalog *c, struct str name);

/* NULL: there is none.  Deleted ones are there and say so.  Accounts of every type. */
NODISCARD const struct cat_account *catalog_affiliate(
    const struct catalog *c, uint32_t id);
NODISCARD const struct cat_account *catalog_affiliate_by_name(
    const struct catalog *c, struct str name);
NODISCARD const struct cat_offer *catalog_offer(const struct catalog *c, uint32_t id);
NODISCARD const struct cat_landing_page *catalog_landing_page(
    const struct catalog *c, uint32_t id);
NODISCARD const struct cat_commission *catalog_commission(
    const struct catalog *c, uint32_t id);

enum cat_named {
	CAT_NAMED_ACCOUNT = 1,
	CAT_NAMED_OFFER,
	CAT_NAMED_LANDING_PAGE,
	CAT_NAMED_COMMISSION,
	CAT_NAMED_REDIRECT_HASH, /* of a landing page */
	CAT_NAMED_DOMAIN,        /* host; the id is index + 1, as of the next two */
	CAT_NAMED_TINY,          /* code behind /track/ */
	CAT_NAMED_SMARTLINK,     /* 24 hex digits */
	CAT_NAMED_SHORT          /* code behind / */
};
/* The id behind a name, 0 none.  Landing pages and commissions are named within their
 * offer; for the rest `offer` is 0. */
NODISCARD uint32_t catalog_by_shortname(
    const struct catalog *c, enum cat_named kind, uint32_t offer, struct str name);

/* Rows of a list; *n of them. */
NODISCARD const struct price_rule *catalog_rules(
    const struct catalog *c, struct cat_list l, unsigned *n);
/* What the lists of all rules point into; *n numbers. */
NODISCARD const uint32_t *catalog_pool(const struct catalog *c, unsigned *n);
NODISCARD const struct cat_cap *catalog_caps(
    const struct catalog *c, struct cat_list l, unsigned *n);
NODISCARD const struct cat_redirect *catalog_redirects(
    const struct catalog *c, struct cat_list l, unsigned *n);
NODISCARD const uint32_t *catalog_numbers(
    const struct catalog *c, struct cat_list l, unsigned *n);
/* The offers of that group for that country, or with 0 those for every one. */
NODISCARD const struct cat_geo *catalog_geo(
    const struct catalog *c, uint32_t group, uint16_t country, unsigned *n);
/* Is the affiliate in its list? */
NODISCARD bool catalog_cap_names(
    const struct catalog *c, const struct cat_cap *cap, uint32_t affiliate);
NODISCARD const struct cat_smart_offer *catalog_smart_offers(
    const struct catalog *c, struct cat_list l, unsigned *n);
NODISCARD bool catalog_country_in(
    const struct catalog *c, struct cat_list l, uint16_t country);

/* NULL: not there, deleted or pending. */
NODISCARD const struct cat_creative *catalog_creative(
    const struct catalog *c, uint32_t id);
NODISCARD const struct cat_show *catalog_shows(
    const struct catalog *c, struct cat_list l, unsigned *n);

NODISCARD const struct cat_landing_page *catalog_pages(
    const struct catalog *c, struct cat_list l, unsigned *n);
NODISCARD const struct cat_access *catalog_access(
    const struct catalog *c, struct cat_list l, unsigned *n);
/* NULL: the offer has none. */
NODISCARD const struct cat_target *catalog_target(
    const struct catalog *c, const struct cat_offer *o);
NODISCARD const struct cat_os *catalog_os(
    const struct catalog *c, struct cat_list l, unsigned *n);
NODISCARD bool catalog_wide_in(
    const struct catalog *c, struct cat_list l, uint64_t number);
NODISCARD bool catalog_ip_in(
    const struct catalog *c, struct cat_list l, const uint8_t ip[16]);

/* Whether links may credit it: every account but advertisers and customer service. */
static inline bool
cat_may_have_traffic(const struct cat_account *a)
{
	return a->type != 140 && a->type != 160;
}

#endif
