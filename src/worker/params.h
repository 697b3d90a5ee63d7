/* SPDX-License-Identifier: Apache-2.0
 * params.h - whatever a caller sent, in whatever carrier, as one tree.
 *
 * Pure.  Carriers: query, urlencoded body, multipart body, JSON body.  Names follow PHP:
 * a[]=1&a[]=2, a[0]=1, a[k]=v, a[0][b]=v, brackets percent-encoded or not; a bare name
 * that comes twice is an array as well (a scalar argument then takes the last).  A name
 * in the body wins over the same name in the query.
 *
 * The tree: json-c objects all the way down, for PHP's arrays too (their keys are "0",
 * "1" ...); JSON bodies keep their arrays.  Leaves are texts, of JSON bodies also
 * numbers, booleans and null.  A part of a multipart body that is a file becomes
 * {"filename", "type", "size", "bytes"}, which params_file() tells from an object that
 * looks like it; a file field that was left empty (no name, no bytes) was not sent.
 *
 * Bounds: PARAMS_MAX leaves or as many as the caller says, PARAMS_DEPTH levels, PARAMS_NAME bytes a name.  Every text
 * is UTF-8 without NUL, but for the bytes of a file.  What breaks these is refused with the parameter's name in the
 * fault.
 */
#ifndef WORKER_PARAMS_H
#define WORKER_PARAMS_H

#include "base/err.h"

struct json_object;

#define PARAMS_MAX 1000
#define PARAMS_A_ROW 10 /* of a list whose entries are rows */
#define PARAMS_DEPTH 8
#define PARAMS_NAME 200

struct params_in {
	struct str query;        /* behind the ?, or STR_NONE */
	struct str content_type; /* the header, or STR_NONE */
	struct str body;         /* STR_NONE or empty: none */
};

/* *out: an object, also when nothing was sent; the caller's, json_object_put() it.  NULL
 * after a failure.  ERR_INVALID: a value is no text; ERR_MALFORMED: the rest. */
NODISCARD enum err params_read(
    const struct params_in *in, struct json_object **out, struct fault *f);
/* The same with another bound than PARAMS_MAX. */
NODISCARD enum err params_read_most(
    const struct params_in *in, unsigned most, struct json_object **out, struct fault *f);

/* One pair of a query or urlencoded body, not decoded (target_decode() does that); value
 * is STR_NONE without a =.  false: no more. */
NODISCARD bool params_pair(struct str *rest, struct str *name, struct str *value);

/* The node that a name with brackets leads to.  false: it was not sent. */
NODISCARD bool params_find(
    struct json_object *tree, struct str name, struct json_object **out);
/* The text of a leaf; of a bare name that came twice, the last.  false: it is an object
 * or an array.  JSON null is STR_NONE and true. */
NODISCARD bool params_text(struct json_object *node, struct str *out);
/* An uploaded file; of a bare name that came twice, the last.  Lives as long as the tree.
 */
struct params_file {
	struct str name; /* as the sender calls it */
	struct str type; /* ditto; STR("") when he says nothing */
	struct str bytes;
};
/* The node is an array that a bare name made by coming twice. */
NODISCARD bool params_is_list(struct json_object *node);
/* false: it is none. */
NODISCARD bool params_file(struct json_object *node, struct params_file *out);

#endif
