/* SPDX-License-Identifier: Apache-2.0
 * affisecap.c - caps of this dialect: conversions of a day, a month or all, over all
 * goals and all affiliates; a full one declines (C3 of decisions.md).
 */
#include <stdio.h>

#include "api/affise/affisekit.h"

#define LIST_MAX 100u

bool
affisecap_shown(const struct offercap *p)
{
	return p->on_full == ONFULL_DECLINE;
}

static enum err
wrong(struct fault *f, size_t i, enum err e, const char *member, const char *text)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "caps[%zu][%s]", i, member);
	return fault_set(f, e, name, "%s", text);
}

/* Empty, or the one word that this version takes of those documented. */
static enum err
check_word(struct json_object *node, const char *member, const char *taken,
    const char *const *later, size_t i, struct fault *f)
{
	struct str s = tree_get_str(node, member);

	if (s.n == 0 || str_eq(s, str_of(taken)))
		return ERR_OK;
	for (; *later != NULL; later++)
		if (str_eq(s, str_of(*later)))
			return wrong(f, i, ERR_UNSUPPORTED, member,
			    "is not taken by this version");
	return wrong(f, i, ERR_INVALID, member, "is none of the listed words");
}

static bool
is_empty(struct json_object *node)
{
	for (size_t i = 0; i < tree_len(node); i++)
		if (tree_is_node(tree_at(node, i)) || tree_str(tree_at(node, i)).n > 0)
			return false;
	return true;
}

static enum err
read_cap(struct json_object *node, size_t i, struct offercap *p, struct fault *f)
{
	static const char *const periods[] = {"day", "month", "all", NULL};
	static const char *const types[] = {"budget", NULL}, *const each[] = {
								 "each", "exact", NULL};
	struct str period = tree_get_str(node, "period"),
		   value = str_trim(tree_get_str(node, "value"));
	enum err rc = check_word(node, "type", "conversions", types, i, f);

	if (rc == ERR_OK)
		rc = check_word(node, "goal_type", "all", each, i, f);
	if (rc == ERR_OK)
		rc = check_word(node, "affiliate_type", "all", each, i, f);
	if (rc != ERR_OK)
		return rc;
	if (!is_empty(tree_get(node, "goals")))
		return wrong(f, i, ERR_INVALID, "goals",
		    "must be empty unless goal_type is exact");
	if (!is_empty(tree_get(node, "affiliates")))
		return wrong(f, i, ERR_INVALID, "affiliates",
		    "must be empty unless affiliate_type is exact");
	*p = (struct offercap){.statuses = CAP_STATUSES, .on_full = ONFULL_DECLINE};
	for (int k = 0; periods[k] != NULL; k++)
		if (str_eq(period, str_of(periods[k])))
			p->period = k + CAP_DAY;
	if (p->period == 0)
		return wrong(f, i, period.n == 0 ? ERR_MISSING : ERR_INVALID, "period",
		    "must be day, month or all");
	if (value.n == 0)
		return wrong(f, i, ERR_MISSING, "value", "is required");
	if (!str_to_i64(value, &p->value) || p->value < 0 || p->value > CAP_VALUE_MAX)
		return wrong(f, i, ERR_INVALID, "value", "must be a whole number");
	return ERR_OK;
}

enum err
affisecap_read(struct arena *a, struct json_object *tree, struct offercap **out,
    size_t *n, struct fault *f)
{
	enum err rc = ERR_OK;

	*n = tree_len(tree);
	*out = arena_alloc(a, (*n + 1) * sizeof(**out));
	if (*n > LIST_MAX)
		return fault_set(
		    f, ERR_INVALID, "caps", "has more than %u entries", LIST_MAX);
	for (size_t i = 0; i < *n && rc == ERR_OK; i++) {
		struct json_object *node = tree_at(tree, i);

		if (!tree_is_node(node))
			return fault_set(
			    f, ERR_INVALID, "caps", "must be a list of caps");
		rc = read_cap(node, i, &(*out)[i], f);
	}
	return rc;
}

/* A cap of the same period is the same cap with another value, so that what is counted
 * stays counted. */
static const struct offercap *
find_cap(const struct offer *o, const bool *taken, const struct offercap *p, size_t *at)
{
	for (size_t i = 0; i < o->n_cap; i++)
		if (!taken[i] && affisecap_shown(&o->cap[i]) &&
		    o->cap[i].period == p->period) {
			*at = i;
			return &o->cap[i];
		}
	return NULL;
}

enum err
affisecap_put(struct change *c, const struct offer *o, struct offercap *sent, size_t n)
{
	bool *taken = arena_alloc(c->arena, o->n_cap + 1);
	enum err rc = ERR_OK;

	for (size_t i = 0; i < n && rc == ERR_OK; i++) {
		size_t at = 0;
		const struct offercap *old = find_cap(o, taken, &sent[i], &at);

		sent[i].offer_id = o->id;
		if (old != NULL) {
			taken[at] = true;
			sent[i].id = old->id;
			sent[i].statuses = old->statuses;
			if (old->value == sent[i].value)
				continue;
		}
		rc = offercap_put(c, &sent[i]);
	}
	for (size_t i = 0; i < o->n_cap && rc == ERR_OK; i++)
		if (!taken[i] && affisecap_shown(&o->cap[i]))
			rc = offercap_delete(c, &o->cap[i]);
	return rc;
}
