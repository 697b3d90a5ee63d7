/* SPDX-License-Identifier: Apache-2.0
 * account.h - accounts of every kind: who clicks are credited to, who pays, who
 * administers.
 *
 * One thread at a time.  One sequence of numbers for all types (decisions.md §7); the
 * 24-hex id is made at creation.  Nothing here shows a key: see apikey.h.  Faults name
 * the columns of tbl/account_columns.h and tbl/person_columns.h; a dialect that calls one
 * of them otherwise renames it.
 */
#ifndef DOMAIN_ACCOUNT_H
#define DOMAIN_ACCOUNT_H

#include "domain/change.h"
#include "domain/row.h"

/* Column account.type. */
enum account_type {
	ACCOUNT_AFFILIATE = 100,
	ACCOUNT_MANAGER = 120,
	ACCOUNT_ADVERTISER = 140,
	ACCOUNT_SERVICE = 160,
	ACCOUNT_PARTNER = 180, /* of an offer's income */
	ACCOUNT_SUBADMIN = 200,
	ACCOUNT_ADMIN = 225,
};

/* Column account.status; how Affise calls them: C6 of decisions.md. */
enum account_status {
	ACCOUNT_ACTIVE,
	ACCOUNT_DISABLED,
	ACCOUNT_BANNED,
	ACCOUNT_UNVERIFIED,
	ACCOUNT_PENDING,
	ACCOUNT_DENIED,
	ACCOUNT_STATUSES
};

#define HEX24_LEN 24u

/* One field of the payment details, named as the payvia type names it. */
struct payvia {
	struct str field, value;
};

struct account {
	int64_t id;
#define COL(name_, kind_, words_) ROW_C_##kind_ name_;
#include "tbl/account_columns.h"
#undef COL
	struct person {
#define COL(name_, longest_) struct str name_;
#include "tbl/person_columns.h"
#undef COL
	} person;
	const struct payvia *payvia;
	size_t n_payvia;
};

/* An empty one of that type: texts "", times and references not set, status active. */
void account_init(struct account *a, enum account_type type);

/* ERR_NOT_FOUND: no such account, or deleted.  Texts live in the arena. */
NODISCARD enum err account_load(
    struct db *db, struct arena *arena, int64_t id, struct account *out);
/* Any of type 0, or only of that type. */
NODISCARD enum err account_by_username(
    struct db *db, struct str username, unsigned type, int64_t *id);
NODISCARD enum err account_by_hex24(
    struct db *db, struct str hex24, unsigned type, int64_t *id);
/* ERR_NOT_FOUND: none of that number and type. */
NODISCARD enum err account_is(struct db *db, int64_t id, unsigned type);

/* Makes it: fills id, hex24, password_hash and times.  `password` in clear may be empty
 * for an account that never logs in.  An empty username is made from what else names the
 * account.  ERR_EXISTS with param username or email; ERR_MISSING and ERR_INVALID with the
 * column. */
NODISCARD enum err account_add(struct change *c, struct account *a, struct str password);
/* Writes all columns back after account_load() and edits; `password` empty: as it was. */
NODISCARD enum err account_store(
    struct change *c, struct account *a, struct str password);

/* Is that its password?  Takes some 0.1 s of CPU on purpose. */
NODISCARD bool account_password_is(const struct account *a, struct str password);

/* 24 random hex digits, the first eight the time. */
NODISCARD struct str hex24_new(struct arena *a, us_t now);
/* True for 24 lower-case hex digits. */
NODISCARD bool hex24_is(struct str s);

#endif
