/* SPDX-License-Identifier: Apache-2.0
 * sums.c - see sums.h.
 */
#define XXH_INLINE_ALL
#include "book/sums.h"

#include <stdlib.h>
#include <xxhash.h>

#include "base/jsonw.h"
#include "book/tsv.h"
#include "report/days.h"

#define SUMS_MAGIC 0x73756d73u
#define FIRST_SLOTS 256u

/* What each table is, as constant statements. */
struct kind {
	unsigned values;
	bool status;
	const char *const *name; /* of the values */
	const char *create, *clear, *load, *merge;
	const char *few; /* the same in one statement, of a JSON array of rows */
};

/* Up to here JSON_TABLE, which needs one round trip in place of four, is the faster way.
 */
#define FEW 8u

struct sums {
	uint32_t magic;
	const struct kind *kind;
	uint32_t *slot; /* index + 1 into the entries, 0 empty; a power of two of them,
			   half full at most */
	unsigned slots, n, cap;
	struct sums_key *key;
	int64_t *value; /* kind->values for each key */
	struct tsv tsv;
	struct jsonw *json;
};

/* clang-format off */
#define BOOKED_KEY "bucket, offer_id, landing_page_id, commission_id, affiliate_id, advertiser_id, country, " \
	"currency, node_id"
#define BOOKED_COLUMNS "bucket INT UNSIGNED NOT NULL, offer_id INT UNSIGNED NOT NULL, " \
	"landing_page_id INT UNSIGNED NOT NULL, commission_id INT UNSIGNED NOT NULL, " \
	"affiliate_id INT UNSIGNED NOT NULL, advertiser_id INT UNSIGNED NOT NULL, " \
	"country SMALLINT UNSIGNED NOT NULL, currency CHAR(3) CHARACTER SET ascii NOT NULL, " \
	"node_id SMALLINT UNSIGNED NOT NULL"
#define STATUS_KEY "bucket, offer_id, landing_page_id, affiliate_id, advertiser_id, country, goal_id, status, " \
	"currency, node_id"
#define STATUS_COLUMNS "bucket INT UNSIGNED NOT NULL, offer_id INT UNSIGNED NOT NULL, " \
	"landing_page_id INT UNSIGNED NOT NULL, affiliate_id INT UNSIGNED NOT NULL, " \
	"advertiser_id INT UNSIGNED NOT NULL, country SMALLINT UNSIGNED NOT NULL, " \
	"goal_id INT UNSIGNED NOT NULL, status TINYINT UNSIGNED NOT NULL, " \
	"currency CHAR(3) CHARACTER SET ascii NOT NULL, node_id SMALLINT UNSIGNED NOT NULL"
#define BOOKED_PATHS "bucket INT UNSIGNED PATH '$.bucket', offer_id INT UNSIGNED PATH '$.offer_id', " \
	"landing_page_id INT UNSIGNED PATH '$.landing_page_id', commission_id INT UNSIGNED PATH '$.commission_id', " \
	"affiliate_id INT UNSIGNED PATH '$.affiliate_id', advertiser_id INT UNSIGNED PATH '$.advertiser_id', " \
	"country INT UNSIGNED PATH '$.country', currency CHAR(3) PATH '$.currency', node_id INT UNSIGNED PATH '$.node_id'"
#define STATUS_PATHS "bucket INT UNSIGNED PATH '$.bucket', offer_id INT UNSIGNED PATH '$.offer_id', " \
	"landing_page_id INT UNSIGNED PATH '$.landing_page_id', affiliate_id INT UNSIGNED PATH '$.affiliate_id', " \
	"advertiser_id INT UNSIGNED PATH '$.advertiser_id', country INT UNSIGNED PATH '$.country', " \
	"goal_id INT UNSIGNED PATH '$.goal_id', status INT UNSIGNED PATH '$.status', currency CHAR(3) PATH '$.currency', " \
	"node_id INT UNSIGNED PATH '$.node_id'"
/* What is 0 is left out of the JSON. */
#define VALUE_PATH(column_) ", " #column_ " BIGINT PATH '$." #column_ "' DEFAULT '0' ON EMPTY"
#define ADD(table_, column_) ", " #column_ "=" table_ "." #column_ "+VALUES(" #column_ ")"

static const char *const booked_names[] = {
#define ROLL(column_, txn_, payout_) #column_,
#include "tbl/rollup.h"
#undef ROLL
};
static const char *const click_names[] = {
#define ROLL(column_, txn_, payout_)
#define ROLL_CLICK(column_, click_, txn_, payout_) #column_,
#include "tbl/rollup.h"
#undef ROLL_CLICK
#undef ROLL
};
static const char *const status_names[] = {"n", "n_null", "charge", "charge_b", "revenue", "revenue_b"};

