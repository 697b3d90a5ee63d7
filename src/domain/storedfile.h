/* SPDX-License-Identifier: Apache-2.0
 * storedfile.h - files that the network keeps itself: creatives and logos.
 *
 * Written inside a change; read by any thread.  What a file is its bytes say, never its
 * sender.  Its name is random and never used again, so that whoever has fetched it may
 * keep it for ever, and a list of the files cannot be guessed.  A file stays when another
 * one takes its place: pages out there may show it.
 */
#ifndef DOMAIN_STOREDFILE_H
#define DOMAIN_STOREDFILE_H

#include "base/picture.h"
#include "domain/change.h"

/* The largest that is kept. */
#define STOREDFILE_MAX (8u << 20)
/* 32 hex digits, a point, at most eight letters. */
#define STOREDFILE_NAME 41

struct storedfile {
	struct str name;
	struct picture is;
	size_t size;
};

/* Where it can be fetched: a path of this server. */
NODISCARD struct str storedfile_path(struct arena *a, struct str name);
/* false: no name of ours, so that nobody need look. */
NODISCARD bool storedfile_is_name(struct str name);

/* Keeps it.  Faults name `param`: no picture (nor archive, where `archives`), or too
 * large. */
NODISCARD enum err storedfile_add(struct change *c, const char *param, struct str bytes,
    bool archives, struct storedfile *out);
/* ERR_NOT_FOUND: no such file.  Texts in `a`. */
NODISCARD enum err storedfile_load(
    struct db *db, struct arena *a, struct str name, struct str *bytes, struct str *mime);

#endif
