/* SPDX-License-Identifier: Apache-2.0
 * apikey.h - the keys of the REST calls.
 *
 * One thread at a time.  A key is 32 random hex digits, shown once by the call that makes
 * it; stored is its SHA-256, so that a copy of the database opens nothing.  Plain SHA-256
 * is enough for 128 random bits: there is nothing to guess.
 */
#ifndef DOMAIN_APIKEY_H
#define DOMAIN_APIKEY_H

#include "domain/change.h"

#define APIKEY_LEN 32u
#define APIKEY_HASH 32u
/* How long a rotated key goes on working, so that clients can be moved (K2 of
 * decisions.md). */
#define APIKEY_OVERLAP US_DAY

/* A further key of the account; others stay. */
NODISCARD enum err apikey_create(
    struct change *c, int64_t account_id, char out[APIKEY_LEN + 1]);
/* A new key; those in force end after the overlap, or at once. */
NODISCARD enum err apikey_rotate(
    struct change *c, int64_t account_id, bool at_once, char out[APIKEY_LEN + 1]);
/* All keys of the account end now.  *n: how many did. */
NODISCARD enum err apikey_revoke(struct change *c, int64_t account_id, uint64_t *n);

void apikey_hash(struct str key, unsigned char out[APIKEY_HASH]);
/* Whose key it is, at that moment.  ERR_NOT_FOUND: nobody's, or ended. */
NODISCARD enum err apikey_find(
    struct db *db, struct str key, us_t now, int64_t *account_id);

#endif