static const struct kind kinds[] = {
	/* ON DUPLICATE KEY UPDATE begins with an assignment that changes nothing, so that each of the others
	 * may begin with a comma. */
	[SUMS_BOOKED] = {
		.values = ROLL_MAX,
		.name = booked_names,
		.create = "CREATE TEMPORARY TABLE IF NOT EXISTS book_roll (" BOOKED_COLUMNS
#define ROLL(column_, txn_, payout_) ", " #column_ " BIGINT NOT NULL"
#include "tbl/rollup.h"
#undef ROLL
		    ") ENGINE=MEMORY",
		.clear = "DELETE FROM book_roll",
		.load = "LOAD DATA LOCAL INFILE 'mem' INTO TABLE book_roll CHARACTER SET binary",
		.merge = "INSERT INTO rollup_booked (" BOOKED_KEY
#define ROLL(column_, txn_, payout_) ", " #column_
#include "tbl/rollup.h"
		    ") SELECT " BOOKED_KEY
#include "tbl/rollup.h"
#undef ROLL
		    " FROM book_roll ON DUPLICATE KEY UPDATE node_id=rollup_booked.node_id"
#define ROLL(column_, txn_, payout_) ADD("rollup_booked", column_)
#include "tbl/rollup.h"
#undef ROLL
		    ,
		.few = "INSERT INTO rollup_booked (" BOOKED_KEY
#define ROLL(column_, txn_, payout_) ", " #column_
#include "tbl/rollup.h"
		    ") SELECT " BOOKED_KEY
#include "tbl/rollup.h"
#undef ROLL
		    " FROM JSON_TABLE(?, '$[*]' COLUMNS (" BOOKED_PATHS
#define ROLL(column_, txn_, payout_) VALUE_PATH(column_)
#include "tbl/rollup.h"
#undef ROLL
		    ")) k ON DUPLICATE KEY UPDATE node_id=rollup_booked.node_id"
#define ROLL(column_, txn_, payout_) ADD("rollup_booked", column_)
#include "tbl/rollup.h"
#undef ROLL
	},
#define ROLL(column_, txn_, payout_)
	[SUMS_CLICKS] = {
		.values = ROLL_CLICK_MAX,
		.name = click_names,
		.create = "CREATE TEMPORARY TABLE IF NOT EXISTS book_roll_click (" BOOKED_COLUMNS
#define ROLL_CLICK(column_, click_, txn_, payout_) ", " #column_ " BIGINT NOT NULL"
#include "tbl/rollup.h"
#undef ROLL_CLICK
		    ") ENGINE=MEMORY",
		.clear = "DELETE FROM book_roll_click",
		.load = "LOAD DATA LOCAL INFILE 'mem' INTO TABLE book_roll_click CHARACTER SET binary",
		.merge = "INSERT INTO rollup_booked (" BOOKED_KEY
#define ROLL_CLICK(column_, click_, txn_, payout_) ", " #column_
#include "tbl/rollup.h"
		    ") SELECT " BOOKED_KEY
#include "tbl/rollup.h"
#undef ROLL_CLICK
		    " FROM book_roll_click ON DUPLICATE KEY UPDATE node_id=rollup_booked.node_id"
#define ROLL_CLICK(column_, click_, txn_, payout_) ADD("rollup_booked", column_)
#include "tbl/rollup.h"
#undef ROLL_CLICK
	},
#undef ROLL
	[SUMS_STATUS] = {
		.values = ROLL_STATUS_MAX,
		.name = status_names,
		.status = true,
		.create = "CREATE TEMPORARY TABLE IF NOT EXISTS book_status (" STATUS_COLUMNS
		    ", n BIGINT NOT NULL, n_null BIGINT NOT NULL, charge BIGINT NOT NULL,"
		    " charge_b BIGINT NOT NULL, revenue BIGINT NOT NULL, revenue_b BIGINT NOT NULL) ENGINE=MEMORY",
		.clear = "DELETE FROM book_status",
		.load = "LOAD DATA LOCAL INFILE 'mem' INTO TABLE book_status CHARACTER SET binary",
		.merge = "INSERT INTO rollup_status (" STATUS_KEY ", n, n_null, charge, charge_b, revenue, revenue_b)"
		    " SELECT " STATUS_KEY ", n, n_null, charge, charge_b, revenue, revenue_b FROM book_status"
		    " ON DUPLICATE KEY UPDATE node_id=rollup_status.node_id"
		    ADD("rollup_status", n) ADD("rollup_status", n_null) ADD("rollup_status", charge)
		    ADD("rollup_status", charge_b) ADD("rollup_status", revenue) ADD("rollup_status", revenue_b),
		.few = "INSERT INTO rollup_status (" STATUS_KEY ", n, n_null, charge, charge_b, revenue, revenue_b)"
		    " SELECT " STATUS_KEY ", n, n_null, charge, charge_b, revenue, revenue_b FROM JSON_TABLE(?, '$[*]' "
		    "COLUMNS (" STATUS_PATHS VALUE_PATH(n) VALUE_PATH(n_null) VALUE_PATH(charge) VALUE_PATH(charge_b)
		    VALUE_PATH(revenue) VALUE_PATH(revenue_b) ")) k"
		    " ON DUPLICATE KEY UPDATE node_id=rollup_status.node_id"
		    ADD("rollup_status", n) ADD("rollup_status", n_null) ADD("rollup_status", charge)
		    ADD("rollup_status", charge_b) ADD("rollup_status", revenue) ADD("rollup_status", revenue_b),
	},
};
/* clang-format on */

