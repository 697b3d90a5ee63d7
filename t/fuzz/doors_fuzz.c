/* SPDX-License-Identifier: Apache-2.0
 * doors_fuzz.c - what stands behind /strack/, hosts, short codes and redirect=.
 *
 * Input: the text, taken as each of these.  A target that is let through leads to the
 * offer's host or one of its list, whoever wrote it.
 */
#include "fuzz.h"

#include "track/doors.h"
#include "track/macro.h"
#include "track/ocode.h"

#include "small_catalog.h"

static void
check_strack(const struct catalog *cat, struct str s)
{
	static struct ocode o;
	struct ocode_ids ids;
	struct doors_strack d;

	if (!doors_strack(s, &d))
		return;
	assert(d.code.n > 0 && d.offer.n > 0);
	assert(str_chr(d.code, '/') < 0 && str_chr(d.offer, '/') < 0 &&
	       str_chr(d.offer, ':') < 0 && str_chr(d.commission, '/') < 0);
	if (ocode_parse(&o, d.code) &&
	    ocode_replace(&o, d.commission, d.offer, d.landing_page) &&
	    ocode_resolve(&o, cat, &ids))
		assert(ids.id[OCODE_LOGIN] == 42 && ids.id[OCODE_OFFER] == 251 &&
		       ids.id[OCODE_LANDING_PAGE] == 310 &&
		       ids.id[OCODE_COMMISSION] == 7);
}

/* By another reading than that of doors.c. */
static bool
leads_home(struct str url)
{
	static const char *const homes[] = {
	    "http://shop.example", "https://shop.example"};
	char text[64];

	for (unsigned i = 0; i < ARRAY_LEN(homes); i++) {
		const size_t n = strlen(homes[i]);

		if (url.n < n || n >= sizeof(text))
			continue;
		if (str_ieq(str_n(url.p, n), str_of(homes[i])) &&
		    (url.n == n || strchr("/?#", url.p[n]) != NULL))
			return true;
	}
	return false;
}

static void
check_redirect(const struct catalog *cat, struct str url)
{
	const struct cat_offer *o = catalog_offer(cat, 251);
	char out[8192];
	struct macro_facts f = {.cat = cat, .offer = o};
	struct str got;

	if (!doors_may_redirect(cat, o, url))
		return;
	assert(leads_home(url));
	got = macro_expand(out, sizeof(out), url, false, &f);
	assert(got.p == NULL || leads_home(got));
}

void
fuzz_one(const uint8_t *data, size_t n)
{
	static struct catalog *cat;
	const struct str s = str_n((const char *)data, n);
	struct str code;

	if (cat == NULL)
		cat = small_catalog("http://shop.example/");
	check_strack(cat, s);
	check_redirect(cat, s);
	assert(doors_domain(cat, s) != NULL);
	code = doors_tiny(cat, s);
	assert(code.p == NULL || str_eq(s, STR("t1ny")));
	code = doors_short(cat, s);
	assert(code.p == NULL || str_eq(s, STR("/abc123")));
}
