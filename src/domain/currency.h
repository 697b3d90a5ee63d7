/* SPDX-License-Identifier: Apache-2.0
 * currency.h - the currencies of the network: the base currency and those with a rate.
 *
 * One thread at a time.  Rates are append-only (netset_set_rate()), so a currency that
 * was used never goes: it is ended, which a new rate takes back.
 */
#ifndef DOMAIN_CURRENCY_H
#define DOMAIN_CURRENCY_H

#include "domain/change.h"

struct currency {
	struct str code;
	int64_t rate; /* micro-units for one of base */
	bool active, base;
};

/* By code. */
NODISCARD enum err currency_list(
    struct db *db, struct arena *a, us_t now, struct currency **out, size_t *n);
/* One that the network has and has not ended, whatever the case of `code`, as it is
 * written in *out.  The fault names the parameter. */
NODISCARD enum err currency_active(
    struct change *c, const char *param, struct str code, struct str *out);
/* A rate from now on, and active. */
NODISCARD enum err currency_add(struct change *c, struct str code, int64_t rate);
/* ERR_NOT_FOUND; ERR_DENIED for the base currency. */
NODISCARD enum err currency_end(struct change *c, struct str code);

#endif
