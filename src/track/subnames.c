/* SPDX-License-Identifier: Apache-2.0
 * subnames.c - see subnames.h.
 */
#include "track/subnames.h"

bool
subnames_ok(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		const char c = name.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			(c >= 'a' && c <= 'z')))
			return false;
	}
	return name.n > 0 && name.n <= SUBNAMES_LONGEST;
}

static bool
has(const struct subnames *s, struct str name)
{
	for (unsigned i = 0; i < s->n; i++) {
		if (str_eq(s->v[i], name))
			return true;
	}
	return false;
}

static void
add(struct subnames *s, struct str list)
{
	while (list.n > 0) {
		const struct str name = str_trim(str_split(&list, ','));

		if (s->n < SUBNAMES_MAX && subnames_ok(name) && !has(s, name))
			s->v[s->n++] = name;
	}
}

struct str
subnames_pack(
    struct pad *pad, struct str autocamp, struct str autosubids, struct str subids)
{
	const size_t before = pad->n;
	struct str text = str_n(pad->p + pad->n, 0);
	struct subnames s = {.n = 0};
	bool fits = true;

	if (autocamp.n == 0 && autosubids.n == 0 && subids.n == 0)
		return STR_NONE;
	add(&s, autocamp);
	s.n_set = s.n;
	add(&s, autosubids);
	add(&s, subids);
	for (unsigned i = 0; i < s.n; i++) {
		if (i == s.n_set)
			fits = fits && pad_copy(pad, STR("+")).p != NULL;
		else if (i > 0)
			fits = fits && pad_copy(pad, STR(",")).p != NULL;
		fits = fits && pad_copy(pad, s.v[i]).p != NULL;
	}
	text.n = pad->n - before;
	return fits && s.n > 0 ? text : STR_NONE;
}

void
subnames_read(struct subnames *s, struct str text)
{
	struct str set = str_split(&text, '+');

	s->n = s->n_set = 0;
	add(s, set);
	s->n_set = s->n;
	add(s, text);
}
