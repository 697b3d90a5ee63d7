/* SPDX-License-Identifier: Apache-2.0
 * proxyline.h - the PROXY protocol, versions 1 and 2, that a balancer sends before the
 * request.
 *
 * Pure.  libh2o reads version 1 only and takes its absence for granted; here it is all or
 * nothing: a trusted proxy must send it.
 */
#ifndef WORKER_PROXYLINE_H
#define WORKER_PROXYLINE_H

#include "base/str.h"

enum proxyline {
	PROXYLINE_MORE, /* so far it could be one: read on */
	PROXYLINE_BAD,  /* it is none */
	PROXYLINE_ADDR, /* who->addr is the client */
	PROXYLINE_LOCAL /* the proxy speaks for itself (LOCAL, UNKNOWN): keep its own
			   address */
};

struct proxyline_who {
	uint8_t addr[16];
	bool https; /* he came over TLS: version 2 says so when the proxy is told to */
};

/* *used: bytes that belong to it, for the last two.  *who is set for PROXYLINE_ADDR.  At
 * most 4 KiB are ever wanted. */
NODISCARD enum proxyline proxyline_parse(
    struct str in, size_t *used, struct proxyline_who *who);

#endif
