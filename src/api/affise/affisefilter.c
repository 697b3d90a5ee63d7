/* SPDX-License-Identifier: Apache-2.0
 * affisefilter.c - see affisefilter.h.
 */
#include "api/affise/affisefilter.h"

#include "domain/netset.h"
#include "domain/row.h"
#include "report/names.h"
#include "worker/section.h"

enum err
affisefilter_zone(
    struct api_req *rq, struct str wanted, uint8_t has, const struct zone **z)
{
	struct netset set = {.time_zone = wanted};
	enum err rc = has == ARG_SENT ? ERR_OK : netset_load(rq->db, rq->arena, &set);

	if (rc != ERR_OK)
		return rc;
	*z = zone_get(set.time_zone);
	if (*z != NULL)
		return ERR_OK;
	if (has == ARG_SENT)
		return fault_set(
		    &rq->fault, ERR_INVALID, "timezone", "not an IANA time zone");
	*z = zone_utc_zone();
	return ERR_OK;
}

/* Days, both inclusive; `to` names the later parameter in the fault. */
enum err
affisefilter_days(struct api_req *rq, const struct zone *z, struct arg_day from,
    struct arg_day to, const char *to_name, struct period *out)
{
	out->from = zone_start(z, from.year, from.month, from.day);
	out->to = zone_start(z, to.year, to.month, to.day + 1);
	if (out->to < out->from || zone_days(to.year, to.month, to.day) <
				       zone_days(from.year, from.month, from.day))
		return fault_set(
		    &rq->fault, ERR_INVALID, to_name, "is before the first day");
	return ERR_OK;
}

enum err
affisefilter_hour(struct api_req *rq, const struct zone *z, int64_t hour,
    struct arg_day from, struct arg_day to, struct period *out)
{
	struct wall w = {
	    .year = from.year, .month = from.month, .day = from.day, .hour = (int)hour};

	if (zone_days(to.year, to.month, to.day) !=
	    zone_days(from.year, from.month, from.day))
		return fault_set(
		    &rq->fault, ERR_INVALID, "hour", "only with a range of one day");
	out->from = zone_utc(z, &w);
	w.hour++;
	out->to = zone_utc(z, &w);
	return ERR_OK;
}

/* ---- filters ---- */

static uint32_t *
id_space(struct api_req *rq, size_t n)
{
	return arena_alloc(rq->arena, (n + 1) * sizeof(uint32_t));
}

/* Numbers as they are, 24 hex digits by what they stand for; ids of nobody are left out,
 * and a list of nothing but those matches nothing. */
static enum err
read_refs(struct api_req *rq, const struct arg_refs *refs, uint8_t has, const char *sql,
    struct ask_ids *out)
{
	uint32_t *v;

	*out = (struct ask_ids){.set = has == ARG_SENT};
	if (!out->set)
		return ERR_OK;
	v = id_space(rq, refs->n);
	out->v = v;
	for (size_t i = 0; i < refs->n; i++) {
		int64_t id = refs->v[i].id;
		enum err rc = ERR_OK;

		if (refs->v[i].hex24.p != NULL)
			rc = db_int(rq->db, &id, 0, sql, "s", refs->v[i].hex24);
		if (rc != ERR_OK)
			return rc;
		if (id > 0)
			v[out->n++] = (uint32_t)id;
	}
	return ERR_OK;
}

/* A user who sees only what hangs on his accounts (K3 of decisions.md): of the list, or
 * of all when there is none, what the statement has under his number. */
static enum err
narrow(struct api_req *rq, const char *sql, struct ask_ids *list)
{
	struct db_rows *r;
	uint32_t *v = NULL;
	size_t n = 0;
	enum err rc = db_query(rq->db, &r, sql, "i", (int64_t)rq->caller.account_id);

	if (rc != ERR_OK)
		return rc;
	while (db_next(r)) {
		const uint32_t id = (uint32_t)db_u64(r, 0);
		size_t i = 0;

		while (list->set && i < list->n && list->v[i] != id)
			i++;
		if (list->set && i == list->n)
			continue;
		v = row_grow(rq->arena, v, n, sizeof(*v));
		v[n++] = id;
	}
	*list = (struct ask_ids){.set = true, .n = n, .v = v};
	return db_rows_close(&r);
}

