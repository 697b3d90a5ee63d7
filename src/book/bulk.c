/* SPDX-License-Identifier: Apache-2.0
 * bulk.c - see bulk.h.
 */
#include "book/bulk.h"

#include "base/iplist.h"
#include "base/log.h"
#include "book/batch.h"
#include "book/txnid.h"

#define LONGEST_CALL 40u

/* A record as it was read. */
struct record {
	struct batch_event whole; /* head and texts */
	struct str call;          /* n == 0: all of it is here */
	unsigned no, of;
};

static bool
read_record(struct record *r, const struct fold_item *it)
{
	struct str s, no;
	uint64_t a, b;

	*r = (struct record){.no = 1, .of = 1};
	r->whole.item = it;
	if (!rec_read(
		&r->whole.head, &r->whole.t, it->kind, it->version, it->bytes, it->len) ||
	    r->whole.head.id.us <= 0 || r->whole.head.id.us > BOOK_LATEST)
		return false;
	s = r->whole.t.f[F_part];
	if (s.n == 0)
		return true;
	r->call = str_split(&s, '.');
	no = str_split(&s, '.');
	if (r->call.n == 0 || r->call.n > LONGEST_CALL || !str_to_u64(no, &a) ||
	    !str_to_u64(s, &b) || a < 1 || a > b || b > BULK_ROWS)
		return false;
	r->no = (unsigned)a;
	r->of = (unsigned)b;
	return true;
}

/* ----- parts ----- */

static enum err
keep_part(struct db *db, unsigned node, const struct record *r)
{
	struct str rows = r->whole.t.f[F_rows];

	return db_exec(db,
	    "INSERT IGNORE INTO bulk_part (call_id, no, node_id, event_us, body) VALUES "
	    "(?, ?, ?, ?, ?)",
	    "suuib", r->call, (uint64_t)r->no, (uint64_t)node, r->whole.head.id.us,
	    rows.p == NULL ? STR("") : rows);
}

/* All rows in their order.  STR_NONE: a part is missing. */
static enum err
gather(struct db *db, struct arena *a, const struct record *r, struct str *out)
{
	char *all = arena_alloc(a, (size_t)r->of * (BULK_PART + 1000) + 1);
	struct str last = r->whole.t.f[F_rows];
	struct db_rows *rows = NULL;
	unsigned parts = 1;
	size_t n = 0;
	enum err rc = ERR_OK;

	if (r->of > 1)
		rc = db_query(db, &rows,
		    "SELECT body FROM bulk_part WHERE call_id = ? AND no < ? ORDER BY no",
		    "su", r->call, (uint64_t)r->of);
	while (r->of > 1 && rc == ERR_OK && parts < r->of && db_next(rows)) {
		struct str s = db_str(rows, 0);

		if (s.n > BULK_PART + 1000)
			break;
		memcpy(all + n, s.p, s.n);
		n += s.n;
		parts++;
	}
	if (r->of > 1 && rc == ERR_OK)
		rc = db_rows_close(&rows);
	if (last.n > 0 && last.n <= BULK_PART + 1000) {
		memcpy(all + n, last.p, last.n);
		n += last.n;
	}
	*out = parts == r->of ? str_n(all, n) : STR_NONE;
	return rc;
}

/* ----- rows ----- */

static struct fold_item *
item_of(struct batch *bt, const struct record *r, uint16_t kind)
{
	struct fold_item *it = arena_alloc(bt->a, sizeof(*it));

	*it = (struct fold_item){
	    .kind = kind, .version = r->whole.item->version, .pos = r->whole.item->pos};
	return it;
}

static void
read_edits(struct batch *bt, const struct record *r, struct str rows)
{
	const struct fold_item *item = item_of(bt, r, REC_EDIT);

	bt->n = 0;
	for (size_t i = 0; i + BULK_ID <= rows.n; i += BULK_ID) {
		struct batch_event *e = &bt->ev[bt->n++];

		*e = r->whole;
		e->item = item;
		e->t.f[F_rows] = str_n(rows.p + i, BULK_ID);
		if (!txnid_parse(e->t.f[F_rows], &e->txn_id_us, &e->txn_id_node))
			e->txn_id_us = -1; /* names nothing */
	}
}

static uint32_t
number(struct str s)
{
	uint64_t v;

	return str_to_u64(s, &v) && v <= UINT32_MAX ? (uint32_t)v : 0;
}

