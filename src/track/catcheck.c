/* SPDX-License-Identifier: Apache-2.0
 * catcheck.c - see catcheck.h.
 */
#include "track/catcheck.h"

/* A member that is a run of rows, or of bytes, in another section: struct cat_text,
 * cat_list and price_list are the same. */
struct ref {
	uint8_t in, to; /* enum cat_section */
	uint16_t off;
};
struct run {
	uint32_t first, n;
};
_Static_assert(sizeof(struct run) == sizeof(struct cat_text) &&
		   sizeof(struct run) == sizeof(struct cat_list) &&
		   sizeof(struct run) == sizeof(struct price_list),
    "all are read as this one");

/* clang-format off */
#define REF(in_, type_, member_, to_) {CAT_S_##in_, CAT_S_##to_, offsetof(struct type_, member_)}
static const struct ref refs[] = {
	REF(ACCOUNTS, cat_account, username, TEXTS),
	REF(ACCOUNTS, cat_account, title, TEXTS),
	REF(ACCOUNTS, cat_account, company, TEXTS),
	REF(OFFERS, cat_offer, name, TEXTS),
	REF(OFFERS, cat_offer, expire_url, TEXTS),
	REF(OFFERS, cat_offer, trafficback_url, TEXTS),
	REF(OFFERS, cat_offer, authorized, COUNTRIES),
	REF(OFFERS, cat_offer, unauthorized, COUNTRIES),
	REF(OFFERS, cat_offer, rules, RULES),
	REF(OFFERS, cat_offer, caps, CAPS),
	REF(OFFERS, cat_offer, redirects, REDIRECTS),
	REF(OFFERS, cat_offer, groups, NUMBERS),
	REF(OFFERS, cat_offer, deeplink_hosts, HOSTS),
	REF(OFFERS, cat_offer, pages, LANDING_PAGES),
	REF(OFFERS, cat_offer, access, ACCESS),
	REF(OFFERS, cat_offer, blacklist, WIDE),
	REF(LANDING_PAGES, cat_landing_page, url, TEXTS),
	REF(LANDING_PAGES, cat_landing_page, preview_url, TEXTS),
	REF(LANDING_PAGES, cat_landing_page, hostnpost_ips, TEXTS),
	REF(LANDING_PAGES, cat_landing_page, redirect_hash, TEXTS),
	REF(RULES, price_rule, affiliates, NUMBERS),
	REF(RULES, price_rule, cities, NUMBERS),
	REF(RULES, price_rule, os, NUMBERS),
	REF(RULES, price_rule, url, TEXTS),
	REF(OFFERS, cat_offer, pay_rules, RULES),
	REF(CAPS, cat_cap, affiliates, NUMBERS),
	REF(REDIRECTS, cat_redirect, to_url, TEXTS),
	REF(REDIRECTS, cat_redirect, countries, COUNTRIES),
	REF(TARGETS, cat_target, strict_countries, COUNTRIES),
	REF(TARGETS, cat_target, os, OS),
	REF(TARGETS, cat_target, states, WIDE),
	REF(TARGETS, cat_target, cities, WIDE),
	REF(TARGETS, cat_target, isps, WIDE),
	REF(TARGETS, cat_target, subs[0], WIDE),
	REF(TARGETS, cat_target, subs[1], WIDE),
	REF(TARGETS, cat_target, pairs, WIDE),
	REF(TARGETS, cat_target, adv_subs[0], WIDE),
	REF(TARGETS, cat_target, adv_subs[1], WIDE),
	REF(TARGETS, cat_target, refused_ips, RANGES),
	REF(SETTINGS, cat_setting, name, TEXTS),
	REF(SETTINGS, cat_setting, value, TEXTS),
	REF(NAMES, cat_name, name, TEXTS),
	REF(DOMAINS, cat_domain, host, TEXTS),
	REF(DOMAINS, cat_domain, redirect_url, TEXTS),
	REF(LINKS, cat_link, target, TEXTS),
	{CAT_S_HOSTS, CAT_S_TEXTS, 0},
	REF(SMARTLINKS, cat_smartlink, offers, SMART_OFFERS),
	REF(CREATIVES, cat_creative, url, TEXTS),
	REF(CREATIVES, cat_creative, rules, SHOWS),
	REF(SHOWS, cat_show, affiliates, NUMBERS),
	REF(SHOWS, cat_show, offers, NUMBERS),
	REF(SHOWS, cat_show, pages, NUMBERS),
};
/* Of the network's one row, which has no section. */
#define NET(member_, to_) {CAT_S_MAX, CAT_S_##to_, offsetof(struct cat_net, member_)}
static const struct ref net_refs[] = {
	NET(time_zone, TEXTS),
	NET(fallback_url, TEXTS),
	NET(trafficback_url, TEXTS),
	NET(admin_ips, TEXTS),
	NET(transparent_variable, TEXTS),
	NET(transparent_hosts, HOSTS),
	NET(test_token, TEXTS),
};
/* Tables of ids, and the rows whose index + 1 stands in them. */
static const struct { uint8_t ids, rows; } id_tables[] = {
	{CAT_S_ACCOUNT_IDS, CAT_S_ACCOUNTS},
	{CAT_S_OFFER_IDS, CAT_S_OFFERS},
	{CAT_S_LANDING_PAGE_IDS, CAT_S_LANDING_PAGES},
	{CAT_S_COMMISSION_IDS, CAT_S_COMMISSIONS},
	{CAT_S_CREATIVE_IDS, CAT_S_CREATIVES},
};
/* clang-format on */

