/* SPDX-License-Identifier: Apache-2.0
 * endpoint.h - the endpoint table as C: what tbl/endpoints.h, tbl/types.h and
 * tbl/replies.h make.
 *
 * Constant data, any process, any thread.  A handler includes worker/api.h and finds its
 * arguments here as struct args_<id>; router, argument reader and printers walk
 * endpoints[].
 */
#ifndef WORKER_ENDPOINT_H
#define WORKER_ENDPOINT_H

#include "base/money.h"
#include "base/str.h"

struct api_req;
struct json_object;
struct jsonw;
struct rec_outcome;

/* ---- the C types of arguments ---- */

/* Whether an argument was sent.  An edit tells "leave it" (ABSENT) from "clear it"
 * (EMPTY: the value is zero, "" or an empty list); a handler that does not care reads the
 * value, which has the row's default. */
enum arg_has {
	ARG_ABSENT,
	ARG_SENT,
	ARG_EMPTY,
};

struct arg_word {
	int no; /* place in the row's list, from 0; -1: not sent and no default */
	struct str text;
};
struct arg_words {
	size_t n;
	const struct arg_word *v;
};
struct arg_day {
	int year, month, day; /* a day that exists */
};
struct arg_ref {
	int64_t id;       /* 0: hex24 has it */
	struct str hex24; /* lower case; STR_NONE: id has it */
};
struct arg_ids {
	size_t n;
	const int64_t *v;
};
struct arg_refs {
	size_t n;
	const struct arg_ref *v;
};
struct arg_strs {
	size_t n;
	const struct str *v;
};
/* An upload; bytes.p NULL: a text was sent in its place. */
struct arg_file {
	struct str name; /* as the sender calls it */
	struct str bytes;
	struct str text;
};
struct arg_files {
	size_t n;
	const struct arg_file *v;
};

#define TYPE(name_, ctype_, openapi_, text_) typedef ctype_ arg_##name_##_t;
#include "tbl/types.h"
#undef TYPE

enum arg_type {
#define TYPE(name_, ctype_, openapi_, text_) ARG_T_##name_,
#include "tbl/types.h"
#undef TYPE
};

/* clang-format off */
/* 1. a number for each row, which is also the index into endpoints[] */
enum ep_id {
#define EP(id_, ...) EP_##id_,
#include "tbl/endpoints.h"
	EP_MAX
};

/* 2. what a handler reads */
#define EP(id_, ...) struct args_##id_ { bool _none;
#define ARG(id_, in_, name_, type_, ...) arg_##type_##_t name_; uint8_t has_##name_;
#define ARGW(id_, in_, name_, wire_, type_, ...) arg_##type_##_t name_; uint8_t has_##name_;
#define EP_END(id_) };
#include "tbl/endpoints.h"

/* 3. handlers, and what follows the outcome of an event */
#define EP(id_, ...) NODISCARD int api_##id_(struct api_req *rq, const struct args_##id_ *a);
#define EP_EVENT(id_) NODISCARD int done_##id_(struct api_req *rq, const struct rec_outcome *o);
#include "tbl/endpoints.h"

/* 4. replies that are plain objects: the struct and its encoder */
#define OBJ(name_, ...) struct reply_##name_ {
#define FLD(name_, field_, type_, ...) reply_##type_##_t field_;
#define SUB(name_, field_, other_, ...) const struct reply_##other_ *field_;
#define ARR(name_, field_, other_, ...) struct { size_t n; const struct reply_##other_ *v; } field_;
#define OBJ_END(name_) };
typedef struct str reply_str_t;
typedef int64_t reply_int_t;
typedef bool reply_flag_t;
typedef money_t reply_money_t;
typedef money_t reply_moneystr_t;
typedef struct str reply_raw_t;
#include "tbl/replies.h"
#define OBJ_END(name_) void reply_##name_(struct jsonw *w, const struct reply_##name_ *r);
#include "tbl/replies.h"
/* clang-format on */

/* ---- the table as data ---- */

enum dialect { DIALECT_NATS, DIALECT_AFFISE };
/* GET, POST, PATCH and DELETE are what rows have; the rest is what else may arrive. */
enum method { M_GET, M_POST, M_PATCH, M_DELETE, M_PUT, M_HEAD, M_OPTIONS, M_OTHER };
enum arg_in { IN_PATH, IN_QUERY, IN_FORM };
enum arg_need { NEED_REQUIRED, NEED_OPTIONAL };
enum role { ROLE_ADMIN, ROLE_AFFILIATE, ROLE_ANY };

struct arg_spec {
	const char *wire; /* names on the wire, the documented one first, parted by |;
			     NULL ends the list */
	enum arg_in in;
	enum arg_type type;
	enum arg_need need;
	const char *def;   /* NULL: none */
	const char *words; /* of types word and words */
	int64_t min, max;
	size_t off, off_has; /* in struct args_<id> */
	const char *doc;
};

struct reply_field {
	const char *name, *type; /* type: str, int, flag, money, moneystr, raw, sub, arr;
				    NULL ends the list */
	const char *other;       /* of sub and arr: the schema's name */
	const char *doc;
};
struct reply_schema {
	const char *name, *doc;
	const char *json; /* OTHER rows: the schema as text */
	const struct reply_field *fields;
};
struct reply_spec {
	unsigned status; /* 0 ends the list */
	const struct reply_schema *schema;
};
struct alias_spec {
	enum method method;
	const char *path; /* NULL ends the list */
};

struct endpoint {
	const char *name;
	enum dialect dialect;
	enum method method;
	const char *path;
	enum role role;
	const char *since, *brief, *more;
	const struct alias_spec *aliases;
	const struct arg_spec *args;
	const struct reply_spec *replies;
	size_t args_size;
	int (*call)(struct api_req *rq, const void *args);
	int (*done)(
	    struct api_req *rq, const struct rec_outcome *o); /* NULL: no EP_EVENT row */
};

extern const struct endpoint endpoints[EP_MAX];
/* All schemas, a NULL behind the last. */
extern const struct reply_schema *const reply_schemas[];

NODISCARD const char *endpoint_method_name(enum method m);
NODISCARD const char *endpoint_role_name(enum role r);
/* OpenAPI's word and the text of a type. */
NODISCARD const char *endpoint_type_openapi(enum arg_type t);
NODISCARD const char *endpoint_type_text(enum arg_type t);

#endif
