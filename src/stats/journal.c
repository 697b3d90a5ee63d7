/* SPDX-License-Identifier: Apache-2.0
 * journal.c - see journal.h.
 *
 *                    append          sync                     a failure: abandon
 *   (no segment) ----------> (open) ------> (open, synced) <--------------+
 *        ^                     |  does not fit, all synced: seal           |
 *        +---------------------+<------------------------------------------+
 */
#include "config.h"

#include "stats/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/log.h"
#include "shm/counter.h"
#include "stats/jread.h"

#define JOURNAL_MAGIC 0x6a6f7572u
#define BUFFER_BYTES (1024u * 1024) /* written at once */
#define UUID_FILE "uuid"
#define LOCK_FILE "lock"

struct journal {
	uint32_t magic;
	struct journal_conf conf;
	char dir[300];
	int dir_fd;
	struct segment *seg; /* by start; the last one is the newest */
	int n_seg;
	int fd; /* of the newest while it is appended to; -1: the next append makes one */
	uint64_t at;     /* position behind the last frame, appended or in the buffer */
	uint64_t synced; /* position behind the last frame that is on disk */
	bool settled;    /* journal_cut() or journal_trust() was called */
	bool refused;    /* the last attempt to make a segment found no room: said once */
	uint64_t skip_to; /* positions below were given out once and must not be again */
	uint64_t folded;
	unsigned char *buf;
	size_t buf_n; /* bytes up to `at` that are not written yet */
};

/* --- the directory of both lanes --- */

static bool
fail(char *why, const char *what, const char *name)
{
	(void)snprintf(
	    why, JOURNAL_WHY, "journal: %s %s: %s", what, name, strerror(errno));
	return false;
}

static bool
make_dir(const char *path, char *why)
{
	if (mkdir(path, 0700) == -1 && errno != EEXIST)
		return fail(why, "cannot make", path);
	return true;
}

static bool
sync_dir(int dir_fd)
{
	int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

	if (fd == -1)
		return false;
	rc = fsync(fd);
	(void)close(fd);
	return rc == 0;
}

/* The uuid is what ties this directory to the database: it is made once and must then
 * stay. */
