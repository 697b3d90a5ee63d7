/* SPDX-License-Identifier: Apache-2.0
 * ctlcap.c - caps from the shell: all that a cap can be, of which Affise's calls know a
 * part and the NATS dialect only shows them.
 */
#include <stdio.h>

#include "base/datetext.h"
#include "ctl/ctl.h"
#include "domain/goal.h"
#include "domain/netset.h"
#include "domain/offer.h"

struct cap_change {
	struct offercap p;
	bool is_new, remove;
	char **option; /* name, value, name, value ... */
	int n;
	const struct zone *zone;
};

/* Lower-case words of the shell. */
static const char *const types[] = {"conversions", "budget", "registrations",
    "unique-clicks", "clicks", "net-conversions", NULL};
static const char *const periods[] = {
    "", "day", "month", "all", "week", "year", "hour", NULL};
static const char *const days[] = {"any", "weekdays", "weekends", "saturday", "sunday",
    "monday", "tuesday", "wednesday", "thursday", "friday", NULL};
static const char *const statuses[] = {
    "", "confirmed", "pending", "declined", "not_found", "hold", NULL};

static bool
read_word(const char *text, const char *const *words, int64_t *out)
{
	for (int64_t i = 0; words[i] != NULL; i++)
		if (*text != '\0' && strcmp(words[i], text) == 0) {
			*out = i;
			return true;
		}
	return false;
}

/* "any" is 0. */
static bool
read_id(const char *text, int64_t *out)
{
	*out = 0;
	return strcmp(text, "any") == 0 ||
	       (str_to_i64(str_of(text), out) && *out > 0 && *out <= UINT32_MAX);
}

static bool
read_flag(const char *text, bool *out)
{
	*out = strcmp(text, "1") == 0;
	return *out || strcmp(text, "0") == 0;
}

static bool
read_statuses(const char *text, int64_t *out)
{
	struct str rest = str_of(text);

	*out = 0;
	while (rest.n > 0) {
		struct str one = str_split(&rest, ',');
		int64_t i = 1;

		while (statuses[i] != NULL && !str_eq(str_of(statuses[i]), one))
			i++;
		if (statuses[i] == NULL)
			return false;
		*out |= INT64_C(1) << i;
	}
	return *out != 0;
}

/* all, each, or a list of numbers, which may come in any order and is sorted here. */
static bool
read_affiliates(struct arena *a, const char *text, struct offercap *p)
{
	struct str rest;
	int64_t last = 0;

	p->affiliate_list = STR("");
	if (read_word(text, offercap_scope_words, &p->affiliates) &&
	    p->affiliates != CAP_OF_EXACT)
		return true;
	p->affiliates = CAP_OF_EXACT;
	/* The next larger one, again and again: lists are short. */
	for (;;) {
		int64_t least = INT64_MAX, id;

		for (rest = str_of(text); rest.n > 0;) {
			if (!str_to_i64(str_split(&rest, ','), &id) || id <= 0 ||
			    id > UINT32_MAX)
				return false;
			if (id > last && id < least)
				least = id;
		}
		if (least == INT64_MAX)
			return p->affiliate_list.n > 0;
		p->affiliate_list = arena_printf(a, STR_FMT "%s%lld",
		    STR_ARG(p->affiliate_list), last == 0 ? "" : ",", (long long)least);
		last = least;
	}
}

/* all, each, or goal values; those nobody has used yet are made. */
static enum err
take_goals(struct change *c, const char *text, struct offercap *p)
{
	struct str rest = str_of(text), list = STR("");
	int64_t last = -1;

	p->goal_list = STR("");
	if (read_word(text, offercap_scope_words, &p->goals) && p->goals != CAP_OF_EXACT)
		return ERR_OK;
	p->goals = CAP_OF_EXACT;
	while (rest.n > 0) {
		int64_t id;
		enum err rc = goal_make(c, str_split(&rest, ','), &id);

		if (rc != ERR_OK)
			return rc == ERR_INVALID
				   ? change_fault(c, rc, "goals",
					 "has an entry that is no goal value")
				   : rc;
		list = arena_printf(c->arena, STR_FMT "%s%lld", STR_ARG(list),
		    list.n == 0 ? "" : ",", (long long)id);
	}
	for (;;) { /* sorted, each once */
		int64_t least = INT64_MAX, id;

		for (rest = list; rest.n > 0;)
			if (str_to_i64(str_split(&rest, ','), &id) && id > last &&
			    id < least)
				least = id;
		if (least == INT64_MAX)
			return ERR_OK;
		p->goal_list =
		    arena_printf(c->arena, STR_FMT "%s%lld", STR_ARG(p->goal_list),
			p->goal_list.n == 0 ? "" : ",", (long long)least);
		last = least;
	}
}

