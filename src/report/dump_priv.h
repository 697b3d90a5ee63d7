/* SPDX-License-Identifier: Apache-2.0
 * dump_priv.h - a dump under way: what dump.c and the kinds in files of their own share.
 */
#ifndef REPORT_DUMP_PRIV_H
#define REPORT_DUMP_PRIV_H

#include "report/dump.h"
#include "report/names.h"

/* Rows a statement: some 50 ms. */
#define DUMP_PAGE INT64_C(5000)
#define DUMP_MAX_NODE 1000

struct node_at {
	bool known;
	us_t last_txn, folded;
};

struct dump {
	struct db *db;
	const struct dump_opts *o;
	struct dumpw *w;
	struct node_at node[DUMP_MAX_NODE];
	struct names goals;
	struct arena *arena;
	us_t start; /* of the dump */
	/* The cursor: behind this key. */
	us_t at, id_us;
	int64_t id_n;
};

struct dump_kind {
	const char *name;
	const struct dumpw_col *cols;
	unsigned n_cols;
	/* Writes the next page and moves the cursor.  *more: there may be another. */
	enum err (*page)(struct dump *d, bool *more);
};

void dump_ip(struct dumpw *w, struct str bytes);
/* A ledger row's or conversion's id; "" for us == 0. */
void dump_digits(struct dumpw *w, us_t us, unsigned node);

/* dumpposts.c */
#define DUMPPOSTS_COLS 12u
extern const struct dumpw_col dumpposts_cols[DUMPPOSTS_COLS];
enum err dumpposts_page(struct dump *d, bool *more);

#endif
