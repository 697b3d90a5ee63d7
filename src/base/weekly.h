/* SPDX-License-Identifier: Apache-2.0
 * weekly.h - hours that come again each week: "fri,sat 22:00-06:00".
 *
 * Pure; any thread.  Days of the week by their first three letters, parted by commas, in
 * any case; without them every day.  Hours of the clock on the wall, without them the
 * whole day; 24:00 is its end.  Hours that run over midnight belong to the day on which
 * they begin.
 */
#ifndef BASE_WEEKLY_H
#define BASE_WEEKLY_H

#include "base/clock.h"
#include "base/str.h"
#include "base/zone.h"

/* A value: it may lie in a mapped image as it is. */
struct weekly {
	uint8_t days;      /* 1 << 0 Sunday .. 6 Saturday; 0: none, it never holds */
	uint16_t from, to; /* minutes of the day; from > to: over midnight */
};

/* False: that is none. */
NODISCARD bool weekly_parse(struct str s, struct weekly *out);
NODISCARD bool weekly_holds(const struct weekly *w, const struct zone *z, us_t at);

#endif