/* offer:12, page:34, none. */
static bool
read_target(const char *text, struct offercap *p)
{
	p->to_offer_id = p->to_lp_id = 0;
	if (strncmp(text, "offer:", 6) == 0)
		return read_id(text + 6, &p->to_offer_id);
	if (strncmp(text, "page:", 5) == 0)
		return read_id(text + 5, &p->to_lp_id);
	return strcmp(text, "none") == 0;
}

static bool
read_full(const char *text, struct offercap *p)
{
	int64_t full;

	if (!read_word(text, offercap_full_words, &full))
		return false;
	p->on_full = (int)full;
	return true;
}

static bool
read_time(const struct cap_change *x, const char *text, us_t *out)
{
	*out = 0;
	return strcmp(text, "none") == 0 ||
	       datetext_parse(str_of(text), x->zone, clock_us(), out);
}

static bool
read_value(const char *text, struct offercap *p)
{
	return p->type == CAP_BUDGET ? money_parse(str_of(text), &p->value)
				     : str_to_i64(str_of(text), &p->value);
}

/* One option; false: there is none of that name, or it has no such value. */
static bool
read_option(struct cap_change *x, struct arena *a, const char *name, const char *v)
{
	struct offercap *p = &x->p;

	return strcmp(name, "--offer") == 0          ? read_id(v, &p->offer_id)
	       : strcmp(name, "--advertiser") == 0   ? read_id(v, &p->advertiser_id)
	       : strcmp(name, "--type") == 0         ? read_word(v, types, &p->type)
	       : strcmp(name, "--period") == 0       ? read_word(v, periods, &p->period)
	       : strcmp(name, "--days") == 0         ? read_word(v, days, &p->days)
	       : strcmp(name, "--value") == 0        ? read_value(v, p)
	       : strcmp(name, "--affiliates") == 0   ? read_affiliates(a, v, p)
	       : strcmp(name, "--goals") == 0        ? true /* take_goals() */
	       : strcmp(name, "--statuses") == 0     ? read_statuses(v, &p->statuses)
	       : strcmp(name, "--start") == 0        ? read_time(x, v, &p->start)
	       : strcmp(name, "--end") == 0          ? read_time(x, v, &p->end)
	       : strcmp(name, "--in-base") == 0      ? read_flag(v, &p->in_base)
	       : strcmp(name, "--on-full") == 0      ? read_full(v, p)
	       : strcmp(name, "--target") == 0       ? read_target(v, p)
	       : strcmp(name, "--track") == 0        ? read_flag(v, &p->track)
	       : strcmp(name, "--enabled") == 0      ? read_flag(v, &p->enabled)
	       : strcmp(name, "--admin-notify") == 0 ? read_flag(v, &p->admin_notify)
	       : strcmp(name, "--notice-percent") == 0
		   ? str_to_i64(str_of(v), &p->notice_percent)
		   : false;
}

/* The type first, since it says what a value is. */
static enum err
take_options(struct change *c, struct cap_change *x)
{
	enum err rc = ERR_OK;

	for (int round = 0; round < 2 && rc == ERR_OK; round++)
		for (int i = 0; i < x->n && rc == ERR_OK; i += 2) {
			const char *name = x->option[i], *v = x->option[i + 1];

			if ((strcmp(name, "--type") == 0) != (round == 0))
				continue;
			if (!read_option(x, c->arena, name, v))
				rc = change_fault(c, ERR_INVALID, name,
				    "%s: no such option, or none of its values", v);
			else if (strcmp(name, "--goals") == 0)
				rc = take_goals(c, v, &x->p);
		}
	return rc;
}

static enum err
find(struct change *c, struct offercap *p)
{
	const struct offercap_filter f = {
	    .id = p->id, .enabled = -1, .type = -1, .days = -1};
	struct offercap *list;
	size_t n;
	enum err rc = offercap_find(c->db, c->arena, &f, &list, &n);

	if (rc != ERR_OK)
		return rc;
	if (n == 0)
		return change_fault(
		    c, ERR_NOT_FOUND, "", "there is no cap %lld", (long long)p->id);
	*p = list[0];
	return ERR_OK;
}

static enum err
do_cap(struct change *c, void *what)
{
	struct cap_change *x = what;
	enum err rc = ERR_OK;

	if (x->is_new) {
		offercap_init(&x->p);
		x->p.period = CAP_DAY;
	} else {
		rc = find(c, &x->p);
	}
	if (rc == ERR_OK && x->remove)
		return offercap_delete(c, &x->p);
	if (rc == ERR_OK)
		rc = take_options(c, x);
	return rc == ERR_OK ? offercap_put(c, &x->p) : rc;
}

