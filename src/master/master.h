/* SPDX-License-Identifier: Apache-2.0
 * master.h - starts, watches, reloads and stops the other processes.
 *
 * One thread.  It opens listeners and shared memory and then keeps its hands off both; it
 * parses no request and makes no query but those that set the database up before the
 * first child.
 */
#ifndef MASTER_MASTER_H
#define MASTER_MASTER_H

#include "base/settings.h"

/* Runs until SIGTERM or SIGINT; takes the settings over.  Returns the program's exit
 * status: 1 when it could not start, with one line in the log.  `conf` is read again at
 * SIGHUP. */
NODISCARD int master_run(struct settings *set, const char *conf);

#endif
