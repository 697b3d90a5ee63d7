/* SPDX-License-Identifier: Apache-2.0
 * ctlgeo.c - what the geo files tell, and numbers for the cities and providers in them.
 */
#include <stdio.h>
#include <stdlib.h>

#include "book/places.h"
#include "ctl/ctl.h"
#include "track/geo.h"

#define BATCH 5000u

static struct geo *
open_files(const struct ctl *t)
{
	char why[512] = "";
	struct geo *g = geo_open(t->set, why);

	if (g == NULL)
		(void)ctl_failed("%s", why);
	return g;
}

int
ctl_geo_show(struct ctl *t, int argc, char **argv)
{
	static const char *const names[GEO_THINGS] = {[GEO_COUNTRY] = "country",
	    [GEO_REGION] = "region",
	    [GEO_CITY] = "city",
	    [GEO_ISP] = "isp",
	    [GEO_CONNECTION] = "connection"};
	struct geo *g;

	(void)argv;
	if (argc != 0)
		return ctl_usage(t);
	g = open_files(t);
	if (g == NULL)
		return CTL_FAILED;
	for (unsigned i = 0; i < GEO_THINGS; i++)
		(void)printf("%s\t%s\n", names[i],
		    geo_has(g, (enum geo_thing)i) ? "known" : "unknown");
	geo_free(&g);
	return CTL_OK;
}

/* One transaction a batch: a file has a hundred thousand cities. */
struct learning {
	struct ctl *t;
	struct places *places;
	struct places_item item[BATCH];
	unsigned n;
	bool failed;
};

static enum err
do_batch(struct change *c, void *what)
{
	struct learning *l = what;

	enum err rc = places_ids(l->places, c->db, c->arena, c->now, l->item, l->n);

	return rc == ERR_OK ? places_names(l->places, c->db, l->item, l->n) : rc;
}

static void
flush(struct learning *l)
{
	if (l->n > 0 && !l->failed)
		l->failed = !ctl_change(l->t, do_batch, l);
	l->n = 0;
	arena_reset(l->t->ch.arena);
}

static void
learn(void *arg, const struct geo_place *p, const struct geo_names *names)
{
	struct learning *l = arg;
	const struct places_item it = {.country = p->country,
	    .region = p->region,
	    .city = p->city,
	    .isp = p->isp,
	    .names = *names};
	const struct places_item *was = l->n > 0 ? &l->item[l->n - 1] : NULL;

	if (l->failed || it.region.n + it.city.n + it.isp.n == 0)
		return;
	/* Neighbours in the tree are mostly the same record: the same bytes. */
	if (was != NULL && was->city.p == it.city.p && was->isp.p == it.isp.p &&
	    was->region.p == it.region.p)
		return;
	l->item[l->n++] = it;
	if (l->n == BATCH)
		flush(l);
}

int
ctl_geo_learn(struct ctl *t, int argc, char **argv)
{
	struct learning *l;
	struct geo *g;
	bool failed;

	(void)argv;
	if (argc != 0)
		return ctl_usage(t);
	g = open_files(t);
	if (g == NULL)
		return CTL_FAILED;
	l = obj_alloc(sizeof(*l));
	l->t = t;
	l->places = places_new(NULL);
	(void)geo_each(g, learn, l);
	flush(l);
	failed = l->failed;
	places_free(&l->places);
	free(l);
	geo_free(&g);
	return failed ? CTL_FAILED : CTL_OK;
}
