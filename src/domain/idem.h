/* SPDX-License-Identifier: Apache-2.0
 * idem.h - writes that a client may send again: the header Idempotency-Key.
 *
 * On a pool thread, with no transaction open.  The first request with a key of an account
 * claims it in the database, so that of parallel copies, on whatever node, one executes;
 * its answer is kept beside the claim for a day.
 *
 *      (nothing) --claim--> claimed --keep----> answered --a day--> (nothing)
 *                              |---release--> (nothing)       it is known to have changed
 *                              |                              nothing: try again
 *                              `--(a crash)-> claimed         nobody knows: 409, so that
 *                                                             nothing is done twice
 *
 * A call that sends an event is taken over once it has gone unanswered for
 * IDEM_REPEAT_US: the ledger itself takes an event once.
 */
#ifndef DOMAIN_IDEM_H
#define DOMAIN_IDEM_H

#include "base/arena.h"
#include "base/clock.h"
#include "db/db.h"

#define IDEM_KEEP_US US_DAY
#define IDEM_REPEAT_US (15 * US_SECOND)
#define IDEM_KEY_MAX 255u
#define IDEM_HASH 32u

struct idem {
	int64_t account_id;
	unsigned char key[IDEM_HASH], request[IDEM_HASH];
	bool repeatable;
	us_t begun;
};

enum idem_verdict {
	IDEM_RUN,    /* claimed: execute, then idem_keep() or idem_release() */
	IDEM_STORED, /* *status and *reply, in the arena, are the answer */
	IDEM_OTHER,  /* the key was used for another request */
	IDEM_BUSY    /* the first request has not been answered */
};

/* `call` and `params` are what makes two requests the same: the endpoint's name, and all
 * that was sent as JSON text. */
void idem_init(struct idem *k, uint32_t account_id, struct str key, struct str call,
    struct str params, bool repeatable, us_t now);
NODISCARD enum err idem_claim(struct db *db, struct arena *a, const struct idem *k,
    enum idem_verdict *out, unsigned *status, struct str *reply);
NODISCARD enum err idem_keep(
    struct db *db, const struct idem *k, unsigned status, struct str reply);
NODISCARD enum err idem_release(struct db *db, const struct idem *k);
/* Forgets what is older than a day, some thousand at a time. */
NODISCARD enum err idem_sweep(struct db *db, us_t now);

#endif
