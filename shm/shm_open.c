/* SPDX-License-Identifier: Apache-2.0
 * shm_open.c - making, finding and checking the files of shm.h.
 *
 * A file is made under another name and renamed once its bytes are reserved and its head
 * is written, so a master that is killed here leaves no half-made one.  A file of another
 * layout is set aside, never removed: a slot may hold events.
 */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/log.h"
#include "shm/shm_priv.h"

#define SLOTS_A_WORKER 4u

/* What is being made: everything the steps below need to know. */
struct maker {
	struct shm *shm;
	char *why;
	uid_t uid;
	gid_t gid;
	bool chown;
	uint64_t ring_size[LANE_MAX];
	uint64_t entries;
	uint64_t needed; /* bytes of all files together */
};

struct map {
	int fd;
	void *p;
	size_t bytes;
};

bool
shm_dir_of(char *out, size_t cap, const char *shm_dir, const char *state_dir)
{
	char *real = realpath(state_dir, NULL);
	int n;

	if (real == NULL)
		return false;
	n = snprintf(out, cap, "%s/affiliated-%016llx", shm_dir,
	    (unsigned long long)XXH64(real, strlen(real), 0));
	free(real);
	return n > 0 && (size_t)n < cap;
}

static bool
fail(char *why, const char *what, const char *name)
{
	(void)snprintf(why, SHM_WHY, "%s %s: %s", what, name, strerror(errno));
	return false;
}

/* --- the directory --- */

/* /dev/shm is everybody's: what lies there under our name counts only if it is ours
 * alone. */
static bool
check_dir(const struct maker *k, const struct stat *st)
{
	if (st->st_uid != geteuid() && st->st_uid != k->uid)
		(void)snprintf(k->why, SHM_WHY,
		    "%s belongs to uid %u: remove it or choose another shm_dir",
		    k->shm->path, (unsigned)st->st_uid);
	else if ((st->st_mode & 022) != 0)
		(void)snprintf(k->why, SHM_WHY,
		    "%s may be written by others: chmod 0700 it", k->shm->path);
	else
		return true;
	return false;
}

