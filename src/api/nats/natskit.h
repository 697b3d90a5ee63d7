/* SPDX-License-Identifier: Apache-2.0
 * natskit.h - what the handlers of offers, accounts and transactions share.
 *
 * On a thread of the worker's pool, as worker/api.h says.
 */
#ifndef API_NATS_NATSKIT_H
#define API_NATS_NATSKIT_H

#include "api/nats/nats.h"
#include "domain/change.h"
#include "report/period.h"

/* A column of the domain's tables and what this dialect calls it.  `object`: a number of
 * something that has to be there; its fault reads "Invalid <wire>." in the envelope
 * of 1.6. */
struct natskit_name {
	const char *column, *wire;
	bool object;
};

/* A change on the request's connection and arena. */
NODISCARD struct change natskit_change(struct api_req *rq);
/* change_run(), then waits until the change is in force.  On failure rq->fault speaks
 * this dialect; `names` ends in {NULL} and may be NULL. */
NODISCARD enum err natskit_run(struct api_req *rq, struct change *c, change_f *fn,
    void *what, const struct natskit_name *names);
/* "Invalid <wire>.": nothing there has that number. */
enum err natskit_invalid(struct fault *f, const char *wire);

/* The tracking domain that a parameter names, into *id: of a landing page.  Empty: 0. */
NODISCARD enum err natskit_tracking_domain(
    struct change *c, uint8_t has, struct str text, int64_t *id);

/* The network's zone. */
NODISCARD enum err natskit_zone(struct api_req *rq, const struct zone **z);
/* What a caller says about time: period_of() with the network's zone and default payout
 * period. */
NODISCARD enum err natskit_period(struct api_req *rq, const struct period_args *args,
    struct period *out, const struct zone **z);

/* "123" */
NODISCARD struct str natskit_number(struct arena *a, int64_t v);
/* Account and offer behind a tracking code, in any style; 0 where there is none.
 * ERR_NOT_FOUND: no code, or an id in it that does not exist. */
struct natslink_code {
	int64_t id[12]; /* in the order of the code, enum ocode_field */
	bool unencoded, old;
};
NODISCARD enum err natslink_read(
    struct db *db, struct arena *a, struct str code, struct natslink_code *out);

#endif
