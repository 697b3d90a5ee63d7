/* SPDX-License-Identifier: Apache-2.0
 * affisecap.c - caps of this dialect: conversions or budget of a day, a month or all, for
 * goals and affiliates together, each, or those listed.
 *
 * Statuses counted, what a full one does and when somebody is told are the offer's own
 * here and stand with each cap there (C3 of decisions.md); a cap that differs in them, or
 * has what this dialect has no word for, is not shown and not touched (C2).
 */
#include <stdio.h>
#include <stdlib.h>

#include "api/affise/affisekit.h"
#include "domain/goal.h"

#define LIST_MAX 100u

static const char *const periods[] = {"day", "month", "all", NULL};
static const char *const types[] = {"conversions", "budget", NULL};

static int
full_of(const struct offer *o)
{
	return o->is_redirect_overcap ? CAP_TRAFFICBACK : CAP_DECLINE;
}

bool
affisecap_shown(const struct offer *o, const struct offercap *p)
{
	return p->enabled && p->advertiser_id == 0 && p->on_full == full_of(o) &&
	       p->statuses == o->caps_status && p->type <= CAP_BUDGET &&
	       p->period <= CAP_ALL && p->days == CAP_ANY_DAY && p->start == 0 &&
	       p->end == 0 && !p->in_base;
}

/* ----- what was sent ----- */

static enum err
wrong(struct fault *f, size_t i, enum err e, const char *member, const char *text)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "caps[%zu][%s]", i, member);
	return fault_set(f, e, name, "%s", text);
}

/* The index of a word; an empty one is `none`.  ERR_INVALID: none of them. */
static enum err
read_word(struct json_object *node, const char *member, const char *const *words,
    int64_t none, size_t i, int64_t *out, struct fault *f)
{
	struct str s = tree_get_str(node, member);

	*out = none;
	if (s.n == 0)
		return ERR_OK;
	for (*out = 0; words[*out] != NULL; ++*out)
		if (str_eq(s, str_of(words[*out])))
			return ERR_OK;
	return wrong(f, i, ERR_INVALID, member, "is none of the listed words");
}

/* Texts of a list, without empty ones. */
static size_t
read_texts(struct arena *a, struct json_object *node, struct str **out)
{
	size_t n = 0;

	*out = arena_alloc(a, (tree_len(node) + 1) * sizeof(**out));
	for (size_t i = 0; i < tree_len(node); i++) {
		struct str s = str_trim(tree_str(tree_at(node, i)));

		if (s.n > 0 && !tree_is_node(tree_at(node, i)))
			(*out)[n++] = arena_str(a, s);
	}
	return n;
}

static int
by_number(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* "3,17": sorted, each once. */
static struct str
join(struct arena *a, int64_t *ids, size_t n)
{
	char *buf = arena_alloc(a, n * 21 + 1);
	size_t at = 0;

	if (n > 1)
		qsort(ids, n, sizeof(*ids), by_number);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || ids[i] != ids[i - 1])
			at += (size_t)snprintf(
			    buf + at, 22, "%s%lld", at > 0 ? "," : "", (long long)ids[i]);
	return str_n(buf, at);
}

/* A list belongs to the scope "exact" and to no other. */
static enum err
check_list(int64_t scope, size_t n, const char *member, size_t i, struct fault *f)
{
	if (scope == CAP_OF_EXACT && n == 0)
		return wrong(f, i, ERR_MISSING, member, "is required for exact");
	if (scope != CAP_OF_EXACT && n > 0)
		return wrong(f, i, ERR_INVALID, member, "must be empty unless exact");
	return ERR_OK;
}

static enum err
read_affiliates(struct arena *a, struct json_object *node, size_t i, struct offercap *p,
    struct fault *f)
{
	struct str *s;
	size_t n = read_texts(a, tree_get(node, "affiliates"), &s);
	int64_t *ids = arena_alloc(a, (n + 1) * sizeof(*ids));
	enum err rc = check_list(p->affiliates, n, "affiliates", i, f);

	for (size_t k = 0; k < n && rc == ERR_OK; k++)
		if (!str_to_i64(s[k], &ids[k]) || ids[k] <= 0 || ids[k] > UINT32_MAX)
			rc = wrong(f, i, ERR_INVALID, "affiliates",
			    "has an entry that is no number of an affiliate");
	if (rc == ERR_OK)
		p->affiliate_list = join(a, ids, n);
	return rc;
}

static enum err
read_goals(struct arena *a, struct json_object *node, size_t i, struct affisecap *p,
    struct fault *f)
{
	enum err rc;

