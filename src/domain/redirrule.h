/* SPDX-License-Identifier: Apache-2.0
 * redirrule.h - redirect rules of offers and landing pages, as they are kept.
 *
 * One thread at a time.  What they do with a click: track/redirect.h.  Faults name the
 * columns of tbl/redirect_columns.h.
 */
#ifndef DOMAIN_REDIRRULE_H
#define DOMAIN_REDIRRULE_H

#include "domain/change.h"
#include "domain/row.h"

enum redirrule_visitor { REDIRRULE_ANY, REDIRRULE_NEW, REDIRRULE_RETURNING };
extern const char *const redirrule_visitor_words[];

#define REDIRRULE_WHOLE 1000000 /* share of all the traffic */
#define REDIRRULE_POSITION_MAX 1000000

struct redirrule {
	int64_t id;
#define COL(name_, kind_, words_) ROW_C_##kind_ name_;
#include "tbl/redirect_columns.h"
#undef COL
};

/* One of that offer for all its clicks, tracking, active, without a target. */
void redirrule_init(struct redirrule *r, int64_t offer_id);
/* Those of an offer in the order they are asked; offer 0: of all, by offer. */
NODISCARD enum err redirrule_list(
    struct db *db, struct arena *a, int64_t offer_id, struct redirrule **out, size_t *n);
/* In a change: nobody else edits it until the commit.  ERR_NOT_FOUND. */
NODISCARD enum err redirrule_lock(struct change *c, int64_t id, struct redirrule *out);

/* Checks and makes it (id 0) or writes it back; one that is deleted stays in the table,
 * because clicks name it. */
NODISCARD enum err redirrule_put(struct change *c, struct redirrule *r);

#endif
