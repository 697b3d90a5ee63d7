/* SPDX-License-Identifier: Apache-2.0
 * clickpay.h - a click goes to the URL of the payment that it would be paid by.
 *
 * Any thread.  A payment of an offer may have a URL of its own (C1); which one applies is
 * what a conversion in this moment would be told, less what is known only then: its goal,
 * which is the base conversion here.
 */
#ifndef TRACK_CLICKPAY_H
#define TRACK_CLICKPAY_H

#include "track/click.h"

/* The URL, in the catalog; STR_NONE: the offer's own.  The click has aim and facts. */
NODISCARD struct str clickpay_url(const struct click *k);

/* A city as it stands in the lists of such payments, by its hash of targeting.h; never 0.
 * Half of the hash is enough: an offer's lists are short. */
NODISCARD uint32_t clickpay_city(uint64_t hash);

#endif
