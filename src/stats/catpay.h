/* SPDX-License-Identifier: Apache-2.0
 * catpay.h - the part of an offer in the catalog's model that says which of its payments
 * have a URL of their own.
 *
 * Catalog thread only; catmodel.c owns them and calls.  An offer without such a payment
 * has nothing here.  Of one that has, all payments of the base conversion are kept, since
 * those without a URL are chosen among as well.
 */
#ifndef STATS_CATPAY_H
#define STATS_CATPAY_H

#include "db/db.h"
#include "track/catimage.h"

struct catpay_rule {
	struct price_rule row; /* its lists are made with the image */
	struct str url;
	uint32_t *affiliate, *city, *os;
	unsigned n_affiliates, n_cities, n_os;
};

struct catpay {
	struct catpay_rule *rule;
	unsigned n;
};

/* Also fine for one that is all zero. */
void catpay_clear(struct catpay *p);

/* Reads the payments in force of the offers from `lo` to `hi`, and has `f` say where those
 * of an offer are kept; NULL: nowhere. */
typedef struct catpay *catpay_of_f(void *arg, uint64_t offer_id);
NODISCARD enum err catpay_read(
    struct db *db, uint64_t lo, uint64_t hi, catpay_of_f *f, void *arg);

/* Into an image: fills the offer's list. */
void catpay_image(const struct catpay *p, struct catimage *ci, struct cat_offer *row);

#endif
