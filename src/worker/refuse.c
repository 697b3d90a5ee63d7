/* SPDX-License-Identifier: Apache-2.0
 * refuse.c - the refusals that libh2o makes by itself (413, 417), in the dialect's words.
 *
 * They never reach a handler, but they pass the output filters.  A raw 400 for what is no
 * HTTP at all passes nothing and stays as it is.
 */
#include "worker/loop.h"

struct rewrite {
	h2o_ostream_t super;
	h2o_iovec_t body;
};

/* libh2o's own text is dropped for ours. */
static void
on_send(h2o_ostream_t *self, h2o_req_t *req, h2o_iovec_t *bufs, size_t n,
    h2o_send_state_t state)
{
	struct rewrite *rw = (struct rewrite *)self;

	(void)bufs;
	(void)n;
	if (state != H2O_SEND_STATE_FINAL) {
		h2o_ostream_send_next(self, req, NULL, 0, state);
		return;
	}
	h2o_ostream_send_next(self, req, &rw->body,
	    req->input.method.len == 4 && memcmp(req->input.method.base, "HEAD", 4) == 0
		? 0
		: 1,
	    state);
}

static void
on_setup(h2o_filter_t *self, h2o_req_t *req, h2o_ostream_t **slot)
{
	enum refusal why = req->res.status == 413   ? REFUSAL_TOO_LONG
			   : req->res.status == 417 ? REFUSAL_EXPECT
						    : REFUSAL_NONE;
	struct rewrite *rw;
	struct target t;
	struct jsonw *text;
	enum dialect d = DIALECT_AFFISE;

	(void)self;
	/* Answers of our own carry an id. */
	if (why == REFUSAL_NONE || h2o_find_header_by_str(&req->res.headers,
				       H2O_STRLIT("x-request-id"), -1) != -1) {
		h2o_setup_next_ostream(req, slot);
		return;
	}
	if (target_parse(str_n(req->input.path.base, req->input.path.len), &t))
		d = dispatch_dialect(t.path);
	text = jsonw_new();
	dialect_refuse(d, why, text);
	rw = (struct rewrite *)h2o_add_ostream(req, sizeof(*rw), slot);
	slot = &rw->super.next;
	rw->super.do_send = on_send;
	rw->body = h2o_strdup(&req->pool, jsonw_text(text).p, jsonw_text(text).n);
	jsonw_free(&text);
	req->res.content_length = rw->body.len;
	h2o_set_header(&req->pool, &req->res.headers, H2O_TOKEN_CONTENT_TYPE,
	    dialect_form(d)->content_type, strlen(dialect_form(d)->content_type), 1);
	counter_add(COUNTER_http_requests, 1);
	counter_add(COUNTER_http_errors_client, 1);
	h2o_setup_next_ostream(req, slot);
}

void
refuse_register(h2o_pathconf_t *path)
{
	h2o_create_filter(path, sizeof(h2o_filter_t))->on_setup_ostream = on_setup;
}
