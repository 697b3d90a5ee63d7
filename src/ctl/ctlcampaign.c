/* SPDX-License-Identifier: Apache-2.0
 * ctlcampaign.c - campaigns and sub ids, for which neither API has a call.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/ctl.h"
#include "domain/campaign.h"

struct new_campaign {
	int64_t affiliate_id, id;
	struct str name, subids;
};

static enum err
do_add(struct change *c, void *what)
{
	struct new_campaign *n = what;

	return campaign_add(c, n->affiliate_id, n->name, n->subids, &n->id);
}

int
ctl_campaign_add(struct ctl *t, int argc, char **argv)
{
	struct new_campaign n = {.subids = STR("")};

	if (argc != 2 && argc != 3)
		return ctl_usage(t);
	if (!ctl_find_account(t, argv[0], &n.affiliate_id))
		return CTL_FAILED;
	n.name = str_of(argv[1]);
	if (argc == 3)
		n.subids = str_of(argv[2]);
	if (!ctl_change(t, do_add, &n))
		return CTL_FAILED;
	(void)printf("%lld\n", (long long)n.id);
	return CTL_OK;
}

static enum err
do_rename(struct change *c, void *what)
{
	const struct new_campaign *n = what;

	return campaign_rename(c, n->id, n->name);
}

int
ctl_campaign_rename(struct ctl *t, int argc, char **argv)
{
	struct new_campaign n = {.subids = STR("")};

	if (argc != 2 || !str_to_i64(str_of(argv[0]), &n.id))
		return ctl_usage(t);
	n.name = str_of(argv[1]);
	return ctl_change(t, do_rename, &n) ? CTL_OK : CTL_FAILED;
}

/* Rows of an account's, as tab-separated texts. */
static int
print(struct ctl *t, int argc, char **argv, const char *sql, unsigned columns)
{
	struct db_rows *r;
	int64_t id;
	enum err rc;

	if (argc != 1)
		return ctl_usage(t);
	if (!ctl_find_account(t, argv[0], &id))
		return CTL_FAILED;
	rc = db_query(t->ch.db, &r, sql, "i", id);
	if (rc != ERR_OK)
		return ctl_db_failed(t, rc);
	while (db_next(r)) {
		(void)printf("%lld", (long long)db_i64(r, 0));
		for (unsigned i = 1; i < columns; i++)
			(void)printf("\t" STR_FMT, STR_ARG(db_str(r, i)));
		(void)printf("\n");
	}
	rc = db_rows_close(&r);
	return rc == ERR_OK ? CTL_OK : ctl_db_failed(t, rc);
}

int
ctl_campaign_list(struct ctl *t, int argc, char **argv)
{
	return print(t, argc, argv,
	    "SELECT c.id, c.name, IF(c.auto_names IS NULL, '', 'auto'), "
	    "COALESCE(GROUP_CONCAT(s.name ORDER BY s.id SEPARATOR ','), '') FROM "
	    "campaign "
	    "c LEFT JOIN campaign_subid m ON m.campaign_id = c.id LEFT JOIN subid s ON "
	    "s.id = m.subid_id WHERE c.affiliate_id = ? GROUP BY c.id ORDER BY c.id",
	    4);
}

int
ctl_subid_list(struct ctl *t, int argc, char **argv)
{
	return print(t, argc, argv,
	    "SELECT id, name FROM subid WHERE affiliate_id = ? ORDER BY id", 2);
}
