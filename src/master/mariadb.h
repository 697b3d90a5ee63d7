/* SPDX-License-Identifier: Apache-2.0
 * mariadb.h - the private database of `database: managed`.
 *
 * Master only.  Everything is in one folder (settings_db_dir()): data/, sock, pid,
 * error.log.  It listens on its Unix socket alone, and the folder is nobody else's.
 */
#ifndef MASTER_MARIADB_H
#define MASTER_MARIADB_H

#include <sys/types.h>

#include "base/settings.h"

/* The database is named in SQL where no parameter can stand. */
NODISCARD bool mariadb_name_is_plain(const char *name);
/* Whether the path of its socket is short enough for one. */
NODISCARD bool mariadb_socket_fits(const struct settings *set);
/* Makes the folder and, the first time, the system tables.  Blocks for some seconds then.
 * false: `why` (512 bytes) has one line. */
NODISCARD bool mariadb_prepare(const struct settings *set, char *why);
/* A mariadbd that an earlier master left running on this folder; -1 none. */
NODISCARD pid_t mariadb_running(const struct settings *set);
/* In the forked child: becomes mariadbd.  Returns only when that fails. */
void mariadb_become(const struct settings *set);
/* Waits until it answers and makes user and database.  Gives up when `pid()` says -1, or
 * after a minute. */
NODISCARD bool mariadb_wait(const struct settings *set, bool (*alive)(void), char *why);

#endif
