/* SPDX-License-Identifier: Apache-2.0
 * telllog.c - see telllog.h.
 */
#include "report/telllog.h"

#include <stdio.h>

#include "book/txnid.h"
#include "report/rowtext.h"
#include "report/statrow.h"

enum col {
	C_id,
	C_at_us,
	C_queue_id,
	C_account_id,
	C_subject,
	C_subject_node,
	C_conv_status,
	C_http_code,
	C_url,
	C_answer,
	C_error,
	C_hex24,
	C_goal
};

static void
filters(struct ask *k, struct arena *a, const struct telllog_query *q)
{
	ask_add(k,
	    " FROM notify_log l LEFT JOIN offer o ON o.id = l.offer_id LEFT JOIN goal g "
	    "ON g.id = l.goal_id WHERE l.kind = 1 AND l.at_us >= ? AND l.at_us < ?",
	    "ii", q->at.from, q->at.to);
	ask_in_ids(k, a, "l.offer_id", &q->offers);
	ask_in_ids(k, a, "l.account_id", &q->affiliates);
	if (q->goal.p != NULL)
		ask_add(k, " AND LOWER(COALESCE(g.value, '1')) = LOWER(?)", "s", q->goal);
	if (q->status != 0)
		ask_add(k, " AND l.conv_status = ?", "i", q->status);
	if (q->http_code >= 0)
		ask_add(k, " AND l.http_code = ?", "i", q->http_code);
}

/* 24 hex digits of a time and a number of ours. */
static void
put_hex(struct jsonw *w, us_t at, uint64_t id)
{
	jsonw_fmt(w, "%08x%016llx", (unsigned)(at / US_SECOND), (unsigned long long)id);
}

static void
put_row(struct jsonw *w, const struct db_rows *r)
{
	const us_t at = db_i64(r, C_at_us);
	char lead[TXNID_HEX + 1];

	txnid_hex(lead, db_i64(r, C_subject), (unsigned)db_u64(r, C_subject_node));
	jsonw_obj(w);
	jsonw_key(w, "_id");
	jsonw_obj(w);
	jsonw_key(w, "$id");
	put_hex(w, at, db_u64(r, C_id));
	jsonw_end(w);
	jsonw_key(w, "_get");
	jsonw_null(w);
	jsonw_key(w, "_post");
	jsonw_null(w);
	jsonw_key(w, "date");
	jsonw_obj(w);
	rowtext_int(w, "sec", at / US_SECOND);
	rowtext_int(w, "usec", at % US_SECOND);
	jsonw_end(w);
	rowtext_int(w, "pid", db_i64(r, C_account_id));
	rowtext_cstr(w, "lead_id", lead);
	rowtext_int(w, "http_code", db_i64(r, C_http_code));
	rowtext_str(w, "postback_url", db_str(r, C_url));
	rowtext_str(w, "offer_id", rowtext_of(r, C_hex24));
	jsonw_key(w, "job_id");
	put_hex(w, db_i64(r, C_subject), db_u64(r, C_queue_id));
	rowtext_str(w, "goal", db_str(r, C_goal));
	rowtext_int(w, "status", db_i64(r, C_conv_status));
	rowtext_str(w, "answer", rowtext_of(r, C_answer));
	rowtext_str(w, "error", rowtext_of(r, C_error));
	jsonw_end(w);
}

static enum err
count(struct db *db, struct arena *a, const struct telllog_query *q, int64_t *total)
{
	struct db_rows *rows;
	struct ask k;
	enum err rc;

	ask_init(&k);
	ask_add(&k, "SELECT COUNT(*)", NULL);
	filters(&k, a, q);
	rc = ask_rows(&k, db, &rows);
	if (rc != ERR_OK)
		return rc;
	*total = db_next(rows) ? db_i64(rows, 0) : 0;
	return db_rows_close(&rows);
}

enum err
telllog_json(
    struct db *db, struct arena *a, const struct telllog_query *q, struct jsonw *w)
{
	struct db_rows *rows;
	int64_t total = 0;
	struct ask k;
	enum err rc = count(db, a, q, &total);

	if (rc != ERR_OK)
		return rc;
	ask_init(&k);
	ask_add(&k,
	    "SELECT l.id, l.at_us, l.queue_id, l.account_id, l.subject, l.subject_node, "
	    "l.conv_status, l.http_code, l.url, l.answer, l.error, o.hex24, "
	    "COALESCE(g.value, '1')",
	    NULL);
	filters(&k, a, q);
	ask_add(&k, " ORDER BY l.at_us DESC, l.id DESC LIMIT ?, ?", "ii",
	    (q->page - 1) * q->limit, q->limit);
	rc = ask_rows(&k, db, &rows);
	if (rc != ERR_OK)
		return rc;
	jsonw_obj(w);
	rowtext_int(w, "status", 1);
	jsonw_key(w, "postbacks");
	jsonw_arr(w);
	while (db_next(rows))
		put_row(w, rows);
	jsonw_end(w);
	statrow_pagination(w, q->page, q->limit, total);
	jsonw_end(w);
	return db_rows_close(&rows);
}
