/* SPDX-License-Identifier: Apache-2.0
 * verify_priv.h - for verify.c and verifycaps.c alone.
 */
#ifndef BOOK_VERIFY_PRIV_H
#define BOOK_VERIFY_PRIV_H

#include "base/zone.h"
#include "book/verify.h"

struct verify {
	struct db *db;
	verify_diff_f *fn;
	void *ctx;
	struct verify_result *out;
	struct str base; /* currency */
	char base_buf[8];
	const struct zone *zone;
	us_t sealed;        /* days that end here or before have no raw clicks */
	bool dropped;       /* that is done: those that are there came late */
	bool shown_dropped; /* the same of impressions, which go after the clicks */
};

/* Counts and tells a difference. */
void verify_differ(struct verify *v, const char *table, const char *key,
    const char *column, int64_t stored, int64_t counted);
/* The counters of caps whose windows begin from a year before `from` on. */
NODISCARD enum err verify_caps(struct verify *v, us_t from, us_t to);

#endif
