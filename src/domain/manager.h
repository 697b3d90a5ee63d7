/* SPDX-License-Identifier: Apache-2.0
 * manager.h - who earns beside an affiliate: his managers, and the partners of an offer.
 *
 * One thread at a time, inside a change.  How much each gets of what: receivers.h in
 * src/book.
 */
#ifndef DOMAIN_MANAGER_H
#define DOMAIN_MANAGER_H

#include "base/money.h"
#include "domain/account.h"

/* One more manager of an affiliate; those he has stay, and one he has already is no
 * fault.  The first of them is column manager_id, which the other dialect shows.  The
 * fault names manager_id. */
NODISCARD enum err manager_add(struct change *c, int64_t affiliate, int64_t manager);
/* ERR_NOT_FOUND: he is none of his. */
NODISCARD enum err manager_remove(struct change *c, int64_t affiliate, int64_t manager);
/* What a manager gets of each transaction of his affiliates, from now on; `percent` not
 * given: nothing.  ERR_NOT_FOUND: no such manager. */
NODISCARD enum err manager_terms(
    struct change *c, int64_t manager, struct opt percent, bool of_margin);
/* The manager of a new affiliate who was given none, as network setting
 * manager_assignment says; a->manager_id stays as it is when there is nobody. */
NODISCARD enum err manager_assign(struct change *c, struct account *a);

/* A partner's share of an offer's income; 0 ends it.  Faults name offer and account. */
NODISCARD enum err partner_set(
    struct change *c, int64_t offer, int64_t partner, pct_t percent);

#endif