static struct str
sent(struct str s)
{
	return s.n == 0 ? STR_NONE : s;
}

static void
read_import(struct batch *bt, const struct record *r, struct str line,
    const struct fold_item *item)
{
	struct batch_visitor *v = arena_alloc(bt->a, sizeof(*v));
	struct batch_event *e = &bt->ev[bt->n++];
	struct str col[BULK_COLUMNS];

	for (unsigned i = 0; i < BULK_COLUMNS; i++)
		col[i] = line.p == NULL ? STR("") : str_split(&line, '\t');
	*e = r->whole;
	e->item = item;
	memset(&e->t, 0, sizeof(e->t));
	e->t.f[F_status] = sent(col[BULK_STATUS]);
	e->t.f[F_sum] = sent(col[BULK_SUM]);
	e->t.f[F_ip] = sent(col[BULK_IP]);
	e->t.f[F_ua] = sent(col[BULK_UA]);
	e->offer_param = number(col[BULK_OFFER]);
	e->affiliate_param = number(col[BULK_AFFILIATE]);
	e->goal = tsv_repair(bt->a, col[BULK_GOAL]);
	e->orderid = tsv_repair(bt->a, col[BULK_ACTION]);
	if (!ip_parse(e->t.f[F_ip], v->ip))
		memset(v->ip, 0, sizeof(v->ip));
	e->visitor = v;
}

/* ----- who the visitors were ----- */

static enum err
find_places(struct batch *bt)
{
	struct places_item *it = arena_alloc(bt->a, (bt->n + 1) * sizeof(*it));
	enum err rc;

	for (unsigned i = 0; i < bt->n; i++) {
		const struct batch_visitor *v = bt->ev[i].visitor;
		struct geo_place p = {.country = 0};

		if (bt->ev[i].t.f[F_ip].n > 0 && bt->b->in != NULL)
			geo_look(bt->b->in->geo, v->ip, &p);
		it[i] = (struct places_item){.country = p.country,
		    .region = p.region,
		    .city = p.city,
		    .ip = v->ip};
	}
	rc = places_ids(bt->b->places, bt->db, bt->a, clock_us(), it, bt->n);
	for (unsigned i = 0; rc == ERR_OK && i < bt->n; i++) {
		struct batch_visitor *v = arena_alloc(bt->a, sizeof(*v));

		*v = *bt->ev[i].visitor;
		v->country = it[i].country;
		v->place = it[i].place_id;
		bt->ev[i].visitor = v;
	}
	return rc;
}

