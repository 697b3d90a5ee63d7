/* SPDX-License-Identifier: Apache-2.0
 * landingpage.h - where the visitors of an offer are sent.
 *
 * One thread at a time.  An offer has one default landing page, its URL to Affise, and
 * any number of others.  Faults name the columns of tbl/lp_columns.h.
 */
#ifndef DOMAIN_LANDINGPAGE_H
#define DOMAIN_LANDINGPAGE_H

#include "domain/change.h"
#include "domain/row.h"

/* How the advertiser reports: nats-behaviour.md 2.1. */
enum landingpage_type { LP_POST, LP_IFRAME, LP_IMAGE };
extern const char *const landingpage_type_words[];

struct landingpage {
	int64_t id;
#define COL(name_, kind_, words_) ROW_C_##kind_ name_;
#include "tbl/lp_columns.h"
#undef COL
};

/* An empty one of that offer. */
void landingpage_init(struct landingpage *l, int64_t offer_id);
/* Those of the offers (`ids`: a JSON array of numbers) that are not deleted, by the
 * array's order, then their own number. */
NODISCARD enum err landingpage_list(
    struct db *db, struct arena *a, struct str ids, struct landingpage **out, size_t *n);
/* ERR_NOT_FOUND: none of that number, or deleted. */
NODISCARD enum err landingpage_load(
    struct db *db, struct arena *a, int64_t id, struct landingpage *out);

/* Checks and writes it; bumps the catalog for its offer. */
NODISCARD enum err landingpage_add(struct change *c, struct landingpage *l);
NODISCARD enum err landingpage_store(struct change *c, struct landingpage *l);

#endif
