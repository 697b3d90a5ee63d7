/* SPDX-License-Identifier: Apache-2.0
 * affiseuser.c - /3.0/admin/users and /3.0/admin/user; lists of affiliates and
 * advertisers.
 */
#include "api/affise/affiseaccount.h"
#include "domain/apikey.h"
#include "report/ask.h"
#include "worker/section.h"

static const struct affisekit_name names[] = {
    {"firstname", "first_name"},
    {"lastname", "last_name"},
    {NULL, NULL},
};

static int64_t
page_size(int64_t limit)
{
	return limit < AFFISE_PAGE_MAX ? limit : AFFISE_PAGE_MAX;
}

static int
failed(struct api_req *rq, enum err rc)
{
	if (rc == ERR_NOT_FOUND)
		return (int)fault_set(&rq->fault, rc, "", "Resource Not Found");
	return (int)rc;
}

/* ---- users ---- */

int
api_affise_users(struct api_req *rq, const struct args_affise_users *a)
{
	const int64_t limit = page_size(a->limit);
	struct affiseaccount show;
	int64_t *ids, total;
	size_t n;
	enum err rc = affiseaccount_init(rq, &show);

	if (rc == ERR_OK)
		rc = user_list(rq->db, rq->arena, (uint64_t)((a->page - 1) * limit),
		    (uint64_t)limit, &ids, &n, &total);
	if (rc != ERR_OK)
		return (int)rc;
	affise_begin(rq);
	jsonw_key(rq->out, "users");
	jsonw_arr(rq->out);
	for (size_t i = 0; i < n && rc == ERR_OK; i++) {
		struct user u;

		rc = user_load(rq->db, rq->arena, ids[i], &u);
		if (rc == ERR_OK)
			affiseaccount_user(&show, &u, "");
		else if (rc == ERR_NOT_FOUND) /* deleted since the list was made */
			rc = ERR_OK;
	}
	jsonw_end(rq->out);
	affise_pagination(rq, a->page, limit, total);
	jsonw_end(rq->out);
	return (int)rc;
}

struct edit {
	const struct args_affise_add_user *add;
	const struct args_affise_edit_user *edit;
	const struct arg_ref *id;
	struct user u;
	char key[APIKEY_LEN + 1];
};

static unsigned
roles_of(const struct arg_words *words)
{
	unsigned out = 0;

	/* The row's words are in the order of tbl/sections.h. */
	for (size_t i = 0; i < words->n; i++)
		out |= 1u << words->v[i].no;
	return out;
}

static enum err
do_add(struct change *c, void *what)
{
	struct edit *e = what;
	const struct args_affise_add_user *s = e->add;
	enum err rc;

	account_init(&e->u.a, ACCOUNT_ADMIN);
	e->u.a.email = s->email;
	e->u.a.person.firstname = s->first_name;
	e->u.a.person.lastname = s->last_name;
	if (s->skype.p != NULL)
		e->u.a.person.skype = s->skype;
	e->u.work_hours = s->work_hours.p != NULL ? s->work_hours : STR("");
	e->u.roles = roles_of(&s->roles);
	rc = user_add(c, &e->u, s->password);
	return rc != ERR_OK ? rc : apikey_create(c, e->u.a.id, e->key);
}

static enum err
lock_user(struct change *c, const struct arg_ref *ref, struct user *u)
{
	int64_t id, there;
	enum err rc = affisekit_account(c->db, ref, 0, &id);

	if (rc == ERR_OK)
		rc = db_int(c->db, &there, 0,
		    "SELECT id FROM account WHERE id = ? FOR UPDATE", "i", id);
	return rc != ERR_OK ? rc : user_load(c->db, c->arena, id, u);
}

static enum err
do_edit(struct change *c, void *what)
{
	struct edit *e = what;
	const struct args_affise_edit_user *s = e->edit;
	const struct {
		const char *name;
		uint8_t has;
	} needed[] = {{"email", s->has_email}, {"password", s->has_password},
	    {"first_name", s->has_first_name}, {"last_name", s->has_last_name},
	    {"roles", s->has_roles}};
	enum err rc = lock_user(c, e->id, &e->u);

	if (rc != ERR_OK)
		return rc;
	for (size_t i = 0; i < ARRAY_LEN(needed); i++)
		if (needed[i].has == ARG_EMPTY)
			return change_fault(
			    c, ERR_INVALID, needed[i].name, "may not be empty");
	if (s->has_email == ARG_SENT)
		e->u.a.email = s->email;
	if (s->has_first_name == ARG_SENT)
		e->u.a.person.firstname = s->first_name;
	if (s->has_last_name == ARG_SENT)
		e->u.a.person.lastname = s->last_name;
	if (s->has_skype != ARG_ABSENT)
		e->u.a.person.skype = s->skype;
	if (s->has_work_hours != ARG_ABSENT)
		e->u.work_hours = s->work_hours;
	if (s->has_roles == ARG_SENT)
		e->u.roles = roles_of(&s->roles);
	return user_store(c, &e->u, s->has_password == ARG_SENT ? s->password : STR(""));
}

static int
change_user(struct api_req *rq, struct edit *e, change_f *fn)
{
	struct change c = {.db = rq->db, .arena = rq->arena};
	struct affiseaccount show;
	enum err rc = affisekit_run(rq, &c, fn, e, names);

	if (rc == ERR_OK)
		rc = affiseaccount_init(rq, &show);
	if (rc != ERR_OK)
		return failed(rq, rc);
	affise_begin(rq);
	jsonw_key(rq->out, "user");
	affiseaccount_user(&show, &e->u, e->key);
	jsonw_end(rq->out);
	return (int)show.rc;
}

