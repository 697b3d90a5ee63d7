/* SPDX-License-Identifier: Apache-2.0
 * listen.c - see listen.h.
 *
 * One socket is shared by all workers: with SO_REUSEPORT the queue of a worker that dies
 * is lost.
 */
#include "master/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

#define BACKLOG 4096

static bool
fail(char *why, const char *what, const char *text)
{
	(void)snprintf(why, 512, "listen: %.200s: %.200s", what, text);
	return false;
}

static bool
add_fd(struct inherited *in, int fd, const char *what, char *why)
{
	if (in->n_listen == MAX_LISTEN)
		return fail(why, what, "too many addresses");
	if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) == -1 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) == -1)
		return fail(why, what, strerror(errno));
	in->listen_fd[in->n_listen++] = fd;
	return true;
}

/* "8080=3;127.0.0.1:81=4" */
static bool
from_server_starter(struct inherited *in, const char *ports, char *why)
{
	struct str rest = str_of(ports), item;

	while ((item = str_split(&rest, ';')).p != NULL) {
		ptrdiff_t eq = str_chr(item, '=');
		uint64_t fd;

		if (eq < 0 ||
		    !str_to_u64(str_n(item.p + eq + 1, item.n - (size_t)eq - 1), &fd) ||
		    fd > INT32_MAX)
			return fail(why, "SERVER_STARTER_PORT",
			    "not of the form port=descriptor");
		if (!add_fd(in, (int)fd, "SERVER_STARTER_PORT", why))
			return false;
	}
	return true;
}

/* Bind, trying again while the address is in use and time is left. */
static int
bind_patiently(int family, const struct sockaddr *sa, socklen_t len, us_t until)
{
	int one = 1, fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct timespec pause = {0, 50000000};

	if (fd == -1)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	while (bind(fd, sa, len) == -1 || listen(fd, BACKLOG) == -1) {
		int saved = errno;

		if (saved != EADDRINUSE || clock_mono_us() >= until) {
			(void)close(fd);
			errno = saved;
			return -1;
		}
		(void)nanosleep(&pause, NULL);
	}
	return fd;
}

static bool
open_unix(struct inherited *in, const char *path, us_t until, char *why)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int fd;

	if (strlen(path) >= sizeof(sun.sun_path))
		return fail(why, path, "a socket's path has at most 107 bytes");
	memcpy(sun.sun_path, path, strlen(path));
	/* Nobody else's: the state directory's lock is held. */
	(void)unlink(path);
	fd = bind_patiently(AF_UNIX, (struct sockaddr *)&sun, sizeof(sun), until);
	if (fd == -1)
		return fail(why, path, strerror(errno));
	(void)chmod(path, 0666);
	return add_fd(in, fd, path, why);
}

/* NULL: why.  To be freed with freeaddrinfo(). */
static struct addrinfo *
resolve(const char *text, char *why)
{
	struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
			    .ai_socktype = SOCK_STREAM},
			*ai = NULL;
	const char *addr = text, *colon = strrchr(addr, ':');
	char host[256];
	size_t n;
	int rc;

	if (colon == NULL) {
		(void)fail(why, text, "not of the form host:port");
		return NULL;
	}
	n = (size_t)(colon - addr);
	if (n >= 2 && addr[0] == '[' && addr[n - 1] == ']') {
		addr++;
		n -= 2;
	}
	if (n >= sizeof(host)) {
		(void)fail(why, text, "the host is too long");
		return NULL;
	}
	memcpy(host, addr, n);
	host[n] = '\0';
	rc = getaddrinfo(
	    n == 0 || strcmp(host, "*") == 0 ? NULL : host, colon + 1, &hints, &ai);
	if (rc == 0)
		return ai;
	(void)fail(why, text, gai_strerror(rc));
	return NULL;
}

static bool
open_tcp(struct inherited *in, const char *addr, us_t until, char *why)
{
	struct addrinfo *ai = resolve(addr, why);
	int fd;

	if (ai == NULL)
		return false;
	fd = bind_patiently(ai->ai_family, ai->ai_addr, ai->ai_addrlen, until);
	freeaddrinfo(ai);
	if (fd == -1)
		return fail(why, addr, strerror(errno));
	return add_fd(in, fd, addr, why);
}

static bool
check_unix(const char *path, char *why)
{
	char dir[sizeof(((struct sockaddr_un *)NULL)->sun_path)];

	if (strlen(path) >= sizeof(dir))
		return fail(why, path, "a socket's path has at most 107 bytes");
	(void)snprintf(dir, sizeof(dir), "%s", path);
	*(strrchr(dir, '/') + 1) = '\0';
	return access(dir, W_OK | X_OK) == 0 || fail(why, path, strerror(errno));
}

/* Any port will do: the one that is named is in use while a server runs. */
static bool
check_tcp(const char *addr, char *why)
{
	struct addrinfo *ai = resolve(addr, why);
	int fd;

	if (ai == NULL)
		return false;
	if (ai->ai_family == AF_INET)
		((struct sockaddr_in *)(void *)ai->ai_addr)->sin_port = 0;
	else
		((struct sockaddr_in6 *)(void *)ai->ai_addr)->sin6_port = 0;
	fd = bind_patiently(ai->ai_family, ai->ai_addr, ai->ai_addrlen, 0);
	freeaddrinfo(ai);
	if (fd == -1)
		return fail(why, addr, strerror(errno));
	(void)close(fd);
	return true;
}

bool
listen_check(const char *addr, char *why)
{
	return strncmp(addr, "unix:", 5) == 0 ? check_unix(addr + 5, why)
					      : check_tcp(addr, why);
}

bool
listen_open(struct inherited *in, unsigned patience, char *why)
{
	us_t until = clock_mono_us() + patience * US_SECOND;
	const char *starter = getenv("SERVER_STARTER_PORT");
	int n = sd_listen_fds(1);

	for (int i = 0; i < n; i++) {
		if (!add_fd(in, SD_LISTEN_FDS_START + i, "LISTEN_FDS", why))
			return false;
	}
	if (n > 0)
		return true;
	if (starter != NULL)
		return from_server_starter(in, starter, why);
	for (size_t i = 0; i < in->set->listen.n; i++) {
		const char *addr = in->set->listen.v[i];
		bool good = strncmp(addr, "unix:", 5) == 0
				? open_unix(in, addr + 5, until, why)
				: open_tcp(in, addr, until, why);

		if (!good)
			return false;
	}
	if (in->n_listen == 0)
		return fail(why, "no address", "nothing to listen on");
	return true;
}

void
listen_name(int fd, char *out, size_t cap)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	char host[64], port[16];

	(void)snprintf(out, cap, "?");
	if (getsockname(fd, (struct sockaddr *)&ss, &len) == -1)
		return;
	if (ss.ss_family == AF_UNIX) {
		(void)snprintf(
		    out, cap, "unix:%s", ((struct sockaddr_un *)&ss)->sun_path);
		return;
	}
	if (getnameinfo((struct sockaddr *)&ss, len, host, sizeof(host), port,
		sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) == 0)
		(void)snprintf(out, cap, strchr(host, ':') == NULL ? "%s:%s" : "[%s]:%s",
		    host, port);
}
