/* SPDX-License-Identifier: Apache-2.0
 * click_fuzz.c - a whole click.
 *
 * Input: lines with what is behind /track/ ("-": it came by
 * /click; "!...": behind /strack/; "=...": of a short link), the query, the
 * Cookie header, the User-Agent; the rest is the Referer.
 */
#include "fuzz.h"

#include "track/click.h"

#include "small_catalog.h"

static bool
seen(void *arg, uint64_t key, uint32_t now_s, uint32_t window_s)
{
	(void)arg;
	(void)now_s;
	(void)window_s;
	return (key & 1) != 0;
}

static void
hint(void *arg, uint64_t key)
{
	(void)arg;
	(void)key;
}

static void
fixed(void *arg, uint8_t out[16])
{
	(void)arg;
	memset(out, 0x5a, 16);
}

/* redirect= may choose the scheme and leave out the slash, never the host. */
static bool
is_home(struct str url)
{
	static const struct str homes[] = {
	    STR("http://shop.example"), STR("https://shop.example")};

	for (unsigned i = 0; i < ARRAY_LEN(homes); i++) {
		const size_t n = homes[i].n;

		if (url.n >= n && str_ieq(str_n(url.p, n), homes[i]) &&
		    (url.n == n || strchr("/?#", url.p[n]) != NULL))
			return true;
	}
	return false;
}

static void
check(const struct click *k, const unsigned char *rec, size_t n)
{
	struct rec_texts t;

	assert(n <= CLICK_RECORD_MAX && rec_texts(&t, rec, n, sizeof(struct rec_click)));
	for (unsigned i = 0; i < F_MAX; i++)
		assert(str_is_utf8(t.f[i]));
	assert(is_home(k->location) ||
	       str_starts(k->location, STR("http://fallback.example/")));
	assert((k->verdict < VERDICT_REFUSED) == is_home(k->location));
	for (size_t i = 0; i < k->location.n; i++)
		assert((unsigned char)k->location.p[i] > ' ' &&
		       (unsigned char)k->location.p[i] < 0x7f);
	for (unsigned i = 0; i < k->n_cookies; i++)
		assert(str_is_utf8(k->cookie[i]) && str_chr(k->cookie[i], '\n') < 0);
}

void
fuzz_one(const uint8_t *data, size_t n)
{
	static struct click k;
	static struct ua_reader *reader;
	static struct click_env env = {.seen = seen, .hint = hint, .random = fixed};
	static unsigned char rec[CLICK_RECORD_MAX];
	struct str rest = str_n((const char *)data, n);
	struct click_in in = {.now = 1534173952071102, .door = CLICK_BY_TRACK};

	if (env.cat == NULL) {
		env.cat = small_catalog(
		    "http://shop.example/%%subaff%%/{sub2}?c={clickid}&u={device_ua}");
		env.ua = reader = ua_reader_new(NULL, 4);
	}
	in.rest = next_line(&rest);
	in.query = next_line(&rest);
	in.cookie = next_line(&rest);
	in.ua = next_line(&rest);
	in.referrer = in.accept_language = rest;
	if (str_eq(in.rest, STR("-")))
		in.door = CLICK_BY_AFFISE;
	if (str_starts(in.rest, STR("!")))
		in.door = CLICK_BY_STRACK;
	if (str_starts(in.rest, STR("=")))
		in.door = CLICK_BY_SHORT;
	if (in.door >= CLICK_BY_STRACK && in.rest.n > 0)
		in.rest = str_n(in.rest.p + 1, in.rest.n - 1);
	click_begin(&k, &env, &in);
	check(&k, rec, click_finish(&k, (struct click_id){in.now, 1}, rec, sizeof(rec)));
}
