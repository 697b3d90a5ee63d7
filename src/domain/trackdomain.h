/* SPDX-License-Identifier: Apache-2.0
 * trackdomain.h - tracking domains: the hosts that links are made with and clicks come in
 * at.
 *
 * One thread at a time.  A landing page names one, else its offer does, else the default
 * one counts, else the network's setting tracking_domain.
 */
#ifndef DOMAIN_TRACKDOMAIN_H
#define DOMAIN_TRACKDOMAIN_H

#include "domain/change.h"

struct trackdomain {
	int64_t id;
	struct str host; /* lower case, with the port when it is not the scheme's own */
	bool https;
	struct str redirect_url;
	bool template_protect, is_default;
	int64_t landing_page_id, account_id; /* of links without a code; 0: see
						stats/catdoors.c */
};

/* Reads "https://t.example.com", or a bare host, which is http.  false: neither. */
NODISCARD bool trackdomain_parse(struct arena *a, struct str text, struct trackdomain *d);

/* ERR_EXISTS: its host is there already.  Fills id. */
NODISCARD enum err trackdomain_add(struct change *c, struct trackdomain *d);
/* Writes all but the host; a new default takes that from the other. */
NODISCARD enum err trackdomain_store(struct change *c, const struct trackdomain *d);

/* ERR_DENIED: something names it still. */
NODISCARD enum err trackdomain_remove(struct change *c, const struct trackdomain *d);

/* All of them by number, or one; ERR_NOT_FOUND. */
NODISCARD enum err trackdomain_list(
    struct db *db, struct arena *a, struct trackdomain **out, size_t *n);
NODISCARD enum err trackdomain_load(
    struct db *db, struct arena *a, int64_t id, struct trackdomain *out);
/* By what trackdomain_parse() reads; the scheme does not matter. */
NODISCARD enum err trackdomain_find(
    struct db *db, struct arena *a, struct str text, struct trackdomain *out);

/* "https://t.example.com" for links of a landing page and offer that name these domains
 * (0: none), without a slash at the end.  `host` and `https` are the request's, for a
 * network that named none at all. */
NODISCARD enum err trackdomain_base(struct db *db, struct arena *a, int64_t of_page,
    int64_t of_offer, struct str host, bool https, struct str *out);

#endif
