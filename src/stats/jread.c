/* SPDX-License-Identifier: Apache-2.0
 * jread.c - see jread.h.
 */
#include "stats/jread.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define JREAD_MAGIC 0x6a726561u
/* Read at once: several thousand clicks, which make one LOAD DATA. */
#define CHUNK_BYTES (4u * 1024 * 1024)

struct jread {
	uint32_t magic;
	int dir_fd;
	enum lane lane;
	bool any_uuid;
	uint8_t uuid[16];
	struct segment *seg;
	int n_seg, at; /* at: the one that fd reads; -1 none */
	int fd;
	/* Bytes of seg[at]. */
	unsigned char *chunk;
	uint64_t chunk_pos;
	size_t chunk_n;
	uint64_t
	    seen_pos; /* where a frame stands: the last one that jread_batch took from */
	struct fold_item *item;
	unsigned item_cap;
};

struct jread *
jread_open(const char *lane_dir, enum lane lane, const uint8_t *uuid)
{
	struct jread *r;
	int fd = open(lane_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1)
		return NULL;
	OBJ_NEW(r, JREAD_MAGIC);
	r->dir_fd = fd;
	r->lane = lane;
	r->any_uuid = uuid == NULL;
	if (uuid != NULL)
		memcpy(r->uuid, uuid, sizeof(r->uuid));
	r->at = r->fd = -1;
	r->chunk = obj_alloc(CHUNK_BYTES);
	return r;
}

static void
leave(struct jread *r)
{
	if (r->fd != -1)
		(void)close(r->fd);
	r->fd = r->at = -1;
	r->chunk_n = 0;
}

void
jread_close(struct jread **rp)
{
	struct jread *r;

	if (*rp == NULL)
		return;
	OBJ_TAKE(r, rp, JREAD_MAGIC);
	leave(r);
	(void)close(r->dir_fd);
	free(r->seg);
	free(r->chunk);
	free(r->item);
	OBJ_FREE(r);
}

/* --- segments --- */

static bool
list(struct jread *r)
{
	struct segment *seg;
	int n = segment_list(&seg, r->dir_fd, r->lane, r->any_uuid ? NULL : r->uuid);

	if (n == -1)
		return false;
	leave(r);
	free(r->seg);
	r->seg = seg;
	r->n_seg = n;
	return true;
}

/* Index of the segment that pos lies in or behind; -1: before them all. */
static int
find(const struct jread *r, uint64_t pos)
{
	int i = r->n_seg - 1;

	while (i >= 0 && r->seg[i].start > pos)
		i--;
	return i;
}

