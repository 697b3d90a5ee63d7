/* SPDX-License-Identifier: Apache-2.0
 * natsedit.c - edit_affiliate and edit_advertiser: only what is sent changes (K4).
 */
#include "api/nats/natskit.h"
#include "domain/manager.h"

static const struct natskit_name names[] = {
    {"payvia", "payvia", true},
    {"ref", "ref", true},
    {"manager_id", "affiliate_manager_loginid", true},
    {NULL, NULL, false},
};

/* An edit: the account as it is, changed by `apply` in the change that locked it. */
struct edit {
	int64_t id;
	enum account_type type;
	struct str password, ref;
	int64_t manager; /* to add; 0: none */
	const void *args;
	void (*apply)(struct account *a, const void *args);
};

/* What was not sent stays; sent and empty clears. */
static void
take(struct str *to, struct str s)
{
	if (s.p != NULL)
		*to = s;
}

static enum err
set_referrer(struct change *c, struct str ref, struct account *a)
{
	struct natslink_code code;
	enum err rc;

	if (ref.p == NULL)
		return ERR_OK;
	a->ref_account_id = 0;
	if (ref.n == 0)
		return ERR_OK;
	rc = natslink_read(c->db, c->arena, ref, &code);
	if (rc == ERR_NOT_FOUND)
		return change_fault(c, ERR_INVALID, "ref", "is no tracking code");
	if (rc == ERR_OK && code.id[0] == a->id)
		return change_fault(c, ERR_INVALID, "ref", "is the account's own");
	a->ref_account_id = code.id[0];
	return rc;
}

/* Locked before it is read, so that two administrators lose nothing. */
static enum err
do_edit(struct change *c, void *what)
{
	const struct edit *e = what;
	struct account a;
	int64_t type = 0;
	enum err rc = db_int(c->db, &type, 0,
	    "SELECT type FROM account WHERE id = ? AND NOT deleted FOR UPDATE", "i",
	    e->id);

	if (rc == ERR_OK && type != (int64_t)e->type)
		return change_fault(c, ERR_NOT_FOUND, "", "Invalid loginid.");
	if (rc == ERR_OK)
		rc = account_load(c->db, c->arena, e->id, &a);
	if (rc != ERR_OK)
		return rc;
	e->apply(&a, e->args);
	rc = set_referrer(c, e->ref, &a);
	if (rc == ERR_OK)
		rc = account_store(c, &a, e->password);
	if (rc == ERR_OK && e->manager != 0)
		rc = manager_add(c, e->id, e->manager);
	return rc;
}

static int
run(struct api_req *rq, struct edit *e, struct str email)
{
	struct change c = natskit_change(rq);
	bool bare = rq->in->set->nats_bare_account_replies;
	enum err rc;

	if (e->password.p != NULL && e->password.n == 0)
		return (int)fault_set(
		    &rq->fault, ERR_INVALID, "password", "must not be empty");
	if (email.p != NULL && email.n == 0)
		return (int)fault_set(
		    &rq->fault, ERR_INVALID, "email", "must not be empty");
	rc = natskit_run(rq, &c, do_edit, e, names);
	if (rc != ERR_OK)
		return (int)rc;
	if (!bare)
		jsonw_arr(rq->out);
	(void)nats_result(rq, "Success", NULL);
	if (!bare)
		jsonw_end(rq->out);
	return ERR_OK;
}

static void
apply_advertiser(struct account *to, const void *args)
{
	const struct args_nats_edit_advertiser *a = args;
	struct person *p = &to->person;

	take(&to->email, a->email);
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
	if (a->company.n > 0)
		to->title = a->company;
}

int
api_nats_edit_advertiser(struct api_req *rq, const struct args_nats_edit_advertiser *a)
{
	struct edit e = {.id = a->loginid,
	    .type = ACCOUNT_ADVERTISER,
	    .password = a->password,
	    .ref = STR_NONE,
	    .args = a,
	    .apply = apply_advertiser};

	return run(rq, &e, a->email);
}

static void
apply_affiliate(struct account *to, const void *args)
{
	const struct args_nats_edit_affiliate *a = args;
	struct person *p = &to->person;

	take(&to->email, a->email);
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
	take(&to->custom1, a->custom1);
	take(&to->custom2, a->custom2);
	take(&to->custom3, a->custom3);
	take(&to->custom4, a->custom4);
	take(&to->custom5, a->custom5);
	if (a->has_payvia == ARG_SENT)
		to->payvia_type_id = a->payvia;
	if (a->has_status == ARG_SENT)
		to->status = a->status;
	if (a->has_minimum_payout == ARG_SENT)
		to->minimum_payout = OPT(a->minimum_payout);
	else if (a->has_minimum_payout == ARG_EMPTY)
		to->minimum_payout = OPT_NONE;
}

int
api_nats_edit_affiliate(struct api_req *rq, const struct args_nats_edit_affiliate *a)
{
	struct edit e = {.id = a->loginid,
	    .type = ACCOUNT_AFFILIATE,
	    .password = a->password,
	    .ref = a->ref,
	    .manager = a->has_affiliate_manager_loginid == ARG_SENT
			   ? a->affiliate_manager_loginid
			   : 0,
	    .args = a,
	    .apply = apply_affiliate};

	return run(rq, &e, a->email);
}
