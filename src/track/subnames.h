/* SPDX-License-Identifier: Apache-2.0
 * subnames.h - the names of sub ids that a link brings (nats-behaviour.md §1.4).
 *
 *     autocamp=a,b      the click's campaign is the set of exactly these
 *     autosubids=c,d    these besides; subids=c,d, as get_links writes it, says the same
 *
 * Pure; nothing here allocates.  A worker only keeps them in the record, as "a,b+c,d":
 * what numbers they have, and whether they may be made, is the fold's business
 * (book/subids.h).  A name is at most 64 letters and digits; what is none is left out,
 * and so is what comes behind the sixteenth.
 */
#ifndef TRACK_SUBNAMES_H
#define TRACK_SUBNAMES_H

#include "track/vars.h"

#define SUBNAMES_MAX 16
#define SUBNAMES_LONGEST 64

struct subnames {
	unsigned n, n_set; /* the first n_set are the campaign's */
	struct str v[SUBNAMES_MAX];
};

NODISCARD bool subnames_ok(struct str name);
/* The text for a record; STR_NONE: the link names none. */
NODISCARD struct str subnames_pack(
    struct pad *pad, struct str autocamp, struct str autosubids, struct str subids);
/* The names of such a text, each once. */
void subnames_read(struct subnames *s, struct str text);

#endif
