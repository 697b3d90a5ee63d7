/* SPDX-License-Identifier: Apache-2.0
 * ctlhook.c - affiliates' postbacks and pixels, and how goals are told, from the shell.
 *
 * The NATS dialect has no call for them; Affise's know neither campaigns nor events.
 */
#include <stdio.h>
#include <string.h>

#include "base/zone.h"
#include "ctl/ctl.h"
#include "domain/account.h"
#include "domain/goal.h"
#include "domain/hook.h"
#include "domain/outbox.h"

struct hook_change {
	struct hook h;
	bool is_new, remove;
	const char *name, *value; /* of set; NULL: none */
};

/* The place of a word in a list that ends in NULL; -1: not in it. */
static int
word_of(const char *const *words, const char *s)
{
	for (int i = 0; words[i] != NULL; i++)
		if (strcmp(words[i], s) == 0)
			return i;
	return -1;
}

static int64_t
events_of(struct str list)
{
	int64_t bits = 0;

	while (list.n > 0) {
		int bit = row_word(hook_event_words, str_split(&list, ','));

		if (bit < 0)
			return 0;
		bits |= INT64_C(1) << bit;
	}
	return bits;
}

static bool
set_number(int64_t *to, const char *value)
{
	return *value == '\0' ? (*to = 0, true)
			      : str_to_i64(str_of(value), to) && *to >= 0;
}

static bool
set_flag(bool *to, const char *value)
{
	*to = strcmp(value, "1") == 0;
	return *to || strcmp(value, "0") == 0;
}

/* One property by its name; false: there is none, or the value is none of it. */
static bool
set(struct hook *h, const char *name, const char *value)
{
	if (strcmp(name, "url") == 0 || strcmp(name, "code") == 0)
		h->code = str_of(value);
	else if (strcmp(name, "name") == 0)
		h->name = str_of(value);
	else if (strcmp(name, "goal") == 0)
		h->goal = str_of(value);
	else if (strcmp(name, "offer") == 0)
		return set_number(&h->offer_id, value);
	else if (strcmp(name, "campaign") == 0)
		return set_number(&h->campaign_id, value);
	else if (strcmp(name, "status") == 0)
		return (h->status = word_of(hook_status_words, value)) >= 0;
	else if (strcmp(name, "events") == 0)
		return (h->events = events_of(str_of(value))) > 0;
	else if (strcmp(name, "forced") == 0)
		return set_flag(&h->forced, value);
	else if (strcmp(name, "active") == 0)
		return set_flag(&h->active, value);
	else if (strcmp(name, "moderation") == 0)
		return str_to_i64(str_of(value), &h->moderation);
	else
		return false;
	return true;
}

static enum err
do_hook(struct change *c, void *what)
{
	struct hook_change *x = what;
	int64_t id = x->h.id;
	enum err rc = ERR_OK;

	if (!x->is_new)
		rc = hook_load(c->db, c->arena, id, &x->h);
	if (rc == ERR_NOT_FOUND)
		return change_fault(c, rc, "", "there is no hook %lld", (long long)id);
	if (rc != ERR_OK)
		return rc;
	if (x->remove)
		return hook_remove(c, &x->h);
	if (x->name != NULL && !set(&x->h, x->name, x->value))
		return change_fault(c, ERR_INVALID, x->name,
		    "is no property, or \"%s\" is not one of its "
		    "values",
		    x->value);
	return x->is_new ? hook_add(c, &x->h) : hook_store(c, &x->h);
}

int
ctl_hook_add(struct ctl *t, int argc, char **argv)
{
	struct hook_change x = {.is_new = true};
	int64_t account;
	int kind = argc < 3 ? -1 : word_of(hook_kind_words, argv[1]), i = 3;

	if (kind < HOOK_POSTBACK)
		return ctl_usage(t);
	if (!ctl_find_account(t, argv[0], &account))
		return CTL_FAILED;
	hook_init(&x.h, account, (enum hook_kind)kind);
	x.h.code = str_of(argv[2]);
	for (; i + 1 < argc && strncmp(argv[i], "--", 2) == 0; i += 2) {
		if (!set(&x.h, argv[i] + 2, argv[i + 1]))
			return ctl_failed("%s %s: no such option, or none of its values",
			    argv[i], argv[i + 1]);
	}
	if (i < argc)
		return ctl_usage(t);
	if (!ctl_change(t, do_hook, &x))
		return CTL_FAILED;
	(void)printf("%lld\n", (long long)x.h.id);
	return CTL_OK;
}

static int
change_hook(struct ctl *t, struct hook_change *x, const char *id)
{
	if (!str_to_i64(str_of(id), &x->h.id))
		return ctl_usage(t);
	return ctl_change(t, do_hook, x) ? CTL_OK : CTL_FAILED;
}

int
ctl_hook_set(struct ctl *t, int argc, char **argv)
{
	return argc != 3 ? ctl_usage(t)
			 : change_hook(t,
			       &(struct hook_change){.name = argv[1], .value = argv[2]},
			       argv[0]);
}

