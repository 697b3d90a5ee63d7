/* SPDX-License-Identifier: Apache-2.0
 * natsperiod.c - the periods of reports and of affiliate/search.
 */
#include "api/nats/natskit.h"
#include "domain/netset.h"

enum err
natskit_zone(struct api_req *rq, const struct zone **z)
{
	struct netset set;
	enum err rc = netset_load(rq->db, rq->arena, &set);

	if (rc != ERR_OK)
		return rc;
	*z = zone_get(set.time_zone);
	if (*z == NULL)
		*z = zone_utc_zone();
	return ERR_OK;
}

/* Codes 0 and 1 go by the default payout period (nats-behaviour.md §4.1). */
static enum err
default_starts(struct api_req *rq, struct payout_starts *out)
{
	struct db_rows *rows;
	enum err rc = db_query(rq->db, &rows,
	    "SELECT starts FROM payout_period ORDER BY is_default DESC, id LIMIT 1", "");

	if (rc != ERR_OK)
		return rc;
	if (!db_next(rows) || !period_starts(db_str(rows, 0), out))
		*out = (struct payout_starts){.kind = 'm', .days = 1u << 1 | 1u << 16};
	return db_rows_close(&rows);
}

enum err
natskit_period(struct api_req *rq, const struct period_args *args, struct period *out,
    const struct zone **z)
{
	struct payout_starts starts;
	enum err rc = natskit_zone(rq, z);

	if (rc == ERR_OK)
		rc = default_starts(rq, &starts);
	if (rc != ERR_OK)
		return rc;
	return period_of(out, args, &starts, *z, rq->now, &rq->fault);
}
