/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/auth.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

#include "base/iplist.h"
#include "domain/apikey.h"
#include "shm/counter.h"

#define AUTH_MAGIC 0x61757468u
#define ADDR_SLOTS 1024u /* a collision only makes two addresses share a count */
#define GOOD_SLOTS 64u
#define TRY_WINDOW (60 * US_SECOND)

#define TYPE_AFFILIATE 100
#define TYPE_ADMIN 225
#define STATUS_ACTIVE 0

struct tries {
	uint64_t addr; /* hash */
	us_t since;
	unsigned n;
};

struct auth {
	uint32_t magic;
	pthread_mutex_t lock;
	struct tries tries[ADDR_SLOTS];
	unsigned char good[GOOD_SLOTS][APIKEY_HASH];
};

struct auth *
auth_new(void)
{
	struct auth *a;

	OBJ_NEW(a, AUTH_MAGIC);
	(void)pthread_mutex_init(&a->lock, NULL);
	return a;
}

void
auth_free(struct auth **ap)
{
	struct auth *a;

	if (*ap == NULL)
		return;
	OBJ_TAKE(a, ap, AUTH_MAGIC);
	(void)pthread_mutex_destroy(&a->lock);
	OBJ_FREE(a);
}

static struct tries *
tries_of(struct auth *a, const uint8_t *addr, us_t now)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	size_t n = memcmp(addr, mapped, sizeof(mapped)) == 0 ? 16 : 8;
	uint64_t h = XXH3_64bits(addr, n);
	struct tries *t = &a->tries[h % ADDR_SLOTS];

	if (t->addr != h || now - t->since >= TRY_WINDOW || now < t->since)
		*t = (struct tries){h, now, 0};
	return t;
}

/* Whether this key may be looked up at all. */
static bool
may_try(struct auth *a, const struct auth_in *in, const unsigned char *hash)
{
	bool ok;

	(void)pthread_mutex_lock(&a->lock);
	ok = tries_of(a, in->addr, in->now)->n < AUTH_TRIES ||
	     memcmp(a->good[hash[0] % GOOD_SLOTS], hash, APIKEY_HASH) == 0;
	(void)pthread_mutex_unlock(&a->lock);
	return ok;
}

static void
remember(struct auth *a, const struct auth_in *in, const unsigned char *hash, bool good)
{
	(void)pthread_mutex_lock(&a->lock);
	if (good)
		memcpy(a->good[hash[0] % GOOD_SLOTS], hash, APIKEY_HASH);
	else
		tries_of(a, in->addr, in->now)->n++;
	(void)pthread_mutex_unlock(&a->lock);
	if (!good)
		counter_add(COUNTER_api_key_failures, 1);
}

struct key_row {
	bool found, ended, active, listed; /* listed: in ADMIN_API_ALLOWED_IPS */
	int64_t type;
};

static enum err
read_row(struct db *db, const struct auth_in *in, const unsigned char *hash,
    struct caller *who, struct key_row *k)
{
	struct db_rows *r = NULL;
	enum err rc;

	memset(k, 0, sizeof(*k));
	rc = db_query(db, &r,
	    "SELECT k.key_hash, k.ends_us, a.id, a.type, a.status, a.deleted, "
	    "a.username, "
	    "(SELECT value FROM setting WHERE name = 'ADMIN_API_ALLOWED_IPS') "
	    "FROM api_key k JOIN account a ON a.id = k.account_id WHERE k.key_hash = ?",
	    "b", str_n((const char *)hash, APIKEY_HASH));
	if (rc != ERR_OK)
		return rc;
	if (db_next(r)) {
		struct str stored = db_str(r, 0);

		k->found = stored.n == APIKEY_HASH &&
			   sodium_memcmp(stored.p, hash, APIKEY_HASH) == 0;
		k->ended = !db_is_null(r, 1) && db_i64(r, 1) <= in->now;
		k->type = db_i64(r, 3);
		k->active = db_i64(r, 4) == STATUS_ACTIVE && db_i64(r, 5) == 0;
		who->account_id = (uint32_t)db_i64(r, 2);
		(void)snprintf(
		    who->username, sizeof(who->username), STR_FMT, STR_ARG(db_str(r, 6)));
		k->listed = iplist_has(db_str(r, 7), in->addr);
	}
	return db_rows_close(&r);
}

static enum refusal
judge_nats(const struct auth_in *in, const struct caller *who, const struct key_row *k)
{
	if (!str_eq(in->username, str_of(who->username)))
		return REFUSAL_KEY;
	if (k->type != TYPE_ADMIN || !k->active)
		return REFUSAL_RIGHT;
	return k->listed ? REFUSAL_NONE : REFUSAL_ADDRESS;
}

static enum refusal
judge_affise(const struct auth_in *in, const struct key_row *k)
{
	bool admin = k->type == TYPE_ADMIN, affiliate = k->type == TYPE_AFFILIATE;

	if (!k->active || (!admin && !affiliate))
		return REFUSAL_RIGHT;
	if ((in->role == ROLE_ADMIN && !admin) ||
	    (in->role == ROLE_AFFILIATE && !affiliate))
		return REFUSAL_RIGHT;
	return REFUSAL_NONE;
}

enum err
auth_check(struct auth *a, struct db *db, const struct auth_in *in, struct caller *who,
    enum refusal *why)
{
	unsigned char hash[APIKEY_HASH];
	struct key_row k;
	enum err rc;

	assert(OBJ_IS(a, AUTH_MAGIC));
	memset(who, 0, sizeof(*who));
	memcpy(who->addr, in->addr, sizeof(who->addr));
	*why = REFUSAL_KEY;
	if (in->key.n == 0 || (in->dialect == DIALECT_NATS && in->username.n == 0))
		return ERR_OK;
	apikey_hash(in->key, hash);
	if (!may_try(a, in, hash)) {
		counter_add(COUNTER_api_key_refusals, 1);
		*why = REFUSAL_RATE;
		return ERR_OK;
	}
	rc = read_row(db, in, hash, who, &k);
	if (rc == ERR_DB_DOWN && db_alive(db) == ERR_OK)
		rc = read_row(db, in, hash, who, &k); /* the server was restarted */
	if (rc != ERR_OK)
		return rc;
	if (k.found && !k.ended)
		*why = in->dialect == DIALECT_NATS ? judge_nats(in, who, &k)
						   : judge_affise(in, &k);
	remember(a, in, hash, *why != REFUSAL_KEY);
	if (*why == REFUSAL_KEY)
		who->account_id = 0; /* somebody else's name beside a key says nothing */
	who->account_type = (unsigned)k.type;
	who->affiliate = k.type == TYPE_AFFILIATE;
	return ERR_OK;
}
