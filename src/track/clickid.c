/* SPDX-License-Identifier: Apache-2.0 */
#include "track/clickid.h"

#define HASH_LEN 24
#define LAST_SECOND INT64_C(0xffffffff)

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

static bool
all_hex(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!is_hex(s.p[i]))
			return false;
	}
	return s.n > 0;
}

/* Seconds and microseconds, thirteen hex digits. */
static bool
read_time(struct str s, us_t *out)
{
	uint64_t sec, us;

	if (!str_hex_to_u64(str_n(s.p, 8), &sec) ||
	    !str_hex_to_u64(str_n(s.p + 8, 5), &us))
		return false;
	if (us >= (uint64_t)US_SECOND)
		return false;
	*out = (us_t)sec * US_SECOND + (us_t)us;
	return true;
}

/* Any hash: 13 to 20 hex digits, a point, eight decimal digits. */
static enum clickid_form
parse_hash(struct str s, size_t point, struct click_id *out)
{
	uint64_t tail, first;
	us_t us;

	if (point < 13 || point > 20 || s.n - point != 9 || !all_hex(str_n(s.p, point)))
		return CLICKID_BAD;
	if (!str_to_u64(str_n(s.p + point + 1, 8), &tail))
		return CLICKID_BAD;
	if (point != 15 || s.p[0] > '9' || s.p[14] > '9' ||
	    !read_time(str_n(s.p + 1, 13), &us))
		return CLICKID_FOREIGN;
	first = (uint64_t)(s.p[14] - '0');
	out->us = us;
	out->lo = (s.p[0] - '0') * CLICKID_DECIMALS + (int64_t)(first * 100000000 + tail);
	return CLICKID_OURS;
}

static enum clickid_form
parse_hex24(struct str s, struct click_id *out)
{
	uint64_t decimals;
	us_t us;

	if (s.n != HASH_LEN || !all_hex(s))
		return CLICKID_BAD;
	if (s.p[13] > '9' || !read_time(s, &us) ||
	    !str_hex_to_u64(str_n(s.p + 14, 10), &decimals) ||
	    decimals >= (uint64_t)CLICKID_DECIMALS)
		return CLICKID_FOREIGN;
	out->us = us;
	out->lo = (s.p[13] - '0') * CLICKID_DECIMALS + (int64_t)decimals;
	return CLICKID_OURS;
}

enum clickid_form
clickid_parse(struct str s, struct click_id *out)
{
	ptrdiff_t point = str_chr(s, '.');

	return point < 0 ? parse_hex24(s, out) : parse_hash(s, (size_t)point, out);
}

static void
check(struct click_id id)
{
	assert(id.us >= 0 && id.us / US_SECOND <= LAST_SECOND);
	assert(id.lo >= 0 && id.lo < 10 * CLICKID_DECIMALS);
}

/* `digits` digits of v to the given base, the last ones first; returns what is behind
 * them. */
static char *
put(char *out, uint64_t v, unsigned base, unsigned digits)
{
	for (unsigned i = digits; i-- > 0; v /= base)
		out[i] = "0123456789abcdef"[v % base];
	return out + digits;
}

void
clickid_hash(char out[CLICKID_TEXT], struct click_id id)
{
	const uint64_t decimals = (uint64_t)(id.lo % CLICKID_DECIMALS);

	check(id);
	out = put(out, (uint64_t)(id.lo / CLICKID_DECIMALS), 10, 1);
	out = put(out, (uint64_t)(id.us / US_SECOND), 16, 8);
	out = put(out, (uint64_t)(id.us % US_SECOND), 16, 5);
	out = put(out, decimals / 100000000, 10, 1);
	*out++ = '.';
	out = put(out, decimals % 100000000, 10, 8);
	*out = '\0';
}

void
clickid_hex24(char out[CLICKID_TEXT], struct click_id id)
{
	check(id);
	out = put(out, (uint64_t)(id.us / US_SECOND), 16, 8);
	out = put(out, (uint64_t)(id.us % US_SECOND), 16, 5);
	out = put(out, (uint64_t)(id.lo / CLICKID_DECIMALS), 16, 1);
	out = put(out, (uint64_t)(id.lo % CLICKID_DECIMALS), 16, 10);
	*out = '\0';
}

struct click_id
clickid_make(us_t us, unsigned node, unsigned slot, uint32_t random)
{
	assert(node >= 1 && node <= 999 && slot <= 999);
	return (struct click_id){
	    us, (int64_t)(slot % 10) * CLICKID_DECIMALS + (int64_t)node * 1000000 +
		    (int64_t)(slot / 10) * 10000 + (int64_t)(random % 10000)};
}

unsigned
clickid_node(struct click_id id)
{
	return (unsigned)(id.lo % CLICKID_DECIMALS / 1000000);
}

unsigned
clickid_slot(struct click_id id)
{
	return (unsigned)(id.lo % 1000000 / 10000 * 10 + id.lo / CLICKID_DECIMALS);
}
