/* SPDX-License-Identifier: Apache-2.0
 * dumpw.h - writes rows as CSV or as a JSON object a line, counts and sums them, and
 * hashes the bytes.
 *
 * One thread; memory is one buffer however long the dump is.  Values come in the order of
 * the columns. CSV is RFC 4180 with a line of names first and \n line ends; both forms
 * are UTF-8 and have six decimals in every amount.
 */
#ifndef REPORT_DUMPW_H
#define REPORT_DUMPW_H

#include "base/clock.h"
#include "base/jsonw.h"
#include "base/money.h"
#include "base/str.h"

enum dumpw_format { DUMPW_CSV, DUMPW_JSONL };
enum dumpw_kind {
	DUMPW_TEXT,
	DUMPW_INT,
	DUMPW_MONEY,
	DUMPW_SUM, /* money of base currency: summed */
	DUMPW_N,   /* a whole number that is summed */
};

struct dumpw_col {
	const char *name;
	enum dumpw_kind kind;
};

struct dumpw; /* private to dumpw.c */

/* `cols` stays the caller's; bytes go to `fd`. */
NODISCARD struct dumpw *dumpw_new(
    enum dumpw_format f, int fd, const struct dumpw_col *cols, unsigned n);
/* NULL is fine; sets the caller's pointer to NULL. */
void dumpw_free(struct dumpw **wp);

void dumpw_str(struct dumpw *w, struct str s);
void dumpw_cstr(struct dumpw *w, const char *s);
void dumpw_int(struct dumpw *w, int64_t v);
void dumpw_money(struct dumpw *w, money_t m);
/* 2026-01-05T13:00:00.123456Z */
void dumpw_time(struct dumpw *w, us_t t);
/* After the last column. */
void dumpw_end(struct dumpw *w);

/* Writes out what is buffered.  false: some write failed (errno of the first failure is
 * kept). */
NODISCARD bool dumpw_flush(struct dumpw *w);
NODISCARD int dumpw_errno(const struct dumpw *w);
NODISCARD uint64_t dumpw_rows(const struct dumpw *w);
/* Members "rows", "bytes", "sha256" and "sums"; after the last flush. */
void dumpw_summary(struct dumpw *w, struct jsonw *out);

#endif
