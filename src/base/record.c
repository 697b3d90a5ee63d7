/* SPDX-License-Identifier: Apache-2.0 */
#include "base/record.h"

static const uint16_t longest[F_MAX] = {
#define FIELD(number_, name_, longest_) [number_] = (longest_),
#include "tbl/fields.h"
#undef FIELD
};

static const char *const names[F_MAX] = {
#define FIELD(number_, name_, longest_) [number_] = #name_,
#include "tbl/fields.h"
#undef FIELD
};

bool
rec_put(unsigned char *rec, size_t cap, size_t *n, enum rec_field f, struct str s)
{
	uint16_t len = (uint16_t)(s.n < longest[f] ? s.n : longest[f]);

	if (s.p == NULL)
		return true;
	if (cap - *n < 3u + len)
		return false;
	rec[*n] = (unsigned char)f;
	memcpy(rec + *n + 1, &len, 2);
	memcpy(rec + *n + 3, s.p, len);
	*n += 3u + len;
	return true;
}

bool
rec_texts(struct rec_texts *t, const unsigned char *rec, size_t n, size_t head)
{
	memset(t, 0, sizeof(*t));
	if (n < head)
		return false;
	while (head < n) {
		uint16_t len;
		unsigned char f = rec[head];

		if (n - head < 3)
			return false;
		memcpy(&len, rec + head + 1, 2);
		if (n - head - 3 < len)
			return false;
		if (f < F_MAX)
			t->f[f] = str_n((const char *)rec + head + 3, len);
		head += 3u + len;
	}
	return true;
}

size_t
rec_head(unsigned kind, unsigned version)
{
	const bool click = rec_is_click(kind);

	switch (version) {
	case REC_VERSION:
		return click ? sizeof(struct rec_click) : sizeof(struct rec_event);
	case REC_VERSION - 1:
		return click ? REC_CLICK_1 : REC_EVENT_1;
	default:
		return 0;
	}
}

bool
rec_read(void *head, struct rec_texts *t, unsigned kind, unsigned version,
    const unsigned char *rec, size_t n)
{
	const size_t has = rec_head(kind, version);

	if (has == 0 || !rec_texts(t, rec, n, has))
		return false;
	memset(head, 0,
	    rec_is_click(kind) ? sizeof(struct rec_click) : sizeof(struct rec_event));
	memcpy(head, rec, has);
	return true;
}

const char *
rec_field_name(enum rec_field f)
{
	return f < F_MAX && names[f] != NULL ? names[f] : "";
}

static bool
is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

uint16_t
country_pack(struct str two)
{
	if (two.n != 2 || !is_letter(two.p[0]) || !is_letter(two.p[1]))
		return 0;
	return (uint16_t)((two.p[0] & ~0x20) << 8 | (two.p[1] & ~0x20));
}

void
country_unpack(uint16_t c, char out[3])
{
	out[0] = (char)(c >> 8);
	out[1] = (char)(c & 0xff);
	out[2] = '\0';
}
