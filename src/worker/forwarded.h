/* SPDX-License-Identifier: Apache-2.0
 * forwarded.h - whom a proxy says it speaks for.
 *
 * Pure.  X-Forwarded-For is believed from its right end only, and only as long as the
 * address that wrote an entry is a trusted proxy: what the client itself put at the left
 * counts for nothing.
 */
#ifndef WORKER_FORWARDED_H
#define WORKER_FORWARDED_H

#include "base/settings.h"

NODISCARD bool forwarded_trusts(const struct list *proxies, const uint8_t ip[16]);

/* The client behind `peer`, which the caller knows to be trusted: the right-most address
 * of the header that is no trusted proxy; when all are, the left-most.  An entry that is
 * no address ends the walk.  *addr is set in any case. */
void forwarded_client(const struct list *proxies, const uint8_t peer[16],
    struct str header, uint8_t addr[16]);

/* X-Forwarded-Proto of a trusted proxy: the last entry, which is the nearest proxy's,
 * says https. */
NODISCARD bool forwarded_https(struct str header);

/* X-Request-Id of a trusted proxy: 1 to 64 of A-Z a-z 0-9 . _ - and nothing else, so that
 * it can stand in headers and logs. */
NODISCARD bool forwarded_id_ok(struct str id);

#endif
