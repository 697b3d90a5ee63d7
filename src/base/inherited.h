/* SPDX-License-Identifier: Apache-2.0
 * inherited.h - what a child gets from the master by being forked.
 *
 * Made by the master before the first fork, read-only afterwards.  Descriptors and
 * mappings belong to the process; a child never closes or unmaps what is here but at its
 * end.
 */
#ifndef BASE_INHERITED_H
#define BASE_INHERITED_H

#include "base/settings.h"

#define MAX_LISTEN 16

struct shm;
struct ua;
struct geo;

struct inherited {
	const struct settings *set;
	struct shm *shm; /* rings, control page, uniqueness */
	struct ua *ua;   /* user agent patterns; never NULL, may be empty */
	struct geo *geo; /* geo databases; never NULL, may be empty */
	int listen_fd[MAX_LISTEN];
	unsigned n_listen;
	unsigned n_workers;       /* settings' `workers` with 0 resolved */
	unsigned generation;      /* counts reloads */
	struct inherited *before; /* what the last reload replaced: children may still use
				     it; NULL before the first */
};

/* Entry points of the children; each returns the process's exit status.  SIGTERM asks
 * them to finish. */
NODISCARD int worker_main(const struct inherited *in, unsigned number);
NODISCARD int stats_main(const struct inherited *in);
NODISCARD int notify_main(const struct inherited *in);

#endif
