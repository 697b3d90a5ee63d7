/* SPDX-License-Identifier: Apache-2.0
 * person.c - who the customers are, as the advertisers' posts say (nats-behaviour.md
 * §2.2).
 *
 * The first post of a customer makes the record, each later one that is booked for him
 * changes what it names; what is not sent, or empty, stays.  A lock holds against the
 * network's own people alone.  Who was forgotten stays so: the row of the customer is
 * touched before his details are, so that a post and the forgetting of its customer do
 * not overlap on any node.
 */
#include "book/batch.h"

/* In the order of the columns below. */
static const struct str names[PERSON_DETAILS] = {STR("firstname"), STR("lastname"),
    STR("email"), STR("phone"), STR("address1"), STR("address2"), STR("city"),
    STR("state"), STR("zip"), STR("country"), STR("custom1"), STR("custom2"),
    STR("custom3"), STR("custom4"), STR("custom5")};

#define LONGEST 255u

/* From here on they stand among the free values of the post. */
#define FREE_VALUES 10u

/* no_personal_member_info drops name and address. */
static bool
is_name_or_address(unsigned i)
{
	return i < FREE_VALUES && !str_eq(names[i], STR("email")) &&
	       !str_eq(names[i], STR("phone"));
}

void
person_take(struct batch *bt, struct batch_customer *c, struct str form,
    struct str free_values, bool no_address)
{
	bool any = false;

	for (unsigned i = 0; i < PERSON_DETAILS; i++) {
		const struct str from = i < FREE_VALUES ? form : free_values;
		struct str v;

		if (from.n == 0 || (no_address && is_name_or_address(i)))
			continue;
		v = tsv_form_value(bt->a, from, names[i], LONGEST);
		if (v.n == 0)
			continue;
		c->detail[i] = v;
		any = true;
	}
	if (!any || c->has_details)
		return;
	c->has_details = true;
	c->next_told = bt->told;
	bt->told = c;
}

static enum err
load_new(struct batch *bt)
{
	struct tsv *t = &bt->b->tsv;

	tsv_reset(t);
	for (const struct batch_customer *c = bt->told; c != NULL; c = c->next_told) {
		if (!c->is_new)
			continue;
		tsv_uint(t, c->id);
		for (unsigned i = 0; i < PERSON_DETAILS; i++)
			tsv_text(t, c->detail[i].n > 0 ? c->detail[i] : STR(""));
		tsv_end(t);
	}
	if (t->rows == 0)
		return ERR_OK;
	return db_load(bt->db,
	    "LOAD DATA LOCAL INFILE 'mem' INTO TABLE customer_person CHARACTER SET "
	    "binary (customer_id, firstname, lastname, email, phone, address1, address2, "
	    "city, state, zip, country, custom1, custom2, custom3, custom4, custom5)",
	    tsv_data(t), t->rows);
}

static unsigned
put_known(struct batch *bt)
{
	struct jsonw *w = bt->b->keys;
	unsigned n = 0;

	jsonw_reset(w);
	jsonw_arr(w);
	for (const struct batch_customer *c = bt->told; c != NULL; c = c->next_told) {
		if (c->is_new)
			continue;
		jsonw_arr(w);
		jsonw_uint(w, c->id);
		for (unsigned i = 0; i < PERSON_DETAILS; i++)
			jsonw_str(w, c->detail[i].n > 0 ? tsv_repair(bt->a, c->detail[i])
							: STR(""));
		jsonw_end(w);
		n++;
	}
	jsonw_end(w);
	return n;
}

/* clang-format off */
#define TEXT(n_) "VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$[" #n_ "]'"
#define KNOWN "JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$[0]', firstname " TEXT(1) ", lastname " TEXT(2) \
	", email " TEXT(3) ", phone " TEXT(4) ", address1 " TEXT(5) ", address2 " TEXT(6) ", city " TEXT(7) ", state " \
	TEXT(8) ", zip " TEXT(9) ", country " TEXT(10) ", custom1 " TEXT(11) ", custom2 " TEXT(12) ", custom3 " TEXT(13) \
	", custom4 " TEXT(14) ", custom5 " TEXT(15) ")) k STRAIGHT_JOIN customer c FORCE INDEX (PRIMARY) ON c.id = k.id"
#define NEWER(column_) column_ " = IF(VALUES(" column_ ") = '', customer_person." column_ ", VALUES(" column_ "))"
static const char sql_touch[] = "UPDATE " KNOWN " SET c.turn = c.turn + 1";
static const char sql_known[] = "INSERT INTO customer_person (customer_id, firstname, lastname, email, phone, address1, "
	"address2, city, state, zip, country, custom1, custom2, custom3, custom4, custom5) SELECT k.id, k.firstname, k.lastname, k.email, k.phone, k.address1, "
	"k.address2, k.city, k.state, k.zip, k.country, k.custom1, k.custom2, k.custom3, k.custom4, k.custom5 FROM " KNOWN " WHERE c.forgotten_us IS NULL ON DUPLICATE KEY UPDATE "
	NEWER("firstname") ", " NEWER("lastname") ", " NEWER("email") ", " NEWER("phone") ", " NEWER("address1") ", "
	NEWER("address2") ", " NEWER("city") ", " NEWER("state") ", " NEWER("zip") ", " NEWER("country") ", "
	NEWER("custom1") ", " NEWER("custom2") ", " NEWER("custom3") ", " NEWER("custom4") ", " NEWER("custom5");
/* clang-format on */

enum err
person_write(struct batch *bt)
{
	enum err rc = bt->told == NULL ? ERR_OK : load_new(bt);

	if (rc != ERR_OK || put_known(bt) == 0)
		return rc;
	rc = db_exec(bt->db, sql_touch, "s", jsonw_text(bt->b->keys));
	if (rc == ERR_OK)
		rc = db_exec(bt->db, sql_known, "s", jsonw_text(bt->b->keys));
	return rc;
}
