/* SPDX-License-Identifier: Apache-2.0
 * catcopy.h - the last catalog image once more, on disk: <state_dir>/catalog.
 *
 * The image lives in a tmpfs (track/catalog.h), which goes with the machine; from the
 * copy links redirect after a start without a database.  Stats process.
 */
#ifndef STATS_CATCOPY_H
#define STATS_CATCOPY_H

#include "base/inherited.h"

/* Catalog thread: the image of this generation, which is in force, becomes the copy.
 * Outlives a power loss when it returns.  false: errno. */
NODISCARD bool catcopy_save(const struct inherited *in, uint64_t generation);
/* Before the catalog thread is started: where there is no image in force, the copy
 * becomes one.  It is refused when it is damaged or of another layout.  false: there is
 * none, and `why` (256 bytes) says why. */
NODISCARD bool catcopy_restore(const struct inherited *in, char *why);

#endif