enum err
affisefilter_own(struct api_req *rq, struct ask_ids *offers, struct ask_ids *affiliates)
{
	enum err rc = ERR_OK;

	if ((rq->caller.own & OWN_ADVERTISERS) != 0)
		rc = narrow(rq,
		    "SELECT o.id FROM offer o JOIN account a ON a.id = o.advertiser_id "
		    "WHERE a.manager_id = ?",
		    offers);
	if (rc == ERR_OK && (rq->caller.own & OWN_AFFILIATES) != 0)
		rc = narrow(rq,
		    "SELECT id FROM account WHERE manager_id = ? AND type = 100",
		    affiliates);
	return rc;
}

enum err
affisefilter_offers(
    struct api_req *rq, const struct arg_refs *refs, uint8_t has, struct ask_ids *out)
{
	struct ask_ids none = {.set = true};
	enum err rc =
	    read_refs(rq, refs, has, "SELECT id FROM offer WHERE hex24 = ?", out);

	return rc != ERR_OK ? rc : affisefilter_own(rq, out, &none);
}

enum err
affisefilter_accounts(
    struct api_req *rq, const struct arg_refs *refs, uint8_t has, struct ask_ids *out)
{
	return read_refs(rq, refs, has, "SELECT id FROM account WHERE hex24 = ?", out);
}

enum err
affisefilter_partners(struct api_req *rq, const struct arg_strs *list, uint8_t has,
    const char *name, struct ask_ids *out)
{
	uint32_t *v = id_space(rq, list->n);
	struct ask_ids none = {.set = true};

	*out = (struct ask_ids){.set = rq->caller.affiliate || has == ARG_SENT, .v = v};
	if (rq->caller.affiliate) {
		v[out->n++] = rq->caller.account_id;
		return ERR_OK;
	}
	for (size_t i = 0; out->set && i < list->n; i++) {
		uint64_t id;

		if (!str_to_u64(list->v[i], &id) || id == 0 || id > UINT32_MAX)
			return fault_set(&rq->fault, ERR_INVALID, name,
			    "must be numbers of affiliates");
		v[out->n++] = (uint32_t)id;
	}
	return affisefilter_own(rq, &none, out);
}

enum err
affisefilter_countries(struct api_req *rq, const struct arg_strs *list, uint8_t has,
    const char *name, struct ask_ids *out)
{
	uint32_t *v = id_space(rq, list->n);

	*out = (struct ask_ids){.set = has == ARG_SENT, .v = v};
	for (size_t i = 0; out->set && i < list->n; i++) {
		char two[2] = {
		    (char)(list->v[i].p[0] & ~0x20), (char)(list->v[i].p[1] & ~0x20)};
		uint16_t packed = list->v[i].n == 2 ? country_pack(str_n(two, 2)) : 0;

		if (packed == 0)
			return fault_set(&rq->fault, ERR_INVALID, name,
			    "must be codes of two letters");
		v[out->n++] = packed;
	}
	return ERR_OK;
}

/* Values of goals compare without case (affise-3.0.md, "Conversion postback"); one that
 * nobody has used matches nothing. */
enum err
affisefilter_goals(
    struct api_req *rq, const struct arg_strs *list, uint8_t has, struct ask_ids *out)
{
	uint32_t *v = id_space(rq, list->n);

	*out = (struct ask_ids){.set = has == ARG_SENT, .v = v};
	for (size_t i = 0; out->set && i < list->n; i++) {
		int64_t id = 0;
		enum err rc;

		if (str_eq(list->v[i], STR("1"))) {
			v[out->n++] = 0;
			continue;
		}
		rc = db_int(rq->db, &id, 0,
		    "SELECT id FROM goal WHERE LOWER(value) = LOWER(?) LIMIT 1", "s",
		    list->v[i]);
		if (rc != ERR_OK)
			return rc;
		if (id > 0)
			v[out->n++] = (uint32_t)id;
	}
	return ERR_OK;
}

void
affisefilter_devices(struct api_req *rq, const struct arg_word *words, size_t n, bool set,
    struct ask_ids *out)
{
	uint32_t *v = id_space(rq, n);

	*out = (struct ask_ids){.set = set, .v = v};
	for (size_t i = 0; set && i < n; i++) {
		unsigned type;

		if (names_device_parse(words[i].text, &type))
			v[out->n++] = type;
	}
}

enum err
affisefilter_denied(struct api_req *rq)
{
	return fault_set(&rq->fault, ERR_DENIED, NULL, "%s", "");
}

int64_t
affisefilter_page_size(int64_t limit)
{
	return limit > AFFISE_PAGE_MAX ? AFFISE_PAGE_MAX : limit;
}
