/* SPDX-License-Identifier: Apache-2.0
 * currency.c - see currency.h.
 */
#include "domain/currency.h"

#include "domain/netset.h"
#include "domain/row.h"

unsigned
currency_number(struct str code)
{
	unsigned n = 0;

	for (size_t i = 0; i < 3; i++) {
		if (code.n != 3 || code.p[i] < 'A' || code.p[i] > 'Z')
			return 0;
		n = n * 26 + (unsigned)(code.p[i] - 'A');
	}
	return n + 1;
}

void
currency_code(unsigned number, char code[3])
{
	unsigned n = number - 1;

	for (size_t i = 3; i-- > 0; n /= 26)
		code[i] = (char)('A' + n % 26);
}

enum err
currency_list(struct db *db, struct arena *a, us_t now, struct currency **out, size_t *n)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r,
	    "SELECT b.code, 1000000, TRUE, TRUE FROM (SELECT COALESCE((SELECT value FROM "
	    "setting WHERE name = 'base_currency'), 'USD') AS code) b UNION ALL SELECT "
	    "r.currency, r.rate, NOT EXISTS (SELECT * FROM currency_ended e WHERE "
	    "e.currency = r.currency), FALSE FROM currency_rate r WHERE r.valid_from_us "
	    "= (SELECT MAX(valid_from_us) FROM currency_rate WHERE currency = r.currency "
	    "AND valid_from_us <= ?) AND r.currency <> COALESCE((SELECT value FROM "
	    "setting WHERE name = 'base_currency'), 'USD') ORDER BY 1",
	    "i", (int64_t)now);

	*out = NULL;
	*n = 0;
	if (rc != ERR_OK)
		return rc;
	while (db_next(r)) {
		*out = row_grow(a, *out, *n, sizeof(**out));
		(*out)[(*n)++] = (struct currency){arena_str(a, db_str(r, 0)),
		    db_i64(r, 1), db_i64(r, 2) != 0, db_i64(r, 3) != 0};
	}
	return db_rows_close(&r);
}

enum err
currency_active(struct change *c, const char *param, struct str code, struct str *out)
{
	struct currency *list;
	size_t n;
	enum err rc = currency_list(c->db, c->arena, c->now, &list, &n);

	for (size_t i = 0; rc == ERR_OK && i < n; i++) {
		if (!list[i].active || !str_ieq(list[i].code, code))
			continue;
		*out = list[i].code;
		return ERR_OK;
	}
	return rc != ERR_OK ? rc
			    : change_fault(c, ERR_INVALID, param,
				  "is no active currency of this network");
}

enum err
currency_add(struct change *c, struct str code, int64_t rate)
{
	enum err rc = netset_set_rate(c, code, rate);

	/* The collation of codes is binary: netset_set_rate() wrote upper case. */
	return rc != ERR_OK ? rc
			    : db_exec(c->db,
				  "DELETE FROM currency_ended WHERE currency = UPPER(?)",
				  "s", code);
}

enum err
currency_end(struct change *c, struct str code)
{
	struct currency *list;
	size_t n;
	enum err rc = currency_list(c->db, c->arena, c->now, &list, &n);

	for (size_t i = 0; rc == ERR_OK && i < n; i++) {
		if (!str_ieq(list[i].code, code))
			continue;
		if (list[i].base)
			return change_fault(c, ERR_DENIED, "",
			    "The base currency is there as long as the network");
		return db_exec(c->db,
		    "INSERT IGNORE INTO currency_ended (currency) VALUES (?)", "s",
		    list[i].code);
	}
	return rc != ERR_OK ? rc
			    : change_fault(c, ERR_NOT_FOUND, "",
				  "this network has no such currency");
}
