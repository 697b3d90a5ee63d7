/* SPDX-License-Identifier: Apache-2.0
 * shortlink.h - short codes that stand for a whole link.
 *
 * One thread at a time.
 */
#ifndef DOMAIN_SHORTLINK_H
#define DOMAIN_SHORTLINK_H

#include "domain/change.h"

enum shortlink_kind {
	SHORTLINK_TINY = 1, /* a tracking code, behind /track/ */
	SHORTLINK_CLICK = 2 /* the query of a /click link, behind / */
};

#define SHORTLINK_CHARS 6

/* The code of a target, in the arena: the one it has, else a new one. */
NODISCARD enum err shortlink_make(
    struct change *c, enum shortlink_kind kind, struct str target, struct str *code);

/* The target of a code; ERR_NOT_FOUND. */
NODISCARD enum err shortlink_target(struct db *db, struct arena *a,
    enum shortlink_kind kind, struct str code, struct str *target);

#endif
