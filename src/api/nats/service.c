/* SPDX-License-Identifier: Apache-2.0
 * service.c - /api/service.
 */
#include "worker/api.h"

int
api_nats_ping(struct api_req *rq, const struct args_nats_ping *a)
{
	(void)a;
	jsonw_int(rq->out, 1);
	return ERR_OK;
}
