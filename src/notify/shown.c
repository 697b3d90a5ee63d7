/* SPDX-License-Identifier: Apache-2.0
 * shown.c - see shown.h.
 */
#include "notify/shown.h"

#include <stdio.h>

#include "base/log.h"
#include "domain/hook.h"
#include "domain/netset.h"
#include "notify/tellfacts.h"

#define PIXELS 32u
#define PIXEL_MAX (32u << 10)

struct pixel {
	uint64_t id;
	uint32_t hook_id, account_id;
	struct tellstep step;
	struct str markup;
};

static enum err
read_rows(struct db *db, int64_t txn_us, unsigned node, struct pixel *p, unsigned *n)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r,
	    "SELECT q.id, q.hook_id, q.account_id, q.subject, q.subject_node, q.told, "
	    "q.conv_status, q.commission, q.payout FROM txn t STRAIGHT_JOIN "
	    "notify_queue q FORCE INDEX (notify_once) ON q.subject = t.conv_us AND "
	    "q.subject_node = t.conv_node AND q.seq = t.txn_us WHERE t.txn_us = ? AND "
	    "t.node_id = ? AND q.kind = 5 ORDER BY q.hook_id LIMIT 32 FOR UPDATE",
	    "ii", txn_us, (int64_t)node);

	_Static_assert(PIXELS == 32, "stands in the statement above");
	*n = 0;
	if (rc != ERR_OK)
		return rc;
	while (db_next(r) && *n < PIXELS) {
		struct pixel *x = &p[(*n)++];

		*x = (struct pixel){.id = db_u64(r, 0),
		    .hook_id = (uint32_t)db_u64(r, 1),
		    .account_id = (uint32_t)db_u64(r, 2)};
		x->step = (struct tellstep){db_i64(r, 3), (unsigned)db_u64(r, 4), txn_us,
		    node, (unsigned)db_u64(r, 5), (unsigned)db_u64(r, 6), db_i64(r, 7),
		    db_i64(r, 8)};
	}
	return db_rows_close(&r);
}

/* A value in quotes: the URL has no quotes of its own, but it has ampersands. */
static struct str
in_quotes(struct arena *a, struct str url)
{
	char *out = arena_alloc(a, 5 * url.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < url.n; i++) {
		if (url.p[i] == '&' || url.p[i] == '\'' || url.p[i] == '"' ||
		    url.p[i] == '<') {
			n += (size_t)sprintf(out + n, "&#%u;", (unsigned)url.p[i]);
			continue;
		}
		out[n++] = url.p[i];
	}
	return str_n(out, n);
}

/* NATS's pixels are URLs, Affise's the markup itself. */
static struct str
markup_of(struct arena *a, const struct hook *h, const struct macro_facts *f)
{
	char *out = arena_alloc(a, PIXEL_MAX);
	struct str url;

	if (macro_fixed(h->code) == 0)
		return macro_markup(out, PIXEL_MAX, h->code, f);
	url = macro_expand(out, PIXEL_MAX, h->code, false, f);
	if (url.p == NULL)
		return STR_NONE;
	url = in_quotes(a, url);
	if (h->kind == HOOK_IMAGE)
		return arena_printf(a,
		    "<img src=\"" STR_FMT "\" width=\"1\" height=\"1\" alt=\"\">",
		    STR_ARG(url));
	if (h->kind == HOOK_SCRIPT)
		return arena_printf(
		    a, "<script src=\"" STR_FMT "\"></script>", STR_ARG(url));
	return arena_printf(a,
	    "<iframe src=\"" STR_FMT "\" width=\"1\" height=\"1\"></iframe>",
	    STR_ARG(url));
}

static enum err
fill(struct db *db, struct arena *a, const struct zone *z, const struct geo *geo,
    us_t now, struct pixel *x)
{
	struct tellfacts facts;
	struct macro_facts mf;
	struct hook h;
	enum err rc = hook_load(db, a, x->hook_id, &h);

	if (rc == ERR_OK)
		rc = tellfacts_load(db, a, z, geo, &x->step, &facts);
	if (rc == ERR_NOT_FOUND)
		return ERR_OK;
	if (rc != ERR_OK)
		return rc;
	mf = tellfacts_macros(&facts);
	x->markup = markup_of(a, &h, &mf);
	if (x->markup.p == NULL)
		return ERR_OK;
	return db_exec(db,
	    "INSERT INTO notify_log (at_us, queue_id, kind, hook_id, account_id, "
	    "offer_id, goal_id, subject, subject_node, conv_status, attempt, http_code, "
	    "url) VALUES (?, ?, 5, ?, ?, ?, ?, ?, ?, ?, 1, 0, ?)",
	    "iuuuuuiuus", (int64_t)now, x->id, (uint64_t)x->hook_id,
	    (uint64_t)x->account_id, (uint64_t)facts.offer_id, (uint64_t)facts.goal_id,
	    x->step.conv_us, (uint64_t)x->step.conv_node, (uint64_t)x->step.status,
	    x->markup);
}

static enum err
take(struct db *db, struct arena *a, const struct geo *geo, int64_t txn_us, unsigned node,
    struct pixel *p, unsigned *n)
{
	const us_t now = clock_us();
	struct netset net;
	const struct zone *z;
	enum err rc = read_rows(db, txn_us, node, p, n);

	if (rc != ERR_OK || *n == 0)
		return rc;
	rc = netset_load(db, a, &net);
	z = rc == ERR_OK ? zone_get(net.time_zone) : NULL;
	for (unsigned i = 0; rc == ERR_OK && i < *n; i++) {
		rc = fill(db, a, z == NULL ? zone_utc_zone() : z, geo, now, &p[i]);
		if (rc == ERR_OK)
			rc = db_exec(
			    db, "DELETE FROM notify_queue WHERE id = ?", "u", p[i].id);
	}
	return rc;
}

enum err
shown_take(struct db *db, struct arena *a, const struct geo *geo, int64_t txn_us,
    unsigned node, struct str *markup)
{
	struct pixel p[PIXELS];
	char *out = arena_alloc(a, SHOWN_MAX);
	unsigned n = 0;
	size_t at = 0;
	enum err rc = db_begin(db);

	*markup = STR_NONE;
	if (rc == ERR_OK)
		rc = take(db, a, geo, txn_us, node, p, &n);
	if (rc == ERR_OK)
		rc = db_commit(db);
	if (rc != ERR_OK) {
		db_rollback(db);
		return rc;
	}
	for (unsigned i = 0; i < n; i++) {
		if (p[i].markup.p == NULL || p[i].markup.n + 1 > SHOWN_MAX - at)
			continue;
		memcpy(out + at, p[i].markup.p, p[i].markup.n);
		at += p[i].markup.n;
		out[at++] = '\n';
	}
	if (at > 0)
		*markup = str_n(out, at);
	return ERR_OK;
}
