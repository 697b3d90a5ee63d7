/* SPDX-License-Identifier: Apache-2.0
 * affiselanding.c - landings of this dialect: the landing pages of an offer besides its
 * default one, which is its url (decisions.md §7).
 *
 * A list that is sent replaces those there are.  It has no numbers in it, but links, rules
 * and reports have: one that is sent with the title of one there is stays that one, with
 * whatever the other dialect says of it; a member `id`, as shown, says so outright.
 */
#include "api/affise/affisekit.h"

#define LIST_MAX 100u

struct affiselanding {
	int64_t id; /* 0: not sent */
	struct str title, url, url_preview;
	bool transit;
	struct landingpage *of; /* what it stays; NULL: new */
};

static enum err
wrong(struct fault *f, struct arena *a, enum err e, size_t i, const char *member,
    const char *text)
{
	return fault_set(
	    f, e, arena_printf(a, "landings[%zu][%s]", i, member).p, "%s", text);
}

static enum err
read_one(struct arena *a, struct json_object *node, size_t i, struct affiselanding *l,
    struct fault *f)
{
	const struct str type = str_trim(tree_get_str(node, "type")),
			 id = str_trim(tree_get_str(node, "id"));
	const struct {
		const char *name;
		struct str *to;
	} texts[] = {
	    {"title", &l->title}, {"url", &l->url}, {"url_preview", &l->url_preview}};

	*l = (struct affiselanding){.transit = str_eq(type, STR("transit"))};
	for (size_t k = 0; k < ARRAY_LEN(texts); k++) {
		*texts[k].to = str_trim(tree_get_str(node, texts[k].name));
		if (texts[k].to->n == 0)
			return wrong(f, a, ERR_MISSING, i, texts[k].name, "is required");
	}
	if (type.n > 0 && !l->transit && !str_eq(type, STR("landing")))
		return wrong(f, a, ERR_INVALID, i, "type", "must be landing or transit");
	if (id.n > 0 && (!str_to_i64(id, &l->id) || l->id <= 0))
		return wrong(f, a, ERR_INVALID, i, "id", "must be the number of one");
	return ERR_OK;
}

enum err
affiselanding_read(struct arena *a, struct json_object *tree, struct affiselanding **out,
    size_t *n, struct fault *f)
{
	const size_t len = tree_len(tree);
	enum err rc = ERR_OK;

	*n = 0;
	*out = NULL;
	if (len > LIST_MAX)
		return fault_set(
		    f, ERR_INVALID, "landings", "has more than %u", LIST_MAX);
	*out = arena_alloc(a, (len + 1) * sizeof(**out));
	for (size_t i = 0; i < len && rc == ERR_OK; i++) {
		struct json_object *node = tree_at(tree, i);

		/* landings= clears the list. */
		if (!tree_is_node(node) && tree_str(node).n == 0)
			continue;
		rc = read_one(a, node, i, &(*out)[*n], f);
		(*n)++;
	}
	return rc;
}

static bool
is_taken(const struct affiselanding *sent, size_t n, const struct landingpage *lp)
{
	for (size_t i = 0; i < n; i++) {
		if (sent[i].of == lp)
			return true;
	}
	return false;
}

/* Those with numbers first, or another of that title would take their place. */
static enum err
match(struct change *c, const struct offer *o, struct affiselanding *sent, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sent[i].of = NULL;
	for (unsigned by_title = 0; by_title < 2; by_title++) {
		for (size_t i = 0; i < n; i++) {
			struct affiselanding *l = &sent[i];

			for (size_t k = 0; k < o->n_lp && l->of == NULL; k++) {
				struct landingpage *lp = &o->lp[k];

				if (lp->id != o->default_lp_id &&
				    !is_taken(sent, n, lp) &&
				    (by_title ? l->id == 0 && str_eq(lp->name, l->title)
					      : lp->id == l->id))
					l->of = lp;
			}
			if (!by_title && l->id != 0 && l->of == NULL)
				return wrong(&c->fault, c->arena, ERR_INVALID, i, "id",
				    "is no landing of this offer");
		}
	}
	return ERR_OK;
}

static enum err
put_one(struct change *c, const struct offer *o, const struct affiselanding *l, size_t i)
{
	struct landingpage lp;
	enum err rc;

	if (l->of != NULL)
		lp = *l->of;
	else
		landingpage_init(&lp, o->id);
	lp.name = l->title;
	lp.url = l->url;
	lp.preview_url = l->url_preview;
	lp.transit = l->transit;
	rc = l->of != NULL ? landingpage_store(c, &lp) : landingpage_add(c, &lp);
	if (rc == ERR_MISSING || rc == ERR_INVALID) {
		const bool preview = strcmp(c->fault.param, "preview_url") == 0,
			   name = strcmp(c->fault.param, "name") == 0;
		const struct fault was = c->fault;

		return wrong(&c->fault, c->arena, rc, i,
		    preview ? "url_preview"
		    : name  ? "title"
			    : "url",
		    was.text);
	}
	return rc;
}

enum err
affiselanding_put(
    struct change *c, const struct offer *o, struct affiselanding *sent, size_t n)
{
	enum err rc = match(c, o, sent, n);

	for (size_t k = 0; k < o->n_lp && rc == ERR_OK; k++) {
		struct landingpage lp = o->lp[k];

		if (lp.id == o->default_lp_id || is_taken(sent, n, &o->lp[k]))
			continue;
		lp.deleted = true;
		rc = landingpage_store(c, &lp);
	}
	for (size_t i = 0; i < n && rc == ERR_OK; i++)
		rc = put_one(c, o, &sent[i], i);
	return rc;
}
