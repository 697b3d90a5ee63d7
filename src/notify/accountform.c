/* SPDX-License-Identifier: Apache-2.0
 * accountform.c - see accountform.h.
 */
#include "notify/accountform.h"

#include "base/money.h"
#include "track/vars.h"

struct form {
	char *p;
	size_t n, cap;
	struct arena *a;
};

static void
put(struct form *f, const char *name, struct str value)
{
	const size_t need = strlen(name) + 3 * value.n + 2;

	if (f->n + need > f->cap) {
		char *bigger = arena_alloc(f->a, 2 * (f->cap + need));

		if (f->n > 0)
			memcpy(bigger, f->p, f->n);
		f->p = bigger;
		f->cap = 2 * (f->cap + need);
	}
	if (f->n > 0)
		f->p[f->n++] = '&';
	(void)vars_escape(f->p, f->cap, &f->n, str_of(name));
	f->p[f->n++] = '=';
	(void)vars_escape(f->p, f->cap, &f->n, value);
}

static struct str
number(struct arena *a, int64_t v)
{
	return arena_printf(a, "%lld", (long long)v);
}

static struct str
money(struct arena *a, struct opt m)
{
	char text[MONEY_TEXT];

	if (!m.given)
		return STR("");
	(void)money_format(text, m.v, 2);
	return arena_str(a, str_of(text));
}

struct str
accountform_of(struct arena *arena, const struct account *a,
    const struct accountform_login *login, bool with_password)
{
	struct form f = {.a = arena};

#define AS_TIME(x) ((x) == 0 ? STR("") : number(arena, (x) / US_SECOND))
#define AS_NUMBER(x) number(arena, (int64_t)(x))
#define AS_MONEY(x) money(arena, (x))
#define FORM(name_, value_) put(&f, #name_, (value_));
#define FORM_EMPTY(name_) put(&f, #name_, STR(""));
#include "tbl/accountform_fields.h"
#undef FORM
#undef FORM_EMPTY
	if (with_password)
		put(&f, "password", STR(""));
	return str_n(f.p, f.n);
}
