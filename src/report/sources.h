/* SPDX-License-Identifier: Apache-2.0
 * sources.h - where the rows of custom.c come from: the pieces of each source's statement.
 *
 * Private to this folder; constant data.  A source knows some of the slices and not
 * others; custom.c picks the narrowest that knows all that a call asks for.
 */
#ifndef REPORT_SOURCES_H
#define REPORT_SOURCES_H

#include "report/custom.h"

enum slice_kind { TIME, NUMBER, WORD };

struct source {
	const char *from;  /* with aliases; x is the row with its dimensions */
	bool built;        /* `from` has one value: which node has how much in the cube */
	const char *secs;  /* its time in seconds */
	const char *range; /* two values: buckets or microseconds */
	bool buckets;
	bool status;             /* conversions, by status */
	bool views;              /* impressions: `raw` counts them */
	const char *col[SLICES]; /* NULL: it does not know */
	const char *raw, *uniq;  /* clicks; conversions: count, count of zero payouts */
	const char *charge, *charge_b, *revenue, *revenue_b;
};

/* Narrow: by time, offer, accounts and country.  Of agents: by device, system and browser
 * too, clicks from the cube and what is behind it.  Whole: by all that there is, from the
 * rows themselves. */
extern const struct source source_clicks_narrow, source_conversions_narrow,
    source_impressions, source_refused;
extern const struct source source_clicks_cube, source_clicks_open,
    source_clicks_corrected, source_conversions_agents, source_impressions_cube,
    source_impressions_open;
extern const struct source source_clicks_whole, source_corrected_whole,
    source_conversions_whole, source_impressions_whole;

/* The column of a slice, in that language where it is the name of a city. */
NODISCARD const char *source_column(
    const struct source *s, enum slice by, enum custom_locale locale);

#endif
