/* SPDX-License-Identifier: Apache-2.0
 * span.h - lengths of time as people write them: "1y2m3w4d5h6i7s".
 *
 * Any process, any thread; pure.  Groups of digits and one unit each, in falling order:
 * y year, m month, w week, d day, h hour, i minute, s second.  A year is 365 days and a
 * month 30: a click that came at noon is too old at noon, whatever month it is.
 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include "base/clock.h"
#include "base/str.h"

/* The longest text that is read. */
#define SPAN_TEXT 64
/* The longest span: a hundred years. */
#define SPAN_MOST ((us_t)100 * 365 * US_DAY)

/* Microseconds.  false: the text is no span, or one of more than SPAN_MOST; *out is then
 * unchanged. */
NODISCARD bool span_parse(struct str s, us_t *out);

#endif
