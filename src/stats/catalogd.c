/* SPDX-License-Identifier: Apache-2.0
 * catalogd.c - see catalogd.h.
 */
#include "stats/catalogd.h"

#include "base/log.h"
#include "base/savefile.h"
#include "base/zone.h"
#include "shm/shm.h"
#include "stats/capcounts.h"
#include "stats/catcopy.h"
#include "stats/catmodel.h"
#include "stats/geocheck.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CATALOGD_MAGIC 0x63617464u
#define COUNTS_EVERY US_SECOND
#define ADMIN_GRACE (30 * US_SECOND)
#define EARNINGS_EVERY (60 * US_SECOND)
#define COPY_EVERY (5 * US_SECOND)
#define GEO_EVERY (2 * US_SECOND)
#define RETRY_LEAST_MS 100
#define RETRY_MOST_MS 5000

struct catalogd {
	uint32_t magic;
	const struct inherited *in;
	pthread_t thread;
	atomic_bool stop;
	struct db *db; /* NULL: not connected */
	struct catmodel *model;
	uint64_t generation; /* of the newest image */
	bool due;            /* the model is newer than it */
	us_t earned_us;      /* when earnings were last read */
	us_t started_us;
	bool told;         /* whether an address may administer was looked at */
	us_t counted_us;   /* when cap counts were last read */
	unsigned retry_ms; /* 0: nothing failed last time */
	uint64_t saved;    /* generation of the copy on disk; 0: not ours */
	us_t saved_us;     /* when it was last tried, by the clock that never goes back */
	bool complained;
	struct geocheck geo;
	us_t geo_us;  /* when it was last looked at, by the same clock */
	bool geo_due; /* offers are others since */
};

/* ---- images ---- */

static bool
publish(struct catalogd *d)
{
	struct shm *shm = d->in->shm;
	const uint64_t old = shm_catalog_gen(shm);
	struct catimage *ci = catimage_new();
	char path[CATALOG_PATH];
	struct str image;
	bool good = false;

	d->generation = old + 1;
	catmodel_image(d->model, ci, clock_us());
	image = catimage_finish(ci, d->generation, catmodel_version(d->model));
	catalog_path(path, shm_path(shm), d->generation);
	if (image.p == NULL) {
		log_error("the catalog is larger than an image can be: the last one "
			  "stays in force");
	} else if (!savefile_put(path, image, false)) {
		log_error(
		    "%s: %s: the last catalog stays in force", path, strerror(errno));
	} else {
		shm_catalog_publish(shm, d->generation, catmodel_version(d->model));
		catalog_path(path, shm_path(shm), old);
		(void)unlink(path);
		good = true;
	}
	catimage_free(&ci);
	return good;
}

/* After a burst of changes, not for each: an image may be some megabytes, and the disk
 * takes its time while somebody waits for the next change to be in force. */
static void
save_copy(struct catalogd *d, bool last)
{
	const uint64_t current = shm_catalog_gen(d->in->shm);
	const us_t now = clock_mono_us();

	if (d->saved == current || d->generation == 0 ||
	    (!last && d->saved_us != 0 && now - d->saved_us < COPY_EVERY))
		return;
	d->saved_us = now;
	if (catcopy_save(d->in, current))
		d->saved = current;
	else if (!d->complained)
		log_warn(
		    "the copy of the catalog cannot be written: %s", strerror(errno));
	d->complained = d->saved != current;
}

/* What a stats process that was killed left behind. */
static void
remove_strays(const struct catalogd *d)
{
	const uint64_t current = shm_catalog_gen(d->in->shm);
	DIR *dir = opendir(shm_path(d->in->shm));
	const struct dirent *e;

	while (dir != NULL && (e = readdir(dir)) != NULL) {
		const struct str name = str_of(e->d_name), prefix = STR("catalog-");
		uint64_t gen;

		if (!str_starts(name, prefix))
			continue;
		if (str_to_u64(str_n(name.p + prefix.n, name.n - prefix.n), &gen) &&
		    gen == current)
			continue;
		(void)unlinkat(dirfd(dir), e->d_name, 0);
	}
	if (dir != NULL)
		(void)closedir(dir);
}

/* ---- cap counts ---- */

/* Of the windows that are open now, in the network's zone.  Telling people may fail and
 * is tried again in a second: clicks go on by the counts that were read. */
static enum err
refresh_counts(struct catalogd *d)
{
	const struct zone *z = zone_get(catmodel_time_zone(d->model));
	const us_t now = clock_us();
	enum err rc;

	if (z == NULL)
		z = zone_utc_zone();
	rc = capcounts_refresh(
	    d->db, shm_caps(d->in->shm), z, (unsigned)d->in->set->node_id, now);
	if (rc != ERR_OK)
		return rc;
	d->counted_us = now;
	rc = capcounts_tell(d->db, z, now);
	if (rc != ERR_OK)
		log_warn("nobody is told of full caps: %s", db_error(d->db));
	return rc == ERR_DB_DOWN ? rc : ERR_OK;
}

/* ---- the thread ---- */

