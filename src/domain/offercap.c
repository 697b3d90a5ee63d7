/* SPDX-License-Identifier: Apache-2.0
 * offercap.c - see offercap.h.
 */
#include "domain/offercap.h"

#include "domain/row.h"

const char *const offercap_full_words[] = {
    "notify", "landing_page", "trafficback", "decline", NULL};

enum err
offercap_list(
    struct db *db, struct arena *a, struct str ids, struct offercap **out, size_t *n)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r,
	    "SELECT c.id, c.offer_id, c.period, c.value, c.statuses, c.on_full "
	    "FROM JSON_TABLE(?, '$[*]' COLUMNS (n FOR ORDINALITY, id INT UNSIGNED PATH "
	    "'$')) j "
	    "JOIN cap c ON c.offer_id = j.id WHERE NOT c.deleted ORDER BY j.n, c.period, "
	    "c.id",
	    "s", ids);

	*out = NULL;
	*n = 0;
	if (rc != ERR_OK)
		return rc;
	while (db_next(r)) {
		*out = row_grow(a, *out, *n, sizeof(**out));
		(*out)[(*n)++] = (struct offercap){db_i64(r, 0), db_i64(r, 1),
		    db_i64(r, 2), db_i64(r, 3), db_i64(r, 4),
		    row_word(offercap_full_words, db_str(r, 5))};
	}
	return db_rows_close(&r);
}

enum err
offercap_put(struct change *c, struct offercap *p)
{
	struct str on_full = str_of(offercap_full_words[p->on_full]);
	enum err rc;

	if (p->period < CAP_DAY || p->period > CAP_ALL)
		return change_fault(
		    c, ERR_INVALID, "period", "must be day, month or all");
	if (p->value < 0 || p->value > CAP_VALUE_MAX)
		return change_fault(c, ERR_INVALID, "value",
		    "must be a number from 0 to %d", CAP_VALUE_MAX);
	if (p->id == 0) {
		rc = db_exec(c->db,
		    "INSERT INTO cap (offer_id, period, value, statuses, on_full) VALUES "
		    "(?, ?, ?, ?, ?)",
		    "iiiis", p->offer_id, p->period, p->value, p->statuses, on_full);
		if (rc == ERR_OK)
			p->id = (int64_t)db_insert_id(c->db);
	} else {
		rc = db_exec(c->db,
		    "UPDATE cap SET period = ?, value = ?, statuses = ?, on_full = ? "
		    "WHERE id = ?",
		    "iiisi", p->period, p->value, p->statuses, on_full, p->id);
	}
	if (rc != ERR_OK)
		return rc;
	return catalog_bump(c->db, BUMP_OFFER, (uint64_t)p->offer_id, &c->version);
}

enum err
offercap_delete(struct change *c, const struct offercap *p)
{
	enum err rc =
	    db_exec(c->db, "UPDATE cap SET deleted = TRUE WHERE id = ?", "i", p->id);

	if (rc != ERR_OK)
		return rc;
	return catalog_bump(c->db, BUMP_OFFER, (uint64_t)p->offer_id, &c->version);
}
