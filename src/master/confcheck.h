/* SPDX-License-Identifier: Apache-2.0
 * confcheck.h - `affiliated -t`: what a start would find, looked at beforehand.
 *
 * settings_read() has refused what is wrong in itself; this looks at the machine.  It
 * changes nothing on it, binds no port and asks no database, which may be away when the
 * server starts.
 */
#ifndef MASTER_CONFCHECK_H
#define MASTER_CONFCHECK_H

#include "base/settings.h"

/* Writes a line with file, line and key to standard error for everything that is wrong,
 * and returns how many there were.  As root it becomes settings' user on the way, for
 * good: what the server reads later must be readable to him.  One thread; blocks while
 * names are looked up. */
NODISCARD unsigned confcheck(const struct settings *set, const char *path);

#endif
