/* SPDX-License-Identifier: Apache-2.0
 * placefind.h - lists of the cities and providers that are known: tables place and isp.
 *
 * One thread at a time.
 */
#ifndef DOMAIN_PLACEFIND_H
#define DOMAIN_PLACEFIND_H

#include "base/arena.h"
#include "db/db.h"

struct placefind_row {
	int64_t id;       /* of a city */
	struct str hex24; /* of a provider */
	struct str name, region;
	uint16_t country; /* country_pack(); 0 unknown */
};

/* Cities of a country by name, and how many there are in all; locale: "ru", "es" or
 * another for English, which is also the name where there is none in that language. */
NODISCARD enum err placefind_cities(struct db *db, struct arena *a, uint16_t country,
    struct str locale, uint64_t skip, uint64_t count, struct placefind_row **out,
    size_t *n, int64_t *total);
/* Providers by name; q: part of it, STR_NONE any. */
NODISCARD enum err placefind_isps(struct db *db, struct arena *a, struct str q,
    uint64_t skip, uint64_t count, struct placefind_row **out, size_t *n, int64_t *total);

#endif
