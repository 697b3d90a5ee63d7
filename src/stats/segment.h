/* SPDX-License-Identifier: Apache-2.0
 * segment.h - the files of a journal: names, heads, frames; what writer and reader share.
 */
#ifndef STATS_SEGMENT_H
#define STATS_SEGMENT_H

#include "base/clock.h"
#include "shm/ring.h"
#include "stats/journal_layout.h"

struct segment {
	uint64_t start, capacity;
	uint64_t
	    end; /* where its frames end, as its successor says; 0: it is the newest */
	uint64_t file_bytes; /* of disk */
	us_t written_us;     /* the last change of the file */
	bool gap_behind; /* its successor in the list had another predecessor: some are
			    missing */
};

/* Where its first frame stands. */
NODISCARD static inline uint64_t
segment_first(const struct segment *s)
{
	return s->start + JOURNAL_HEAD_BYTES;
}

/* The segments of a lane's directory by start, in *out (free() it).  Returns how many;
 * -1: the directory cannot be read (errno).  Files that are no segment of this lane and
 * uuid (16 bytes; NULL: any) are left out, and logged if they look like one. */
NODISCARD int segment_list(
    struct segment **out, int dir_fd, enum lane lane, const uint8_t *uuid);

void segment_name(char out[JOURNAL_NAME_BYTES], uint64_t start);
/* false: no segment's name. */
NODISCARD bool segment_name_parse(const char *name, uint64_t *start);
NODISCARD uint64_t segment_head_sum(const struct journal_head *h);

NODISCARD uint64_t segment_frame_sum(const struct journal_frame *f, const void *records);
/* `p` of `room` bytes, 8-aligned: does a whole frame with this position stand there? */
NODISCARD bool segment_frame_ok(const unsigned char *p, size_t room, uint64_t pos);

#endif
