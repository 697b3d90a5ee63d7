/* SPDX-License-Identifier: Apache-2.0
 * dump.h - all rows of a range of days, streamed: affiliatectl dump.
 *
 * Rows are read by key in statements of a page each, outside any long transaction, so
 * that a dump of hours keeps nobody waiting (an open snapshot made dropped partitions and
 * with them the fold wait for its end). The snapshot is the vector of node positions at
 * the start: ledger rows and conversions after a node's last transaction, and clicks
 * after what it has folded, are left out however long the dump runs.  What changes in
 * place, the status and amounts of a conversion and the sums of profit and loss, is as of
 * its page's reading.
 */
#ifndef REPORT_DUMP_H
#define REPORT_DUMP_H

#include "db/db.h"
#include "report/dumpw.h"
#include "report/period.h"

struct dump_kind; /* private to dump.c */
/* "profitloss", "transactions", "clicks", "conversions", "posts"; NULL: none of them. */
NODISCARD const struct dump_kind *dump_kind(const char *name);
NODISCARD const char *dump_kind_name(const struct dump_kind *k);

/* Told after each page: rows so far, and how far in time.  false ends the dump with
 * ERR_IO. */
typedef bool dump_progress_f(void *ctx, uint64_t rows, us_t at);

struct dump_opts {
	const struct dump_kind *kind;
	struct period period;
	const struct zone *zone; /* cuts the days of profit and loss */
	enum dumpw_format format;
	int fd;
	dump_progress_f *progress; /* may be NULL */
	void *ctx;
};

/* `summary` gets one object: what was dumped, rows, bytes, sums, SHA-256, the snapshot.
 * ERR_IO: writing failed (errno). */
NODISCARD enum err dump_run(
    struct db *db, const struct dump_opts *o, struct jsonw *summary);

#endif
