/* SPDX-License-Identifier: Apache-2.0
 * clock.h - time as microseconds since 1970 UTC.  Any process, any thread.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/obj.h"

#define US_SECOND INT64_C(1000000)
#define US_DAY (86400 * US_SECOND)
/* Width of a rollup bucket: a quarter of an hour makes a day in any zone exact. */
#define US_BUCKET (900 * US_SECOND)

typedef int64_t us_t;

/* Wall clock. */
NODISCARD us_t clock_us(void);
/* Never goes back; for time-outs. */
NODISCARD us_t clock_mono_us(void);
/* The unit tests' clock: from now on clock_us() answers this; 0 = the real one again. */
void clock_set(us_t fixed);
/* Start of the 15-minute bucket that holds t, as bucket number (t / US_BUCKET). */
NODISCARD static inline int64_t
clock_bucket(us_t t)
{
	return t / US_BUCKET;
}

#endif
