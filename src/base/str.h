/* SPDX-License-Identifier: Apache-2.0
 * str.h - a string with its length, which may hold any byte and need not end in NUL.
 *
 * Any process, any thread.  A `struct str` owns nothing: it points into memory of
 * somebody else.  p == NULL means "not there", n == 0 with p != NULL means "there and
 * empty".
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/obj.h"

#include <string.h>

struct str {
	const char *p;
	size_t n;
};

#define STR(lit) ((struct str){"" lit, sizeof(lit) - 1})
#define STR_NONE ((struct str){NULL, 0})
#define STR_FMT "%.*s"
#define STR_ARG(s) (int)(s).n, (s).p == NULL ? "" : (s).p

static inline struct str
str_of(const char *s)
{
	return (struct str){s, s == NULL ? 0 : strlen(s)};
}

static inline struct str
str_n(const char *p, size_t n)
{
	return (struct str){p, n};
}

static inline bool
str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* Byte order; a prefix comes before the longer one.  <0, 0, >0. */
NODISCARD int str_cmp(struct str a, struct str b);
/* As str_eq, but A-Z and a-z are the same. */
NODISCARD bool str_ieq(struct str a, struct str b);
NODISCARD bool str_starts(struct str s, struct str prefix);
/* Offset of the first `c`, or -1. */
NODISCARD ptrdiff_t str_chr(struct str s, char c);
/* Without spaces, tabs, CR and LF at both ends. */
NODISCARD struct str str_trim(struct str s);
/* Cut *rest at the first `sep`: returns what is before it and moves *rest behind it.  At
 * the end *rest becomes STR_NONE, and the next call returns STR_NONE. */
NODISCARD struct str str_split(struct str *rest, char sep);

/* The whole of s as a plain decimal number: digits only, for the signed one an optional
 * '-'. false: empty, anything else in it, or out of range; *out is then unchanged. */
NODISCARD bool str_to_u64(struct str s, uint64_t *out);
NODISCARD bool str_to_i64(struct str s, int64_t *out);
/* The whole of s as lower or upper case hex digits, at most 16. */
NODISCARD bool str_hex_to_u64(struct str s, uint64_t *out);
/* True when s is valid UTF-8 without NUL (no surrogates, no overlong forms). */
NODISCARD bool str_is_utf8(struct str s);
/* The same, and no control characters: what may stand in a list of one a line. */
NODISCARD bool str_is_line(struct str s);
/* Bytes of the well-formed UTF-8 sequence that s begins with; 0: it begins with none, or
 * with NUL. */
NODISCARD size_t str_utf8_len(struct str s);

#endif
