/* SPDX-License-Identifier: Apache-2.0
 * forwarded_test.c - PROXY lines and X-Forwarded headers.
 */
#include "base/iplist.h"
#include "worker/forwarded.h"
#include "worker/proxyline.h"

#include "tap.h"

static void
test_client(void)
{
	static const char *trusted[] = {"10.0.0.0/8", "2001:db8::/32"};
	static const struct list proxies = {.n = 2, .v = trusted};
	static const struct {
		const char *header, *want, *what;
	} cases[] = {
	    {"192.0.2.1", "192.0.2.1", "one entry"},
	    {"6.6.6.6, 192.0.2.1", "192.0.2.1", "what the client forged does not count"},
	    {"6.6.6.6,192.0.2.1,10.1.1.1 , 10.2.2.2", "192.0.2.1", "through two proxies"},
	    {"10.1.1.1, 10.2.2.2", "10.1.1.1", "proxies only: the left-most"},
	    {"192.0.2.1:5555", "192.0.2.1", "with a port"},
	    {"[2001:db9::5]:80", "2001:db9::5", "IPv6 in brackets with a port"},
	    {"2001:db9::5", "2001:db9::5", "IPv6"},
	    {"192.0.2.1, unknown", "10.9.9.9", "an entry that is none ends the walk"},
	    {"192.0.2.1, unknown, 10.3.3.3", "10.3.3.3", "at the last good one"},
	    {"", "10.9.9.9", "empty"},
	    {",,,", "10.9.9.9", "commas"},
	    {"[", "10.9.9.9", "a bracket"},
	};
	uint8_t peer[16], got[16];
	char text[IP_TEXT];

	ok(ip_parse(STR("10.9.9.9"), peer), "the proxy");
	ok(forwarded_trusts(&proxies, peer), "is trusted");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		forwarded_client(&proxies, peer, str_of(cases[i].header), got);
		(void)ip_format(text, got);
		is_str(text, cases[i].want, cases[i].what);
	}
	forwarded_client(&proxies, peer, STR_NONE, got);
	ok(memcmp(got, peer, 16) == 0, "no header: the peer");
	ok(forwarded_https(STR("https")) && forwarded_https(STR("http, HTTPS")) &&
		!forwarded_https(STR("https,http")) && !forwarded_https(STR_NONE),
	    "the last X-Forwarded-Proto counts");
	ok(forwarded_id_ok(STR("a-B_9.")) && !forwarded_id_ok(STR("")) &&
		!forwarded_id_ok(STR("a b")) && !forwarded_id_ok(STR("a\nb")),
	    "request ids that may stand in a log");
}

#define V2 "\r\n\r\n\0\r\nQUIT\n"

