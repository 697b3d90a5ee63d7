/* SPDX-License-Identifier: Apache-2.0
 * bareserver.c - see bareserver.h.
 */
#include "bareserver.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static h2o_context_t ctx;
static h2o_accept_ctx_t accept_ctx;

void
bareserver_answer(h2o_req_t *req, int status, const char *reason, const char *location,
    const char *body)
{
	static h2o_generator_t generator = {NULL, NULL};
	size_t n = strlen(body);
	h2o_iovec_t text =
	    n == 0 ? h2o_iovec_init(NULL, 0) : h2o_strdup(&req->pool, body, n);

	req->res.status = status;
	req->res.reason = reason;
	req->res.content_length = n;
	if (location != NULL)
		h2o_add_header(&req->pool, &req->res.headers, H2O_TOKEN_LOCATION, NULL,
		    location, strlen(location));
	h2o_start_response(req, &generator);
	h2o_send(req, &text, n == 0 ? 0 : 1, 1);
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
work(int fd, void (*prepare)(void), int (*on_request)(h2o_handler_t *, h2o_req_t *))
{
	static h2o_globalconf_t config;
	h2o_hostconf_t *host;
	h2o_pathconf_t *path;
	h2o_handler_t *handler;
	h2o_socket_t *listener;

	if (prepare != NULL)
		prepare();
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

void
bareserver(int fd, int workers, void (*prepare)(void),
    int (*on_request)(h2o_handler_t *, h2o_req_t *))
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int i = 0; i < workers; i++) {
		if (fork() == 0) {
			(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
			work(fd, prepare, on_request);
		}
	}
	while (wait(NULL) > 0)
		;
}
