/* SPDX-License-Identifier: Apache-2.0
 * news.h - what the network tells its affiliates.
 *
 * One thread at a time.  Written with affiliatectl(8), read by the Affise dialect.
 */
#ifndef DOMAIN_NEWS_H
#define DOMAIN_NEWS_H

#include "domain/change.h"

struct news {
	int64_t id;
	struct str hex24, title, small_desc, text;
	bool fixed; /* pinned: before the others */
	us_t created_us;
};

/* Pinned ones first, then the newest.  fixed: 1 pinned alone, 0 the others alone, -1 all.
 */
NODISCARD enum err news_list(struct db *db, struct arena *a, int fixed, uint64_t skip,
    uint64_t count, struct news **out, size_t *n, int64_t *total);
/* ERR_NOT_FOUND. */
NODISCARD enum err news_load(
    struct db *db, struct arena *a, struct str hex24, struct news *out);
/* Fills id, hex24 and the time. */
NODISCARD enum err news_add(struct change *c, struct news *e);
/* By number; ERR_NOT_FOUND. */
NODISCARD enum err news_remove(struct change *c, int64_t id);

#endif
