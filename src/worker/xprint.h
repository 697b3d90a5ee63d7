/* SPDX-License-Identifier: Apache-2.0
 * xprint.h - `affiliated -x`: what the endpoint table says, for people and for tools.
 */
#ifndef WORKER_XPRINT_H
#define WORKER_XPRINT_H

#include "base/obj.h"

#include <stdio.h>

/* What can be printed: "openapi" (OpenAPI 3.0 as JSON), "mdoc" (affiliated-api.7),
 * "endpoints" (one a line: name, method, path, role, tab-parted).  0: done; 1: there is
 * no such thing; 2: writing failed. */
NODISCARD int xprint(const char *what, FILE *to);
/* Their names, for usage messages; NULL behind the last. */
extern const char *const xprint_names[];

#endif
