/* SPDX-License-Identifier: Apache-2.0 */
#include "api/nats/nats.h"

#include "worker/dialect.h"

int
nats_result(struct api_req *rq, const char *word, const char *message)
{
	jsonw_obj(rq->out);
	jsonw_key(rq->out, "result");
	jsonw_cstr(rq->out, word);
	if (message != NULL) {
		jsonw_key(rq->out, "message");
		jsonw_cstr(rq->out, message);
	}
	jsonw_end(rq->out);
	return ERR_OK;
}

static void
envelope(struct jsonw *w, const char *text)
{
	jsonw_obj(w);
	jsonw_key(w, "result");
	jsonw_cstr(w, "error");
	jsonw_key(w, "message");
	jsonw_cstr(w, text);
	jsonw_end(w);
}

/* Statuses: 1.3 of the document; 401 and 403 are settings (dialect_refusal_status). */
const struct dialect_form dialect_nats = {
    .content_type = "application/json; charset=utf-8",
    .envelope = envelope,
    .missing = {"Missing required field (", ")."},
    .refusal =
	{
	    [REFUSAL_KEY] = {401, "Invalid api-username or api-key."},
	    [REFUSAL_RIGHT] = {403, "Full administrator accounts only."},
	    [REFUSAL_ADDRESS] = {403, "IP not allowed."},
	    [REFUSAL_RATE] = {429, "Too many failed attempts. Try again later."},
	    [REFUSAL_PATH] = {404, "No such endpoint."},
	    [REFUSAL_METHOD] = {405, "Method not allowed."},
	    [REFUSAL_TARGET] = {400, "Bad request."},
	    [REFUSAL_TOO_LONG] = {413, "The request body is too long."},
	    [REFUSAL_EXPECT] = {417, "Expectation failed."},
	    [REFUSAL_BUSY] = {503, "Try again later."},
	    [REFUSAL_TWICE] = {409,
		"The first request with this Idempotency-Key has not been answered."},
	    [REFUSAL_REUSED] = {422,
		"This Idempotency-Key was used for another request."},
	},
    .fault =
	{
	    [ERR_MISSING] = {200, "Missing parameter."},
	    [ERR_UNSUPPORTED] = {200, NULL},
	    [ERR_NOT_FOUND] = {200, "Not found."},
	    [ERR_EXISTS] = {200, "Already exists."},
	    [ERR_DENIED] = {200, "Not allowed."},
	    [ERR_INVALID] = {404, "Invalid parameter."},
	    [ERR_MALFORMED] = {400, "Bad request."},
	    [ERR_DB_DOWN] = {503, "Try again later."},
	    [ERR_DB_RETRY] = {503, "Try again later."},
	    [ERR_FULL] = {503, "Try again later."},
	    [ERR_DB_SQL] = {500, "Internal error."},
	    [ERR_DB_DUP] = {500, "Internal error."},
	    [ERR_IO] = {500, "Internal error."},
	},
};
