/* SPDX-License-Identifier: Apache-2.0
 * post.h - reported conversions: by what they are told apart.
 */
#ifndef BOOK_POST_H
#define BOOK_POST_H

#include "book/batch.h"

#define POST_KEYS 2

/* The keys under which a conversion that this event repeats would stand (E3), as far as
 * offer and goal can be known before anything is decided.  Returns how many; the texts
 * are in the batch's arena. */
NODISCARD unsigned post_keys(
    struct batch *bt, const struct batch_event *e, struct str key[POST_KEYS]);

/* The key that a rejected conversion has not got and would have as any other; STR_NONE:
 * none, for want of an order id. */
NODISCARD struct str post_key_again(struct batch *bt, const struct batch_conv *c);

/* Changes the status of a pending conversion and nothing else: what a duplicate that
 * carries a status does. */
NODISCARD unsigned post_change_status(
    struct batch *bt, struct batch_event *e, struct batch_conv *c, uint8_t status);

/* What post_decide() would price it at, were it of that kind (enum price_kind); nothing
 * is booked.  e->outcome: OUTCOME_BOOKED, or why it has no price. */
NODISCARD enum err post_preview(struct batch *bt, struct batch_event *e, uint8_t kind,
    struct price_event *out, int64_t *rate);

#endif
