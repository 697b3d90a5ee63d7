/* SPDX-License-Identifier: Apache-2.0
 * affisecreative.c - the creatives of an offer, as this dialect shows them.
 */
#include "api/affise/affisekit.h"
#include "domain/creative.h"

/* The reference prints only empty lists: these names are ours. */
static void
put_one(const struct affiseshow *s, const struct creative *k, struct str base)
{
	const struct str url = creative_url(s->a, k);
	struct jsonw *w = s->w;

	jsonw_obj(w);
	affisekit_int(w, "id", k->id);
	affisekit_str(w, "title", k->alt.n > 0 ? k->alt : k->name);
	affisekit_str(w, "file_name", k->name);
	affisekit_str(w, "url",
	    k->hosted == CREATIVE_ELSEWHERE
		? url
		: arena_printf(s->a, STR_FMT STR_FMT, STR_ARG(base), STR_ARG(url)));
	affisekit_str(w, "type", k->mime);
	affisekit_int(w, "width", k->width);
	affisekit_int(w, "height", k->height);
	affisekit_int(w, "size", k->size);
	jsonw_end(w);
}

static void
put_own(const struct affiseshow *s, struct str ids, struct str base)
{
	struct creative *list = NULL;
	size_t n = 0;

	if (creative_of_offers(s->db, s->a, ids, &list, &n) != ERR_OK)
		return;
	for (size_t i = 0; i < n; i++)
		put_one(s, &list[i], base);
}

static void
put_his(const struct affiseshow *s, struct str ids, int64_t offer, struct str base)
{
	const struct creative_shelf *shelf;
	const struct creative **list;
	size_t n = 0;

	if (creative_shelf_load(s->db, s->a, s->now, ids, &shelf) != ERR_OK)
		return;
	list = creative_list_for(shelf, s->a, s->affiliate_id, offer, &n);
	for (size_t i = 0; i < n; i++)
		put_one(s, list[i], base);
}

/* A few, and some reads each: the offer is shown without them when they cannot be read. */
void
affisecreative_put(const struct affiseshow *s, int64_t offer, struct str base)
{
	const struct str ids = arena_printf(s->a, "[%lld]", (long long)offer);

	jsonw_key(s->w, "creatives");
	jsonw_arr(s->w);
	if (s->affiliate_id == 0)
		put_own(s, ids, base);
	else
		put_his(s, ids, offer, base);
	jsonw_end(s->w);
	affisekit_null(s->w, "creatives_zip");
}
