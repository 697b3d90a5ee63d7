/* SPDX-License-Identifier: Apache-2.0
 * click_fuzz.c - a whole click.
 *
 * Input: lines with what is behind /track/ ("-": it came by /click), the query, the
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

static int64_t
count(void *arg, uint32_t counter)
{
	(void)arg;
	return counter;
}

static void
fixed(void *arg, uint8_t out[16])
{
	(void)arg;
	memset(out, 0x5a, 16);
}

static void
check(const struct click *k, const unsigned char *rec, size_t n)
{
	struct rec_texts t;

	assert(n <= CLICK_RECORD_MAX && rec_texts(&t, rec, n, sizeof(struct rec_click)));
	for (unsigned i = 0; i < F_MAX; i++)
		assert(str_is_utf8(t.f[i]));
	assert(str_starts(k->location, STR("http://shop.example/")) ||
	       str_starts(k->location, STR("http://fallback.example/")));
	assert((k->verdict < VERDICT_REFUSED) ==
	       str_starts(k->location, STR("http://shop.example/")));
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
	static struct click_env env = {
	    .seen = seen, .hint = hint, .count = count, .random = fixed};
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
	click_begin(&k, &env, &in);
	check(&k, rec, click_finish(&k, (struct click_id){in.now, 1}, rec, sizeof(rec)));
}
