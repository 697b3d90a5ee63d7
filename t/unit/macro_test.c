/* SPDX-License-Identifier: Apache-2.0
 * macro_test.c - variables of links, and the names that stand in target URLs.
 */
#include "track/macro.h"

#include "base/iplist.h"
#include "domain/weburl.h"
#include "track/catimage.h"

#include "tap.h"

#include <stdlib.h>

static char memory[65536];

static void
test_vars(void)
{
	static const struct vars_bounds bounds = {
	    .most = 8, .name = 16, .value = 20, .together = 100};
	static const struct {
		const char *query,
		    *want; /* name=value|..., ! when something was dropped */
	} cases[] = {
	    {"a=1&b=2", "a=1|b=2|"},
	    {"", ""},
	    {"&&a&=x&", "a=|"},
	    {"a=1=2", "a=1=2|"},
	    {"a=x+y%20z%2B", "a=x y z+|"},
	    {"%61%62=c", "ab=c|"},
	    {"a=%", "a=%|"},
	    {"a=%4", "a=%4|"},
	    {"a=%zz", "a=%zz|"},
	    {"a=x%00y%0d%0az%7F", "a=xyz|"},
	    {"a=%C3%A9", "a=\xc3\xa9|"},
	    {"a=%C3&b=\xff%80ok", "a=|b=ok|"},
	    {"a=%ED%A0%80x", "a=x|"},
	    {"a=12345678901234567890123", "a=12345678901234567890|"},
	    {"a=1234567890123456789%C3%A9", "a=1234567890123456789|"},
	    {"abcdefghijklmnop=1&abcdefghijklmnopq=2", "abcdefghijklmnop=1|!"},
	    {"a=1&b=2&c=3&d=4&e=5&f=6&g=7&h=8&i=9", "a=1|b=2|c=3|d=4|e=5|f=6|g=7|h=8|!"},
	    {"a=aaaaaaaaaaaaaaaaaaaa&b=aaaaaaaaaaaaaaaaaaaa&c=aaaaaaaaaaaaaaaaaaaa&"
	     "d=aaaaaaaaaaaaaaaaaaaa&e=aaaaaaaaaaaaaaaaaaaa&f=1",
		"a=aaaaaaaaaaaaaaaaaaaa|b=aaaaaaaaaaaaaaaaaaaa|c=aaaaaaaaaaaaaaaaaaaa|"
		"d=aaaaaaaaaaaaaaaaaaaa|f=1|!"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct pad pad = {memory, 0, sizeof(memory)};
		struct vars v = {0};
		char got[512] = "";

		vars_read(&v, &pad, str_of(cases[i].query), &bounds);
		for (unsigned n = 0; n < v.n; n++)
			(void)snprintf(got + strlen(got), sizeof(got) - strlen(got),
			    STR_FMT "=" STR_FMT "|", STR_ARG(v.v[n].name),
			    STR_ARG(v.v[n].value));
		if (v.dropped)
			(void)snprintf(got + strlen(got), sizeof(got) - strlen(got), "!");
		is_str(got, cases[i].want, cases[i].query);
	}
}

static void
test_pad(void)
{
	struct pad pad = {memory, 0, sizeof(memory)}, small = {memory, 0, 10};
	static const struct vars_bounds bounds = {
	    .most = 8, .name = 16, .value = 20, .together = 100};
	struct vars v = {0};
	char b[16];
	size_t n = 0;

	vars_read(&v, &pad, STR("a=1&x=&b=%26%3D&a=2&c=d e"), &bounds);
	ok(str_eq(vars_get(&v, STR("a")), STR("2")), "the last one wins");
	ok(vars_get(&v, STR("x")).p != NULL && vars_get(&v, STR("y")).p == NULL,
	    "empty and missing differ");
	ok(str_eq(vars_take(&v, STR("a")), STR("2")), "taken");
	ok(str_eq(vars_rest(&v, &pad, 100), STR("x=&b=%26%3D&c=d%20e")),
	    "the rest is urlencoded");
	ok(str_eq(vars_rest(&v, &pad, 12), STR("x=&b=%26%3D")),
	    "pairs that do not fit are left out");
	ok(vars_rest(&v, &pad, 1).p == NULL, "all of them, if need be");
	ok(pad_copy(&small, STR("12345678901")).p == NULL, "a full pad");
	ok(str_eq(pad_printf(&small, "%s", "12345"), STR("12345")) &&
		pad_printf(&small, "12345").p == NULL,
	    "prints what fits");
	ok(vars_escape(b, 6, &n, STR("a b")) && n == 5 &&
		!vars_escape(b, 6, &n, STR("\xff")) && n == 5,
	    "an escape that does not fit leaves nothing");
	ok(str_eq(vars_cookie(STR("a=1; oc_v=x=y ;b=2"), STR("oc_v")), STR("x=y")),
	    "a cookie");
	ok(str_eq(vars_cookie(STR("oc_vv=1;oc_v="), STR("oc_v")), STR("")),
	    "an empty one");
	ok(vars_cookie(STR("xoc_v=1; oc_v"), STR("oc_v")).p == NULL, "none");
	ok(vars_cookie(STR_NONE, STR("oc_v")).p == NULL, "no header");
}

static struct catalog *cat;
static struct catimage *ci;

static void
make_catalog(void)
{
	struct cat_offer o = {.id = 251, .advertiser_id = 9};
	struct cat_account a = {.id = 42, .type = 100};
	struct cat_landing_page lp = {.id = 310, .offer_id = 251};
	struct str image;

	ci = catimage_new();
	o.name = catimage_text(ci, STR("Shoes & more"));
	a.username = catimage_text(ci, STR("bob"));
	a.company = catimage_text(ci, STR("Bob GmbH"));
	catimage_offer(ci, &o, (struct cat_text){0, 0});
	catimage_account(ci, &a);
	catimage_landing_page(ci, &lp, (struct cat_text){0, 0});
	image = catimage_finish(ci, 1, 1);
	cat = catalog_of(image.p, image.n, NULL);
}

static const struct {
	const char *url, *want; /* NULL: refused */
} cases[] = {
    {"http://x.example/?h=%%click_hash%%&t=%%transid%%&u=%%transaction_hash%%",
	"http://x.example/?h=35b71a300115be9.16738986&t=35b71a300115be9.16738986&u="
	"35b71a300115be9.16738986"},
    {"https://x.example/?c={clickid}&d={click_id}",
	"https://x.example/?c=5b71a300115be30036a453aa&d=5b71a300115be30036a453aa"},
    {"http://x.example/{pid}/{offer_id}/"
     "{advertiser_id}?n={offer_name}&a={affiliate_name}",
	"http://x.example/42/251/9?n=Shoes%20%26%20more&a=Bob%20GmbH"},
    {"http://x.example/"
     "?a=%%aff_id%%&b=%%aff_username%%&c=%%offer_id%%&d=%%offer_name%%&e=%%"
     "landing_page_id%%&f=%%aff_campaign%%&g=%%subid1%%&h=%%subid2%%&i=%%aff_approved%%",
	"http://x.example/"
	"?a=42&b=bob&c=251&d=Shoes%20%26%20more&e=310&f=5&g=11&h=12&i=1"},
    {"http://x.example/?s={sub1}&t={sub2}&u=%%subaff%%&v=%%_ocid%%",
	"http://x.example/?s=a%26b%3Dc%23d&t=&u=a%26b%3Dc%23d&v=zz%2F9"},
    {"http://x.example/?s={sub6}&r={ref_id}&e={ext1}", "http://x.example/?s=six&r=&e="},
    {"http://x.example/?i={ip}&g={geo}&c={city}&u={device_ua}&r={referrer}",
	"http://x.example/"
	"?i=203.0.113.9&g=DE&c=&u=UA%2F1&r=http%3A%2F%2Fr.example%2F"},
    {"http://x.example/?t={time}&p={time_petty}&d={date_only}&u=%%unixtime%%&x=%%date%%",
	"http://x.example/"
	"?t=1534173952&p=15%3A25%3A52&d=2018-08-13&u=1534173952&x=2018-08-13%2015%3A25%"
	"3A52"},
    {"http://x.example/"
     "?d=%%device_type_name%%&v={os_version}&m={device_model}&y=%%currency%%",
	"http://x.example/?d=Desktop&v=10.1&m=Box&y=EUR"},
    /* link variables and names nobody knows */
    {"http://x.example/?c=%%custom_var%%", "http://x.example/?c=12345"},
    {"http://x.example/?c=%%nobody%%&d={nobody}",
	"http://x.example/?c=nobody&d={nobody}"},
    {"http://x.example/?c=%%empty_var%%", "http://x.example/?c=empty_var"},
    {"http://x.example/?c=%%cust_email%%&d=%%commission%%", "http://x.example/?c=&d="},
    /* modifiers */
    {"http://x.example/?c=%%nobody|default:none%%", "http://x.example/?c=none"},
    {"http://x.example/?c=%%nobody|default:%%", "http://x.example/?c=nobody"},
    {"http://x.example/?c=%%cust_email|default:%20x%%", "http://x.example/?c=%20x"},
    {"http://x.example/?c=%%custom_var|default:none%%", "http://x.example/?c=12345"},
    {"http://x.example/?c=%%custom_var|transform:md5%%",
	"http://x.example/?c=827ccb0eea8a706c4c34a16891f84e7b"},
    {"http://x.example/?c=%%subaff|transform:base64%%",
	"http://x.example/?c=YSZiPWMjZA%3D%3D"},
    {"http://x.example/?c=%%subaff2|transform:md5%%", "http://x.example/?c="},
    {"http://x.example/?c=%%subaff2|transform:md5|default:no%%",
	"http://x.example/?c=no"},
    {"http://x.example/?c=%%subaff2|default:12345|transform:md5%%",
	"http://x.example/?c=827ccb0eea8a706c4c34a16891f84e7b"},
    {"http://x.example/?c=%%custom_var|transform:base64|transform:md5%%",
	"http://x.example/?c=ccf5d885346fc01f0ca95698142cd103"},
    {"http://x.example/?c=%%if|device_type_name=Desktop:1%%", "http://x.example/?c=1"},
    {"http://x.example/?c=%%if|device_type_name=Mobile:1%%", "http://x.example/?c="},
    {"http://x.example/?c=%%if|device_type_name=Mobile:1|default:0%%",
	"http://x.example/?c=0"},
    {"http://x.example/?c=%%if|custom_var=12345:a:b%%", "http://x.example/?c=a:b"},
    {"http://x.example/?c=%%if|nobody=:1%%", "http://x.example/?c="},
    {"http://x.example/?c=%%x|transform:rot13%%&d=1",
	"http://x.example/?c=%%x|transform:rot13%%&d=1"},
    {"http://x.example/?c=%%if|x%%", "http://x.example/?c=%%if|x%%"},
    /* not macros */
    {"http://x.example/?c=%%%%", "http://x.example/?c=%%%%"},
    {"http://x.example/?c=%%open", "http://x.example/?c=%%open"},
    {"http://x.example/?c=100%25&d={", "http://x.example/?c=100%25&d={"},
    {"http://x.example/?c={}", "http://x.example/?c={}"},
    {"http://x.example/?{sub1", "http://x.example/?{sub1"},
    /* nothing is replaced before the path */
    {"http://{sub1}.example/", "http://{sub1}.example/"},
    {"http://%%subaff%%/x", "http://%%subaff%%/x"},
    {"http://x.example:80{sub1}/y", "http://x.example:80{sub1}/y"},
    {"http://x.example?{pid}", "http://x.example?42"},
    {"http://x.example#{pid}", "http://x.example#42"},
    {"http://x.example", "http://x.example"},
    {"{sub1}://x.example/", NULL},
    {"javascript:alert(1)", NULL},
    {"//x.example/", NULL},
    {"", NULL},
    /* what no URL holds */
    {"http://x.example/\xc3\xa9 \"<\r\nSet-Cookie: a=b",
	"http://x.example/%C3%A9%20%22%3C%0D%0ASet-Cookie:%20a=b"},
};

static void
test_expand(void)
{
	struct vars v = {0};
	struct pad pad = {memory, 0, 4096};
	static const struct vars_bounds bounds = {
	    .most = 8, .name = 64, .value = 255, .together = 2048};
	const struct ua_info ua = {
	    .device_type = DEVICE_DESKTOP, .os_version = "10.1", .model = "Box"};
	uint8_t ip[16];
	struct macro_facts f = {.cat = cat,
	    .id = {1534173952071102, 3916738986},
	    .now = 1534173952071102,
	    .affiliate = catalog_affiliate(cat, 42),
	    .offer = catalog_offer(cat, 251),
	    .lp = catalog_landing_page(cat, 310),
	    .campaign = 5,
	    .subid1 = 11,
	    .subid2 = 12,
	    .sub = {STR("a&b=c#d")},
	    .ocid = STR("zz/9"),
	    .vars = &v,
	    .ua = &ua,
	    .ua_text = STR("UA/1"),
	    .referrer = STR("http://r.example/"),
	    .country = country_pack(STR("DE")),
	    .ip = ip,
	    .currency = "EUR"};
	char out[1024], want[1100];
	struct str s;

	(void)!ip_parse(STR("203.0.113.9"), ip);
	vars_read(&v, &pad, STR("custom_var=12345&empty_var=&sub6=six"), &bounds);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		s = macro_expand(out, sizeof(out), str_of(cases[i].url), false, &f);
		(void)snprintf(want, sizeof(want), STR_FMT, STR_ARG(s));
		if (cases[i].want == NULL)
			ok(s.p == NULL, "refused: %s", cases[i].url);
		else
			is_str(want, cases[i].want,
			    strchr(cases[i].url, '\n') == NULL ? cases[i].url
							       : "a second header");
		/* However little room there is, nothing is written behind it. */
		for (size_t cap = 0; cap < s.n; cap += 7) {
			memset(out, '#', sizeof(out));
			if (macro_expand(out, cap, str_of(cases[i].url), false, &f).p !=
				NULL ||
			    out[cap] != '#')
				ok(false, "%zu bytes of room: %s", cap, cases[i].url);
		}
	}
	s = macro_expand(out, sizeof(out), STR("http://x.example/\xc3\xa9"), true, &f);
	ok(str_eq(s, STR("http://x.example/\xc3\xa9")), "a URL that is to stay as it is");
	f = (struct macro_facts){.cat = cat};
	s = macro_expand(out, sizeof(out),
	    STR("http://x.example/"
		"?a={clickid}{pid}{offer_name}{ip}{device_ua}{sub1}%%device_type_name%%"),
	    false, &f);
	ok(str_eq(s, STR("http://x.example/?a=")),
	    "nothing is known: nothing is filled in");
	s = macro_expand(out, sizeof(out), STR("http://x.example/?a={rand}"), false, &f);
	ok(s.n == 20 + 36, "a random value has the form of a UUID");
}

