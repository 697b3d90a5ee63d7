/* SPDX-License-Identifier: Apache-2.0
 * smartpick.h - the offer of a SmartLink: of those that would take the click.
 *
 * Pure, and allocates nothing.
 */
#ifndef TRACK_SMARTPICK_H
#define TRACK_SMARTPICK_H

#include "track/aim.h"

/* An offer of the category that takes the click itself, by all checks of `ask`, whose
 * offer and lp do not matter.  Of ten clicks two go evenly to all of them, the rest to
 * the one with the best EPC; those that earn the same share.  NULL: none takes it. */
NODISCARD const struct cat_offer *smartpick(
    const struct aim_ask *ask, const struct cat_smartlink *s);

#endif
