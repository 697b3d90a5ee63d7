/* SPDX-License-Identifier: Apache-2.0
 * affiseaccount.c - /3.0/admin/partner and /3.0/admin/advertiser: new and changed
 * accounts.
 */
#include "api/affise/affiseaccount.h"

#include <sodium.h>

#include "domain/apikey.h"
#include "domain/outbox.h"
#include "worker/section.h"

static const struct affisekit_name partner_names[] = {
    {"username", "login"},
    {NULL, NULL},
};

static const struct affisekit_name advertiser_names[] = {
    {"manager_id", "manager"},
    {"address1", "address_1"},
    {"address2", "address_2"},
    {NULL, NULL},
};

static void
take(struct str *to, struct str s)
{
	if (s.p != NULL)
		*to = s;
}

/* ---- partner ---- */

/* In the order of the rows' words. */
static const enum account_status states[] = {
    ACCOUNT_ACTIVE, ACCOUNT_DISABLED, ACCOUNT_BANNED, ACCOUNT_PENDING};

struct partner {
	const struct args_affise_add_partner *add;
	const struct args_affise_edit_partner *edit;
	const struct caller *caller;
	struct affiseextra extra;
	struct account a;
	char key[APIKEY_LEN + 1];
};

static enum err
do_add_partner(struct change *c, void *what)
{
	struct partner *n = what;
	const struct args_affise_add_partner *s = n->add;
	enum err rc;

	account_init(&n->a, ACCOUNT_AFFILIATE);
	n->a.email = s->email;
	take(&n->a.username, s->login);
	take(&n->a.notes, s->notes);
	take(&n->a.person.country, s->country);
	n->a.level = s->level;
	n->a.ref_account_id = s->ref;
	if (s->status.no >= 0)
		n->a.status = states[s->status.no];
	if (s->has_ref_percent == ARG_SENT)
		n->a.ref_percent = OPT(s->ref_percent);
	/* Else he could not see whom he made. */
	if ((n->caller->own & OWN_AFFILIATES) != 0)
		n->a.manager_id = n->caller->account_id;
	rc = affiseaccount_manager(
	    c, "manager_id", s->has_manager_id, &s->manager_id, &n->a.manager_id);
	if (rc == ERR_OK)
		rc = affiseextra_check(c, &n->extra, &n->a);
	if (rc == ERR_OK)
		rc = account_add(c, &n->a, s->password);
	if (rc == ERR_OK)
		rc = affiseextra_put(c, &n->extra, n->a.id);
	return rc != ERR_OK ? rc : apikey_create(c, n->a.id, n->key);
}

/* The account behind a path's ID, which nobody else edits until the commit. */
static enum err
lock_account(
    struct change *c, const struct arg_ref *ref, unsigned type, struct account *a)
{
	int64_t id, there;
	enum err rc = affisekit_account(c->db, ref, type, &id);

	if (rc == ERR_OK)
		rc = db_int(c->db, &there, 0,
		    "SELECT id FROM account WHERE id = ? FOR UPDATE", "i", id);
	return rc != ERR_OK ? rc : account_load(c->db, c->arena, id, a);
}

static enum err
edit_partner(struct change *c, struct partner *n)
{
	const struct args_affise_edit_partner *s = n->edit;

	if (s->has_password == ARG_EMPTY)
		return change_fault(c, ERR_INVALID, "password", "may not be empty");
	if (s->has_login == ARG_EMPTY)
		return change_fault(c, ERR_INVALID, "login", "may not be empty");
	if (s->has_login == ARG_SENT)
		n->a.username = s->login;
	if (s->has_notes != ARG_ABSENT)
		n->a.notes = s->notes;
	if (s->has_country != ARG_ABSENT)
		n->a.person.country = s->country;
	if (s->has_level != ARG_ABSENT)
		n->a.level = s->level;
	if (s->has_ref != ARG_ABSENT)
		n->a.ref_account_id = s->ref;
	if (s->has_ref == ARG_SENT && s->ref == n->a.id)
		return change_fault(c, ERR_INVALID, "ref", "is the affiliate himself");
	if (s->has_status == ARG_SENT)
		n->a.status = states[s->status.no];
	if (s->has_ref_percent != ARG_ABSENT)
		n->a.ref_percent =
		    s->has_ref_percent == ARG_SENT ? OPT(s->ref_percent) : OPT_NONE;
	return affiseaccount_manager(
	    c, "manager_id", s->has_manager_id, &s->manager_id, &n->a.manager_id);
}

static enum err
do_edit_partner(struct change *c, void *what)
{
	struct partner *n = what;
	enum err rc = lock_account(c, &n->edit->ID, ACCOUNT_AFFILIATE, &n->a);

	if (rc == ERR_OK)
		rc = edit_partner(c, n);
	if (rc == ERR_OK)
		rc = affiseextra_check(c, &n->extra, &n->a);
	if (rc == ERR_OK)
		rc = account_store(c, &n->a,
		    n->edit->has_password == ARG_SENT ? n->edit->password : STR(""));
	return rc != ERR_OK ? rc : affiseextra_put(c, &n->extra, n->a.id);
}