	p->n_goals = read_texts(a, tree_get(node, "goals"), &p->goal);
	rc = check_list(p->cap.goals, p->n_goals, "goals", i, f);
	for (size_t k = 0; k < p->n_goals && rc == ERR_OK; k++)
		if (!goal_value_ok(p->goal[k]))
			rc = wrong(f, i, ERR_INVALID, "goals",
			    "has an entry that is no goal value");
	return rc;
}

static enum err
read_value(struct json_object *node, size_t i, struct offercap *p, struct fault *f)
{
	struct str value = str_trim(tree_get_str(node, "value"));

	if (value.n == 0)
		return wrong(f, i, ERR_MISSING, "value", "is required");
	if (p->type == CAP_BUDGET) {
		if (!money_parse(value, &p->value) || p->value < 0 ||
		    p->value > MONEY_MOST)
			return wrong(f, i, ERR_INVALID, "value", "must be an amount");
	} else if (!str_to_i64(value, &p->value) || p->value < 0 ||
		   p->value > CAP_COUNT_MAX) {
		return wrong(f, i, ERR_INVALID, "value", "must be a whole number");
	}
	return ERR_OK;
}

static enum err
read_cap(struct arena *a, struct json_object *node, size_t i, struct affisecap *p,
    struct fault *f)
{
	struct offercap *c = &p->cap;
	const bool no_period = tree_get_str(node, "period").n == 0;
	enum err rc;

	offercap_init(c);
	rc = read_word(node, "period", periods, 0, i, &c->period, f);
	c->period += CAP_DAY;
	if (no_period)
		return wrong(f, i, ERR_MISSING, "period", "must be day, month or all");
	if (rc == ERR_OK)
		rc = read_word(node, "type", types, CAP_CONVERSIONS, i, &c->type, f);
	if (rc == ERR_OK)
		rc = read_word(
		    node, "goal_type", offercap_scope_words, CAP_OF_ALL, i, &c->goals, f);
	if (rc == ERR_OK)
		rc = read_word(node, "affiliate_type", offercap_scope_words, CAP_OF_ALL,
		    i, &c->affiliates, f);
	if (rc == ERR_OK)
		rc = read_value(node, i, c, f);
	if (rc == ERR_OK)
		rc = read_affiliates(a, node, i, c, f);
	return rc == ERR_OK ? read_goals(a, node, i, p, f) : rc;
}

enum err
affisecap_read(struct arena *a, struct json_object *tree, struct affisecap **out,
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
		rc = read_cap(a, node, i, &(*out)[i], f);
	}
	return rc;
}

/* ----- what becomes of it ----- */

static void
follow(const struct offer *o, struct offercap *p)
{
	p->offer_id = o->id;
	p->statuses = o->caps_status;
	p->on_full = full_of(o);
	p->notice_percent = o->notice_percent_overcap;
}

/* A cap of the same things is the same cap with another value, so that what is counted
 * stays counted. */
static const struct offercap *
find_cap(const struct offer *was, const bool *taken, const struct offercap *p, size_t *at)
{
	for (size_t i = 0; i < was->n_cap; i++) {
		const struct offercap *c = &was->cap[i];

		if (!taken[i] && affisecap_shown(was, c) && c->period == p->period &&
		    c->type == p->type && c->goals == p->goals &&
		    c->affiliates == p->affiliates &&
		    str_eq(c->goal_list, p->goal_list) &&
		    str_eq(c->affiliate_list, p->affiliate_list)) {
			*at = i;
			return c;
		}
	}
	return NULL;
}

static enum err
make_goals(struct change *c, struct affisecap *p)
{
	int64_t *ids = arena_alloc(c->arena, (p->n_goals + 1) * sizeof(*ids));
	enum err rc = ERR_OK;

	for (size_t i = 0; i < p->n_goals && rc == ERR_OK; i++)
		rc = goal_make(c, p->goal[i], &ids[i]);
	if (rc == ERR_OK)
		p->cap.goal_list = join(c->arena, ids, p->n_goals);
	return rc;
}

/* The domain's faults name columns; this one's the entry that was sent. */
static enum err
put_one(struct change *c, struct offercap *p, size_t i)
{
	enum err rc = offercap_put(c, p);
	char text[sizeof(c->fault.text)];

	if (rc != ERR_INVALID && rc != ERR_MISSING)
		return rc;
	(void)snprintf(text, sizeof(text), "%s", c->fault.text);
	return wrong(&c->fault, i, rc,
	    strcmp(c->fault.param, "affiliate_list") == 0 ? "affiliates" : "value", text);
}

enum err
affisecap_put(struct change *c, const struct offer *was, const struct offer *now,
    struct affisecap *sent, size_t n)
{
	bool *taken = arena_alloc(c->arena, was->n_cap + 1);
	enum err rc = ERR_OK;

