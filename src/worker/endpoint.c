/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/endpoint.h"

#include "base/jsonw.h"

/* clang-format off */
/* The allowed words of a word row stand where the others have their maximum. */
#define ROW_MAX(x) _Generic((x), char *: 0, const char *: 0, default: (x))
#define ROW_WORDS(x) _Generic((x), char *: (x), const char *: (x), default: NULL)

#define EP(id_, ...) static const struct alias_spec aliases_##id_[] = {
#define ALIAS(id_, method_, path_) { M_##method_, (path_) },
#define EP_END(id_) { M_GET, NULL } };
#include "tbl/endpoints.h"

#define EP(id_, ...) static const struct arg_spec args_##id_[] = {
#define ARG(id_, in_, name_, type_, need_, def_, min_, max_, doc_)                                          \
	ARGW(id_, in_, name_, #name_, type_, need_, def_, min_, max_, doc_)
#define ARGW(id_, in_, name_, wire_, type_, need_, def_, min_, max_, doc_)                                  \
	{ .wire = (wire_), .in = IN_##in_, .type = ARG_T_##type_, .need = NEED_##need_, .def = (def_),      \
	  .words = ROW_WORDS(max_), .min = (min_), .max = ROW_MAX(max_),                                    \
	  .off = offsetof(struct args_##id_, name_), .off_has = offsetof(struct args_##id_, has_##name_),   \
	  .doc = (doc_) },
#define EP_END(id_) { .wire = NULL } };
#include "tbl/endpoints.h"

#define OBJ(name_, ...) static const struct reply_field fields_##name_[] = {
#define FLD(name_, field_, type_, doc_) { #field_, #type_, NULL, (doc_) },
#define SUB(name_, field_, other_, doc_) { #field_, "sub", #other_, (doc_) },
#define ARR(name_, field_, other_, doc_) { #field_, "arr", #other_, (doc_) },
#define OBJ_END(name_) { NULL, NULL, NULL, NULL } };
#include "tbl/replies.h"

#define OBJ(name_, doc_) static const struct reply_schema schema_##name_ = { #name_, (doc_), NULL, fields_##name_ };
#define OTHER(name_, json_, doc_) static const struct reply_schema schema_##name_ = { #name_, (doc_), (json_), NULL };
#include "tbl/replies.h"

const struct reply_schema *const reply_schemas[] = {
#define OBJ(name_, ...) &schema_##name_,
#define OTHER(name_, ...) &schema_##name_,
#include "tbl/replies.h"
	NULL,
};

static void put_str(struct jsonw *w, reply_str_t v) { jsonw_str(w, v); }
static void put_int(struct jsonw *w, reply_int_t v) { jsonw_int(w, v); }
__attribute__((unused)) static void put_flag(struct jsonw *w, reply_flag_t v) { jsonw_bool(w, v); }
__attribute__((unused)) static void put_money(struct jsonw *w, reply_money_t v) { jsonw_money(w, v, 0); }
__attribute__((unused)) static void put_moneystr(struct jsonw *w, reply_moneystr_t v) { jsonw_money_str(w, v, 2); }
__attribute__((unused)) static void put_raw(struct jsonw *w, reply_raw_t v) { jsonw_raw(w, v); }

#define OBJ(name_, ...) void reply_##name_(struct jsonw *w, const struct reply_##name_ *r) {                \
	if (r == NULL) { jsonw_null(w); return; } jsonw_obj(w);
#define FLD(name_, field_, type_, ...) jsonw_key(w, #field_); put_##type_(w, r->field_);
#define SUB(name_, field_, other_, ...) jsonw_key(w, #field_); reply_##other_(w, r->field_);
#define ARR(name_, field_, other_, ...) jsonw_key(w, #field_); jsonw_arr(w);                                \
	for (size_t i = 0; i < r->field_.n; i++) reply_##other_(w, &r->field_.v[i]);                        \
	jsonw_end(w);
#define OBJ_END(name_) jsonw_end(w); }
#include "tbl/replies.h"

#define EP(id_, ...) static const struct reply_spec replies_##id_[] = {
#define REPLY(id_, status_, what_) { (status_), &schema_##what_ },
#define EP_END(id_) { 0, NULL } };
#include "tbl/endpoints.h"

/* Without casts between function types. */
#define EP(id_, ...) static int call_##id_(struct api_req *rq, const void *a) { return api_##id_(rq, a); }
#include "tbl/endpoints.h"

#define EP(id_, method_, path_, role_, since_, brief_, more_)                                               \
	[EP_##id_] = { .name = #id_, .dialect = (path_)[1] == 'a' ? DIALECT_NATS : DIALECT_AFFISE,          \
	  .method = M_##method_, .path = (path_), .role = ROLE_##role_, .since = (since_),                  \
	  .brief = (brief_), .more = (more_), .aliases = aliases_##id_, .args = args_##id_,                 \
	  .replies = replies_##id_, .args_size = sizeof(struct args_##id_), .call = call_##id_,
#define EP_EVENT(id_) .done = done_##id_,
#define EP_END(id_) },
const struct endpoint endpoints[EP_MAX] = {
#include "tbl/endpoints.h"
};
/* clang-format on */

const char *
endpoint_method_name(enum method m)
{
	static const char *const names[] = {
	    "GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS", "other"};

	return (unsigned)m < ARRAY_LEN(names) ? names[m] : "other";
}

const char *
endpoint_role_name(enum role r)
{
	static const char *const names[] = {
	    "administrator", "affiliate", "administrator or affiliate"};

	return names[r];
}

const char *
endpoint_type_openapi(enum arg_type t)
{
	static const char *const names[] = {
#define TYPE(name_, ctype_, openapi_, text_) [ARG_T_##name_] = (openapi_),
#include "tbl/types.h"
#undef TYPE
	};

	return names[t];
}

const char *
endpoint_type_text(enum arg_type t)
{
	static const char *const texts[] = {
#define TYPE(name_, ctype_, openapi_, text_) [ARG_T_##name_] = (text_),
#include "tbl/types.h"
#undef TYPE
	};

	return texts[t];
}
