/* SPDX-License-Identifier: Apache-2.0
 * frontdoor.h - short links, what a tracking domain shows to those who look around, and
 * clicks that are answered with JSON.
 *
 * The loop's thread only.
 */
#ifndef WORKER_FRONTDOOR_H
#define WORKER_FRONTDOOR_H

#include "worker/worker.h"

struct click;
struct jsonw;

/* A path that is no script and no link by its form.  false: nothing here, it goes on to
 * the REST calls, which answer everything below /api and /3.0. */
NODISCARD bool frontdoor_handle(struct wreq *r);

/* The answer to format=json: status, clickid and url; of a refused click status 2 and its
 * reason.  `w` is there to be written with. */
void frontdoor_json(struct wreq *r, const struct click *k, struct jsonw *w);
/* The answer to hostnpost=1: requested_details, current_details, message, and click_hash
 * unless it was refused. */
void frontdoor_hostnpost(struct wreq *r, const struct click *k, struct jsonw *w);

#endif
