/* SPDX-License-Identifier: Apache-2.0
 * offertarget.h - which visitors an offer takes, besides its countries.
 *
 * One thread at a time.  Texts are as in schema: comma lists, an empty one is no
 * restriction.  Faults name the columns of tbl/target_columns.h.
 */
#ifndef DOMAIN_OFFERTARGET_H
#define DOMAIN_OFFERTARGET_H

#include "domain/change.h"
#include "domain/row.h"

/* Column connection; a click knows them by enum cat_connection. */
enum offertarget_connection { TARGET_ANY, TARGET_WIFI, TARGET_CELLULAR };
extern const char *const offertarget_connection_words[];

struct offertarget {
	int64_t offer_id;
#define COL(name_, kind_, words_) ROW_C_##kind_ name_;
#include "tbl/target_columns.h"
#undef COL
};

/* One that takes every visitor. */
void offertarget_init(struct offertarget *t);
/* Those of the offers (`ids`: a JSON array of numbers) that have one, by the array's
 * order. */
NODISCARD enum err offertarget_list(
    struct db *db, struct arena *a, struct str ids, struct offertarget **out, size_t *n);
/* Checks, brings texts into the stored form and writes; bumps the catalog. */
NODISCARD enum err offertarget_put(struct change *c, struct offertarget *t);

/* Two lists of sub values, of an advertiser. */
struct offertarget_subs {
	struct str sub[2];
	bool except[2];
};
/* An empty one when it has none. */
NODISCARD enum err offertarget_subs_load(
    struct db *db, struct arena *a, int64_t account, struct offertarget_subs *out);
/* The faults name sub_account_1 and sub_account_2. */
NODISCARD enum err offertarget_subs_put(
    struct change *c, int64_t account, struct offertarget_subs *subs);

#endif
