/* SPDX-License-Identifier: Apache-2.0
 * receivers.h - who is paid for a conversion beside its affiliate (nats-behaviour.md
 * §3.5): those who referred him, his managers, the partners of the offer.
 *
 * Private to this folder, one thread.  Each gets a payout row of his own beside the
 * affiliate's, on top of it, so a void finds and reverses all of them:
 *
 *   referral  a percentage of the affiliate's payout, by distance: the nearest has his own
 *             (M11) or the first of `referral_tiers`, those behind him have the others
 *   manager   his percentage, of the payout or of the margin (revenue less payout, which
 *             is never below nothing: he does not pay)
 *   partner   a percentage of the revenue
 *
 * Whoever is deleted or not active gets nothing, and nobody moves up into his place.
 */
#ifndef BOOK_RECEIVERS_H
#define BOOK_RECEIVERS_H

#include "book/batch.h"

/* Their rows of a booked ledger row, with the amounts its conversion has now. */
void receivers_pay(struct batch *bt, struct batch_txn *t, us_t payable_from);
/* Their rows of a correction: what they get of `revenue` and `payout` less what they got
 * of those that the conversion still has, at the rates it was booked with (M4). */
void receivers_correct(struct batch *bt, struct batch_txn *t, money_t revenue,
    money_t payout, us_t payable_from);

#endif
