/* SPDX-License-Identifier: Apache-2.0
 * country.h - ISO 3166 codes and lists of them, as tbl/countries.h has them.
 *
 * Any process, any thread; reads constants only.
 */
#ifndef DOMAIN_COUNTRY_H
#define DOMAIN_COUNTRY_H

#include "base/arena.h"

/* The English name of a two-letter code, in either case.  NULL: there is no such country.
 */
NODISCARD const char *country_name(struct str code);

/* "us, GB,us" becomes "US,GB" in the arena: upper case, each once, in the order sent;
 * codes are parted by commas or white space.  false: *bad is the first that is no
 * country. */
NODISCARD bool country_list(
    struct arena *a, struct str text, struct str *out, struct str *bad);
/* True when a list in that form holds the code (upper case). */
NODISCARD bool country_in(struct str list, struct str code);

#endif
