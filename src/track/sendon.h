/* SPDX-License-Identifier: Apache-2.0
 * sendon.h - the pages that send a visitor on: redirect types meta and js.
 *
 * Pure.  The address stands in an attribute and in a string of a script, escaped for
 * each, so that nothing a link carried gets out of either.  Both pages ask the browser
 * not to tell where it comes from; whoever answers with them says so in a header, too.
 */
#ifndef TRACK_SENDON_H
#define TRACK_SENDON_H

#include "track/catalog.h"

/* Room for the page of an address of n bytes. */
#define SENDON_ROOM(n) (640 + 2 * 6 * (n))

/* HTML, for CAT_META and CAT_JS.  `url` is http or https, of printable bytes.  STR_NONE:
 * `cap` is less than SENDON_ROOM(url.n). */
NODISCARD struct str sendon_page(
    char *out, size_t cap, enum cat_redirect_type type, struct str url);

#endif
