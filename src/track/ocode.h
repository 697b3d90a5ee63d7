/* SPDX-License-Identifier: Apache-2.0
 * ocode.h - tracking codes: twelve fields that say whose click it is and what was
 * clicked.
 *
 * Any process, any thread; nothing here allocates.  Two ways to write them
 * (nats-behaviour.md §1.3):
 *
 *   encoded      base64, padding stripped, of the ids joined with dots
 *   un-encoded   the fields joined with dots as they are: the user name first, then
 *                commission, offer and landing page as ids (style `ids`) or short
 *                names (style `shortnames`), the rest ids
 *
 * A code with a dot in it is un-encoded, always.  Reading is two steps: ocode_parse()
 * takes a code apart, ocode_resolve() looks the parts up in the catalog.
 */
#ifndef TRACK_OCODE_H
#define TRACK_OCODE_H

#include "base/str.h"

#define OCODE_LONGEST 512 /* of a code; more is refused */
/* Longest text ocode_write() makes: twelve fields of at most 64 bytes, three for one when
 * escaped. */
#define OCODE_TEXT (12 * 3 * 64 + 12)

struct catalog;

enum ocode_field {
	OCODE_LOGIN,
	OCODE_COMMISSION,
	OCODE_OFFER,
	OCODE_LANDING_PAGE,
	OCODE_CAMPAIGN,
	OCODE_ADTOOL,
	OCODE_SUBID1,
	OCODE_SUBID2,
	OCODE_PROMOTIONAL,
	OCODE_ADDITIONAL,
	OCODE_AFFSUBID,
	OCODE_AFFSOURCE,
	OCODE_FIELDS
};

struct ocode {
	bool unencoded;
	bool named; /* commission, offer and landing page may be short names */
	bool old;   /* thirteen fields, or a comma list of subaff ids */
	struct str f[OCODE_FIELDS];  /* a field that was not there is "0" */
	char decoded[OCODE_LONGEST]; /* what the fields point into when the code was
					base64 */
};

/* A code as it stands in the path, percent-decoded.  false: not a code.  An un-encoded
 * one's fields point into `code`. */
NODISCARD bool ocode_parse(struct ocode *o, struct str code);

/* Another commission, offer and landing page behind the same affiliate, ids or short
 * names; STR_NONE and empty: the offer's own.  false: not a name.  They are pointed at.
 */
NODISCARD bool ocode_replace(
    struct ocode *o, struct str commission, struct str offer, struct str landing_page);

/* What a code stands for.  Ids that nobody sent are filled in: offer from the landing
 * page, landing page and commission from the offer. */
struct ocode_ids {
	uint32_t id[OCODE_FIELDS]; /* affsubid of a comma list is its first */
	bool unencoded;
};

/* false: a name or id does not exist, is deleted, or does not belong to the offer. */
NODISCARD bool ocode_resolve(
    const struct ocode *o, const struct catalog *c, struct ocode_ids *out);

enum ocode_style { OCODE_ENCODED, OCODE_IDS, OCODE_SHORTNAMES };

/* What ocode_write() puts into the fields.  Names that are STR_NONE or empty are written
 * as ids: all styles may be mixed. */
struct ocode_link {
	uint64_t id[OCODE_FIELDS];
	struct str username;
	struct str commission, offer, landing_page; /* short names */
};

/* Returns the length, NUL not counted; percent-encoded where a URL needs it.  0: the user
 * name cannot stand in an un-encoded code (a dot, a slash, nothing, over 64 bytes). */
NODISCARD size_t ocode_write(
    char out[OCODE_TEXT], enum ocode_style style, const struct ocode_link *l);

#endif
