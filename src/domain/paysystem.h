/* SPDX-License-Identifier: Apache-2.0
 * paysystem.h - ways to pay affiliates, and each affiliate's accounts there.
 *
 * One thread at a time.  A payment system of the Affise dialect is a payvia type of the
 * other one.  The first that is sent is the one he is paid by: payvia_type_id of the
 * account and its payvia values, which the other dialect shows; one that was set there is
 * shown here too.
 */
#ifndef DOMAIN_PAYSYSTEM_H
#define DOMAIN_PAYSYSTEM_H

#include "domain/account.h"

struct paysystem_field {
	int64_t id, paysystem_id;
	struct str name;
	bool required;
};
struct paysystem {
	int64_t id;
	struct str name, currency; /* currency "": any */
	struct paysystem_field *field;
	size_t n_field;
};

/* Those in use, by number, with their fields. */
NODISCARD enum err paysystem_list(
    struct db *db, struct arena *a, struct paysystem **out, size_t *n);
/* ERR_EXISTS: there is one of that name, in use or not. */
NODISCARD enum err paysystem_add(struct change *c, struct paysystem *p);
NODISCARD enum err paysystem_add_field(struct change *c, struct paysystem_field *f);
/* Nobody can choose it any more; who has it keeps it.  ERR_NOT_FOUND. */
NODISCARD enum err paysystem_remove(struct change *c, int64_t id);

/* One of an affiliate's. */
struct paysystem_value {
	int64_t field_id;
	struct str field, value;
};
struct paysystem_account {
	int64_t id; /* 0: it was set by the other dialect alone */
	int64_t paysystem_id;
	struct str system, currency;
	bool active; /* he is paid by this one */
	struct paysystem_value *value;
	size_t n_value;
};
NODISCARD enum err paysystem_of(struct db *db, struct arena *arena,
    const struct account *a, struct paysystem_account **out, size_t *n);

/* Checks what is to replace an account's, fills texts, and makes the first one what `a`
 * is paid by, for account_add() or account_store() to write; then paysystem_put().
 * Faults name payment_systems. */
NODISCARD enum err paysystem_check(
    struct change *c, struct account *a, struct paysystem_account *list, size_t n);
NODISCARD enum err paysystem_put(
    struct change *c, int64_t account_id, const struct paysystem_account *list, size_t n);

#endif
