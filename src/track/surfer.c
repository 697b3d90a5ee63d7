/* SPDX-License-Identifier: Apache-2.0
 * surfer.c - see surfer.h.
 */
#define XXH_INLINE_ALL
#include "track/surfer.h"

#include "track/vars.h"

#include <sodium.h>
#include <xxhash.h>

/* What is hashed into a key of the table; no padding in it. */
struct key {
	uint8_t who[16];
	uint64_t browser;          /* 0 for a visitor known by his cookie */
	uint32_t offer, affiliate; /* affiliate 0: whoever sent him */
};

enum { FOR_COUNTS = 0, FOR_REDIRECTS = 1 };

static uint64_t
hash(struct key *k, uint32_t affiliate, unsigned purpose)
{
	_Static_assert(sizeof(struct key) == 32, "no padding is hashed");
	k->affiliate = affiliate;
	return purpose == FOR_COUNTS ? XXH3_64bits(k, sizeof(*k))
				     : XXH3_64bits_withSeed(k, sizeof(*k), purpose);
}

/* 32 hex digits. */
static bool
read_visitor(struct surfer *s, struct str cookie)
{
	const struct str v = vars_cookie(cookie, STR(SURFER_COOKIE));
	size_t n;

	return v.n == 32 &&
	       sodium_hex2bin(s->visitor, sizeof(s->visitor), v.p, v.n, NULL, &n, NULL) ==
		   0 &&
	       n == sizeof(s->visitor);
}

uint64_t
surfer_browser(uint64_t ua_hash, struct str accept_language)
{
	return XXH3_64bits_withSeed(accept_language.p, accept_language.n, ua_hash) | 1;
}

void
surfer_browser_text(char out[SURFER_BROWSER_TEXT], uint64_t browser)
{
	for (unsigned i = SURFER_BROWSER_TEXT; i-- > 0; browser >>= 4)
		out[i] = "0123456789abcdef"[browser & 15];
}

void
surfer_read(struct surfer *s, struct str cookie, const uint8_t ip[16], uint64_t ua_hash,
    struct str accept_language)
{
	s->has_cookie = read_visitor(s, cookie);
	s->drawn = s->expected = false;
	s->redirect_offer = 0;
	memcpy(s->net, ip, sizeof(s->net));
	/* An IPv6 customer has a /64, and his browsers change the rest by themselves
	 * (E7). */
	if (memcmp(ip, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12) != 0)
		memset(s->net + 8, 0, 8);
	s->browser = surfer_browser(ua_hash, accept_language);
}

static void
make_keys(struct surfer *s, const struct surfer_table *t, uint32_t offer,
    struct key *by_cookie, struct key *by_browser)
{
	if (!s->has_cookie && !s->drawn) {
		t->random(t->arg, s->visitor);
		s->drawn = true;
	}
	*by_cookie = (struct key){.offer = offer};
	*by_browser = (struct key){.offer = offer, .browser = s->browser};
	memcpy(by_cookie->who, s->visitor, sizeof(by_cookie->who));
	memcpy(by_browser->who, s->net, sizeof(by_browser->who));
}

/* seen[i]: whether key[i] was; all of them are now. */
static void
ask(const struct surfer_table *t, const uint64_t *key, bool *seen, unsigned n,
    uint32_t window_s)
{
	for (unsigned i = 0; i < n; i++)
		seen[i] = t->seen(t->arg, key[i], t->now_s, window_s);
}

static void
hint(const struct surfer_table *t, const uint64_t *key, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		t->hint(t->arg, key[i]);
}

enum { COOKIE_AFFILIATE, COOKIE_OFFER, BROWSER_AFFILIATE, BROWSER_OFFER };
_Static_assert(BROWSER_OFFER + 1 == SURFER_KEYS, "room in the struct");

static void
expect_redirect(
    struct surfer *s, const struct surfer_table *t, uint32_t affiliate, uint32_t offer)
{
	struct key by_cookie, by_browser;

	make_keys(s, t, offer, &by_cookie, &by_browser);
	s->redirect_key[0] = hash(&by_cookie, affiliate, FOR_REDIRECTS);
	s->redirect_key[1] = hash(&by_browser, affiliate, FOR_REDIRECTS);
	hint(t, s->redirect_key, 2);
	s->redirect_affiliate = affiliate;
	s->redirect_offer = offer;
}

void
surfer_expect(struct surfer *s, const struct surfer_table *t, uint32_t affiliate,
    uint32_t offer, bool redirects)
{
	struct key by_cookie, by_browser;

	if (redirects)
		expect_redirect(s, t, affiliate, offer);
	make_keys(s, t, offer, &by_cookie, &by_browser);
	s->key[COOKIE_AFFILIATE] = hash(&by_cookie, affiliate, FOR_COUNTS);
	s->key[COOKIE_OFFER] = hash(&by_cookie, 0, FOR_COUNTS);
	s->key[BROWSER_AFFILIATE] = hash(&by_browser, affiliate, FOR_COUNTS);
	s->key[BROWSER_OFFER] = hash(&by_browser, 0, FOR_COUNTS);
	hint(t, s->key, SURFER_KEYS);
	s->expected = true;
	s->affiliate = affiliate;
	s->offer = offer;
}

bool
surfer_is_unique(struct surfer *s, const struct surfer_table *t, uint32_t affiliate,
    uint32_t offer, uint32_t window_s, bool *of_offer)
{
	const unsigned first = s->has_cookie ? COOKIE_AFFILIATE : BROWSER_AFFILIATE;
	bool seen[SURFER_KEYS];

	if (!s->expected || s->affiliate != affiliate || s->offer != offer)
		surfer_expect(s, t, affiliate, offer, false);
	ask(t, s->key, seen, SURFER_KEYS, window_s);
	*of_offer = !seen[first + 1];
	return !seen[first];
}

bool
surfer_is_new(struct surfer *s, const struct surfer_table *t, uint32_t affiliate,
    uint32_t offer, uint32_t window_s)
{
	bool seen[2];

	if (s->redirect_offer != offer || s->redirect_affiliate != affiliate)
		expect_redirect(s, t, affiliate, offer);
	ask(t, s->redirect_key, seen, ARRAY_LEN(seen), window_s);
	return !seen[s->has_cookie ? 0 : 1];
}
