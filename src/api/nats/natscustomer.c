/* SPDX-License-Identifier: Apache-2.0
 * natscustomer.c - /api/customer: locks, data access, forgetting, edits.
 */
#include "api/nats/natskit.h"
#include "base/iplist.h"
#include "book/txnid.h"
#include "domain/customer.h"
#include "report/transaction.h"

#define CLEARS "REMOVE"

/* What a change is about. */
struct job {
	struct customer_name name;
	struct customer who;
	bool lock;
	bool keep[CUSTOMER_FIELDS], keep_password;
	struct customer_edit edit;
};

static enum err
find(struct api_req *rq, const struct customer_name *name, struct customer *out)
{
	enum err rc = customer_find(rq->db, rq->arena, name, out);

	if (rc == ERR_NOT_FOUND)
		return fault_set(&rq->fault, rc, "", "Customer not found.");
	if (rc == ERR_EXISTS)
		return fault_set(&rq->fault, rc, "",
		    "Several customers have this id: offerid tells them apart.");
	return rc;
}

static int
yes(struct api_req *rq)
{
	jsonw_bool(rq->out, true);
	return ERR_OK;
}

static int
run(struct api_req *rq, struct job *j, change_f *fn)
{
	struct change c = natskit_change(rq);
	enum err rc = find(rq, &j->name, &j->who);

	if (rc == ERR_OK)
		rc = natskit_run(rq, &c, fn, j, NULL);
	return rc == ERR_OK ? yes(rq) : (int)rc;
}

static enum err
do_lock(struct change *c, void *what)
{
	const struct job *j = what;

	return customer_lock(c, j->who.id, j->lock);
}

int
api_nats_customer_lock(struct api_req *rq, const struct args_nats_customer_lock *a)
{
	struct job j = {
	    .name = {a->customer_id, a->subscription_id, a->orderid, a->offerid},
	    .lock = true};

	return run(rq, &j, do_lock);
}

int
api_nats_customer_unlock(struct api_req *rq, const struct args_nats_customer_unlock *a)
{
	struct job j = {
	    .name = {a->customer_id, a->subscription_id, a->orderid, a->offerid}};

	return run(rq, &j, do_lock);
}

/* ---- data access ---- */

static void
put(struct api_req *rq, const char *key, struct str value)
{
	jsonw_key(rq->out, key);
	jsonw_str(rq->out, value);
}

static void
put_details(struct api_req *rq, const struct customer *who)
{
	jsonw_key(rq->out, "details");
	jsonw_obj(rq->out);
	for (unsigned i = 0; i < CUSTOMER_FIELDS; i++)
		put(rq, customer_field_name((enum customer_field)i), who->field[i]);
	put(rq, "password", who->has_password ? STR("***") : STR(""));
	jsonw_end(rq->out);
}

/* Of the browser, or of what the advertiser said of it; erased, or not known: "". */
static void
put_address(struct api_req *rq, struct str ip)
{
	static const uint8_t none[16];
	char text[IP_TEXT] = "";

	if (ip.n == sizeof(none) && memcmp(ip.p, none, sizeof(none)) != 0)
		(void)ip_format(text, (const uint8_t *)ip.p);
	put(rq, "ip", str_of(text));
}

