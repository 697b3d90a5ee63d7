/* SPDX-License-Identifier: Apache-2.0
 * backoff.c - see backoff.h.
 */
#include "notify/backoff.h"

us_t
backoff_next(unsigned attempts, us_t now)
{
	static const int64_t minutes[] = {1, 5, 30, 120, 720};

	if (attempts == 0)
		return now;
	if (attempts > ARRAY_LEN(minutes))
		return 0;
	return now + minutes[attempts - 1] * 60 * US_SECOND;
}
