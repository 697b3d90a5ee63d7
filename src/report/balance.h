/* SPDX-License-Identifier: Apache-2.0
 * balance.h - what the network owes an account, by currency.
 *
 * One thread at a time.  A payout is owed in the currency of its rule (M3), so there is
 * one balance a currency and nothing is converted.  All of an account's money is in it:
 * clicks, conversions, corrections, deductions, and shares of what others earn.
 */
#ifndef REPORT_BALANCE_H
#define REPORT_BALANCE_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/money.h"
#include "db/db.h"

struct balance {
	char currency[4];
	money_t balance;   /* earned and not paid; below 0 when more was taken back */
	money_t hold;      /* the part that is payable later (M7) */
	money_t available; /* the rest */
};

/* In the order of the currencies' letters: every active one that has a rate, the base currency,
 * and whatever the account has money in; zeros included.  The list is in the arena.  `now`
 * says what is held.  An account that does not exist has nothing. */
NODISCARD enum err balance_load(struct db *db, struct arena *arena, int64_t account,
    us_t now, const struct balance **out, size_t *n);

#endif
