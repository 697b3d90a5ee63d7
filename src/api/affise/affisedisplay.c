/* SPDX-License-Identifier: Apache-2.0
 * affisedisplay.c - see affisedisplay.h.
 */
#include "api/affise/affisedisplay.h"

#include "domain/outbox.h"

static bool
is_language(struct str s)
{
	return s.n == 2 && s.p[0] >= 'a' && s.p[0] <= 'z' && s.p[1] >= 'a' &&
	       s.p[1] <= 'z';
}

enum err
affisedisplay_map(struct change *c, const char *param, struct json_object *tree,
    struct str *en, struct str *out)
{
	struct jsonw *w;
	size_t kept = 0;

	assert(out != NULL);
	if (tree != NULL && !tree_is_node(tree) && tree_str(tree).n > 0)
		return change_fault(
		    c, ERR_INVALID, param, "must be texts by language, as %s[en]", param);
	w = jsonw_new();
	jsonw_obj(w);
	for (size_t i = 0; tree_is_node(tree) && i < tree_len(tree); i++) {
		const struct str lang = tree_key(tree, i);
		const struct str text = tree_str(tree_at(tree, i));

		if (lang.p == NULL || !is_language(lang) || text.p == NULL) {
			jsonw_free(&w);
			return change_fault(c, ERR_INVALID, param,
			    "must be texts by language, as %s[en]", param);
		}
		if (en != NULL && str_eq(lang, STR("en"))) {
			*en = arena_str(c->arena, text);
			continue;
		}
		if (text.n == 0)
			continue;
		jsonw_key_str(w, lang);
		jsonw_str(w, text);
		kept++;
	}
	jsonw_end(w);
	*out = kept > 0 ? arena_str(c->arena, jsonw_text(w)) : STR("");
	jsonw_free(&w);
	return ERR_OK;
}

enum err
affisedisplay_take(struct change *c, const struct affisedisplay *sent, struct offer *o)
{
	enum err rc = ERR_OK;

	if (sent->has_description != ARG_ABSENT)
		o->description = sent->description;
	if (sent->has_is_top != ARG_ABSENT)
		o->featured = sent->is_top;
	if (sent->has_description_lang == ARG_EMPTY)
		o->description = STR("");
	if (sent->has_description_lang != ARG_ABSENT)
		rc = affisedisplay_map(c, "description_lang", sent->description_lang,
		    &o->description, &o->display.descriptions);
	if (rc == ERR_OK && sent->has_kpi != ARG_ABSENT)
		rc = affisedisplay_map(c, "kpi", sent->kpi, NULL, &o->display.kpi);
	return rc;
}

static enum err
take_tags(struct change *c, const struct arg_strs *tags, struct str *out)
{
	*out = STR("");
	for (size_t i = 0; i < tags->n; i++) {
		const struct str tag = str_trim(tags->v[i]);

		if (str_chr(tag, '\n') >= 0)
			return change_fault(
			    c, ERR_INVALID, "tags", "may not hold line ends");
		if (tag.n > 0)
			*out = arena_printf(c->arena, "%.*s%s%.*s", STR_ARG(*out),
			    out->n > 0 ? "\n" : "", STR_ARG(tag));
	}
	return ERR_OK;
}

/* This dialect names categories by their ids; only the other one makes new ones by
 * naming them. */
static enum err
put_categories(struct change *c, const struct arg_strs *ids, int64_t offer)
{
	int64_t n;

	for (size_t i = 0; i < ids->n; i++)
		if (ids->v[i].n > 0 && !hex24_is(ids->v[i]) && !str_to_i64(ids->v[i], &n))
			return change_fault(
			    c, ERR_INVALID, "categories", "has an id of no category");
	return offertag_set(c, OFFERTAG_CATEGORY, offer, ids->v,
	    ids->n == 1 && ids->v[0].n == 0 ? 0 : ids->n, false);
}

