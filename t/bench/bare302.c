/* SPDX-License-Identifier: Apache-2.0
 * bare302.c - the least that libh2o can do for a redirect: the yardstick of `make bench`.
 *
 *   bare302 LISTEN_FD WORKERS
 *
 * Forks WORKERS processes that answer every request with one and the same 302, from one
 * shared listening socket that the caller opened.  Ends with its parent.
 */
#include <h2o.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static h2o_context_t ctx;
static h2o_accept_ctx_t accept_ctx;

static int
on_request(h2o_handler_t *self, h2o_req_t *req)
{
	static h2o_generator_t generator = {NULL, NULL};
	static const char target[] =
	    "https://shop.example/?click_hash=35b71a300115be9.16738986";

	(void)self;
	req->res.status = 302;
	req->res.reason = "Found";
	req->res.content_length = 0;
	h2o_add_header(&req->pool, &req->res.headers, H2O_TOKEN_LOCATION, NULL, target,
	    sizeof(target) - 1);
	h2o_start_response(req, &generator);
	h2o_send(req, NULL, 0, 1);
	return 0;
}

static void
on_accept(h2o_socket_t *listener, const char *err)
{
	/* As many at a time as h2o's own program takes. */
	for (int i = 0; err == NULL && i < 10; i++) {
		h2o_socket_t *sock = h2o_evloop_socket_accept(listener);

		if (sock == NULL)
			return;
		h2o_accept(&accept_ctx, sock);
	}
}

__attribute__((noreturn)) static void
work(int fd)
{
	static h2o_globalconf_t config;
	h2o_hostconf_t *host;
	h2o_pathconf_t *path;
	h2o_handler_t *handler;
	h2o_socket_t *listener;

	h2o_config_init(&config);
	config.http1.upgrade_to_http2 = 0;
	host = h2o_config_register_host(
	    &config, h2o_iovec_init(H2O_STRLIT("default")), 65535);
	path = h2o_config_register_path(host, "/", 0);
	handler = h2o_create_handler(path, sizeof(*handler));
	handler->on_req = on_request;
	h2o_context_init(&ctx, h2o_evloop_create(), &config);
	accept_ctx.ctx = &ctx;
	accept_ctx.hosts = config.hosts;
	listener = h2o_evloop_socket_create(ctx.loop, fd, H2O_SOCKET_FLAG_DONT_READ);
	h2o_socket_read_start(listener, on_accept);
	for (;;)
		(void)h2o_evloop_run(ctx.loop, INT32_MAX);
}

int
main(int argc, char **argv)
{
	int fd = argc == 3 ? atoi(argv[1]) : -1, workers = argc == 3 ? atoi(argv[2]) : 0;

	if (fd < 0 || workers < 1) {
		(void)fputs("usage: bare302 LISTEN_FD WORKERS\n", stderr);
		return 2;
	}
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int i = 0; i < workers; i++) {
		if (fork() == 0) {
			(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
			work(fd);
		}
	}
	while (wait(NULL) > 0)
		;
	return 0;
}
