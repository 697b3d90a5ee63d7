/* SPDX-License-Identifier: Apache-2.0
 * offertag.h - what offers are filed under: categories, marketing types; and the
 * languages of landing pages.
 *
 * One thread at a time.  Three lists of a number and a unique name.  Categories belong to
 * both dialects and have a 24-hex id for it; they are made by naming them.  The other two
 * are made with affiliatectl(8).  Faults name the parameter: categories, marketing_types,
 * language; offertag_add() names `name`.
 */
#ifndef DOMAIN_OFFERTAG_H
#define DOMAIN_OFFERTAG_H

#include "domain/change.h"

enum offertag_kind { OFFERTAG_CATEGORY, OFFERTAG_MARKETING, OFFERTAG_LANGUAGE };

struct offertag {
	int64_t id;
	struct str hex24; /* of a category; else STR_NONE */
	struct str name;
	int64_t offer_id; /* offertag_of(): the offer that is under it */
};

#define OFFERTAG_NAME_MAX 190u

/* All of a kind, by number. */
NODISCARD enum err offertag_list(struct db *db, struct arena *a, enum offertag_kind kind,
    struct offertag **out, size_t *n);
/* Those of the offers (`ids`: a JSON array of numbers), by the array's order, then
 * number.  No languages: these are of landing pages. */
NODISCARD enum err offertag_of(struct db *db, struct arena *a, enum offertag_kind kind,
    struct str ids, struct offertag **out, size_t *n);

/* ERR_EXISTS: there is one of that name. */
NODISCARD enum err offertag_add(
    struct change *c, enum offertag_kind kind, struct str name, int64_t *id);
/* Another name for a category, by its 24-hex id.  ERR_NOT_FOUND; ERR_EXISTS: another has
 * that name. */
NODISCARD enum err offertag_rename(struct change *c, struct str hex24, struct str name);
/* What an offer that exists is under: these alone, or (`append`) these too.  Each is a
 * number or, of a category, a name or 24-hex id; a category of a new name is made.  No
 * languages. */
NODISCARD enum err offertag_set(struct change *c, enum offertag_kind kind,
    int64_t offer_id, const struct str *tags, size_t n, bool append);
/* ERR_INVALID: there is no language of that number. */
NODISCARD enum err offertag_language(struct change *c, int64_t id);

#endif