static bool
open_dir(struct maker *k)
{
	struct shm *shm = k->shm;
	struct stat st;

	if (mkdir(shm->path, 0700) == -1 && errno != EEXIST)
		return fail(k->why, "cannot make directory", shm->path);
	shm->dir_fd = open(shm->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (shm->dir_fd == -1 || fstat(shm->dir_fd, &st) == -1)
		return fail(k->why, "cannot open directory", shm->path);
	if (!check_dir(k, &st))
		return false;
	if (k->chown && st.st_uid != k->uid && fchown(shm->dir_fd, k->uid, k->gid) == -1)
		return fail(k->why, "cannot give away", shm->path);
	return true;
}

/* --- files --- */

static void
unmap(struct map *f)
{
	if (f->p != NULL)
		(void)munmap(f->p, f->bytes);
	if (f->fd != -1)
		(void)close(f->fd);
	*f = (struct map){-1, NULL, 0};
}

/* false with errno ENOENT: there is none. */
static bool
open_map(const struct shm *shm, const char *name, struct map *out)
{
	struct map f = {-1, NULL, 0};
	struct stat st;

	f.fd = openat(shm->dir_fd, name,
	    (shm->may_write ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW);
	if (f.fd == -1)
		return false; /* cppcheck-suppress memleak ; nothing was opened */
	if (fstat(f.fd, &st) == 0 && st.st_size > 0) {
		f.bytes = (size_t)st.st_size;
		f.p = mmap(NULL, f.bytes,
		    shm->may_write ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, f.fd,
		    0);
		if (f.p != MAP_FAILED) {
			*out = f;
			return true;
		}
		f.p = NULL;
	} else {
		errno = EINVAL;
	}
	unmap(&f);
	return false;
}

static bool
too_small(const struct maker *k)
{
	struct statfs fs;
	uint64_t free_mib = 0;

	if (fstatfs(k->shm->dir_fd, &fs) == 0)
		free_mib = (fs.f_bavail * (uint64_t)fs.f_bsize) >> 20;
	(void)snprintf(k->why, SHM_WHY,
	    "%s: the tmpfs is too small: %llu MiB are needed in all and %llu MiB are "
	    "left; enlarge it, or make "
	    "ring_clicks_bytes, ring_events_bytes, unique_entries or workers smaller",
	    k->shm->path, (unsigned long long)k->needed / (1 << 20) + 1,
	    (unsigned long long)free_mib);
	return false;
}

/* Bytes that an earlier start reserved under this name. */
static uint64_t
reserved(const struct shm *shm, const char *name)
{
	struct stat st;

	return fstatat(shm->dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0
		   ? (uint64_t)st.st_blocks * 512
		   : 0;
}

/* Before anything is reserved: filling a tmpfs to find out that it is too small takes the
 * memory of the whole machine.  What an earlier start reserved counts as ours. */
static bool
enough_room(const struct maker *k)
{
	static const char *const others[] = {"control", "counters", "unique", "tries"};
	struct statfs fs;
	uint64_t have;

	if (fstatfs(k->shm->dir_fd, &fs) == -1)
		return fail(k->why, "cannot look at", k->shm->path);
	if (fs.f_blocks == 0)
		return true; /* a tmpfs without a limit */
	have = (uint64_t)fs.f_bavail * (uint64_t)fs.f_bsize;
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		have += reserved(k->shm, others[i]);
	for (unsigned i = 0; i < SHM_MAX_SLOTS && have < k->needed; i++) {
		char name[SLOT_NAME_BYTES];

		slot_name(name, i);
		have += reserved(k->shm, name);
	}
	return have >= k->needed || too_small(k);
}

/* A new file of zeros, every byte of it reserved: a write into a full tmpfs would be a
 * SIGBUS later. */
static bool
new_map(const struct maker *k, const char *temporary, size_t bytes, struct map *out)
{
	const struct shm *shm = k->shm;
	int rc;

	(void)unlinkat(shm->dir_fd, temporary, 0);
	*out = (struct map){-1, NULL, 0};
	out->fd =
	    openat(shm->dir_fd, temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (out->fd == -1)
		return fail(k->why, "cannot make", temporary);
	if (k->chown && fchown(out->fd, k->uid, k->gid) == -1)
		return fail(k->why, "cannot give away", temporary);
	rc = posix_fallocate(out->fd, 0, (off_t)bytes);
	if (rc != 0) {
		errno = rc;
		(void)unlinkat(shm->dir_fd, temporary, 0);
		return rc == ENOSPC ? too_small(k)
				    : fail(k->why, "cannot reserve", temporary);
	}
	out->bytes = bytes;
	out->p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, out->fd, 0);
	if (out->p == MAP_FAILED) {
		out->p = NULL;
		return fail(k->why, "cannot map", temporary);
	}
	return true;
}

/* What a kind of file holds: is this one, and make this one. */
struct kind {
	bool (*check)(const struct maker *k, const struct map *f);
	void (*format)(const struct maker *k, const struct map *f, unsigned number);
};

static void
set_aside(const struct shm *shm, const char *name)
{
	char aside[64];

	(void)snprintf(aside, sizeof(aside), "%s.unreadable", name);
	log_error("shared memory: %s/%s has another layout or is damaged: kept as %s",
	    shm->path, name, aside);
	(void)renameat(shm->dir_fd, name, shm->dir_fd, aside);
}

/* Find or make one file. */
static bool
provide(const struct maker *k, const char *name, size_t bytes, const struct kind *kind,
    unsigned number, struct map *out)
{
	const struct shm *shm = k->shm;
	char temporary[64];

	*out = (struct map){-1, NULL, 0};
	if (open_map(shm, name, out)) {
		if (kind->check(k, out))
			return true;
		unmap(out);
		set_aside(shm, name);
	} else if (errno != ENOENT) {
		if (errno != EINVAL)
			return fail(k->why, "cannot open", name);
		set_aside(shm, name);
	}
	(void)snprintf(temporary, sizeof(temporary), "%s.new", name);
	if (!new_map(k, temporary, bytes, out)) {
		unmap(out);
		return false;
	}
	kind->format(k, out, number);
	if (renameat(shm->dir_fd, temporary, shm->dir_fd, name) == -1) {
		unmap(out);
		return fail(k->why, "cannot rename to", name);
	}
	return true;
}

/* --- the five kinds --- */

static bool
slot_check(const struct maker *k, const struct map *f)
{
	struct slot s;

	(void)k;
	return slot_attach(&s, f->p, f->bytes);
}

static void
slot_make(const struct maker *k, const struct map *f, unsigned number)
{
	slot_format(f->p, number, k->ring_size);
}

static bool
control_check(const struct maker *k, const struct map *f)
{
	const struct control_shm *c = f->p;

	(void)k;
	return f->bytes >= sizeof(*c) &&
	       memcmp(c->marker, CONTROL_MARKER, sizeof(c->marker)) == 0 &&
	       c->version == CONTROL_VERSION && c->file_bytes == sizeof(*c);
}

static void
control_make(const struct maker *k, const struct map *f, unsigned number)
{
	struct control_shm *c = f->p;

	(void)k;
	(void)number;
	c->version = CONTROL_VERSION;
	c->file_bytes = sizeof(*c);
	c->made_us = clock_us();
	memcpy(c->marker, CONTROL_MARKER, sizeof(c->marker));
}

static bool
counters_check(const struct maker *k, const struct map *f)
{
	const struct counters_shm *c = f->p;

	(void)k;
	return f->bytes == sizeof(*c) &&
	       memcmp(c->marker, COUNTERS_MARKER, sizeof(c->marker)) == 0 &&
	       c->layout == counter_layout();
}

static void
counters_make(const struct maker *k, const struct map *f, unsigned number)
{
	struct counters_shm *c = f->p;

	(void)k;
	(void)number;
	c->layout = counter_layout();
	memcpy(c->marker, COUNTERS_MARKER, sizeof(c->marker));
}

static bool
unique_check(const struct maker *k, const struct map *f)
{
	struct unique u;

	return unique_attach(&u, f->p, f->bytes) && f->bytes == unique_bytes(k->entries);
}

static void
unique_make(const struct maker *k, const struct map *f, unsigned number)
{
	(void)number;
	unique_format(f->p, k->entries);
}

static bool
tries_are_good(const struct maker *k, const struct map *f)
{
	(void)k;
	return tries_check(f->p, f->bytes);
}

static void
tries_make(const struct maker *k, const struct map *f, unsigned number)
{
	(void)k;
	(void)number;
	tries_format(f->p);
}

static const struct kind slot_kind = {slot_check, slot_make},
			 control_kind = {control_check, control_make},
			 counters_kind = {counters_check, counters_make},
			 unique_kind = {unique_check, unique_make},
			 tries_kind = {tries_are_good, tries_make};

/* --- slots --- */

static void
keep_slot(struct shm *shm, unsigned number, const struct map *f)
{
	struct slot *s = &shm->slots[number];

	*s = (struct slot){.magic = SLOT_MAGIC,
	    .number = number,
	    .home = shm,
	    .fd = f->fd,
	    .lock_fd = -1,
	    .efd = -1};
	if (!slot_attach(s, f->p, f->bytes))
		assert(!"slot: changed while it was opened");
}

/* A slot from before that nobody owns and that holds nothing: may it go, or be made anew?
 */
static bool
slot_is_idle(const struct map *f)
{
	struct slot s;

	return slot_attach(&s, f->p, f->bytes) && !shm_is_locked(f->fd) &&
	       ring_is_empty(&s.ring[LANE_CLICKS]) && ring_is_empty(&s.ring[LANE_EVENTS]);
}

/* Remove idle slots that do not fit the settings any more; returns one more than the
 * highest that stays. */
static unsigned
prune_slots(const struct maker *k, unsigned wanted)
{
	const struct shm *shm = k->shm;
	unsigned n = wanted;

	for (unsigned i = 0; i < SHM_MAX_SLOTS; i++) {
		char name[SLOT_NAME_BYTES];
		struct map f;

		slot_name(name, i);
		if (!open_map(shm, name, &f))
			continue;
		if (slot_is_idle(&f) &&
		    (i >= wanted || f.bytes != slot_bytes(k->ring_size)))
			(void)unlinkat(shm->dir_fd, name, 0);
		else if (i >= n)
			n = i + 1;
		unmap(&f);
	}
	return n;
}

static bool
provide_slots(struct maker *k, unsigned wanted)
{
	struct shm *shm = k->shm;
	unsigned n = prune_slots(k, wanted);

	shm->slots = obj_alloc(n * sizeof(*shm->slots));
	for (unsigned i = 0; i < n; i++) {
		char name[SLOT_NAME_BYTES];
		struct map f;

		slot_name(name, i);
		if (!provide(k, name, slot_bytes(k->ring_size), &slot_kind, i, &f))
			return false;
		keep_slot(shm, i, &f);
		shm->n = i + 1;
		shm->slots[i].efd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
		if (shm->slots[i].efd == -1)
			return fail(k->why, "cannot make an eventfd for", name);
	}
	return true;
}

/* --- all of it --- */

static struct shm *
shm_new(void)
{
	struct shm *shm;

	OBJ_NEW(shm, SHM_MAGIC);
	shm->dir_fd = shm->control_fd = shm->stats_fd = shm->catalog_efd = -1;
	for (unsigned lane = 0; lane < LANE_MAX; lane++)
		shm->stats_efd[lane] = -1;
	return shm;
}

static bool
provide_rest(struct maker *k)
{
	struct shm *shm = k->shm;
	struct map f;

	if (!provide(k, "control", sizeof(struct control_shm), &control_kind, 0, &f))
		return false;
	shm->control = f.p;
	shm->control_fd = f.fd;
	if (!provide(k, "counters", sizeof(struct counters_shm), &counters_kind, 0, &f))
		return false;
	shm->counters = f.p;
	shm->counters_bytes = f.bytes;
	(void)close(f.fd);
	if (!provide(k, "unique", unique_bytes(k->entries), &unique_kind, 0, &f))
		return false;
	shm->unique_map = f.p;
	shm->unique_bytes = f.bytes;
	(void)close(f.fd); /* cppcheck-suppress doubleFree ; another file, by provide() */
	if (!unique_attach(&shm->unique, f.p, f.bytes))
		assert(!"unique: changed while it was opened");
	if (!provide(k, "tries", tries_bytes(), &tries_kind, 0, &f))
		return false;
	shm->tries = f.p;
	(void)close(f.fd); /* cppcheck-suppress doubleFree ; another file, by provide() */
	for (unsigned lane = 0; lane < LANE_MAX; lane++)
		shm->stats_efd[lane] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	shm->catalog_efd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (shm->catalog_efd == -1 || shm->stats_efd[LANE_EVENTS] == -1 ||
	    shm->stats_efd[LANE_CLICKS] == -1)
		return fail(k->why, "cannot make an eventfd in", shm->path);
	return true;
}

static bool
find_user(struct maker *k, const char *user)
{
	const struct passwd *pw;

	k->uid = geteuid();
	k->gid = getegid();
	if (k->uid != 0 || user[0] == '\0')
		return true;
	pw = getpwnam(user);
	if (pw == NULL) {
		(void)snprintf(k->why, SHM_WHY, "user: there is no user %s", user);
		return false;
	}
	k->uid = pw->pw_uid;
	k->gid = pw->pw_gid;
	k->chown = true;
	return true;
}

static bool
is_power_of_two(int64_t n)
{
	return n > 0 && (n & (n - 1)) == 0;
}

static bool
check_sizes(const struct settings *set, unsigned n_workers, char *why)
{
	const char *bad = NULL;

	if (!is_power_of_two(set->ring_clicks_bytes))
		bad = "ring_clicks_bytes";
	else if (!is_power_of_two(set->ring_events_bytes))
		bad = "ring_events_bytes";
	else if (!is_power_of_two(set->unique_entries))
		bad = "unique_entries";
	if (bad != NULL)
		(void)snprintf(why, SHM_WHY, "%s: must be a power of two", bad);
	else if (n_workers == 0 || n_workers * SLOTS_A_WORKER > SHM_MAX_SLOTS)
		(void)snprintf(why, SHM_WHY, "workers: from 1 to %u",
		    SHM_MAX_SLOTS / SLOTS_A_WORKER);
	else
		return true;
	return false;
}

struct shm *
shm_open_all(const struct settings *set, unsigned n_workers, char why[SHM_WHY])
{
	struct maker k = {.why = why,
	    .entries = (uint64_t)set->unique_entries,
	    .ring_size = {
		(uint64_t)set->ring_clicks_bytes, (uint64_t)set->ring_events_bytes}};
	unsigned wanted = n_workers * SLOTS_A_WORKER;

	if (!check_sizes(set, n_workers, why) || !find_user(&k, set->user))
		return NULL;
	k.shm = shm_new();
	k.shm->may_write = true;
	k.needed = wanted * slot_bytes(k.ring_size) + sizeof(struct control_shm) +
		   sizeof(struct counters_shm) + unique_bytes(k.entries) + tries_bytes();
	if (!shm_dir_of(k.shm->path, sizeof(k.shm->path), set->shm_dir, set->state_dir))
		(void)fail(why, "cannot find", set->state_dir);
	else if (open_dir(&k) && enough_room(&k) && provide_rest(&k) &&
		 provide_slots(&k, wanted))
		return k.shm;
	shm_close(&k.shm);
	return NULL;
}

/* --- looking on --- */

static bool
attach_slots(struct shm *shm)
{
	shm->slots = obj_alloc(SHM_MAX_SLOTS * sizeof(*shm->slots));
	for (unsigned i = 0; i < SHM_MAX_SLOTS; i++) {
		char name[SLOT_NAME_BYTES];
		struct slot *s = &shm->slots[i];
		struct map f;

		slot_name(name, i);
		if (!open_map(shm, name, &f))
			break;
		*s = (struct slot){.magic = SLOT_MAGIC,
		    .number = i,
		    .home = shm,
		    .fd = f.fd,
		    .lock_fd = -1,
		    .efd = -1};
		shm->n = i + 1;
		if (slot_attach(s, f.p, f.bytes))
			continue;
		shm->n = i;
		unmap(&f);
		break;
	}
	return shm->n > 0;
}

static bool
attach_rest(struct shm *shm)
{
	struct map control, counters, unique;

	if (!open_map(shm, "control", &control))
		return false;
	shm->control = control.p;
	shm->control_fd = control.fd;
	if (!open_map(shm, "counters", &counters))
		return false;
	shm->counters = counters.p;
	shm->counters_bytes = counters.bytes;
	(void)close(counters.fd);
	if (!open_map(shm, "unique", &unique))
		return false;
	shm->unique_map = unique.p;
	shm->unique_bytes = unique.bytes;
	(void)close(unique.fd);
	errno = EPROTO;
	return control_check(NULL, &control) && counters_check(NULL, &counters) &&
	       unique_attach(&shm->unique, unique.p, unique.bytes);
}

struct shm *
shm_attach(const char *dir, char why[SHM_WHY])
{
	struct shm *shm = shm_new();
	int n = snprintf(shm->path, sizeof(shm->path), "%s", dir);

	if (n > 0 && (size_t)n < sizeof(shm->path))
		shm->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (shm->dir_fd != -1 && attach_rest(shm) && attach_slots(shm))
		return shm;
	if (errno == EPROTO)
		(void)snprintf(
		    why, SHM_WHY, "%s was made by another version of affiliated", dir);
	else
		(void)fail(why, "cannot read", dir);
	shm_close(&shm);
	return NULL;
}

static void
close_fd(int fd)
{
	if (fd != -1)
		(void)close(fd);
}

void
shm_close(struct shm **sp)
{
	struct shm *shm;

	if (*sp == NULL)
		return;
	OBJ_TAKE(shm, sp, SHM_MAGIC);
	if (shm->may_write)
		counter_use(NULL); /* this process may be counting into what goes now */
	for (unsigned i = 0; i < shm->n; i++) {
		(void)munmap(shm->slots[i].m, shm->slots[i].bytes);
		close_fd(shm->slots[i].fd);
		close_fd(shm->slots[i].lock_fd);
		close_fd(shm->slots[i].efd);
	}
	free(shm->slots);
	if (shm->control != NULL)
		(void)munmap(shm->control, sizeof(*shm->control));
	if (shm->counters != NULL)
		(void)munmap(shm->counters, shm->counters_bytes);
	if (shm->unique_map != NULL)
		(void)munmap(shm->unique_map, shm->unique_bytes);
	if (shm->tries != NULL)
		(void)munmap(shm->tries, tries_bytes());
	for (unsigned lane = 0; lane < LANE_MAX; lane++)
		close_fd(shm->stats_efd[lane]);
	close_fd(shm->catalog_efd);
	close_fd(shm->control_fd);
	close_fd(shm->stats_fd);
	close_fd(shm->dir_fd);
	OBJ_FREE(shm);
}
