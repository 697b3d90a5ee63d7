/* SPDX-License-Identifier: Apache-2.0
 * natsrates.c - /api/service/set_currency_exchange_rates.
 *
 * A rate is units of a currency for one unit of base; the table only grows, and booking
 * takes the rate of the event's own time (M3).  Rates that are given for another base are
 * turned into those of the network's.
 */
#include <json.h>
#include <limits.h>

#include "api/nats/natskit.h"
#include "domain/netset.h"

#define MOST_RATES 300u
#define DEEPEST 2 /* of a JSON text: an object of leaves */

static const struct natskit_name names[] = {
    {"base", "base", true},
    {"currency", "currency", true},
    {"rate", "rate", true},
    {NULL, NULL, false},
};

struct rates {
	const struct args_nats_exchange_rates *a;
	struct json_object *list; /* several at once; NULL: none */
	struct str network;       /* its base currency */
	struct str base;          /* of the rates sent, in capitals */
	int64_t of_base;          /* its units for one of the network's */
};

static struct str
capitals(struct arena *a, struct str s)
{
	char *to = arena_alloc(a, s.n + 1);

	s = str_trim(s);
	for (size_t i = 0; i < s.n; i++)
		to[i] = s.p[i] >= 'a' && s.p[i] <= 'z' ? (char)(s.p[i] & ~0x20) : s.p[i];
	return str_n(to, s.n);
}

static enum err
store(struct change *c, const struct rates *x, struct str currency, struct str text)
{
	int64_t rate;

	currency = capitals(c->arena, currency);
	if (!money_parse(str_trim(text), &rate) || rate <= 0 || rate > MONEY_MOST)
		return change_fault(c, ERR_INVALID, "rate", "must be above 0");
	if (str_eq(x->base, x->network))
		return netset_set_rate(c, currency, rate);
	/* What one unit of that base is in the network's says what it is itself. */
	if (str_eq(currency, x->network))
		return netset_set_rate(
		    c, x->base, money_muldiv(MONEY_UNIT, MONEY_UNIT, rate));
	if (x->of_base == 0)
		return change_fault(c, ERR_INVALID, "base", "has no rate");
	return netset_set_rate(c, currency, money_muldiv(rate, x->of_base, MONEY_UNIT));
}

static enum err
do_store(struct change *c, void *what)
{
	struct rates *x = what;
	const struct args_nats_exchange_rates *a = x->a;
	enum err rc = netset_get(c->db, c->arena, STR("base_currency"), &x->network);

	if (rc != ERR_OK)
		return rc;
	x->base = a->has_base == ARG_SENT ? capitals(c->arena, a->base) : x->network;
	rc = netset_rate(c->db, x->base, c->now, &x->of_base);
	if (rc == ERR_OK && a->has_currency != ARG_SENT && a->has_rate == ARG_SENT)
		return change_fault(c, ERR_MISSING, "currency", "is required with rate");
	if (rc == ERR_OK && a->has_currency == ARG_SENT)
		rc = a->has_rate == ARG_SENT ? store(c, x, a->currency, a->rate)
					     : change_fault(c, ERR_MISSING, "rate",
						   "is required with currency");
	if (rc == ERR_OK && tree_len(x->list) > MOST_RATES)
		return change_fault(
		    c, ERR_INVALID, "rates", "has more than %u", MOST_RATES);
	for (size_t i = 0; rc == ERR_OK && i < tree_len(x->list); i++) {
		struct str key = tree_key(x->list, i);

		if (key.p == NULL)
			return change_fault(c, ERR_INVALID, "currency", "is none");
		rc = store(c, x, key, tree_str(tree_at(x->list, i)));
	}
	return rc;
}

/* The text of a JSON object; NULL: it is none. */
static struct json_object *
parse(struct str text)
{
	struct json_tokener *tok = json_tokener_new_ex(DEEPEST);
	struct json_object *list = NULL;

	if (tok == NULL || text.n > INT_MAX)
		return NULL;
	list = json_tokener_parse_ex(tok, text.p, (int)text.n);
	if (json_tokener_get_error(tok) != json_tokener_success ||
	    !json_object_is_type(list, json_type_object)) {
		json_object_put(list);
		list = NULL;
	}
	json_tokener_free(tok);
	return list;
}

static enum err
show(struct api_req *rq, const char *message)
{
	struct jsonw *w = rq->out;
	struct db_rows *r = NULL;
	struct str base;
	int64_t updated = 0;
	enum err rc = netset_get(rq->db, rq->arena, STR("base_currency"), &base);

	if (rc == ERR_OK)
		rc = db_query(rq->db, &r,
		    "SELECT currency, rate, valid_from_us FROM currency_rate r WHERE "
		    "valid_from_us = (SELECT MAX(valid_from_us) FROM currency_rate WHERE "
		    "currency = r.currency AND valid_from_us <= ?) ORDER BY currency",
		    "i", clock_us());
	if (rc != ERR_OK)
		return rc;
	jsonw_obj(w);
	jsonw_key(w, "result");
	jsonw_cstr(w, "success");
	jsonw_key(w, "message");
	jsonw_cstr(w, message);
	jsonw_key(w, "data");
	jsonw_obj(w);
	jsonw_key(w, "base");
	jsonw_str(w, base);
	jsonw_key(w, "rates");
	jsonw_obj(w);
	while (db_next(r)) {
		jsonw_key_str(w, db_str(r, 0));
		jsonw_money_str(w, db_i64(r, 1), 0);
		updated = db_i64(r, 2) > updated ? db_i64(r, 2) : updated;
	}
	jsonw_end(w);
	jsonw_key(w, "updated");
	jsonw_str(w, natskit_number(rq->arena, updated / US_SECOND));
	jsonw_end(w);
	jsonw_end(w);
	return db_rows_close(&r);
}

int
api_nats_exchange_rates(struct api_req *rq, const struct args_nats_exchange_rates *a)
{
	struct rates x = {.a = a, .list = a->rates};
	struct json_object *parsed = NULL;
	struct change c = natskit_change(rq);
	enum err rc;

	if (a->has_currency != ARG_SENT && a->has_rate != ARG_SENT &&
	    tree_len(a->rates) == 0)
		return (int)show(rq, "Exchange rates.");
	if (tree_len(a->rates) > 0 && !tree_is_node(a->rates))
		x.list = parsed = parse(tree_str(a->rates));
	if (tree_len(a->rates) > 0 && x.list == NULL)
		return (int)natskit_invalid(&rq->fault, "rate");
	rc = natskit_run(rq, &c, do_store, &x, names);
	json_object_put(parsed);
	return (int)(rc != ERR_OK ? rc : show(rq, "Exchange rates updated."));
}
