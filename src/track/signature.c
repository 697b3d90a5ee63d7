/* SPDX-License-Identifier: Apache-2.0
 * signature.c - see signature.h.
 */
#include "track/signature.h"

#include <sodium.h>
#include <string.h>

#define MARK "sig="

_Static_assert(SIGNATURE_BYTES == crypto_auth_hmacsha256_BYTES, "sig is one of these");

/* What stands before &sig=, and its value; false: the last parameter is not sig. */
static bool
split(struct str query, struct str *before, struct str *sig)
{
	size_t at = query.n;

	while (at > 0 && query.p[at - 1] != '&')
		at--;
	*sig = str_n(query.p + at, query.n - at);
	*before = str_n(query.p, at == 0 ? 0 : at - 1);
	if (!str_starts(*sig, STR(MARK)))
		return false;
	*sig = str_n(sig->p + sizeof(MARK) - 1, sig->n - (sizeof(MARK) - 1));
	return true;
}

bool
signature_is_sent(struct str query)
{
	while (query.n > 0) {
		if (str_starts(str_split(&query, '&'), STR(MARK)))
			return true;
	}
	return false;
}

/* ts of the query: once, and a number. */
static bool
read_time(struct str query, uint64_t *ts)
{
	unsigned n = 0;

	while (query.n > 0) {
		struct str value = str_split(&query, '&'), name = str_split(&value, '=');

		if (!str_eq(name, STR("ts")))
			continue;
		if (++n > 1 || !str_to_u64(value, ts) || *ts > UINT32_MAX)
			return false;
	}
	return n == 1;
}

static void
update(crypto_auth_hmacsha256_state *h, struct str s)
{
	if (s.n > 0)
		(void)crypto_auth_hmacsha256_update(h, (const unsigned char *)s.p, s.n);
}

static bool
is_signed_by(struct str key, const struct signature_of *s, struct str query,
    const uint8_t sent[SIGNATURE_BYTES])
{
	crypto_auth_hmacsha256_state h;
	uint8_t made[SIGNATURE_BYTES];
	bool same;

	(void)crypto_auth_hmacsha256_init(&h, (const unsigned char *)key.p, key.n);
	update(&h, s->path);
	update(&h, STR("?"));
	update(&h, query);
	if (s->body.n > 0) {
		update(&h, STR("\n"));
		update(&h, s->body);
	}
	(void)crypto_auth_hmacsha256_final(&h, made);
	same = sodium_memcmp(made, sent, sizeof(made)) == 0;
	sodium_memzero(made, sizeof(made));
	return same;
}

enum signature_state
signature_check(
    struct str keys, const struct signature_of *s, uint8_t out[SIGNATURE_BYTES])
{
	struct str query, sig;
	uint64_t ts = 0;
	size_t n = 0;
	bool good = false;
	us_t apart;

	if (keys.n == 0 || !signature_is_sent(s->query))
		return SIGNATURE_NONE;
	if (!split(s->query, &query, &sig) || signature_is_sent(query) ||
	    sig.n != SIGNATURE_HEX || !read_time(query, &ts) ||
	    sodium_hex2bin(out, SIGNATURE_BYTES, sig.p, sig.n, NULL, &n, NULL) != 0 ||
	    n != SIGNATURE_BYTES)
		return SIGNATURE_BAD;
	/* All keys are tried, whichever fits. */
	while (keys.n > 0) {
		struct str key = str_trim(str_split(&keys, ','));

		good = (key.n > 0 && is_signed_by(key, s, query, out)) || good;
	}
	if (!good)
		return SIGNATURE_BAD;
	apart = s->now - (us_t)ts * US_SECOND;
	return (apart < 0 ? -apart : apart) <= s->window * US_SECOND ? SIGNATURE_GOOD
								     : SIGNATURE_STALE;
}
