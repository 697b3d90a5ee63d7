/* SPDX-License-Identifier: Apache-2.0
 * showrule.c - see showrule.h.
 */
#include "base/showrule.h"

static bool
holds(const struct showrule_list *l, uint32_t id)
{
	unsigned lo = 0, n = l->n;

	if (n == 0)
		return true;
	while (n > 0) {
		const unsigned half = n / 2;

		if (l->v[lo + half] == id)
			return true;
		if (l->v[lo + half] < id) {
			lo += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return false;
}

bool
showrule_in_force(us_t start, us_t end, us_t now)
{
	return start <= now && (end == 0 || now < end);
}

void
showrule_weigh(
    struct showrule_sum *sum, const struct showrule *rule, const struct showrule_ask *ask)
{
	const bool hide = rule->kind == SHOWRULE_HIDE;
	int close;

	if (rule->kind == SHOWRULE_IGNORE ||
	    !showrule_in_force(rule->start, rule->end, ask->now))
		return;
	sum->some_show |= !hide;
	if (!holds(&rule->affiliates, ask->affiliate) ||
	    !holds(&rule->offers, ask->offer) || !holds(&rule->pages, ask->landing_page))
		return;
	close =
	    (rule->affiliates.n > 0) * 4 + (rule->pages.n > 0) * 2 + (rule->offers.n > 0);
	if (close > sum->best || (close == sum->best && hide)) {
		sum->best = close;
		sum->hide = hide;
	}
}

bool
showrule_shown(const struct showrule_sum *sum)
{
	return sum->best < 0 ? !sum->some_show : !sum->hide;
}
