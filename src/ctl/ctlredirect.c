/* SPDX-License-Identifier: Apache-2.0
 * ctlredirect.c - redirect rules, and offer groups, from the shell: no REST call of
 * either dialect makes them.
 */
#include <stdio.h>

#include "ctl/ctl.h"
#include "domain/offer.h"
#include "domain/redirrule.h"

#define SHARE_PERCENT (REDIRRULE_WHOLE / 100)

/* ---- what is written on the command line ---- */

static bool
read_id(const char *text, int64_t *out)
{
	return str_to_i64(str_of(text), out) && *out > 0 && *out <= UINT32_MAX;
}

/* "any" or a number. */
static bool
read_any_id(const char *text, int64_t *out)
{
	*out = 0;
	return strcmp(text, "any") == 0 || read_id(text, out);
}

/* offer:12, page:34 or a URL; what is wrong with one is for the domain to say. */
static bool
read_target(const char *text, struct redirrule *r)
{
	r->to_offer_id = r->to_lp_id = 0;
	r->to_url = STR("");
	if (strncmp(text, "offer:", 6) == 0)
		return read_id(text + 6, &r->to_offer_id);
	if (strncmp(text, "page:", 5) == 0)
		return read_id(text + 5, &r->to_lp_id);
	r->to_url = str_of(text);
	return true;
}

/* Percent, to four decimals. */
static bool
read_share(const char *text, int64_t *out)
{
	pct_t p;

	if (!pct_parse(str_of(text), &p) || p < 0 || p > 100 * (pct_t)SHARE_PERCENT)
		return false;
	*out = p;
	return true;
}

/* "DE,AT", "!DE,AT" for all but these, "" or "any" for all. */
static bool
read_countries(const char *text, struct redirrule *r)
{
	r->country_exclude = *text == '!';
	r->countries = strcmp(text, "any") == 0
			   ? STR("")
			   : str_of(text + (r->country_exclude ? 1 : 0));
	return true;
}

static bool
read_flag(const char *text, bool *out)
{
	*out = strcmp(text, "1") == 0;
	return *out || strcmp(text, "0") == 0;
}

static bool
read_option(struct redirrule *r, const char *name, const char *value)
{
	if (strcmp(name, "--target") == 0)
		return read_target(value, r);
	if (strcmp(name, "--page") == 0)
		return read_any_id(value, &r->landing_page_id);
	if (strcmp(name, "--share") == 0)
		return read_share(value, &r->share);
	if (strcmp(name, "--visitor") == 0)
		return (r->visitor = row_word(redirrule_visitor_words, str_of(value))) >=
		       0;
	if (strcmp(name, "--countries") == 0)
		return read_countries(value, r);
	if (strcmp(name, "--commission") == 0)
		return read_any_id(value, &r->commission_id);
	if (strcmp(name, "--affiliate") == 0)
		return read_any_id(value, &r->affiliate_id);
	if (strcmp(name, "--position") == 0)
		return str_to_i64(str_of(value), &r->position);
	if (strcmp(name, "--track") == 0)
		return read_flag(value, &r->track);
	if (strcmp(name, "--active") == 0)
		return read_flag(value, &r->active);
	return false;
}

static bool
is_option(const char *name)
{
	static const char *const all[] = {"--target", "--page", "--share", "--visitor",
	    "--countries", "--commission", "--affiliate", "--position", "--track",
	    "--active"};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (strcmp(all[i], name) == 0)
			return true;
	return false;
}

/* CTL_OK: all of them are read. */
static int
read_options(const struct ctl *t, struct redirrule *r, int argc, char **argv)
{
	for (int i = 0; i < argc; i += 2) {
		if (i + 1 == argc || !is_option(argv[i]))
			return ctl_usage(t);
		if (!read_option(r, argv[i], argv[i + 1]))
			return ctl_failed("%s cannot be %s", argv[i], argv[i + 1]);
	}
	return CTL_OK;
}

/* ---- rules ---- */

struct rule_change {
	struct ctl *t;
	struct redirrule r;
	int64_t id;
	int argc; /* options of an edit */
	char **argv;
	bool remove;
	int status;
};

static enum err
do_add(struct change *c, void *what)
{
	struct rule_change *x = what;

	x->r.id = 0; /* the change may run anew */
	return redirrule_put(c, &x->r);
}

int
ctl_redirect_add(struct ctl *t, int argc, char **argv)
{
	struct rule_change x = {.t = t};
	int64_t offer_id;
	int status;

	if (argc < 2)
		return ctl_usage(t);
	if (!read_id(argv[0], &offer_id))
		return ctl_failed("%s is no offer", argv[0]);
	redirrule_init(&x.r, offer_id);
	if (!read_target(argv[1], &x.r))
		return ctl_failed("%s is no target", argv[1]);
	status = read_options(t, &x.r, argc - 2, argv + 2);
	if (status != CTL_OK)
		return status;
	if (!ctl_change(t, do_add, &x))
		return CTL_FAILED;
	(void)printf("%lld\n", (long long)x.r.id);
	return CTL_OK;
}

static enum err
do_edit(struct change *c, void *what)
{
	struct rule_change *x = what;
	enum err rc = redirrule_lock(c, x->id, &x->r);

	if (rc == ERR_NOT_FOUND)
		return change_fault(
		    c, rc, "", "there is no redirect %lld", (long long)x->id);
	if (rc != ERR_OK)
		return rc;
	x->r.deleted = x->remove;
	x->status = read_options(x->t, &x->r, x->argc, x->argv);
	if (x->status != CTL_OK)
		return change_fault(c, ERR_INVALID, "", "nothing was changed");
	return redirrule_put(c, &x->r);
}

