/* SPDX-License-Identifier: Apache-2.0
 * manager.c - see manager.h.
 */
#include "domain/manager.h"

#include "domain/netset.h"

/* Types of accounts that may look after affiliates. */
#define MANAGERS "type IN (120, 200, 225)"
_Static_assert(ACCOUNT_MANAGER == 120 && ACCOUNT_SUBADMIN == 200 && ACCOUNT_ADMIN == 225,
    "as above");

static enum err
check_manager(struct change *c, int64_t manager)
{
	int64_t n = 0;
	enum err rc = db_int(c->db, &n, 0,
	    "SELECT COUNT(*) FROM account WHERE id = ? AND NOT deleted AND " MANAGERS,
	    "i", manager);

	if (rc == ERR_OK && n == 0)
		return change_fault(c, ERR_INVALID, "manager_id", "is no manager");
	return rc;
}

enum err
manager_add(struct change *c, int64_t affiliate, int64_t manager)
{
	int64_t first = 0;
	enum err rc = check_manager(c, manager);

	if (rc == ERR_OK)
		rc = account_is(c->db, affiliate, ACCOUNT_AFFILIATE);
	if (rc == ERR_OK)
		rc = db_int(c->db, &first, 0,
		    "SELECT manager_id FROM account WHERE id = ? FOR UPDATE", "i",
		    affiliate);
	if (rc != ERR_OK || first == manager)
		return rc;
	if (first == 0)
		rc = db_exec(c->db, "UPDATE account SET manager_id = ? WHERE id = ?",
		    "ii", manager, affiliate);
	else
		rc = db_exec(c->db,
		    "INSERT IGNORE INTO account_manager (account_id, manager_id) VALUES "
		    "(?, ?)",
		    "ii", affiliate, manager);
	return rc == ERR_OK
		   ? catalog_bump(c->db, BUMP_ACCOUNT, (uint64_t)affiliate, &c->version)
		   : rc;
}

enum err
manager_remove(struct change *c, int64_t affiliate, int64_t manager)
{
	uint64_t gone;
	enum err rc = db_exec(c->db,
	    "UPDATE account SET manager_id = NULL WHERE id = ? AND manager_id = ?", "ii",
	    affiliate, manager);

	gone = rc == ERR_OK ? db_affected(c->db) : 0;
	/* The oldest of the others is the first from now on. */
	if (gone > 0)
		rc = db_exec(c->db,
		    "UPDATE account SET manager_id = (SELECT MIN(manager_id) FROM "
		    "account_manager WHERE account_id = ?) WHERE id = ?",
		    "ii", affiliate, affiliate);
	if (rc == ERR_OK)
		rc = db_exec(c->db,
		    "DELETE m FROM account_manager m JOIN account a ON a.id = "
		    "m.account_id WHERE m.account_id = ? AND (m.manager_id = ? OR "
		    "m.manager_id = a.manager_id)",
		    "ii", affiliate, manager);
	if (rc == ERR_OK && gone == 0 && db_affected(c->db) == 0)
		return change_fault(c, ERR_NOT_FOUND, "manager_id", "is none of his");
	return rc == ERR_OK
		   ? catalog_bump(c->db, BUMP_ACCOUNT, (uint64_t)affiliate, &c->version)
		   : rc;
}

enum err
manager_terms(struct change *c, int64_t manager, struct opt percent, bool of_margin)
{
	enum err rc = check_manager(c, manager);

	if (rc == ERR_OK)
		rc = db_exec(c->db,
		    "UPDATE account SET manager_percent = IF(?, ?, NULL), manager_base = "
		    "? WHERE id = ?",
		    "iisi", (int64_t)percent.given, percent.v,
		    of_margin ? STR("margin") : STR("payout"), manager);
	return rc == ERR_OK
		   ? catalog_bump(c->db, BUMP_ACCOUNT, (uint64_t)manager, &c->version)
		   : rc;
}

enum err
manager_assign(struct change *c, struct account *a)
{
	static const char rotation[] =
	    "SELECT m.id FROM account m WHERE m.type = 120 AND m.status = 0 AND NOT "
	    "m.deleted ORDER BY (SELECT COUNT(*) FROM account a WHERE a.manager_id = "
	    "m.id), m.id LIMIT 1";
	static const char referrer[] = "SELECT id FROM account WHERE id = ? AND status = "
				       "0 AND NOT deleted AND " MANAGERS;
	struct str how;
	enum err rc;

	if (a->manager_id != 0 || a->type != ACCOUNT_AFFILIATE)
		return ERR_OK;
	rc = netset_get(c->db, c->arena, STR("manager_assignment"), &how);
	if (rc == ERR_OK && str_eq(how, STR("rotation")))
		rc = db_int(c->db, &a->manager_id, 0, rotation, "");
	else if (rc == ERR_OK && str_eq(how, STR("referrer")) && a->ref_account_id != 0)
		rc = db_int(
		    c->db, &a->manager_id, 0, referrer, "i", (int64_t)a->ref_account_id);
	return rc;
}

enum err
partner_set(struct change *c, int64_t offer, int64_t partner, pct_t percent)
{
	int64_t n = 0;
	enum err rc = db_int(c->db, &n, 0,
	    "SELECT COUNT(*) FROM offer WHERE id = ? AND NOT deleted", "i", offer);

	if (rc == ERR_OK && n == 0)
		return change_fault(c, ERR_INVALID, "offer", "is none");
	if (rc == ERR_OK)
		rc = account_is(c->db, partner, ACCOUNT_PARTNER);
	if (rc == ERR_NOT_FOUND)
		return change_fault(c, ERR_INVALID, "account", "is no offer partner");
	if (rc == ERR_OK && percent == 0)
		rc = db_exec(c->db,
		    "DELETE FROM offer_partner WHERE offer_id = ? AND account_id = ?",
		    "ii", offer, partner);
	else if (rc == ERR_OK)
		rc = db_exec(c->db,
		    "INSERT INTO offer_partner (offer_id, account_id, percent) VALUES "
		    "(?, ?, ?) ON DUPLICATE KEY UPDATE percent = VALUES(percent)",
		    "iii", offer, partner, (int64_t)percent);
	return rc == ERR_OK
		   ? catalog_bump(c->db, BUMP_OFFER, (uint64_t)offer, &c->version)
		   : rc;
}
