/* SPDX-License-Identifier: Apache-2.0
 * confcheck.c - see confcheck.h.
 */
#include "master/confcheck.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/migrate.h"
#include "master/listen.h"
#include "master/mariadb.h"
#include "shm/shm.h"
#include "track/geo.h"
#include "track/ua.h"

#define WHY_BYTES 512

struct check {
	const struct settings *set;
	const char *path;
	unsigned bad;
};

/* line 0: the key is at its default, or was not put into the file by itself. */
PRINTF_LIKE(4, 5)
static void
complain(struct check *c, enum setting_key key, unsigned line, const char *format, ...)
{
	char at[16] = "", text[2 * WHY_BYTES];
	const char *said = text;
	struct str prefix;
	va_list ap;
	size_t n;

	if (line > 0)
		(void)snprintf(at, sizeof(at), ":%u", line);
	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	/* One line, whatever stood in a file. */
	for (char *p = text; *p != '\0'; p++) {
		if ((unsigned char)*p < 0x20)
			*p = '?';
	}
	/* What a start would say may begin with the key already. */
	prefix = str_of(settings_docs(&n)[key].name);
	if (str_starts(str_of(text), prefix) && strncmp(text + prefix.n, ": ", 2) == 0)
		said += prefix.n + 2;
	(void)fprintf(stderr, "affiliated: %s%s: %s: %s\n", c->path, at, prefix.p, said);
	c->bad++;
}

#define COMPLAIN(c_, key_, ...) \
	complain(               \
	    (c_), settings_of_##key_, (c_)->set->line[settings_of_##key_], __VA_ARGS__)

/* ---- files ---- */

/* The folder that `path` is in; `path` itself ends up cut. */
static const char *
parent_of(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash == NULL)
		return ".";
	if (slash == path)
		return "/";
	*slash = '\0';
	return path;
}

/* Whether a file can be made or written there; errno says why not. */
static bool
may_write(const char *path)
{
	char copy[PATH_MAX];

	if (access(path, W_OK) == 0)
		return true;
	if (errno != ENOENT)
		return false;
	(void)snprintf(copy, sizeof(copy), "%s", path);
	return access(parent_of(copy), W_OK | X_OK) == 0;
}

/* Whether it is a folder where files can be made, or one that can be made with all above
 * it. */
static bool
may_use_dir(const char *dir)
{
	char copy[PATH_MAX];
	const char *at = copy;
	struct stat st;

	(void)snprintf(copy, sizeof(copy), "%s", dir);
	while (stat(at, &st) == -1) {
		if (errno != ENOENT || strcmp(at, "/") == 0 || strcmp(at, ".") == 0)
			return false;
		at = parent_of(copy);
	}
	errno = ENOTDIR;
	return S_ISDIR(st.st_mode) && access(at, W_OK | X_OK) == 0;
}

/* ---- before privileges are dropped ---- */

static void
check_listen(struct check *c)
{
	const struct list *l = &c->set->listen;
	char why[WHY_BYTES];

	for (size_t i = 0; i < l->n; i++) {
		if (!listen_check(l->v[i], why))
			complain(c, settings_of_listen, l->line[i], "%s", why);
	}
	if (l->n == 0)
		COMPLAIN(c, listen, "there is no address to listen on");
}

static void
check_places(struct check *c)
{
	const struct settings *set = c->set;

	if (!may_use_dir(set->state_dir))
		COMPLAIN(c, state_dir, "%s: %s", set->state_dir, strerror(errno));
	if (*set->log_file != '\0' && !may_write(set->log_file))
		COMPLAIN(c, log_file, "%s: %s", set->log_file, strerror(errno));
}

/* That root needs a user for a managed database is not asked: an administrator looks as
 * root at what a service starts as somebody else. */
static void
check_database(struct check *c)
{
	const struct settings *set = c->set;

	if (strcmp(set->database, "managed") != 0)
		return;
	if (!mariadb_name_is_plain(set->database_name))
		COMPLAIN(c, database_name, "letters, digits and _ only, at most 64");
	if (!mariadb_socket_fits(set))
		COMPLAIN(c, database_dir,
		    "%s: a socket's path has at most 107 bytes: choose a shorter one",
		    settings_db_dir(set));
}

/* ---- as the server's user ---- */

static void
become_user(struct check *c)
{
	const char *user = c->set->user;
	const struct passwd *pw;
	struct stat st;

	if (*user == '\0')
		return;
	pw = getpwnam(user);
	if (pw == NULL) {
		COMPLAIN(c, user, "there is no user '%s'", user);
		return;
	}
	if (geteuid() != 0)
		return;
	if (initgroups(user, pw->pw_gid) == -1 || setgid(pw->pw_gid) == -1 ||
	    setuid(pw->pw_uid) == -1) {
		COMPLAIN(c, user, "cannot become '%s': %s", user, strerror(errno));
		return;
	}
	/* A start gives him the folder, but not those above it. */
	if (stat(c->set->state_dir, &st) == -1 && errno != ENOENT)
		COMPLAIN(c, state_dir, "%s: user '%s' cannot reach it", c->set->state_dir,
		    user);
}

static void
check_later_places(struct check *c)
{
	const struct settings *set = c->set;
	char dir[PATH_MAX];

	if (*set->request_log != '\0' && !may_write(set->request_log))
		COMPLAIN(c, request_log, "%s: %s", set->request_log, strerror(errno));
	if (!shm_dir_of(dir, sizeof(dir), set->shm_dir, set->state_dir) ||
	    access(dir, F_OK) == -1)
		(void)snprintf(dir, sizeof(dir), "%s", set->shm_dir);
	if (access(dir, R_OK | W_OK | X_OK) == -1)
		COMPLAIN(c, shm_dir, "%s: %s", dir, strerror(errno));
}

static void
check_schema(struct check *c)
{
	char digest[MIGRATE_DIGEST], why[WHY_BYTES];

	if (!migrate_digest(settings_schema_dir(c->set), digest, why))
		COMPLAIN(c, schema_dir, "%s", why);
}

static void
check_geo(struct check *c)
{
	const struct list *l = &c->set->geo_files;
	const unsigned before = c->bad;
	char why[WHY_BYTES];
	struct geo *g;

	for (size_t i = 0; i < l->n; i++) {
		g = geo_load(&l->v[i], 1, why);
		if (g == NULL)
			complain(c, settings_of_geo_files, l->line[i], "%s", why);
		geo_free(&g);
	}
	if (c->bad > before)
		return;
	g = geo_open(c->set, why);
	if (g == NULL)
		COMPLAIN(c, geo_files, "%s", why);
	geo_free(&g);
}

static void
on_regexes(void *arg, const char *text)
{
	COMPLAIN((struct check *)arg, ua_regexes, "%s", text);
}

static void
on_bots(void *arg, const char *text)
{
	COMPLAIN((struct check *)arg, bot_patterns, "%s", text);
}

unsigned
confcheck(const struct settings *set, const char *path)
{
	struct check c = {set, path, 0};
	const struct ua_faults regexes = {on_regexes, &c}, bots = {on_bots, &c};

	check_listen(&c);
	check_places(&c);
	check_database(&c);
	become_user(&c);
	check_later_places(&c);
	check_schema(&c);
	check_geo(&c);
	ua_check(set, &regexes, &bots);
	return c.bad;
}