static const struct {
	struct str in;
	enum proxyline want;
	size_t used;
	const char *addr;
	bool https;
} lines[] = {
    {{"PROXY TCP4 192.0.2.1 10.0.0.1 5 80\r\nGET", 40}, PROXYLINE_ADDR, 36, "192.0.2.1",
	false},
    {{"PROXY TCP6 2001:db8::1 ::1 5 80\r\n", 33}, PROXYLINE_ADDR, 33, "2001:db8::1",
	false},
    {{"PROXY UNKNOWN\r\n", 15}, PROXYLINE_LOCAL, 15, NULL, false},
    {{"PROXY UNKNOWN a b c\r\n", 21}, PROXYLINE_LOCAL, 21, NULL, false},
    {{"PRO", 3}, PROXYLINE_MORE, 0, NULL, false},
    {{"PROXY TCP4 192.0.2.1", 20}, PROXYLINE_MORE, 0, NULL, false},
    {{"", 0}, PROXYLINE_MORE, 0, NULL, false},
    {{"GET / HTTP/1.1\r\n", 16}, PROXYLINE_BAD, 0, NULL, false},
    {{"PROXY TCP4 1.2.3 10.0.0.1 5 80\r\n", 32}, PROXYLINE_BAD, 0, NULL, false},
    {{"PROXY TCP4 ::1 ::1 5 80\r\n", 25}, PROXYLINE_BAD, 0, NULL, false},
    {{"PROXY TCP4 1.2.3.4 10.0.0.1 5 99999\r\n", 37}, PROXYLINE_BAD, 0, NULL, false},
    {{"PROXY TCP4 1.2.3.4 10.0.0.1 5\r\n", 31}, PROXYLINE_BAD, 0, NULL, false},
    {{"PROXY TCP4 1.2.3.4 10.0.0.1 5 80\n", 33}, PROXYLINE_BAD, 0, NULL, false},
    {{V2 "\x21\x11\0\x0c"
	 "\xc0\0\2\1"
	 "\x0a\0\0\1"
	 "\0\5\0\x50"
	 "GET",
	 31},
	PROXYLINE_ADDR, 28, "192.0.2.1", false},
    {{V2 "\x21\x21\0\x24"
	 "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"
	 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1"
	 "\0\5\0\x50",
	 52},
	PROXYLINE_ADDR, 52, "2001:db8::1", false},
    {{V2 "\x21\x11\0\x1b"
	 "\xc0\0\2\1\x0a\0\0\1\0\5\0\x50"
	 "\1\0\4abcd"          /* something else before it */
	 "\x20\0\5\1\0\0\0\0", /* over TLS */
	 43},
	PROXYLINE_ADDR, 43, "192.0.2.1", true},
    {{V2 "\x21\x11\0\x14"
	 "\xc0\0\2\1\x0a\0\0\1\0\5\0\x50"
	 "\x20\0\5\6\0\0\0\0", /* a certificate, but no TLS */
	 36},
	PROXYLINE_ADDR, 36, "192.0.2.1", false},
    {{V2 "\x21\x11\0\x14"
	 "\xc0\0\2\1\x0a\0\0\1\0\5\0\x50"
	 "\x20\0\6\1\0\0\0\0", /* longer than all */
	 36},
	PROXYLINE_ADDR, 36, "192.0.2.1", false},
    {{V2 "\x21\x11\0\x0f"
	 "\xc0\0\2\1\x0a\0\0\1\0\5\0\x50"
	 "\x20\0\0", /* without a value */
	 31},
	PROXYLINE_ADDR, 31, "192.0.2.1", false},
    {{V2 "\x21\x21\0\x2c"
	 "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"
	 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1"
	 "\0\5\0\x50"
	 "\x20\0\5\1\0\0\0\0",
	 60},
	PROXYLINE_ADDR, 60, "2001:db8::1", true},
    {{V2 "\x20\0\0\0", 16}, PROXYLINE_LOCAL, 16, NULL, false},
    {{V2 "\x21\0\0\0", 16}, PROXYLINE_LOCAL, 16, NULL, false},
    {{V2 "\x21\x11\0\x0c"
	 "\xc0\0",
	 18},
	PROXYLINE_MORE, 0, NULL, false},
    {{V2, 12}, PROXYLINE_MORE, 0, NULL, false},
    {{V2 "\x31\x11\0\x0c", 16}, PROXYLINE_BAD, 0, NULL, false},
    {{V2 "\x22\x11\0\x0c", 16}, PROXYLINE_BAD, 0, NULL, false},
    {{V2 "\x21\x11\xff\xff", 16}, PROXYLINE_BAD, 0, NULL, false},
    {{V2 "\x21\x11\0\4"
	 "\xc0\0\2\1",
	 20},
	PROXYLINE_BAD, 20, NULL, false},
    {{V2 "\x21\x51\0\0", 16}, PROXYLINE_BAD, 16, NULL, false},
};

static void
test_proxyline(void)
{
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct proxyline_who who = {{0}, true};
		char text[IP_TEXT];
		size_t used = 99;
		enum proxyline got = proxyline_parse(lines[i].in, &used, &who);

		(void)ip_format(text, who.addr);
		ok(got == lines[i].want &&
			(got < PROXYLINE_ADDR || used == lines[i].used) &&
			(lines[i].addr == NULL || strcmp(text, lines[i].addr) == 0) &&
			who.https == lines[i].https,
		    "PROXY case %zu", i);
	}
}

int
main(void)
{
	test_client();
	test_proxyline();
	return tap_done();
}
