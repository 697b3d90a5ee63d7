/* SPDX-License-Identifier: Apache-2.0
 * target_fuzz.c - request targets, routes, PROXY lines, X-Forwarded headers.
 */
#include "fuzz.h"

#include "base/settings.h"
#include "worker/forwarded.h"
#include "worker/proxyline.h"
#include "worker/router.h"
#include "worker/target.h"

static bool
within(struct str part, struct str whole)
{
	return part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

static void
check_route(struct str path)
{
	static struct router *r;
	struct route rt;
	char why[256], text[96];

	if (r == NULL)
		r = router_new(endpoints, EP_MAX, why);
	assert(r != NULL);
	for (enum method m = M_GET; m <= M_OTHER; m++) {
		router_find(r, m, path, &rt);
		assert(rt.n <= ROUTE_VALUES && (rt.ep == NULL || rt.allow != 0));
		for (unsigned i = 0; i < rt.n; i++)
			assert(within(rt.value[i], path));
		assert(router_allow_text(rt.allow, text, sizeof(text)) < sizeof(text));
	}
}

static void
check_target(struct str raw)
{
	struct target t;
	char *decoded;

	if (!target_parse(raw, &t))
		return;
	assert(t.path.n > 0 && (t.path.p[0] == '/' || str_eq(t.path, STR("*"))));
	assert(within(t.query, raw) && within(t.host, raw));
	assert(str_chr(t.path, '?') < 0 && str_chr(t.path, '#') < 0);
	decoded = malloc(t.path.n);
	assert(decoded != NULL && target_decode(decoded, t.path, true) <= t.path.n);
	free(decoded);
	check_route(t.path);
}

void
fuzz_one(const uint8_t *data, size_t n)
{
	static const char *nets[] = {"10.0.0.0/8", "::1"};
	static const struct list proxies = {.n = 2, .v = nets};
	struct str all = str_n((const char *)data, n);
	struct proxyline_who who;
	uint8_t peer[16] = {[15] = 1}, addr[16] = {0};
	enum proxyline got;
	size_t used;

	check_target(all);
	assert(target_method(all) <= M_OTHER);
	got = proxyline_parse(all, &used, &who);
	assert(got != PROXYLINE_MORE || n < 4096);
	assert(
	    (got != PROXYLINE_ADDR && got != PROXYLINE_LOCAL) || (used > 0 && used <= n));
	forwarded_client(&proxies, peer, all, addr);
	assert(!forwarded_trusts(&proxies, addr) || n > 0 || memcmp(peer, addr, 16) == 0);
	assert(!forwarded_https(all) || n >= 5);
	assert(!forwarded_id_ok(all) || (n <= 64 && str_is_utf8(all)));
}
