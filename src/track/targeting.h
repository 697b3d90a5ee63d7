/* SPDX-License-Identifier: Apache-2.0
 * targeting.h - does this visitor fit this offer?
 *
 * Pure: reads the catalog and what is known of the visitor.  What is not known (a city
 * without a geo file that has cities) fits only where nothing is asked for.  Reasons in
 * the order of the trafficback table of affise-3.0.md, with allowed_hours of
 * nats-behaviour.md §1.8 behind the region:
 *
 *     country  region  hours  city  os  device  connection  isp  ip  sub  sub1 and sub2
 *
 * Texts (regions, cities, subs) stand in the catalog as 64-bit hashes, so nothing is
 * parsed at a click.
 */
#ifndef TRACK_TARGETING_H
#define TRACK_TARGETING_H

#include "track/catalog.h"
#include "track/geo.h"
#include "track/ua.h"

struct zone;

#define TARGETING_SUBS 8

struct targeting_visitor {
	us_t now;
	const struct zone *zone; /* of allowed_hours; NULL: UTC */
	const struct geo_place *place;
	const struct ua_info *ua;
	const uint8_t *ip; /* 16 bytes */
	struct str sub[TARGETING_SUBS];
};

/* VERDICT_COUNTED, or which of them does not fit. */
NODISCARD enum verdict targeting_check(const struct catalog *c, const struct cat_offer *o,
    const struct targeting_visitor *v);
/* True for a verdict of targeting_check(). */
NODISCARD bool targeting_is_reason(enum verdict v);

/* How texts are hashed; the same in the catalog, in tables place and isp and at the
 * click. */
NODISCARD uint64_t targeting_place(uint16_t country, struct str region, struct str city);
NODISCARD uint64_t targeting_isp(struct str name);
NODISCARD uint64_t targeting_sub(struct str value);
NODISCARD uint64_t targeting_pair(struct str sub1, struct str sub2);
/* Region of a country, or with 0 of any; without regard to case. */
NODISCARD uint64_t targeting_state(uint16_t country, struct str region);

/* "8-17,20": bits of the day's hours.  false: not readable.  Empty: 0. */
NODISCARD bool targeting_hours(struct str text, uint32_t *bits);
/* "ios:9,10.1": one family with its versions, of those parted by ";" in *rest.  false:
 * the text is at its end, or (*bad) not readable.  Adds at most `most` rows at v[*n]. */
bool targeting_os(struct str *rest, struct cat_os *v, size_t most, size_t *n, bool *bad);
/* "web", "wp" ...; 0: no such family.  And back. */
NODISCARD uint8_t targeting_family(struct str word);
NODISCARD const char *targeting_family_word(uint8_t family);

#endif
