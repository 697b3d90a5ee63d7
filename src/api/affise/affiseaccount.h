/* SPDX-License-Identifier: Apache-2.0
 * affiseaccount.h - accounts as this dialect writes them: Manager, Partner, Advertiser of
 * the reference.
 *
 * On a thread of the worker's pool.  What belongs to an account is read while it is
 * written; the first failure stays in `rc`, and the handler returns it.
 */
#ifndef API_AFFISE_AFFISEACCOUNT_H
#define API_AFFISE_AFFISEACCOUNT_H

#include "api/affise/affisekit.h"
#include "domain/paysystem.h"
#include "domain/userrole.h"

struct affiseaccount {
	struct api_req *rq;
	struct jsonw *w;
	const struct zone *zone;
	enum err rc;
	bool with_balance;
	struct user manager; /* the last one shown; id 0: none */
};

NODISCARD enum err affiseaccount_init(struct api_req *rq, struct affiseaccount *s);

/* `key`: "" but in the answer that makes it. */
void affiseaccount_user(struct affiseaccount *s, const struct user *u, const char *key);
void affiseaccount_partner(
    struct affiseaccount *s, const struct account *a, const char *key);
/* `listed`: with the members that lists have besides. */
void affiseaccount_advertiser(
    struct affiseaccount *s, const struct account *a, bool listed);

/* Key `balance`: what the account is owed, by currency. */
void affiseaccount_balance(struct affiseaccount *s, int64_t account_id);

/* The manager that a parameter names, into *id; empty: none. */
NODISCARD enum err affiseaccount_manager(struct change *c, const char *name, uint8_t has,
    const struct arg_ref *ref, int64_t *id);

/* Payout accounts and sign-up answers that were sent; NULL trees are not there.  In a
 * change: check before account_add() or account_store(), put behind it. */
struct affiseextra {
	struct json_object *paysystems, *fields;
	uint8_t has_paysystems, has_fields;
	struct paysystem_account *pay;
	size_t n_pay;
};
NODISCARD enum err affiseextra_check(
    struct change *c, struct affiseextra *x, struct account *a);
NODISCARD enum err affiseextra_put(
    struct change *c, const struct affiseextra *x, int64_t account_id);

#endif
