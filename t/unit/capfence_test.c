/* SPDX-License-Identifier: Apache-2.0
 * capfence_test.c - a cap that is set while another node is booking: what that node books
 * without knowing the cap is in the cap's count all the same.
 */
#include "book_network.h"

#include "domain/offercap.h"

#define OTHER_NODE 8

static struct db *admin_db, *other_db;
static struct book *other_b;
static us_t other_last;

/* As the fold does it: the position first, then the batch. */
static enum err
begin_booking(struct db *db, struct book *b, unsigned node, us_t *last)
{
	struct fold_batch batch = {fix_n, fix_item, node, last};
	enum err rc = db_begin(db);

	if (rc == ERR_OK)
		rc = db_exec(db,
		    "UPDATE fold_position SET pos = pos + 1 WHERE node_id = ? AND lane = "
		    "1",
		    "u", (uint64_t)node);
	memset(fix_out, 0, sizeof(fix_out));
	if (rc == ERR_OK)
		rc = book_events(b, db, &batch, fix_out);
	fix_n = 0;
	return rc;
}

static enum err
other_books(us_t at, const char *fields)
{
	enum err rc;

	fix_event(REC_POST, SRC_AFFISE_POST, at, fields);
	rc = begin_booking(other_db, other_b, OTHER_NODE, &other_last);
	if (rc == ERR_OK)
		rc = db_commit(other_db);
	else
		db_rollback(other_db);
	return rc;
}

/* Two conversions of offer 252 and no more, for all time. */
static enum err
set_cap(void)
{
	struct change c = {.db = admin_db, .arena = arena_new(), .now = FIX_T0};
	struct offercap p;
	enum err rc = db_begin(admin_db);

	offercap_init(&p);
	p.offer_id = 252;
	p.period = 3;
	p.value = 2;
	p.on_full = CAP_DECLINE;
	if (rc == ERR_OK)
		rc = offercap_put(&c, &p);
	if (rc == ERR_OK)
		rc = db_commit(admin_db);
	else
		db_rollback(admin_db);
	arena_free(&c.arena);
	return rc;
}

static void
test_cap_during_batch(void)
{
	const char *first = fix_clicked(FIX_T0, 252, 42, "US"),
		   *second = fix_clicked(FIX_T0 + 1, 252, 42, "US"),
		   *third = fix_clicked(FIX_T0 + 2, 252, 42, "US");
	enum err rc;

	/* Both know the configuration as it is without the cap. */
	is_int(other_books(FIX_T0 + US_SECOND, "click=none&orderid=warm"), ERR_OK,
	    "the other node reads the configuration");
	fix_event(REC_POST, SRC_AFFISE_POST, FIX_T0 + 2 * US_SECOND,
	    fix_on(first, "orderid=1"));
	is_int(begin_booking(fix_db, fix_b, FIX_NODE, &fix_last_txn), ERR_OK,
	    "a batch that is not committed yet");
	is_int(fix_out[0].outcome, OUTCOME_BOOKED, "books a conversion");
	rc = set_cap();
	is_int(rc, ERR_DB_RETRY, "a cap has to wait for it");
	if (rc == ERR_OK)
		is_int(other_books(FIX_T0 + 3 * US_SECOND, fix_on(second, "orderid=2")),
		    ERR_OK, "and is counted for by the other node");
	is_int(db_commit(fix_db), ERR_OK, "the batch is committed");
	if (rc != ERR_OK) {
		is_int(set_cap(), ERR_OK, "now the cap is set");
		is_int(other_books(FIX_T0 + 3 * US_SECOND, fix_on(second, "orderid=2")),
		    ERR_OK, "and is counted for by the other node");
	}
	is_int(fix_out[0].outcome, OUTCOME_BOOKED, "which books the second conversion");
	is_int(testdb_int(fix_db, "SELECT SUM(n) FROM cap_count c JOIN cap p ON p.id = "
				  "c.cap_id WHERE p.offer_id = 252"),
	    2, "both are counted");
	is_int(other_books(FIX_T0 + 4 * US_SECOND, fix_on(third, "orderid=3")), ERR_OK,
	    "a third one");
	is_int(testdb_int(fix_db,
		   "SELECT COUNT(*) FROM conversion WHERE offer_id = 252 AND status = 1"),
	    2, "is over the cap");
	fix_is_clean("and the counts are true");
}

int
main(void)
{
	network_open();
	admin_db = testdb_connect(testdb_name);
	other_db = testdb_connect(testdb_name);
	other_b = book_new(NULL);
	testdb_exec(admin_db, "SET SESSION innodb_lock_wait_timeout = 1");
	testdb_exec(fix_db,
	    "INSERT INTO node (node_id, journal_uuid, registered_us, folded_through_us) "
	    "VALUES (8, UNHEX('00112233445566778899aabbccddee00'), 1, 0)");
	testdb_exec(fix_db,
	    "INSERT INTO fold_position (node_id, lane, journal_uuid, pos) VALUES "
	    "(8, 1, UNHEX('00112233445566778899aabbccddee00'), 0)");
	test_cap_during_batch();
	book_free(&other_b);
	db_close(&admin_db);
	db_close(&other_db);
	fix_close();
	return tap_done();
}
