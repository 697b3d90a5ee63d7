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

/* A code's number in the Affise dialect: of its letters, so that it is the same in every
 * network and stays when others come and go.  0: no code of three letters A to Z. */
#define CURRENCY_NUMBERS (26 * 26 * 26)
NODISCARD unsigned currency_number(struct str code);
/* The way back; number is 1 to CURRENCY_NUMBERS. */
void currency_code(unsigned number, char code[3]);

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