static int
edit(struct ctl *t, struct rule_change *x, const char *id)
{
	if (!read_id(id, &x->id))
		return ctl_failed("there is no redirect %s", id);
	if (ctl_change(t, do_edit, x))
		return CTL_OK;
	return x->status == CTL_USAGE ? CTL_USAGE : CTL_FAILED;
}

int
ctl_redirect_edit(struct ctl *t, int argc, char **argv)
{
	struct rule_change x = {.t = t, .argc = argc - 1, .argv = argv + 1};

	return argc < 3 ? ctl_usage(t) : edit(t, &x, argv[0]);
}

int
ctl_redirect_remove(struct ctl *t, int argc, char **argv)
{
	struct rule_change x = {.t = t, .remove = true};

	return argc != 1 ? ctl_usage(t) : edit(t, &x, argv[0]);
}

static struct str
target_text(struct arena *a, const struct redirrule *r)
{
	if (r->to_url.n > 0)
		return r->to_url;
	return r->to_lp_id != 0
		   ? arena_printf(a, "page:%lld", (long long)r->to_lp_id)
		   : arena_printf(a, "offer:%lld", (long long)r->to_offer_id);
}

static struct str
id_text(struct arena *a, int64_t id)
{
	return id == 0 ? STR("any") : arena_printf(a, "%lld", (long long)id);
}

static void
print_rule(struct arena *a, const struct redirrule *r)
{
	char share[MONEY_TEXT];

	(void)pct_format(share, r->share, 0);
	(void)printf("%lld\t%lld\t%.*s\t%.*s\t%s\t%s\t%s%.*s\t%.*s\t%.*s\t%d\t%d\t%lld\n",
	    (long long)r->id, (long long)r->offer_id,
	    STR_ARG(id_text(a, r->landing_page_id)), STR_ARG(target_text(a, r)), share,
	    r->visitor >= 0 ? redirrule_visitor_words[r->visitor] : "",
	    r->country_exclude ? "!" : "",
	    STR_ARG(r->countries.n == 0 ? STR("any") : r->countries),
	    STR_ARG(id_text(a, r->commission_id)), STR_ARG(id_text(a, r->affiliate_id)),
	    r->track, r->active, (long long)r->position);
}

int
ctl_redirect_list(struct ctl *t, int argc, char **argv)
{
	struct redirrule *list;
	int64_t offer_id = 0;
	size_t n;
	enum err rc;

	if (argc > 1)
		return ctl_usage(t);
	if (argc == 1 && !read_id(argv[0], &offer_id))
		return ctl_failed("%s is no offer", argv[0]);
	rc = redirrule_list(t->ch.db, t->ch.arena, offer_id, &list, &n);
	if (rc != ERR_OK)
		return ctl_db_failed(t, rc);
	for (size_t i = 0; i < n; i++)
		print_rule(t->ch.arena, &list[i]);
	return CTL_OK;
}

/* ---- what an offer has besides ---- */

struct offer_change {
	int64_t id, mobile;
	bool geo, sets_geo;
};

static enum err
do_offer(struct change *c, void *what)
{
	const struct offer_change *x = what;
	struct offer o;
	enum err rc = offer_lock(c, x->id, &o);

	if (rc == ERR_NOT_FOUND)
		return change_fault(
		    c, rc, "", "there is no offer %lld", (long long)x->id);
	if (rc != ERR_OK)
		return rc;
	if (x->sets_geo)
		o.geoip_group_redirect = x->geo;
	else
		o.mobile_lp_id = x->mobile;
	return offer_store(c, &o);
}

static int
change_offer(struct ctl *t, struct offer_change *x, const char *id)
{
	if (!read_id(id, &x->id))
		return ctl_failed("there is no offer %s", id);
	return ctl_change(t, do_offer, x) ? CTL_OK : CTL_FAILED;
}

int
ctl_redirect_geo(struct ctl *t, int argc, char **argv)
{
	struct offer_change x = {.sets_geo = true};

	if (argc != 2 || (strcmp(argv[1], "on") != 0 && strcmp(argv[1], "off") != 0))
		return ctl_usage(t);
	x.geo = strcmp(argv[1], "on") == 0;
	return change_offer(t, &x, argv[0]);
}

int
ctl_redirect_mobile(struct ctl *t, int argc, char **argv)
{
	struct offer_change x = {.sets_geo = false};

	if (argc != 2 || (strcmp(argv[1], "none") != 0 && !read_id(argv[1], &x.mobile)))
		return ctl_usage(t);
	return change_offer(t, &x, argv[0]);
}

/* ---- offer groups ---- */

struct new_group {
	struct str name;
	int64_t id;
};

static enum err
do_group(struct change *c, void *what)
{
	struct new_group *g = what;

	return offergroup_add(c, g->name, &g->id);
}

int
ctl_group_add(struct ctl *t, int argc, char **argv)
{
	struct new_group g = {.id = 0};

	if (argc != 1)
		return ctl_usage(t);
	g.name = str_of(argv[0]);
	if (!ctl_change(t, do_group, &g))
		return CTL_FAILED;
	(void)printf("%lld\n", (long long)g.id);
	return CTL_OK;
}

int
ctl_group_list(struct ctl *t, int argc, char **argv)
{
	struct offergroup *list;
	size_t n;
	enum err rc;

	(void)argv;
	if (argc != 0)
		return ctl_usage(t);
	rc = offergroup_list(t->ch.db, t->ch.arena, &list, &n);
	if (rc != ERR_OK)
		return ctl_db_failed(t, rc);
	for (size_t i = 0; i < n; i++)
		(void)printf("%lld\t%.*s\t%lld\n", (long long)list[i].id,
		    STR_ARG(list[i].name), (long long)list[i].offers);
	return CTL_OK;
}
