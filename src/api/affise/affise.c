/* SPDX-License-Identifier: Apache-2.0 */
#include "api/affise/affise.h"

#include "report/statrow.h"
#include "worker/dialect.h"

void
affise_begin(struct api_req *rq)
{
	jsonw_obj(rq->out);
	jsonw_key(rq->out, "status");
	jsonw_int(rq->out, 1);
}

void
affise_pagination(struct api_req *rq, int64_t page, int64_t per_page, int64_t total)
{
	statrow_pagination(rq->out, page, per_page, total);
}

/* The text twice: clients read the one member or the other. */
static void
envelope(struct jsonw *w, const char *text)
{
	const struct reply_affise_error e = {2, str_of(text), str_of(text)};

	reply_affise_error(w, &e);
}

const struct dialect_form dialect_affise = {
    .content_type = "application/json",
    .envelope = envelope,
    .refusal =
	{
	    [REFUSAL_KEY] = {401, "Token is necessary"},
	    [REFUSAL_RIGHT] = {403, "Auth Denied"},
	    [REFUSAL_ADDRESS] = {403, "Auth Denied"},
	    [REFUSAL_RATE] = {429, "Too many failed attempts"},
	    [REFUSAL_PATH] = {404, "Page Not Found"},
	    [REFUSAL_METHOD] = {405, "Method Not Allowed"},
	    [REFUSAL_TARGET] = {400, "Bad Request"},
	    [REFUSAL_TOO_LONG] = {413, "Request Entity Too Large"},
	    [REFUSAL_EXPECT] = {417, "Expectation Failed"},
	    [REFUSAL_BUSY] = {503, "Try again later"},
	    [REFUSAL_TWICE] = {409, "Conflict"},
	    [REFUSAL_REUSED] = {422, "Unprocessable Entity"},
	},
    .fault =
	{
	    [ERR_MISSING] = {400, "Bad Request"},
	    [ERR_UNSUPPORTED] = {400, "Bad Request"},
	    [ERR_INVALID] = {400, "Bad Request"},
	    [ERR_MALFORMED] = {400, "Bad Request"},
	    [ERR_NOT_FOUND] = {404, "Resource Not Found"},
	    [ERR_EXISTS] = {409, "Conflict"},
	    [ERR_DENIED] = {403, "Auth Denied"},
	    [ERR_DB_DOWN] = {503, "Try again later"},
	    [ERR_DB_RETRY] = {503, "Try again later"},
	    [ERR_FULL] = {503, "Try again later"},
	    [ERR_DB_SQL] = {500, "Server error, Please contact your administrator"},
	    [ERR_DB_DUP] = {500, "Server error, Please contact your administrator"},
	    [ERR_IO] = {500, "Server error, Please contact your administrator"},
	},
};
