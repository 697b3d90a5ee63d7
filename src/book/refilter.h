/* SPDX-License-Identifier: Apache-2.0
 * refilter.h - the filter of bots, run again over clicks that are booked.
 *
 * A click keeps the verdict it got.  What today's list of bots says of it otherwise is a
 * row of click_correction and a difference in the rollups of today: nothing is
 * overwritten, and a closed day stays as it was reported (R3 of decisions.md).  Asked for
 * by a row of table refilter, done by the stats process of whatever node comes first.
 *
 * A click that turns out to be a bot's loses its count and its money.  One that was taken
 * for a bot's gets what it would have got, by the rates of its own time; it is unique
 * when no earlier click of the same address and browser was on that affiliate and offer.
 */
#ifndef BOOK_REFILTER_H
#define BOOK_REFILTER_H

#include "book/book.h"
#include "track/ua.h"

/* One transaction of its own: the next `clicks` clicks of what was asked for first.
 * *more: there is more to do.  Nothing is asked for: ERR_OK at once. */
NODISCARD enum err refilter_step(struct book *b, struct db *db, unsigned node_id,
    struct ua_reader *ua, unsigned clicks, bool *more);

#endif
