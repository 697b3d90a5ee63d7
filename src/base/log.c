/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_BYTES 4096

static int log_fd = STDERR_FILENO;
static char log_role_text[32] = "affiliated";
static enum log_level log_least = LOG_INFO_;

bool
log_open(const char *path)
{
	int fd = STDERR_FILENO;

	if (path != NULL) {
		fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
		if (fd == -1)
			return false;
	}
	if (log_fd != STDERR_FILENO)
		(void)close(log_fd);
	log_fd = fd;
	return true;
}

void
log_role(const char *role)
{
	(void)snprintf(log_role_text, sizeof(log_role_text), "%s", role);
}

void
log_level(enum log_level least)
{
	log_least = least;
}

void
log_line(enum log_level lvl, const char *fmt, ...)
{
	static const char *const names[] = {"debug", "info", "warning", "error"};
	char line[LINE_BYTES];
	struct timespec ts;
	struct tm tm;
	va_list ap;
	int saved = errno;
	size_t n, start;
	int more;

	if (lvl < log_least)
		return;
	(void)clock_gettime(CLOCK_REALTIME, &ts);
	(void)gmtime_r(&ts.tv_sec, &tm);
	n = strftime(line, sizeof(line), "%Y-%m-%dT%H:%M:%S", &tm);
	n += (size_t)snprintf(line + n, sizeof(line) - n,
	    ".%03ldZ %s [%d] %s: ", ts.tv_nsec / 1000000, log_role_text, (int)getpid(),
	    names[lvl]);
	start = n;
	va_start(ap, fmt);
	more = vsnprintf(line + n, sizeof(line) - n - 1, fmt, ap);
	va_end(ap);
	if (more > 0)
		n += (size_t)more < sizeof(line) - n - 1 ? (size_t)more
							 : sizeof(line) - n - 2;
	/* One event is one line, whatever the text holds. */
	for (size_t i = start; i < n; i++) {
		if ((unsigned char)line[i] < 0x20)
			line[i] = ' ';
	}
	line[n++] = '\n';
	(void)!write(log_fd, line, n);
	errno = saved;
}
