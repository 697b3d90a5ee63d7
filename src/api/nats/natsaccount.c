/* SPDX-License-Identifier: Apache-2.0
 * natsaccount.c - /api/advertiser and /api/affiliate: new accounts.
 */
#include "api/nats/natskit.h"
#include "domain/account.h"

#define PAYVIA_MAX 50u

static const struct natskit_name names[] = {
    {"payvia", "payvia", true},
    {"ref", "ref", true},
    {NULL, NULL, false},
};

struct new_account {
	struct account a;
	struct str password, ref;
};

static enum err
do_add(struct change *c, void *what)
{
	struct new_account *n = what;
	struct natslink_code code;
	enum err rc = ERR_OK;

	if (n->ref.n > 0) {
		rc = natslink_read(c->db, c->arena, n->ref, &code);
		if (rc == ERR_NOT_FOUND)
			return change_fault(c, ERR_INVALID, "ref", "is no tracking code");
		n->a.ref_account_id = code.id[0];
	}
	return rc != ERR_OK ? rc : account_add(c, &n->a, n->password);
}

/* A text that was not sent is STR_NONE and stays "". */
static void
take(struct str *to, struct str s)
{
	if (s.p != NULL)
		*to = s;
}

int
api_nats_add_advertiser(struct api_req *rq, const struct args_nats_add_advertiser *a)
{
	struct new_account n = {.password = a->password, .ref = a->ref};
	struct change c = natskit_change(rq);
	struct person *p = &n.a.person;
	bool bare = rq->in->set->nats_bare_account_replies;
	enum err rc;

	account_init(&n.a, ACCOUNT_ADVERTISER);
	n.a.username = a->username;
	n.a.email = a->email;
	take(&p->firstname, a->firstname);
	take(&p->lastname, a->lastname);
	take(&p->company, a->company);
	take(&p->url, a->url);
	take(&p->tel, a->tel);
	take(&p->icq, a->icq);
	take(&p->aim, a->aim);
	take(&p->msn, a->msn);
	take(&p->address1, a->address1);
	take(&p->address2, a->address2);
	take(&p->city, a->city);
	take(&p->state, a->state);
	take(&p->country, a->country);
	take(&p->zip_code, a->zip_code);
	take(&p->join_ip, a->join_ip);
	/* The other dialect knows an advertiser by the name of the company. */
	n.a.title = p->company.n > 0 ? p->company : n.a.username;
	rc = natskit_run(rq, &c, do_add, &n, names);
	if (rc != ERR_OK)
		return (int)rc;
	if (!bare)
		jsonw_arr(rq->out);
	jsonw_obj(rq->out);
	jsonw_key(rq->out, "result");
	jsonw_cstr(rq->out, "Success");
	jsonw_key(rq->out, "message");
	jsonw_obj(rq->out);
	jsonw_key(rq->out, "loginid");
	jsonw_str(rq->out, natskit_number(rq->arena, n.a.id));
	jsonw_end(rq->out);
	jsonw_end(rq->out);
	if (!bare)
		jsonw_end(rq->out);
	return ERR_OK;
}

/* payvia_info[0][field], payvia_info[0][value] and so on. */
static enum err
take_payvia(struct api_req *rq, struct json_object *list, struct account *a)
{
	size_t n = tree_len(list);
	struct payvia *pv = arena_alloc(rq->arena, (n + 1) * sizeof(*pv));

	if (n > PAYVIA_MAX)
		return fault_set(&rq->fault, ERR_INVALID, "payvia_info",
		    "has more than %u fields", PAYVIA_MAX);
	for (size_t i = 0; i < n; i++) {
		struct json_object *one = tree_at(list, i);

		pv[i] = (struct payvia){
		    tree_get_str(one, "field"), tree_get_str(one, "value")};
		if (pv[i].field.n == 0 || pv[i].value.p == NULL)
			return fault_set(&rq->fault, ERR_INVALID, "payvia_info",
			    "must be pairs of field and value");
	}
	a->payvia = pv;
	a->n_payvia = n;
	return ERR_OK;
}

static void
take_person(struct person *p, const struct args_nats_add_affiliate *a)
{
	take(&p->firstname, a->firstname);
	take(&p->lastname, a->lastname);
	take(&p->company, a->company);
	take(&p->url, a->url);
	take(&p->tel, a->tel);
	take(&p->icq, a->icq);
	take(&p->aim, a->aim);
	take(&p->msn, a->msn);
	take(&p->skype, a->skype);
	take(&p->address1, a->address1);
	take(&p->address2, a->address2);
	take(&p->city, a->city);
	take(&p->state, a->state);
	take(&p->country, a->country);
	take(&p->zip_code, a->zip_code);
	take(&p->tax_id_or_ssn, a->tax_id_or_ssn);
	take(&p->join_ip, a->join_ip);
}

int
api_nats_add_affiliate(struct api_req *rq, const struct args_nats_add_affiliate *a)
{
	struct new_account n = {.password = a->password, .ref = a->ref};
	struct change c = natskit_change(rq);
	bool bare = rq->in->set->nats_bare_account_replies;
	enum err rc;

	account_init(&n.a, ACCOUNT_AFFILIATE);
	n.a.username = a->username;
	n.a.email = a->email;
	n.a.payvia_type_id = a->payvia;
	n.a.status = a->status;
	if (a->has_minimum_payout == ARG_SENT)
		n.a.minimum_payout = OPT(a->minimum_payout);
	take_person(&n.a.person, a);
	take(&n.a.custom1, a->custom1);
	take(&n.a.custom2, a->custom2);
	take(&n.a.custom3, a->custom3);
	take(&n.a.custom4, a->custom4);
	take(&n.a.custom5, a->custom5);
	rc = take_payvia(rq, a->payvia_info, &n.a);
	if (rc == ERR_OK)
		rc = natskit_run(rq, &c, do_add, &n, names);
	if (rc != ERR_OK)
		return (int)rc;
	if (!bare)
		jsonw_arr(rq->out);
	jsonw_obj(rq->out);
	jsonw_key(rq->out, "result");
	jsonw_bool(rq->out, true);
	jsonw_key(rq->out, "loginid");
	jsonw_str(rq->out, natskit_number(rq->arena, n.a.id));
	jsonw_end(rq->out);
	if (!bare)
		jsonw_end(rq->out);
	return ERR_OK;
}
