/* SPDX-License-Identifier: Apache-2.0
 * ctlverify.c - the books, counted again.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/datetext.h"
#include "book/verify.h"
#include "ctl/ctl.h"

/* "2026-11-21" as the start of that day in UTC, in which the rows are kept. */
static bool
read_day(const char *text, us_t *out)
{
	int year, month, day;

	if (!datetext_iso(str_of(text), &year, &month, &day)) {
		(void)ctl_failed("%s is no day: YYYY-MM-DD", text);
		return false;
	}
	*out = zone_start(zone_utc_zone(), year, month, day);
	return true;
}

static void
print_difference(void *ctx, const struct verify_diff *d)
{
	(void)ctx;
	(void)printf("%s\t%s\t%s\tstored %" PRId64 "\tcounted %" PRId64 "\n", d->table,
	    d->key, d->column, d->stored, d->counted);
}

int
ctl_verify(struct ctl *t, int argc, char **argv)
{
	struct verify_result r = {.days = 0};
	us_t from = 0, to = 0;
	char n[7][48];
	int i = 0;
	enum err rc;

	for (; i + 1 < argc; i += 2) {
		bool first = strcmp(argv[i], "--from") == 0;

		if (!first && strcmp(argv[i], "--to") != 0)
			return ctl_usage(t);
		if (!read_day(argv[i + 1], first ? &from : &to))
			return CTL_FAILED;
	}
	if (i < argc)
		return ctl_usage(t);
	if (to != 0)
		to += US_DAY; /* both days included, as in dumps */
	if (to != 0 && from >= to)
		return ctl_failed("--from is after --to");
	rc = verify_run(t->ch.db, from, to, print_difference, NULL, &r);
	if (rc != ERR_OK)
		return ctl_db_failed(t, rc);
	(void)fprintf(stderr, "%s, %s, %s, %s, %s, %s: %s\n",
	    ctl_count(r.days, "day", n[0]), ctl_count(r.clicks, "click", n[1]),
	    ctl_count(r.impressions, "impression", n[2]),
	    ctl_count(r.transactions, "transaction", n[3]),
	    ctl_count(r.payouts, "payout", n[4]),
	    ctl_count(r.conversions, "conversion", n[5]),
	    ctl_count(r.differences, "difference", n[6]));
	if (r.clicks_from != 0)
		(void)fprintf(stderr,
		    "raw clicks before %" PRId64
		    " (Unix seconds) are gone: their sealed totals were compared\n",
		    r.clicks_from / US_SECOND);
	return r.differences == 0 ? CTL_OK : CTL_FAILED;
}
