/* SPDX-License-Identifier: Apache-2.0
 * sums.h - what a batch adds to the rollups, summed in memory and then added to the
 * tables in one go.
 *
 * One thread at a time.  A struct sums belongs to one of the tables below and maps a key
 * to its values. Keys are written in the order of the table's primary key, so that two
 * writers take their row locks in the same order; every key ends in the node, which adds
 * to rows of its own only (DESIGN §4).
 *
 * On the way to the table the rows pass through a temporary one (LOAD DATA, then INSERT
 * .. SELECT .. ON DUPLICATE KEY UPDATE): twice as fast as upserts from JSON_TABLE, at 107
 * k keys/s against 60 k; a few rows take JSON_TABLE, which is one round trip and not
 * four.
 */
#ifndef BOOK_SUMS_H
#define BOOK_SUMS_H

#include "base/clock.h"
#include "db/db.h"

/* rollup_booked's values. */
enum roll {
#define ROLL(column_, txn_, payout_) ROLL_##column_,
#include "tbl/rollup.h"
#undef ROLL
	ROLL_MAX
};

/* Those that clicks change, for the shorter statement. */
enum roll_click {
#define ROLL(column_, txn_, payout_)
#define ROLL_CLICK(column_, click_, txn_, payout_) ROLL_CLICK_##column_,
#include "tbl/rollup.h"
#undef ROLL
#undef ROLL_CLICK
	ROLL_CLICK_MAX
};

/* rollup_status's values. */
enum roll_status {
	ROLL_STATUS_n,
	ROLL_STATUS_n_null,
	ROLL_STATUS_charge,
	ROLL_STATUS_charge_b,
	ROLL_STATUS_revenue,
	ROLL_STATUS_revenue_b,
	ROLL_STATUS_MAX
};

/* The key of either table; rollup_booked leaves goal and status 0, rollup_status the
 * commission. */
struct sums_key {
	uint32_t bucket, offer, landing_page, commission, affiliate, advertiser, goal;
	uint16_t country;
	uint8_t status, _pad;
	char currency[4];
	uint32_t node;
};
_Static_assert(sizeof(struct sums_key) == 40, "hashed and compared as bytes: no holes");

enum sums_table {
	SUMS_BOOKED, /* enum roll */
	SUMS_CLICKS, /* rollup_booked, enum roll_click */
	SUMS_STATUS, /* enum roll_status */
};

struct sums; /* private to sums.c */

NODISCARD struct sums *sums_new(enum sums_table table);
/* NULL is fine; sets the caller's pointer to NULL. */
void sums_free(struct sums **sp);
/* Forgets everything. */
void sums_reset(struct sums *s);
NODISCARD unsigned sums_count(const struct sums *s);

/* The values of a key, all 0 the first time; valid until the next call. */
NODISCARD int64_t *sums_at(struct sums *s, const struct sums_key *key);

/* Adds all of it to the table, inside the caller's transaction, and forgets it. */
NODISCARD enum err sums_write(struct sums *s, struct db *db);

/* The bucket of a time, as it stands in keys. */
NODISCARD uint32_t sums_bucket(us_t t);

#endif
