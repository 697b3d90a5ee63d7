/* SPDX-License-Identifier: Apache-2.0
 * listener.c - connections: accepting them, who is at the other end, and when they are
 * closed.
 *
 *      accept --> [trusted proxy and proxy_protocol: PROXY line] --> libh2o --> closed
 *
 * libh2o would read a PROXY line of version 1 itself, from anybody and only if it is
 * there. Here the bytes are read into the socket's own buffer and what follows the line
 * is left in it, where libh2o's HTTP code finds it: no MSG_PEEK, which would spin on half
 * a line.
 *
 * libh2o has no time-out for writing.  listener_sweep() looks at each connection's
 * response instead and shuts down the socket of one whose client has taken nothing for a
 * minute; libh2o then meets the error and cleans up as for any lost client.
 */
#include "config.h" /* for accept4() */

#include "worker/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/un.h>

#include "worker/forwarded.h"
#include "worker/proxyline.h"

#define ACCEPTS_A_ROUND 16 /* then the other sockets have their turn */
#define PROXY_WAIT_MS 10000
#define SLOW_MS 60000u
#define DRAIN_IDLE_MS 2000u /* an idle connection of a draining worker */

#define LISTENER_MAGIC 0x6c73746eu

struct listener {
	uint32_t magic;
	struct worker *w;
	h2o_socket_t *sock[MAX_LISTEN];
	unsigned n;
	bool paused;
	h2o_timeout_entry_t resume;
	h2o_timeout_t proxy_wait;
};

/* A connection whose PROXY line is not there yet. */
struct waiting {
	struct conn *c;
	h2o_timeout_entry_t timer;
};

static void on_accept(h2o_socket_t *sock, const char *err);

/* ---- pausing ---- */

static void
pause_accept(struct listener *l)
{
	if (l->paused)
		return;
	l->paused = true;
	for (unsigned i = 0; i < l->n; i++)
		h2o_socket_read_stop(l->sock[i]);
}

static void
resume_accept(struct listener *l)
{
	if (!l->paused)
		return;
	l->paused = false;
	for (unsigned i = 0; i < l->n; i++)
		h2o_socket_read_start(l->sock[i], on_accept);
}

static void
on_resume(h2o_timeout_entry_t *timer)
{
	resume_accept(H2O_STRUCT_FROM_MEMBER(struct listener, resume, timer));
}

/* Out of descriptors or memory: the queue of the kernel keeps them a moment. */
static void
pause_a_moment(struct listener *l, const char *what)
{
	log_warn("accept: %s; trying again shortly", what);
	pause_accept(l);
	if (!h2o_timeout_is_linked(&l->resume))
		h2o_timeout_link(l->w->loop, &l->w->ctx.hundred_ms_timeout, &l->resume);
}

/* ---- a connection ---- */

