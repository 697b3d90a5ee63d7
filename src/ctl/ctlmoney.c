/* SPDX-License-Identifier: Apache-2.0
 * ctlmoney.c - what accounts are owed, and who earns beside the affiliates.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ctl/ctl.h"
#include "domain/manager.h"
#include "report/balance.h"

static const char *
amount(char out[MONEY_TEXT], money_t m)
{
	(void)money_format(out, m, 2);
	return out;
}

int
ctl_balance(struct ctl *t, int argc, char **argv)
{
	char sum[MONEY_TEXT], hold[MONEY_TEXT], rest[MONEY_TEXT];
	const struct balance *b;
	int64_t id;
	size_t n;
	enum err rc;

	if (argc != 1)
		return ctl_usage(t);
	if (!ctl_find_account(t, argv[0], &id))
		return CTL_FAILED;
	rc = balance_load(t->ch.db, t->ch.arena, id, clock_us(), &b, &n);
	if (rc != ERR_OK)
		return ctl_db_failed(t, rc);
	for (size_t i = 0; i < n; i++)
		(void)printf("%s\t%s\t%s\t%s\n", b[i].currency, amount(sum, b[i].balance),
		    amount(hold, b[i].hold), amount(rest, b[i].available));
	return CTL_OK;
}

static bool
read_percent(const char *text, pct_t *out)
{
	return pct_parse(str_of(text), out) && *out >= 0 && *out <= 100 * PCT_UNIT;
}

struct terms {
	int64_t manager;
	struct opt percent;
	bool of_margin;
};

static enum err
do_terms(struct change *c, void *what)
{
	const struct terms *x = what;

	return manager_terms(c, x->manager, x->percent, x->of_margin);
}

int
ctl_manager_set(struct ctl *t, int argc, char **argv)
{
	struct terms x = {.percent = OPT_NONE};

	if (argc != 2 &&
	    !(argc == 4 && strcmp(argv[2], "--of") == 0 &&
		(strcmp(argv[3], "payout") == 0 || strcmp(argv[3], "margin") == 0)))
		return ctl_usage(t);
	x.percent.given = strcmp(argv[1], "none") != 0;
	if (x.percent.given && !read_percent(argv[1], &x.percent.v))
		return ctl_failed("%s is no percentage from 0 to 100", argv[1]);
	x.of_margin = argc == 4 && strcmp(argv[3], "margin") == 0;
	if (!ctl_find_account(t, argv[0], &x.manager))
		return CTL_FAILED;
	return ctl_change(t, do_terms, &x) ? CTL_OK : CTL_FAILED;
}

struct pair {
	int64_t affiliate, manager;
	bool remove;
};

static enum err
do_pair(struct change *c, void *what)
{
	const struct pair *x = what;
	enum err rc = x->remove ? manager_remove(c, x->affiliate, x->manager)
				: manager_add(c, x->affiliate, x->manager);

	if (rc == ERR_NOT_FOUND && !x->remove)
		return change_fault(c, ERR_INVALID, "", "that is no affiliate");
	return rc;
}

static int
pair(struct ctl *t, bool remove, int argc, char **argv)
{
	struct pair x = {.remove = remove};

	if (argc != 2)
		return ctl_usage(t);
	if (!ctl_find_account(t, argv[0], &x.affiliate) ||
	    !ctl_find_account(t, argv[1], &x.manager))
		return CTL_FAILED;
	return ctl_change(t, do_pair, &x) ? CTL_OK : CTL_FAILED;
}

int
ctl_manager_assign(struct ctl *t, int argc, char **argv)
{
	return pair(t, false, argc, argv);
}

int
ctl_manager_unassign(struct ctl *t, int argc, char **argv)
{
	return pair(t, true, argc, argv);
}

int
ctl_manager_list(struct ctl *t, int argc, char **argv)
{
	struct db_rows *r;
	char percent[MONEY_TEXT];
	enum err rc;

	(void)argv;
	if (argc != 0)
		return ctl_usage(t);
	rc = db_query(t->ch.db, &r,
	    "SELECT m.id, m.username, m.manager_percent, m.manager_base, (SELECT "
	    "COUNT(*) FROM account a WHERE NOT a.deleted AND (a.manager_id = m.id OR "
	    "EXISTS (SELECT 1 FROM account_manager x WHERE x.account_id = a.id AND "
	    "x.manager_id = m.id))) FROM account m WHERE NOT m.deleted AND (m.type = 120 "
	    "OR m.manager_percent IS NOT NULL) ORDER BY m.id",
	    "");
	if (rc != ERR_OK)
		return ctl_db_failed(t, rc);
	while (db_next(r)) {
		(void)pct_format(percent, db_i64(r, 2), 0);
		(void)printf("%lld\t" STR_FMT "\t%s\t" STR_FMT "\t%lld\n",
		    (long long)db_i64(r, 0), STR_ARG(db_str(r, 1)),
		    db_is_null(r, 2) ? "none" : percent, STR_ARG(db_str(r, 3)),
		    (long long)db_i64(r, 4));
	}
	rc = db_rows_close(&r);
	return rc == ERR_OK ? CTL_OK : ctl_db_failed(t, rc);
}

struct partner {
	int64_t offer, account;
	pct_t percent;
};

static enum err
do_partner(struct change *c, void *what)
{
	const struct partner *x = what;

	return partner_set(c, x->offer, x->account, x->percent);
}

int
ctl_partner_set(struct ctl *t, int argc, char **argv)
{
	struct partner x;

	if (argc != 3)
		return ctl_usage(t);
	if (!str_to_i64(str_of(argv[0]), &x.offer))
		return ctl_failed("%s is no number", argv[0]);
	if (!read_percent(argv[2], &x.percent))
		return ctl_failed("%s is no percentage from 0 to 100", argv[2]);
	if (!ctl_find_account(t, argv[1], &x.account))
		return CTL_FAILED;
	return ctl_change(t, do_partner, &x) ? CTL_OK : CTL_FAILED;
}

int
ctl_partner_list(struct ctl *t, int argc, char **argv)
{
	struct db_rows *r;
	char percent[MONEY_TEXT];
	enum err rc;

	(void)argv;
	if (argc != 0)
		return ctl_usage(t);
	rc = db_query(t->ch.db, &r,
	    "SELECT p.offer_id, p.account_id, a.username, p.percent FROM offer_partner p "
	    "JOIN account a ON a.id = p.account_id ORDER BY p.offer_id, p.account_id",
	    "");
	if (rc != ERR_OK)
		return ctl_db_failed(t, rc);
	while (db_next(r)) {
		(void)pct_format(percent, db_i64(r, 3), 0);
		(void)printf("%lld\t%lld\t" STR_FMT "\t%s\n", (long long)db_i64(r, 0),
		    (long long)db_i64(r, 1), STR_ARG(db_str(r, 2)), percent);
	}
	rc = db_rows_close(&r);
	return rc == ERR_OK ? CTL_OK : ctl_db_failed(t, rc);
}
