/* SPDX-License-Identifier: Apache-2.0
 * segment.c - see segment.h.
 */
#include "stats/segment.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/log.h"

#define SUFFIX ".seg"
#define DIGITS 16

void
segment_name(char out[JOURNAL_NAME_BYTES], uint64_t start)
{
	(void)snprintf(
	    out, JOURNAL_NAME_BYTES, "%016llx" SUFFIX, (unsigned long long)start);
}

bool
segment_name_parse(const char *name, uint64_t *start)
{
	return strlen(name) == DIGITS + sizeof(SUFFIX) - 1 &&
	       strcmp(name + DIGITS, SUFFIX) == 0 &&
	       str_hex_to_u64(str_n(name, DIGITS), start);
}

uint64_t
segment_head_sum(const struct journal_head *h)
{
	return XXH3_64bits(h, offsetof(struct journal_head, sum));
}

uint64_t
segment_frame_sum(const struct journal_frame *f, const void *records)
{
	return XXH3_64bits_withSeed(
	    records, f->bytes, XXH3_64bits(f, offsetof(struct journal_frame, sum)));
}

bool
segment_frame_ok(const unsigned char *p, size_t room, uint64_t pos)
{
	const struct journal_frame *f = (const struct journal_frame *)(const void *)p;

	return room >= sizeof(*f) && f->magic == JOURNAL_FRAME_MAGIC && f->pos == pos &&
	       f->bytes <= JOURNAL_FRAME_MAX && f->bytes % RING_ALIGN == 0 &&
	       f->bytes <= room - sizeof(*f) && f->sum == segment_frame_sum(f, f + 1);
}

/* false with errno 0: a file that is no segment of ours. */
static bool
read_head(struct segment *s, struct journal_head *h, int dir_fd, const char *name,
    enum lane lane, const uint8_t *uuid)
{
	int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	ssize_t n;

	if (fd == -1)
		return false;
	n = pread(fd, h, sizeof(*h), 0);
	if (n == -1 || fstat(fd, &st) == -1) {
		(void)close(fd);
		return false;
	}
	(void)close(fd);
	errno = 0;
	if (n != (ssize_t)sizeof(*h) ||
	    memcmp(h->marker, JOURNAL_MARKER, sizeof(h->marker)) != 0 ||
	    h->version != JOURNAL_VERSION || h->lane != (uint32_t)lane ||
	    h->sum != segment_head_sum(h) ||
	    (uuid != NULL && memcmp(h->uuid, uuid, sizeof(h->uuid)) != 0) ||
	    h->start != s->start)
		return false;
	s->capacity = h->capacity;
	s->file_bytes = (uint64_t)st.st_blocks * 512;
	s->written_us = (us_t)st.st_mtim.tv_sec * US_SECOND + st.st_mtim.tv_nsec / 1000;
	return true;
}

struct found {
	struct segment seg;
	struct journal_head head;
};

static int
by_start(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return x->seg.start < y->seg.start ? -1 : x->seg.start > y->seg.start;
}

/* Ends are what successors say, but never before the first frame: a segment whose frames
 * were all given up has an end that lies in the one before it. */
static void
link_up(struct found *f, int n)
{
	for (int i = 0; i + 1 < n; i++) {
		const struct journal_head *next = &f[i + 1].head;

		f[i].seg.end = f[i].seg.start + f[i].seg.capacity;
		f[i].seg.gap_behind = next->prev_start != f[i].seg.start;
		if (!f[i].seg.gap_behind && next->prev_end < f[i].seg.end)
			f[i].seg.end = next->prev_end;
		if (f[i].seg.end < segment_first(&f[i].seg))
			f[i].seg.end = segment_first(&f[i].seg);
	}
}

/* How many were found; -1: a failure. */
static int
gather(struct found **all, DIR *d, enum lane lane, const uint8_t *uuid)
{
	const struct dirent *e;
	int n = 0, cap = 0;

	while ((e = readdir(d)) != NULL) {
		struct found f = {.seg = {.start = 0}};

		if (!segment_name_parse(e->d_name, &f.seg.start))
			continue;
		if (!read_head(&f.seg, &f.head, dirfd(d), e->d_name, lane, uuid)) {
			if (errno == ENOENT)
				continue; /* removed meanwhile */
			log_error("journal: %s is no segment of this journal%s%s",
			    e->d_name, errno != 0 ? ": " : "",
			    errno != 0 ? strerror(errno) : "");
			continue;
		}
		if (n == cap) {
			cap = cap == 0 ? 64 : cap * 2;
			*all = obj_realloc(*all, (size_t)cap * sizeof(**all));
		}
		(*all)[n++] = f;
	}
	return n;
}

int
segment_list(struct segment **out, int dir_fd, enum lane lane, const uint8_t *uuid)
{
	struct found *all = NULL;
	int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), n;
	DIR *d = fd == -1 ? NULL : fdopendir(fd);

	*out = NULL;
	if (d == NULL) {
		if (fd != -1)
			(void)close(fd);
		return -1;
	}
	n = gather(&all, d, lane, uuid);
	(void)closedir(d);
	if (n > 0) {
		qsort(all, (size_t)n, sizeof(*all), by_start);
		link_up(all, n);
		*out = obj_alloc((size_t)n * sizeof(**out));
		for (int i = 0; i < n; i++)
			(*out)[i] = all[i].seg;
	}
	free(all);
	return n;
}