int
api_affise_add_user(struct api_req *rq, const struct args_affise_add_user *a)
{
	return change_user(rq, &(struct edit){.add = a}, do_add);
}

int
api_affise_edit_user(struct api_req *rq, const struct args_affise_edit_user *a)
{
	return change_user(rq, &(struct edit){.edit = a, .id = &a->ID}, do_edit);
}

static enum err
do_key(struct change *c, void *what)
{
	struct edit *e = what;
	enum err rc = lock_user(c, e->id, &e->u);

	/* K2 of decisions.md: this one ends the old keys at once. */
	return rc != ERR_OK ? rc : apikey_rotate(c, e->u.a.id, true, e->key);
}

int
api_affise_user_key(struct api_req *rq, const struct args_affise_user_key *a)
{
	struct change c = {.db = rq->db, .arena = rq->arena};
	struct edit e = {.id = &a->ID};
	enum err rc = affisekit_run(rq, &c, do_key, &e, names);

	if (rc != ERR_OK)
		return failed(rq, rc);
	affise_begin(rq);
	jsonw_key(rq->out, "user");
	jsonw_obj(rq->out);
	affisekit_str(rq->out, "id", e.u.a.hex24);
	affisekit_str(rq->out, "api_key", str_of(e.key));
	jsonw_end(rq->out);
	jsonw_end(rq->out);
	return ERR_OK;
}

/* ---- lists of accounts ---- */

/* A page of accounts of a type, of all or of one manager. */
struct listing {
	unsigned type;
	int64_t manager; /* 0: all */
	uint64_t order;  /* 0 number, 1 title, 2 email; 3 more: down */
	int64_t page, limit, total;
};

static enum err
list_accounts(struct api_req *rq, struct listing *l, int64_t **ids, size_t *n)
{
	/* No condition that asks for nothing, no order made of cases: indexes do it. */
	static const char *const orders[] = {" ORDER BY id", " ORDER BY title, id",
	    " ORDER BY email, id", " ORDER BY id DESC", " ORDER BY title DESC, id",
	    " ORDER BY email DESC, id"};
	struct ask *k = arena_alloc(rq->arena, sizeof(*k));
	struct db_rows *r;
	enum err rc =
	    l->manager == 0
		? db_int(rq->db, &l->total, 0,
		      "SELECT COUNT(*) FROM account WHERE type = ? AND NOT deleted", "u",
		      (uint64_t)l->type)
		: db_int(rq->db, &l->total, 0,
		      "SELECT COUNT(*) FROM account WHERE type = ? AND NOT deleted AND "
		      "manager_id = ?",
		      "ui", (uint64_t)l->type, l->manager);

	*ids = NULL;
	*n = 0;
	if (rc != ERR_OK)
		return rc;
	assert(l->order < ARRAY_LEN(orders));
	ask_init(k);
	ask_add(k, "SELECT id FROM account WHERE type = ? AND NOT deleted", "u",
	    (uint64_t)l->type);
	if (l->manager != 0)
		ask_add(k, " AND manager_id = ?", "i", l->manager);
	ask_add(k, orders[l->order], NULL);
	ask_add(k, " LIMIT ? OFFSET ?", "ii", l->limit, (l->page - 1) * l->limit);
	rc = ask_rows(k, rq->db, &r);
	if (rc != ERR_OK)
		return rc;
	while (db_next(r)) {
		*ids = row_grow(rq->arena, *ids, *n, sizeof(**ids));
		(*ids)[(*n)++] = db_i64(r, 0);
	}
	return db_rows_close(&r);
}

static int
show_accounts(struct api_req *rq, struct listing *l, const char *key, bool with_balance)
{
	struct affiseaccount show;
	int64_t *ids;
	size_t n;
	enum err rc = affiseaccount_init(rq, &show);

	show.with_balance = with_balance;
	if (rc == ERR_OK)
		rc = list_accounts(rq, l, &ids, &n);
	if (rc != ERR_OK)
		return (int)rc;
	affise_begin(rq);
	jsonw_key(rq->out, key);
	jsonw_arr(rq->out);
	for (size_t i = 0; i < n && show.rc == ERR_OK; i++) {
		struct account a;

		rc = account_load(rq->db, rq->arena, ids[i], &a);
		if (rc == ERR_NOT_FOUND) /* deleted since the list was made */
			continue;
		if (rc != ERR_OK)
			show.rc = rc;
		else if (l->type == ACCOUNT_AFFILIATE)
			affiseaccount_partner(&show, &a, "");
		else
			affiseaccount_advertiser(&show, &a, true);
	}
	jsonw_end(rq->out);
	affise_pagination(rq, l->page, l->limit, l->total);
	jsonw_end(rq->out);
	return (int)show.rc;
}

static int64_t
own(const struct api_req *rq, unsigned what)
{
	return (rq->caller.own & what) != 0 ? rq->caller.account_id : 0;
}

int
api_affise_partners(struct api_req *rq, const struct args_affise_partners *a)
{
	struct listing l = {.type = ACCOUNT_AFFILIATE,
	    .manager = own(rq, OWN_AFFILIATES),
	    .page = a->page,
	    .limit = page_size(a->limit)};

	return show_accounts(rq, &l, "partners", a->with_balance);
}

int
api_affise_advertisers(struct api_req *rq, const struct args_affise_advertisers *a)
{
	struct listing l = {.type = ACCOUNT_ADVERTISER,
	    .manager = own(rq, OWN_ADVERTISERS),
	    .order = (uint64_t)(a->order.no > 0 ? a->order.no : 0) +
		     (a->orderType.no == 1 ? 3 : 0),
	    .page = a->page,
	    .limit = page_size(a->limit)};

	return show_accounts(rq, &l, "advertisers", false);
}
