/* SPDX-License-Identifier: Apache-2.0
 * natsips.c - store_offer_ips: who may report for landing pages.
 *
 * A list replaces the one that is there.  Addresses that cannot be read are shown as
 * false and not stored.
 */
#include "api/nats/natskit.h"

#include "base/iplist.h"

#define MOST_PAGES 10000u
#define MOST_IPS 1000u

enum which { POSTBACK, VOID, HOSTNPOST, LISTS };
static const char *const list_names[LISTS] = {
    "postback_ips", "void_ips", "hostnpost_ips"};

struct entry {
	struct str text;
	bool good;
	struct entry *next;
};

struct ips {
	bool sent[LISTS];
	struct entry *entry[LISTS];
	struct str stored[LISTS]; /* the good ones, with commas */
	struct str targets[3];    /* JSON arrays: landing pages, offers, advertisers */
	int64_t *page;
	size_t n_pages;
};

/* Texts of an array, or of one text that is cut at its commas. */
static enum err
read_list(
    struct api_req *rq, struct json_object *node, const char *name, struct entry **out)
{
	size_t all = 0;

	for (size_t i = 0; i < tree_len(node); i++) {
		struct str rest = tree_str(tree_at(node, i)), one;

		while ((one = iplist_next(&rest)).p != NULL) {
			struct entry *e = arena_alloc(rq->arena, sizeof(*e));

			if (++all > MOST_IPS)
				return fault_set(&rq->fault, ERR_INVALID, name,
				    "has more than %u addresses", MOST_IPS);
			*e = (struct entry){.text = one, .good = iplist_check(one, NULL)};
			*out = e;
			out = &e->next;
		}
	}
	return ERR_OK;
}

static enum err
read_ips(struct api_req *rq, struct json_object *node, struct ips *x)
{
	bool any = false;

	for (unsigned l = 0; l < LISTS; l++) {
		struct json_object *list = tree_get(node, list_names[l]);
		enum err rc = read_list(rq, list, list_names[l], &x->entry[l]);

		if (rc != ERR_OK)
			return rc;
		x->sent[l] = list != NULL;
		x->stored[l] = STR("");
		for (const struct entry *e = x->entry[l]; e != NULL; e = e->next) {
			if (e->good)
				x->stored[l] = arena_printf(rq->arena,
				    STR_FMT "%s" STR_FMT, STR_ARG(x->stored[l]),
				    x->stored[l].n > 0 ? "," : "", STR_ARG(e->text));
		}
		any = any || x->sent[l];
	}
	return any ? ERR_OK
		   : fault_set(&rq->fault, ERR_MISSING, "ips",
			 "needs postback_ips, void_ips or hostnpost_ips");
}

/* Numbers as a JSON array, for the statement. */
static enum err
read_numbers(
    struct api_req *rq, struct json_object *node, const char *name, struct str *out)
{
	*out = STR("[");
	for (size_t i = 0; i < tree_len(node); i++) {
		struct str rest = tree_str(tree_at(node, i));

		while (rest.n > 0) {
			struct str one = str_trim(str_split(&rest, ','));
			uint64_t id;

			if (!str_to_u64(one, &id) || id == 0 || id > UINT32_MAX)
				return fault_set(
				    &rq->fault, ERR_INVALID, name, "must be numbers");
			*out = arena_printf(rq->arena, STR_FMT "%s%llu", STR_ARG(*out),
			    out->n > 1 ? "," : "", (unsigned long long)id);
		}
	}
	*out = arena_printf(rq->arena, STR_FMT "]", STR_ARG(*out));
	return ERR_OK;
}

static enum err
read_targets(struct api_req *rq, struct json_object *node, struct ips *x)
{
	static const char *const names[] = {
	    "landing_pageids", "offerids", "advertiserids"};
	bool any = false;

	for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
		struct json_object *list = tree_get(node, names[i]);
		enum err rc = read_numbers(rq, list, names[i], &x->targets[i]);

		if (rc != ERR_OK)
			return rc;
		any = any || list != NULL;
	}
	return any ? ERR_OK
		   : fault_set(&rq->fault, ERR_MISSING, "targets",
			 "needs landing_pageids, offerids or advertiserids");
}

