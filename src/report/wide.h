/* SPDX-License-Identifier: Apache-2.0
 * wide.h - the rows of rollup_booked with what that does not keep: campaign, creative and
 * sub ids, added up from the raw rows.
 *
 * For questions that nobody asks every minute: it reads every click and ledger row of the
 * period.  The sums are those of tbl/rollup.h, so that every view has the same total;
 * what hangs on no click (a sale credited without one), or on one that is not kept any
 * more, has 0 in them, and an unknown device.  Columns: those of profit and loss, bucket,
 * node_id, the ids of offer, landing page, commission, affiliate, campaign and adtool,
 * country, subid1, subid2, device_type, ua_id, isp_id (of a cellular connection, else 0)
 * and host (of the referrer).
 */
#ifndef REPORT_WIDE_H
#define REPORT_WIDE_H

#include "report/ask.h"
#include "report/period.h"

/* Of a click (alias x_), or of none: its carrier; and the host of its referrer in lower
 * case, '' when that names none.  A user and his password go, as scheme and port do. */
#define WIDE_CARRIER(x_) "IF(" x_ ".connection = 2, " x_ ".isp_id, 0)"
#define WIDE_HOST(x_)                                                             \
	"COALESCE(LEFT(LOWER(REGEXP_SUBSTR(" x_                                   \
	".referrer, '^[A-Za-z][A-Za-z0-9+.-]*://([^/?#]*@)?\\\\K([[][^]/?#]*[]]|" \
	"[^][/?#:]+)')), 255), '')"

/* " FROM (...) r" of the buckets of the period.  base: the network's currency, which
 * lives as long as the question.  hosts: read them, else all are ''. */
void wide_from(struct ask *k, struct period p, struct str base, bool hosts);

#endif
