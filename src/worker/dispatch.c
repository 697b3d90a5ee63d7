/* SPDX-License-Identifier: Apache-2.0
 * dispatch.c - the one handler of libh2o: who a request is from, and whose it is.
 */
#include "worker/loop.h"

#include "worker/forwarded.h"
#include "worker/frontdoor.h"
#include "worker/tracking.h"

struct handler {
	h2o_handler_t super;
	struct worker *w;
};

/* Where libh2o lets a request carry something for its log line. */
#define WREQ_ENV "affiliated"

struct wreq *
dispatch_wreq(h2o_req_t *req)
{
	h2o_iovec_t *v = h2o_req_getenv(req, H2O_STRLIT(WREQ_ENV), 0);

	return v == NULL ? NULL : (struct wreq *)(void *)v->base;
}

/* All values of a header that proxies may send several times, joined. */
static struct str
joined_header(struct wreq *r, const char *name)
{
	size_t n = strlen(name);
	ssize_t i = h2o_find_header_by_str(&r->req->headers, name, n, -1);
	h2o_iovec_t all;

	if (i == -1)
		return STR_NONE;
	all = r->req->headers.entries[i].value;
	while ((i = h2o_find_header_by_str(&r->req->headers, name, n, i)) != -1)
		all = h2o_concat(&r->req->pool, all, h2o_iovec_init(H2O_STRLIT(",")),
		    r->req->headers.entries[i].value);
	return str_n(all.base, all.len);
}

static void
believe_proxy(struct wreq *r)
{
	const struct list *proxies = &r->w->in->set->trusted_proxies;
	struct str id = wreq_header(r, "x-request-id"),
		   proto = joined_header(r, "x-forwarded-proto");

	forwarded_client(
	    proxies, r->conn->peer, joined_header(r, "x-forwarded-for"), r->addr);
	if (proto.p != NULL)
		r->https = forwarded_https(proto);
	if (forwarded_id_ok(id))
		r->given_id = id;
}

static struct wreq *
wreq_new(struct worker *w, h2o_req_t *req)
{
	h2o_socket_t *sock = req->conn->callbacks->get_socket(req->conn);
	struct wreq *r = h2o_mem_alloc_pool(&req->pool, sizeof(*r));

	*r = (struct wreq){.magic = WREQ_MAGIC,
	    .w = w,
	    .conn = sock->on_close.data,
	    .req = req,
	    .begin_us = clock_us(),
	    .method = str_n(req->input.method.base, req->input.method.len),
	    .host = str_n(req->input.authority.base, req->input.authority.len),
	    .what = "other",
	    .own_id = w->id_base + ++w->id_count};
	if (str_eq(r->host, STR("default")))
		r->host = STR_NONE; /* what libh2o puts where no Host was sent */
	r->conn->req = req;
	r->conn->active_ms = h2o_now(w->loop);
	r->https = r->conn->https;
	if (r->conn->trusted)
		believe_proxy(r);
	else
		memcpy(r->addr, r->conn->peer, sizeof(r->addr));
	if (w->log != NULL)
		h2o_req_getenv(req, H2O_STRLIT(WREQ_ENV), 1)->base = (char *)(void *)r;
	return r;
}

/* Header lines of the request's head that begin with `name`, which libh2o keeps to
 * itself.  The head is still at the front of the socket's input while its handler runs.
 */
static unsigned
count_lines(struct str head, struct str name)
{
	unsigned n = 0;

	while (head.p != NULL) {
		struct str line = str_split(&head, '\n');

		if (line.n <= 1)
			break; /* the empty line */
		n += line.n > name.n && str_ieq(str_n(line.p, name.n), name);
	}
	return n;
}

/* Two lengths, or a length beside chunks: libh2o takes one of them, and a proxy in front
 * may have taken the other, so what follows on this connection is anybody's guess. */
static bool
is_ambiguous(struct wreq *r)
{
	h2o_socket_t *sock = r->conn->sock;
	struct str head;
	unsigned lengths;

	if (r->req->timestamps.request_body_begin_at.tv_sec == 0)
		return false; /* neither header is there */
	head = str_n(sock->input->bytes, sock->input->size);
	lengths = count_lines(head, STR("content-length:"));
	return lengths > 1 ||
	       (lengths > 0 && count_lines(head, STR("transfer-encoding:")) > 0);
}

