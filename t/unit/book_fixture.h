/* SPDX-License-Identifier: Apache-2.0
 * book_fixture.h - makes records and books them, the way the fold does.
 *
 *     fix_open();                                  database, schema, a struct book
 *     struct rec_click *c = fix_click(0, 1);       a counted click of offer 1 in the
 * batch fix_text(F_sub1, "mail");                    a text of the record made last
 *     fix_book();                                  one transaction
 */
#ifndef T_UNIT_BOOK_FIXTURE_H
#define T_UNIT_BOOK_FIXTURE_H

#include "base/iplist.h"
#include "book/book.h"
#include "book/verify.h"
#include "track/clickid.h"

#include "testdb.h"

#define FIX_ITEMS 60000
#define FIX_NODE 7
/* 2018-08-13 15:25:52 UTC, the moment of the reference's example. */
#define FIX_T0 (INT64_C(1534173952) * US_SECOND)

static struct db *fix_db;
static struct book *fix_b;
static struct fold_item fix_item[FIX_ITEMS];
static unsigned char *fix_bytes[FIX_ITEMS];
static size_t fix_len;
static unsigned fix_n;
static us_t fix_last_txn;
__attribute__((unused)) static struct rec_outcome fix_out[FIX_ITEMS];

#define FIX_CAP 8192

__attribute__((unused)) static void
fix_open(void)
{
	fix_db = testdb_open();
	fix_b = book_new(NULL);
	testdb_exec(fix_db,
	    "INSERT INTO node (node_id, journal_uuid, registered_us, folded_through_us) "
	    "VALUES (7, UNHEX('00112233445566778899aabbccddeeff'), 1, 0)");
	testdb_exec(fix_db,
	    "INSERT INTO fold_position (node_id, lane, journal_uuid, pos) VALUES "
	    "(7, 0, UNHEX('00112233445566778899aabbccddeeff'), 0), "
	    "(7, 1, UNHEX('00112233445566778899aabbccddeeff'), 0)");
}

__attribute__((unused)) static void
fix_close(void)
{
	book_free(&fix_b);
	testdb_close(&fix_db);
	for (unsigned i = 0; i < FIX_ITEMS; i++)
		free(fix_bytes[i]);
}

static unsigned char *
fix_item_new(uint16_t kind, size_t head)
{
	assert(fix_n < FIX_ITEMS);
	if (fix_bytes[fix_n] == NULL)
		fix_bytes[fix_n] = obj_alloc(FIX_CAP);
	memset(fix_bytes[fix_n], 0, head);
	fix_item[fix_n] = (struct fold_item){
	    kind, REC_VERSION, (uint32_t)head, fix_bytes[fix_n], 4096u + fix_n * 512u};
	fix_len = head;
	return fix_bytes[fix_n++];
}

/* Records are not aligned in a journal either, so a test writes through this copy. */
__attribute__((unused)) static struct click_id
fix_click(us_t at, const struct rec_click *c)
{
	struct rec_click r = *c;

	if (clickid_none(r.id))
		r.id = clickid_make(at, FIX_NODE, 1, (uint32_t)(at % 10000));
	memcpy(fix_item_new(REC_CLICK, sizeof(r)), &r, sizeof(r));
	return r.id;
}

__attribute__((unused)) static struct click_id
fix_impression(us_t at, const struct rec_click *c)
{
	struct click_id id = fix_click(at, c);

	fix_item[fix_n - 1].kind = REC_IMPRESSION;
	return id;
}

__attribute__((unused)) static void
fix_text_n(enum rec_field f, struct str s)
{
	unsigned i = fix_n - 1;

	if (!rec_put(fix_bytes[i], FIX_CAP, &fix_len, f, s))
		(void)ok(false, "the fixture's record is too long");
	fix_item[i].len = (uint32_t)fix_len;
}

__attribute__((unused)) static void
fix_text(enum rec_field f, const char *s)
{
	fix_text_n(f, str_of(s));
}

typedef enum err fix_book_f(struct fold_batch *);

__attribute__((unused)) static enum err
fix_run(fix_book_f *fn)
{
	struct fold_batch batch = {fix_n, fix_item, FIX_NODE, &fix_last_txn};
	us_t was = fix_last_txn;
	enum err rc = db_begin(fix_db);

	if (rc == ERR_OK)
		rc = fn(&batch);
	if (rc == ERR_OK)
		rc = db_commit(fix_db);
	if (rc != ERR_OK) {
		db_rollback(fix_db);
		fix_last_txn = was;
	}
	fix_n = 0;
	return rc;
}

static enum err
fix_do_clicks(struct fold_batch *batch)
{
	return book_clicks(fix_b, fix_db, batch);
}

