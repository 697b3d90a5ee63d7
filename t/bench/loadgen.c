/* SPDX-License-Identifier: Apache-2.0
 * loadgen.c - sends a counted number of HTTP requests and counts the answers.
 *
 *   loadgen PORT CONNECTIONS REQUESTS keep|new RATE FILE
 *
 * To 127.0.0.1 only.  FILE holds whole requests, each ended by a line "%%"; they are sent
 * in turn.  Every request that is sent is waited for, so that the count of answers is
 * exact, which no load program that stops at a deadline can say.  RATE 0 is as fast as it
 * goes, else requests a second, spread evenly; a late answer then counts from when its
 * request was due.  Prints one line:
 *
 *   answers=N redirects=N success=N errors=N seconds=S rate=R p50_us=N p99_us=N max_us=N
 *
 * answers: a whole answer came; redirects: of these with status 3xx; success: with 200
 * and "*success*" or "status": 1 in the body; errors: a connection broke or answered
 * something else.
 */
#define _GNU_SOURCE /* strcasestr */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_CONNECTIONS 4096
#define MAX_REQUESTS_IN_FILE 1000000
#define BUCKETS 200000 /* of 10 µs: two seconds, the last one takes what is slower */
#define ANSWER_BYTES 16384

struct conn {
	int fd;
	bool busy;
	size_t sent, got;
	const char *req;
	size_t req_len;
	int64_t due;
	char buf[ANSWER_BYTES];
};

static struct conn conns[MAX_CONNECTIONS];
static uint32_t bucket[BUCKETS];
static char *file_text;
static const char *reqs[MAX_REQUESTS_IN_FILE];
static size_t req_lens[MAX_REQUESTS_IN_FILE], n_reqs;
static int ep, port, n_conns;
static bool keep;
static int64_t total, started, finished, answers, redirects, success, errors, rate, t0,
    max_us;

static int64_t
now_us(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void
read_requests(const char *path)
{
	FILE *f = fopen(path, "re");
	long size;
	char *p, *end;

	if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (size = ftell(f)) < 0 ||
	    fseek(f, 0, SEEK_SET) != 0) {
		perror(path);
		exit(2);
	}
	file_text = malloc((size_t)size + 1);
	if (file_text == NULL || fread(file_text, 1, (size_t)size, f) != (size_t)size)
		exit(2);
	(void)fclose(f);
	file_text[size] = '\0';
	for (p = file_text;
	     (end = strstr(p, "%%\n")) != NULL && n_reqs < MAX_REQUESTS_IN_FILE;
	     p = end + 3) {
		reqs[n_reqs] = p;
		req_lens[n_reqs++] = (size_t)(end - p);
	}
	if (n_reqs == 0) {
		(void)fprintf(stderr, "load: %s holds no request\n", path);
		exit(2);
	}
}

static void
open_conn(struct conn *c)
{
	struct sockaddr_in sin = {
	    .sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	struct epoll_event ev = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = c};
	struct linger hard = {1, 0};
	int one = 1;

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd == -1) {
		perror("load: socket");
		exit(2);
	}
	(void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	/* No TIME_WAIT on our side: a run of new connections would use up the ports. */
	if (!keep)
		(void)setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	if (connect(c->fd, (struct sockaddr *)&sin, sizeof(sin)) == -1 &&
	    errno != EINPROGRESS) {
		perror("load: connect");
		exit(2);
	}
	(void)epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &ev);
}

static void
close_conn(struct conn *c)
{
	if (c->fd != -1)
		(void)close(c->fd);
	c->fd = -1;
}