/* Another source of names: "v" is a nasty value, "e" is empty, the rest is unknown. */
static bool
nasty(void *ctx, bool brace, struct str name, struct str *out)
{
	(void)ctx;
	(void)brace;
	if (str_eq(name, STR("v")))
		*out = STR("a\"'<b>\\&`${} c/d");
	else if (str_eq(name, STR("e")))
		*out = STR("");
	else
		return false;
	return true;
}

static void
test_markup(void)
{
#define URL "a%22%27%3Cb%3E%5C%26%60%24%7B%7D%20c%2Fd"
#define TEXT "a&#34;&#39;&#60;b&#62;&#92;&#38;&#96;&#36;&#123;&#125; c&#47;d"
	static const struct {
		const char *markup, *want;
	} texts[] = {
	    {"<img src=\"http://x.example/p?v={v}&amp;w=%%v%%\">",
		"<img src=\"http://x.example/p?v=" URL "&amp;w=" URL "\">"},
	    {"<img src=//x.example/{v}>", "<img src=//x.example/" URL ">"},
	    {"<img src='https://{v}.example/{v}'>",
		"<img src='https://.example/" URL "'>"},
	    {"<script>f('{v}', \"http://x.example/?{v}\", `{v}`)</script>",
		"<script>f('" TEXT "', \"http://x.example/?" URL "\", `" TEXT
		"`)</script>"},
	    {"<p title=\"{v}\">{v}</p>", "<p title=\"" TEXT "\">" TEXT "</p>"},
	    {"a{e}b%%e%%c{nobody}d%%nobody%%e", "abc{nobody}dnobodye"},
	    {"100% {", "100% {"},
	    {"", ""},
	};
	const struct macro_facts f = {.source = nasty};
	char out[1024];

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct str s =
		    macro_markup(out, sizeof(out) - 1, str_of(texts[i].markup), &f);

		out[s.n] = '\0';
		is_str(out, texts[i].want, texts[i].markup);
		for (size_t cap = 0; cap < s.n; cap += 5) {
			memset(out, '#', sizeof(out));
			if (macro_markup(out, cap, str_of(texts[i].markup), &f).p !=
				NULL ||
			    out[cap] != '#')
				ok(false, "%zu bytes of room: %s", cap, texts[i].markup);
		}
	}
}

static void
test_authority(void)
{
	static const struct {
		const char *url;
		bool in;
	} urls[] = {
	    {"http://x.example/{sub1}", false},
	    {"http://{sub1}/", true},
	    {"http://x.example:{sub1}/", true},
	    {"http://%%subaff%%.example/", true},
	    {"http://x.example?{sub1}", false},
	    {"{sub1}", true},
	    {"%%subaff%%://x/", true},
	    {"http://x%%/y%%/", true},
	};

	for (size_t i = 0; i < ARRAY_LEN(urls); i++)
		ok((weburl_wrong(str_of(urls[i].url)) != NULL) == urls[i].in,
		    "may it not be saved: %s", urls[i].url);
}

int
main(void)
{
	make_catalog();
	test_vars();
	test_pad();
	test_expand();
	test_markup();
	test_authority();
	catalog_unmap(&cat);
	catimage_free(&ci);
	return tap_done();
}
