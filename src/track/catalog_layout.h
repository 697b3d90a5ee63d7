/* SPDX-License-Identifier: Apache-2.0
 * catalog_layout.h - the bytes of a catalog image: types only, for catalog.c and
 * catimage.c.
 *
 * Sections follow the header, each 8-byte aligned; rows are those of catalog.h.  Two
 * kinds of hash tables, open addressing with steps of one, at most half full, sizes
 * powers of two:
 *
 *   ids    uint32_t: index of the row + 1, 0 empty.  Each row begins with its id.
 *   names  struct cat_name: id 0 is empty.
 */
#ifndef TRACK_CATALOG_LAYOUT_H
#define TRACK_CATALOG_LAYOUT_H

#include "track/catalog.h"

#define CATALOG_MARKER "AFFCATL"

enum cat_section {
	CAT_S_ACCOUNTS,
	CAT_S_OFFERS,
	CAT_S_LANDING_PAGES,
	CAT_S_COMMISSIONS,
	CAT_S_RULES,
	CAT_S_CAPS,
	CAT_S_COUNTRIES,
	CAT_S_REDIRECTS,
	CAT_S_NUMBERS,
	CAT_S_GEO,
	CAT_S_ACCESS,
	CAT_S_TARGETS,
	CAT_S_OS,
	CAT_S_WIDE,
	CAT_S_RANGES, /* struct ip_range */
	CAT_S_SETTINGS,
	CAT_S_ACCOUNT_IDS,
	CAT_S_OFFER_IDS,
	CAT_S_LANDING_PAGE_IDS,
	CAT_S_COMMISSION_IDS,
	CAT_S_CREATIVE_IDS,
	CAT_S_NAMES,
	CAT_S_DOMAINS,
	CAT_S_LINKS,
	CAT_S_HOSTS, /* struct cat_text */
	CAT_S_SMARTLINKS,
	CAT_S_SMART_OFFERS,
	CAT_S_CREATIVES,
	CAT_S_SHOWS,
	CAT_S_TEXTS,
	CAT_S_MAX
};

struct cat_setting {
	struct cat_text name, value; /* sorted by name */
};

struct cat_name {
	uint32_t id;   /* 0: this place is empty */
	uint16_t kind; /* enum cat_named */
	uint16_t _pad;
	uint32_t parent; /* the offer of a landing page or commission, else 0 */
	struct cat_text name;
};

struct cat_span {
	uint64_t off;
	uint32_t n, each; /* rows, and bytes a row: checked against this build's */
};

struct cat_header {
	char marker[8];
	uint32_t version, _pad;
	uint64_t size;     /* of the whole image */
	uint64_t checksum; /* XXH3 of all behind this member */
	uint64_t generation, catalog_version;
	struct cat_net net;
	struct cat_span section[CAT_S_MAX];
};
/* What the checksum covers begins here. */
#define CATALOG_SUMMED offsetof(struct cat_header, generation)

_Static_assert(sizeof(struct cat_account) == 36, "layout of CATALOG_VERSION 2");
_Static_assert(sizeof(struct cat_offer) == 192, "layout of CATALOG_VERSION 2");
_Static_assert(sizeof(struct cat_landing_page) == 48, "layout of CATALOG_VERSION 2");
_Static_assert(sizeof(struct cat_cap) == 72, "layout of CATALOG_VERSION 2");
_Static_assert(sizeof(struct cat_redirect) == 48, "layout of CATALOG_VERSION 2");
_Static_assert(sizeof(struct cat_geo) == 12, "layout of CATALOG_VERSION 2");
_Static_assert(sizeof(struct cat_access) == 12, "layout of CATALOG_VERSION 2");
_Static_assert(sizeof(struct cat_target) == 104, "layout of CATALOG_VERSION 2");
_Static_assert(sizeof(struct cat_os) == 8, "layout of CATALOG_VERSION 2");
_Static_assert(sizeof(struct cat_creative) == 24, "layout of CATALOG_VERSION 2");
_Static_assert(sizeof(struct cat_show) == 48, "layout of CATALOG_VERSION 2");

/* The rows of a section; *n of them. */
const void *cat_rows(const struct catalog *c, enum cat_section s, uint32_t *n);

/* Where an id's search begins in a table of `size` places. */
static inline uint32_t
cat_id_place(uint32_t id, uint32_t size)
{
	return (uint32_t)(id * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (size - 1);
}

/* The same for a name. */
uint32_t cat_name_place(
    enum cat_named kind, uint32_t parent, struct str name, uint32_t size);

#endif
