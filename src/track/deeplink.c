/* SPDX-License-Identifier: Apache-2.0
 * deeplink.c - see deeplink.h.
 */
#include "track/deeplink.h"

#include "track/macro.h" /* macro_fixed() */

#define LONGEST_PIECE 4096 /* of a path or a variable */

struct out {
	char *p;
	size_t n, cap;
	bool full;
};

static void
put(struct out *o, struct str s)
{
	if (s.n > o->cap - o->n) {
		o->full = true;
		return;
	}
	if (s.n > 0)
		memcpy(o->p + o->n, s.p, s.n);
	o->n += s.n;
}

/* Percent-encoded; `also` are bytes that may stay as they are besides. */
static void
put_escaped(struct out *o, struct str s, const char *also, bool raw)
{
	char clean[LONGEST_PIECE];

	if (!raw && s.n <= sizeof(clean) && s.n > 0) {
		memcpy(clean, s.p, s.n);
		s = str_n(clean, vars_sanitize(clean, s.n));
	} else if (!raw && s.n > 0) {
		o->full = true; /* longer than any that is read from a link */
	}
	while (s.n > 0) {
		const struct str c = str_n(s.p, 1);

		if (c.p[0] != '\0' && strchr(also, c.p[0]) != NULL)
			put(o, c);
		else if (!vars_escape(o->p, o->cap, &o->n, c))
			o->full = true;
		s.p++;
		s.n--;
	}
}

/* Cut *s at the first of `c`, which goes with what is behind it. */
static struct str
cut_at(struct str *s, char c)
{
	const ptrdiff_t at = str_chr(*s, c);
	struct str rest = str_n(s->p + s->n, 0);

	if (at >= 0) {
		rest = str_n(s->p + at, s->n - (size_t)at);
		s->n = (size_t)at;
	}
	return rest;
}

/* Does a query, "?a=1&b=2", have this name? */
static bool
has_name(struct str query, struct str name)
{
	if (query.n > 0)
		query = str_n(query.p + 1, query.n - 1);
	while (query.n > 0) {
		struct str pair = str_split(&query, '&');

		if (str_eq(str_split(&pair, '='), name))
			return true;
	}
	return false;
}

struct str
deeplink_join(char *out, size_t cap, struct str url, struct str path,
    const struct vars *vars, bool raw)
{
	struct out o = {out, 0, cap, false};
	const size_t fixed = macro_fixed(url);
	const struct str fragment = cut_at(&url, '#'), query = cut_at(&url, '?');
	bool first = query.n == 0, open = query.n > 0 && query.p[query.n - 1] != '?' &&
					  query.p[query.n - 1] != '&';

	while (path.n > 0 && path.p[0] == '/')
		path = str_n(path.p + 1, path.n - 1);
	if (path.n > 0) {
		while (url.n > fixed && url.p[url.n - 1] == '/')
			url.n--;
		put(&o, url);
		put(&o, STR("/"));
		put_escaped(&o, path, "/:@!$&()*+,;=", raw);
	} else {
		put(&o, url);
	}
	put(&o, query);
	for (unsigned i = 0; vars != NULL && i < vars->n; i++) {
		const struct var *v = &vars->v[i];

		if (v->taken || has_name(query, v->name))
			continue;
		if (first || open)
			put(&o, first ? STR("?") : STR("&"));
		first = false;
		open = true;
		put_escaped(&o, v->name, "[]", raw);
		put(&o, STR("="));
		put_escaped(&o, v->value, "", raw);
	}
	put(&o, fragment);
	return o.full ? STR_NONE : str_n(out, o.n);
}
