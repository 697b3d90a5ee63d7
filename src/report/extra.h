/* SPDX-License-Identifier: Apache-2.0
 * extra.h - looking into the urlencoded texts of column `extra`.
 *
 * Pure.
 */
#ifndef REPORT_EXTRA_H
#define REPORT_EXTRA_H

#include "base/arena.h"

/* %XX and + taken back, in the arena. */
NODISCARD struct str extra_decode(struct arena *a, struct str s);
/* The decoded value of a name, in the arena; "" when it is not there. */
NODISCARD struct str extra_get(struct arena *a, struct str text, const char *name);
/* "name=value" as it stands in such a text, for a search in SQL: letters, digits and -._~
 * as they are, everything else %XX. */
NODISCARD struct str extra_pair(struct arena *a, const char *name, struct str value);

#endif