static struct str
first_segment(struct str path)
{
	while (path.p != NULL) {
		struct str s = str_split(&path, '/');

		if (s.n > 0)
			return s;
	}
	return STR("");
}

enum dialect
dispatch_dialect(struct str path)
{
	return str_eq(first_segment(path), STR("api")) ? DIALECT_NATS : DIALECT_AFFISE;
}

static void
to_api(struct wreq *r)
{
	enum method m = target_method(r->method);
	enum dialect d = dispatch_dialect(r->path);
	struct route found;
	char allow[96];

	r->what = "api";
	if (m == M_POST && d == DIALECT_NATS) {
		struct str override = wreq_header(r, "x-http-method-override");

		if (override.p == NULL)
			override = wreq_header(r, "x-http-method");
		if (override.p != NULL)
			m = target_method(override);
	}
	router_find(r->w->router, m, r->path, &found);
	if (found.allow == 0) {
		reply_refusal(r, d, REFUSAL_PATH);
	} else if (found.ep == NULL) {
		size_t n = router_allow_text(found.allow, allow, sizeof(allow));
		h2o_iovec_t text = h2o_strdup(&r->req->pool, allow, n);

		wreq_add_header(r, "allow", str_n(text.base, text.len));
		reply_refusal(r, d, REFUSAL_METHOD);
	} else {
		apijob_start(r, &found);
	}
}

/* Calls that take files may be sent longer bodies than all others. */
static bool
is_too_long(struct wreq *r)
{
	const struct endpoint *ep;
	struct route found;

	if (r->req->entity.len <= (size_t)r->w->in->set->max_body)
		return false;
	router_find(r->w->router, target_method(r->method), r->path, &found);
	ep = found.ep;
	for (const struct arg_spec *s = ep == NULL ? NULL : ep->args;
	     s != NULL && s->wire != NULL; s++) {
		if (s->type == ARG_T_file || s->type == ARG_T_files)
			return false;
	}
	return true;
}

static bool
is_path(struct str path, struct str want)
{
	return str_eq(path, want) ||
	       (path.n == want.n + 1 && path.p[want.n] == '/' && str_starts(path, want));
}

static void
route(struct wreq *r)
{
	struct str p = r->path;

	if (str_starts(p, STR("/track/")) || str_starts(p, STR("/ttrack/")) ||
	    str_starts(p, STR("/strack/")) || is_path(p, STR("/click")) ||
	    is_path(p, STR("/sl")) || str_starts(p, STR("/imp/"))) {
		r->what = str_starts(p, STR("/imp/")) ? "impression" : "click";
		clicks_handle(r);
	} else if (str_starts(p, STR("/signup/")) || is_path(p, STR("/postback"))) {
		r->what = "post";
		posts_handle(r);
	} else if (str_starts(p, STR("/files/"))) {
		r->what = "file";
		files_handle(r);
	} else if (is_path(p, STR("/healthz"))) {
		health_live(r);
	} else if (is_path(p, STR("/readyz"))) {
		health_ready(r);
	} else if (is_path(p, STR("/metrics"))) {
		health_metrics(r);
	} else if (!frontdoor_handle(r)) {
		to_api(r);
	}
}

static int
on_req(h2o_handler_t *self, h2o_req_t *req)
{
	struct worker *w = ((struct handler *)self)->w;
	struct wreq *r = wreq_new(w, req);
	struct target t;

	assert(OBJ_IS(w, WORKER_MAGIC));
	counter_add(COUNTER_http_requests, 1);
	worker_adopt(w);
	if (!target_parse(str_n(req->input.path.base, req->input.path.len), &t)) {
		r->path = STR("");
		req->http1_is_persistent = 0;
		reply_refusal(r, DIALECT_AFFISE, REFUSAL_TARGET);
		return 0;
	}
	r->path = t.path;
	r->query = t.query;
	if (t.host.p != NULL)
		r->host = t.host;
	if (is_ambiguous(r)) {
		req->http1_is_persistent = 0;
		reply_refusal(r, dispatch_dialect(r->path), REFUSAL_TARGET);
		return 0;
	}
	if (is_too_long(r))
		reply_refusal(r, dispatch_dialect(r->path), REFUSAL_TOO_LONG);
	else
		route(r);
	return 0;
}

void
dispatch_register(h2o_pathconf_t *path, struct worker *w)
{
	struct handler *h = (struct handler *)h2o_create_handler(path, sizeof(*h));

	h->super.on_req = on_req;
	h->w = w;
}
