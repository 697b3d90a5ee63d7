/* SPDX-License-Identifier: Apache-2.0
 * affiseaccount.c - /3.0/admin/partner and /3.0/admin/advertiser: new accounts.
 */
#include "api/affise/affisekit.h"
#include "base/iplist.h"
#include "domain/apikey.h"

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

/* How this dialect calls a status: C6 of decisions.md. */
static const char *const status_words[ACCOUNT_STATUSES] = {
    "active", "not active", "banned", "on moderation", "on moderation", "not active"};

static void
take(struct str *to, struct str s)
{
	if (s.p != NULL)
		*to = s;
}

static enum err
take_manager(struct change *c, const char *name, uint8_t has, const struct arg_ref *ref,
    struct account *a)
{
	enum err rc;

	if (has != ARG_SENT)
		return ERR_OK;
	rc = affisekit_account(c->db, ref, 0, &a->manager_id);
	if (rc == ERR_OK && a->manager_id == 0)
		return change_fault(c, ERR_INVALID, name, "is no manager");
	return rc;
}

/* ---- what is shown ---- */

static void
put_roles(struct jsonw *w, const struct account *m)
{
	jsonw_key(w, "roles");
	jsonw_arr(w);
	jsonw_cstr(
	    w, m->type == ACCOUNT_MANAGER ? "ROLE_MANAGER_AFFILIATE" : "ROLE_ADMIN");
	jsonw_end(w);
}

/* A manager, or null. */
static void
put_manager(
    struct jsonw *w, const char *key, const struct zone *z, const struct account *m)
{
	jsonw_key(w, key);
	if (m == NULL) {
		jsonw_null(w);
		return;
	}
	jsonw_obj(w);
	affisekit_str(w, "id", m->hex24);
	affisekit_str(w, "first_name", m->person.firstname);
	affisekit_str(w, "last_name", m->person.lastname);
	affisekit_str(w, "email", m->email);
	affisekit_str_or_null(w, "skype", m->person.skype);
	affisekit_str(w, "work_hours", STR(""));
	affisekit_str(w, "api_key", STR(""));
	put_roles(w, m);
	affisekit_time(w, "created_at", z, m->created_us);
	affisekit_time(w, "updated_at", z, m->updated_us);
	jsonw_end(w);
}

static void
put_address(struct jsonw *w, const struct person *p)
{
	affisekit_str_or_null(w, "address_1", p->address1);
	affisekit_str_or_null(w, "address_2", p->address2);
	affisekit_str_or_null(w, "city", p->city);
	affisekit_str_or_null(w, "country", p->country);
	affisekit_str_or_null(w, "zip_code", p->zip_code);
}