static enum err
read_types(struct batch *bt, const uint32_t *id)
{
	struct jsonw *w = bt->b->keys;
	struct db_rows *r = NULL;
	enum err rc;

	jsonw_reset(w);
	jsonw_arr(w);
	for (unsigned i = 0; i < bt->n; i++)
		jsonw_uint(w, id[i]);
	jsonw_end(w);
	rc = db_query(bt->db, &r,
	    "SELECT k.n - 1, u.device_type FROM JSON_TABLE(?, '$[*]' COLUMNS (n FOR "
	    "ORDINALITY, id INT UNSIGNED PATH '$')) k STRAIGHT_JOIN user_agent u FORCE "
	    "INDEX (PRIMARY) ON u.id = k.id",
	    "s", jsonw_text(w));
	while (rc == ERR_OK && db_next(r)) {
		struct batch_visitor *v;
		uint64_t i = db_u64(r, 0);

		if (i >= bt->n)
			continue;
		v = arena_alloc(bt->a, sizeof(*v));
		*v = *bt->ev[i].visitor;
		v->ua_id = id[i];
		v->device_type = (uint8_t)db_u64(r, 1);
		bt->ev[i].visitor = v;
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

static enum err
find_agents(struct batch *bt)
{
	struct str *text = arena_alloc(bt->a, (bt->n + 1) * sizeof(*text));
	uint32_t *id = arena_alloc(bt->a, (bt->n + 1) * sizeof(*id));
	enum err rc;

	for (unsigned i = 0; i < bt->n; i++)
		text[i] = tsv_repair(bt->a, bt->ev[i].t.f[F_ua]);
	rc = agents_ids(bt->b->agents, bt->db, text, bt->n, id);
	return rc == ERR_OK ? read_types(bt, id) : rc;
}

static enum err
read_imports(struct batch *bt, const struct record *r, struct str rows)
{
	const struct fold_item *item = item_of(bt, r, REC_POST);
	const unsigned most = bt->n;
	enum err rc;

	bt->n = 0;
	while (rows.p != NULL && rows.n > 0 && bt->n < most)
		read_import(bt, r, str_split(&rows, '\n'), item);
	rc = find_places(bt);
	return rc == ERR_OK ? find_agents(bt) : rc;
}

/* ----- the call ----- */

static unsigned
count_rows(const struct record *r, struct str rows)
{
	unsigned n = 0;

	if (r->whole.item->kind == REC_EDIT)
		return (unsigned)(rows.n / BULK_ID);
	for (size_t i = 0; i < rows.n; i++)
		n += rows.p[i] == '\n';
	return n;
}

static enum err
begin_rows(struct batch *bt, struct book *b, struct db *db, unsigned node, us_t *last_txn,
    const struct record *r, struct str rows)
{
	struct batch_event *whole;

	batch_begin(bt, b, db, node, last_txn, rows.p == NULL ? 0 : count_rows(r, rows));
	whole = arena_alloc(bt->a, sizeof(*whole));
	*whole = r->whole;
	whole->outcome = OUTCOME_ACCEPTED;
	bt->whole = whole;
	if (rows.p == NULL) {
		log_error(
		    "parts of a call of %u are missing: nothing of it is done", r->of);
		whole->outcome = OUTCOME_REFUSED;
		whole->t.f[F_refused] = STR("part");
		bt->n = 0;
		return ERR_OK;
	}
	rows = arena_str(bt->a, rows);
	if (r->whole.item->kind == REC_IMPORT)
		return read_imports(bt, r, rows);
	read_edits(bt, r, rows);
	return ERR_OK;
}

enum err
bulk_begin(struct batch *bt, struct book *b, struct db *db, unsigned node, us_t *last_txn,
    const struct fold_item *item, bool *complete)
{
	struct arena *a;
	struct str rows;
	struct record r;
	enum err rc;

	*complete = false;
	if (!read_record(&r, item)) {
		log_error("the record of a call with rows cannot be read");
		return ERR_INVALID;
	}
	if (r.no < r.of) {
		batch_begin(bt, b, db, node, last_txn, 0);
		return keep_part(db, node, &r);
	}
	a = arena_new(); /* the batch's own is emptied when it begins */
	rc = gather(db, a, &r, &rows);
	*complete = rc == ERR_OK;
	if (rc == ERR_OK)
		rc = begin_rows(bt, b, db, node, last_txn, &r, rows);
	arena_free(&a);
	return rc;
}

static void
put_rows(struct batch *bt)
{
	struct tsv *t = &bt->b->tsv;

	tsv_reset(t);
	for (unsigned i = 0; i < bt->n; i++) {
		const struct batch_event *e = &bt->ev[i];

		tsv_int(t, e->head.id.us);
		tsv_int(t, e->head.id.lo);
		tsv_uint(t, i + 1);
		tsv_uint(t, e->outcome);
		tsv_uint(t, e->param);
		tsv_uint(t, e->offer_id != 0 ? e->offer_id : e->offer_param);
		tsv_uint(t, e->affiliate_id != 0 ? e->affiliate_id : e->affiliate_param);
		tsv_int(t, e->txn_us);
		tsv_text(t, e->visitor != NULL ? e->orderid : e->t.f[F_rows]);
		tsv_end(t);
	}
}

enum err
bulk_write(struct batch *bt)
{
	struct str part = bt->whole->t.f[F_part];
	enum err rc = ERR_OK;

	put_rows(bt);
	if (bt->b->tsv.rows > 0)
		rc = db_load(bt->db,
		    "LOAD DATA LOCAL INFILE 'mem' INTO TABLE bulk_row CHARACTER SET "
		    "binary",
		    tsv_data(&bt->b->tsv), bt->b->tsv.rows);
	if (rc == ERR_OK && part.n > 0)
		rc = db_exec(bt->db, "DELETE FROM bulk_part WHERE call_id = ?", "s",
		    str_split(&part, '.'));
	return rc;
}

enum err
bulk_forget(struct db *db, us_t now)
{
	/* However late: a call that was answered has its last part in some journal. */
	return db_exec(db,
	    "DELETE FROM bulk_part WHERE event_us < LEAST(?, COALESCE((SELECT "
	    "MIN(folded_through_us) FROM node), 0)) - ? LIMIT 1000",
	    "ii", (int64_t)now, (int64_t)US_DAY);
}
