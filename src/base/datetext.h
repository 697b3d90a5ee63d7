/* SPDX-License-Identifier: Apache-2.0
 * datetext.h - dates as people write them, in the forms that this server takes.
 *
 * Any process, any thread; pure.  A text is one of these as a whole, read without regard
 * to case; anything else is an error, never a guess.  Missing zones mean `z`, the present
 * is `now`.
 *
 *   now   today   midnight   yesterday   tomorrow
 *
 *   @1490000000   @1490000000.25   1490000000
 *       Unix seconds.  Without the @, runs of 4 and of 8 digits are refused: they could
 *       as well be a year or a date.
 *
 *   2017-03-20   2017/03/20   03/20/2017   January 1, 2016   Jan 1 2016   20 March 2017
 *       The month is first in the form with the year last.  A time may follow each:
 *       14:35   14:35:02   14:35:02.25, after the ISO form also behind a T; and a zone
 *       may follow that: Z   UTC   +02:00   +0200   +02
 *
 *   +1 day   -2 weeks   3 hours ago
 *       sec second min minute hour day week fortnight month year, with or without an s.
 *
 *   next month   last week   this year
 *       One unit on, one back, now.
 *
 *   next monday   last fri   this sunday
 *       At 00:00.  `next` and `last` never are today, `this` may be.
 *
 *   first day of next month   last day of this month
 *       Also of last month; the time of day stays.
 *
 * As PHP does: days, weeks, months and years move the calendar and keep the clock (31
 * January and one month is 3 March), hours and below move the instant; a clock reading
 * that a zone skips moves on by the gap, one that it repeats is its first occurrence.
 */
#ifndef BASE_DATETEXT_H
#define BASE_DATETEXT_H

#include "base/zone.h"

/* false: the text has none of these forms, or names a date that no calendar has; *out is
 * then unchanged.  An empty text is not one of the forms: whoever takes "not set" asks
 * before. */
NODISCARD bool datetext_parse(struct str text, const struct zone *z, us_t now, us_t *out);

/* Strictly YYYY-MM-DD: dates in Affise parameters.  false: anything else. */
NODISCARD bool datetext_iso(struct str text, int *year, int *month, int *day);

#endif
