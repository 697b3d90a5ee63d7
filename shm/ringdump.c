/* SPDX-License-Identifier: Apache-2.0
 * ringdump.c - what stands in rings and journals, for people.
 *
 *   ringdump [-r] DIR | SLOT-FILE | SEGMENT.seg ...
 *
 * DIR is a node's directory in shared memory (affiliated-<hash>) or a lane of a journal.
 * Of a ring the part that is not journaled yet is looked at; -r prints its records one by
 * one.  Everything is opened read-only: it may be used beside a running server and after
 * one that crashed.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/record.h"
#include "shm/shm.h"
#include "shm/shm_priv.h"
#include "stats/jread.h"

static bool with_records;

static int
failed(const char *path, const char *what)
{
	(void)fprintf(stderr, "ringdump: %s: %s\n", path, what);
	return 1;
}

static const char *
hex(const uint8_t uuid[16], char out[33])
{
	for (unsigned i = 0; i < 16; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", uuid[i]);
	return out;
}

static void
print_time(const char *name, us_t us)
{
	time_t s = (time_t)(us / US_SECOND);
	struct tm tm;
	char text[32];

	(void)gmtime_r(&s, &tm);
	(void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	(void)printf(" %s %s.%06dZ", name, text, (int)(us % US_SECOND));
}

/* --- records --- */

/* A text as it may be shown: others' bytes do not reach the terminal. */
static void
print_text(const char *name, struct str s)
{
	(void)printf(" %s=\"", name);
	for (size_t i = 0; i < s.n && i < 200; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < ' ' || c > '~' || c == '"' || c == '\\')
			(void)printf("\\x%02x", c);
		else
			(void)putchar(c);
	}
	(void)printf("\"%s", s.n > 200 ? "..." : "");
}

static void
print_texts(const unsigned char *bytes, size_t n, size_t head)
{
	struct rec_texts t;

	if (!rec_texts(&t, bytes, n, head)) {
		(void)printf(" (its texts are damaged)");
		return;
	}
	for (unsigned f = 0; f < F_MAX; f++) {
		/* What a sender may have kept secret stays so. */
		if (t.f[f].p != NULL && f != F_secure)
			print_text(rec_field_name((enum rec_field)f), t.f[f]);
	}
}

static void
print_click(const unsigned char *bytes, size_t n, size_t head)
{
	const struct rec_click *c = (const struct rec_click *)(const void *)bytes;

	(void)printf(" click %" PRId64 "/%010" PRId64, c->id.us, c->id.lo);
	print_time("at", c->id.us);
	(void)printf(" verdict %u offer %u affiliate %u payout %" PRId64
		     " revenue %" PRId64,
	    c->verdict, c->offer_id, c->affiliate_id, c->payout, c->revenue);
	print_texts(bytes, n, head);
}

static void
print_event(const unsigned char *bytes, size_t n, size_t head)
{
	const struct rec_event *e = (const struct rec_event *)(const void *)bytes;

	(void)printf(" event %" PRId64 "/%010" PRId64, e->id.us, e->id.lo);
	print_time("at", e->id.us);
	(void)printf(" source %u tag %016" PRIx64, e->source, e->tag);
	print_texts(bytes, n, head);
}

static void
print_record(uint64_t pos, uint16_t kind, uint16_t version, const unsigned char *bytes,
    uint32_t len)
{
	/* Members that are read here are in every version. */
	const size_t head = rec_head(kind, version);

	(void)printf(
	    "    %" PRIu64 ": kind %u version %u, %u bytes", pos, kind, version, len);
	if (head != 0 && len >= head && rec_is_click(kind))
		print_click(bytes, len, head);
	else if (head != 0 && len >= head)
		print_event(bytes, len, head);
	(void)putchar('\n');
}

/* --- slots --- */

static void
dump_ring(const struct ring *r, const char *name)
{
	uint64_t tail = ring_tail(r), head = ring_head(r), pos = tail, from;
	unsigned records = 0, damaged = 0;
	struct ring_rec rec;
	enum ring_got got;

	(void)printf("  %s ring: %" PRIu64 " bytes, head %" PRIu64 ", tail %" PRIu64
		     ", journaled up to %" PRIu64 "%s\n",
	    name, r->size, head, tail, atomic_load(&r->shm->journal_pos),
	    ring_sound(r) ? "" : ", DAMAGED head");
	while (from = pos, (got = ring_next(r, &pos, head, &rec)) != RING_END) {
		if (got == RING_DAMAGED) {
			damaged++;
			(void)printf(
			    "    %" PRIu64 " to %" PRIu64 ": DAMAGED\n", from, pos);
			continue;
		}
		records++;
		if (with_records)
			print_record(rec.pos, rec.kind, rec.version, rec.bytes, rec.len);
	}
	if (head != tail)
		(void)printf("    %" PRIu64 " bytes wait: %u records, %u damaged\n",
		    head - tail, records, damaged);
}

