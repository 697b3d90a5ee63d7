/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <time.h>

static us_t fixed_us;

static us_t
read_clock(clockid_t id)
{
	struct timespec ts;
	int rc = clock_gettime(id, &ts);

	assert(rc == 0);
	(void)rc;
	return (us_t)ts.tv_sec * US_SECOND + ts.tv_nsec / 1000;
}

us_t
clock_us(void)
{
	return fixed_us != 0 ? fixed_us : read_clock(CLOCK_REALTIME);
}

us_t
clock_mono_us(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

void
clock_set(us_t fixed)
{
	fixed_us = fixed;
}
