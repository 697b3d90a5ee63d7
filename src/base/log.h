/* SPDX-License-Identifier: Apache-2.0
 * log.h - the server's own log: one line an event, to standard error or a file.
 *
 * Any process, any thread: a line is one write().  Never log keys, secrets or whole
 * targets.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/obj.h"

enum log_level { LOG_DEBUG_, LOG_INFO_, LOG_WARN_, LOG_ERROR_ };

/* Where lines go from now on: a path opened for append, or NULL for standard error.
 * Called again by a reload to reopen the file.  false: it cannot be opened (errno); the
 * old one stays in use. */
NODISCARD bool log_open(const char *path);
/* The role that stands in each line ("worker 3"), copied. */
void log_role(const char *role);
void log_level(enum log_level least);

void log_line(enum log_level lvl, const char *fmt, ...) PRINTF_LIKE(2, 3);
#define log_debug(...) log_line(LOG_DEBUG_, __VA_ARGS__)
#define log_info(...) log_line(LOG_INFO_, __VA_ARGS__)
#define log_warn(...) log_line(LOG_WARN_, __VA_ARGS__)
#define log_error(...) log_line(LOG_ERROR_, __VA_ARGS__)

#endif
