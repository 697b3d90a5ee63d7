/* SPDX-License-Identifier: Apache-2.0
 * ctlsecret.c - what reports for an offer or of an advertiser must bring as `secure`: the
 * Affise API shows it and has no call that sets it.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/ctl.h"
#include "domain/account.h"
#include "domain/offer.h"

#define LONGEST 190u /* F_secure of tbl/fields.h */

struct which {
	bool of_offer;
	int64_t id;
	struct str secret;
};

static bool
read_which(char **argv, struct which *w)
{
	w->of_offer = strcmp(argv[0], "offer") == 0;
	if (!w->of_offer && strcmp(argv[0], "advertiser") != 0)
		(void)ctl_failed("%s is not offer or advertiser", argv[0]);
	else if (!str_to_i64(str_of(argv[1]), &w->id))
		(void)ctl_failed("%s is no number", argv[1]);
	else
		return true;
	return false;
}

static enum err
read_advertiser(struct db *db, struct arena *a, int64_t id, struct account *out)
{
	enum err rc = account_is(db, id, ACCOUNT_ADVERTISER);

	return rc == ERR_OK ? account_load(db, a, id, out) : rc;
}

int
ctl_secret_get(struct ctl *t, int argc, char **argv)
{
	struct account a;
	struct offer o;
	struct which w;
	enum err rc;

	if (argc != 2)
		return ctl_usage(t);
	if (!read_which(argv, &w))
		return CTL_FAILED;
	rc = w.of_offer ? offer_load(t->ch.db, t->ch.arena, w.id, &o)
			: read_advertiser(t->ch.db, t->ch.arena, w.id, &a);
	if (rc == ERR_NOT_FOUND)
		return ctl_failed("there is no %s %s", argv[0], argv[1]);
	if (rc != ERR_OK)
		return ctl_db_failed(t, rc);
	w.secret = w.of_offer ? o.hash_password : a.hash_password;
	(void)printf(STR_FMT "\n", STR_ARG(w.secret));
	return CTL_OK;
}

/* Senders put it into URLs by hand: what cannot be seen in one is a mistake. */
static bool
is_good(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f)
			return false;
	}
	return s.n <= LONGEST && str_is_utf8(s);
}

static enum err
set_of_offer(struct change *c, const struct which *w)
{
	struct offer o;
	enum err rc = offer_lock(c, w->id, &o);

	if (rc != ERR_OK)
		return rc;
	o.hash_password = w->secret;
	return offer_store(c, &o);
}

static enum err
set_of_advertiser(struct change *c, const struct which *w)
{
	struct account a;
	enum err rc = read_advertiser(c->db, c->arena, w->id, &a);

	if (rc != ERR_OK)
		return rc;
	a.hash_password = w->secret;
	return account_store(c, &a, STR(""));
}

static enum err
do_set(struct change *c, void *what)
{
	const struct which *w = what;
	enum err rc;

	if (!is_good(w->secret))
		return change_fault(c, ERR_INVALID, "secret",
		    "has a blank in it, is no UTF-8 or longer than %u bytes", LONGEST);
	rc = w->of_offer ? set_of_offer(c, w) : set_of_advertiser(c, w);
	return rc == ERR_NOT_FOUND
		   ? change_fault(c, ERR_INVALID, "", "there is none of that number")
		   : rc;
}

int
ctl_secret_set(struct ctl *t, int argc, char **argv)
{
	struct which w;

	if (argc != 3)
		return ctl_usage(t);
	if (!read_which(argv, &w))
		return CTL_FAILED;
	w.secret = str_of(argv[2]);
	return ctl_change(t, do_set, &w) ? CTL_OK : CTL_FAILED;
}