/* Makes the change and begins the reply that shows the account. */
static enum err
change_and_begin(struct api_req *rq, change_f *fn, void *what,
    const struct affisekit_name *names, struct affiseaccount *show)
{
	struct change c = {.db = rq->db, .arena = rq->arena};
	enum err rc = affisekit_run(rq, &c, fn, what, names);

	if (rc == ERR_NOT_FOUND)
		return fault_set(&rq->fault, rc, "", "Resource Not Found");
	if (rc == ERR_OK)
		rc = affiseaccount_init(rq, show);
	if (rc == ERR_OK)
		affise_begin(rq);
	return rc;
}

static int
change_partner(struct api_req *rq, struct partner *n, change_f *fn)
{
	struct affiseaccount show;
	enum err rc;

	n->caller = &rq->caller;
	rc = change_and_begin(rq, fn, n, partner_names, &show);
	if (rc != ERR_OK)
		return (int)rc;
	jsonw_key(rq->out, "partner");
	affiseaccount_partner(&show, &n->a, n->key);
	affisekit_int(rq->out, "id", n->a.id);
	jsonw_end(rq->out);
	return (int)show.rc;
}

int
api_affise_add_partner(struct api_req *rq, const struct args_affise_add_partner *a)
{
	return change_partner(rq,
	    &(struct partner){.add = a,
		.extra = {a->payment_systems, a->custom_fields, a->has_payment_systems,
		    a->has_custom_fields, NULL, 0}},
	    do_add_partner);
}

int
api_affise_edit_partner(struct api_req *rq, const struct args_affise_edit_partner *a)
{
	return change_partner(rq,
	    &(struct partner){.edit = a,
		.extra = {a->payment_systems, a->custom_fields, a->has_payment_systems,
		    a->has_custom_fields, NULL, 0}},
	    do_edit_partner);
}

/* ---- fresh passwords ---- */

/* Ten hex digits for a person to read, or sixteen to be mailed. */
struct fresh {
	const struct arg_ref *id;
	unsigned type, bytes;
	bool mail;
	struct account a;
	struct str password;
};

static enum err
do_fresh(struct change *c, void *what)
{
	struct fresh *f = what;
	unsigned char random[8];
	char *text = arena_alloc(c->arena, sizeof(random) * 2 + 1);
	enum err rc = lock_account(c, f->id, f->type, &f->a);

	if (rc == ERR_OK && f->mail && f->a.email.n == 0)
		return change_fault(
		    c, ERR_INVALID, "", "The advertiser has no e-mail address");
	randombytes_buf(random, f->bytes);
	(void)sodium_bin2hex(text, sizeof(random) * 2 + 1, random, f->bytes);
	f->password = str_of(text);
	if (rc == ERR_OK)
		rc = account_store(c, &f->a, f->password);
	if (rc != ERR_OK || !f->mail)
		return rc;
	return outbox_notice(c->db, c->now, "password", f->a.id, f->a.email,
	    STR("Your password"),
	    arena_printf(c->arena, "User name: %.*s\nPassword: %.*s\n",
		STR_ARG(f->a.username), STR_ARG(f->password)));
}

static enum err
freshen(struct api_req *rq, struct fresh *f)
{
	struct change c = {.db = rq->db, .arena = rq->arena};
	enum err rc = affisekit_run(rq, &c, do_fresh, f, advertiser_names);

	return rc == ERR_NOT_FOUND ? fault_set(&rq->fault, rc, "", "Resource Not Found")
				   : rc;
}

int
api_affise_partner_password(
    struct api_req *rq, const struct args_affise_partner_password *a)
{
	struct fresh f = {.id = &a->ID, .type = ACCOUNT_AFFILIATE, .bytes = 5};
	enum err rc = freshen(rq, &f);

	if (rc != ERR_OK)
		return (int)rc;
	affise_begin(rq);
	jsonw_key(rq->out, "partner");
	jsonw_obj(rq->out);
	affisekit_int(rq->out, "id", f.a.id);
	affisekit_str(rq->out, "password", f.password);
	jsonw_end(rq->out);
	jsonw_end(rq->out);
	return ERR_OK;
}

int
api_affise_sendpass(struct api_req *rq, const struct args_affise_sendpass *a)
{
	struct fresh f = {
	    .id = &a->ID, .type = ACCOUNT_ADVERTISER, .bytes = 8, .mail = true};
	enum err rc = freshen(rq, &f);

	if (rc != ERR_OK)
		return (int)rc;
	affise_begin(rq);
	affisekit_str(rq->out, "message", STR("Email send successfully"));
	jsonw_end(rq->out);
	return ERR_OK;
}

/* ---- advertiser ---- */

