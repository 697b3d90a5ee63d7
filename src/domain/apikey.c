/* SPDX-License-Identifier: Apache-2.0
 * apikey.c - see apikey.h.
 */
#include "domain/apikey.h"

#include <sodium.h>

_Static_assert(APIKEY_HASH == crypto_hash_sha256_BYTES, "a key's hash is SHA-256");

void
apikey_hash(struct str key, unsigned char out[APIKEY_HASH])
{
	(void)crypto_hash_sha256(out, (const unsigned char *)key.p, key.n);
}

static struct str
hash_str(const unsigned char hash[APIKEY_HASH])
{
	return str_n((const char *)hash, APIKEY_HASH);
}

enum err
apikey_create(struct change *c, int64_t account_id, char out[APIKEY_LEN + 1])
{
	unsigned char random[APIKEY_LEN / 2], hash[APIKEY_HASH];
	enum err rc;

	randombytes_buf(random, sizeof(random));
	(void)sodium_bin2hex(out, APIKEY_LEN + 1, random, sizeof(random));
	apikey_hash(str_n(out, APIKEY_LEN), hash);
	rc = db_exec(c->db,
	    "INSERT INTO api_key (account_id, key_hash, created_us) VALUES (?, ?, ?)",
	    "ibi", account_id, hash_str(hash), c->now);
	if (rc != ERR_OK)
		return rc;
	return catalog_bump(c->db, BUMP_ACCOUNT, (uint64_t)account_id, &c->version);
}

static enum err
end_keys(struct change *c, int64_t account_id, us_t when)
{
	return db_exec(c->db,
	    "UPDATE api_key SET ends_us = ? WHERE account_id = ? AND (ends_us IS NULL OR "
	    "ends_us > ?)",
	    "iii", when, account_id, when);
}

enum err
apikey_rotate(
    struct change *c, int64_t account_id, bool at_once, char out[APIKEY_LEN + 1])
{
	enum err rc = end_keys(c, account_id, at_once ? c->now : c->now + APIKEY_OVERLAP);

	return rc != ERR_OK ? rc : apikey_create(c, account_id, out);
}

enum err
apikey_revoke(struct change *c, int64_t account_id, uint64_t *n)
{
	enum err rc = end_keys(c, account_id, c->now);

	if (rc != ERR_OK)
		return rc;
	*n = db_affected(c->db);
	return catalog_bump(c->db, BUMP_ACCOUNT, (uint64_t)account_id, &c->version);
}

enum err
apikey_find(struct db *db, struct str key, us_t now, int64_t *account_id)
{
	unsigned char hash[APIKEY_HASH];
	enum err rc;

	apikey_hash(key, hash);
	rc = db_int(db, account_id, 0,
	    "SELECT account_id FROM api_key WHERE key_hash = ? AND (ends_us IS NULL OR "
	    "ends_us > ?)",
	    "bi", hash_str(hash), now);
	if (rc != ERR_OK)
		return rc;
	return *account_id == 0 ? ERR_NOT_FOUND : ERR_OK;
}
