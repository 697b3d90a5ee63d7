/* SPDX-License-Identifier: Apache-2.0
 * offerdisplay.h - what is shown of an offer to people and nothing goes by: notes, tags,
 * texts by language, traffic sources.
 *
 * One thread at a time.  An offer without a row has the empty one.
 */
#ifndef DOMAIN_OFFERDISPLAY_H
#define DOMAIN_OFFERDISPLAY_H

#include "domain/change.h"
#include "domain/row.h"

struct offerdisplay {
	int64_t offer_id;
#define COL(name_, kind_, words_) ROW_C_##kind_ name_;
#include "tbl/display_columns.h"
#undef COL
};

void offerdisplay_init(struct offerdisplay *d);
/* Of the offers in `ids` (a JSON array of numbers) that have a row, in its order. */
NODISCARD enum err offerdisplay_list(
    struct db *db, struct arena *a, struct str ids, struct offerdisplay **out, size_t *n);
/* The logo is this file, or the picture at this URL (empty: none); offerdisplay_put()
 * follows.  Faults name `param`. */
NODISCARD enum err offerdisplay_logo_file(
    struct change *c, struct offerdisplay *d, const char *param, struct str bytes);
NODISCARD enum err offerdisplay_logo_url(
    struct change *c, struct offerdisplay *d, const char *param, struct str url);
/* Its URL, behind `base` when it is a file; empty: there is none. */
NODISCARD struct str offerdisplay_logo(
    struct arena *a, const struct offerdisplay *d, struct str base);
/* Faults name the columns. */
NODISCARD enum err offerdisplay_put(struct change *c, const struct offerdisplay *d);

/* A kind of traffic. */
struct source {
	int64_t id;
	struct str hex24;
	struct str titles; /* a JSON object, language to text */
	struct str title;  /* the English one, else any */
	int64_t offer_id;  /* source_of() */
};
NODISCARD enum err source_list(
    struct db *db, struct arena *a, struct source **out, size_t *n);
/* Those that the offers name, by the array's order, then number. */
NODISCARD enum err source_of(
    struct db *db, struct arena *a, struct str ids, struct source **out, size_t *n);
/* ERR_NOT_FOUND. */
NODISCARD enum err source_load(
    struct db *db, struct arena *a, struct str hex24, struct source *out);
/* id 0: a new one, whose id and hex24 are filled. */
NODISCARD enum err source_put(struct change *c, struct source *s);
NODISCARD enum err source_remove(struct change *c, const struct source *s);
/* The offer names these alone, by 24-hex ids.  The fault names sources. */
NODISCARD enum err source_set(
    struct change *c, int64_t offer, const struct str *hex24s, size_t n);

#endif
