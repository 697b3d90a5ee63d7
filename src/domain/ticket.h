/* SPDX-License-Identifier: Apache-2.0
 * ticket.h - requests of affiliates to be connected to offers.
 *
 * One thread at a time.
 */
#ifndef DOMAIN_TICKET_H
#define DOMAIN_TICKET_H

#include "domain/change.h"

/* Column ticket.decision. */
enum ticket_decision { TICKET_OPEN, TICKET_APPROVED, TICKET_REJECTED };

struct ticket {
	int64_t id, account_id, offer_id;
	struct str comment;
	int64_t decision;            /* enum ticket_decision */
	us_t created_us, updated_us; /* updated_us 0: never */
};

struct ticket_filter {
	int open;                         /* 1 open ones, 0 closed ones, -1 all */
	int64_t affiliates_of, offers_of; /* of this manager's; 0: all.  Both: either. */
	uint64_t skip, count;
};

/* The newest first. */
NODISCARD enum err ticket_list(struct db *db, struct arena *a,
    const struct ticket_filter *f, struct ticket **out, size_t *n, int64_t *total);

/* ERR_EXISTS: he has asked already, and nobody has decided. */
NODISCARD enum err ticket_add(
    struct change *c, int64_t account, int64_t offer, struct str comment, int64_t *id);
/* Approved: he is connected from now on.  ERR_NOT_FOUND: there is no such ticket of what
 * the filter says, or its offer is gone; ERR_EXISTS: it is closed. */
NODISCARD enum err ticket_decide(struct change *c, const struct ticket_filter *of,
    int64_t id, bool approve, struct ticket *out);

#endif
