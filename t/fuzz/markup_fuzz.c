/* SPDX-License-Identifier: Apache-2.0
 * markup_fuzz.c - affiliates' pixels and postbacks: values in markup and in URLs.
 *
 * Input: a line that is every variable's value, then the markup.  Whatever the value is,
 * the result has no more quotes, brackets, backticks and backslashes than it has with an
 * empty one, so no value leaves its place; and a URL stays one.
 */
#include "fuzz.h"

#include "track/macro.h"

#include "small_catalog.h"

static bool
source(void *ctx, bool brace, struct str name, struct str *out)
{
	(void)name;
	(void)brace;
	*out = *(const struct str *)ctx;
	return true;
}

static size_t
count(struct str s, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == c;
	return n;
}

static bool
has(struct str s, struct str what)
{
	for (size_t i = 0; i + what.n <= s.n; i++) {
		if (memcmp(s.p + i, what.p, what.n) == 0)
			return true;
	}
	return false;
}

void
fuzz_one(const uint8_t *data, size_t n)
{
	static char with[1u << 17], without[1u << 17], url[1u << 17];
	struct str rest = str_n((const char *)data, n), value = next_line(&rest);
	struct str empty = STR("");
	struct macro_facts f = {.source = source, .source_ctx = &value};
	struct str a, b, u;

	/* What stands behind if comes from the markup itself, quotes and all. */
	if (value.n > 1000 || rest.n > 4096 || has(rest, STR("if|")))
		return;
	a = macro_markup(with, sizeof(with), rest, &f);
	u = macro_expand(url, sizeof(url), rest, false, &f);
	f.source_ctx = &empty;
	b = macro_markup(without, sizeof(without), rest, &f);
	if (a.p != NULL && b.p != NULL) {
		static const char marks[] = "<>\"'`\\\n";

		for (size_t i = 0; i < sizeof(marks) - 1; i++)
			assert(count(a, marks[i]) <= count(b, marks[i]));
	}
	for (size_t i = macro_fixed(rest); u.p != NULL && i < u.n; i++)
		assert((unsigned char)u.p[i] > ' ' && u.p[i] != 0x7f);
}
