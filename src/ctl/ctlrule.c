/* SPDX-License-Identifier: Apache-2.0
 * ctlrule.c - commission changes that hold at certain hours of the week: no call of either
 * API makes one.
 */
#include <stdio.h>

#include "ctl/ctl.h"
#include "domain/rule.h"

struct recur {
	int64_t offer, change;
	struct str weekly;
};

static enum err
find(struct change *c, const struct recur *w, struct rule *out)
{
	struct rule *list = NULL;
	size_t n = 0;
	enum err rc = rule_list(c->db, c->arena,
	    arena_printf(c->arena, "[%lld]", (long long)w->offer), &list, &n);

	for (size_t i = 0; rc == ERR_OK && i < n; i++) {
		if (list[i].change_id != w->change)
			continue;
		*out = list[i];
		return ERR_OK;
	}
	return rc == ERR_OK ? ERR_NOT_FOUND : rc;
}

static enum err
do_recur(struct change *c, void *what)
{
	const struct recur *w = what;
	struct rule r;
	enum err rc = find(c, w, &r);

	if (rc == ERR_NOT_FOUND)
		return change_fault(
		    c, ERR_INVALID, "", "the offer has no such commission change");
	if (rc != ERR_OK)
		return rc;
	if (r.change_id == 0 || (r.kind != RULE_STANDARD && r.kind != RULE_RECURRING))
		return change_fault(c, ERR_INVALID, "",
		    "only a standard change can be one for certain hours");
	r.kind = w->weekly.n > 0 ? RULE_RECURRING : RULE_STANDARD;
	r.weekly = w->weekly;
	return rule_put(c, &r);
}

int
ctl_rule_recur(struct ctl *t, int argc, char **argv)
{
	struct recur w;

	if (argc != 3)
		return ctl_usage(t);
	if (!str_to_i64(str_of(argv[0]), &w.offer) ||
	    !str_to_i64(str_of(argv[1]), &w.change))
		return ctl_failed("%s and %s must be numbers", argv[0], argv[1]);
	w.weekly = str_of(argv[2]);
	return ctl_change(t, do_recur, &w) ? CTL_OK : CTL_FAILED;
}
