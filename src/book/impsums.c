/* SPDX-License-Identifier: Apache-2.0
 * impsums.c - see impsums.h.
 */
#include "book/impsums.h"

#include <stdlib.h>

#include "book/sums.h"

/* Members in the order of the primary key. */
#define MEMBERS (sizeof(struct impsums_key) / sizeof(uint32_t))

void
impsums_begin(struct impsums *s, struct arena *a)
{
	*s = (struct impsums){.arena = a};
}

void
impsums_add(struct impsums *s, const struct rec_click *c)
{
	if (c->verdict != VERDICT_COUNTED)
		return;
	if (s->n == s->cap) {
		const unsigned cap = s->cap == 0 ? 64 : s->cap * 2;
		struct impsums_key *more = arena_alloc(s->arena, cap * sizeof(*more));

		if (s->n > 0)
			memcpy(more, s->v, s->n * sizeof(*more));
		s->v = more;
		s->cap = cap;
	}
	s->v[s->n++] = (struct impsums_key){.bucket = sums_bucket(c->id.us),
	    .offer = c->offer_id,
	    .landing_page = c->landing_page_id,
	    .commission = c->commission_id,
	    .affiliate = c->affiliate_id,
	    .advertiser = c->advertiser_id,
	    .campaign = c->campaign_id,
	    .adtool = c->adtool_id,
	    .country = c->country};
}

/* In the order of the primary key, as two writers lock rows. */
static int
compare(const void *x, const void *y)
{
	uint32_t a[MEMBERS], b[MEMBERS];

	memcpy(a, x, sizeof(a));
	memcpy(b, y, sizeof(b));
	for (unsigned i = 0; i < MEMBERS; i++) {
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	}
	return 0;
}

static void
put(struct jsonw *w, const struct impsums_key *k, unsigned count)
{
	uint32_t v[MEMBERS];

	memcpy(v, k, sizeof(v));
	jsonw_arr(w);
	for (unsigned i = 0; i < MEMBERS; i++)
		jsonw_uint(w, v[i]);
	jsonw_uint(w, count);
	jsonw_end(w);
}

enum err
impsums_write(struct impsums *s, struct db *db, struct jsonw *json, unsigned node)
{
	static const char sql[] =
	    "INSERT INTO rollup_impression (bucket, offer_id, landing_page_id, "
	    "commission_id, affiliate_id, advertiser_id, campaign_id, adtool_id, "
	    "country, "
	    "node_id, n) SELECT b, o, l, c, a, d, g, t, k.k, ?, k.n FROM JSON_TABLE(?, "
	    "'$[*]' COLUMNS (b INT UNSIGNED PATH '$[0]', o INT UNSIGNED PATH '$[1]', l "
	    "INT UNSIGNED PATH '$[2]', c INT UNSIGNED PATH '$[3]', a INT UNSIGNED PATH "
	    "'$[4]', d INT UNSIGNED PATH '$[5]', g INT UNSIGNED PATH '$[6]', t INT "
	    "UNSIGNED PATH '$[7]', k INT UNSIGNED PATH '$[8]', n BIGINT PATH '$[9]')) k "
	    "ON DUPLICATE KEY UPDATE n = rollup_impression.n + VALUES(n)";

	if (s->n == 0)
		return ERR_OK;
	qsort(s->v, s->n, sizeof(*s->v), compare);
	jsonw_reset(json);
	jsonw_arr(json);
	for (unsigned i = 0, first = 0; i < s->n; i++)
		if (i + 1 == s->n || compare(&s->v[i], &s->v[i + 1]) != 0) {
			put(json, &s->v[i], i + 1 - first);
			first = i + 1;
		}
	jsonw_end(json);
	return db_exec(db, sql, "us", (uint64_t)node, jsonw_text(json));
}
