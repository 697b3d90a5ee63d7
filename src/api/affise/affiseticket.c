/* SPDX-License-Identifier: Apache-2.0
 * affiseticket.c - /3.0/partner/activation/offer and /3.0/admin/tickets: affiliates ask
 * for offers, and somebody decides.
 */
#include "api/affise/affiseaccount.h"
#include "domain/outbox.h"
#include "domain/ticket.h"
#include "worker/section.h"

static const struct affisekit_name names[] = {{NULL, NULL}};

static int
say(struct api_req *rq, struct str message)
{
	affise_begin(rq);
	affisekit_str(rq->out, "message", message);
	jsonw_end(rq->out);
	return ERR_OK;
}

/* ---- asking ---- */

struct asking {
	struct api_req *rq;
	const struct args_affise_activation *a;
};

static enum err
do_ask(struct change *c, void *what)
{
	const struct asking *k = what;
	struct offer o;
	bool connected = false;
	int64_t id;
	enum err rc = affisekit_offer(c->db, &k->a->offer_id, &id);

	if (rc == ERR_OK)
		rc = offer_load(c->db, c->arena, id, &o);
	if (rc == ERR_OK)
		rc = affisekit_look_at(k->rq, &o, &connected);
	if (rc == ERR_OK && connected)
		return change_fault(c, ERR_EXISTS, "",
		    "The affiliate is connected to this offer already");
	return rc != ERR_OK
		   ? rc
		   : ticket_add(c, k->rq->caller.account_id, o.id, k->a->comment, &id);
}

int
api_affise_activation(struct api_req *rq, const struct args_affise_activation *a)
{
	struct change c = {.db = rq->db, .arena = rq->arena};
	struct asking k = {rq, a};
	enum err rc = affisekit_run(rq, &c, do_ask, &k, names);

	if (rc == ERR_NOT_FOUND)
		return (int)fault_set(&rq->fault, rc, "", "Resource Not Found");
	return rc != ERR_OK ? (int)rc : say(rq, STR("Request is successfully"));
}

/* ---- deciding ---- */

static struct ticket_filter
visible(const struct api_req *rq)
{
	const int64_t me = rq->caller.account_id;

	return (struct ticket_filter){.open = -1,
	    .affiliates_of = (rq->caller.own & OWN_AFFILIATES) != 0 ? me : 0,
	    .offers_of = (rq->caller.own & OWN_ADVERTISERS) != 0 ? me : 0};
}

struct deciding {
	const struct api_req *rq;
	int64_t id;
	bool approve;
};

static enum err
do_decide(struct change *c, void *what)
{
	const struct deciding *d = what;
	const struct ticket_filter of = visible(d->rq);
	struct ticket t;
	struct offer o;
	enum err rc = ticket_decide(c, &of, d->id, d->approve, &t);

	if (rc == ERR_OK)
		rc = offer_load(c->db, c->arena, t.offer_id, &o);
	if (rc != ERR_OK)
		return rc;
	return outbox_notice(c->db, c->now, "ticket", t.account_id, STR(""),
	    arena_printf(c->arena, "Your request for %.*s", STR_ARG(o.name)),
	    arena_printf(c->arena, "Offer %lld, %.*s: your request was %s.\n",
		(long long)o.id, STR_ARG(o.name), d->approve ? "approved" : "rejected"));
}

int
api_affise_ticket_offer(struct api_req *rq, const struct args_affise_ticket_offer *a)
{
	struct change c = {.db = rq->db, .arena = rq->arena};
	struct deciding d = {rq, a->ID, a->decision.no == 0};
	enum err rc = affisekit_run(rq, &c, do_decide, &d, names);

	if (rc == ERR_NOT_FOUND)
		return (int)fault_set(&rq->fault, rc, "", "Resource Not Found");
	return rc != ERR_OK ? (int)rc : say(rq, STR("Request is successfully"));
}

/* ---- the list ---- */

static void
put_ticket(struct affiseaccount *s, struct affiseshow *show, const struct ticket *t,
    const struct account *who, const struct offer *o)
{
	struct jsonw *w = s->w;

	jsonw_obj(w);
	jsonw_key(w, "id");
	jsonw_fmt(w, "%lld", (long long)t->id);
	affisekit_str(
	    w, "status", t->decision == TICKET_OPEN ? STR("open") : STR("closed"));
	affisekit_str(w, "type", STR("offer_request"));
	affisekit_str(w, "title", o->name);
	affisekit_str(w, "description", t->comment);
	affisekit_time(w, "created", s->zone, t->created_us);
	if (t->updated_us == 0)
		affisekit_null(w, "updated");
	else
		affisekit_time(w, "updated", s->zone, t->updated_us);
	affisekit_empty_list(w, "attachments");
	jsonw_key(w, "comments");
	jsonw_obj(w);
	affisekit_int(w, "answers", 0);
	affisekit_int(w, "unread", 0);
	jsonw_end(w);
	jsonw_key(w, "partner");
	affiseaccount_partner(s, who, "");
	jsonw_key(w, "offer");
	show->affiliate_id = who->id; /* as he sees it */
	affiseshow_goals(show, o, t->decision == TICKET_APPROVED);
	jsonw_end(w);
}

int
api_affise_tickets(struct api_req *rq, const struct args_affise_tickets *a)
{
	const int64_t limit = a->limit < AFFISE_PAGE_MAX ? a->limit : AFFISE_PAGE_MAX;
	struct ticket_filter f = visible(rq);
	struct affiseaccount s;
	struct affiseshow show;
	struct ticket *list;
	int64_t total;
	size_t n;
	enum err rc = affiseaccount_init(rq, &s);

	if (a->has_status == ARG_SENT)
		f.open = a->status.no == 0;
	f.count = (uint64_t)limit;
	f.skip = (uint64_t)((a->page - 1) * limit);
	if (rc == ERR_OK)
		rc = affiseshow_init(rq, &show);
	if (rc == ERR_OK)
		rc = ticket_list(rq->db, rq->arena, &f, &list, &n, &total);
	if (rc != ERR_OK)
		return (int)rc;
	affise_begin(rq);
	jsonw_key(rq->out, "tickets");
	jsonw_arr(rq->out);
	for (size_t i = 0; i < n && s.rc == ERR_OK; i++) {
		struct account who;
		struct offer o;

		rc = account_load(rq->db, rq->arena, list[i].account_id, &who);
		if (rc == ERR_OK)
			rc = offer_load(rq->db, rq->arena, list[i].offer_id, &o);
		if (rc == ERR_OK)
			put_ticket(&s, &show, &list[i], &who, &o);
		else if (rc != ERR_NOT_FOUND)
			s.rc = rc;
	}
	jsonw_end(rq->out);
	affise_pagination(rq, a->page, limit, total);
	jsonw_end(rq->out);
	return (int)s.rc;
}
