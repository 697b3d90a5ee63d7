/* SPDX-License-Identifier: Apache-2.0
 * affiseaccountshow.c - see affiseaccount.h.
 */
#include "api/affise/affiseaccount.h"
#include "base/iplist.h"
#include "domain/customfield.h"
#include "domain/paysystem.h"
#include "report/balance.h"

/* How this dialect calls a status: C6 of decisions.md. */
static const char *const status_words[ACCOUNT_STATUSES] = {
    "active", "not active", "banned", "on moderation", "on moderation", "not active"};

enum err
affiseaccount_init(struct api_req *rq, struct affiseaccount *s)
{
	*s = (struct affiseaccount){.rq = rq, .w = rq->out};
	return affisekit_zone(rq->db, rq->arena, &s->zone);
}

/* The first failure is the one that is told. */
static bool
good(struct affiseaccount *s, enum err rc)
{
	if (s->rc == ERR_OK)
		s->rc = rc;
	return rc == ERR_OK;
}

static int64_t
count(struct affiseaccount *s, const char *sql, int64_t id)
{
	int64_t n = 0;

	return good(s, db_int(s->rq->db, &n, 0, sql, "i", id)) ? n : 0;
}

void
affiseaccount_user(struct affiseaccount *s, const struct user *u, const char *key)
{
	struct jsonw *w = s->w;

	jsonw_obj(w);
	affisekit_str(w, "id", u->a.hex24);
	affisekit_str(w, "first_name", u->a.person.firstname);
	affisekit_str(w, "last_name", u->a.person.lastname);
	affisekit_str(w, "email", u->a.email);
	affisekit_str_or_null(w, "skype", u->a.person.skype);
	affisekit_str(w, "work_hours", u->work_hours);
	affisekit_str(w, "api_key", str_of(key));
	jsonw_key(w, "roles");
	jsonw_arr(w);
	for (unsigned i = 0; userrole_words[i] != NULL; i++)
		if ((u->roles >> i & 1) != 0)
			jsonw_cstr(w, userrole_words[i]);
	jsonw_end(w);
	affisekit_time(w, "created_at", s->zone, u->a.created_us);
	affisekit_time(w, "updated_at", s->zone, u->a.updated_us);
	jsonw_end(w);
}

/* Many accounts in a row have one manager: he is read once.  false: there is none. */
static bool
load_manager(struct affiseaccount *s, int64_t id)
{
	enum err rc;

	if (id == 0)
		return false;
	if (s->manager.a.id == id)
		return true;
	rc = user_load(s->rq->db, s->rq->arena, id, &s->manager);
	if (rc != ERR_OK)
		s->manager.a.id = 0;
	return rc != ERR_NOT_FOUND && good(s, rc);
}

