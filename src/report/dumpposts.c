/* SPDX-License-Identifier: Apache-2.0
 * dumpposts.c - the log of what was reported, as a dump: every post, void, approval and
 * correction with the address it came from, what was answered and what became of it.
 */
#include "report/dump_priv.h"

#include "base/record.h"
#include "report/postlog.h"

const struct dumpw_col dumpposts_cols[DUMPPOSTS_COLS] = {
    {"time", DUMPW_TEXT},
    {"node", DUMPW_INT},
    {"kind", DUMPW_TEXT},
    {"source", DUMPW_TEXT},
    {"method", DUMPW_TEXT},
    {"ip", DUMPW_TEXT},
    {"outcome", DUMPW_TEXT},
    {"answer", DUMPW_TEXT},
    {"offerid", DUMPW_INT},
    {"loginid", DUMPW_INT},
    {"transactionid", DUMPW_TEXT},
    {"request", DUMPW_TEXT},
};

static const char sql[] =
    "SELECT event_us, event_lo, node_id, kind, source, posted, sender, outcome, param, "
    "refused, offer_id, affiliate_id, COALESCE(txn_us, 0), request, COALESCE(answered, "
    "outcome) FROM event_log FORCE "
    "INDEX (PRIMARY) WHERE event_us >= ? AND event_us < ? AND (event_us > ? OR event_lo "
    "> ?) ORDER BY event_us, event_lo LIMIT ?";

enum c {
	C_US,
	C_LO,
	C_NODE,
	C_KIND,
	C_SOURCE,
	C_POSTED,
	C_SENDER,
	C_OUTCOME,
	C_PARAM,
	C_REFUSED,
	C_OFFER,
	C_AFFILIATE,
	C_TXN,
	C_REQUEST,
	C_ANSWERED
};

static const char *
kind_word(unsigned kind)
{
	switch (kind) {
	case REC_POST:
		return "post";
	case REC_VOID:
		return "void";
	case REC_APPROVE:
		return "approval";
	case REC_REVENUE:
		return "revenue";
	case REC_REFUSED:
		return "refused";
	case REC_EDIT:
		return "edit";
	case REC_IMPORT:
		return "import";
	default:
		return "";
	}
}

static const char *
source_word(unsigned source)
{
	static const char *const words[] = {
	    [SRC_NATS_POST] = "signup",
	    [SRC_AFFISE_POST] = "postback",
	    [SRC_NATS_API] = "api",
	    [SRC_AFFISE_API] = "3.0",
	};

	return source < ARRAY_LEN(words) && words[source] != NULL ? words[source] : "";
}

static void
row(struct dump *d, const struct db_rows *r)
{
	const unsigned kind = (unsigned)db_u64(r, C_KIND),
		       source = (unsigned)db_u64(r, C_SOURCE),
		       outcome = (unsigned)db_u64(r, C_OUTCOME);
	/* What came by REST got an answer of REST. */
	const bool scripted = source == SRC_NATS_POST || source == SRC_AFFISE_POST;
	struct dumpw *w = d->w;

	dumpw_time(w, db_i64(r, C_US));
	dumpw_int(w, db_i64(r, C_NODE));
	dumpw_cstr(w, kind_word(kind));
	dumpw_cstr(w, source_word(source));
	dumpw_cstr(w, !scripted ? "" : db_i64(r, C_POSTED) != 0 ? "POST" : "GET");
	dump_ip(w, db_str(r, C_SENDER));
	dumpw_cstr(w, postlog_outcome(outcome));
	dumpw_str(w,
	    scripted ? postlog_answer(d->arena, source, kind,
			   (unsigned)db_u64(r, C_ANSWERED), (unsigned)db_u64(r, C_PARAM),
			   db_str(r, C_REQUEST), db_str(r, C_REFUSED))
		     : STR(""));
	dumpw_int(w, db_i64(r, C_OFFER));
	dumpw_int(w, db_i64(r, C_AFFILIATE));
	dump_digits(w, db_i64(r, C_TXN), (unsigned)db_i64(r, C_NODE));
	dumpw_str(w, db_str(r, C_REQUEST));
	dumpw_end(w);
}

/* What came after the dump's start is not part of it. */
enum err
dumpposts_page(struct dump *d, bool *more)
{
	const us_t end = d->o->period.to < d->start ? d->o->period.to : d->start;
	struct arena *page = arena_new(), *kept = d->arena;
	struct db_rows *rows;
	int64_t n = 0;
	enum err rc =
	    db_query(d->db, &rows, sql, "iiiii", d->at, end, d->at, d->id_n, DUMP_PAGE);

	d->arena = page;
	for (; rc == ERR_OK && db_next(rows); n++) {
		d->at = db_i64(rows, C_US);
		d->id_n = db_i64(rows, C_LO);
		row(d, rows);
	}
	*more = n == DUMP_PAGE;
	if (rc == ERR_OK)
		rc = db_rows_close(&rows);
	d->arena = kept;
	arena_free(&page);
	return rc;
}
