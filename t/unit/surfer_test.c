/* SPDX-License-Identifier: Apache-2.0
 * surfer_test.c - who was here before, for counts and for redirects.
 */
#include "track/surfer.h"

#include "base/iplist.h"

#include "tap.h"

#define KEYS 256

static struct {
	uint64_t key;
	uint32_t at;
} table[KEYS];
static unsigned n_keys, n_hints, drawn;
static uint32_t now_s = 1000000;

/* As shm's: the window rolls. */
static bool
seen(void *arg, uint64_t key, uint32_t at, uint32_t window_s)
{
	(void)arg;
	for (unsigned i = 0; i < n_keys; i++) {
		if (table[i].key == key) {
			const bool known = at - table[i].at < window_s;

			table[i].at = at;
			return known;
		}
	}
	assert(n_keys < KEYS);
	table[n_keys].key = key;
	table[n_keys++].at = at;
	return false;
}

static void
hint(void *arg, uint64_t key)
{
	(void)arg;
	(void)key;
	n_hints++;
}

static void
fill(void *arg, uint8_t out[16])
{
	(void)arg;
	memset(out, (int)++drawn, 16);
}

static struct surfer
surfer(const char *cookie, const char *ip, uint64_t ua, const char *language)
{
	struct surfer s;
	uint8_t addr[16];

	assert(ip_parse(str_of(ip), addr));
	surfer_read(
	    &s, cookie == NULL ? STR_NONE : str_of(cookie), addr, ua, str_of(language));
	return s;
}

static bool
is_new(struct surfer s, uint32_t affiliate, uint32_t offer, uint32_t window_s)
{
	const struct surfer_table t = {seen, hint, fill, NULL, now_s};

	return surfer_is_new(&s, &t, affiliate, offer, window_s);
}

/* 1: of the affiliate and offer, 2: of the offer. */
static int
is_unique(struct surfer s, uint32_t affiliate, uint32_t offer)
{
	const struct surfer_table t = {seen, hint, fill, NULL, now_s};
	bool of_offer;
	const bool of_both = surfer_is_unique(&s, &t, affiliate, offer, 86400, &of_offer);

	return of_both + 2 * of_offer;
}

int
main(void)
{
	static const char cookie[] = "a=b; oc_v=00112233445566778899aabbccddeeff";
	struct surfer s = surfer(NULL, "192.0.2.7", 5, "de"), with, again;
	struct surfer_table t = {seen, hint, fill, NULL, now_s};

	ok(!s.has_cookie && !s.drawn && drawn == 0, "nobody gets a number unasked");
	is_int(is_unique(s, 42, 1), 3, "a new visitor");
	ok(is_new(s, 42, 1, 60),
	    "is new for redirects, too: these remember by themselves");
	is_int(is_unique(s, 42, 1), 0, "again");
	is_int(is_unique(s, 43, 1), 1,
	    "by another affiliate: new for him, not for the offer");
	ok(!is_new(s, 42, 1, 60) && is_new(s, 43, 1, 60) && is_new(s, 42, 2, 60),
	    "redirects go by affiliate and offer");
	now_s += 60;
	ok(is_new(s, 42, 1, 60), "once their window is over he is new again");
	is_int(is_unique(s, 42, 1), 0, "which statistics do not notice");
	now_s += 86399;
	is_int(is_unique(s, 42, 1), 0, "until theirs is");
	now_s += 86400;
	is_int(is_unique(s, 42, 1), 3, "which rolled");
	ok(!is_new(s, 42, 1, 10 * 86400),
	    "and a longer one of redirects still knows him");

	is_int(
	    is_unique(surfer(NULL, "192.0.2.7", 6, "de"), 42, 1), 3, "another browser");
	is_int(
	    is_unique(surfer(NULL, "192.0.2.7", 5, "fr"), 42, 1), 3, "another language");
	is_int(is_unique(surfer(NULL, "2001:db8::1", 5, "de"), 42, 1), 3, "IPv6");
	is_int(
	    is_unique(surfer(NULL, "2001:db8::2", 5, "de"), 42, 1), 0, "goes by its /64");
	is_int(is_unique(surfer(NULL, "2001:db8:0:1::1", 5, "de"), 42, 1), 3,
	    "and the next one is another");

	with = surfer(cookie, "198.51.100.1", 5, "de");
	ok(with.has_cookie, "a cookie");
	is_int(is_unique(with, 42, 3), 3, "is somebody");
	again = surfer(cookie, "198.51.100.2", 9, "it");
	is_int(is_unique(again, 42, 3), 0, "wherever he is");
	ok(is_new(with, 42, 3, 60) && !is_new(again, 42, 3, 60), "for redirects as well");
	is_int(is_unique(surfer(NULL, "198.51.100.1", 5, "de"), 42, 3), 0,
	    "and without it, by his browser");
	ok(!surfer("oc_v=0011", "192.0.2.7", 5, "de").has_cookie &&
		!surfer("oc_v=zz112233445566778899aabbccddeeff", "192.0.2.7", 5, "de")
		     .has_cookie,
	    "what is no such number is none");

	/* What was expected is no answer, and another question has its own. */
	s = surfer(NULL, "203.0.113.9", 1, "");
	t.now_s = now_s;
	n_hints = 0;
	surfer_expect(&s, &t, 42, 1, true);
	is_int(n_hints, 6, "all that is read is on its way");
	is_int(is_unique(s, 42, 1), 3, "expected and never seen: new");
	is_int(n_hints, 6, "nothing is fetched again");
	is_int(is_unique(s, 42, 1), 0, "seen");
	ok(is_new(s, 42, 1, 60) && !is_new(s, 42, 1, 60), "for redirects as well");
	is_int(is_unique(s, 42, 7), 3, "he went to another offer");
	is_int(is_unique(s, 43, 1), 1, "or by another affiliate");
	ok(is_new(s, 43, 1, 60) && is_new(s, 42, 7, 60), "for redirects as well");
	is_int(is_unique(surfer(NULL, "203.0.113.9", 1, ""), 42, 7), 0,
	    "the same as without expecting");

	drawn = 0;
	s = surfer(NULL, "203.0.113.1", 1, "");
	(void)surfer_is_new(&s, &t, 1, 1, 60);
	(void)surfer_is_new(&s, &t, 1, 2, 60);
	ok(s.drawn && drawn == 1, "he is given one number");
	return tap_done();
}