static enum err
connect_db(struct catalogd *d)
{
	struct db_where where;
	char why[256];

	if (d->db != NULL)
		return db_alive(d->db);
	settings_db_where(d->in->set, &where);
	d->db = db_open(&where, why);
	if (d->db == NULL && d->retry_ms == 0)
		log_warn("the catalog cannot be read: %s", why);
	return d->db == NULL ? ERR_DB_DOWN : ERR_OK;
}

/* Once a start: a network that nobody may administer says how to change that.  Whoever
 * sets it up just now has a moment to do so. */
static void
warn_closed(struct catalogd *d)
{
	if (d->told || clock_mono_us() - d->started_us < ADMIN_GRACE)
		return;
	if (catmodel_admin_ips(d->model).n == 0)
		log_warn(
		    "no address may use the administrators' REST calls; allow one with: "
		    "affiliatectl config set ADMIN_API_ALLOWED_IPS ADDRESS");
	d->told = true;
}

/* EPC of the offers of SmartLinks: every now and then, and when they are others. */
static enum err
refresh_earnings(struct catalogd *d, bool *changed)
{
	const us_t now = clock_us();
	enum err rc;

	if (!*changed && now >= d->earned_us && now - d->earned_us < EARNINGS_EVERY)
		return ERR_OK;
	rc = catmodel_earnings(d->model, d->db, now, changed);
	if (rc == ERR_OK)
		d->earned_us = now;
	return rc;
}

/* Not at every change of a burst. */
static enum err
check_geo(struct catalogd *d, bool changed)
{
	const us_t now = clock_mono_us();

	d->geo_due = d->geo_due || changed || d->geo_us == 0;
	if (!d->geo_due || (d->geo_us != 0 && now - d->geo_us < GEO_EVERY))
		return ERR_OK;
	d->geo_us = now;
	d->geo_due = false;
	return geocheck_look(&d->geo, d->db, d->in->geo);
}

static enum err
round_once(struct catalogd *d)
{
	bool changed = false;
	enum err rc = connect_db(d);

	if (rc == ERR_OK)
		rc = catmodel_follow(d->model, d->db, &changed);
	if (rc == ERR_OK)
		rc = refresh_earnings(d, &changed);
	d->due = d->due || changed;
	if (rc == ERR_OK)
		warn_closed(d);
	if (rc == ERR_OK && d->due && publish(d))
		d->due = false;
	if (rc == ERR_OK && (changed || clock_us() - d->counted_us >= COUNTS_EVERY ||
				clock_us() < d->counted_us))
		rc = refresh_counts(d);
	if (rc == ERR_OK)
		rc = check_geo(d, changed);
	if (rc != ERR_OK && d->db != NULL && d->retry_ms == 0)
		log_warn("the catalog cannot be read: %s", db_error(d->db));
	return rc;
}

/* Until there is something to do: a wish, the next look, or the end. */
static void
rest(struct catalogd *d, int ms)
{
	struct pollfd p = {.fd = shm_catalog_fd(d->in->shm), .events = POLLIN};
	uint64_t n;

	if (poll(&p, 1, ms) > 0 && (p.revents & POLLIN) != 0)
		(void)!read(p.fd, &n, sizeof(n));
}

static void *
run(void *arg)
{
	struct catalogd *d = arg;

	assert(OBJ_IS(d, CATALOGD_MAGIC));
	remove_strays(d);
	/* A killed stats process may have counted further than its database: always one
	 * new image. */
	d->due = true;
	while (!atomic_load(&d->stop)) {
		if (round_once(d) == ERR_OK && !d->due) {
			if (d->retry_ms != 0)
				log_info("the catalog is read again");
			d->retry_ms = 0;
			save_copy(d, false);
			rest(d, CATALOGD_POLL_MS);
			continue;
		}
		d->retry_ms = d->retry_ms == 0 ? RETRY_LEAST_MS : d->retry_ms * 2;
		if (d->retry_ms > RETRY_MOST_MS)
			d->retry_ms = RETRY_MOST_MS;
		rest(d, (int)d->retry_ms);
	}
	save_copy(d, true);
	db_close(&d->db);
	return NULL;
}

struct catalogd *
catalogd_start(const struct inherited *in)
{
	struct catalogd *d;
	sigset_t all, old;
	int rc;

	OBJ_NEW(d, CATALOGD_MAGIC);
	d->in = in;
	d->model = catmodel_new();
	d->started_us = clock_mono_us();
	(void)sigfillset(&all);
	(void)pthread_sigmask(
	    SIG_SETMASK, &all, &old); /* signals are the main thread's */
	rc = pthread_create(&d->thread, NULL, run, d);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (rc != 0) {
		log_error("the catalog thread cannot start: %s", strerror(rc));
		abort();
	}
	return d;
}

void
catalogd_stop(struct catalogd **dp)
{
	struct catalogd *d;

	if (*dp == NULL)
		return;
	OBJ_TAKE(d, dp, CATALOGD_MAGIC);
	atomic_store(&d->stop, true);
	shm_want_version(d->in->shm, 0); /* wakes it */
	(void)pthread_join(d->thread, NULL);
	catmodel_free(&d->model);
	OBJ_FREE(d);
}
