/* SPDX-License-Identifier: Apache-2.0
 * refusals.c - see refusals.h.
 */
#include "book/refusals.h"

#include <stdlib.h>

#include "book/sums.h"

void
refusals_begin(struct refusals *r, struct arena *a)
{
	*r = (struct refusals){.arena = a};
}

void
refusals_add(struct refusals *r, const struct rec_click *c)
{
	if (c->verdict < VERDICT_REFUSED)
		return;
	if (r->n == r->cap) {
		const unsigned cap = r->cap == 0 ? 64 : r->cap * 2;
		struct refusals_key *more = arena_alloc(r->arena, cap * sizeof(*more));

		if (r->n > 0)
			memcpy(more, r->v, r->n * sizeof(*more));
		r->v = more;
		r->cap = cap;
	}
	r->v[r->n++] = (struct refusals_key){.bucket = sums_bucket(c->id.us),
	    .offer = c->offer_id,
	    .affiliate = c->affiliate_id,
	    .advertiser = c->advertiser_id,
	    .country = c->country,
	    .verdict = c->verdict};
}

#define COMPARE(member_)                                         \
	do {                                                     \
		if (a->member_ != b->member_)                    \
			return a->member_ < b->member_ ? -1 : 1; \
	} while (0)

/* In the order of the primary key, as two writers lock rows. */
static int
compare(const void *x, const void *y)
{
	const struct refusals_key *a = x, *b = y;

	COMPARE(bucket);
	COMPARE(offer);
	COMPARE(affiliate);
	COMPARE(advertiser);
	COMPARE(country);
	COMPARE(verdict);
	return 0;
}

static void
put(struct jsonw *w, const struct refusals_key *k, unsigned count)
{
	jsonw_arr(w);
	jsonw_uint(w, k->bucket);
	jsonw_uint(w, k->offer);
	jsonw_uint(w, k->affiliate);
	jsonw_uint(w, k->advertiser);
	jsonw_uint(w, k->country);
	jsonw_uint(w, k->verdict);
	jsonw_uint(w, count);
	jsonw_end(w);
}

enum err
refusals_write(struct refusals *r, struct db *db, struct jsonw *json, unsigned node)
{
	static const char sql[] =
	    "INSERT INTO rollup_refused (bucket, offer_id, affiliate_id, advertiser_id, "
	    "country, verdict, node_id, n) SELECT b, o, a, d, c, v, ?, k.n FROM "
	    "JSON_TABLE(?, '$[*]' COLUMNS (b INT UNSIGNED PATH '$[0]', o INT UNSIGNED "
	    "PATH '$[1]', a INT UNSIGNED PATH '$[2]', d INT UNSIGNED PATH '$[3]', c INT "
	    "UNSIGNED PATH '$[4]', v INT UNSIGNED PATH '$[5]', n BIGINT PATH '$[6]')) k "
	    "ON DUPLICATE KEY UPDATE n = rollup_refused.n + VALUES(n)";

	if (r->n == 0)
		return ERR_OK;
	qsort(r->v, r->n, sizeof(*r->v), compare);
	jsonw_reset(json);
	jsonw_arr(json);
	for (unsigned i = 0, first = 0; i < r->n; i++)
		if (i + 1 == r->n || compare(&r->v[i], &r->v[i + 1]) != 0) {
			put(json, &r->v[i], i + 1 - first);
			first = i + 1;
		}
	jsonw_end(json);
	return db_exec(db, sql, "us", (uint64_t)node, jsonw_text(json));
}