/* What both calls take, but for the title. */
#define ADVERTISER_TEXTS(X)           \
	X(email, email)               \
	X(allowed_ip, allowed_ip)     \
	X(contact, person.contact)    \
	X(skype, person.skype)        \
	X(url, person.url)            \
	X(address_1, person.address1) \
	X(address_2, person.address2) \
	X(city, person.city)          \
	X(country, person.country)    \
	X(zip_code, person.zip_code)  \
	X(vat_code, person.vat_code)

#define TAKE_SUBS(subs_, s_)                                             \
	do {                                                             \
		if ((s_)->has_sub_account_1 != ARG_ABSENT)               \
			(subs_)->sub[0] = (s_)->sub_account_1;           \
		if ((s_)->has_sub_account_2 != ARG_ABSENT)               \
			(subs_)->sub[1] = (s_)->sub_account_2;           \
		if ((s_)->has_sub_account_1_except != ARG_ABSENT)        \
			(subs_)->except[0] = (s_)->sub_account_1_except; \
		if ((s_)->has_sub_account_2_except != ARG_ABSENT)        \
			(subs_)->except[1] = (s_)->sub_account_2_except; \
	} while (0)

#define SAYS_SUBS(s_)                                       \
	((s_)->has_sub_account_1 != ARG_ABSENT ||           \
	    (s_)->has_sub_account_2 != ARG_ABSENT ||        \
	    (s_)->has_sub_account_1_except != ARG_ABSENT || \
	    (s_)->has_sub_account_2_except != ARG_ABSENT)

struct advertiser {
	const struct args_affise_add_advertiser *add;
	const struct args_affise_edit_advertiser *edit;
	const struct caller *caller;
	struct account a;
	struct offertarget_subs subs;
};

static enum err
do_add_advertiser(struct change *c, void *what)
{
	struct advertiser *n = what;
	const struct args_affise_add_advertiser *s = n->add;
	enum err rc;

	account_init(&n->a, ACCOUNT_ADVERTISER);
	n->subs = (struct offertarget_subs){{STR(""), STR("")}, {false, false}};
	/* Its name in the other dialect is made from the title. */
	n->a.title = n->a.person.company = s->title;
#define X(name_, to_) take(&n->a.to_, s->name_);
	ADVERTISER_TEXTS(X)
#undef X
	TAKE_SUBS(&n->subs, s);
	if ((n->caller->own & OWN_ADVERTISERS) != 0)
		n->a.manager_id = n->caller->account_id;
	rc = affiseaccount_manager(
	    c, "manager", s->has_manager, &s->manager, &n->a.manager_id);
	if (rc == ERR_OK)
		rc = account_add(c, &n->a, STR(""));
	if (rc != ERR_OK || !SAYS_SUBS(s))
		return rc;
	return offertarget_subs_put(c, n->a.id, &n->subs);
}

static enum err
do_edit_advertiser(struct change *c, void *what)
{
	struct advertiser *n = what;
	const struct args_affise_edit_advertiser *s = n->edit;
	enum err rc = lock_account(c, &s->ID, ACCOUNT_ADVERTISER, &n->a);

	if (rc == ERR_OK)
		rc = offertarget_subs_load(c->db, c->arena, n->a.id, &n->subs);
	if (rc != ERR_OK)
		return rc;
	if (s->has_title == ARG_EMPTY)
		return change_fault(c, ERR_INVALID, "title", "may not be empty");
	if (s->has_title == ARG_SENT)
		n->a.title = n->a.person.company = s->title;
#define X(name_, to_)                     \
	if (s->has_##name_ != ARG_ABSENT) \
		n->a.to_ = s->name_;
	ADVERTISER_TEXTS(X)
#undef X
	if (s->has_note != ARG_ABSENT)
		n->a.notes = s->note;
	rc = affiseaccount_manager(
	    c, "manager", s->has_manager, &s->manager, &n->a.manager_id);
	if (rc == ERR_OK)
		rc = account_store(c, &n->a, STR(""));
	if (rc != ERR_OK || !SAYS_SUBS(s))
		return rc;
	TAKE_SUBS(&n->subs, s);
	return offertarget_subs_put(c, n->a.id, &n->subs);
}

static int
change_advertiser(struct api_req *rq, struct advertiser *n, change_f *fn)
{
	struct affiseaccount show;
	enum err rc;

	n->caller = &rq->caller;
	rc = change_and_begin(rq, fn, n, advertiser_names, &show);
	if (rc != ERR_OK)
		return (int)rc;
	jsonw_key(rq->out, "advertiser");
	affiseaccount_advertiser(&show, &n->a, false);
	jsonw_end(rq->out);
	return (int)show.rc;
}

int
api_affise_add_advertiser(struct api_req *rq, const struct args_affise_add_advertiser *a)
{
	return change_advertiser(rq, &(struct advertiser){.add = a}, do_add_advertiser);
}

int
api_affise_edit_advertiser(
    struct api_req *rq, const struct args_affise_edit_advertiser *a)
{
	return change_advertiser(rq, &(struct advertiser){.edit = a}, do_edit_advertiser);
}
