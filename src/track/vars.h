/* SPDX-License-Identifier: Apache-2.0
 * vars.h - variables of a link or post: "a=1&b=2" into names and values, bounded and
 * clean.
 *
 * Any process, one thread a struct; nothing here allocates: texts go into a pad, memory
 * of the caller that is filled from front to back.  What comes out is UTF-8 without
 * control characters, so that it may go into a record, a header or a log as it is; bytes
 * that are neither are left out.
 */
#ifndef TRACK_VARS_H
#define TRACK_VARS_H

#include "base/str.h"

/* Memory to be filled.  What does not fit is STR_NONE. */
struct pad {
	char *p;
	size_t n, cap;
};
/* s percent-decoded (with `plus` a + is a space) and cleaned, cut at `longest` bytes, at
 * the end of a character. */
NODISCARD struct str pad_decode(struct pad *pad, struct str s, size_t longest, bool plus);
/* The same without decoding. */
NODISCARD struct str pad_clean(struct pad *pad, struct str s, size_t longest);
/* A copy as it is. */
NODISCARD struct str pad_copy(struct pad *pad, struct str s);
NODISCARD struct str pad_printf(struct pad *pad, const char *fmt, ...) PRINTF_LIKE(2, 3);

#define VARS_MAX 64

struct var {
	struct str name, value;
	bool taken; /* for the caller: known by its name and dealt with */
};

struct vars {
	unsigned n;
	bool dropped; /* there were more than the bounds allow */
	struct var v[VARS_MAX];
};

struct vars_bounds {
	unsigned most; /* variables, at most VARS_MAX */
	size_t name, value,
	    together; /* bytes; a value is cut, a longer name drops the pair */
	/* Names that are read whatever else there is, and do not count: the last one of
	 * each takes the place of the one before. */
	const struct str *always;
	size_t n_always;
};

/* Adds what `query` holds.  A name without = has an empty value; pairs without a name are
 * dropped. */
void vars_read(
    struct vars *v, struct pad *pad, struct str query, const struct vars_bounds *b);
/* The last one of that name, as PHP has it.  STR_NONE: there is none. */
NODISCARD struct str vars_get(const struct vars *v, struct str name);
/* The same, and marks all of that name as taken. */
NODISCARD struct str vars_take(struct vars *v, struct str name);
/* Name and value of all that are not taken, urlencoded, at most `longest` bytes: pairs
 * that would not fit are left out. */
NODISCARD struct str vars_rest(const struct vars *v, struct pad *pad, size_t longest);

/* URL sanitization (nats-behaviour.md §1.4): takes <, >, both quotes and "javascript:" out
 * of the text, also where taking one out makes another.  Returns what is left of n. */
NODISCARD size_t vars_sanitize(char *p, size_t n);

/* Appends s to out at *n, everything but letters, digits and -_.~ as %XX.  false: no room
 * for all of it, and nothing is appended. */
bool vars_escape(char *out, size_t cap, size_t *n, struct str s);

/* The value of a cookie in a Cookie header; STR_NONE: it is not there.  Points into
 * header. */
NODISCARD struct str vars_cookie(struct str header, struct str name);

#endif
