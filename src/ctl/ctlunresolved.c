/* SPDX-License-Identifier: Apache-2.0
 * ctlunresolved.c - events whose click is not here: those that wait for a node, and those
 * whose click never came (decisions.md E5).
 *
 * The first are tried by themselves; the second are kept as unknown until somebody has
 * brought the click, by replaying a journal or by an import, and says so.
 */
#include <stdio.h>
#include <string.h>

#include "base/record.h"
#include "base/zone.h"
#include "ctl/ctl.h"
#include "track/clickid.h"

static const char *
kind_word(uint64_t kind)
{
	return kind == REC_POST ? "post" : kind == REC_VOID ? "void" : "event";
}

/* A pixel that names no click waits for all clicks before it. */
static void
print(const struct db_rows *r)
{
	const struct click_id click = {db_i64(r, 3), db_i64(r, 4)};
	char hash[CLICKID_TEXT] = "-", time[ZONE_TEXT];

	zone_text(zone_utc_zone(), db_i64(r, 0), time);
	if (click.lo != 0)
		clickid_hash(hash, click);
	(void)printf("%s\t%s\t%llu\t%s\t%s\t" STR_FMT "\n", time,
	    db_i64(r, 1) == 1 ? "waiting" : "unknown", (unsigned long long)db_u64(r, 2),
	    hash, kind_word(db_u64(r, 5)), STR_ARG(db_str(r, 6)));
}

int
ctl_unresolved_list(struct ctl *t, int argc, char **argv)
{
	struct db_rows *r = NULL;
	enum err rc;

	(void)argv;
	if (argc != 0)
		return ctl_usage(t);
	rc = db_query(t->ch.db, &r,
	    "SELECT u.event_us, u.state, u.node_id, u.click_us, u.click_lo, "
	    "COALESCE(l.kind, 0), COALESCE(l.request, '') FROM unresolved u LEFT JOIN "
	    "event_log l ON l.event_us = u.event_us AND l.event_lo = u.event_lo ORDER BY "
	    "u.event_us, u.event_lo",
	    "");
	if (rc != ERR_OK)
		return ctl_db_failed(t, rc);
	while (db_next(r))
		print(r);
	rc = db_rows_close(&r);
	return rc == ERR_OK ? CTL_OK : ctl_db_failed(t, rc);
}

struct again {
	struct click_id click; /* of all: none */
	bool all;
	uint64_t n;
};

static enum err
do_retry(struct change *c, void *what)
{
	struct again *a = what;
	enum err rc = db_exec(c->db,
	    "UPDATE unresolved SET state = 1 WHERE state = 2 AND (? OR (click_us = ? AND "
	    "click_lo = ?))",
	    "iii", (int64_t)a->all, (int64_t)a->click.us, a->click.lo);

	a->n = rc == ERR_OK ? db_affected(c->db) : 0;
	return rc;
}

int
ctl_unresolved_retry(struct ctl *t, int argc, char **argv)
{
	struct again a = {.all = argc == 0};
	char count[48];

	if (argc > 1)
		return ctl_usage(t);
	if (argc == 1 && clickid_parse(str_of(argv[0]), &a.click) != CLICKID_OURS)
		return ctl_failed("%s is no click id", argv[0]);
	if (!ctl_change(t, do_retry, &a))
		return CTL_FAILED;
	(void)fprintf(stderr,
	    "%s: their nodes try them again within a second, if they run\n",
	    ctl_count(a.n, "event", count));
	(void)printf("%llu\n", (unsigned long long)a.n);
	return CTL_OK;
}
