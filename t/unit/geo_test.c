/* SPDX-License-Identifier: Apache-2.0
 * geo_test.c - geo files of both layouts, as t/unit/geo-files writes them; nothing is
 * asserted about the data that anybody ships.
 */
#include "track/geo.h"

#include "base/iplist.h"
#include "base/record.h"

#include "tap.h"

#include <stdlib.h>
#include <unistd.h>

static bool
same(struct str a, struct str b)
{
	return a.p == NULL || b.p == NULL ? a.p == b.p : str_eq(a, b);
}

/* Of the files that are open. */
static struct geo_memo *memo;

/* A memory says the same, be it new or asked before. */
static void
look_again(const struct geo *g, const uint8_t addr[16], const struct geo_place *p,
    const char *ip)
{
	if (memo == NULL)
		memo = geo_memo_new(g);
	for (int i = 0; i < 2; i++) {
		struct geo_place q;

		geo_memo_look(memo, addr, &q);
		ok(q.country == p->country && q.link == p->link &&
			same(q.region, p->region) && same(q.city, p->city) &&
			same(q.isp, p->isp) && same(q.connection, p->connection),
		    "%s from a memory", ip);
	}
}

static void
look(const struct geo *g, const char *ip, const char *want)
{
	struct geo_place p;
	uint8_t addr[16];
	char got[256], two[3] = "";

	if (!ip_parse(str_of(ip), addr)) {
		ok(false, "%s is an address", ip);
		return;
	}
	geo_look(g, addr, &p);
	if (p.country != 0)
		country_unpack(p.country, two);
	(void)snprintf(got, sizeof(got),
	    "%s|" STR_FMT "|" STR_FMT "|" STR_FMT "|" STR_FMT, two, STR_ARG(p.region),
	    STR_ARG(p.city), STR_ARG(p.isp), STR_ARG(p.connection));
	is_str(got, want, ip);
	look_again(g, addr, &p, ip);
	is_int(geo_country(g, addr), p.country, "the country alone");
}

int
main(void)
{
	char dir[] = "/tmp/affiliated-geo-XXXXXX", cmd[4096], why[512] = "";
	char nested[64], flat[64], four[64];
	const char *paths[3] = {nested, flat, four}, *src = getenv("srcdir");
	struct geo *g;

	if (system("perl -MMaxMind::DB::Writer::Tree -e 1 2>/dev/null") != 0) {
		puts("1..0 # SKIP no MaxMind::DB::Writer");
		return 0;
	}
	if (mkdtemp(dir) == NULL)
		return 1;
	(void)snprintf(cmd, sizeof(cmd), "perl %s/t/unit/geo-files %s",
	    src == NULL ? "." : src, dir);
	ok(system(cmd) == 0, "files are written");
	(void)snprintf(nested, sizeof(nested), "%s/nested.mmdb", dir);
	(void)snprintf(flat, sizeof(flat), "%s/flat.mmdb", dir);
	(void)snprintf(four, sizeof(four), "%s/four.mmdb", dir);
	g = geo_load(paths, 3, why);
	if (ok(g != NULL, "and opened: %s", why)) {
		look(g, "203.0.113.9", "DE|NW|Bonn|Rhein Net|Cellular");
		look(g, "198.51.100.1", "FR||||");
		look(g, "2001:db8::1", "JP||||");
		look(g, "192.0.2.7", "US|Massachusetts|Boston|Bay Net|Corporate");
		look(g, "10.0.0.1", "||||");
		look(g, "2001:db9::1", "||||");
	}
	geo_memo_free(&memo);
	geo_free(&g);
	g = geo_load(paths + 2, 1, why);
	if (ok(g != NULL, "a file for IPv4 alone")) {
		look(g, "192.0.2.7", "CA||||");
		look(g, "2001:db8::1", "||||");
	}
	geo_memo_free(&memo);
	geo_free(&g);
	g = geo_load(NULL, 0, why);
	look(g, "192.0.2.7", "||||");
	geo_memo_free(&memo);
	geo_free(&g);
	paths[1] = "/nonexistent.mmdb";
	ok(geo_load(paths, 2, why) == NULL && strstr(why, "/nonexistent.mmdb") != NULL,
	    "a file that is not there: %s", why);
	paths[1] = "/etc/passwd";
	ok(geo_load(paths, 2, why) == NULL, "one that is none: %s", why);
	(void)snprintf(cmd, sizeof(cmd), "rm -r %s", dir);
	ok(system(cmd) == 0, "cleaned up");
	return tap_done();
}
