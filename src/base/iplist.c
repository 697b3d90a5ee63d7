/* SPDX-License-Identifier: Apache-2.0
 * iplist.c - see iplist.h.
 */
#include "base/iplist.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool
ip_parse(struct str s, uint8_t out[16])
{
	char text[IP_TEXT];
	uint8_t four[4];
	struct in6_addr six;

	if (s.p == NULL || s.n == 0 || s.n >= sizeof(text) ||
	    memchr(s.p, '\0', s.n) != NULL)
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	if (inet_pton(AF_INET, text, four) == 1) {
		memcpy(out, mapped, sizeof(mapped));
		memcpy(out + 12, four, 4);
		return true;
	}
	if (inet_pton(AF_INET6, text, &six) != 1)
		return false;
	memcpy(out, six.s6_addr, 16);
	return true;
}

size_t
ip_format(char out[IP_TEXT], const uint8_t ip[16])
{
	bool four = memcmp(ip, mapped, sizeof(mapped)) == 0;

	if (inet_ntop(four ? AF_INET : AF_INET6, four ? ip + 12 : ip, out, IP_TEXT) ==
	    NULL)
		out[0] = '\0';
	return strlen(out);
}

static bool
is_gap(char c)
{
	return c == ',' || c == ';' || c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str
iplist_next(struct str *rest)
{
	struct str one;

	while (rest->n > 0 && is_gap(*rest->p))
		*rest = str_n(rest->p + 1, rest->n - 1);
	if (rest->n == 0)
		return STR_NONE;
	one = str_n(rest->p, 0);
	while (one.n < rest->n && !is_gap(rest->p[one.n]))
		one.n++;
	*rest = str_n(rest->p + one.n, rest->n - one.n);
	return one;
}

/* All bits behind the first `bits` become 0 in lo and 1 in hi. */
static void
spread(uint8_t lo[16], uint8_t hi[16], unsigned bits)
{
	for (unsigned i = 0; i < 16; i++) {
		unsigned keep = bits > i * 8 ? bits - i * 8 : 0;
		uint8_t mask = keep >= 8 ? 0xff : (uint8_t)(0xff00u >> keep);

		lo[i] &= mask;
		hi[i] = (uint8_t)(lo[i] | (uint8_t)~mask);
	}
}

static bool
parse_block(struct str entry, ptrdiff_t slash, uint8_t lo[16], uint8_t hi[16])
{
	uint64_t bits;
	bool four;

	if (!ip_parse(str_n(entry.p, (size_t)slash), lo) ||
	    !str_to_u64(str_n(entry.p + slash + 1, entry.n - (size_t)slash - 1), &bits))
		return false;
	four = memchr(entry.p, ':', (size_t)slash) == NULL;
	if (bits > (four ? 32u : 128u))
		return false;
	spread(lo, hi, (unsigned)bits + (four ? 96u : 0u));
	return true;
}

/* The first and last address of an entry. */
static bool
parse_entry(struct str entry, uint8_t lo[16], uint8_t hi[16])
{
	ptrdiff_t at = str_chr(entry, '/');

	if (at >= 0)
		return parse_block(entry, at, lo, hi);
	at = str_chr(entry, '-');
	if (at >= 0)
		return ip_parse(str_n(entry.p, (size_t)at), lo) &&
		       ip_parse(str_n(entry.p + at + 1, entry.n - (size_t)at - 1), hi) &&
		       memcmp(lo, hi, 16) <= 0;
	if (!ip_parse(entry, lo))
		return false;
	memcpy(hi, lo, 16);
	return true;
}

bool
iplist_has(struct str list, const uint8_t ip[16])
{
	uint8_t lo[16], hi[16];
	struct str entry;

	while ((entry = iplist_next(&list)).p != NULL)
		if (parse_entry(entry, lo, hi) && memcmp(lo, ip, 16) <= 0 &&
		    memcmp(ip, hi, 16) <= 0)
			return true;
	return false;
}

bool
iplist_check(struct str list, struct str *bad)
{
	uint8_t lo[16], hi[16];
	struct str entry;

	while ((entry = iplist_next(&list)).p != NULL) {
		if (parse_entry(entry, lo, hi))
			continue;
		if (bad != NULL)
			*bad = entry;
		return false;
	}
	return true;
}

bool
iplist_empty(struct str list)
{
	return iplist_next(&list).p == NULL;
}

static int
by_first(const void *a, const void *b)
{
	const struct ip_range *x = a, *y = b;

	return memcmp(x->first, y->first, 16);
}

size_t
iplist_ranges(struct str list, struct ip_range *out)
{
	struct str entry;
	size_t n = 0, kept = 0;

	while ((entry = iplist_next(&list)).p != NULL)
		if (parse_entry(entry, out[n].first, out[n].last))
			n++;
	if (n > 1)
		qsort(out, n, sizeof(*out), by_first);
	for (size_t i = 0; i < n; i++) {
		if (kept > 0 && memcmp(out[i].first, out[kept - 1].last, 16) <= 0) {
			if (memcmp(out[i].last, out[kept - 1].last, 16) > 0)
				memcpy(out[kept - 1].last, out[i].last, 16);
			continue;
		}
		out[kept++] = out[i];
	}
	return kept;
}

bool
ip_in_ranges(const struct ip_range *v, size_t n, const uint8_t ip[16])
{
	/* The last range that begins at or before it. */
	while (n > 1) {
		const size_t half = n / 2;

		if (memcmp(v[half].first, ip, 16) <= 0) {
			v += half;
			n -= half;
		} else {
			n = half;
		}
	}
	return n == 1 && memcmp(v->first, ip, 16) <= 0 && memcmp(ip, v->last, 16) <= 0;
}
