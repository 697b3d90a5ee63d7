/* SPDX-License-Identifier: Apache-2.0
 * impression.h - /imp/<code>: a creative is shown (nats-behaviour.md §1.2 and §1.7).
 *
 * Pure: reads the catalog.  The code resolves as a click's does, and the rest of it is
 * click.c's as well; this file says what is shown:
 *
 *   the code names a creative that is there, and its rules show it to this affiliate for
 *       this offer and landing page:     302 to its picture, counted
 *   it names none:                       a transparent picture, counted
 *   anything else, a refused one too:    the same picture, with the reason, not counted
 *
 * Bots and prefetches see what others see and do not count.
 */
#ifndef TRACK_IMPRESSION_H
#define TRACK_IMPRESSION_H

#include "base/showrule.h"
#include "track/catalog.h"

/* VERDICT_COUNTED, and *url, STR_NONE for the transparent picture; NO_CREATIVE or
 * HIDDEN_CREATIVE.  creative 0: the code names none. */
NODISCARD enum verdict impression_choose(const struct catalog *c, uint32_t creative,
    const struct showrule_ask *ask, struct str *url);

/* One transparent pixel, a GIF. */
NODISCARD struct str impression_pixel(void);

#endif