/* An offer stands for all its landing pages, an advertiser for those of all his offers. */
static enum err
find_pages(struct change *c, struct ips *x, int64_t **offers)
{
	static const char sql[] =
	    "SELECT p.id, p.offer_id FROM landing_page p JOIN offer o ON o.id = "
	    "p.offer_id "
	    "WHERE NOT p.deleted AND NOT o.deleted AND (p.id IN (SELECT id FROM "
	    "JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$')) a) OR p.offer_id IN "
	    "(SELECT "
	    "id FROM JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$')) b) OR "
	    "o.advertiser_id IN (SELECT id FROM JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT "
	    "PATH '$')) d)) ORDER BY p.id FOR UPDATE";
	struct db_rows *r = NULL;
	enum err rc =
	    db_query(c->db, &r, sql, "sss", x->targets[0], x->targets[1], x->targets[2]);

	x->page = arena_alloc(c->arena, MOST_PAGES * sizeof(*x->page));
	*offers = arena_alloc(c->arena, MOST_PAGES * sizeof(**offers));
	x->n_pages = 0;
	while (rc == ERR_OK && db_next(r) && x->n_pages < MOST_PAGES) {
		(*offers)[x->n_pages] = db_i64(r, 1);
		x->page[x->n_pages++] = db_i64(r, 0);
	}
	rc = rc == ERR_OK ? db_rows_close(&r) : rc;
	if (rc == ERR_OK && x->n_pages == 0)
		return change_fault(
		    c, ERR_INVALID, "targets", "names no landing page that is there");
	return rc;
}

static enum err
do_store(struct change *c, void *what)
{
	static const char *const sql[LISTS] = {
	    "UPDATE landing_page SET postback_ips = ?, updated_us = ? WHERE id = ?",
	    "UPDATE landing_page SET void_ips = ?, updated_us = ? WHERE id = ?",
	    "UPDATE landing_page SET hostnpost_ips = ?, updated_us = ? WHERE id = ?"};
	struct ips *x = what;
	int64_t *offers, last = 0;
	enum err rc = find_pages(c, x, &offers);

	for (size_t i = 0; rc == ERR_OK && i < x->n_pages; i++) {
		for (unsigned l = 0; rc == ERR_OK && l < LISTS; l++) {
			if (x->sent[l])
				rc = db_exec(c->db, sql[l], "sii", x->stored[l],
				    (int64_t)c->now, x->page[i]);
		}
		if (rc == ERR_OK && offers[i] != last)
			rc = catalog_bump(
			    c->db, BUMP_OFFER, (uint64_t)offers[i], &c->version);
		last = offers[i];
	}
	return rc;
}

static void
put_page(struct api_req *rq, const struct ips *x, int64_t page)
{
	jsonw_key_str(rq->out, natskit_number(rq->arena, page));
	jsonw_obj(rq->out);
	for (unsigned l = 0; l < LISTS; l++) {
		if (!x->sent[l])
			continue;
		jsonw_key(rq->out, list_names[l]);
		jsonw_obj(rq->out);
		for (const struct entry *e = x->entry[l]; e != NULL; e = e->next) {
			jsonw_key_str(rq->out, e->text);
			jsonw_bool(rq->out, e->good);
		}
		jsonw_end(rq->out);
	}
	jsonw_end(rq->out);
}

int
api_nats_store_ips(struct api_req *rq, const struct args_nats_store_ips *a)
{
	struct change c = natskit_change(rq);
	struct ips x = {.page = NULL};
	enum err rc = read_ips(rq, a->ips, &x);

	if (rc == ERR_OK)
		rc = read_targets(rq, a->targets, &x);
	if (rc == ERR_OK)
		rc = natskit_run(rq, &c, do_store, &x, NULL);
	if (rc != ERR_OK)
		return (int)rc;
	jsonw_obj(rq->out);
	jsonw_key(rq->out, "result");
	jsonw_cstr(rq->out, "Success");
	jsonw_key(rq->out, "message");
	jsonw_obj(rq->out);
	for (size_t i = 0; i < x.n_pages; i++)
		put_page(rq, &x, x.page[i]);
	jsonw_end(rq->out);
	jsonw_end(rq->out);
	return ERR_OK;
}
