/* SPDX-License-Identifier: Apache-2.0
 * fetch.h - brings what is at a URL, while the caller waits.
 *
 * Any thread that may wait.  As the courier: no private address unless the network allows
 * them, no redirects followed.
 */
#ifndef NOTIFY_FETCH_H
#define NOTIFY_FETCH_H

#include "base/arena.h"
#include "base/err.h"

#define FETCH_WHY 256

/* All of it, at most so many bytes, in `a`.  ERR_IO: why, for people, in `why`. */
NODISCARD enum err fetch_url(struct arena *a, struct str url, size_t most,
    bool private_ok, struct str *out, char why[FETCH_WHY]);

#endif
