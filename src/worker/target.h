/* SPDX-License-Identifier: Apache-2.0
 * target.h - the request target: origin form, and the absolute form that proxies send.
 *
 * Pure.  libh2o hands an absolute form on as it is (its path begins "http://"), so this
 * is ours.
 */
#ifndef WORKER_TARGET_H
#define WORKER_TARGET_H

#include "base/str.h"
#include "worker/endpoint.h"

struct target {
	struct str path;  /* begins with /, or is "*"; not decoded */
	struct str query; /* behind the ?; STR_NONE: no ? */
	struct str host;  /* of an absolute form, with port; STR_NONE otherwise */
};

/* The parts point into raw.  false: neither form. */
NODISCARD bool target_parse(struct str raw, struct target *out);
/* M_OTHER for what is none of ours. */
NODISCARD enum method target_method(struct str name);

/* Percent decoding of one part of a target into `to`, which has room for s.n bytes; with
 * `plus` a + is a space.  An incomplete escape stays as it is, as PHP leaves it.  Returns
 * the length. */
size_t target_decode(char *to, struct str s, bool plus);

#endif