static void
dump_slot(struct slot *s)
{
	uint64_t replies = atomic_load(&s->reply->head) - atomic_load(&s->reply->tail);
	char uuid[33];

	(void)printf("slot %u: %s, pid %u, incarnation %u, uuid %s\n", s->m->number,
	    shm_is_locked(s->fd) ? "live" : "free", atomic_load(&s->m->pid),
	    atomic_load(&s->m->incarnation), hex(s->m->uuid, uuid));
	(void)printf("  catalog version %" PRIu64 ", replies waiting %" PRIu64,
	    atomic_load(&s->m->catalog_ack), replies);
	if (slot_last_heartbeat(s) != 0)
		print_time("heartbeat", slot_last_heartbeat(s));
	if (atomic_load(&s->m->last_us) != 0)
		print_time("newest id", atomic_load(&s->m->last_us));
	if (slot_mark(s) != 0)
		print_time("id in the making from", slot_mark(s));
	(void)putchar('\n');
	dump_ring(&s->ring[LANE_CLICKS], "click");
	dump_ring(&s->ring[LANE_EVENTS], "event");
}

static int
dump_slot_file(const char *path)
{
	struct slot s = {
	    .fd = open(path, O_RDONLY | O_CLOEXEC), .lock_fd = -1, .efd = -1};
	struct stat st;
	void *p = MAP_FAILED;
	int status = 0;

	if (s.fd != -1 && fstat(s.fd, &st) == 0 && st.st_size > 0)
		p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, s.fd, 0);
	if (p == MAP_FAILED)
		status = failed(path, strerror(errno));
	else if (!slot_attach(&s, p, (size_t)st.st_size))
		status =
		    failed(path, "is no slot of this version, or its head is damaged");
	else
		dump_slot(&s);
	if (p != MAP_FAILED)
		(void)munmap(p, (size_t)st.st_size);
	if (s.fd != -1)
		(void)close(s.fd);
	return status;
}

/* --- the control page --- */

static void
dump_lane(const struct lane_shm *l, const char *name)
{
	(void)printf("  %s: synced %" PRIu64 ", folded %" PRIu64 ", on disk %" PRIu64
		     " bytes%s%s%s",
	    name, atomic_load(&l->synced), atomic_load(&l->folded),
	    atomic_load(&l->disk_bytes), atomic_load(&l->refusing) ? ", REFUSING" : "",
	    atomic_load(&l->db_down) ? ", NO DATABASE" : "",
	    atomic_load(&l->sleeping) ? ", asleep" : "");
	if (atomic_load(&l->synced_us) != 0)
		print_time("synced through", atomic_load(&l->synced_us));
	if (atomic_load(&l->folded_us) != 0)
		print_time("folded through", atomic_load(&l->folded_us));
	(void)putchar('\n');
}

static int
dump_node(const char *path)
{
	char why[SHM_WHY] = "", uuid[33];
	struct shm *shm = shm_attach(path, why);
	struct control_shm *c;

	if (shm == NULL)
		return failed(path, why);
	c = shm_control(shm);
	(void)printf("control: journal %s, stats %s, pid %u", hex(c->journal_uuid, uuid),
	    shm_is_locked(shm->control_fd) ? "live" : "dead", atomic_load(&c->stats_pid));
	print_time("made", c->made_us);
	(void)printf("\n  catalog generation %" PRIu64 " of version %" PRIu64
		     ", wanted %" PRIu64 "\n",
	    atomic_load(&c->catalog_gen), atomic_load(&c->catalog_version),
	    atomic_load(&c->want_version));
	dump_lane(&c->lane[LANE_CLICKS], "clicks");
	dump_lane(&c->lane[LANE_EVENTS], "events");
	for (unsigned i = 0; i < shm_slots(shm); i++)
		dump_slot(shm_slot(shm, i));
	shm_close(&shm);
	return 0;
}

/* --- journals --- */

