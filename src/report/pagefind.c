/* SPDX-License-Identifier: Apache-2.0
 * pagefind.c - see pagefind.h.
 */
#include "report/pagefind.h"

bool
pagefind_whole(struct period p)
{
	return p.from % US_BUCKET == 0 && p.to % US_BUCKET == 0;
}

/* The first page takes what has come since the counting along. */
enum err
pagefind_buckets(struct db *db, const struct ask *k, struct period p, int64_t page,
    int64_t limit, struct pagefind *out)
{
	int64_t first = (page - 1) * limit, last = first + limit;
	struct db_rows *rows;
	enum err rc = ask_rows(k, db, &rows);

	*out = (struct pagefind){.period = {p.to, p.to}};
	if (rc != ERR_OK)
		return rc;
	while (db_next(rows)) {
		us_t from = db_i64(rows, 0) * US_BUCKET;
		int64_t n = db_i64(rows, 1), seen = out->total;

		if (n <= 0)
			continue;
		out->total += n;
		if (out->total <= first || seen >= last)
			continue;
		if (seen <= first) {
			out->skip = first - seen;
			out->period.to = first == 0 ? p.to : from + US_BUCKET;
		}
		out->period.from = from;
	}
	return db_rows_close(&rows);
}

enum err
pagefind_count(struct db *db, const struct ask *k, struct period p, int64_t page,
    int64_t limit, struct pagefind *out)
{
	struct db_rows *rows;
	enum err rc = ask_rows(k, db, &rows);

	*out = (struct pagefind){.period = p, .skip = (page - 1) * limit};
	if (rc != ERR_OK)
		return rc;
	if (db_next(rows))
		out->total = db_i64(rows, 0);
	if (out->skip >= out->total)
		out->period.from = p.to;
	return db_rows_close(&rows);
}
