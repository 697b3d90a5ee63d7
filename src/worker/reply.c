/* SPDX-License-Identifier: Apache-2.0
 * reply.c - answers: see worker.h.
 */
#include <inttypes.h>
#include <stdio.h>

#include "worker/loop.h"

void *
wreq_alloc(struct wreq *r, size_t n)
{
	return h2o_mem_alloc_pool(&r->req->pool, n);
}

void
wreq_add_header(struct wreq *r, const char *name, struct str value)
{
	h2o_add_header_by_str(&r->req->pool, &r->req->res.headers, name, strlen(name), 1,
	    NULL, value.p, value.n);
}

static const char *
reason(unsigned status)
{
	switch (status) {
	case 200:
		return "OK";
	case 302:
		return "Found";
	case 400:
		return "Bad Request";
	case 401:
		return "Unauthorized";
	case 403:
		return "Forbidden";
	case 404:
		return "Not Found";
	case 405:
		return "Method Not Allowed";
	case 409:
		return "Conflict";
	case 413:
		return "Request Entity Too Large";
	case 417:
		return "Expectation Failed";
	case 429:
		return "Too Many Requests";
	case 500:
		return "Internal Server Error";
	case 503:
		return "Service Unavailable";
	default:
		return status < 300 ? "OK" : status < 400 ? "Redirect" : "Error";
	}
}

void
reply_begin(struct wreq *r, unsigned status, const char *type)
{
	h2o_req_t *req = r->req;

	req->res.status = (int)status;
	req->res.reason = reason(status);
	if (type != NULL)
		h2o_add_header(&req->pool, &req->res.headers, H2O_TOKEN_CONTENT_TYPE,
		    NULL, type, strlen(type));
	if (status >= 500)
		counter_add(COUNTER_http_errors_server, 1);
	else if (status >= 400)
		counter_add(COUNTER_http_errors_client, 1);
}

/* The bytes live as long as the request. */
void
reply_whole(struct wreq *r, struct str body)
{
	static h2o_generator_t nothing_more = {NULL, NULL};
	h2o_req_t *req = r->req;
	h2o_iovec_t buf = h2o_iovec_init(body.p, body.n);

	/* Always there: without it libh2o closes after anything but 200. */
	req->res.content_length = body.n;
	h2o_start_response(req, &nothing_more);
	if (str_eq(r->method, STR("HEAD")) || body.n == 0)
		h2o_send(req, NULL, 0, H2O_SEND_STATE_FINAL);
	else
		h2o_send(req, &buf, 1, H2O_SEND_STATE_FINAL);
}

void
reply_body(struct wreq *r, unsigned status, const char *type, struct str body)
{
	h2o_iovec_t copy = h2o_strdup(&r->req->pool, body.n == 0 ? "" : body.p, body.n);

	reply_begin(r, status, type);
	reply_whole(r, str_n(copy.base, copy.len));
}

void
reply_redirect(struct wreq *r, unsigned status, struct str url)
{
	h2o_req_t *req = r->req;

	h2o_add_header(
	    &req->pool, &req->res.headers, H2O_TOKEN_LOCATION, NULL, url.p, url.n);
	h2o_add_header(&req->pool, &req->res.headers, H2O_TOKEN_CACHE_CONTROL, NULL,
	    H2O_STRLIT("no-store"));
	reply_begin(r, status, NULL);
	reply_whole(r, STR(""));
}

void
reply_refusal(struct wreq *r, enum dialect d, enum refusal why)
{
	struct jsonw *w = jsonw_new();
	unsigned status = dialect_refusal_status(d, why, r->w->in->set);

	dialect_refuse(d, why, w);
	if (status == 503 || status == 429)
		wreq_add_header(r, "retry-after", STR("10"));
	reply_id(r);
	reply_body(r, status, dialect_form(d)->content_type, jsonw_text(w));
	jsonw_free(&w);
}

struct str
wreq_id(struct wreq *r)
{
	char *text;

	if (r->given_id.p == NULL) {
		text = wreq_alloc(r, 17);
		(void)snprintf(text, 17, "%016" PRIx64, r->own_id);
		r->given_id = str_n(text, 16);
	}
	return r->given_id;
}

void
reply_id(struct wreq *r)
{
	wreq_add_header(r, "x-request-id", wreq_id(r));
}

struct str
wreq_header(const struct wreq *r, const char *name)
{
	ssize_t i = h2o_find_header_by_str(&r->req->headers, name, strlen(name), -1);

	if (i == -1)
		return STR_NONE;
	return str_n(
	    r->req->headers.entries[i].value.base, r->req->headers.entries[i].value.len);
}

struct str
wreq_body(const struct wreq *r)
{
	return str_n(r->req->entity.base, r->req->entity.len);
}

enum err
wreq_params(struct wreq *r, struct json_object **out, struct fault *f)
{
	struct params_in in = {r->query, wreq_header(r, "content-type"), wreq_body(r)};

	return params_read(&in, out, f);
}
