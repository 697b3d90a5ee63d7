/* SPDX-License-Identifier: Apache-2.0
 * idem.c - see idem.h.
 */
#include "domain/idem.h"

#include <sodium.h>

#define TRIES 5 /* two nodes that claim at once: the database tells one to come again */

static struct str
bytes(const unsigned char *hash)
{
	return str_n((const char *)hash, IDEM_HASH);
}

void
idem_init(struct idem *k, uint32_t account_id, struct str key, struct str call,
    struct str params, bool repeatable, us_t now)
{
	crypto_hash_sha256_state st;

	*k = (struct idem){
	    .account_id = account_id, .repeatable = repeatable, .begun = now};
	(void)crypto_hash_sha256(k->key, (const unsigned char *)key.p, key.n);
	(void)crypto_hash_sha256_init(&st);
	/* With its NUL, which no name holds: name and parameters cannot run together. */
	(void)crypto_hash_sha256_update(&st, (const unsigned char *)call.p, call.n);
	(void)crypto_hash_sha256_update(&st, (const unsigned char *)"", 1);
	(void)crypto_hash_sha256_update(&st, (const unsigned char *)params.p, params.n);
	(void)crypto_hash_sha256_final(&st, k->request);
}

/* Whose claim it is when it was not free. */
static enum err
look(struct db *db, struct arena *a, const struct idem *k, enum idem_verdict *out,
    us_t *begun, unsigned *status, struct str *reply)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r,
	    "SELECT request_hash, begun_us, repeatable, status, reply FROM idempotency "
	    "WHERE "
	    "account_id = ? AND key_hash = ?",
	    "ib", k->account_id, bytes(k->key));

	if (rc != ERR_OK)
		return rc;
	*begun = 0;
	*out = IDEM_RUN; /* released or swept meanwhile */
	if (db_next(r)) {
		const us_t age = k->begun - db_i64(r, 1);
		const bool answered = !db_is_null(r, 3);

		*begun = db_i64(r, 1);
		if (age >= IDEM_KEEP_US)
			*out = IDEM_RUN;
		else if (!str_eq(db_str(r, 0), bytes(k->request)))
			*out = IDEM_OTHER;
		else if (answered)
			*out = IDEM_STORED;
		else if (db_i64(r, 2) == 0 || age < IDEM_REPEAT_US)
			*out = IDEM_BUSY;
		if (answered) {
			*status = (unsigned)db_u64(r, 3);
			*reply = arena_str(a, db_str(r, 4));
		}
	}
	return db_rows_close(&r);
}

/* One try.  *out IDEM_RUN with *mine false: somebody else was faster, look again. */
static enum err
try_claim(struct db *db, struct arena *a, const struct idem *k, enum idem_verdict *out,
    bool *mine, unsigned *status, struct str *reply)
{
	us_t begun;
	enum err rc = db_exec(db,
	    "INSERT IGNORE INTO idempotency (account_id, key_hash, request_hash, "
	    "begun_us, "
	    "repeatable) VALUES (?, ?, ?, ?, ?)",
	    "ibbii", k->account_id, bytes(k->key), bytes(k->request), k->begun,
	    (int64_t)k->repeatable);

	*out = IDEM_RUN;
	*mine = rc == ERR_OK && db_affected(db) == 1;
	if (rc != ERR_OK || *mine)
		return rc;
	rc = look(db, a, k, out, &begun, status, reply);
	if (rc != ERR_OK || *out != IDEM_RUN || begun == 0)
		return rc;
	rc = db_exec(db,
	    "UPDATE idempotency SET request_hash = ?, begun_us = ?, repeatable = ?, "
	    "status = "
	    "NULL, reply = NULL WHERE account_id = ? AND key_hash = ? AND begun_us = ?",
	    "biiibi", bytes(k->request), k->begun, (int64_t)k->repeatable, k->account_id,
	    bytes(k->key), begun);
	*mine = rc == ERR_OK && db_affected(db) == 1;
	return rc;
}

enum err
idem_claim(struct db *db, struct arena *a, const struct idem *k, enum idem_verdict *out,
    unsigned *status, struct str *reply)
{
	for (unsigned i = 0; i < TRIES; i++) {
		bool mine = false;
		enum err rc = try_claim(db, a, k, out, &mine, status, reply);

		if (rc != ERR_OK && rc != ERR_DB_RETRY)
			return rc;
		if (rc == ERR_OK && (mine || *out != IDEM_RUN))
			return ERR_OK;
	}
	*out = IDEM_BUSY;
	return ERR_OK;
}

enum err
idem_keep(struct db *db, const struct idem *k, unsigned status, struct str reply)
{
	return db_exec(db,
	    "UPDATE idempotency SET status = ?, reply = ? WHERE account_id = ? AND "
	    "key_hash = "
	    "? AND begun_us = ?",
	    "ubibi", (uint64_t)status, reply, k->account_id, bytes(k->key), k->begun);
}

enum err
idem_release(struct db *db, const struct idem *k)
{
	return db_exec(db,
	    "DELETE FROM idempotency WHERE account_id = ? AND key_hash = ? AND begun_us "
	    "= ? "
	    "AND status IS NULL",
	    "ibi", k->account_id, bytes(k->key), k->begun);
}

enum err
idem_sweep(struct db *db, us_t now)
{
	return db_exec(db, "DELETE FROM idempotency WHERE begun_us < ? LIMIT 5000", "i",
	    now - IDEM_KEEP_US);
}
