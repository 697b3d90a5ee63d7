/* SPDX-License-Identifier: Apache-2.0
 * jsonw.h - writes JSON as it goes, into a growing buffer or through a sink.
 *
 * One thread at a time.  Commas and quotes are its business: a caller says what is there,
 * in order.
 *
 *     jsonw_obj(w);
 *     jsonw_key(w, "offerid");  jsonw_uint(w, 7);
 *     jsonw_key(w, "total");    jsonw_money(w, 3750000, 2);      3.75, a number
 *     jsonw_end(w); {"offerid":7,"total":3.75}
 *
 * A value where a key belongs, an end too many or a depth over JSONW_DEPTH is a bug and
 * asserts. Text that is not UTF-8 comes out with U+FFFD in the bad places: what is
 * written is always JSON.
 */
#ifndef BASE_JSONW_H
#define BASE_JSONW_H

#include "base/money.h"
#include "base/str.h"

#define JSONW_DEPTH 32

struct jsonw; /* private to jsonw.c */

/* Takes bytes that are ready; false ends the writing: what follows is dropped. */
typedef bool jsonw_sink_f(void *ctx, struct str bytes);

/* Collects everything; read it with jsonw_text(). */
NODISCARD struct jsonw *jsonw_new(void);
/* Hands over pieces of about 32 KiB, so that memory stays flat however long the document
 * is. */
NODISCARD struct jsonw *jsonw_new_sink(jsonw_sink_f *sink, void *ctx);
/* NULL is fine; sets the caller's pointer to NULL.  Does not flush. */
void jsonw_free(struct jsonw **wp);
/* Forgets what was written (what a sink took stays taken), keeps the buffer. */
void jsonw_reset(struct jsonw *w);

void jsonw_obj(struct jsonw *w);
void jsonw_arr(struct jsonw *w);
/* Ends the innermost object or array. */
void jsonw_end(struct jsonw *w);
/* A key; exactly one value, object or array follows. */
void jsonw_key(struct jsonw *w, const char *key);
void jsonw_key_str(struct jsonw *w, struct str key);

/* STR_NONE and NULL write null. */
void jsonw_str(struct jsonw *w, struct str s);
void jsonw_cstr(struct jsonw *w, const char *s);
/* printf into a string, at most 1023 bytes. */
void jsonw_fmt(struct jsonw *w, const char *fmt, ...) PRINTF_LIKE(2, 3);
void jsonw_int(struct jsonw *w, int64_t v);
void jsonw_uint(struct jsonw *w, uint64_t v);
void jsonw_bool(struct jsonw *w, bool v);
void jsonw_null(struct jsonw *w);
/* Decimal text as a number, never through a double: as money_format() with min_dec. */
void jsonw_money(struct jsonw *w, money_t m, unsigned min_dec);
/* The same in quotes, for the dialects' fields that are strings. */
void jsonw_money_str(struct jsonw *w, money_t m, unsigned min_dec);
/* A percent rate as a number, as pct_format(). */
void jsonw_pct(struct jsonw *w, pct_t p, unsigned min_dec);
/* A whole value that is JSON already; the writer looks at none of it. */
void jsonw_raw(struct jsonw *w, struct str json);

/* What is in the buffer, NUL behind it; good until the next call.  Not for sinks. */
NODISCARD struct str jsonw_text(const struct jsonw *w);
/* Hands the rest to the sink.  false: the sink refused something on the way. */
bool jsonw_flush(struct jsonw *w);
/* Every object and array is ended and one value is there. */
NODISCARD bool jsonw_done(const struct jsonw *w);

#endif