static void
peer_of(const struct sockaddr *sa, uint8_t ip[16])
{
	static const uint8_t loopback[16] = {
	    [10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1};
	const struct sockaddr_in *in4 = (const void *)sa;
	const struct sockaddr_in6 *in6 = (const void *)sa;

	/* A Unix socket is the machine itself. */
	memcpy(ip, loopback, 16);
	if (sa->sa_family == AF_INET)
		memcpy(ip + 12, &in4->sin_addr, 4);
	else if (sa->sa_family == AF_INET6)
		memcpy(ip, &in6->sin6_addr, 16);
}

static void
on_close(void *data)
{
	struct conn *c = data;
	struct worker *w = c->w;

	*c->link = c->next;
	if (c->next != NULL)
		c->next->link = c->link;
	w->n_conns--;
	counter_set(COUNTER_http_connections, w->n_conns);
	free(c);
	if (w->n_conns < (unsigned)w->in->set->max_connections &&
	    !h2o_timeout_is_linked(&w->listener->resume))
		resume_accept(w->listener);
}

static struct conn *
conn_new(struct worker *w, h2o_socket_t *sock, const struct sockaddr *peer)
{
	struct conn *c = obj_alloc(sizeof(*c));

	c->w = w;
	c->sock = sock;
	c->active_ms = h2o_now(w->loop);
	peer_of(peer, c->peer);
	c->trusted = forwarded_trusts(&w->in->set->trusted_proxies, c->peer);
	c->next = w->conns;
	c->link = &w->conns;
	if (c->next != NULL)
		c->next->link = &c->next;
	w->conns = c;
	w->n_conns++;
	sock->on_close.cb = on_close;
	sock->on_close.data = c;
	counter_add(COUNTER_http_accepted, 1);
	counter_set(COUNTER_http_connections, w->n_conns);
	return c;
}

/* ---- PROXY ---- */

static void
set_peer(struct conn *c, const uint8_t ip[16])
{
	struct sockaddr_in6 sa = {.sin6_family = AF_INET6};

	memcpy(c->peer, ip, 16);
	memcpy(&sa.sin6_addr, ip, 16);
	h2o_socket_setpeername(c->sock, (struct sockaddr *)(void *)&sa, sizeof(sa));
	c->trusted = forwarded_trusts(&c->w->in->set->trusted_proxies, c->peer);
}

static void
end_waiting(struct waiting *p)
{
	if (h2o_timeout_is_linked(&p->timer))
		h2o_timeout_unlink(&p->timer);
	p->c->sock->data = NULL;
	h2o_socket_read_stop(p->c->sock);
	free(p);
}

static void
refuse_proxy(struct waiting *p)
{
	h2o_socket_t *sock = p->c->sock;

	counter_add(COUNTER_http_refused_proxy, 1);
	end_waiting(p);
	h2o_socket_close(sock);
}

static void
on_proxy_bytes(h2o_socket_t *sock, const char *err)
{
	struct waiting *p = sock->data;
	struct conn *c = p->c;
	struct proxyline_who who;
	size_t used;

	if (err != NULL) {
		end_waiting(p);
		h2o_socket_close(sock);
		return;
	}
	switch (
	    proxyline_parse(str_n(sock->input->bytes, sock->input->size), &used, &who)) {
	case PROXYLINE_MORE:
		return;
	case PROXYLINE_BAD:
		refuse_proxy(p);
		return;
	case PROXYLINE_ADDR:
		set_peer(c, who.addr);
		c->https = who.https;
		break;
	case PROXYLINE_LOCAL:
		break;
	}
	end_waiting(p);
	h2o_buffer_consume(&sock->input, used);
	h2o_accept(&c->w->accept, sock);
}

static void
on_proxy_timeout(h2o_timeout_entry_t *timer)
{
	refuse_proxy(H2O_STRUCT_FROM_MEMBER(struct waiting, timer, timer));
}

static void
wait_for_proxy(struct conn *c)
{
	struct waiting *p = obj_alloc(sizeof(*p));

	p->c = c;
	p->timer.cb = on_proxy_timeout;
	c->sock->data = p;
	h2o_timeout_link(c->w->loop, &c->w->listener->proxy_wait, &p->timer);
	h2o_socket_read_start(c->sock, on_proxy_bytes);
}

/* ---- accepting ---- */

static void
take(struct worker *w, int fd, const struct sockaddr *peer, socklen_t len)
{
	h2o_socket_t *sock =
	    h2o_evloop_socket_create(w->loop, fd, H2O_SOCKET_FLAG_IS_ACCEPTED_CONNECTION);
	struct conn *c;
	int on = 1;

	if (peer->sa_family != AF_UNIX)
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	h2o_socket_setpeername(sock, (struct sockaddr *)(uintptr_t)peer, len);
	c = conn_new(w, sock, peer);
	if (w->in->set->proxy_protocol && c->trusted)
		wait_for_proxy(c);
	else
		h2o_accept(&w->accept, sock);
}

/* false: nothing more to accept now. */
static bool
accept_one(struct listener *l, int listen_fd)
{
	union {
		struct sockaddr sa;
		struct sockaddr_storage room;
	} peer = {.sa = {.sa_family = AF_UNIX}};
	socklen_t len = sizeof(peer);
	int fd = accept4(listen_fd, &peer.sa, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0) {
		take(l->w, fd, &peer.sa, len);
		return true;
	}
	if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
		pause_a_moment(l, strerror(errno));
	return errno == EINTR || errno == ECONNABORTED;
}

static void
on_accept(h2o_socket_t *sock, const char *err)
{
	struct listener *l = sock->data;

	if (err != NULL)
		return;
	for (int i = 0; i < ACCEPTS_A_ROUND; i++) {
		if (l->w->n_conns >= (unsigned)l->w->in->set->max_connections) {
			pause_accept(l); /* on_close() goes on */
			return;
		}
		if (!accept_one(l, h2o_socket_get_fd(sock)))
			return;
	}
}

struct listener *
listener_new(struct worker *w)
{
	struct listener *l;

	OBJ_NEW(l, LISTENER_MAGIC);
	l->w = w;
	l->resume.cb = on_resume;
	h2o_timeout_init(w->loop, &l->proxy_wait, PROXY_WAIT_MS);
	for (unsigned i = 0; i < w->in->n_listen; i++) {
		/* The descriptor is this process's copy; closing it leaves the socket
		 * open. */
		int fd = w->in->listen_fd[i];

		(void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
		l->sock[i] =
		    h2o_evloop_socket_create(w->loop, fd, H2O_SOCKET_FLAG_DONT_READ);
		l->sock[i]->data = l;
		h2o_socket_read_start(l->sock[i], on_accept);
		l->n++;
	}
	return l;
}

void
listener_close(struct listener *l)
{
	for (unsigned i = 0; i < l->n; i++) {
		h2o_socket_close(l->sock[i]);
		l->sock[i] = NULL;
	}
	l->n = 0;
	if (h2o_timeout_is_linked(&l->resume))
		h2o_timeout_unlink(&l->resume);
}

void
listener_free(struct listener **lp)
{
	struct listener *l;

	if (*lp == NULL)
		return;
	OBJ_TAKE(l, lp, LISTENER_MAGIC);
	listener_close(l);
	h2o_timeout_dispose(l->w->loop, &l->proxy_wait);
	OBJ_FREE(l);
}

/* ---- sweeping ---- */

static uint64_t
ms_of(const struct timeval *t)
{
	return (uint64_t)t->tv_sec * 1000 + (uint64_t)t->tv_usec / 1000;
}

/* A whole reply that has not gone out; streams keep active_ms at their last progress. */
static bool
is_slow(const struct conn *c, uint64_t now)
{
	const struct timeval *started;

	if (c->streaming)
		return now - c->active_ms > SLOW_MS;
	if (c->req == NULL || c->req->res.content_length == SIZE_MAX)
		return false;
	started = &c->req->timestamps.response_start_at;
	return started->tv_sec != 0 &&
	       (uint64_t)clock_us() / 1000 > ms_of(started) + SLOW_MS;
}

/* Nothing of a request has come.  Before the first one libh2o shows us no h2o_req_t, so a
 * byte that was read must do. */
static bool
is_idle(const struct conn *c, uint64_t now)
{
	bool untouched = c->req == NULL ? c->sock->bytes_read == 0
					: c->req->timestamps.request_begin_at.tv_sec == 0;

	return untouched && now - c->active_ms > DRAIN_IDLE_MS;
}

void
listener_sweep(struct worker *w, bool all)
{
	uint64_t now = h2o_now(w->loop);

	for (struct conn *c = w->conns; c != NULL; c = c->next) {
		bool slow = is_slow(c, now);

		if (slow)
			counter_add(COUNTER_http_closed_slow, 1);
		if (all || slow || (w->draining && is_idle(c, now)))
			(void)shutdown(h2o_socket_get_fd(c->sock), SHUT_RDWR);
	}
}
