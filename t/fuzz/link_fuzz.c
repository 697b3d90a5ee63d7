/* SPDX-License-Identifier: Apache-2.0
 * link_fuzz.c - target URLs: variables filled in, and what a link carries on.
 *
 * Input: a line with the URL, a line with the extra path, the query.  Whatever they are,
 * the result is visible ASCII and begins with the saved scheme and host.
 */
#include "fuzz.h"

#include "track/deeplink.h"
#include "track/macro.h"

#include "small_catalog.h"

static void
check(struct str url, struct str got, bool raw)
{
	const size_t fixed = macro_fixed(url);

	if (got.p == NULL)
		return;
	assert(fixed > 0 && got.n >= fixed);
	for (size_t i = 0; i < fixed; i++) {
		const unsigned char c = (unsigned char)url.p[i];

		if (c <= ' ' || c == 0x7f || strchr("\"<>\\^`", c) != NULL)
			return; /* such a host cannot be saved; it is written in escapes
				 */
	}
	assert(memcmp(got.p, url.p, fixed) == 0);
	assert(got.n == fixed || strchr("/?#", got.p[fixed]) != NULL);
	for (size_t i = fixed; i < got.n; i++) {
		const unsigned char c = (unsigned char)got.p[i];

		assert(c > ' ' && c != 0x7f && (raw || c < 0x80));
	}
}

void
fuzz_one(const uint8_t *data, size_t n)
{
	static struct catalog *cat;
	static char memory[16384], out[8192], joined[8192];
	static const struct vars_bounds bounds = {
	    .most = 32, .name = 64, .value = 255, .together = 2048};
	struct str rest = str_n((const char *)data, n);
	const struct str url = next_line(&rest), path = next_line(&rest);
	struct pad pad = {memory, 0, sizeof(memory)};
	static struct vars v;
	struct macro_facts f = {
	    .now = 1534173952071102, .vars = &v, .id = {1534173952071102, 1}};

	if (cat == NULL)
		cat = small_catalog("http://shop.example/");
	f.cat = cat;
	f.offer = catalog_offer(cat, 251);
	f.affiliate = catalog_affiliate(cat, 42);
	v.n = 0;
	vars_read(&v, &pad, rest, &bounds);
	f.sub[0] = vars_take(&v, STR("sub1"));
	for (unsigned i = 0; i < v.n; i++)
		assert(str_is_utf8(v.v[i].name) && str_is_utf8(v.v[i].value) &&
		       v.v[i].value.n <= 255);
	for (unsigned raw = 0; raw < 2; raw++) {
		struct str filled = macro_expand(out, sizeof(out), url, raw != 0, &f);

		check(url, filled, raw != 0);
		if (filled.p != NULL)
			check(url,
			    deeplink_join(joined, sizeof(joined), filled,
				pad_decode(&pad, path, 2048, false), &v, raw != 0),
			    raw != 0);
	}
}
