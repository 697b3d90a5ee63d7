/* SPDX-License-Identifier: Apache-2.0
 * affiseextra.c - what an affiliate is asked besides: payout accounts and sign-up
 * answers, in and out of trees.
 */
#include "api/affise/affiseaccount.h"
#include "domain/customfield.h"

enum err
affiseaccount_manager(struct change *c, const char *name, uint8_t has,
    const struct arg_ref *ref, int64_t *id)
{
	enum err rc;

	if (has == ARG_EMPTY)
		*id = 0;
	if (has != ARG_SENT)
		return ERR_OK;
	rc = affisekit_account(c->db, ref, 0, id);
	if (rc == ERR_OK && *id == 0)
		return change_fault(c, ERR_INVALID, name, "is no manager");
	return rc;
}

static struct str
upper(struct arena *a, struct str s)
{
	char *buf = arena_alloc(a, s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		buf[i] =
		    s.p[i] >= 'a' && s.p[i] <= 'z' ? (char)(s.p[i] - 'a' + 'A') : s.p[i];
	return str_n(buf, s.n);
}

/* [fields][<number>] = value. */
static enum err
read_values(struct change *c, struct json_object *fields, struct paysystem_account *p)
{
	const size_t n = tree_len(fields);

	if (fields == NULL || (!tree_is_node(fields) && tree_str(fields).n == 0))
		return ERR_OK;
	p->value = arena_alloc(c->arena, (n + 1) * sizeof(*p->value));
	for (size_t i = 0; i < n; i++) {
		const struct str key = tree_key(fields, i),
				 value = tree_str(tree_at(fields, i));

		if (key.p == NULL || value.p == NULL ||
		    !str_to_i64(key, &p->value[i].field_id))
			return change_fault(c, ERR_INVALID, "payment_systems",
			    "must have fields by their numbers");
		p->value[i].value = arena_str(c->arena, value);
	}
	p->n_value = n;
	return ERR_OK;
}

static enum err
read_paysystems(struct change *c, struct affiseextra *x)
{
	const size_t n = tree_len(x->paysystems);

	x->pay = arena_alloc(c->arena, (n + 1) * sizeof(*x->pay));
	x->n_pay = 0;
	if (x->has_paysystems == ARG_EMPTY)
		return ERR_OK;
	for (size_t i = 0; i < n; i++) {
		struct json_object *one = tree_at(x->paysystems, i);
		struct paysystem_account *p = &x->pay[i];
		struct str code = tree_get_str(one, "currency");
		enum err rc;

		*p = (struct paysystem_account){.active = i == 0,
		    .currency = upper(c->arena, code.p == NULL ? STR("") : code)};
		if (!str_to_i64(tree_get_str(one, "system_id"), &p->paysystem_id))
			return change_fault(c, ERR_INVALID, "payment_systems",
			    "must have a system_id in each entry");
		rc = read_values(c, tree_get(one, "fields"), p);
		if (rc != ERR_OK)
			return rc;
	}
	x->n_pay = n;
	return ERR_OK;
}

enum err
affiseextra_check(struct change *c, struct affiseextra *x, struct account *a)
{
	enum err rc;

	if (x->has_paysystems == ARG_ABSENT)
		return ERR_OK;
	rc = read_paysystems(c, x);
	return rc != ERR_OK ? rc : paysystem_check(c, a, x->pay, x->n_pay);
}

/* A text, or a list of numbers of choices. */
static bool
read_answer(struct change *c, struct json_object *node, struct str *out)
{
	*out = STR("");
	if (!tree_is_node(node)) {
		struct str s = tree_str(node);

		*out = s.p == NULL ? STR("") : s;
		return true;
	}
	for (size_t i = 0; i < tree_len(node); i++) {
		struct str one = tree_str(tree_at(node, i));

		if (one.p == NULL)
			return false;
		*out = arena_printf(c->arena, "%.*s%s%.*s", STR_ARG(*out),
		    i > 0 ? "," : "", STR_ARG(one));
	}
	return true;
}

enum err
affiseextra_put(struct change *c, const struct affiseextra *x, int64_t account_id)
{
	enum err rc = ERR_OK;

	if (x->has_paysystems != ARG_ABSENT)
		rc = paysystem_put(c, account_id, x->pay, x->n_pay);
	if (rc == ERR_OK && x->has_fields == ARG_EMPTY)
		rc = customfield_clear(c, account_id);
	if (rc != ERR_OK || x->has_fields != ARG_SENT)
		return rc;
	for (size_t i = 0; i < tree_len(x->fields) && rc == ERR_OK; i++) {
		const struct str key = tree_key(x->fields, i);
		struct str answer;
		int64_t id;

		if (key.p == NULL || !str_to_i64(key, &id) ||
		    !read_answer(c, tree_at(x->fields, i), &answer))
			return change_fault(c, ERR_INVALID, "custom_fields",
			    "must have answers by the numbers of their fields");
		rc = customfield_answer(c, account_id, id, answer);
	}
	return rc;
}
