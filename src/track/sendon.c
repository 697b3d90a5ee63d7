/* SPDX-License-Identifier: Apache-2.0
 * sendon.c - see sendon.h.
 */
#include "track/sendon.h"

#define HEAD                                                    \
	"<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\">" \
	"<meta name=\"referrer\" content=\"no-referrer\">"      \
	"<meta name=\"robots\" content=\"noindex\"><title></title>\n"
#define REFRESH "<meta http-equiv=\"refresh\" content=\"0;url="

struct page {
	char *p;
	size_t n;
};

static void
put(struct page *g, struct str s)
{
	memcpy(g->p + g->n, s.p, s.n);
	g->n += s.n;
}

/* Into an attribute in double quotes. */
static void
put_html(struct page *g, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		switch (s.p[i]) {
		case '&':
			put(g, STR("&amp;"));
			break;
		case '<':
			put(g, STR("&lt;"));
			break;
		case '>':
			put(g, STR("&gt;"));
			break;
		case '"':
			put(g, STR("&quot;"));
			break;
		case '\'':
			put(g, STR("&#39;"));
			break;
		default:
			g->p[g->n++] = s.p[i];
		}
	}
}

/* Into a string of a script, which stands in HTML: beside what ends the string, what
 * could end the script.  Bytes above ASCII would need a look at U+2028 and are no part of
 * a URL a browser needs: percent-encoded, they are the same one. */
static void
put_js(struct page *g, struct str s)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.n; i++) {
		const unsigned char c = (unsigned char)s.p[i];

		if (c > '~') {
			g->p[g->n++] = '%';
			g->p[g->n++] = digits[c >> 4];
			g->p[g->n++] = digits[c & 15];
		} else if (c < ' ' || c == '"' || c == '\'' || c == '\\' || c == '<' ||
			   c == '>' || c == '&' || c == '`') {
			put(g, STR("\\u00"));
			g->p[g->n++] = digits[c >> 4];
			g->p[g->n++] = digits[c & 15];
		} else {
			g->p[g->n++] = (char)c;
		}
	}
}

static void
put_refresh(struct page *g, struct str url)
{
	put(g, STR(REFRESH));
	put_html(g, url);
	put(g, STR("\">"));
}

struct str
sendon_page(char *out, size_t cap, enum cat_redirect_type type, struct str url)
{
	struct page g = {out, 0};

	if (cap < SENDON_ROOM(url.n))
		return STR_NONE;
	put(&g, STR(HEAD));
	if (type == CAT_JS) {
		put(&g, STR("<script>location.replace(\""));
		put_js(&g, url);
		put(&g, STR("\")</script>\n<noscript>"));
	}
	put_refresh(&g, url);
	if (type == CAT_JS)
		put(&g, STR("</noscript>"));
	put(&g, STR("</head><body></body></html>\n"));
	return str_n(out, g.n);
}
