/* SPDX-License-Identifier: Apache-2.0
 * ctlmoney.c - what accounts are owed.
 */
#include <stdio.h>

#include "base/clock.h"
#include "ctl/ctl.h"
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
