/* SPDX-License-Identifier: Apache-2.0
 * impression.c - see impression.h.
 */
#include "track/impression.h"

static struct showrule_list
numbers(const struct catalog *c, struct cat_list l)
{
	struct showrule_list out;

	out.v = catalog_numbers(c, l, &out.n);
	return out;
}

static bool
shown(
    const struct catalog *c, const struct cat_creative *k, const struct showrule_ask *ask)
{
	struct showrule_sum sum = SHOWRULE_NONE;
	unsigned n;
	const struct cat_show *s = catalog_shows(c, k->rules, &n);

	for (unsigned i = 0; i < n; i++) {
		const struct showrule rule = {.kind = (enum showrule_kind)s[i].kind,
		    .start = s[i].start,
		    .end = s[i].end,
		    .affiliates = numbers(c, s[i].affiliates),
		    .offers = numbers(c, s[i].offers),
		    .pages = numbers(c, s[i].pages)};

		showrule_weigh(&sum, &rule, ask);
	}
	return showrule_shown(&sum);
}

enum verdict
impression_choose(const struct catalog *c, uint32_t creative,
    const struct showrule_ask *ask, struct str *url)
{
	const struct cat_creative *k;

	*url = STR_NONE;
	if (creative == 0)
		return VERDICT_COUNTED;
	k = catalog_creative(c, creative);
	if (k == NULL)
		return VERDICT_NO_CREATIVE;
	if ((k->offer_id != 0 && k->offer_id != ask->offer) || !shown(c, k, ask))
		return VERDICT_HIDDEN_CREATIVE;
	*url = catalog_text(c, k->url);
	return VERDICT_COUNTED;
}

struct str
impression_pixel(void)
{
	static const char gif[] =
	    "GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\4\1\0\0\0"
	    "\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;";

	return str_n(gif, sizeof(gif) - 1);
}