static void
push(struct conn *c)
{
	while (c->busy && c->sent < c->req_len) {
		ssize_t n =
		    send(c->fd, c->req + c->sent, c->req_len - c->sent, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		c->sent += (size_t)n;
	}
}

/* Gives the connection its next request, when one is left and due. */
static void
next_request(struct conn *c)
{
	int64_t due;

	if (c->busy || started == total)
		return;
	due = rate == 0 ? now_us() : t0 + started * 1000000 / rate;
	if (rate != 0 && due > now_us())
		return;
	if (c->fd == -1)
		open_conn(c);
	c->req = reqs[(size_t)started % n_reqs];
	c->req_len = req_lens[(size_t)started % n_reqs];
	c->sent = c->got = 0;
	c->due = due;
	c->busy = true;
	started++;
	push(c);
}

static void
done(struct conn *c, bool good)
{
	int64_t took = now_us() - c->due;
	int64_t b = took / 10;

	c->busy = false;
	finished++;
	if (!good) {
		errors++;
		close_conn(c);
		return;
	}
	answers++;
	bucket[b < BUCKETS ? b : BUCKETS - 1]++;
	if (took > max_us)
		max_us = took;
	if (memcmp(c->buf + 9, "30", 2) == 0)
		redirects++;
	else if (memcmp(c->buf + 9, "200", 3) == 0 &&
		 (strstr(c->buf, "*success*") != NULL ||
		     strstr(c->buf, "\"status\": 1") != NULL))
		success++;
	else
		errors++;
	if (!keep)
		close_conn(c);
}

/* True when a whole answer is in the buffer. */
static bool
is_whole(struct conn *c)
{
	char *end, *len;

	c->buf[c->got] = '\0';
	end = strstr(c->buf, "\r\n\r\n");
	if (end == NULL)
		return false;
	len = strcasestr(c->buf, "\r\ncontent-length:");
	return len != NULL && len < end &&
	       c->got >= (size_t)(end + 4 - c->buf) + (size_t)strtoul(len + 17, NULL, 10);
}

static void
pull(struct conn *c)
{
	while (c->fd != -1) {
		ssize_t n = recv(c->fd, c->buf + c->got, ANSWER_BYTES - 1 - c->got, 0);

		if (n == -1 && errno == EAGAIN)
			return;
		if (n <= 0) {
			if (c->busy)
				done(c, false);
			else
				close_conn(c);
			return;
		}
		c->got += (size_t)n;
		if (c->busy && is_whole(c)) {
			done(c, true);
			next_request(c);
		}
	}
}

static int64_t
percentile(double q)
{
	int64_t want = (int64_t)(q * (double)answers), seen = 0;

	for (int i = 0; i < BUCKETS; i++) {
		seen += bucket[i];
		if (seen > want)
			return i * INT64_C(10);
	}
	return max_us;
}

static void
run(void)
{
	struct epoll_event ev[256];

	while (finished < total) {
		int n;

		for (int i = 0; i < n_conns && started < total; i++)
			next_request(&conns[i]);
		n = epoll_wait(ep, ev, 256, rate == 0 ? 1000 : 1);
		for (int i = 0; i < n; i++) {
			struct conn *c = ev[i].data.ptr;

			push(c);
			pull(c);
		}
	}
}

int
main(int argc, char **argv)
{
	double seconds;

	if (argc != 7) {
		(void)fputs(
		    "usage: loadgen PORT CONNECTIONS REQUESTS keep|new RATE FILE\n",
		    stderr);
		return 2;
	}
	port = atoi(argv[1]);
	n_conns = atoi(argv[2]);
	total = atoll(argv[3]);
	keep = strcmp(argv[4], "keep") == 0;
	rate = atoll(argv[5]);
	read_requests(argv[6]);
	if (n_conns < 1 || n_conns > MAX_CONNECTIONS || total < 1)
		return 2;
	ep = epoll_create1(EPOLL_CLOEXEC);
	for (int i = 0; i < n_conns; i++)
		conns[i].fd = -1;
	t0 = now_us();
	run();
	seconds = (double)(now_us() - t0) / 1e6;
	(void)printf("answers=%lld redirects=%lld success=%lld errors=%lld seconds=%.3f "
		     "rate=%.0f p50_us=%lld "
		     "p99_us=%lld max_us=%lld\n",
	    (long long)answers, (long long)redirects, (long long)success,
	    (long long)errors, seconds, (double)answers / seconds,
	    (long long)percentile(0.5), (long long)percentile(0.99), (long long)max_us);
	return 0;
}
