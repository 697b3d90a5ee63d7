/* SPDX-License-Identifier: Apache-2.0
 * affisemass.c - many offers at once: /3.0/admin/offer/mass-update and delete.
 *
 * All or nothing, and a statement each however many there are.  How many one call may
 * name is bounded where arguments are read.
 */
#include "api/affise/affisekit.h"

static const struct affisekit_name names[] = {{NULL, NULL}};

#define NUMBERS "JSON_TABLE(?, '$[*]' COLUMNS (id INT UNSIGNED PATH '$')) j"

struct mass {
	struct arg_refs refs;
	int status;  /* enum offer_status; 0: as they are */
	int privacy; /* enum offer_privacy; -1: as they are */
	bool remove;
	struct str shown; /* the numbers */
	size_t n;
};

/* Numbers of all that were sent, each once and locked; ERR_NOT_FOUND when one is not
 * there. */
static enum err
find_all(struct change *c, struct mass *m, int64_t **out)
{
	int64_t *ids = arena_alloc(c->arena, (m->refs.n + 1) * sizeof(*ids));
	struct str json;
	struct db_rows *r;
	size_t sent = 0;
	int64_t distinct;
	enum err rc = ERR_OK;

	for (size_t i = 0; i < m->refs.n && rc == ERR_OK; i++)
		rc = affisekit_offer(c->db, &m->refs.v[i], &ids[sent++]);
	json = offer_ids_json(c->arena, ids, sent);
	if (rc == ERR_OK)
		rc = db_int(c->db, &distinct, 0,
		    "SELECT COUNT(DISTINCT id) FROM " NUMBERS, "s", json);
	if (rc == ERR_OK)
		rc = db_query(c->db, &r,
		    "SELECT o.id FROM offer o WHERE NOT o.deleted AND o.id IN (SELECT id "
		    "FROM " NUMBERS ") ORDER BY o.id FOR UPDATE",
		    "s", json);
	if (rc != ERR_OK)
		return rc;
	m->n = 0;
	while (db_next(r))
		ids[m->n++] = db_i64(r, 0);
	rc = db_rows_close(&r);
	*out = ids;
	if (rc != ERR_OK)
		return rc;
	return (int64_t)m->n != distinct ? ERR_NOT_FOUND : ERR_OK;
}

/* C4 of decisions.md: the state that is shown already is left as it is made up, and
 * active clears a last day that is past. */
static enum err
set_status(struct change *c, struct str json, int status)
{
	static const char state[] =
	    "UPDATE offer o JOIN " NUMBERS
	    " ON j.id = o.id SET o.date_expire = IF(? = 1 AND o.date_expire <= ?, NULL, "
	    "o.date_expire), o.status = ?, o.updated_us = ? WHERE IF(o.status = 1 AND "
	    "o.date_expire <= ?, 3, o.status) <> ?";

	return db_exec(c->db, state, "siiiiii", json, (int64_t)status, (int64_t)c->now,
	    (int64_t)status, (int64_t)c->now, (int64_t)c->now, (int64_t)status);
}

/* One privacy for the whole: the default landing page's own gives way to it. */
static enum err
set_privacy(struct change *c, struct str json, int privacy)
{
	enum err rc = db_exec(c->db,
	    "UPDATE offer o JOIN " NUMBERS
	    " ON j.id = o.id SET o.privacy = ?, o.updated_us = ?",
	    "ssi", json, str_of(offer_privacy_words[privacy]), (int64_t)c->now);

	return rc != ERR_OK
		   ? rc
		   : db_exec(c->db,
			 "UPDATE landing_page l JOIN offer o ON o.default_lp_id = l.id "
			 "JOIN " NUMBERS
			 " ON j.id = o.id SET l.private = FALSE, l.requestable = FALSE",
			 "s", json);
}

static enum err
do_mass(struct change *c, void *what)
{
	struct mass *m = what;
	struct str json;
	int64_t *ids = NULL;
	enum err rc = find_all(c, m, &ids);

	if (rc != ERR_OK)
		return rc;
	json = offer_ids_json(c->arena, ids, m->n);
	if (m->remove)
		rc = db_exec(c->db,
		    "UPDATE offer o JOIN " NUMBERS
		    " ON j.id = o.id SET o.deleted = TRUE, o.updated_us = ?",
		    "si", json, (int64_t)c->now);
	if (rc == ERR_OK && m->status != 0)
		rc = set_status(c, json, m->status);
	if (rc == ERR_OK && m->privacy >= 0)
		rc = set_privacy(c, json, m->privacy);
	for (size_t i = 0; i < m->n && rc == ERR_OK; i++)
		rc = catalog_bump(c->db, BUMP_OFFER, (uint64_t)ids[i], &c->version);
	m->shown = str_n(json.p + 1, json.n - 2);
	return rc;
}

static int
run(struct api_req *rq, struct mass *m)
{
	struct change c = {.db = rq->db, .arena = rq->arena};
	enum err rc = affisekit_run(rq, &c, do_mass, m, names);

	return rc == ERR_NOT_FOUND
		   ? (int)fault_set(&rq->fault, rc, "", "Resource Not Found")
		   : (int)rc;
}

static int
say(struct api_req *rq, struct str message)
{
	affise_begin(rq);
	affisekit_str(rq->out, "message", message);
	jsonw_end(rq->out);
	return ERR_OK;
}

int
api_affise_delete_offer(struct api_req *rq, const struct args_affise_delete_offer *a)
{
	struct mass m = {.refs = a->offer_id, .privacy = -1, .remove = true};
	int rc = run(rq, &m);

	return rc != ERR_OK ? rc
			    : say(rq, arena_printf(rq->arena,
					  m.n == 1 ? "Offer %.*s is removed successfully."
						   : "Offers %.*s are removed "
						     "successfully.",
					  STR_ARG(m.shown)));
}

int
api_affise_mass_update(struct api_req *rq, const struct args_affise_mass_update *a)
{
	static const int states[] = {OFFER_STOPPED, OFFER_ACTIVE, OFFER_SUSPENDED};
	struct mass m = {.refs = a->offer_id, .privacy = -1};
	int rc;

	if (a->has_status != ARG_SENT && a->has_privacy != ARG_SENT)
		return (int)fault_set(
		    &rq->fault, ERR_MISSING, "status", "or privacy is needed");
	if (a->has_status == ARG_SENT)
		m.status = states[a->status.no];
	if (a->has_privacy == ARG_SENT)
		m.privacy = a->privacy.no; /* the row's words are the domain's */
	rc = run(rq, &m);
	return rc != ERR_OK ? rc : say(rq, STR("status updated"));
}
