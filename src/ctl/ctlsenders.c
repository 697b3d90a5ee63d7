/* SPDX-License-Identifier: Apache-2.0
 * ctlsenders.c - who may report for an advertiser, an offer or a landing page: no call of
 * either API shows or sets them all.
 */
#include <stdio.h>

#include "ctl/ctl.h"
#include "domain/senders.h"

struct which {
	enum senders_kind kind;
	enum senders_level level;
	int64_t id;
	struct str list;
};

static bool
read_which(char **argv, struct which *w)
{
	if (!senders_kind_parse(str_of(argv[0]), &w->kind))
		(void)ctl_failed("%s is not post, void or hostnpost", argv[0]);
	else if (!senders_level_parse(str_of(argv[1]), &w->level))
		(void)ctl_failed("%s is not advertiser, offer or page", argv[1]);
	else if (!str_to_i64(str_of(argv[2]), &w->id))
		(void)ctl_failed("%s is no number", argv[2]);
	else
		return true;
	return false;
}

int
ctl_senders_get(struct ctl *t, int argc, char **argv)
{
	struct which w;
	enum err rc;

	if (argc != 3)
		return ctl_usage(t);
	if (!read_which(argv, &w))
		return CTL_FAILED;
	rc = senders_get(t->ch.db, t->ch.arena, w.level, w.id, w.kind, &w.list);
	if (rc == ERR_NOT_FOUND)
		return ctl_failed("there is no %s %s", argv[1], argv[2]);
	if (rc != ERR_OK)
		return ctl_db_failed(t, rc);
	(void)printf(STR_FMT "\n", STR_ARG(w.list));
	return CTL_OK;
}

static enum err
do_set(struct change *c, void *what)
{
	const struct which *w = what;

	return senders_set(c, w->level, w->id, w->kind, w->list);
}

int
ctl_senders_set(struct ctl *t, int argc, char **argv)
{
	struct which w;

	if (argc != 4)
		return ctl_usage(t);
	if (!read_which(argv, &w))
		return CTL_FAILED;
	w.list = str_of(argv[3]);
	return ctl_change(t, do_set, &w) ? CTL_OK : CTL_FAILED;
}
