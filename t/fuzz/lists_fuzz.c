/* SPDX-License-Identifier: Apache-2.0
 * lists_fuzz.c - short texts with a grammar of their own: address lists, names of sub
 * ids, signed queries.
 *
 * Input: a line with an address, a line with a query; the rest is a list of addresses,
 * names of sub ids, and a body.
 */
#include "fuzz.h"

#include "base/iplist.h"
#include "track/signature.h"
#include "track/subnames.h"

#include "small_catalog.h"

#define MOST 512

/* As ranges it holds what it holds as text; the ranges are in order and apart. */
static void
check_addresses(struct str list, struct str address)
{
	static struct ip_range v[MOST / 2 + 1];
	uint8_t ip[16] = {0};
	size_t n;

	if (list.n > MOST)
		list.n = MOST;
	n = iplist_ranges(list, v);
	assert(n <= IPLIST_MOST(list));
	for (size_t i = 0; i < n; i++) {
		assert(memcmp(v[i].first, v[i].last, 16) <= 0);
		assert(i == 0 || memcmp(v[i - 1].last, v[i].first, 16) < 0);
		assert(iplist_has(list, v[i].first) && iplist_has(list, v[i].last));
	}
	if (ip_parse(address, ip)) {
		char text[IP_TEXT];
		uint8_t again[16];

		assert(ip_parse(str_n(text, ip_format(text, ip)), again) &&
		       memcmp(ip, again, 16) == 0);
	}
	assert(ip_in_ranges(v, n, ip) == iplist_has(list, ip));
	if (iplist_empty(list))
		assert(n == 0);
}

/* What a record keeps is read as what was sent, and packed again it is the same. */
static void
check_names(struct str a, struct str b)
{
	static char first[65536], second[65536];
	struct pad p = {first, 0, sizeof(first)}, q = {second, 0, sizeof(second)};
	const struct str packed = subnames_pack(&p, a, b, a);
	struct subnames names;

	if (packed.p == NULL)
		return;
	subnames_read(&names, packed);
	assert(names.n > 0 && names.n <= SUBNAMES_MAX && names.n_set <= names.n);
	for (unsigned i = 0; i < names.n; i++) {
		assert(subnames_ok(names.v[i]));
		for (unsigned k = 0; k < i; k++)
			assert(!str_eq(names.v[i], names.v[k]));
	}
	(void)!subnames_pack(&q, packed, STR_NONE, STR_NONE).n;
}

/* Nobody without the key signs anything. */
static void
check_signature(struct str query, struct str body)
{
	const struct signature_of s = {.path = STR("/postback"),
	    .query = query,
	    .body = body,
	    .now = 1534173952 * US_SECOND,
	    .window = SIGNATURE_WINDOW};
	uint8_t out[SIGNATURE_BYTES];
	const enum signature_state got = signature_check(STR("one, two"), &s, out);

	assert(got == (signature_is_sent(query) ? SIGNATURE_BAD : SIGNATURE_NONE));
	assert(signature_check(STR_NONE, &s, out) == SIGNATURE_NONE);
}

void
fuzz_one(const uint8_t *data, size_t n)
{
	struct str rest = str_n((const char *)data, n);
	const struct str address = next_line(&rest), query = next_line(&rest);

	check_addresses(rest, address);
	check_names(rest, query);
	check_signature(query, rest);
}
