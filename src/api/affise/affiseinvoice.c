/* SPDX-License-Identifier: Apache-2.0
 * affiseinvoice.c - /3.0/admin/advertiser-invoices and advertiser-invoice.
 */
#include "api/affise/affisekit.h"
#include "report/invoice.h"
#include "worker/section.h"

static const struct affisekit_name names[] = {{NULL, NULL}};

static int
failed(struct api_req *rq, enum err rc)
{
	if (rc == ERR_NOT_FOUND)
		return (int)fault_set(&rq->fault, rc, "", "Resource Not Found");
	return (int)rc;
}

/* ---- shown ---- */

static void
put_day(struct jsonw *w, const char *key, struct invoice_day d)
{
	jsonw_key(w, key);
	jsonw_fmt(w, "%04d-%02d-%02d", d.year, d.month, d.day);
}

static void
put_time_day(struct jsonw *w, const char *key, const struct zone *z, us_t t)
{
	struct wall wall;

	zone_wall(z, t, &wall);
	put_day(w, key, (struct invoice_day){wall.year, wall.month, wall.day});
}

static void
put_invoice(struct jsonw *w, const struct zone *z, const struct invoice *v)
{
	jsonw_obj(w);
	affisekit_int(w, "number", v->number);
	affisekit_str(w, "supplier_id", v->advertiser_hex24);
	put_time_day(w, "created_at", z, v->created_us);
	put_time_day(w, "updated_at", z, v->updated_us);
	put_day(w, "start_date", v->start);
	put_day(w, "end_date", v->end);
	affisekit_str(w, "status", v->paid ? STR("paid") : STR("unpaid"));
	jsonw_key(w, "detail");
	jsonw_arr(w);
	for (size_t i = 0; i < v->n_line; i++) {
		jsonw_obj(w);
		affisekit_int(w, "offer_id", v->line[i].offer_id);
		affisekit_str(w, "payout_type", v->line[i].payout_type);
		affisekit_int(w, "actions", v->line[i].actions);
		jsonw_key(w, "amount");
		jsonw_money(w, v->line[i].amount, 0);
		affisekit_str_or_null(w, "comment", v->line[i].comment);
		jsonw_end(w);
	}
	jsonw_end(w);
	affisekit_str(w, "currency", v->currency);
	affisekit_str_or_null(w, "comment", v->comment);
	jsonw_end(w);
}

static struct invoice_day
day_of(uint8_t has, const struct arg_day *d)
{
	return has == ARG_SENT ? (struct invoice_day){d->year, d->month, d->day}
			       : (struct invoice_day){0, 0, 0};
}

int
api_affise_invoices(struct api_req *rq, const struct args_affise_invoices *a)
{
	const int64_t limit = a->limit < AFFISE_PAGE_MAX ? a->limit : AFFISE_PAGE_MAX;
	struct invoice_filter f = {
	    .paid = a->has_status == ARG_SENT ? a->status.no == 0 : -1,
	    .from = day_of(a->has_start_date, &a->start_date),
	    .to = day_of(a->has_end_date, &a->end_date),
	    .manager =
		(rq->caller.own & OWN_ADVERTISERS) != 0 ? rq->caller.account_id : 0,
	    .skip = (uint64_t)((a->page - 1) * limit),
	    .count = (uint64_t)limit};
	const struct zone *z;
	struct invoice *list;
	int64_t total;
	size_t n;
	enum err rc = affisekit_zone(rq->db, rq->arena, &z);

	if (rc == ERR_OK)
		rc = invoice_list(rq->db, rq->arena, &f, &list, &n, &total);
	if (rc != ERR_OK)
		return (int)rc;
	affise_begin(rq);
	jsonw_key(rq->out, "message");
	jsonw_arr(rq->out);
	for (size_t i = 0; i < n; i++)
		put_invoice(rq->out, z, &list[i]);
	jsonw_end(rq->out);
	affise_pagination(rq, a->page, limit, total);
	jsonw_end(rq->out);
	return ERR_OK;
}

int
api_affise_invoice(struct api_req *rq, const struct args_affise_invoice *a)
{
	const struct invoice_filter f = {.paid = -1, .number = a->number, .count = 1};
	const struct zone *z;
	struct invoice *list;
	int64_t total;
	size_t n = 0;
	enum err rc = affisekit_zone(rq->db, rq->arena, &z);

	if (rc == ERR_OK)
		rc = invoice_list(rq->db, rq->arena, &f, &list, &n, &total);
	if (rc != ERR_OK || n == 0)
		return failed(rq, rc != ERR_OK ? rc : ERR_NOT_FOUND);
	affise_begin(rq);
	jsonw_key(rq->out, "message");
	put_invoice(rq->out, z, &list[0]);
	jsonw_end(rq->out);
	return ERR_OK;
}

/* ---- sent ---- */

/* Absent and empty members are as if they were 0. */
static bool
read_number(struct json_object *node, const char *key, int64_t *out)
{
	const struct str s = tree_get_str(node, key);

	*out = 0;
	return s.n == 0 || (str_to_i64(s, out) && *out >= 0 && *out <= INT32_MAX);
}