static void
put_sub_accounts(struct jsonw *w, const struct offertarget_subs *subs)
{
	jsonw_key(w, "sub_accounts");
	jsonw_obj(w);
	for (unsigned i = 1; i <= 2; i++) {
		jsonw_key(w, i == 1 ? "1" : "2");
		jsonw_obj(w);
		affisekit_str(w, "value", subs->sub[i - 1]);
		affisekit_int(w, "except", subs->except[i - 1]);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static struct str
full_name(struct arena *a, const struct person *p)
{
	if (p->firstname.n == 0 || p->lastname.n == 0)
		return p->firstname.n > 0 ? p->firstname : p->lastname;
	return arena_printf(a, "%.*s %.*s", STR_ARG(p->firstname), STR_ARG(p->lastname));
}

static void
put_partner(struct api_req *rq, const struct zone *z, const struct account *a,
    const struct account *manager, const char *key)
{
	/* Affiliates have no such lists: no call sends one. */
	const struct offertarget_subs none = {{STR(""), STR("")}, {false, false}};
	struct jsonw *w = rq->out;

	jsonw_obj(w);
	affisekit_int(w, "id", a->id);
	affisekit_time(w, "created_at", z, a->created_us);
	affisekit_time(w, "updated_at", z, a->updated_us);
	affisekit_str(w, "email", a->email);
	affisekit_str(w, "login", a->username);
	affisekit_str_or_null(w, "name", full_name(rq->arena, &a->person));
	if (a->ref_percent.given) {
		char text[MONEY_TEXT];

		(void)pct_format(text, a->ref_percent.v, 0);
		affisekit_str(w, "ref_percent", str_of(text));
	} else {
		affisekit_null(w, "ref_percent");
	}
	affisekit_str(w, "notes", a->notes);
	put_manager(w, "manager", z, manager);
	affisekit_str(w, "status", str_of(status_words[a->status]));
	affisekit_int(w, "level", a->level);
	affisekit_empty_list(w, "payment_systems");
	affisekit_empty_list(w, "customFields");
	affisekit_empty_map(w, "balance");
	affisekit_int(w, "offersCount", 0);
	affisekit_str(w, "api_key", str_of(key));
	put_address(w, &a->person);
	affisekit_str_or_null(w, "phone", a->person.tel);
	jsonw_key(w, "ref");
	jsonw_fmt(w, "%lld", (long long)a->ref_account_id);
	put_sub_accounts(w, &none);
	affisekit_str_or_null(w, "contactPerson", a->person.contact);
	jsonw_end(w);
}

static void
put_advertiser(struct jsonw *w, const struct zone *z, const struct account *a,
    const struct account *manager, const struct offertarget_subs *subs)
{
	struct str rest = a->allowed_ip, one;

	jsonw_obj(w);
	affisekit_str(w, "id", a->hex24);
	affisekit_str(w, "title", a->title);
	affisekit_str_or_null(w, "contact", a->person.contact);
	affisekit_str_or_null(w, "email", a->email);
	affisekit_str_or_null(w, "url", a->person.url);
	affisekit_str(w, "manager", manager == NULL ? STR("") : manager->hex24);
	put_manager(w, "manager_obj", z, manager);
	jsonw_key(w, "allowed_ip");
	jsonw_arr(w);
	while ((one = iplist_next(&rest)).p != NULL)
		jsonw_str(w, one);
	jsonw_end(w);
	affisekit_str_or_null(w, "skype", a->person.skype);
	affisekit_str_or_null(w, "note", a->notes);
	affisekit_str_or_null(w, "hash_password", a->hash_password);
	put_address(w, &a->person);
	affisekit_str_or_null(w, "vat_code", a->person.vat_code);
	put_sub_accounts(w, subs);
	jsonw_end(w);
}

/* What a new account's answer needs besides the account. */
static enum err
load_around(struct api_req *rq, const struct account *a, const struct zone **z,
    struct account *manager)
{
	enum err rc = affisekit_zone(rq->db, rq->arena, z);

	if (rc == ERR_OK && a->manager_id != 0)
		rc = account_load(rq->db, rq->arena, a->manager_id, manager);
	return rc;
}

/* ---- partner ---- */

struct new_partner {
	const struct args_affise_add_partner *sent;
	struct account a;
	char key[APIKEY_LEN + 1];
};

static enum err
do_add_partner(struct change *c, void *what)
{
	/* In the order of the row's words. */
	static const enum account_status states[] = {
	    ACCOUNT_ACTIVE, ACCOUNT_DISABLED, ACCOUNT_BANNED, ACCOUNT_PENDING};
	struct new_partner *n = what;
	const struct args_affise_add_partner *s = n->sent;
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
	rc = take_manager(c, "manager_id", s->has_manager_id, &s->manager_id, &n->a);
	if (rc == ERR_OK)
		rc = account_add(c, &n->a, s->password);
	return rc != ERR_OK ? rc : apikey_create(c, n->a.id, n->key);
}

int
api_affise_add_partner(struct api_req *rq, const struct args_affise_add_partner *a)
{
	struct new_partner n = {.sent = a};
	struct change c = {.db = rq->db, .arena = rq->arena};
	struct account manager;
	const struct zone *z;
	enum err rc = affisekit_run(rq, &c, do_add_partner, &n, partner_names);

	if (rc == ERR_OK)
		rc = load_around(rq, &n.a, &z, &manager);
	if (rc != ERR_OK)
		return (int)rc;
	affise_begin(rq);
	jsonw_key(rq->out, "partner");
	put_partner(rq, z, &n.a, n.a.manager_id != 0 ? &manager : NULL, n.key);
	affisekit_int(rq->out, "id", n.a.id);
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
	rc = take_manager(c, "manager", s->has_manager, &s->manager, &n->a);
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
	int64_t id, there;
	enum err rc = affisekit_account(c->db, &s->ID, ACCOUNT_ADVERTISER, &id);

	if (rc == ERR_OK)
		rc = db_int(c->db, &there, 0,
		    "SELECT id FROM account WHERE id = ? FOR UPDATE", "i", id);
	if (rc == ERR_OK)
		rc = account_load(c->db, c->arena, id, &n->a);
	if (rc == ERR_OK)
		rc = offertarget_subs_load(c->db, c->arena, id, &n->subs);
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
	if (s->has_manager == ARG_EMPTY)
		n->a.manager_id = 0;
	rc = take_manager(c, "manager", s->has_manager, &s->manager, &n->a);
	if (rc == ERR_OK)
		rc = account_store(c, &n->a, STR(""));
	if (rc != ERR_OK || !SAYS_SUBS(s))
		return rc;
	TAKE_SUBS(&n->subs, s);
	return offertarget_subs_put(c, id, &n->subs);
}

static int
change_advertiser(struct api_req *rq, struct advertiser *n, change_f *fn)
{
	struct change c = {.db = rq->db, .arena = rq->arena};
	struct account manager;
	const struct zone *z;
	enum err rc = affisekit_run(rq, &c, fn, n, advertiser_names);

	if (rc == ERR_NOT_FOUND)
		return (int)fault_set(&rq->fault, rc, "", "Resource Not Found");
	if (rc == ERR_OK)
		rc = load_around(rq, &n->a, &z, &manager);
	if (rc != ERR_OK)
		return (int)rc;
	affise_begin(rq);
	jsonw_key(rq->out, "advertiser");
	put_advertiser(
	    rq->out, z, &n->a, n->a.manager_id != 0 ? &manager : NULL, &n->subs);
	jsonw_end(rq->out);
	return ERR_OK;
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
