/* SPDX-License-Identifier: Apache-2.0
 * ctlconfig.c - the network's settings and currency rates from the shell.
 */
#include <stdio.h>

#include "base/money.h"
#include "ctl/ctl.h"
#include "domain/netset.h"

int
ctl_config_get(struct ctl *t, int argc, char **argv)
{
	struct str value;
	enum err rc;

	if (argc != 1)
		return ctl_usage(t);
	rc = netset_get(t->ch.db, t->ch.arena, str_of(argv[0]), &value);
	if (rc == ERR_NOT_FOUND)
		return ctl_failed("%s is no setting", argv[0]);
	if (rc != ERR_OK)
		return ctl_db_failed(t, rc);
	(void)printf("%.*s\n", STR_ARG(value));
	return CTL_OK;
}

struct pair {
	const char *name, *value;
	int64_t rate;
};

static enum err
do_set(struct change *c, void *what)
{
	const struct pair *p = what;

	return netset_set(c, str_of(p->name), str_of(p->value));
}

int
ctl_config_set(struct ctl *t, int argc, char **argv)
{
	if (argc != 2)
		return ctl_usage(t);
	if (!ctl_change(t, do_set, &(struct pair){argv[0], argv[1], 0}))
		return CTL_FAILED;
	if (netset_is_later(str_of(argv[0])))
		(void)fprintf(stderr,
		    "affiliatectl: %s is kept; nothing in this version goes by it\n",
		    argv[0]);
	return CTL_OK;
}

int
ctl_config_list(struct ctl *t, int argc, char **argv)
{
	const struct netset_doc *docs;
	size_t n;

	(void)argv;
	if (argc != 0)
		return ctl_usage(t);
	docs = netset_docs(&n);
	for (size_t i = 0; i < n; i++) {
		struct str value;
		enum err rc =
		    netset_get(t->ch.db, t->ch.arena, str_of(docs[i].name), &value);

		if (rc != ERR_OK)
			return ctl_db_failed(t, rc);
		(void)printf("%s\t%.*s\t%s\t%s%s\n", docs[i].name, STR_ARG(value),
		    docs[i].def, docs[i].text,
		    docs[i].later ? "  (Nothing in this version goes by it.)" : "");
	}
	return CTL_OK;
}

static enum err
do_rate(struct change *c, void *what)
{
	const struct pair *p = what;

	return netset_set_rate(c, str_of(p->name), p->rate);
}

int
ctl_rate_set(struct ctl *t, int argc, char **argv)
{
	struct pair p = {0};

	if (argc != 2)
		return ctl_usage(t);
	p.name = argv[0];
	if (!money_parse(str_of(argv[1]), &p.rate))
		return ctl_failed("rate must be a decimal number");
	return ctl_change(t, do_rate, &p) ? CTL_OK : CTL_FAILED;
}

int
ctl_rate_list(struct ctl *t, int argc, char **argv)
{
	struct db_rows *r;
	enum err rc;

	(void)argv;
	if (argc != 0)
		return ctl_usage(t);
	rc = db_query(t->ch.db, &r,
	    "SELECT currency, rate FROM currency_rate r WHERE valid_from_us = (SELECT "
	    "MAX(valid_from_us) "
	    "FROM currency_rate WHERE currency = r.currency AND valid_from_us <= ?) "
	    "ORDER BY currency",
	    "i", clock_us());
	if (rc != ERR_OK)
		return ctl_db_failed(t, rc);
	while (db_next(r)) {
		char rate[MONEY_TEXT];

		(void)money_format(rate, db_i64(r, 1), 2);
		(void)printf("%.*s\t%s\n", STR_ARG(db_str(r, 0)), rate);
	}
	rc = db_rows_close(&r);
	return rc == ERR_OK ? CTL_OK : ctl_db_failed(t, rc);
}
