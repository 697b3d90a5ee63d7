/* SPDX-License-Identifier: Apache-2.0
 * savefile.c - see savefile.h.
 */
#include "base/savefile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
write_all(int fd, struct str s)
{
	while (s.n > 0) {
		ssize_t n = write(fd, s.p, s.n);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		s.p += n;
		s.n -= (size_t)n;
	}
	return true;
}

/* The new name is on disk once its folder is. */
static bool
sync_folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char dir[PATH_MAX];
	bool good;
	int fd;

	(void)snprintf(dir, sizeof(dir), "%.*s",
	    slash == NULL ? 1 : (int)(slash - path) + 1, slash == NULL ? "." : path);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return false;
	good = fsync(fd) == 0;
	(void)close(fd);
	return good;
}

bool
savefile_put(const char *path, struct str bytes, bool lasting)
{
	char tmp[PATH_MAX];
	bool good;
	int fd, n = snprintf(tmp, sizeof(tmp), "%s.tmp", path);

	if (n <= 0 || (size_t)n >= sizeof(tmp)) {
		errno = ENAMETOOLONG;
		return false;
	}
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd == -1)
		return false;
	good = write_all(fd, bytes) && (!lasting || fsync(fd) == 0);
	if (close(fd) == -1 || !good || rename(tmp, path) == -1) {
		int saved = errno;

		(void)unlink(tmp);
		errno = saved;
		return false;
	}
	return !lasting || sync_folder_of(path);
}

static bool
read_all(int fd, char *to, size_t n)
{
	for (size_t at = 0; at < n;) {
		ssize_t got = read(fd, to + at, n - at);

		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0) {
			errno = got == 0 ? EIO : errno;
			return false;
		}
		at += (size_t)got;
	}
	return true;
}

bool
savefile_get(const char *path, size_t most, struct str *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), saved;
	struct stat st;
	char *bytes = NULL;
	bool good = false;

	if (fd == -1)
		return false;
	if (fstat(fd, &st) == 0) {
		good = (uint64_t)st.st_size <= most;
		errno = EFBIG;
	}
	if (good) {
		bytes = obj_alloc((size_t)st.st_size + 1);
		good = read_all(fd, bytes, (size_t)st.st_size);
	}
	saved = errno;
	(void)close(fd);
	if (good) {
		*out = str_n(bytes, (size_t)st.st_size);
		return true;
	}
	free(bytes);
	errno = saved;
	return false;
}
