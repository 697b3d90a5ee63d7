/* SPDX-License-Identifier: Apache-2.0
 * findsubs.c - see findsubs.h.
 */
#include "report/findsubs.h"

#include "report/rowtext.h"
#include "report/statrow.h"

static const char *const names[FINDSUBS] = {"sub1", "sub2", "sub3", "sub4", "sub5"};

static void
columns(struct ask *k, const struct findsubs_query *q)
{
	const char *comma = "";

	for (unsigned i = 0; i < FINDSUBS; i++) {
		if (q->sub[i].p == NULL)
			continue;
		ask_add(k, comma, NULL);
		ask_add(k, names[i], NULL);
		comma = ", ";
	}
}

static void
half(struct ask *k, struct arena *a, const struct findsubs_query *q, const char *from)
{
	static const char *const fits[FINDSUBS] = {
	    " AND x.sub1 <> '' AND LOCATE(LOWER(?), LOWER(x.sub1)) > 0",
	    " AND x.sub2 <> '' AND LOCATE(LOWER(?), LOWER(x.sub2)) > 0",
	    " AND x.sub3 <> '' AND LOCATE(LOWER(?), LOWER(x.sub3)) > 0",
	    " AND x.sub4 <> '' AND LOCATE(LOWER(?), LOWER(x.sub4)) > 0",
	    " AND x.sub5 <> '' AND LOCATE(LOWER(?), LOWER(x.sub5)) > 0"};

	ask_add(k, "SELECT ", NULL);
	columns(k, q);
	ask_add(k, from, "i", q->now - FINDSUBS_DAYS * US_DAY);
	ask_in_ids(k, a, "x.affiliate_id", &q->affiliates);
	for (unsigned i = 0; i < FINDSUBS; i++)
		if (q->sub[i].p != NULL)
			ask_add(k, fits[i], "s", q->sub[i]);
}

/* A union has each row once. */
static void
found(struct ask *k, struct arena *a, const struct findsubs_query *q)
{
	ask_add(k, " FROM (", NULL);
	half(k, a, q, " FROM click x WHERE x.click_us >= ? AND x.verdict = 0");
	ask_add(k, " UNION ", NULL);
	half(k, a, q, " FROM conversion x WHERE x.created_us >= ?");
	ask_add(k, ") f", NULL);
}

static void
put_row(struct jsonw *w, const struct findsubs_query *q, const struct db_rows *r)
{
	unsigned col = 0;

	jsonw_obj(w);
	for (unsigned i = 0; i < FINDSUBS; i++)
		if (q->sub[i].p != NULL)
			rowtext_str(w, names[i], db_str(r, col++));
	jsonw_end(w);
}

static enum err
count(struct db *db, struct arena *a, const struct findsubs_query *q, int64_t *total)
{
	struct db_rows *r;
	struct ask k;
	enum err rc;

	ask_init(&k);
	ask_add(&k, "SELECT COUNT(*)", NULL);
	found(&k, a, q);
	rc = ask_rows(&k, db, &r);
	if (rc != ERR_OK)
		return rc;
	*total = db_next(r) ? db_i64(r, 0) : 0;
	return db_rows_close(&r);
}

static enum err
put_rows(struct db *db, struct arena *a, const struct findsubs_query *q, struct jsonw *w)
{
	struct db_rows *r;
	struct ask k;
	enum err rc;

	ask_init(&k);
	ask_add(&k, "SELECT ", NULL);
	columns(&k, q);
	found(&k, a, q);
	ask_add(&k, " ORDER BY ", NULL);
	columns(&k, q);
	ask_add(&k, " LIMIT ?, ?", "ii", (q->page - 1) * q->limit, q->limit);
	rc = ask_rows(&k, db, &r);
	if (rc != ERR_OK)
		return rc;
	while (db_next(r))
		put_row(w, q, r);
	return db_rows_close(&r);
}

enum err
findsubs_json(
    struct db *db, struct arena *a, const struct findsubs_query *q, struct jsonw *w)
{
	bool asked = false;
	int64_t total = 0;
	enum err rc = ERR_OK;

	for (unsigned i = 0; i < FINDSUBS; i++)
		asked = asked || q->sub[i].p != NULL;
	if (asked)
		rc = count(db, a, q, &total);
	if (rc != ERR_OK)
		return rc;
	jsonw_obj(w);
	rowtext_int(w, "status", 1);
	jsonw_key(w, "subs");
	jsonw_arr(w);
	if (asked)
		rc = put_rows(db, a, q, w);
	jsonw_end(w);
	statrow_pagination(w, q->page, q->limit, total);
	jsonw_end(w);
	return rc;
}