struct sums *
sums_new(enum sums_table table)
{
	struct sums *s;

	OBJ_NEW(s, SUMS_MAGIC);
	s->kind = &kinds[table];
	s->slots = FIRST_SLOTS;
	s->slot = obj_alloc(s->slots * sizeof(*s->slot));
	s->cap = FIRST_SLOTS / 2;
	s->key = obj_alloc(s->cap * sizeof(*s->key));
	s->value = obj_alloc(s->cap * s->kind->values * sizeof(*s->value));
	s->json = jsonw_new();
	return s;
}

void
sums_free(struct sums **sp)
{
	struct sums *s;

	if (*sp == NULL)
		return;
	OBJ_TAKE(s, sp, SUMS_MAGIC);
	free(s->slot);
	free(s->key);
	free(s->value);
	tsv_free(&s->tsv);
	jsonw_free(&s->json);
	OBJ_FREE(s);
}

void
sums_reset(struct sums *s)
{
	memset(s->slot, 0, s->slots * sizeof(*s->slot));
	s->n = 0;
}

unsigned
sums_count(const struct sums *s)
{
	return s->n;
}

static uint32_t *
find_slot(const struct sums *s, const struct sums_key *key)
{
	unsigned at = (unsigned)XXH3_64bits(key, sizeof(*key)) & (s->slots - 1);

	while (
	    s->slot[at] != 0 && memcmp(&s->key[s->slot[at] - 1], key, sizeof(*key)) != 0)
		at = (at + 1) & (s->slots - 1);
	return &s->slot[at];
}

static void
grow(struct sums *s)
{
	s->slots *= 2;
	s->cap = s->slots / 2;
	s->slot = obj_realloc(s->slot, s->slots * sizeof(*s->slot));
	s->key = obj_realloc(s->key, s->cap * sizeof(*s->key));
	s->value =
	    obj_realloc(s->value, (size_t)s->cap * s->kind->values * sizeof(*s->value));
	memset(s->slot, 0, s->slots * sizeof(*s->slot));
	for (unsigned i = 0; i < s->n; i++)
		*find_slot(s, &s->key[i]) = i + 1;
}

int64_t *
sums_at(struct sums *s, const struct sums_key *key)
{
	uint32_t *slot = find_slot(s, key);

	if (*slot == 0) {
		if (s->n == s->cap) {
			grow(s);
			slot = find_slot(s, key);
		}
		s->key[s->n] = *key;
		memset(s->value + (size_t)s->n * s->kind->values, 0,
		    s->kind->values * sizeof(*s->value));
		*slot = ++s->n;
	}
	return s->value + (size_t)(*slot - 1) * s->kind->values;
}

#define COMPARE(member_)                                         \
	do {                                                     \
		if (a->member_ != b->member_)                    \
			return a->member_ < b->member_ ? -1 : 1; \
	} while (0)

/* In the order of the primary keys.  The member that a table has not is 0 in all of its
 * keys. */
static int
compare_keys(const void *x, const void *y)
{
	const struct sums_key *a = *(const struct sums_key *const *)x;
	const struct sums_key *b = *(const struct sums_key *const *)y;
	int c;

	COMPARE(bucket);
	COMPARE(offer);
	COMPARE(landing_page);
	COMPARE(commission);
	COMPARE(affiliate);
	COMPARE(advertiser);
	COMPARE(country);
	COMPARE(goal);
	COMPARE(status);
	c = memcmp(a->currency, b->currency, sizeof(a->currency));
	if (c != 0)
		return c;
	COMPARE(node);
	return 0;
}

static void
put_key(struct tsv *t, const struct sums_key *k, bool status)
{
	tsv_uint(t, k->bucket);
	tsv_uint(t, k->offer);
	tsv_uint(t, k->landing_page);
	if (!status)
		tsv_uint(t, k->commission);
	tsv_uint(t, k->affiliate);
	tsv_uint(t, k->advertiser);
	tsv_uint(t, k->country);
	if (status) {
		tsv_uint(t, k->goal);
		tsv_uint(t, k->status);
	}
	tsv_text(t, str_n(k->currency, strnlen(k->currency, sizeof(k->currency))));
	tsv_uint(t, k->node);
}

