/* SPDX-License-Identifier: Apache-2.0
 * sendon_test.c - no address gets out of the page that sends a visitor to it.
 */
#include "track/sendon.h"

#include "tap.h"

static char page[SENDON_ROOM(1024)];

static struct str
made(enum cat_redirect_type type, const char *url)
{
	struct str s = sendon_page(page, SENDON_ROOM(strlen(url)), type, str_of(url));

	page[s.n] = '\0';
	return s;
}

int
main(void)
{
	static const struct {
		const char *url, *html, *js;
	} cases[] = {
	    {"https://x.example/?a=1&b=2", "https://x.example/?a=1&amp;b=2",
		"https://x.example/?a=1\\u0026b=2"},
	    {"http://x.example/\"onload=alert(1)",
		"http://x.example/&quot;onload=alert(1)",
		"http://x.example/\\u0022onload=alert(1)"},
	    {"http://x.example/</script><b>'",
		"http://x.example/&lt;/script&gt;&lt;b&gt;&#39;",
		"http://x.example/\\u003C/script\\u003E\\u003Cb\\u003E\\u0027"},
	    {"http://x.example/\\\"+alert(1)//", "http://x.example/\\&quot;+alert(1)//",
		"http://x.example/\\u005C\\u0022+alert(1)//"},
	    {"http://m\xc3\xbcller.example/\xe2\x80\xa8",
		"http://m\xc3\xbcller.example/\xe2\x80\xa8",
		"http://m%C3%BCller.example/%E2%80%A8"},
	    {"http://x.example/`\n", "http://x.example/`\n",
		"http://x.example/\\u0060\\u000A"},
	};
	char want[600], longest[1025];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		(void)snprintf(
		    want, sizeof(want), "content=\"0;url=%s\"></head>", cases[i].html);
		(void)made(CAT_META, cases[i].url);
		ok(strstr(page, want) != NULL && strstr(page, "<script") == NULL,
		    "case %zu in an attribute", i);
		(void)snprintf(want, sizeof(want),
		    "<script>location.replace(\"%s\")</script>", cases[i].js);
		(void)made(CAT_JS, cases[i].url);
		ok(strstr(page, want) != NULL, "and in a script");
		(void)snprintf(want, sizeof(want),
		    "<noscript><meta http-equiv=\"refresh\" "
		    "content=\"0;url=%s\"></noscript>",
		    cases[i].html);
		ok(strstr(page, want) != NULL, "and for browsers without");
	}
	/* The most that any byte becomes: six of them, twice. */
	memset(longest, '"', 1024);
	longest[1024] = '\0';
	ok(made(CAT_JS, longest).n <= SENDON_ROOM(1024) && page[0] == '<',
	    "the worst of the longest fits");
	ok(sendon_page(page, SENDON_ROOM(5) - 1, CAT_JS, STR("http:")).p == NULL,
	    "what might not is refused");
	return tap_done();
}