enum err
affisedisplay_put(
    struct change *c, const struct affisedisplay *sent, struct offer *o, bool is_new)
{
	struct offerdisplay *d = &o->display;
	enum err rc = ERR_OK;

	d->offer_id = o->id;
	if (sent->has_is_cpi != ARG_ABSENT)
		d->is_cpi = sent->is_cpi;
	if (sent->has_hide_payments != ARG_ABSENT)
		d->hide_payments = sent->hide_payments;
	if (sent->has_notes != ARG_ABSENT)
		d->notes = sent->notes;
	if (sent->has_note_aff != ARG_ABSENT)
		d->note_aff = sent->note_aff;
	if (sent->has_note_sales != ARG_ABSENT)
		d->note_sales = sent->note_sales;
	if (sent->has_external_offer_id != ARG_ABSENT)
		d->external_offer_id = sent->external_offer_id;
	if (sent->has_tags != ARG_ABSENT)
		rc = take_tags(c, &sent->tags, &d->tags);
	if (rc == ERR_OK && sent->has_logo == ARG_SENT && sent->logo.bytes.p != NULL)
		rc = offerdisplay_logo_file(c, d, "logo", sent->logo.bytes);
	else if (rc == ERR_OK && sent->has_logo != ARG_ABSENT)
		rc = offerdisplay_logo_url(c, d, "logo", str_trim(sent->logo.text));
	if (rc == ERR_OK)
		rc = offerdisplay_put(c, d);
	if (rc == ERR_OK && sent->has_sources != ARG_ABSENT)
		rc = source_set(c, o->id, sent->sources.v, sent->sources.n);
	if (rc == ERR_OK && sent->has_categories != ARG_ABSENT)
		rc = put_categories(c, &sent->categories, o->id);
	if (rc == ERR_OK && sent->has_send_emails == ARG_SENT && sent->send_emails &&
	    offer_state(o, c->now) == OFFER_ACTIVE)
		rc = outbox_offer(c, o->id,
		    arena_printf(c->arena,
			is_new ? "New offer: %.*s" : "Offer changed: %.*s",
			STR_ARG(o->name)),
		    arena_printf(c->arena, "Offer %lld, %.*s, %s.\n", (long long)o->id,
			STR_ARG(o->name), is_new ? "is new" : "has changed"));
	return rc;
}

/* ---- shown ---- */

void
affisedisplay_sources(struct jsonw *w, const struct offer *o)
{
	jsonw_key(w, "sources");
	jsonw_arr(w);
	for (size_t i = 0; i < o->n_source; i++) {
		jsonw_obj(w);
		affisekit_str(w, "id", o->source[i].hex24);
		affisekit_str(w, "title", o->source[i].title);
		affisekit_int(w, "allowed", 1);
		jsonw_end(w);
	}
	jsonw_end(w);
}

void
affisedisplay_tags(struct jsonw *w, const struct offer *o)
{
	struct str rest = o->display.tags;

	jsonw_key(w, "tags");
	jsonw_arr(w);
	while (rest.n > 0)
		jsonw_str(w, str_split(&rest, '\n'));
	jsonw_end(w);
}

void
affisedisplay_texts(
    struct jsonw *w, struct arena *a, const char *key, struct str en, struct str others)
{
	struct jsonw *first;

	jsonw_key(w, key);
	if (en.n == 0) {
		jsonw_raw(w, others.n > 0 ? others : STR("{}"));
		return;
	}
	/* Two objects become one: the brace between them a comma. */
	first = jsonw_new();
	jsonw_obj(first);
	affisekit_str(first, "en", en);
	jsonw_end(first);
	en = arena_str(a, jsonw_text(first));
	jsonw_free(&first);
	jsonw_raw(w, others.n == 0 ? en
				   : arena_printf(a, "%.*s,%.*s", (int)en.n - 1, en.p,
					 (int)others.n - 1, others.p + 1));
}
