/* SPDX-License-Identifier: Apache-2.0
 * txnid.c - see txnid.h.
 */
#include "book/txnid.h"

#include <stdio.h>

#define MAX_NODE 999u

void
txnid_digits(char out[TXNID_DIGITS + 1], us_t us, unsigned node)
{
	assert(us >= 0 && us / US_SECOND <= INT64_C(9999999999) && node <= MAX_NODE);
	(void)snprintf(out, TXNID_DIGITS + 1, "%010lld%06lld%03u0",
	    (long long)(us / US_SECOND), (long long)(us % US_SECOND), node);
}

void
txnid_hex(char out[TXNID_HEX + 1], us_t us, unsigned node)
{
	assert(us >= 0 && us / US_SECOND <= UINT32_MAX && node <= MAX_NODE);
	(void)snprintf(out, TXNID_HEX + 1, "%08llx%05llx%03x00000000",
	    (unsigned long long)(us / US_SECOND), (unsigned long long)(us % US_SECOND),
	    node);
}

static bool
join(uint64_t secs, uint64_t micros, uint64_t nr, uint64_t rest, us_t *us, unsigned *node)
{
	if (micros >= (uint64_t)US_SECOND || nr > MAX_NODE || rest != 0)
		return false;
	*us = (us_t)(secs * (uint64_t)US_SECOND + micros);
	*node = (unsigned)nr;
	return true;
}

bool
txnid_parse(struct str s, us_t *us, unsigned *node)
{
	uint64_t secs, micros, nr, rest;

	if (s.n == TXNID_DIGITS)
		return str_to_u64(str_n(s.p, 10), &secs) &&
		       str_to_u64(str_n(s.p + 10, 6), &micros) &&
		       str_to_u64(str_n(s.p + 16, 3), &nr) &&
		       str_to_u64(str_n(s.p + 19, 1), &rest) &&
		       join(secs, micros, nr, rest, us, node);
	if (s.n == TXNID_HEX)
		return str_hex_to_u64(str_n(s.p, 8), &secs) &&
		       str_hex_to_u64(str_n(s.p + 8, 5), &micros) &&
		       str_hex_to_u64(str_n(s.p + 13, 3), &nr) &&
		       str_hex_to_u64(str_n(s.p + 16, 8), &rest) &&
		       join(secs, micros, nr, rest, us, node);
	return false;
}
