/* SPDX-License-Identifier: Apache-2.0
 * router.h - which endpoint a method and a path name.
 *
 * Built once from endpoints[], before the first fork; read-only afterwards.  Paths
 * compare by their segments after percent decoding: doubled and trailing slashes mean
 * nothing, and so does a version segment behind /api (/api/v1/offer/get_details).  A
 * literal segment goes before {name}.
 */
#ifndef WORKER_ROUTER_H
#define WORKER_ROUTER_H

#include "worker/endpoint.h"

#define ROUTE_VALUES 4

struct router; /* private to router.c */

struct route {
	const struct endpoint *ep; /* NULL: no row fits */
	unsigned n;                /* of the {name}s */
	struct str name[ROUTE_VALUES];
	struct str value[ROUTE_VALUES]; /* as they stand in the path: not decoded */
	unsigned allow;                 /* 1 << M_x for each method that the path has */
};

/* NULL: two rows have one method and path, or a path cannot be read; why (256 bytes)
 * names it. */
NODISCARD struct router *router_new(const struct endpoint *eps, size_t n, char *why);
/* NULL is fine; sets the caller's pointer to NULL. */
void router_free(struct router **rp);

/* out->ep == NULL and allow == 0: no such path; allow != 0: it has other methods.  PUT
 * finds a PATCH of the NATS dialect, HEAD a GET. */
void router_find(
    const struct router *r, enum method m, struct str path, struct route *out);

/* "GET, HEAD, POST" of an allow set, for the header. */
size_t router_allow_text(unsigned allow, char *to, size_t cap);

#endif
