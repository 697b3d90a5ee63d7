/* SPDX-License-Identifier: Apache-2.0
 * auth.h - who calls, and whether he may.
 *
 * NATS wants the headers api-username and api-key of an active account of type 225, from
 * an address in the setting ADMIN_API_ALLOWED_IPS.  Affise wants an API-Key, in a header
 * or in the query, of an active affiliate, or of a user whose roles open the call
 * (section.h).
 *
 * An address that sends AUTH_TRIES wrong keys within a minute is not looked up any more
 * until the minute is over; keys that were good before are.  All workers of a node count
 * together (shm/tries.h).  IPv6 counts by /64.
 *
 * The first call of an account from an address, and the next after an hour, is noted as a
 * login.
 */
#ifndef WORKER_AUTH_H
#define WORKER_AUTH_H

#include "db/db.h"
#include "worker/api.h"
#include "worker/dialect.h"

#define AUTH_TRIES 100u
/* A call this long after the last login from that address is a login of its own. */
#define AUTH_LOGIN_US (3600 * US_SECOND)

struct tries_shm; /* what is remembered of wrong and good keys */

struct auth_in {
	enum dialect dialect;
	enum role role;     /* what the endpoint wants */
	enum method method; /* and which it is */
	const char *path;
	struct str key;      /* STR_NONE: none was sent */
	struct str username; /* NATS */
	const uint8_t *addr; /* 16 bytes */
	us_t now;
};

/* Any pool thread.  ERR_OK: *why says whether the call is refused; when it is not, *who
 * is filled.  Else the database could not be asked. */
NODISCARD enum err auth_check(struct tries_shm *t, struct db *db,
    const struct auth_in *in, struct caller *who, enum refusal *why);

#endif
