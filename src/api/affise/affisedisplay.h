/* SPDX-License-Identifier: Apache-2.0
 * affisedisplay.h - what this dialect shows of an offer to people: texts by language,
 * tags, notes, categories, sources.
 *
 * On a thread of the worker's pool, as worker/api.h says.
 */
#ifndef API_AFFISE_AFFISEDISPLAY_H
#define API_AFFISE_AFFISEDISPLAY_H

#include "api/affise/affisekit.h"

/* What add and edit of an offer take: type and name of each row. */
#define AFFISEDISPLAY_FIELDS(X)   \
	X(str, description)       \
	X(tree, description_lang) \
	X(tree, kpi)              \
	X(strs, sources)          \
	X(strs, categories)       \
	X(strs, tags)             \
	X(flag, is_top)           \
	X(flag, is_cpi)           \
	X(flag, hide_payments)    \
	X(flag, send_emails)      \
	X(str, notes)             \
	X(str, note_aff)          \
	X(str, note_sales)        \
	X(file, logo)             \
	X(str, external_offer_id)

struct affisedisplay {
#define X(type_, name_) arg_##type_##_t name_;
	AFFISEDISPLAY_FIELDS(X)
#undef X
#define X(type_, name_) uint8_t has_##name_;
	AFFISEDISPLAY_FIELDS(X)
#undef X
};

/* What of it stands in the offer's own row: before offer_add() or offer_store(). */
NODISCARD enum err affisedisplay_take(
    struct change *c, const struct affisedisplay *sent, struct offer *o);
/* The rest, behind it; and the mails of send_emails. */
NODISCARD enum err affisedisplay_put(
    struct change *c, const struct affisedisplay *sent, struct offer *o, bool is_new);

/* The map of a tree as a JSON object: two-letter languages to texts; those that are empty
 * are left out.  `en`: where that one goes, out of the map; NULL: it stays.  The fault
 * names `param`. */
NODISCARD enum err affisedisplay_map(struct change *c, const char *param,
    struct json_object *tree, struct str *en, struct str *out);

/* Keys and values of an Offer or PartnerOffer. */
void affisedisplay_sources(struct jsonw *w, const struct offer *o);
void affisedisplay_tags(struct jsonw *w, const struct offer *o);
/* A map of texts: `en` (empty: none) and what `others`, a JSON object or "", has. */
void affisedisplay_texts(
    struct jsonw *w, struct arena *a, const char *key, struct str en, struct str others);

#endif