static bool
load_zone(struct ctl *t, const struct zone **z)
{
	struct str name;
	enum err rc = netset_get(t->ch.db, t->ch.arena, STR("time_zone"), &name);

	*z = rc == ERR_OK ? zone_get(name) : NULL;
	if (*z == NULL)
		*z = zone_utc_zone();
	if (rc != ERR_OK)
		(void)ctl_db_failed(t, rc);
	return rc == ERR_OK;
}

int
ctl_cap_add(struct ctl *t, int argc, char **argv)
{
	struct cap_change x = {.is_new = true, .option = argv, .n = argc};

	if (argc == 0 || argc % 2 != 0)
		return ctl_usage(t);
	if (!load_zone(t, &x.zone) || !ctl_change(t, do_cap, &x))
		return CTL_FAILED;
	(void)printf("%lld\n", (long long)x.p.id);
	return CTL_OK;
}

int
ctl_cap_edit(struct ctl *t, int argc, char **argv)
{
	struct cap_change x = {.option = argv + 1, .n = argc - 1};

	if (argc < 3 || argc % 2 != 1 || !str_to_i64(str_of(argv[0]), &x.p.id))
		return ctl_usage(t);
	return load_zone(t, &x.zone) && ctl_change(t, do_cap, &x) ? CTL_OK : CTL_FAILED;
}

int
ctl_cap_remove(struct ctl *t, int argc, char **argv)
{
	struct cap_change x = {.remove = true};

	if (argc != 1 || !str_to_i64(str_of(argv[0]), &x.p.id))
		return ctl_usage(t);
	return ctl_change(t, do_cap, &x) ? CTL_OK : CTL_FAILED;
}

/* ---- list ---- */

static void
print_amount(const struct offercap *p, int64_t v)
{
	char text[MONEY_TEXT];

	if (p->type == CAP_BUDGET) {
		(void)money_format(text, v, 2);
		(void)printf("\t%s", text);
	} else {
		(void)printf("\t%lld", (long long)v);
	}
}

static void
print_scope(int64_t scope, struct str list)
{
	if (scope == CAP_OF_EXACT)
		(void)printf("\t" STR_FMT, STR_ARG(list));
	else
		(void)printf("\t%s", offercap_scope_words[scope]);
}

static void
print_id(int64_t id)
{
	if (id == 0)
		(void)fputs("\tany", stdout);
	else
		(void)printf("\t%lld", (long long)id);
}

static void
print_cap(const struct offercap *p, int64_t current)
{
	(void)printf("%lld", (long long)p->id);
	print_id(p->offer_id);
	print_id(p->advertiser_id);
	print_scope(p->affiliates, p->affiliate_list);
	print_scope(p->goals, p->goal_list);
	(void)printf("\t%s\t%s\t%s", types[p->type], periods[p->period], days[p->days]);
	print_amount(p, p->value);
	print_amount(p, current);
	(void)printf("\t%s", offercap_full_words[p->on_full]);
	if (p->to_lp_id != 0)
		(void)printf("\tpage:%lld", (long long)p->to_lp_id);
	else if (p->to_offer_id != 0)
		(void)printf("\toffer:%lld", (long long)p->to_offer_id);
	else
		(void)fputs("\tnone", stdout);
	(void)printf("\t%s\n", p->enabled ? "enabled" : "disabled");
}

int
ctl_cap_list(struct ctl *t, int argc, char **argv)
{
	struct offercap_filter f = {.enabled = -1, .type = -1, .days = -1};
	struct offercap_count *count;
	struct offercap *list;
	const struct zone *z;
	size_t n, n_count;
	int64_t *ids;
	enum err rc;

	if (argc > 1 || (argc == 1 && !read_id(argv[0], &f.offer_id)))
		return ctl_usage(t);
	if (!load_zone(t, &z))
		return CTL_FAILED;
	rc = offercap_find(t->ch.db, t->ch.arena, &f, &list, &n);
	if (rc != ERR_OK)
		return ctl_db_failed(t, rc);
	ids = arena_alloc(t->ch.arena, (n + 1) * sizeof(*ids));
	for (size_t i = 0; i < n; i++)
		ids[i] = list[i].id;
	rc = offercap_counts(t->ch.db, t->ch.arena, z, clock_us(),
	    offer_ids_json(t->ch.arena, ids, n), &count, &n_count);
	if (rc != ERR_OK)
		return ctl_db_failed(t, rc);
	for (size_t i = 0; i < n; i++)
		print_cap(&list[i], offercap_fullest(&list[i], count, n_count));
	return CTL_OK;
}