static void
dump_frame(const struct journal_frame *f, const unsigned char *records)
{
	struct ring_rec rec;
	char uuid[33];

	(void)printf("  frame %" PRIu64 ": slot %u, ring %s from %" PRIu64 " to %" PRIu64
		     ", %u records, %u bytes\n",
	    f->pos, f->slot, hex(f->ring, uuid), f->from, f->to, f->records, f->bytes);
	for (uint64_t off = 0; with_records && off < f->bytes;
	     off += ring_padded(rec.len)) {
		if (!ring_check(records + off, f->bytes - off, &rec)) {
			(void)printf("    DAMAGED\n");
			return;
		}
		print_record(
		    f->pos + sizeof(*f) + off, rec.kind, rec.version, rec.bytes, rec.len);
	}
}

static int
dump_frames(const char *path, enum lane lane, uint64_t from, uint64_t end)
{
	struct jread *r = jread_open(path, lane, NULL);
	const struct journal_frame *f;
	const unsigned char *records;
	enum jread_got got = JREAD_OK;
	uint64_t pos = from;

	if (r == NULL)
		return failed(path, strerror(errno));
	while (from = pos, pos < end && (got = jread_frame(r, &pos, JREAD_ALL, &f,
					     &records)) != JREAD_END) {
		if (got == JREAD_ERROR)
			break;
		if (got == JREAD_OK && f->pos < end)
			dump_frame(f, records);
		else if (got != JREAD_OK)
			(void)printf("  %" PRIu64 " to %" PRIu64 ": %s\n", from, pos,
			    got == JREAD_GAP ? "not there" : "DAMAGED");
	}
	jread_close(&r);
	return got == JREAD_ERROR ? failed(path, strerror(errno)) : 0;
}

/* One segment, or with start == UINT64_MAX all of them. */
static int
dump_lane_dir(const char *path, uint64_t start)
{
	struct segment *seg = NULL;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), status = 0, n = -1;
	size_t len = strlen(path);
	/* The lane is the directory's name; a copy elsewhere is taken for clicks unless
	 * it is called events. */
	enum lane lane =
	    len >= 6 && strcmp(path + len - 6, "events") == 0 ? LANE_EVENTS : LANE_CLICKS;

	if (fd != -1)
		n = segment_list(&seg, fd, lane, NULL);
	if (n == -1)
		status = failed(path, strerror(errno));
	for (int i = 0; i < n && status == 0; i++) {
		const struct segment *s = &seg[i];

		if (start != UINT64_MAX && s->start != start)
			continue;
		(void)printf("segment %016" PRIx64 ": capacity %" PRIu64 ", %" PRIu64
			     " bytes on disk, %s %" PRIu64 "\n",
		    s->start, s->capacity, s->file_bytes,
		    s->end == 0 ? "the newest, from" : "frames end at",
		    s->end == 0 ? s->start : s->end);
		status = dump_frames(
		    path, lane, segment_first(s), s->end == 0 ? JREAD_ALL : s->end);
	}
	free(seg);
	if (fd != -1)
		(void)close(fd);
	return status;
}

/* --- which of them --- */

static int
dump(const char *path)
{
	char dir[4096];
	const char *name = strrchr(path, '/');
	struct stat st;
	uint64_t start;

	if (stat(path, &st) == -1)
		return failed(path, strerror(errno));
	if (S_ISDIR(st.st_mode)) {
		(void)snprintf(dir, sizeof(dir), "%s/control", path);
		return access(dir, F_OK) == 0 ? dump_node(path)
					      : dump_lane_dir(path, UINT64_MAX);
	}
	if (!segment_name_parse(name == NULL ? path : name + 1, &start))
		return dump_slot_file(path);
	(void)snprintf(dir, sizeof(dir), "%.*s", name == NULL ? 1 : (int)(name - path),
	    name == NULL ? "." : path);
	return dump_lane_dir(dir, start);
}

int
main(int argc, char **argv)
{
	int status = 0, c;

	while ((c = getopt(argc, argv, "r")) != -1) {
		if (c != 'r') {
			optind = argc;
			break;
		}
		with_records = true;
	}
	if (optind >= argc) {
		(void)fprintf(
		    stderr, "usage: ringdump [-r] DIR | SLOT-FILE | SEGMENT.seg ...\n");
		return 2;
	}
	for (int i = optind; i < argc; i++)
		status |= dump(argv[i]);
	return status;
}