static enum err
read_line(struct change *c, struct json_object *node, struct invoice_line *l)
{
	const struct str amount = tree_get_str(node, "amount"),
			 type = tree_get_str(node, "payout_type");

	*l = (struct invoice_line){.payout_type = type.p == NULL ? STR("") : type,
	    .comment = tree_get_str(node, "comment")};
	if (!tree_is_node(node))
		return change_fault(
		    c, ERR_INVALID, "detail", "must be lines, as detail[0][offer_id]");
	if (!read_number(node, "offer_id", &l->offer_id))
		return change_fault(
		    c, ERR_INVALID, "detail", "has an offer_id that is no number");
	if (!read_number(node, "actions", &l->actions))
		return change_fault(
		    c, ERR_INVALID, "detail", "has actions that are no number");
	if (amount.n > 0 && (!money_parse(amount, &l->amount) || l->amount > MONEY_MOST ||
				l->amount < -MONEY_MOST))
		return change_fault(
		    c, ERR_INVALID, "detail", "has an amount that is no decimal number");
	return ERR_OK;
}

static enum err
read_lines(struct change *c, struct json_object *tree, uint8_t has, struct invoice *v)
{
	const size_t n = has == ARG_SENT ? tree_len(tree) : 0;
	enum err rc = ERR_OK;

	v->line = arena_alloc(c->arena, (n + 1) * sizeof(*v->line));
	v->n_line = n;
	for (size_t i = 0; i < n && rc == ERR_OK; i++)
		rc = read_line(c, tree_at(tree, i), &v->line[i]);
	return rc;
}

struct edit {
	struct api_req *rq;
	const struct args_affise_add_invoice *add;
	const struct args_affise_edit_invoice *edit;
};

static enum err
do_add(struct change *c, void *what)
{
	const struct edit *e = what;
	const struct args_affise_add_invoice *s = e->add;
	struct invoice v = {.currency = s->currency,
	    .comment = s->has_comment == ARG_SENT ? s->comment : STR(""),
	    .start = day_of(s->has_start_date, &s->start_date),
	    .end = day_of(s->has_end_date, &s->end_date),
	    .paid = s->has_status == ARG_SENT && s->status.no == 0};
	const struct zone *z;
	struct wall w;
	enum err rc = affisekit_zone(c->db, c->arena, &z);

	if (rc == ERR_OK)
		rc = affisekit_account(
		    c->db, &s->supplier_id, ACCOUNT_ADVERTISER, &v.advertiser_id);
	if (rc == ERR_OK)
		rc = read_lines(c, s->detail, s->has_detail, &v);
	if (rc != ERR_OK)
		return rc;
	if (v.end.year == 0) {
		zone_wall(z, c->now, &w);
		zone_wall(z, zone_start(z, w.year, w.month, w.day) - 1, &w);
		v.end = (struct invoice_day){w.year, w.month, w.day};
	}
	return invoice_add(c, z, &v, s->has_detail == ARG_ABSENT);
}

/* What an invoice cannot be without (K4 of decisions.md). */
static enum err
check_emptied(struct change *c, const struct args_affise_edit_invoice *s)
{
	const struct {
		const char *name;
		uint8_t has;
	} needed[] = {{"supplier_id", s->has_supplier_id},
	    {"start_date", s->has_start_date}, {"end_date", s->has_end_date},
	    {"status", s->has_status}};

	for (size_t i = 0; i < ARRAY_LEN(needed); i++)
		if (needed[i].has == ARG_EMPTY)
			return change_fault(
			    c, ERR_INVALID, needed[i].name, "may not be empty");
	return ERR_OK;
}

static enum err
do_edit(struct change *c, void *what)
{
	const struct edit *e = what;
	const struct args_affise_edit_invoice *s = e->edit;
	struct invoice v;
	enum err rc = invoice_lock(c, s->number, &v);

	if (rc == ERR_OK)
		rc = check_emptied(c, s);
	if (rc == ERR_OK && s->has_supplier_id == ARG_SENT)
		rc = affisekit_account(
		    c->db, &s->supplier_id, ACCOUNT_ADVERTISER, &v.advertiser_id);
	if (rc == ERR_OK && s->has_detail != ARG_ABSENT)
		rc = read_lines(c, s->detail, s->has_detail, &v);
	if (rc != ERR_OK)
		return rc;
	if (s->has_start_date == ARG_SENT)
		v.start = day_of(s->has_start_date, &s->start_date);
	if (s->has_end_date == ARG_SENT)
		v.end = day_of(s->has_end_date, &s->end_date);
	if (s->has_status == ARG_SENT)
		v.paid = s->status.no == 0;
	if (s->has_comment != ARG_ABSENT)
		v.comment = s->comment;
	return invoice_store(c, &v, s->has_detail != ARG_ABSENT);
}

static int
run(struct api_req *rq, struct edit *e, change_f *fn, struct str message)
{
	struct change c = {.db = rq->db, .arena = rq->arena};
	enum err rc = affisekit_run(rq, &c, fn, e, names);

	if (rc != ERR_OK)
		return failed(rq, rc);
	affise_begin(rq);
	affisekit_str(rq->out, "message", message);
	jsonw_end(rq->out);
	return ERR_OK;
}

int
api_affise_add_invoice(struct api_req *rq, const struct args_affise_add_invoice *a)
{
	return run(rq, &(struct edit){rq, a, NULL}, do_add, STR("Invoice created."));
}

int
api_affise_edit_invoice(struct api_req *rq, const struct args_affise_edit_invoice *a)
{
	return run(rq, &(struct edit){rq, NULL, a}, do_edit, STR("Invoice updated"));
}
