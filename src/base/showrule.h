/* SPDX-License-Identifier: Apache-2.0
 * showrule.h - who is shown a creative: the rules of both dialects' lists of creatives
 * and of what an impression counts, in one place.
 *
 * Any process, any thread; pure.  The reference names SHOW, HIDE and IGNORE and leaves
 * open how they meet, so this is ours:
 *
 *     a rule counts when it is in force and every list of it is empty or names what is
 *     asked about; IGNORE never does: it is a rule put aside
 *     among those that count the closer one decides: one that names affiliates before one
 *     that does not, then landing pages, then offers; of two as close HIDE does
 *     when none counts: shown, unless some SHOW rule is in force, which is then for others
 *
 * So "HIDE for all, SHOW for affiliate 5" and "SHOW for affiliate 5" alone mean the same.
 */
#ifndef BASE_SHOWRULE_H
#define BASE_SHOWRULE_H

#include "base/clock.h"
#include "base/obj.h"

/* The numbers of the NATS dialect and of creative_rule.kind. */
enum showrule_kind { SHOWRULE_IGNORE, SHOWRULE_SHOW, SHOWRULE_HIDE };

/* Sorted numbers; n 0: all. */
struct showrule_list {
	const uint32_t *v;
	unsigned n;
};

struct showrule {
	enum showrule_kind kind;
	us_t start, end; /* in force from start to before end; end 0: for ever */
	struct showrule_list affiliates, offers, pages;
};

/* landing_page 0: none in particular, so rules that name pages do not count. */
struct showrule_ask {
	us_t now;
	uint32_t affiliate, offer, landing_page;
};

/* The rules of one creative, weighed one after the other in any order. */
struct showrule_sum {
	int best; /* how close the deciding one is; -1: none counts */
	bool hide;
	bool some_show;
};
#define SHOWRULE_NONE ((struct showrule_sum){.best = -1})

void showrule_weigh(struct showrule_sum *sum, const struct showrule *rule,
    const struct showrule_ask *ask);
NODISCARD bool showrule_shown(const struct showrule_sum *sum);
/* In force at that moment, whatever its kind. */
NODISCARD bool showrule_in_force(us_t start, us_t end, us_t now);

#endif
