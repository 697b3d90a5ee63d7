/* SPDX-License-Identifier: Apache-2.0
 * customer.h - the customers of the advertisers: whom they are named by, and the person
 * behind, who can be edited, locked and forgotten.
 *
 * One thread at a time.  The money of a customer stands in the ledger and is nobody's
 * here: customer_forget() erases the person and leaves every amount.
 */
#ifndef DOMAIN_CUSTOMER_H
#define DOMAIN_CUSTOMER_H

#include "domain/change.h"

/* Which customer: the first of the three that is not empty.  A subscription id may be
 * that of several offers: offer_id narrows it, 0 does not. */
struct customer_name {
	int64_t id;
	struct str subscription, orderid;
	int64_t offer_id;
};

enum customer_field {
#define PERSON(name_) CUSTOMER_##name_,
#include "tbl/customer_fields.h"
#undef PERSON
	CUSTOMER_FIELDS
};
/* "email" ... */
NODISCARD const char *customer_field_name(enum customer_field f);

struct customer {
	int64_t id, offer_id, affiliate_id;
	struct str subscription;
	us_t first_us;
	bool locked, forgotten;
	bool has_password;
	struct str field[CUSTOMER_FIELDS];
};

/* ERR_NOT_FOUND: nobody.  ERR_EXISTS: several. */
NODISCARD enum err customer_find(struct db *db, struct arena *a,
    const struct customer_name *name, struct customer *out);

NODISCARD enum err customer_lock(struct change *c, int64_t id, bool locked);

/* What is to be changed: STR_NONE leaves a field, an empty text clears it.  password in
 * clear, STR_NONE: as it was. */
struct customer_edit {
	struct str field[CUSTOMER_FIELDS], password;
};
/* ERR_DENIED: locked, or forgotten. */
NODISCARD enum err customer_edit(
    struct change *c, const struct customer *who, const struct customer_edit *e);

/* Erases the person: the fields but those with keep[], the password unless keep_password,
 * the addresses of conversions and their clicks, and what the log of posts has of it.
 * There is no way back. */
NODISCARD enum err customer_forget(struct change *c, const struct customer *who,
    const bool keep[CUSTOMER_FIELDS], bool keep_password);

#endif
