/* SPDX-License-Identifier: Apache-2.0
 * jread.h - reading the journal of a lane: for the fold, for the start of its writer, for
 * ringdump.
 *
 * One thread at a time.  Reads files only, so a writer may be at work; `limit` is then
 * the position up to which it has synced.  Positions: journal_layout.h.
 */
#ifndef STATS_JREAD_H
#define STATS_JREAD_H

#include "book/book.h"
#include "stats/segment.h"

/* No limit: the newest segment is read as far as its frames check. */
#define JREAD_ALL UINT64_MAX

enum jread_got {
	JREAD_OK,
	JREAD_END, /* nothing between pos and limit */
	JREAD_GAP, /* what stood at pos is not on disk any more: pos is now what follows
		    */
	JREAD_DAMAGED, /* bytes before `limit` do not check: pos is now the next place
			  that does */
	JREAD_ERROR    /* reading failed (errno); pos is as it was */
};

struct jread;

/* A lane's directory; uuid (16 bytes) of its journal, NULL: any.  NULL: errno. */
NODISCARD struct jread *jread_open(
    const char *lane_dir, enum lane lane, const uint8_t *uuid);
/* NULL is fine; sets the caller's pointer to NULL. */
void jread_close(struct jread **rp);

/* The frame at *pos or the next one behind it; *pos goes behind the frame.  f and records
 * live until the next call. */
NODISCARD enum jread_got jread_frame(struct jread *r, uint64_t *pos, uint64_t limit,
    const struct journal_frame **f, const unsigned char **records);

/* Records from *pos on, which may lie within a frame: at most `most`, as many as are at
 * hand without reading again.  Item i ends where item i + 1 begins, the last one at *pos
 * as it is afterwards.  The items live until the next call. */
NODISCARD enum jread_got jread_batch(struct jread *r, uint64_t *pos, uint64_t limit,
    unsigned most, const struct fold_item **items, unsigned *n);

#endif