static bool
enter(struct jread *r, int i)
{
	char name[JOURNAL_NAME_BYTES];

	if (r->at == i)
		return true;
	leave(r);
	segment_name(name, r->seg[i].start);
	r->fd = openat(r->dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (r->fd == -1)
		return false;
	r->at = i;
	return true;
}

/* A new segment begins where its predecessor's capacity ends or later, so a list that
 * reaches to the limit knows every end below it. */
static bool
list_reaches(const struct jread *r, uint64_t limit)
{
	const struct segment *newest;

	if (r->n_seg == 0)
		return false;
	newest = &r->seg[r->n_seg - 1];
	return limit <= newest->start + newest->capacity;
}

static uint64_t
end_of(const struct jread *r, int i, uint64_t limit)
{
	uint64_t end =
	    r->seg[i].end == 0 ? r->seg[i].start + r->seg[i].capacity : r->seg[i].end;

	return end < limit ? end : limit;
}

/* Enter the segment that holds *pos, or the next one that holds something; *pos goes to
 * its first frame if it is before that. */
static enum jread_got
settle(struct jread *r, uint64_t *pos, uint64_t limit)
{
	if (*pos >= limit)
		return JREAD_END;
	if (!list_reaches(r, limit) && (limit != JREAD_ALL || r->n_seg == 0) && !list(r))
		return JREAD_ERROR;
	for (;;) {
		int i = find(r, *pos);

		if (i < 0) {
			if (r->n_seg == 0 || segment_first(&r->seg[0]) >= limit)
				return JREAD_END;
			*pos = segment_first(&r->seg[0]);
			return JREAD_GAP;
		}
		if (*pos < segment_first(&r->seg[i]))
			*pos = segment_first(&r->seg[i]);
		if (*pos < end_of(r, i, limit))
			return enter(r, i) ? JREAD_OK : JREAD_ERROR;
		if (i + 1 == r->n_seg || *pos >= limit)
			return JREAD_END;
		*pos = segment_first(&r->seg[i + 1]);
		if (r->seg[i].gap_behind)
			return JREAD_GAP;
	}
}

/* --- frames --- */

static bool
fill(struct jread *r, uint64_t pos, uint64_t end)
{
	uint64_t want = end - pos < CHUNK_BYTES ? end - pos : CHUNK_BYTES;
	off_t off = (off_t)(pos - r->seg[r->at].start);

	r->chunk_pos = pos;
	r->chunk_n = 0;
	while (r->chunk_n < want) {
		ssize_t n = pread(r->fd, r->chunk + r->chunk_n, want - r->chunk_n,
		    off + (off_t)r->chunk_n);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return false;
		if (n == 0)
			break;
		r->chunk_n += (size_t)n;
	}
	return true;
}

/* The frame at pos if it is whole in the chunk; NULL: it is not, or none is there. */
static const struct journal_frame *
in_chunk(const struct jread *r, uint64_t pos)
{
	uint64_t off = pos - r->chunk_pos;

	if (pos < r->chunk_pos || off >= r->chunk_n || off % RING_ALIGN != 0 ||
	    !segment_frame_ok(r->chunk + off, r->chunk_n - off, pos))
		return NULL;
	return (const struct journal_frame *)(const void *)(r->chunk + off);
}

static uint64_t
behind(const struct journal_frame *f)
{
	return f->pos + sizeof(*f) + f->bytes;
}

/* *f is the frame at pos, NULL if none is there.  false: reading failed. */
static bool
frame_at(struct jread *r, uint64_t pos, uint64_t end, const struct journal_frame **f)
{
	*f = in_chunk(r, pos);
	if (*f != NULL)
		return true;
	if (!fill(r, pos, end))
		return false;
	*f = in_chunk(r, pos);
	return true;
}

/* Could a frame begin at p?  Its magic at least must be there; false also at the end of
 * the file. */
static bool
may_begin(const struct jread *r, uint64_t p)
{
	uint32_t magic;

	if (r->chunk == NULL || p < r->chunk_pos ||
	    p + sizeof(magic) > r->chunk_pos + r->chunk_n)
		return false;
	memcpy(&magic, r->chunk + (p - r->chunk_pos), sizeof(magic));
	return magic == JOURNAL_FRAME_MAGIC;
}

/* The next position behind *pos where a frame stands, or end.  false: reading failed. */
static bool
search(struct jread *r, uint64_t *pos, uint64_t end)
{
	const struct journal_frame *f = NULL;
	uint64_t p = *pos + RING_ALIGN;

	for (; p < end && f == NULL; p += RING_ALIGN) {
		bool at_hand =
		    p >= r->chunk_pos && p + RING_ALIGN <= r->chunk_pos + r->chunk_n;

		if (!at_hand && !fill(r, p, end))
			return false;
		if (r->chunk_n == 0)
			break; /* the file ends before its segment does */
		if (may_begin(r, p) && !frame_at(r, p, end, &f))
			return false;
	}
	*pos = f != NULL ? f->pos : end;
	return true;
}

/* No frame stands at *pos, which is below end. */
static enum jread_got
no_frame(struct jread *r, uint64_t *pos, uint64_t end, uint64_t limit)
{
	if (limit == JREAD_ALL && r->seg[r->at].end == 0)
		return JREAD_END;
	return search(r, pos, end) ? JREAD_DAMAGED : JREAD_ERROR;
}

enum jread_got
jread_frame(struct jread *r, uint64_t *pos, uint64_t limit,
    const struct journal_frame **f, const unsigned char **records)
{
	enum jread_got got = settle(r, pos, limit);
	uint64_t end;

	assert(OBJ_IS(r, JREAD_MAGIC));
	if (got != JREAD_OK)
		return got;
	end = end_of(r, r->at, limit);
	if (!frame_at(r, *pos, end, f))
		return JREAD_ERROR;
	if (*f == NULL)
		return no_frame(r, pos, end, limit);
	*records = (const unsigned char *)(*f + 1);
	*pos = behind(*f);
	return JREAD_OK;
}

/* --- records --- */

/* *f is the frame that holds pos.  Frames are found from the front only, so for a
 * position within one the search begins at the last frame that was seen before it, or
 * with the segment. */
static enum jread_got
frame_around(
    struct jread *r, uint64_t *pos, uint64_t limit, const struct journal_frame **f)
{
	uint64_t end = end_of(r, r->at, limit), p = segment_first(&r->seg[r->at]);

	if (!frame_at(r, *pos, end, f))
		return JREAD_ERROR;
	if (*f != NULL)
		return JREAD_OK;
	if (r->seen_pos >= p && r->seen_pos <= *pos)
		p = r->seen_pos;
	for (;;) {
		enum jread_got got;

		if (!frame_at(r, p, end, f))
			return JREAD_ERROR;
		if (*f != NULL && behind(*f) > *pos)
			return JREAD_OK;
		if (*f != NULL) {
			p = behind(*f);
			continue;
		}
		got = no_frame(r, &p, end, limit);
		if (got != JREAD_DAMAGED || p > *pos) {
			*pos = p > *pos ? p : *pos;
			return got;
		}
	}
}

static void
add(struct jread *r, unsigned *n, const struct ring_rec *rec, uint64_t pos)
{
	if (*n == r->item_cap) {
		r->item_cap = r->item_cap == 0 ? 1024 : r->item_cap * 2;
		r->item = obj_realloc(r->item, r->item_cap * sizeof(*r->item));
	}
	r->item[(*n)++] =
	    (struct fold_item){rec->kind, rec->version, rec->len, rec->bytes, pos};
}

/* The records of a frame from *pos on; *pos goes behind the last one taken. */
static void
take(struct jread *r, const struct journal_frame *f, uint64_t *pos, unsigned most,
    unsigned *n)
{
	const unsigned char *bytes = (const unsigned char *)(f + 1);
	uint64_t first = f->pos + sizeof(*f), off = 0;
	struct ring_rec rec;

	while (off < f->bytes && *n < most) {
		/* The frame's checksum holds, so this can fail only for what was written
		 * wrongly. */
		if (!ring_check(bytes + off, f->bytes - off, &rec))
			break;
		if (first + off >= *pos)
			add(r, n, &rec, first + off);
		off += ring_padded(rec.len);
		if (*n == most && off < f->bytes) {
			*pos = first + off;
			return;
		}
	}
	*pos = behind(f);
}

enum jread_got
jread_batch(struct jread *r, uint64_t *pos, uint64_t limit, unsigned most,
    const struct fold_item **items, unsigned *n)
{
	const struct journal_frame *f;
	enum jread_got got;

	assert(OBJ_IS(r, JREAD_MAGIC) && most > 0);
	*n = 0;
	got = settle(r, pos, limit);
	if (got == JREAD_OK)
		got = frame_around(r, pos, limit, &f);
	if (got != JREAD_OK)
		return got;
	while (f != NULL && *n < most && f->pos < limit) {
		r->seen_pos = f->pos;
		take(r, f, pos, most, n);
		f = in_chunk(r, *pos);
	}
	*items = r->item;
	return JREAD_OK;
}
