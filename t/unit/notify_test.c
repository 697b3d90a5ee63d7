/* SPDX-License-Identifier: Apache-2.0
 * notify_test.c - the decisions of telling: who hears of it, when it is tried again,
 * which addresses are nobody's, what an account's form holds.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>

#include "domain/hook.h"
#include "notify/accountform.h"
#include "notify/backoff.h"
#include "notify/privaddr.h"

#include "tap.h"

static void
test_backoff(void)
{
	static const struct {
		unsigned attempts;
		int64_t minutes; /* -1: given up */
	} cases[] = {
	    {0, 0}, {1, 1}, {2, 5}, {3, 30}, {4, 120}, {5, 720}, {6, -1}, {255, -1}};
	const us_t now = INT64_C(1534173952) * US_SECOND + 17;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		ok(backoff_next(cases[i].attempts, now) ==
			(cases[i].minutes < 0 ? 0
					      : now + cases[i].minutes * 60 * US_SECOND),
		    "after %u attempts: %lld minutes", cases[i].attempts,
		    (long long)cases[i].minutes);
}

static void
test_addresses(void)
{
	static const struct {
		const char *ip;
		bool private;
	} cases[] = {{"0.0.0.0", true}, {"0.1.2.3", true}, {"10.0.0.1", true},
	    {"10.255.255.255", true}, {"11.0.0.0", false}, {"9.255.255.255", false},
	    {"100.63.255.255", false}, {"100.64.0.0", true}, {"100.127.255.255", true},
	    {"100.128.0.0", false}, {"127.0.0.1", true}, {"127.255.255.254", true},
	    {"128.0.0.1", false}, {"169.253.255.255", false}, {"169.254.169.254", true},
	    {"172.15.255.255", false}, {"172.16.0.0", true}, {"172.31.255.255", true},
	    {"172.32.0.0", false}, {"192.0.2.1", true}, {"192.167.1.1", false},
	    {"192.168.0.1", true}, {"192.169.0.1", false}, {"198.17.0.1", false},
	    {"198.18.0.1", true}, {"198.19.255.255", true}, {"198.20.0.1", false},
	    {"203.0.113.5", true}, {"223.255.255.255", false}, {"224.0.0.1", true},
	    {"255.255.255.255", true}, {"8.8.8.8", false}, {"1.1.1.1", false},
	    {"::", true}, {"::1", true}, {"::ffff:127.0.0.1", true},
	    {"::ffff:8.8.8.8", false}, {"::7f00:1", true}, {"64:ff9b::10.0.0.1", true},
	    {"64:ff9b::8.8.8.8", false}, {"64:ff9b:1::1", true}, {"2002:7f00:1::1", true},
	    {"2002:0808:0808::1", false}, {"2001::1", true}, {"2001:1ff:ffff::1", true},
	    {"2001:200::1", false}, {"2001:db8::1", true}, {"2606:4700::1111", false},
	    {"fbff::1", false}, {"fc00::1", true}, {"fdff::1", true}, {"fe80::1", true},
	    {"fe7f::1", false}, {"febf::1", true}, {"fec0::1", true}, {"ff02::1", true}};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
		struct sockaddr_in in4 = {.sin_family = AF_INET};
		const struct sockaddr *sa = (struct sockaddr *)&in6;

		if (inet_pton(AF_INET, cases[i].ip, &in4.sin_addr) == 1)
			sa = (struct sockaddr *)&in4;
		else
			(void)inet_pton(AF_INET6, cases[i].ip, &in6.sin6_addr);
		ok(privaddr_is(sa) == cases[i].private, "%s is %s", cases[i].ip,
		    cases[i].private ? "private" : "public");
	}
	ok(privaddr_is(&(struct sockaddr){.sa_family = AF_UNIX}),
	    "a socket of this machine");
}

/* Rules of account 7: a letter each; what is chosen comes out as their letters. */
#define RULE(id_, offer_, campaign_, goal_, status_, events_, forced_)               \
	{                                                                            \
		id_, 7, offer_, campaign_, HOOK_POSTBACK, status_, events_, forced_, \
		{                                                                    \
			goal_, sizeof(goal_) - 1                                     \
		}                                                                    \
	}

static const struct hook_rule rules[] = {
    RULE('a', 0, 0, "", 0, TELL_AFFISE, false),
    RULE('b', 0, 0, "", 1, TELL_AFFISE, false),
    RULE('c', 0, 0, "lead", 0, TELL_NATS, false),
    RULE('f', 0, 0, "", 0, TELL_CONVERSION, true),
    RULE('d', 5, 0, "", 0, TELL_NATS, false),
    RULE('e', 5, 0, "lead", HOOK_BY_CREATING, TELL_ALL, false),
    RULE('g', 6, 0, "none", 0, TELL_ALL, false),
    RULE('h', 0, 3, "", 3, TELL_ALL, false),
    RULE('i', 8, 3, "", 0, TELL_ALL, false),
    {'x', 8, 0, 0, HOOK_POSTBACK, 0, TELL_ALL, false, {"", 0}},
    {'p', 7, 0, 0, HOOK_IMAGE, 0, TELL_ALL, false, {"", 0}},
};

