/* SPDX-License-Identifier: Apache-2.0
 * affisekit.c - see affisekit.h.
 */
#include "api/affise/affisekit.h"

#include "domain/netset.h"

enum err
affisekit_run(struct api_req *rq, struct change *c, change_f *fn, void *what,
    const struct affisekit_name *names)
{
	enum err rc = change_run(c, fn, what);
	const char *wire = c->fault.param;

	if (rc == ERR_OK) {
		if (c->version != 0)
			(void)api_config_applied(rq, c->version);
		return ERR_OK;
	}
	for (; names->column != NULL; names++)
		if (strcmp(names->column, c->fault.param) == 0)
			wire = names->wire;
	return fault_set(&rq->fault, c->fault.err, wire, "%s", c->fault.text);
}

enum err
affisekit_account(struct db *db, const struct arg_ref *ref, unsigned type, int64_t *id)
{
	enum err rc;

	*id = ref->id;
	if (ref->hex24.p != NULL)
		rc = account_by_hex24(db, ref->hex24, type, id);
	else
		rc = db_int(db, id, 0,
		    "SELECT id FROM account WHERE id = ? AND NOT deleted AND (? = 0 OR "
		    "type = ?)",
		    "iuu", ref->id, (uint64_t)type, (uint64_t)type);
	return rc == ERR_NOT_FOUND ? ERR_OK : rc;
}

enum err
affisekit_offer(struct db *db, const struct arg_ref *ref, int64_t *id)
{
	enum err rc = ERR_OK;

	*id = ref->id;
	if (ref->hex24.p != NULL)
		rc = offer_by_hex24(db, ref->hex24, id);
	return rc == ERR_NOT_FOUND ? ERR_OK : rc;
}

enum err
affisekit_zone(struct db *db, struct arena *a, const struct zone **out)
{
	struct str name;
	enum err rc = netset_get(db, a, STR("time_zone"), &name);

	if (rc != ERR_OK)
		return rc;
	*out = zone_get(name);
	if (*out == NULL)
		*out = zone_utc_zone();
	return ERR_OK;
}

void
affisekit_str(struct jsonw *w, const char *key, struct str v)
{
	jsonw_key(w, key);
	jsonw_str(w, v.p == NULL ? STR("") : v);
}

void
affisekit_str_or_null(struct jsonw *w, const char *key, struct str v)
{
	jsonw_key(w, key);
	jsonw_str(w, v.n == 0 ? STR_NONE : v);
}

void
affisekit_int(struct jsonw *w, const char *key, int64_t v)
{
	jsonw_key(w, key);
	jsonw_int(w, v);
}

void
affisekit_bool(struct jsonw *w, const char *key, bool v)
{
	jsonw_key(w, key);
	jsonw_bool(w, v);
}

void
affisekit_null(struct jsonw *w, const char *key)
{
	jsonw_key(w, key);
	jsonw_null(w);
}

void
affisekit_empty_list(struct jsonw *w, const char *key)
{
	jsonw_key(w, key);
	jsonw_arr(w);
	jsonw_end(w);
}

void
affisekit_empty_map(struct jsonw *w, const char *key)
{
	jsonw_key(w, key);
	jsonw_obj(w);
	jsonw_end(w);
}

void
affisekit_time(struct jsonw *w, const char *key, const struct zone *z, us_t t)
{
	struct wall wall;

	zone_wall(z, t, &wall);
	jsonw_key(w, key);
	jsonw_fmt(w, "%04d-%02d-%02d %02d:%02d:%02d", wall.year, wall.month, wall.day,
	    wall.hour, wall.min, wall.sec);
}
