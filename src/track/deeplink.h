/* SPDX-License-Identifier: Apache-2.0
 * deeplink.h - what stands behind a tracking code goes on to the landing page: path and
 * variables.
 *
 * Pure; nothing here allocates.  The path is joined to the landing page's with one slash,
 * before its variables; variables that the landing page's URL has already win over the
 * link's.  Neither can change where the URL leads: everything is added behind the host
 * and percent-encoded.
 */
#ifndef TRACK_DEEPLINK_H
#define TRACK_DEEPLINK_H

#include "track/vars.h"

/* `url` with `path` (decoded; STR_NONE: none) and the variables that are not taken; vars
 * may be NULL.
 * Unless `raw`, quotes, angle brackets and "javascript:" are left out of what is added.
 * STR_NONE: it does not fit. */
NODISCARD struct str deeplink_join(char *out, size_t cap, struct str url, struct str path,
    const struct vars *vars, bool raw);

#endif
