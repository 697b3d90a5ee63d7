/* SPDX-License-Identifier: Apache-2.0
 * smartlink.h - SmartLink categories: one link, and the offer is chosen at each click.
 *
 * One thread at a time.
 */
#ifndef DOMAIN_SMARTLINK_H
#define DOMAIN_SMARTLINK_H

#include "domain/change.h"

struct smartlink {
	int64_t id;
	struct str hex24, name, description;
	int64_t domain_id; /* 0: the default one */
	us_t created_us, updated_us;
};

/* Checks and makes it, or writes it back.  Faults name columns. */
NODISCARD enum err smartlink_add(struct change *c, struct smartlink *s);
NODISCARD enum err smartlink_store(struct change *c, struct smartlink *s);
/* Its offers lose it as well. */
NODISCARD enum err smartlink_remove(struct change *c, const struct smartlink *s);

/* Those that are not removed, by number. */
NODISCARD enum err smartlink_list(
    struct db *db, struct arena *a, struct smartlink **out, size_t *n);
/* ERR_NOT_FOUND. */
NODISCARD enum err smartlink_load(
    struct db *db, struct arena *a, struct str hex24, struct smartlink *out);

/* The offer's categories become these; a fault names smartlink_categories. */
NODISCARD enum err smartlink_set_offer(
    struct change *c, int64_t offer, const struct str *hex24s, size_t n);
/* Their 24-hex ids. */
NODISCARD enum err smartlink_of_offer(
    struct db *db, struct arena *a, int64_t offer, struct str **hex24s, size_t *n);

#endif
