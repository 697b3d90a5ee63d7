/* SPDX-License-Identifier: Apache-2.0
 * senders.c - see senders.h.
 */
#include "domain/senders.h"

#include "base/iplist.h"

#define LIST_MAX 32768u

static bool
parse(const char *const *names, unsigned n, struct str s, unsigned *out)
{
	for (*out = 0; *out < n; ++*out) {
		if (str_eq(s, str_of(names[*out])))
			return true;
	}
	return false;
}

bool
senders_kind_parse(struct str s, enum senders_kind *out)
{
	static const char *const names[SENDERS_KINDS] = {"post", "void", "hostnpost"};
	unsigned i;

	if (!parse(names, SENDERS_KINDS, s, &i))
		return false;
	*out = (enum senders_kind)i;
	return true;
}

bool
senders_level_parse(struct str s, enum senders_level *out)
{
	static const char *const names[SENDERS_LEVELS] = {"advertiser", "offer", "page"};
	unsigned i;

	if (!parse(names, SENDERS_LEVELS, s, &i))
		return false;
	*out = (enum senders_level)i;
	return true;
}

/* clang-format off */
#define OF(columns_) { \
	columns_("account", "allowed_ip", "type = 140"), columns_("account", "void_ips", "type = 140"), \
	columns_("account", "hostnpost_ips", "type = 140")}, { \
	columns_("offer", "allowed_ip", "TRUE"), columns_("offer", "void_ips", "TRUE"), \
	columns_("offer", "hostnpost_ips", "TRUE")}, { \
	columns_("landing_page", "postback_ips", "TRUE"), columns_("landing_page", "void_ips", "TRUE"), \
	columns_("landing_page", "hostnpost_ips", "TRUE")}
#define GET(table_, column_, which_) "SELECT " column_ " FROM " table_ " WHERE id = ? AND NOT deleted AND " which_
#define SET(table_, column_, which_) "UPDATE " table_ " SET " column_ " = ?, updated_us = ? WHERE id = ?"
static const char *const get_sql[SENDERS_LEVELS][SENDERS_KINDS] = {OF(GET)};
static const char *const set_sql[SENDERS_LEVELS][SENDERS_KINDS] = {OF(SET)};
/* clang-format on */

enum err
senders_get(struct db *db, struct arena *a, enum senders_level level, int64_t id,
    enum senders_kind kind, struct str *out)
{
	struct db_rows *r = NULL;
	bool found = false;
	enum err rc = db_query(db, &r, get_sql[level][kind], "i", id);

	if (rc == ERR_OK && db_next(r)) {
		*out = arena_str(a, db_str(r, 0));
		found = true;
	}
	if (rc == ERR_OK)
		rc = db_rows_close(&r);
	return rc == ERR_OK && !found ? ERR_NOT_FOUND : rc;
}

/* The offers whose clicks the list is about. */
static enum err
bump_offers(struct change *c, enum senders_level level, int64_t id)
{
	static const char *const sql[SENDERS_LEVELS] = {
	    "SELECT id FROM offer WHERE advertiser_id = ? ORDER BY id",
	    "SELECT id FROM offer WHERE id = ?",
	    "SELECT offer_id FROM landing_page WHERE id = ?"};
	struct db_rows *r = NULL;
	size_t n = 0, cap = 64;
	uint64_t *offer = arena_alloc(c->arena, cap * sizeof(*offer));
	enum err rc = db_query(c->db, &r, sql[level], "i", id);

	while (rc == ERR_OK && db_next(r)) {
		if (n == cap) {
			uint64_t *more = arena_alloc(c->arena, 2 * cap * sizeof(*offer));

			memcpy(more, offer, cap * sizeof(*offer));
			offer = more;
			cap *= 2;
		}
		offer[n++] = db_u64(r, 0);
	}
	if (rc == ERR_OK)
		rc = db_rows_close(&r);
	for (size_t i = 0; rc == ERR_OK && i < n; i++)
		rc = catalog_bump(c->db, BUMP_OFFER, offer[i], &c->version);
	return rc;
}

enum err
senders_set(struct change *c, enum senders_level level, int64_t id,
    enum senders_kind kind, struct str list)
{
	struct str was, bad;
	enum err rc;

	if (list.n > LIST_MAX)
		return change_fault(
		    c, ERR_INVALID, "", "the list is longer than %u bytes", LIST_MAX);
	if (!iplist_check(list, &bad))
		return change_fault(c, ERR_INVALID, "",
		    STR_FMT " is no address, block or range", STR_ARG(bad));
	rc = senders_get(c->db, c->arena, level, id, kind, &was);
	if (rc == ERR_NOT_FOUND)
		return change_fault(c, ERR_INVALID, "", "there is none of that number");
	if (rc == ERR_OK)
		rc = db_exec(
		    c->db, set_sql[level][kind], "sii", list, (int64_t)c->now, id);
	/* Booking reads all anew whatever changed. */
	if (rc == ERR_OK && level == SENDERS_ADVERTISER)
		rc = catalog_bump(c->db, BUMP_ACCOUNT, (uint64_t)id, &c->version);
	return rc == ERR_OK ? bump_offers(c, level, id) : rc;
}