int
ctl_hook_remove(struct ctl *t, int argc, char **argv)
{
	return argc != 1 ? ctl_usage(t)
			 : change_hook(t, &(struct hook_change){.remove = true}, argv[0]);
}

static void
print_hook(const struct hook *h)
{
	(void)printf("%lld\t%s\t", (long long)h->id, hook_kind_words[h->kind]);
	if (h->campaign_id != 0)
		(void)printf("campaign=%lld,", (long long)h->campaign_id);
	if (h->offer_id != 0)
		(void)printf("offer=%lld,", (long long)h->offer_id);
	if (h->goal.n > 0)
		(void)printf("goal=" STR_FMT ",", STR_ARG(h->goal));
	if (h->status != HOOK_ANY_STATUS)
		(void)printf("status=%s,", hook_status_words[h->status]);
	(void)printf("forced=%d,active=%d,moderation=%lld\t", h->forced, h->active,
	    (long long)h->moderation);
	for (unsigned i = 0, n = 0; hook_event_words[i] != NULL; i++)
		if ((h->events >> i & 1) != 0)
			(void)printf("%s%s", n++ > 0 ? "," : "", hook_event_words[i]);
	(void)printf("\t" STR_FMT "\n", STR_ARG(h->code));
}

int
ctl_hook_list(struct ctl *t, int argc, char **argv)
{
	int64_t account, total;
	struct hook *list;
	size_t n;

	if (argc != 1)
		return ctl_usage(t);
	if (!ctl_find_account(t, argv[0], &account))
		return CTL_FAILED;
	for (int pixels = 0; pixels < 2; pixels++) {
		enum err rc = hook_list(t->ch.db, t->ch.arena, account, pixels != 0, 0,
		    UINT32_MAX, &list, &n, &total);

		if (rc != ERR_OK)
			return ctl_db_failed(t, rc);
		for (size_t i = 0; i < n; i++)
			print_hook(&list[i]);
	}
	return CTL_OK;
}

/* The newest first; url and answer stand last, for they may hold anything. */
static void
print_attempt(const struct db_rows *r)
{
	const uint64_t kind = db_u64(r, 1);
	char at[ZONE_TEXT];

	zone_text(zone_utc_zone(), db_i64(r, 0), at);
	(void)printf("%s\t%s\t%llu\tattempt=%llu,code=%llu%s\t" STR_FMT "\t" STR_FMT "\n",
	    at,
	    kind == OUTBOX_POSTBACK ? "postback"
	    : kind == OUTBOX_PAGE   ? "shown"
	    : kind == OUTBOX_MAIL   ? "mail"
				    : "account",
	    (unsigned long long)db_u64(r, 2), (unsigned long long)db_u64(r, 3),
	    (unsigned long long)db_u64(r, 4), db_u64(r, 5) != 0 ? ",given_up" : "",
	    STR_ARG(db_str(r, 6)), STR_ARG(db_str(r, 7)));
}

int
ctl_hook_log(struct ctl *t, int argc, char **argv)
{
	struct db_rows *r;
	int64_t account;
	enum err rc;

	if (argc != 1)
		return ctl_usage(t);
	if (!ctl_find_account(t, argv[0], &account))
		return CTL_FAILED;
	rc = db_query(t->ch.db, &r,
	    "SELECT at_us, kind, hook_id, attempt, http_code, given_up, error, "
	    "REPLACE(url, '\n', ' ') FROM notify_log WHERE account_id = ? ORDER BY at_us "
	    "DESC, id DESC LIMIT 1000",
	    "i", account);
	if (rc != ERR_OK)
		return ctl_db_failed(t, rc);
	while (db_next(r))
		print_attempt(r);
	rc = db_rows_close(&r);
	return rc == ERR_OK ? CTL_OK : ctl_db_failed(t, rc);
}

struct goal_change {
	struct str value;
	int type;
};

static enum err
do_goal(struct change *c, void *what)
{
	const struct goal_change *g = what;
	int64_t id;
	enum err rc = goal_make(c, g->value, &id);

	if (rc == ERR_INVALID)
		return change_fault(c, rc, "goal", "is no goal value");
	if (rc != ERR_OK)
		return rc;
	return db_exec(c->db, "UPDATE goal SET notify_type = ? WHERE id = ?", "ii",
	    (int64_t)g->type, id);
}

int
ctl_goal_notify(struct ctl *t, int argc, char **argv)
{
	static const char *const types[] = {
	    "goal", "conversion", "continuity", "nothing", NULL};
	struct goal_change g = {.type = argc == 2 ? word_of(types, argv[1]) : -1};

	if (g.type < 0)
		return ctl_usage(t);
	g.value = str_of(argv[0]);
	return ctl_change(t, do_goal, &g) ? CTL_OK : CTL_FAILED;
}
