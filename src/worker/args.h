/* SPDX-License-Identifier: Apache-2.0
 * args.h - what was sent, checked against an endpoint's rows and put into its struct.
 *
 * Pure.  Unknown parameters are ignored, as both dialects' documents say.
 */
#ifndef WORKER_ARGS_H
#define WORKER_ARGS_H

#include "base/arena.h"
#include "base/err.h"
#include "worker/router.h"

struct json_object;

/* Fills `out`, a zeroed struct args_<id> of rt->ep->args_size bytes; its texts and lists
 * live in the arena or in the tree, so keep both.  ERR_MISSING or
 * ERR_INVALID, with f naming the parameter and saying what it should be. */
NODISCARD enum err args_parse(const struct route *rt, struct json_object *tree,
    struct arena *arena, void *out, struct fault *f);

/* The documented name of a row: the first of its names. */
NODISCARD struct str args_wire(const struct arg_spec *s);
/* How an arrived text is read as a flag, for whoever reads trees: false: it is none. */
NODISCARD bool args_flag(struct str text, bool *out);

#endif
