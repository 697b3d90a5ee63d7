/* SPDX-License-Identifier: Apache-2.0
 * savefile.h - files that are there whole or not at all.
 *
 * Any process, any thread; two must not save the same path at once.
 */
#ifndef BASE_SAVEFILE_H
#define BASE_SAVEFILE_H

#include "base/str.h"

/* Put the file in place of an earlier one, readable to its owner alone.  `lasting`: when
 * this returns it outlives a power loss, too.  false: errno, and the earlier one stays.
 */
NODISCARD bool savefile_put(const char *path, struct str bytes, bool lasting);
/* All of a file of at most `most` bytes, aligned for any type; the caller frees out->p.
 * false: errno, EFBIG when there is more. */
NODISCARD bool savefile_get(const char *path, size_t most, struct str *out);

#endif
