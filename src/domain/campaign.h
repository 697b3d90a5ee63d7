/* SPDX-License-Identifier: Apache-2.0
 * campaign.h - an affiliate's campaigns: named sets of his sub ids.
 *
 * One thread at a time.  Links make them by themselves (book/subids.h); made by hand,
 * they have a name of their own, and a link's code names them by number.  Nothing on the
 * click path knows them: a number that is no campaign of the affiliate's stays with the
 * click as it was sent.
 */
#ifndef DOMAIN_CAMPAIGN_H
#define DOMAIN_CAMPAIGN_H

#include "domain/change.h"

/* The name; STR_NONE: he has none of that number. */
NODISCARD enum err campaign_name(
    struct db *db, struct arena *a, int64_t affiliate_id, int64_t id, struct str *out);
/* subids: names parted by commas, made where they are not there.  Faults: "name",
 * "subids". */
NODISCARD enum err campaign_add(struct change *c, int64_t affiliate_id, struct str name,
    struct str subids, int64_t *id);
/* Another name.  ERR_NOT_FOUND. */
NODISCARD enum err campaign_rename(struct change *c, int64_t id, struct str name);
/* A list as sent with a link or on a shell: whether every entry can be a sub id. */
NODISCARD bool campaign_subids_ok(struct str list);

#endif
