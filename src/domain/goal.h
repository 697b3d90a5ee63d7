/* SPDX-License-Identifier: Apache-2.0
 * goal.h - the events of an offer besides its base conversion (E1 of decisions.md).
 *
 * One thread at a time.  Goal value "1" is the base conversion and has the number 0;
 * others are made when a payment first names them.  Values compare without case.
 */
#ifndef DOMAIN_GOAL_H
#define DOMAIN_GOAL_H

#include "domain/change.h"

#define GOAL_MAX 190u

/* Digits, letters, underscore and dash; not "0". */
NODISCARD bool goal_value_ok(struct str value);
/* The number of a value.  ERR_NOT_FOUND: nobody has used it yet, or it is no goal value.
 */
NODISCARD enum err goal_find(struct db *db, struct str value, int64_t *id);
/* The same, and made when it is not there.  ERR_INVALID, with no fault set: no goal
 * value. */
NODISCARD enum err goal_make(struct change *c, struct str value, int64_t *id);

#endif
