/* SPDX-License-Identifier: Apache-2.0
 * backoff.h - when to try again (nats-behaviour.md §5.3).  Pure.
 */
#ifndef NOTIFY_BACKOFF_H
#define NOTIFY_BACKOFF_H

#include "base/clock.h"

/* After so many attempts that failed, the last of them at `now`: when the next one is
 * due; 0: given up. */
NODISCARD us_t backoff_next(unsigned attempts, us_t now);

#endif
