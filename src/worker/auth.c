/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/auth.h"

#include <sodium.h>
#include <stdio.h>
#include <xxhash.h>

#include "base/iplist.h"
#include "base/log.h"
#include "domain/apikey.h"
#include "domain/userrole.h"
#include "shm/counter.h"
#include "shm/tries.h"
#include "worker/section.h"

#define TYPE_AFFILIATE 100
#define TYPE_ADMIN 225
#define STATUS_ACTIVE 0

/* Who tries: an IPv4 address, or the /64 of an IPv6 one. */
static uint64_t
who_tries(const uint8_t *addr)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	return XXH3_64bits(addr, memcmp(addr, mapped, sizeof(mapped)) == 0 ? 16 : 8);
}

/* Enough of it to know it again: it opens nothing but the way to the database. */
static uint64_t
print_of(const unsigned char *hash)
{
	uint64_t print;

	memcpy(&print, hash, sizeof(print));
	return print | 1; /* 0 is an empty entry */
}

static void
remember(
    struct tries_shm *t, const struct auth_in *in, const unsigned char *hash, bool good)
{
	if (good) {
		tries_good(t, print_of(hash));
		return;
	}
	tries_wrong(t, who_tries(in->addr), (uint32_t)(in->now / US_SECOND));
	counter_add(COUNTER_api_key_failures, 1);
}

struct key_row {
	bool found, ended, active, listed; /* listed: in ADMIN_API_ALLOWED_IPS */
	int64_t type;
	us_t login_us;  /* the last from this address; 0: none */
	unsigned roles; /* of an Affise user */
};

static enum err
read_row(struct db *db, const struct auth_in *in, const unsigned char *hash,
    struct caller *who, struct key_row *k)
{
	struct db_rows *r = NULL;
	char ip[IP_TEXT];
	enum err rc;

	memset(k, 0, sizeof(*k));
	rc = db_query(db, &r,
	    "SELECT k.key_hash, k.ends_us, a.id, a.type, a.status, a.deleted, "
	    "a.username, "
	    "(SELECT value FROM setting WHERE name = 'ADMIN_API_ALLOWED_IPS'), "
	    "(SELECT MAX(l.at_us) FROM account_login l WHERE l.account_id = a.id AND "
	    "l.ip = ?), "
	    "(SELECT roles FROM user_role WHERE account_id = a.id) "
	    "FROM api_key k JOIN account a ON a.id = k.account_id WHERE k.key_hash = ?",
	    "sb", str_n(ip, ip_format(ip, in->addr)),
	    str_n((const char *)hash, APIKEY_HASH));
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
		k->login_us = db_is_null(r, 8) ? 0 : db_i64(r, 8);
		/* An administrator of the other dialect is one here. */
		k->roles = k->type == TYPE_ADMIN || db_is_null(r, 9)
			       ? userrole_default((unsigned)k->type)
			       : (unsigned)db_u64(r, 9);
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

/* Users may what one of their roles opens; tbl/sections.h. */
static enum refusal
judge_affise(const struct auth_in *in, const struct key_row *k)
{
	const bool affiliate = k->type == TYPE_AFFILIATE;
	const unsigned wanted = section_wanted(in->method, in->path);

	if (!k->active)
		return REFUSAL_RIGHT;
	if (affiliate)
		return in->role == ROLE_ADMIN ? REFUSAL_RIGHT : REFUSAL_NONE;
	if (in->role == ROLE_AFFILIATE)
		return REFUSAL_RIGHT;
	if ((k->roles & USERROLE_ADMIN) != 0)
		return REFUSAL_NONE;
	return (section_of_roles(k->roles) & wanted) != 0 ? REFUSAL_NONE : REFUSAL_RIGHT;
}

/* What affiliate_login_ips and affiliate/search show.  Two calls at once may both write:
 * the same second is one row.  A call is not refused because this failed. */
static void
note_login(struct db *db, const struct auth_in *in, const struct caller *who)
{
	const us_t at = in->now - in->now % US_SECOND;
	const int64_t id = who->account_id;
	char text[IP_TEXT];
	const struct str ip = str_n(text, ip_format(text, in->addr));

	if (db_exec(db,
		"INSERT IGNORE INTO account_login (account_id, ip, at_us) VALUES (?, ?, "
		"?)",
		"isi", id, ip, at) == ERR_OK &&
	    db_exec(db,
		"INSERT INTO account_last_login (account_id, ip, at_us) VALUES (?, ?, ?) "
		"ON DUPLICATE KEY UPDATE ip = VALUES(ip), at_us = VALUES(at_us)",
		"isi", id, ip, at) == ERR_OK)
		return;
	log_warn("a login of account %lld is not noted: %s", (long long)id, db_error(db));
}

enum err
auth_check(struct tries_shm *t, struct db *db, const struct auth_in *in,
    struct caller *who, enum refusal *why)
{
	unsigned char hash[APIKEY_HASH];
	struct key_row k;
	enum err rc;

	memset(who, 0, sizeof(*who));
	memcpy(who->addr, in->addr, sizeof(who->addr));
	*why = REFUSAL_KEY;
	if (in->key.n == 0 || (in->dialect == DIALECT_NATS && in->username.n == 0))
		return ERR_OK;
	apikey_hash(in->key, hash);
	if (!tries_may(t, who_tries(in->addr), print_of(hash),
		(uint32_t)(in->now / US_SECOND), AUTH_TRIES)) {
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
	remember(t, in, hash, *why != REFUSAL_KEY);
	if (*why == REFUSAL_KEY)
		who->account_id = 0; /* somebody else's name beside a key says nothing */
	if (*why == REFUSAL_NONE && in->now - k.login_us >= AUTH_LOGIN_US)
		note_login(db, in, who);
	who->account_type = (unsigned)k.type;
	who->affiliate = k.type == TYPE_AFFILIATE;
	who->own = section_own(k.roles);
	return ERR_OK;
}