static enum err
put_transactions(struct api_req *rq, const struct customer *who)
{
	struct db_rows *r = NULL;
	enum err rc = db_query(rq->db, &r,
	    "SELECT t.txn_us, t.node_id, t.type, t.advertiser_id, t.booked_us, "
	    "t.orderid, "
	    "t.revenue_b, t.offer_id, v.ip, t.trans_custom FROM conversion v JOIN txn t "
	    "ON t.conv_us = "
	    "v.conv_us AND t.conv_node = v.node_id WHERE v.customer_id = ? ORDER BY "
	    "t.txn_us, t.node_id",
	    "i", who->id);

	jsonw_key(rq->out, "transactions");
	jsonw_arr(rq->out);
	while (rc == ERR_OK && db_next(r)) {
		char id[TXNID_DIGITS + 1];

		txnid_digits(id, db_i64(r, 0), (unsigned)db_u64(r, 1));
		jsonw_obj(rq->out);
		put(rq, "transactionid", str_of(id));
		put(rq, "time", natskit_number(rq->arena, db_i64(r, 4) / US_SECOND));
		put(rq, "trans_type",
		    str_of(transaction_type_name(
			(unsigned)db_u64(r, 2), (uint32_t)db_u64(r, 3))));
		put(rq, "orderid", db_str(r, 5));
		jsonw_key(rq->out, "amount");
		jsonw_money_str(rq->out, db_i64(r, 6), 2);
		put(rq, "offerid", natskit_number(rq->arena, db_i64(r, 7)));
		put_address(rq, db_str(r, 8));
		transaction_put_customs(rq->out, rq->arena, db_str(r, 9));
		jsonw_end(rq->out);
	}
	jsonw_end(rq->out);
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

int
api_nats_customer_export(struct api_req *rq, const struct args_nats_customer_export *a)
{
	const struct customer_name name = {
	    a->customer_id, a->subscription_id, a->orderid, a->offerid};
	static const char *const empty[] = {"member_note", "member_auth"};
	struct customer who;
	enum err rc = find(rq, &name, &who);

	if (rc != ERR_OK)
		return (int)rc;
	jsonw_obj(rq->out);
	put(rq, "customer_id", natskit_number(rq->arena, who.id));
	put(rq, "subscription_id", who.subscription);
	put(rq, "offerid", natskit_number(rq->arena, who.offer_id));
	put(rq, "loginid", natskit_number(rq->arena, who.affiliate_id));
	put(rq, "first_time", natskit_number(rq->arena, who.first_us / US_SECOND));
	put(rq, "locked", who.locked ? STR("1") : STR("0"));
	put(rq, "forgotten", who.forgotten ? STR("1") : STR("0"));
	put_details(rq, &who);
	rc = put_transactions(rq, &who);
	for (size_t i = 0; i < ARRAY_LEN(empty); i++) {
		jsonw_key(rq->out, empty[i]);
		jsonw_arr(rq->out);
		jsonw_end(rq->out);
	}
	jsonw_end(rq->out);
	return (int)rc;
}

/* ---- forgetting ---- */

/* Names that the reference has and this server keeps nothing under. */
static bool
is_foreign(struct str s)
{
	static const struct str names[] = {STR("token_hash"), STR("original_username"),
	    STR("cryptpass"), STR("session"), STR("shipping_firstname"),
	    STR("shipping_lastname"), STR("shipping_address1"), STR("shipping_address2"),
	    STR("shipping_zip"), STR("shipping_city"), STR("shipping_state"),
	    STR("shipping_country"), STR("member_note"), STR("member_auth")};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (str_eq(names[i], s))
			return true;
	}
	return s.n == 0;
}

static bool
keep_one(struct job *j, struct str s)
{
	for (unsigned i = 0; i < CUSTOMER_FIELDS; i++) {
		if (!str_eq(s, str_of(customer_field_name((enum customer_field)i))))
			continue;
		j->keep[i] = true;
		return true;
	}
	if (!str_eq(s, STR("password")))
		return is_foreign(s);
	j->keep_password = true;
	return true;
}

static enum err
do_forget(struct change *c, void *what)
{
	const struct job *j = what;

	return customer_forget(c, &j->who, j->keep, j->keep_password);
}

int
api_nats_customer_forget(struct api_req *rq, const struct args_nats_customer_forget *a)
{
	struct job j = {
	    .name = {a->customer_id, a->subscription_id, a->orderid, a->offerid}};

	for (size_t i = 0; i < a->keep.n; i++) {
		const struct str s = str_trim(a->keep.v[i]);

		if (!keep_one(&j, s))
			return (int)fault_set(&rq->fault, ERR_INVALID, "keep",
			    STR_FMT " is no field", STR_ARG(s));
	}
	return run(rq, &j, do_forget);
}

/* ---- edits ---- */

static enum err
do_edit(struct change *c, void *what)
{
	const struct job *j = what;

	return customer_edit(c, &j->who, &j->edit);
}

int
api_nats_customer_details(struct api_req *rq, const struct args_nats_customer_details *a)
{
	struct job j = {
	    .name = {a->customer_id, a->subscription_id, STR_NONE, a->offerid}};
	bool any = a->password.n > 0;
	struct str *f = j.edit.field;

	f[CUSTOMER_username] = a->username;
	f[CUSTOMER_email] = a->email;
	f[CUSTOMER_firstname] = a->firstname;
	f[CUSTOMER_lastname] = a->lastname;
	f[CUSTOMER_address1] = a->address1;
	f[CUSTOMER_address2] = a->address2;
	f[CUSTOMER_city] = a->city;
	f[CUSTOMER_state] = a->state;
	f[CUSTOMER_country] = a->country;
	f[CUSTOMER_zip] = a->zip;
	f[CUSTOMER_custom1] = a->custom1;
	f[CUSTOMER_custom2] = a->custom2;
	f[CUSTOMER_custom3] = a->custom3;
	f[CUSTOMER_custom4] = a->custom4;
	f[CUSTOMER_custom5] = a->custom5;
	j.edit.password = a->password;
	for (unsigned i = 0; i < CUSTOMER_FIELDS; i++) {
		/* An empty value says nothing here: REMOVE clears. */
		if (f[i].n == 0)
			f[i] = STR_NONE;
		else if (str_eq(f[i], STR(CLEARS)))
			f[i] = STR("");
		any = any || f[i].p != NULL;
	}
	if (!any)
		return (int)fault_set(
		    &rq->fault, ERR_MISSING, "", "Missing fields to change.");
	return run(rq, &j, do_edit);
}