__attribute__((unused)) static enum err
fix_book_clicks(void)
{
	return fix_run(fix_do_clicks);
}

/* ----- events ----- */

static unsigned fix_sequence;
static const char *fix_sender = "192.0.2.80";

/* Puts an event into the batch: "orderid=A1&gross=60", names as in tbl/fields.h, values
 * as they are. */
__attribute__((unused)) static void
fix_event(enum rec_kind kind, enum rec_source source, us_t at, const char *fields)
{
	struct rec_event e = {.source = (uint8_t)source};
	struct str rest = str_of(fields);

	e.id = clickid_make(at, FIX_NODE, 2, ++fix_sequence);
	e.tag = 1000 + fix_n;
	if (!ip_parse(str_of(fix_sender), e.sender))
		(void)ok(false, "the fixture's sender");
	memcpy(fix_item_new((uint16_t)kind, sizeof(e)), &e, sizeof(e));
	while (rest.p != NULL && rest.n > 0) {
		struct str value = str_split(&rest, '&'), name = str_split(&value, '=');
		unsigned f = 0;

		while (++f < F_MAX &&
		       !str_eq(str_of(rec_field_name((enum rec_field)f)), name))
			;
		if (f == F_MAX)
			(void)ok(false, "the fixture knows no field %.*s", (int)name.n,
			    name.p);
		else
			fix_text_n((enum rec_field)f, value);
	}
}

static enum err
fix_do_events(struct fold_batch *batch)
{
	memset(fix_out, 0, batch->n * sizeof(fix_out[0]));
	return book_events(fix_b, fix_db, batch, fix_out);
}

__attribute__((unused)) static enum err
fix_book_events(void)
{
	return fix_run(fix_do_events);
}

/* One event in a batch of its own; its outcome. */
__attribute__((unused)) static int
fix_one(enum rec_kind kind, enum rec_source source, us_t at, const char *fields)
{
	enum err rc;

	fix_event(kind, source, at, fields);
	rc = fix_book_events();
	if (rc != ERR_OK)
		printf("# %s: %s\n", err_text(rc), db_error(fix_db));
	return rc == ERR_OK ? fix_out[0].outcome : -(int)rc;
}

#define fix_pixel(at_, fields_) fix_one(REC_POST, SRC_NATS_POST, at_, fields_)
#define fix_postback(at_, fields_) fix_one(REC_POST, SRC_AFFISE_POST, at_, fields_)
#define fix_void(at_, fields_) fix_one(REC_VOID, SRC_NATS_API, at_, fields_)
#define fix_approve(at_, fields_) fix_one(REC_APPROVE, SRC_NATS_API, at_, fields_)

/* A counted click, booked, as its hash; the text lives until the eighth call from here.
 */
__attribute__((unused)) static const char *
fix_clicked(us_t at, uint32_t offer, uint32_t affiliate, const char *country)
{
	static char hash[8][CLICKID_TEXT];
	static unsigned turn;
	struct rec_click c = {.offer_id = offer,
	    .landing_page_id = offer,
	    .commission_id = offer,
	    .affiliate_id = affiliate,
	    .currency = "USD",
	    .country = country_pack(str_of(country))};

	turn = (turn + 1) % 8;
	clickid_hash(hash[turn], fix_click(at, &c));
	if (fix_book_clicks() != ERR_OK)
		(void)ok(false, "the fixture's click");
	return hash[turn];
}

/* "click=" and the hash and more fields; lives until the eighth call from here. */
__attribute__((unused)) static const char *
fix_on(const char *hash, const char *more)
{
	static char text[8][512];
	static unsigned turn;

	turn = (turn + 1) % 8;
	(void)snprintf(text[turn], sizeof(text[turn]), "click=%s%s%s", hash,
	    *more == '\0' ? "" : "&", more);
	return text[turn];
}

/* ----- is it all true? ----- */

static void
fix_print_diff(void *ctx, const struct verify_diff *d)
{
	(void)ctx;
	printf("# %s %s: %s is %lld, counted %lld\n", d->table, d->key, d->column,
	    (long long)d->stored, (long long)d->counted);
}

__attribute__((unused)) static void
fix_is_clean(const char *what)
{
	struct verify_result out;
	enum err rc = verify_run(fix_db, 0, 0, fix_print_diff, NULL, &out);

	if (rc != ERR_OK)
		printf("# %s: %s\n", err_text(rc), db_error(fix_db));
	(void)ok(rc == ERR_OK && out.differences == 0,
	    "%s: %llu clicks, %llu transactions, %llu conversions recounted", what,
	    (unsigned long long)out.clicks, (unsigned long long)out.transactions,
	    (unsigned long long)out.conversions);
}

#endif