static bool
all_zero(const int64_t *v, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (v[i] != 0)
			return false;
	}
	return true;
}

static const int64_t *
values_of(const struct sums *s, const struct sums_key *k)
{
	return s->value + (size_t)(k - s->key) * s->kind->values;
}

static void
put_row(struct sums *s, const struct sums_key *k, const int64_t *v)
{
	put_key(&s->tsv, k, s->kind->status);
	for (unsigned j = 0; j < s->kind->values; j++)
		tsv_int(&s->tsv, v[j]);
	tsv_end(&s->tsv);
}

static void
put_number(struct jsonw *w, const char *name, int64_t v)
{
	jsonw_key(w, name);
	jsonw_int(w, v);
}

static void
put_object(struct sums *s, const struct sums_key *k, const int64_t *v)
{
	struct jsonw *w = s->json;

	jsonw_obj(w);
	put_number(w, "bucket", k->bucket);
	put_number(w, "offer_id", k->offer);
	put_number(w, "landing_page_id", k->landing_page);
	put_number(w, "commission_id", k->commission);
	put_number(w, "affiliate_id", k->affiliate);
	put_number(w, "advertiser_id", k->advertiser);
	put_number(w, "country", k->country);
	put_number(w, "goal_id", k->goal);
	put_number(w, "status", k->status);
	jsonw_key(w, "currency");
	jsonw_str(w, str_n(k->currency, strnlen(k->currency, sizeof(k->currency))));
	put_number(w, "node_id", k->node);
	for (unsigned j = 0; j < s->kind->values; j++) {
		if (v[j] != 0)
			put_number(w, s->kind->name[j], v[j]);
	}
	jsonw_end(w);
}

/* Sorted, without those that add nothing.  Returns how many. */
static unsigned
sort_rows(const struct sums *s, const struct sums_key **order)
{
	unsigned n = 0;

	for (unsigned i = 0; i < s->n; i++) {
		if (!all_zero(values_of(s, &s->key[i]), s->kind->values))
			order[n++] = &s->key[i];
	}
	qsort(order, n, sizeof(*order), compare_keys);
	return n;
}

static enum err
write_few(struct sums *s, struct db *db, const struct sums_key **order, unsigned n)
{
	jsonw_reset(s->json);
	jsonw_arr(s->json);
	for (unsigned i = 0; i < n; i++)
		put_object(s, order[i], values_of(s, order[i]));
	jsonw_end(s->json);
	return db_exec(db, s->kind->few, "s", jsonw_text(s->json));
}

static enum err
write_many(struct sums *s, struct db *db, const struct sums_key **order, unsigned n)
{
	enum err rc;

	tsv_reset(&s->tsv);
	for (unsigned i = 0; i < n; i++)
		put_row(s, order[i], values_of(s, order[i]));
	rc = db_exec(db, s->kind->create, "");
	if (rc == ERR_OK)
		rc = db_exec(db, s->kind->clear, "");
	if (rc == ERR_OK)
		rc = db_load(db, s->kind->load, tsv_data(&s->tsv), s->tsv.rows);
	if (rc == ERR_OK)
		rc = db_exec(db, s->kind->merge, "");
	return rc;
}

/* Days of profit and loss that are summed already are summed again (report/days.h): these
 * rows are sorted by bucket and of one node. */
static enum err
touch_days(struct db *db, const struct sums_key **order, unsigned n)
{
	uint32_t claimed, last = UINT32_MAX;
	enum err rc = days_claimed(db, order[0]->node, &claimed);

	for (unsigned i = 0; i < n && rc == ERR_OK && order[i]->bucket < claimed; i++) {
		if (order[i]->bucket != last)
			rc = days_stale(db, order[i]->node, order[i]->bucket);
		last = order[i]->bucket;
	}
	return rc;
}

enum err
sums_write(struct sums *s, struct db *db)
{
	const struct sums_key **order = obj_alloc((s->n + 1) * sizeof(*order));
	unsigned n = sort_rows(s, order);
	enum err rc = ERR_OK;

	assert(OBJ_IS(s, SUMS_MAGIC));
	if (n > 0 && n <= FEW && s->kind->few != NULL)
		rc = write_few(s, db, order, n);
	else if (n > 0)
		rc = write_many(s, db, order, n);
	if (n > 0 && rc == ERR_OK && !s->kind->status)
		rc = touch_days(db, order, n);
	free(order);
	sums_reset(s);
	return rc;
}

uint32_t
sums_bucket(us_t t)
{
	return t < 0 ? 0 : (uint32_t)clock_bucket(t);
}
