/* SPDX-License-Identifier: Apache-2.0
 * access.h - may this affiliate run this offer?
 *
 * Pure: reads the catalog.  The first of these that says something decides (C5 of
 * decisions.md):
 *
 *     exception of the landing page     for him
 *     exception of the offer            for him
 *     exception of the landing page     for everybody
 *     exception of the offer            for everybody
 *     landing page is private           no
 *     advertiser's black list           no
 *     offer is protected or private     no
 *     nothing of all that               yes
 *
 * One who is named comes before everybody, as in the choice of prices (C1): to open a
 * page to all does not let in whom somebody has locked out.
 */
#ifndef TRACK_ACCESS_H
#define TRACK_ACCESS_H

#include "track/catalog.h"

/* lp may be NULL: the offer alone is asked about. */
NODISCARD bool access_allows(const struct catalog *c, const struct cat_offer *o,
    const struct cat_landing_page *lp, uint32_t affiliate);
/* A landing page of the offer that he may use and that can be shown: the default one,
 * else that of the lowest number.  NULL: none. */
NODISCARD const struct cat_landing_page *access_other_page(
    const struct catalog *c, const struct cat_offer *o, uint32_t affiliate);

#endif