static void
test_choose(void)
{
	static const struct {
		struct hook_event e;
		bool wider;
		const char *want, *text;
	} cases[] = {
	    {{7, 1, 0, {"1", 1}, 1, TELL_CONVERSION, true}, false, "abf", "any offer"},
	    {{7, 1, 0, {"1", 1}, 2, TELL_PENDING, true}, false, "a",
		"pending: by status"},
	    {{7, 1, 0, {"1", 1}, 1, TELL_RELEASED, false}, false, "ab",
		"a hold that ends"},
	    {{7, 1, 0, {"LEAD", 4}, 1, TELL_GOAL, true}, false, "abc",
		"a goal, without case"},
	    {{7, 1, 0, {"1", 1}, 3, TELL_REJECTED, true}, false, "a", "a rejected one"},
	    {{7, 1, 0, {"1", 1}, 1, TELL_KEPT, false}, false, "",
		"a void that left his money"},
	    {{7, 5, 0, {"1", 1}, 1, TELL_CONVERSION, true}, false, "df",
		"the offer's, and the forced"},
	    {{7, 5, 0, {"lead", 4}, 1, TELL_GOAL, true}, false, "de",
		"both of the offer"},
	    {{7, 5, 0, {"lead", 4}, 1, TELL_GOAL, false}, false, "d", "created before"},
	    {{7, 5, 0, {"1", 1}, 2, TELL_PENDING, true}, false, "",
		"the offer's do not match"},
	    {{7, 5, 0, {"1", 1}, 2, TELL_PENDING, true}, true, "a",
		"then the wider ones, if so set"},
	    {{7, 5, 0, {"1", 1}, 1, TELL_CONVERSION, true}, true, "df",
		"not when they match"},
	    {{7, 6, 0, {"1", 1}, 1, TELL_CONVERSION, true}, false, "f", "kept quiet"},
	    {{7, 6, 0, {"1", 1}, 1, TELL_CONVERSION, true}, true, "abf", "or not"},
	    {{7, 5, 3, {"1", 1}, 3, TELL_UNDONE, false}, false, "h", "a campaign"},
	    {{7, 5, 3, {"1", 1}, 1, TELL_CONVERSION, true}, false, "f",
		"a campaign that is quiet"},
	    {{7, 5, 3, {"1", 1}, 1, TELL_CONVERSION, true}, true, "df",
		"the offer's, if so set"},
	    {{7, 8, 3, {"1", 1}, 1, TELL_CONVERSION, true}, false, "if",
		"a campaign's offer"},
	    {{7, 8, 4, {"1", 1}, 1, TELL_CONVERSION, true}, false, "abf",
		"another campaign"},
	    {{8, 5, 0, {"1", 1}, 1, TELL_CONVERSION, true}, false, "x",
		"another affiliate"},
	    {{9, 5, 0, {"1", 1}, 1, TELL_CONVERSION, true}, false, "", "nobody's"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		bool chosen[ARRAY_LEN(rules)];
		char got[ARRAY_LEN(rules) + 1];
		unsigned n = hook_choose(rules, ARRAY_LEN(rules), HOOK_POSTBACK,
			     &cases[i].e, cases[i].wider, chosen),
			 k = 0;

		for (int pass = 0; pass < 2; pass++)
			for (unsigned r = 0; r < ARRAY_LEN(rules); r++)
				if (chosen[r] && (rules[r].id == 'f') == (pass == 1))
					got[k++] = (char)rules[r].id;
		got[k] = '\0';
		is_str(got, cases[i].want, cases[i].text);
		ok(n == k, "and so many");
	}
}

#define T0_LOGIN (INT64_C(1534173952) * US_SECOND + 7)

static void
test_form(void)
{
	struct arena *a = arena_new();
	const struct accountform_login never = {0, STR("")},
				       once = {T0_LOGIN, STR("192.0.2.9")};
	struct account acc;
	struct str form;

	account_init(&acc, ACCOUNT_AFFILIATE);
	acc.id = 42;
	acc.username = STR("bob");
	acc.email = STR("b&b@x.example");
	acc.password_hash = STR("secret");
	acc.person.city = STR("K\xc3\xb6ln");
	acc.minimum_payout = OPT(INT64_C(50000000));
	form = accountform_of(a, &acc, &never, false);
	ok(str_starts(form, STR("loginid=42&username=bob&deleted=0&type=100&skinid=&"
				"payvia_type_id=0")),
	    "an account as a form");
	ok(strstr(arena_cstr(a, form), "&affiliate_email=b%26b%40x.example&") != NULL &&
		strstr(arena_cstr(a, form), "&city=K%C3%B6ln&") != NULL &&
		strstr(arena_cstr(a, form), "&minimum_payout=50.00&") != NULL,
	    "escaped");
	ok(strstr(arena_cstr(a, form), "&api_key=&") != NULL &&
		strstr(arena_cstr(a, form), "secret") == NULL &&
		strstr(arena_cstr(a, form), "password") == NULL,
	    "no key and no password");
	ok(strstr(arena_cstr(a, form), "&last_login=&last_login_ip=&") != NULL,
	    "who was never here");
	form = accountform_of(a, &acc, &once, true);
	ok(strstr(arena_cstr(a, form),
	       "&last_login=1534173952&last_login_ip=192.0.2.9&") != NULL,
	    "who was");
	ok(form.n > 10 && str_eq(str_n(form.p + form.n - 10, 10), STR("&password=")),
	    "an empty one when asked for");
	arena_free(&a);
}

int
main(void)
{
	test_backoff();
	test_addresses();
	test_choose();
	test_form();
	return tap_done();
}
