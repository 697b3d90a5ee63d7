/* SPDX-License-Identifier: Apache-2.0
 * multipart.h - multipart/form-data, as browsers, PHP's curl and the APIs' clients write
 * it.
 *
 * Pure; copies nothing.  Strict about what frames the parts (boundaries with CRLF, a
 * closing one), lenient about what stands in a part's head: only Content-Disposition and
 * Content-Type count.
 */
#ifndef WORKER_MULTIPART_H
#define WORKER_MULTIPART_H

#include "base/str.h"

struct multipart_part {
	struct str name;
	struct str filename; /* STR_NONE: not a file */
	struct str type;     /* Content-Type, or STR_NONE */
	struct str body;
};

/* false ends the reading. */
typedef bool multipart_f(void *ctx, const struct multipart_part *part);

/* content_type: the request's header with its boundary.  NULL: all was read; else what is
 * wrong, for people, or "stopped" after the callback said false. */
NODISCARD const char *multipart_read(
    struct str content_type, struct str body, multipart_f *f, void *ctx);

#endif
