/* SPDX-License-Identifier: Apache-2.0
 * owned.h - a user who sees only his own accounts names only what hangs on them.
 *
 * On a pool thread.  In one place for all calls of the Affise dialect, by the names of
 * their arguments; what lists show is narrowed by the handlers (K3 of decisions.md).
 */
#ifndef WORKER_OWNED_H
#define WORKER_OWNED_H

#include "worker/api.h"

/* Arguments as args_parse() left them.  ERR_NOT_FOUND: one names an affiliate, an
 * advertiser, or something of theirs, that is not his; as if it were not there. */
NODISCARD enum err owned_check(struct api_req *rq, const void *args);

#endif
