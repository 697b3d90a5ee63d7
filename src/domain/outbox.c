/* SPDX-License-Identifier: Apache-2.0
 * outbox.c - see outbox.h.
 */
#include "domain/outbox.h"

#include "domain/account.h"
#include "domain/netset.h"

/* Rows hold the account's number and no values: they are read when it is told.  A row
 * that waits for a day tells what is true then, and a person who is forgotten meanwhile
 * is not in it. */
static enum err
queue(struct change *c, enum outbox_kind kind, int64_t account_id, struct str hours)
{
	uint64_t delay = 0;

	if (!str_to_u64(hours, &delay))
		delay = 0;
	/* Two changes of one account in the same microsecond are told once. */
	return db_exec(c->db,
	    "INSERT IGNORE INTO notify_queue (kind, account_id, subject, subject_node, "
	    "seq, created_us, due_us) VALUES (?, ?, ?, 0, ?, ?, ?)",
	    "uiiiii", (uint64_t)kind, account_id, account_id, c->now, c->now,
	    (int64_t)(c->now + (us_t)delay * 3600 * US_SECOND));
}

enum err
outbox_account(struct change *c, int64_t account_id, int64_t account_type, bool is_new)
{
	struct str url = STR(""), hours = STR("");
	enum err rc;

	if (account_type != ACCOUNT_AFFILIATE)
		return ERR_OK;
	rc = netset_get(c->db, c->arena,
	    is_new ? STR("POST_ACCOUNT_SIGNUP") : STR("POST_ACCOUNT_CHANGES"), &url);
	if (rc == ERR_OK)
		rc = netset_get(c->db, c->arena,
		    is_new ? STR("POST_ACCOUNT_SIGNUP_DELAY")
			   : STR("POST_ACCOUNT_CHANGES_DELAY"),
		    &hours);
	if (rc != ERR_OK || url.n == 0)
		return rc;
	return queue(c, is_new ? OUTBOX_SIGNUP : OUTBOX_CHANGE, account_id, hours);
}

bool
outbox_is_address(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f || s.p[i] == '<' ||
		    s.p[i] == '>')
			return false;
	}
	return str_chr(s, '@') > 0 && s.n < 255;
}

enum err
outbox_notice(struct db *db, us_t now, const char *kind, int64_t account_id,
    struct str email, struct str subject, struct str body)
{
	return db_exec(db,
	    "INSERT INTO notice (created_us, kind, account_id, email, subject, body) "
	    "VALUES (?, ?, NULLIF(?, 0), ?, LEFT(?, 255), LEFT(?, 16000))",
	    "isisss", (int64_t)now, str_of(kind), account_id,
	    email.p == NULL ? STR("") : email, subject, body);
}

/* Who may run it goes by the whole offer, as domain/grant.h has it: what is said of him,
 * else the advertiser's black list, else the offer's privacy. */
enum err
outbox_offer(struct change *c, int64_t offer_id, struct str subject, struct str body)
{
	return db_exec(c->db,
	    "INSERT INTO notice (created_us, kind, account_id, email, subject, body) "
	    "SELECT ?, 'offer', a.id, '', LEFT(?, 255), ? FROM account a JOIN offer o ON "
	    "o.id = ? "
	    "WHERE a.type = 100 AND a.status = 0 AND NOT a.deleted AND a.email IS NOT "
	    "NULL AND COALESCE((SELECT e.allowed FROM access_exception e WHERE "
	    "e.offer_id = o.id AND e.landing_page_id IN (o.default_lp_id, 0) AND "
	    "e.affiliate_id IN (a.id, 0) AND e.allowed IS NOT NULL ORDER BY "
	    "e.affiliate_id = 0, e.landing_page_id = 0 LIMIT 1), NOT EXISTS (SELECT * "
	    "FROM advertiser_blacklist b WHERE b.advertiser_id = o.advertiser_id AND "
	    "b.affiliate_id = a.id) AND o.privacy = 'public' AND NOT EXISTS (SELECT * "
	    "FROM landing_page l WHERE l.id = o.default_lp_id AND l.private))",
	    "issi", (int64_t)c->now, subject, body, offer_id);
}
