/* SPDX-License-Identifier: Apache-2.0
 * ctltag.c - marketing types of offers and languages of landing pages: calls of the API
 * name them, none makes them.
 */
#include <stdio.h>

#include "ctl/ctl.h"
#include "domain/offertag.h"

struct new_tag {
	enum offertag_kind kind;
	struct str name;
	int64_t id;
};

static enum err
do_tag(struct change *c, void *what)
{
	struct new_tag *t = what;

	return offertag_add(c, t->kind, t->name, &t->id);
}

static int
add(struct ctl *t, enum offertag_kind kind, int argc, char **argv)
{
	struct new_tag tag = {.kind = kind};

	if (argc != 1)
		return ctl_usage(t);
	tag.name = str_of(argv[0]);
	if (!ctl_change(t, do_tag, &tag))
		return CTL_FAILED;
	(void)printf("%lld\n", (long long)tag.id);
	return CTL_OK;
}

static int
list(struct ctl *t, enum offertag_kind kind, int argc)
{
	struct offertag *tag;
	size_t n;
	enum err rc;

	if (argc != 0)
		return ctl_usage(t);
	rc = offertag_list(t->ch.db, t->ch.arena, kind, &tag, &n);
	if (rc != ERR_OK)
		return ctl_db_failed(t, rc);
	for (size_t i = 0; i < n; i++)
		(void)printf("%lld\t%.*s\n", (long long)tag[i].id, STR_ARG(tag[i].name));
	return CTL_OK;
}

int
ctl_marketing_add(struct ctl *t, int argc, char **argv)
{
	return add(t, OFFERTAG_MARKETING, argc, argv);
}

int
ctl_marketing_list(struct ctl *t, int argc, char **argv)
{
	(void)argv;
	return list(t, OFFERTAG_MARKETING, argc);
}

int
ctl_language_add(struct ctl *t, int argc, char **argv)
{
	return add(t, OFFERTAG_LANGUAGE, argc, argv);
}

int
ctl_language_list(struct ctl *t, int argc, char **argv)
{
	(void)argv;
	return list(t, OFFERTAG_LANGUAGE, argc);
}
