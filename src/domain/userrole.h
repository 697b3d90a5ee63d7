/* SPDX-License-Identifier: Apache-2.0
 * userrole.h - users of the network and their roles, as tbl/sections.h lists them.
 *
 * One thread at a time.  A user is an account of type 225 (who has ROLE_ADMIN), 120 (a
 * manager) or 200 (neither).  One that was made without roles (from the shell, or by the
 * other dialect) is a ROLE_ADMIN, a ROLE_MANAGER_AFFILIATE, or may do nothing.
 */
#ifndef DOMAIN_USERROLE_H
#define DOMAIN_USERROLE_H

#include "domain/account.h"

/* Bits of user_role.roles. */
enum userrole {
#define USERROLE(id_, word_, sections_, own_) USERROLE_NO_##id_,
#include "tbl/sections.h"
	USERROLE_COUNT
};
enum {
#define USERROLE(id_, word_, sections_, own_) USERROLE_##id_ = 1u << USERROLE_NO_##id_,
#include "tbl/sections.h"
};

/* By bit; NULL behind the last. */
extern const char *const userrole_words[];

struct user {
	struct account a;
	unsigned roles;
	struct str work_hours;
};

/* What an account without a row of its own may do. */
NODISCARD unsigned userrole_default(unsigned account_type);

/* ERR_NOT_FOUND: it is no user. */
NODISCARD enum err user_load(
    struct db *db, struct arena *arena, int64_t id, struct user *out);
/* The account's type follows from the roles.  ERR_INVALID with param roles: there are
 * none.  user_store() refuses to take ROLE_ADMIN from the last active one who has it. */
NODISCARD enum err user_add(struct change *c, struct user *u, struct str password);
NODISCARD enum err user_store(struct change *c, struct user *u, struct str password);

/* Numbers of users, by number. */
NODISCARD enum err user_list(struct db *db, struct arena *arena, uint64_t skip,
    uint64_t count, int64_t **ids, size_t *n, int64_t *total);

#endif