static void
put_manager(struct affiseaccount *s, const char *key, int64_t id)
{
	jsonw_key(s->w, key);
	if (load_manager(s, id))
		affiseaccount_user(s, &s->manager, "");
	else
		jsonw_null(s->w);
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
put_number_key(struct affiseaccount *s, int64_t no)
{
	jsonw_key_str(s->w, arena_printf(s->rq->arena, "%lld", (long long)no));
}

static void
put_paysystems(struct affiseaccount *s, const struct account *a)
{
	struct paysystem_account *p = NULL;
	struct jsonw *w = s->w;
	size_t n = 0;

	if (!good(s, paysystem_of(s->rq->db, s->rq->arena, a, &p, &n)))
		n = 0;
	jsonw_key(w, "payment_systems");
	jsonw_arr(w);
	for (size_t i = 0; i < n; i++) {
		jsonw_obj(w);
		affisekit_int(w, "id", p[i].paysystem_id);
		affisekit_int(w, "active", p[i].active);
		affisekit_str(w, "system", p[i].system);
		affisekit_str(w, "currency", p[i].currency);
		jsonw_key(w, "fields");
		jsonw_obj(w);
		for (size_t v = 0; v < p[i].n_value; v++) {
			put_number_key(s, p[i].value[v].field_id);
			jsonw_str(w, p[i].value[v].value);
		}
		jsonw_end(w);
		jsonw_end(w);
	}
	jsonw_end(w);
}

/* Of check boxes the value is a list and the label a map; of all else both are texts. */
static void
put_answer(struct affiseaccount *s, const struct customfield *f)
{
	const bool boxes = f->type == CUSTOMFIELD_CHECKBOX,
		   chooses = f->type >= CUSTOMFIELD_SELECT;
	struct str rest = f->answer;
	struct jsonw *w = s->w;
	int64_t no;

	if (!boxes) {
		affisekit_str(w, "value", f->answer);
		if (!chooses || !str_to_i64(f->answer, &no))
			affisekit_str(w, "label", chooses ? STR("") : f->answer);
		else
			affisekit_str(w, "label", customfield_choice(f, no));
		return;
	}
	jsonw_key(w, "value");
	jsonw_arr(w);
	while (rest.n > 0)
		if (str_to_i64(str_split(&rest, ','), &no))
			jsonw_int(w, no);
	jsonw_end(w);
	jsonw_key(w, "label");
	jsonw_obj(w);
	rest = f->answer;
	while (rest.n > 0) {
		if (!str_to_i64(str_split(&rest, ','), &no))
			continue;
		put_number_key(s, no);
		jsonw_str(w, customfield_choice(f, no));
	}
	jsonw_end(w);
}

static void
put_fields(struct affiseaccount *s, int64_t account_id)
{
	struct customfield *f = NULL;
	size_t n = 0;

	if (!good(s, customfield_of(s->rq->db, s->rq->arena, account_id, &f, &n)))
		n = 0;
	jsonw_key(s->w, "customFields");
	jsonw_arr(s->w);
	for (size_t i = 0; i < n; i++) {
		jsonw_obj(s->w);
		affisekit_int(s->w, "id", f[i].id);
		affisekit_str(s->w, "name", f[i].name);
		put_answer(s, &f[i]);
		jsonw_end(s->w);
	}
	jsonw_end(s->w);
}

void
affiseaccount_balance(struct affiseaccount *s, int64_t account_id)
{
	const struct balance *b = NULL;
	struct jsonw *w = s->w;
	size_t n = 0;

	if (!good(
		s, balance_load(s->rq->db, s->rq->arena, account_id, s->rq->now, &b, &n)))
		n = 0;
	jsonw_key(w, "balance");
	jsonw_obj(w);
	for (size_t i = 0; i < n; i++) {
		jsonw_key(w, b[i].currency);
		jsonw_obj(w);
		jsonw_key(w, "balance");
		jsonw_money(w, b[i].balance, 0);
		jsonw_key(w, "hold");
		jsonw_money(w, b[i].hold, 0);
		jsonw_key(w, "available");
		jsonw_money(w, b[i].available, 0);
		jsonw_end(w);
	}
	jsonw_end(w);
}

void
affiseaccount_partner(struct affiseaccount *s, const struct account *a, const char *key)
{
	/* Affiliates have no such lists: no call sends one. */
	const struct offertarget_subs none = {{STR(""), STR("")}, {false, false}};
	struct jsonw *w = s->w;

	jsonw_obj(w);
	affisekit_int(w, "id", a->id);
	affisekit_time(w, "created_at", s->zone, a->created_us);
	affisekit_time(w, "updated_at", s->zone, a->updated_us);
	affisekit_str(w, "email", a->email);
	affisekit_str(w, "login", a->username);
	affisekit_str_or_null(w, "name", full_name(s->rq->arena, &a->person));
	if (a->ref_percent.given) {
		char text[MONEY_TEXT];

		(void)pct_format(text, a->ref_percent.v, 0);
		affisekit_str(w, "ref_percent", str_of(text));
	} else {
		affisekit_null(w, "ref_percent");
	}
	affisekit_str(w, "notes", a->notes);
	put_manager(s, "manager", a->manager_id);
	affisekit_str(w, "status", str_of(status_words[a->status]));
	affisekit_int(w, "level", a->level);
	put_paysystems(s, a);
	put_fields(s, a->id);
	if (s->with_balance)
		affiseaccount_balance(s, a->id);
	else
		affisekit_empty_map(w, "balance");
	affisekit_int(w, "offersCount",
	    count(s,
		"SELECT COUNT(DISTINCT e.offer_id) FROM access_exception e JOIN offer o "
		"ON o.id = e.offer_id AND NOT o.deleted WHERE e.affiliate_id = ? AND "
		"e.allowed",
		a->id));
	affisekit_str(w, "api_key", str_of(key));
	put_address(w, &a->person);
	affisekit_str_or_null(w, "phone", a->person.tel);
	jsonw_key(w, "ref");
	jsonw_fmt(w, "%lld", (long long)a->ref_account_id);
	put_sub_accounts(w, &none);
	affisekit_str_or_null(w, "contactPerson", a->person.contact);
	jsonw_end(w);
}

void
affiseaccount_advertiser(struct affiseaccount *s, const struct account *a, bool listed)
{
	struct offertarget_subs subs = {{STR(""), STR("")}, {false, false}};
	struct str rest = a->allowed_ip, one;
	struct jsonw *w = s->w;

	(void)good(s, offertarget_subs_load(s->rq->db, s->rq->arena, a->id, &subs));
	jsonw_obj(w);
	affisekit_str(w, "id", a->hex24);
	affisekit_str(w, "title", a->title);
	affisekit_str_or_null(w, "contact", a->person.contact);
	affisekit_str_or_null(w, "email", a->email);
	affisekit_str_or_null(w, "url", a->person.url);
	affisekit_str(
	    w, "manager", load_manager(s, a->manager_id) ? s->manager.a.hex24 : STR(""));
	put_manager(s, "manager_obj", a->manager_id);
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
	put_sub_accounts(w, &subs);
	if (listed) {
		affisekit_str(w, "offers",
		    arena_printf(s->rq->arena, "%lld",
			(long long)count(s,
			    "SELECT COUNT(*) FROM offer WHERE advertiser_id = ? AND NOT "
			    "deleted",
			    a->id)));
		affisekit_bool(w, "has_user", a->password_hash.n > 0);
		affisekit_time(w, "created_at", s->zone, a->created_us);
		affisekit_time(w, "updated_at", s->zone, a->updated_us);
	}
	jsonw_end(w);
}