static bool
make_uuid(struct journal_home *h, int dir_fd, char *why)
{
	int fd = openat(
	    dir_fd, UUID_FILE ".new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool good;

	if (fd == -1)
		return fail(why, "cannot make", UUID_FILE);
	good = getrandom(h->uuid, sizeof(h->uuid), 0) == (ssize_t)sizeof(h->uuid) &&
	       write(fd, h->uuid, sizeof(h->uuid)) == (ssize_t)sizeof(h->uuid) &&
	       fsync(fd) == 0;
	(void)close(fd);
	if (!good || renameat(dir_fd, UUID_FILE ".new", dir_fd, UUID_FILE) == -1 ||
	    !sync_dir(dir_fd))
		return fail(why, "cannot write", UUID_FILE);
	return true;
}

static bool
read_uuid(struct journal_home *h, int dir_fd, char *why)
{
	int fd = openat(dir_fd, UUID_FILE, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd == -1)
		return errno == ENOENT ? make_uuid(h, dir_fd, why)
				       : fail(why, "cannot open", UUID_FILE);
	n = read(fd, h->uuid, sizeof(h->uuid));
	(void)close(fd);
	if (n == (ssize_t)sizeof(h->uuid))
		return true;
	(void)snprintf(why, JOURNAL_WHY, "journal: %s/%s is damaged", h->dir, UUID_FILE);
	return false;
}

void
journal_lane_dir(char *out, size_t cap, const struct journal_home *h, enum lane lane)
{
	(void)snprintf(
	    out, cap, "%s/%s", h->dir, lane == LANE_CLICKS ? "clicks" : "events");
}

bool
journal_home_open(struct journal_home *h, const char *state_dir, char why[JOURNAL_WHY])
{
	char sub[300];
	int dir_fd, n;
	bool good;

	h->lock_fd = -1;
	n = snprintf(h->dir, sizeof(h->dir), "%s/journal", state_dir);
	if (n <= 0 || (size_t)n >= sizeof(h->dir)) {
		(void)snprintf(
		    why, JOURNAL_WHY, "journal: the path of state_dir is too long");
		return false;
	}
	if (!make_dir(h->dir, why))
		return false;
	for (unsigned lane = 0; lane < LANE_MAX; lane++) {
		journal_lane_dir(sub, sizeof(sub), h, (enum lane)lane);
		if (!make_dir(sub, why))
			return false;
	}
	dir_fd = open(h->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir_fd == -1)
		return fail(why, "cannot open", h->dir);
	good = read_uuid(h, dir_fd, why);
	(void)close(dir_fd);
	return good;
}

bool
journal_home_lock(struct journal_home *h)
{
	struct flock fl = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	char path[300];

	if (h->lock_fd == -1) {
		(void)snprintf(path, sizeof(path), "%s/" LOCK_FILE, h->dir);
		h->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	}
	return h->lock_fd != -1 && fcntl(h->lock_fd, F_OFD_SETLK, &fl) == 0;
}

void
journal_home_close(struct journal_home *h)
{
	if (h->lock_fd != -1)
		(void)close(h->lock_fd);
	h->lock_fd = -1;
}

/* --- opening --- */

static struct segment *
newest(const struct journal *j)
{
	return j->n_seg == 0 ? NULL : &j->seg[j->n_seg - 1];
}

static void
count_disk(const struct journal *j, int64_t bytes)
{
	(void)atomic_fetch_add(j->conf.disk_used, (uint64_t)bytes);
}

/* Where the frames of the newest segment stop checking. */
static bool
find_end(struct journal *j, char *why)
{
	struct jread *r = jread_open(j->dir, j->conf.lane, j->conf.home->uuid);
	const struct journal_frame *f;
	const unsigned char *records;
	enum jread_got got;

	if (r == NULL)
		return fail(why, "cannot open", j->dir);
	j->at = segment_first(newest(j));
	do
		got = jread_frame(r, &j->at, JREAD_ALL, &f, &records);
	while (got == JREAD_OK);
	jread_close(&r);
	return got == JREAD_END || fail(why, "cannot read", j->dir);
}

struct journal *
journal_open(const struct journal_conf *conf, char why[JOURNAL_WHY])
{
	struct journal *j;

	assert(conf->segment_bytes >=
	       JOURNAL_HEAD_BYTES + sizeof(struct journal_frame) + JOURNAL_FRAME_MAX);
	OBJ_NEW(j, JOURNAL_MAGIC);
	j->conf = *conf;
	j->fd = -1;
	j->buf = obj_alloc(BUFFER_BYTES);
	journal_lane_dir(j->dir, sizeof(j->dir), conf->home, conf->lane);
	j->dir_fd = open(j->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (j->dir_fd != -1)
		j->n_seg = segment_list(&j->seg, j->dir_fd, conf->lane, conf->home->uuid);
	if (j->dir_fd == -1 || j->n_seg == -1) {
		j->n_seg = 0;
		(void)fail(why, "cannot open", j->dir);
		journal_close(&j);
		return NULL;
	}
	for (int i = 0; i < j->n_seg; i++)
		count_disk(j, (int64_t)j->seg[i].file_bytes);
	if (j->n_seg > 0 && !find_end(j, why))
		journal_close(&j);
	return j;
}

void
journal_close(struct journal **jp)
{
	struct journal *j;

	if (*jp == NULL)
		return;
	OBJ_TAKE(j, jp, JOURNAL_MAGIC);
	if (j->fd != -1)
		(void)close(j->fd);
	if (j->dir_fd != -1)
		(void)close(j->dir_fd);
	for (int i = 0; i < j->n_seg; i++)
		count_disk(j, -(int64_t)j->seg[i].file_bytes);
	free(j->seg);
	free(j->buf);
	OBJ_FREE(j);
}

void
journal_skip(struct journal *j, uint64_t pos)
{
	if (pos <= j->at || pos <= j->skip_to)
		return;
	log_error(
	    "journal %s: it ends at %llu, but positions up to %llu were used: what stood "
	    "there is lost unless it is booked",
	    j->dir, (unsigned long long)j->at, (unsigned long long)pos);
	j->skip_to = pos;
	/* Not into what is left of the newest segment, which lies below. */
	if (j->fd != -1)
		(void)close(j->fd);
	j->fd = -1;
}

void
journal_cut(struct journal *j, uint64_t synced)
{
	assert(OBJ_IS(j, JOURNAL_MAGIC) && !j->settled);
	if (synced > j->at)
		journal_skip(j, synced);
	else if (j->n_seg > 0)
		j->at =
		    synced > segment_first(newest(j)) ? synced : segment_first(newest(j));
	j->synced = j->at;
	j->settled = true;
}

enum err
journal_trust(struct journal *j)
{
	char name[JOURNAL_NAME_BYTES];
	int fd, rc;

	assert(OBJ_IS(j, JOURNAL_MAGIC) && !j->settled);
	if (j->n_seg > 0) {
		segment_name(name, newest(j)->start);
		fd = openat(j->dir_fd, name, O_RDWR | O_CLOEXEC);
		rc = fd == -1 ? -1 : fdatasync(fd);
		if (fd != -1)
			(void)close(fd);
		if (rc == -1) {
			log_error("journal %s: cannot sync %s: %s", j->dir, name,
			    strerror(errno));
			return ERR_IO;
		}
	}
	j->synced = j->at;
	j->settled = true;
	return ERR_OK;
}

uint64_t
journal_synced(const struct journal *j)
{
	return j->synced;
}

uint64_t
journal_first(const struct journal *j)
{
	return j->n_seg == 0 ? j->at : segment_first(&j->seg[0]);
}

uint64_t
journal_last_start(const struct journal *j)
{
	return j->n_seg == 0 ? 0 : newest(j)->start;
}

uint64_t
journal_disk(const struct journal *j)
{
	uint64_t sum = 0;

	for (int i = 0; i < j->n_seg; i++)
		sum += j->seg[i].file_bytes;
	return sum;
}

/* --- segments go --- */

/* The oldest one, which must be booked whole and not the newest. */
static bool
may_go(const struct journal *j)
{
	return j->n_seg > 1 && j->seg[0].end <= j->folded;
}

static void
remove_oldest(struct journal *j)
{
	char name[JOURNAL_NAME_BYTES];

	segment_name(name, j->seg[0].start);
	if (unlinkat(j->dir_fd, name, 0) == -1 && errno != ENOENT)
		log_error(
		    "journal %s: cannot remove %s: %s", j->dir, name, strerror(errno));
	count_disk(j, -(int64_t)j->seg[0].file_bytes);
	memmove(j->seg, j->seg + 1, (size_t)(--j->n_seg) * sizeof(*j->seg));
}

/* Less than a segment for each lane is left of what clicks may use.  Then what is booked
 * goes early, of whichever lane: each can remove its own alone, and one that waited until
 * it needs room itself would keep the other out. */
static bool
is_tight(const struct journal *j)
{
	uint64_t budget = j->conf.disk_budget - j->conf.disk_budget / 8;

	return atomic_load(j->conf.disk_used) + LANE_MAX * j->conf.segment_bytes > budget;
}

void
journal_folded(struct journal *j, uint64_t folded)
{
	us_t now = clock_us();

	j->folded = folded;
	while (may_go(j) && (is_tight(j) || now - j->seg[0].written_us >= j->conf.keep))
		remove_oldest(j);
}

/* --- segments come --- */

static bool
within_budget(struct journal *j)
{
	uint64_t budget = j->conf.disk_budget;

	if (j->conf.lane == LANE_CLICKS)
		budget -= budget / 8;
	while (is_tight(j) && may_go(j))
		remove_oldest(j);
	return atomic_load(j->conf.disk_used) + j->conf.segment_bytes <= budget;
}

/* What stands behind the end goes, and with it the room that was reserved and not used.
 * Should it fail, the next segment's head tells the end as well. */
static void
seal(struct journal *j)
{
	struct segment *s = newest(j);
	char name[JOURNAL_NAME_BYTES];
	struct stat st;
	int fd;

	if (s == NULL)
		return;
	s->end = j->synced > segment_first(s) ? j->synced : segment_first(s);
	segment_name(name, s->start);
	fd = openat(j->dir_fd, name, O_RDWR | O_CLOEXEC);
	if (fd == -1)
		return;
	if (ftruncate(fd, (off_t)(s->end - s->start)) == 0 && fstat(fd, &st) == 0) {
		count_disk(j, (int64_t)st.st_blocks * 512 - (int64_t)s->file_bytes);
		s->file_bytes = (uint64_t)st.st_blocks * 512;
	}
	(void)close(fd);
	s->written_us = clock_us();
}

static void
fill_head(const struct journal *j, struct journal_head *h)
{
	const struct segment *prev = newest(j);

	memset(h, 0, sizeof(*h));
	memcpy(h->marker, JOURNAL_MARKER, sizeof(h->marker));
	h->version = JOURNAL_VERSION;
	h->lane = (uint32_t)j->conf.lane;
	memcpy(h->uuid, j->conf.home->uuid, sizeof(h->uuid));
	h->start = prev == NULL ? j->at : prev->start + prev->capacity;
	if (h->start < j->skip_to)
		h->start = j->skip_to;
	h->capacity = j->conf.segment_bytes;
	h->prev_start = prev == NULL ? h->start : prev->start;
	h->prev_end = prev == NULL ? h->start : j->synced;
	h->made_us = clock_us();
	h->sum = segment_head_sum(h);
}

/* The file under a name of its own until its head is on disk: no reader meets half a
 * segment.  Its descriptor; -1: errno. */
static int
make_file(const struct journal *j, const struct journal_head *h)
{
	static const char temporary[] = "next.new";
	char name[JOURNAL_NAME_BYTES];
	int fd = openat(
		j->dir_fd, temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600),
	    rc;

	if (fd == -1)
		return -1;
	segment_name(name, h->start);
	rc = posix_fallocate(fd, 0, (off_t)h->capacity);
	if (rc != 0)
		errno = rc;
	else if (pwrite(fd, h, sizeof(*h), 0) == (ssize_t)sizeof(*h) &&
		 fdatasync(fd) == 0 &&
		 renameat(j->dir_fd, temporary, j->dir_fd, name) == 0 &&
		 sync_dir(j->dir_fd))
		return fd;
	rc = errno;
	(void)close(fd);
	(void)unlinkat(j->dir_fd, temporary, 0);
	errno = rc;
	return -1;
}

static enum err
refuse(struct journal *j, const char *why)
{
	counter_add(COUNTER_journal_refusals, 1);
	if (!j->refused)
		log_error("journal %s: no new segment: %s; events are refused until "
			  "there is room",
		    j->dir, why);
	j->refused = true;
	return ERR_FULL;
}

static enum err
begin_segment(struct journal *j)
{
	struct journal_head h;

	assert(j->buf_n == 0 && j->at == j->synced && j->settled);
	if (j->fd != -1) {
		(void)close(j->fd);
		j->fd = -1;
		seal(j);
	}
	if (!within_budget(j))
		return refuse(j, "the disk budget is spent");
	fill_head(j, &h);
	j->fd = make_file(j, &h);
	if (j->fd == -1)
		return refuse(j, strerror(errno));
	if (j->refused)
		log_info("journal %s: there is room again", j->dir);
	j->refused = false;
	if (newest(j) != NULL && newest(j)->end == 0)
		seal(j);
	j->seg = obj_realloc(j->seg, (size_t)(j->n_seg + 1) * sizeof(*j->seg));
	j->seg[j->n_seg++] = (struct segment){.start = h.start,
	    .capacity = h.capacity,
	    .file_bytes = h.capacity,
	    .written_us = h.made_us};
	count_disk(j, (int64_t)h.capacity);
	j->at = j->synced = h.start + JOURNAL_HEAD_BYTES;
	return ERR_OK;
}

/* --- frames --- */

static enum err
write_out(struct journal *j)
{
	off_t off = (off_t)(j->at - j->buf_n - newest(j)->start);
	size_t done = 0;

	while (done < j->buf_n) {
		ssize_t n =
		    pwrite(j->fd, j->buf + done, j->buf_n - done, off + (off_t)done);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0) {
			log_error(
			    "journal %s: writing failed: %s", j->dir, strerror(errno));
			return ERR_IO;
		}
		done += (size_t)n;
	}
	j->buf_n = 0;
	return ERR_OK;
}

static bool
has_room(const struct journal *j, size_t n)
{
	const struct segment *s = newest(j);

	return j->fd != -1 &&
	       s->start + s->capacity - j->at >= sizeof(struct journal_frame) + n;
}

bool
journal_fits(const struct journal *j, size_t n)
{
	return has_room(j, n) || j->at == j->synced;
}

enum err
journal_append(struct journal *j, const struct journal_stretch *s)
{
	struct journal_frame f = {.magic = JOURNAL_FRAME_MAGIC,
	    .bytes = (uint32_t)s->n,
	    .from = s->from,
	    .to = s->to,
	    .slot = s->slot,
	    .records = s->records};
	enum err rc = ERR_OK;

	assert(OBJ_IS(j, JOURNAL_MAGIC) && s->n <= JOURNAL_FRAME_MAX &&
	       s->n % RING_ALIGN == 0);
	if (!has_room(j, s->n))
		rc = begin_segment(j);
	if (rc == ERR_OK && j->buf_n + sizeof(f) + s->n > BUFFER_BYTES)
		rc = write_out(j);
	if (rc != ERR_OK)
		return rc;
	f.pos = j->at;
	memcpy(f.ring, s->ring, sizeof(f.ring));
	f.sum = segment_frame_sum(&f, s->bytes);
	memcpy(j->buf + j->buf_n, &f, sizeof(f));
	if (s->n > 0)
		memcpy(j->buf + j->buf_n + sizeof(f), s->bytes, s->n);
	j->buf_n += sizeof(f) + s->n;
	j->at += sizeof(f) + s->n;
	return ERR_OK;
}

enum err
journal_sync(struct journal *j)
{
	enum err rc;

	assert(OBJ_IS(j, JOURNAL_MAGIC));
	if (j->at == j->synced)
		return ERR_OK;
	rc = write_out(j);
	if (rc != ERR_OK)
		return rc;
	if (fdatasync(j->fd) == -1) {
		log_error("journal %s: sync failed: %s", j->dir, strerror(errno));
		return ERR_IO;
	}
	counter_add(COUNTER_journal_syncs, 1);
	counter_add(COUNTER_journal_bytes, (int64_t)(j->at - j->synced));
	j->synced = j->at;
	newest(j)->written_us = clock_us();
	return ERR_OK;
}

void
journal_abandon(struct journal *j)
{
	counter_add(COUNTER_journal_failures, 1);
	j->buf_n = 0;
	j->at = j->synced;
	if (j->fd == -1)
		return;
	(void)close(j->fd);
	j->fd = -1;
	seal(j);
}