	for (size_t i = 0; i < n && rc == ERR_OK; i++) {
		struct offercap *p = &sent[i].cap;
		const struct offercap *old;
		size_t at = 0;

		rc = make_goals(c, &sent[i]);
		if (rc != ERR_OK)
			return rc;
		old = find_cap(was, taken, p, &at);
		p->id = 0; /* a change that is tried again makes it again */
		if (old != NULL) {
			const int64_t value = p->value;

			taken[at] = true;
			*p = *old;
			p->value = value;
		}
		follow(now, p);
		rc = put_one(c, p, i);
	}
	for (size_t i = 0; i < was->n_cap && rc == ERR_OK; i++)
		if (!taken[i] && affisecap_shown(was, &was->cap[i]))
			rc = offercap_delete(c, &was->cap[i]);
	return rc;
}

enum err
affisecap_follow(struct change *c, const struct offer *was, const struct offer *now)
{
	enum err rc = ERR_OK;

	if (was->caps_status == now->caps_status &&
	    was->is_redirect_overcap == now->is_redirect_overcap &&
	    was->notice_percent_overcap == now->notice_percent_overcap)
		return ERR_OK;
	for (size_t i = 0; i < was->n_cap && rc == ERR_OK; i++) {
		struct offercap p = was->cap[i];

		if (!affisecap_shown(was, &p))
			continue;
		follow(now, &p);
		rc = put_one(c, &p, i);
	}
	return rc;
}

/* ----- showing ----- */

static bool
is_listed(struct str list, int64_t id)
{
	int64_t one;

	while (list.n > 0)
		if (str_to_i64(str_split(&list, ','), &one) && one == id)
			return true;
	return false;
}

/* The next goal of an exact list; false: no more. */
struct goal_at {
	const struct offercap *p;
	struct str rest;
	bool base_done;
};

static bool
next_goal(struct goal_at *g, struct str *value, struct str *title)
{
	if (!g->base_done) {
		g->base_done = true;
		*value = *title = STR("1");
		if (is_listed(g->p->goal_list, 0))
			return true;
	}
	if (g->rest.n == 0)
		return false;
	*title = str_split(&g->rest, '\n');
	*value = str_split(title, '\t');
	if (title->p == NULL)
		*title = *value;
	return true;
}

void
affisecap_goals(struct jsonw *w, const struct offercap *p)
{
	struct goal_at g = {p, p->goal_names, false};
	struct str value, title;

	jsonw_key(w, "goals");
	jsonw_obj(w);
	while (next_goal(&g, &value, &title)) {
		jsonw_key_str(w, value);
		jsonw_str(w, title);
	}
	jsonw_end(w);
}

void
affisecap_goal_list(struct jsonw *w, const struct offercap *p)
{
	struct goal_at g = {p, p->goal_names, false};
	struct str value, title;

	jsonw_key(w, "goals");
	jsonw_arr(w);
	while (next_goal(&g, &value, &title)) {
		jsonw_obj(w);
		jsonw_key_str(w, value);
		jsonw_str(w, title);
		jsonw_end(w);
	}
	jsonw_end(w);
}

void
affisecap_affiliates(struct jsonw *w, struct str list)
{
	int64_t id;

	jsonw_key(w, "affiliates");
	jsonw_arr(w);
	while (list.n > 0)
		if (str_to_i64(str_split(&list, ','), &id))
			jsonw_int(w, id);
	jsonw_end(w);
}

/* An affiliate sees what holds for him, unless the offer hides it. */
bool
affisecap_visible(const struct offer *o, const struct offercap *p, int64_t affiliate_id)
{
	if (!affisecap_shown(o, p))
		return false;
	return affiliate_id == 0 ||
	       (!o->hide_caps && (p->affiliates != CAP_OF_EXACT ||
				     is_listed(p->affiliate_list, affiliate_id)));
}

void
affisecap_show(struct jsonw *w, const struct offer *o, int64_t affiliate_id)
{
	jsonw_key(w, "caps");
	jsonw_arr(w);
	for (size_t i = 0; i < o->n_cap; i++) {
		const struct offercap *p = &o->cap[i];

		if (!affisecap_visible(o, p, affiliate_id))
			continue;
		jsonw_obj(w);
		affisekit_str(w, "period", str_of(periods[p->period - CAP_DAY]));
		affisekit_str(w, "type", str_of(types[p->type]));
		jsonw_key(w, "value");
		if (p->type == CAP_BUDGET)
			jsonw_money(w, p->value, 0);
		else
			jsonw_int(w, p->value);
		affisekit_str(w, "goal_type", str_of(offercap_scope_words[p->goals]));
		affisecap_goals(w, p);
		if (affiliate_id == 0) {
			affisekit_str(w, "affiliate_type",
			    str_of(offercap_scope_words[p->affiliates]));
			affisecap_affiliates(w, p->affiliate_list);
		}
		jsonw_end(w);
	}
	jsonw_end(w);
}
