/* SPDX-License-Identifier: Apache-2.0
 * nats.h - the envelopes of the NATS dialect (nats-for-networks.md, 1.6).
 *
 * For the handlers in this folder.
 */
#ifndef API_NATS_NATS_H
#define API_NATS_NATS_H

#include "worker/api.h"

/* {"result": word, "message": message}: word is "success" or "Success" as the endpoint
 * has it, message NULL leaves that member out.  Returns ERR_OK, so that a handler ends
 * with it. */
int nats_result(struct api_req *rq, const char *word, const char *message);

#endif
