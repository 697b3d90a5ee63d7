/* SPDX-License-Identifier: Apache-2.0
 * campaign.c - see campaign.h.
 */
#include "domain/campaign.h"

#include "track/subnames.h"

#define NAME_MAX_BYTES 255u

enum err
campaign_name(
    struct db *db, struct arena *a, int64_t affiliate_id, int64_t id, struct str *out)
{
	struct db_rows *r = NULL;
	enum err rc;

	*out = STR_NONE;
	if (id == 0)
		return ERR_OK;
	rc = db_query(db, &r,
	    "SELECT name FROM campaign WHERE id = ? AND affiliate_id = ?", "ii", id,
	    affiliate_id);
	if (rc == ERR_OK && db_next(r))
		*out = arena_str(a, db_str(r, 0));
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

bool
campaign_subids_ok(struct str list)
{
	while (list.n > 0) {
		if (!subnames_ok(str_trim(str_split(&list, ','))))
			return false;
	}
	return true;
}

static enum err
check_name(struct change *c, struct str name)
{
	if (str_trim(name).n == 0)
		return change_fault(c, ERR_MISSING, "name", "is required");
	if (name.n > NAME_MAX_BYTES || !str_is_utf8(name))
		return change_fault(c, ERR_INVALID, "name",
		    "is longer than %u bytes or not UTF-8", NAME_MAX_BYTES);
	return ERR_OK;
}

static enum err
add_subid(struct change *c, int64_t affiliate_id, int64_t campaign, struct str name)
{
	enum err rc = db_exec(c->db,
	    "INSERT IGNORE INTO subid (affiliate_id, name, created_us) VALUES (?, ?, ?)",
	    "isi", affiliate_id, name, (int64_t)c->now);

	if (rc != ERR_OK)
		return rc;
	return db_exec(c->db,
	    "INSERT IGNORE INTO campaign_subid (campaign_id, subid_id) SELECT ?, id FROM "
	    "subid WHERE affiliate_id = ? AND name = CONVERT(? USING ascii)",
	    "iis", campaign, affiliate_id, name);
}

enum err
campaign_add(struct change *c, int64_t affiliate_id, struct str name, struct str subids,
    int64_t *id)
{
	enum err rc = check_name(c, name);

	if (rc == ERR_OK && !campaign_subids_ok(subids))
		return change_fault(c, ERR_INVALID, "subids",
		    "are letters and digits, at most %d of them each, parted by commas",
		    SUBNAMES_LONGEST);
	if (rc == ERR_OK)
		rc = db_exec(c->db,
		    "INSERT INTO campaign (affiliate_id, name, created_us) VALUES (?, ?, "
		    "?)",
		    "isi", affiliate_id, str_trim(name), (int64_t)c->now);
	if (rc == ERR_OK)
		*id = (int64_t)db_insert_id(c->db);
	while (rc == ERR_OK && subids.n > 0)
		rc = add_subid(c, affiliate_id, *id, str_trim(str_split(&subids, ',')));
	return rc;
}

enum err
campaign_rename(struct change *c, int64_t id, struct str name)
{
	int64_t there = 0;
	enum err rc = check_name(c, name);

	if (rc == ERR_OK)
		rc = db_int(
		    c->db, &there, 0, "SELECT id FROM campaign WHERE id = ?", "i", id);
	if (rc == ERR_OK && there == 0)
		return change_fault(
		    c, ERR_NOT_FOUND, "", "there is no campaign %lld", (long long)id);
	return rc != ERR_OK ? rc
			    : db_exec(c->db, "UPDATE campaign SET name = ? WHERE id = ?",
				  "si", str_trim(name), id);
}
