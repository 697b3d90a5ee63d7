/* SPDX-License-Identifier: Apache-2.0
 * journal_fuzz.c - a journal segment whose bytes may be anything, as a disk could give it
 * back.
 *
 * The input is a segment file.  It is read three times: as it is, with the checksum of
 * its head made right, and with those of its frames made right too.
 */
#include "fuzz.h"

#include "stats/jread.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

#define LONGEST (1u << 20)

static char dir[64], path[128];

static void
make_place(void)
{
	if (path[0] != '\0')
		return;
	(void)snprintf(dir, sizeof(dir), "/tmp/journal-fuzz-%ld", (long)getpid());
	if (mkdir(dir, 0700) == -1)
		abort();
	(void)snprintf(path, sizeof(path), "%s/0000000000000000.seg", dir);
	if (!log_open("/dev/null"))
		abort();
}

static void
clear_place(void)
{
	(void)unlink(path);
	(void)rmdir(dir);
	path[0] = '\0';
}

/* Every record lies where it says, positions grow, and reading ends. */
static void
read_all(uint64_t limit, unsigned most)
{
	struct jread *r = jread_open(dir, LANE_EVENTS, NULL);
	const struct fold_item *item;
	uint64_t pos = 0, before = 0;
	unsigned n, rounds = 0;
	enum jread_got got;

	assert(r != NULL);
	while ((got = jread_batch(r, &pos, limit, most, &item, &n)) != JREAD_END &&
	       got != JREAD_ERROR) {
		rounds++;
		assert(pos > before && rounds < LONGEST);
		for (unsigned i = 0; got == JREAD_OK && i < n; i++) {
			volatile unsigned char sum = 0;

			assert(item[i].pos >= before && item[i].pos < pos &&
			       item[i].kind != RING_WRAP_KIND);
			for (uint32_t k = 0; k < item[i].len; k++)
				sum ^= item[i].bytes[k];
		}
		before = pos;
	}
	jread_close(&r);
}

static void
write_file(const uint8_t *data, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd == -1 || write(fd, data, n) != (ssize_t)n)
		abort();
	(void)close(fd);
}

static void
read_file(const uint8_t *data, size_t n)
{
	write_file(data, n);
	read_all(JREAD_ALL, 1000);
	read_all(JREAD_ALL, 1);
	/* As the fold does: up to a limit that the writer claims to have synced. */
	read_all(n, 7);
}

static void
mend_head(uint8_t *p)
{
	struct journal_head h;

	memcpy(&h, p, sizeof(h));
	h.lane = LANE_EVENTS;
	h.version = JOURNAL_VERSION;
	h.start = 0;
	memcpy(h.marker, JOURNAL_MARKER, sizeof(h.marker));
	h.sum = segment_head_sum(&h);
	memcpy(p, &h, sizeof(h));
}

static void
mend_frames(uint8_t *p, size_t n)
{
	for (size_t at = JOURNAL_HEAD_BYTES; at + sizeof(struct journal_frame) <= n;) {
		struct journal_frame *f = (struct journal_frame *)(void *)(p + at);

		if (f->bytes > n - at - sizeof(*f) || f->bytes % 8 != 0)
			return;
		f->magic = JOURNAL_FRAME_MAGIC;
		f->pos = at;
		f->sum = segment_frame_sum(f, f + 1);
		at += sizeof(*f) + f->bytes;
	}
}

void
fuzz_one(const uint8_t *data, size_t n)
{
	uint8_t *p;

	if (n < sizeof(struct journal_head) || n > LONGEST)
		return;
	make_place();
	read_file(data, n);
	p = aligned_alloc(64, (n + 63) & ~(size_t)63);
	assert(p != NULL);
	memcpy(p, data, n);
	mend_head(p);
	read_file(p, n);
	mend_frames(p, n);
	read_file(p, n);
	free(p);
	clear_place();
}
