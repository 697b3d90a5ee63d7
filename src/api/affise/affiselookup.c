/* SPDX-License-Identifier: Apache-2.0
 * affiselookup.c - what the network has set up (currencies, payment systems, sign-up
 * fields), its news, and the caller's balance.
 */
#include "api/affise/affiseaccount.h"
#include "domain/currency.h"
#include "domain/customfield.h"
#include "domain/news.h"

#define NEWS_MAX 100

/* ---- currencies ---- */

static void
put_extended(struct jsonw *w, const struct currency *c)
{
	jsonw_obj(w);
	affisekit_int(w, "_id", currency_number(c->code));
	affisekit_str(w, "code", c->code);
	affisekit_bool(w, "active", c->active);
	affisekit_bool(w, "default", c->base);
	jsonw_key(w, "rate");
	jsonw_money(w, c->rate, 0);
	affisekit_null(w, "min_payment");
	affisekit_bool(w, "is_crypto", false);
	jsonw_end(w);
}

int
api_affise_currency(struct api_req *rq, const struct args_affise_currency *a)
{
	struct currency *list;
	size_t n;
	enum err rc = currency_list(rq->db, rq->arena, rq->now, &list, &n);

	if (rc != ERR_OK)
		return (int)rc;
	affise_begin(rq);
	jsonw_key(rq->out, "quotes");
	if (a->extended)
		jsonw_arr(rq->out);
	else
		jsonw_obj(rq->out);
	for (size_t i = 0; i < n; i++) {
		if (a->get_only_active && !list[i].active)
			continue;
		if (a->extended) {
			put_extended(rq->out, &list[i]);
			continue;
		}
		jsonw_key_str(rq->out, list[i].code);
		jsonw_money(rq->out, list[i].rate, 0);
	}
	jsonw_end(rq->out);
	jsonw_end(rq->out);
	return ERR_OK;
}

/* ---- payment systems and fields ---- */

int
api_affise_payment_systems(
    struct api_req *rq, const struct args_affise_payment_systems *a)
{
	struct jsonw *w = rq->out;
	struct paysystem *p;
	size_t n;
	enum err rc = paysystem_list(rq->db, rq->arena, &p, &n);

	(void)a;
	if (rc != ERR_OK)
		return (int)rc;
	affise_begin(rq);
	jsonw_key(w, "payment_systems");
	jsonw_arr(w);
	for (size_t i = 0; i < n; i++) {
		jsonw_obj(w);
		affisekit_int(w, "id", p[i].id);
		affisekit_str(w, "lang_label", p[i].name);
		jsonw_key(w, "fields");
		jsonw_arr(w);
		for (size_t f = 0; f < p[i].n_field; f++) {
			jsonw_obj(w);
			affisekit_int(w, "id", p[i].field[f].id);
			affisekit_str(w, "lang_label", p[i].field[f].name);
			affisekit_bool(w, "required", p[i].field[f].required);
			jsonw_end(w);
		}
		jsonw_end(w);
		affisekit_str_or_null(w, "currency", p[i].currency);
		jsonw_end(w);
	}
	jsonw_end(w);
	jsonw_end(w);
	return ERR_OK;
}

static void
put_choices(struct jsonw *w, struct str choices)
{
	jsonw_key(w, "field_values");
	if (choices.n == 0) {
		jsonw_null(w);
		return;
	}
	jsonw_arr(w);
	while (choices.n > 0)
		jsonw_str(w, str_split(&choices, '\n'));
	jsonw_end(w);
}

int
api_affise_custom_fields(struct api_req *rq, const struct args_affise_custom_fields *a)
{
	struct jsonw *w = rq->out;
	struct customfield *f;
	size_t n;
	enum err rc = customfield_list(rq->db, rq->arena, &f, &n);

	(void)a;
	if (rc != ERR_OK)
		return (int)rc;
	affise_begin(rq);
	jsonw_key(w, "fields");
	jsonw_arr(w);
	for (size_t i = 0; i < n; i++) {
		jsonw_obj(w);
		affisekit_int(w, "id", f[i].id);
		affisekit_str(w, "name", f[i].name);
		affisekit_bool(w, "required", f[i].required);
		affisekit_str(w, "field_type", str_of(customfield_words[f[i].type]));
		put_choices(w, f[i].choices);
		jsonw_end(w);
	}
	jsonw_end(w);
	jsonw_end(w);
	return ERR_OK;
}

/* ---- news ---- */

static void
put_news(struct jsonw *w, const struct news *e)
{
	jsonw_obj(w);
	jsonw_key(w, "_id");
	jsonw_obj(w);
	affisekit_str(w, "$id", e->hex24);
	jsonw_end(w);
	affisekit_str(w, "title", e->title);
	affisekit_str(w, "small_desc", e->small_desc);
	affisekit_str(w, "desc", e->text);
	affisekit_int(w, "status", 1);
	jsonw_key(w, "created_at");
	jsonw_obj(w);
	affisekit_int(w, "sec", e->created_us / US_SECOND);
	affisekit_int(w, "usec", e->created_us % US_SECOND);
	jsonw_end(w);
	jsonw_end(w);
}

int
api_affise_news(struct api_req *rq, const struct args_affise_news *a)
{
	const int fixed = a->has_fixed == ARG_SENT ? a->fixed : -1;
	struct news *list;
	int64_t total;
	size_t n;
	enum err rc = news_list(rq->db, rq->arena, fixed, (uint64_t)a->skip,
	    (uint64_t)(a->limit < NEWS_MAX ? a->limit : NEWS_MAX), &list, &n, &total);

	if (rc != ERR_OK)
		return (int)rc;
	affise_begin(rq);
	jsonw_key(rq->out, "items");
	jsonw_obj(rq->out);
	for (size_t i = 0; i < n; i++) {
		jsonw_key_str(rq->out, list[i].hex24);
		put_news(rq->out, &list[i]);
	}
	jsonw_end(rq->out);
	affisekit_int(rq->out, "all_items", total);
	jsonw_end(rq->out);
	return ERR_OK;
}

int
api_affise_one_news(struct api_req *rq, const struct args_affise_one_news *a)
{
	struct news e;
	enum err rc = news_load(rq->db, rq->arena, a->ID, &e);

	if (rc == ERR_NOT_FOUND)
		return (int)fault_set(&rq->fault, rc, "", "Resource Not Found");
	if (rc != ERR_OK)
		return (int)rc;
	affise_begin(rq);
	jsonw_key(rq->out, "news");
	put_news(rq->out, &e);
	jsonw_end(rq->out);
	return ERR_OK;
}

/* ---- balance ---- */

int
api_affise_balance(struct api_req *rq, const struct args_affise_balance *a)
{
	struct affiseaccount show;
	enum err rc = affiseaccount_init(rq, &show);

	(void)a;
	if (rc != ERR_OK)
		return (int)rc;
	affise_begin(rq);
	affiseaccount_balance(&show, rq->caller.account_id);
	jsonw_end(rq->out);
	return (int)show.rc;
}