static const unsigned char *
rows_of(const struct cat_header *h, unsigned section)
{
	return (const unsigned char *)h + h->section[section].off;
}

static bool
ref_is_good(const struct cat_header *h, const struct ref *r, const unsigned char *row)
{
	const uint32_t n = h->section[r->to].n;
	struct run run;

	memcpy(&run, row + r->off, sizeof(run));
	/* An empty one is never followed. */
	return run.n == 0 ? run.first <= n || r->to == CAT_S_TEXTS
			  : run.first <= n && run.n <= n - run.first;
}

static bool
refs_are_good(const struct cat_header *h)
{
	const unsigned char *net = (const unsigned char *)&h->net;

	for (size_t i = 0; i < ARRAY_LEN(net_refs); i++)
		if (!ref_is_good(h, &net_refs[i], net))
			return false;
	for (size_t i = 0; i < ARRAY_LEN(refs); i++) {
		const struct cat_span *s = &h->section[refs[i].in];
		const unsigned char *rows = rows_of(h, refs[i].in);

		for (uint32_t k = 0; k < s->n; k++)
			if (!ref_is_good(h, &refs[i], rows + (size_t)k * s->each))
				return false;
	}
	return true;
}

/* A search ends at an empty place, so there must be one. */
static bool
ids_are_good(const struct cat_header *h)
{
	for (size_t i = 0; i < ARRAY_LEN(id_tables); i++) {
		const uint32_t n = h->section[id_tables[i].ids].n,
			       most = h->section[id_tables[i].rows].n;
		const uint32_t *place = (const void *)rows_of(h, id_tables[i].ids);
		bool has_empty = false;

		for (uint32_t k = 0; k < n; k++) {
			has_empty = has_empty || place[k] == 0;
			if (place[k] > most)
				return false;
		}
		if (!has_empty)
			return false;
	}
	return true;
}

/* Names of these kinds stand for an index + 1. */
static uint32_t
most_of_kind(const struct cat_header *h, unsigned kind)
{
	switch (kind) {
	case CAT_NAMED_DOMAIN:
		return h->section[CAT_S_DOMAINS].n;
	case CAT_NAMED_TINY:
	case CAT_NAMED_SHORT:
		return h->section[CAT_S_LINKS].n;
	case CAT_NAMED_SMARTLINK:
		return h->section[CAT_S_SMARTLINKS].n;
	default:
		return UINT32_MAX;
	}
}

static bool
names_are_good(const struct cat_header *h)
{
	const struct cat_name *v = (const void *)rows_of(h, CAT_S_NAMES);
	bool has_empty = false;

	for (uint32_t k = 0; k < h->section[CAT_S_NAMES].n; k++) {
		has_empty = has_empty || v[k].id == 0;
		if (v[k].id > most_of_kind(h, v[k].kind))
			return false;
	}
	return has_empty;
}

static bool
indexes_are_good(const struct cat_header *h)
{
	const struct cat_offer *o = (const void *)rows_of(h, CAT_S_OFFERS);

	for (uint32_t k = 0; k < h->section[CAT_S_OFFERS].n; k++)
		if (o[k].target > h->section[CAT_S_TARGETS].n)
			return false;
	return h->net.default_domain <= h->section[CAT_S_DOMAINS].n;
}

bool
catcheck_all(const struct cat_header *h)
{
	return refs_are_good(h) && ids_are_good(h) && names_are_good(h) &&
	       indexes_are_good(h);
}
