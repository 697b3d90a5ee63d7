/* SPDX-License-Identifier: Apache-2.0
 * ctloffer.c - what of an offer no call of either API can set.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/ctl.h"
#include "domain/netset.h"
#include "domain/offer.h"

enum kind { A_FLAG, A_TEXT, A_TARGET, A_RATE };

static const struct {
	const char *name;
	enum kind kind;
	size_t at; /* in struct offer; of a rate in struct rule */
} members[] = {
    {"allow_s2s_ip", A_FLAG, offsetof(struct offer, allow_s2s_ip)},
    {"book_unattributed", A_FLAG, offsetof(struct offer, book_unattributed)},
    {"deduct_full_customer_commission", A_FLAG,
	offsetof(struct offer, deduct_full_customer_commission)},
    {"admin_threshold_email", A_TEXT, offsetof(struct offer, admin_threshold_email)},
    {"minimal_click_session", A_TEXT, offsetof(struct offer, minimal_click_session)},
    {"allowed_states", A_TARGET, offsetof(struct offer, target.states)},
    {"allowed_cities", A_TARGET, offsetof(struct offer, target.cities)},
    {"allowed_hours", A_TARGET, offsetof(struct offer, target.hours)},
    {"refused_visitor_ips", A_TARGET, offsetof(struct offer, target.refused_ips)},
    {"aff_cpm", A_RATE, offsetof(struct rule, aff_cpm)},
    {"adv_cpm", A_RATE, offsetof(struct rule, adv_cpm)},
};

struct edit {
	int64_t id;
	size_t member;
	struct str value;
};

static enum err
set_member(struct change *c, struct offer *o, const struct edit *e)
{
	void *to = (char *)o + members[e->member].at;
	bool on = str_eq(e->value, STR("1"));

	if (members[e->member].kind != A_FLAG) {
		memcpy(to, &e->value, sizeof(e->value));
		return ERR_OK;
	}
	if (!on && !str_eq(e->value, STR("0")))
		return change_fault(
		    c, ERR_INVALID, members[e->member].name, "must be 1 or 0");
	memcpy(to, &on, sizeof(on));
	return ERR_OK;
}

/* A rate of the price without any restriction, in its currency; empty: none. */
static enum err
set_rate(struct change *c, const struct offer *o, const struct edit *e)
{
	const struct rule *old = offer_base_rule(o);
	struct opt rate = OPT_NONE;
	struct str currency;
	struct rule r;
	enum err rc;

	rate.given = e->value.n > 0;
	if (rate.given && !money_parse(e->value, &rate.v))
		return change_fault(c, ERR_INVALID, members[e->member].name,
		    "must be a decimal amount, such as 1.50");
	if (old != NULL) {
		r = *old;
	} else {
		rc = netset_get(c->db, c->arena, STR("base_currency"), &currency);
		if (rc != ERR_OK)
			return rc;
		rule_init(&r, o->id, currency);
	}
	memcpy((char *)&r + members[e->member].at, &rate, sizeof(rate));
	return rule_put(c, &r);
}

static enum err
do_set(struct change *c, void *what)
{
	const struct edit *e = what;
	struct offer o;
	enum err rc = offer_lock(c, e->id, &o);

	if (rc == ERR_NOT_FOUND)
		return change_fault(c, ERR_INVALID, "", "there is no such offer");
	if (rc == ERR_OK && members[e->member].kind == A_RATE)
		return set_rate(c, &o, e);
	if (rc == ERR_OK)
		rc = set_member(c, &o, e);
	if (rc != ERR_OK)
		return rc;
	return members[e->member].kind == A_TARGET ? offertarget_put(c, &o.target)
						   : offer_store(c, &o);
}

static bool
find_member(const char *name, size_t *out)
{
	for (*out = 0; *out < ARRAY_LEN(members); ++*out) {
		if (strcmp(members[*out].name, name) == 0)
			return true;
	}
	(void)ctl_failed("%s is nothing that is set here", name);
	return false;
}

int
ctl_offer_set(struct ctl *t, int argc, char **argv)
{
	struct edit e;

	if (argc != 3)
		return ctl_usage(t);
	if (!str_to_i64(str_of(argv[0]), &e.id))
		return ctl_failed("%s is no number of an offer", argv[0]);
	if (!find_member(argv[1], &e.member))
		return CTL_FAILED;
	e.value = str_of(argv[2]);
	return ctl_change(t, do_set, &e) ? CTL_OK : CTL_FAILED;
}

static int
print_rate(const struct offer *o, size_t member)
{
	const struct rule *r = offer_base_rule(o);
	char text[MONEY_TEXT] = "";
	struct opt rate = OPT_NONE;

	if (r != NULL)
		memcpy(&rate, (const char *)r + members[member].at, sizeof(rate));
	if (rate.given)
		(void)money_format(text, rate.v, 2);
	(void)puts(text);
	return CTL_OK;
}

int
ctl_offer_get(struct ctl *t, int argc, char **argv)
{
	struct offer o;
	struct str text;
	int64_t id;
	size_t i;
	bool on;
	enum err rc;

	if (argc != 2)
		return ctl_usage(t);
	if (!str_to_i64(str_of(argv[0]), &id))
		return ctl_failed("%s is no number of an offer", argv[0]);
	if (!find_member(argv[1], &i))
		return CTL_FAILED;
	rc = offer_load(t->ch.db, t->ch.arena, id, &o);
	if (rc == ERR_NOT_FOUND)
		return ctl_failed("there is no offer %s", argv[0]);
	if (rc != ERR_OK)
		return ctl_db_failed(t, rc);
	if (members[i].kind == A_RATE)
		return print_rate(&o, i);
	if (members[i].kind != A_FLAG) {
		memcpy(&text, (char *)&o + members[i].at, sizeof(text));
		(void)printf("%.*s\n", STR_ARG(text));
		return CTL_OK;
	}
	memcpy(&on, (char *)&o + members[i].at, sizeof(on));
	(void)puts(on ? "1" : "0");
	return CTL_OK;
}
