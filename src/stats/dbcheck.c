/* SPDX-License-Identifier: Apache-2.0
 * dbcheck.c - see dbcheck.h.
 *
 * The file is text, for whoever looks into it:
 *
 *     affiliated database 1
 *     schema <sha256 of all steps>
 *     place unix:/run/mysqld/mysqld.sock/affiliated
 *     node 3
 *     journal <uuid>
 *     made <microseconds at which the first step was applied>
 *     sum <XXH3 of the lines above>
 */
#include "stats/dbcheck.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

#include "base/log.h"
#include "base/savefile.h"
#include "db/db.h"
#include "db/migrate.h"
#include "stats/fold.h"

#define TEXT_BYTES 4096

static enum dbcheck
wrong(char *why, const char *text)
{
	(void)snprintf(why, DBCHECK_WHY, "database: %.400s", text);
	return DBCHECK_WRONG;
}

static const char *
file_of(const struct settings *set, char out[PATH_MAX])
{
	(void)snprintf(out, PATH_MAX, "%s/database.checked", set->state_dir);
	return out;
}

/* ---- what is remembered ---- */

static void
place_of(const struct settings *set, char *out, size_t cap)
{
	struct db_where w;

	settings_db_where(set, &w);
	if (w.socket != NULL)
		(void)snprintf(out, cap, "unix:%s/%s", w.socket, w.name);
	else
		(void)snprintf(out, cap, "%s:%u/%s", w.host, w.port, w.name);
	for (char *p = out; *p != '\0'; p++) {
		if ((unsigned char)*p < 0x20)
			*p = '?';
	}
}

/* The whole file for a database that was made then.  false: why. */
static bool
compose(const struct settings *set, const uint8_t uuid[16], int64_t made_us,
    char out[TEXT_BYTES], char *why)
{
	char schema[MIGRATE_DIGEST], place[1024], journal[33];
	size_t n;

	if (!migrate_digest(settings_schema_dir(set), schema, why))
		return false;
	place_of(set, place, sizeof(place));
	for (unsigned i = 0; i < 16; i++)
		(void)snprintf(journal + 2 * (size_t)i, 3, "%02x", uuid[i]);
	n = (size_t)snprintf(out, TEXT_BYTES,
	    "affiliated database 1\nschema %s\nplace %s\nnode %lld\njournal %s\nmade "
	    "%" PRId64 "\n",
	    schema, place, (long long)set->node_id, journal, made_us);
	(void)snprintf(out + n, TEXT_BYTES - n, "sum %016" PRIx64 "\n",
	    (uint64_t)XXH3_64bits(out, n));
	return true;
}

/* When the database that is remembered was made; false: the line is not there. */
static bool
made_of(struct str text, int64_t *made_us)
{
	const struct str key = STR("made ");
	struct str line;

	while ((line = str_split(&text, '\n')).p != NULL) {
		if (str_starts(line, key))
			return str_to_i64(str_n(line.p + key.n, line.n - key.n), made_us);
	}
	return false;
}

/* The first line in which the two differ. */
static const char *
what_differs(struct str had, struct str want)
{
	static const struct {
		struct str key;
		const char *text;
	} lines[] = {
	    {STR("schema "), "it was not checked against the schema of this version"},
	    {STR("place "), "the configuration named another database then"},
	    {STR("node "), "the node had another node_id then"},
	    {STR("journal "), "the state directory had another journal then"},
	};
	struct str a, b;

	do {
		a = str_split(&had, '\n');
		b = str_split(&want, '\n');
	} while (a.p != NULL && str_eq(a, b));
	for (size_t i = 0; i < ARRAY_LEN(lines) && a.p != NULL; i++) {
		if (str_starts(a, lines[i].key) && str_starts(b, lines[i].key))
			return lines[i].text;
	}
	return "database.checked is damaged";
}

static bool
recall(const struct settings *set, const uint8_t uuid[16], int64_t *made_us, char *why)
{
	char path[PATH_MAX], want[TEXT_BYTES];
	struct str had;
	bool good;

	if (!savefile_get(file_of(set, path), TEXT_BYTES, &had)) {
		(void)snprintf(why, DBCHECK_WHY, "%s",
		    errno == ENOENT ? "no start has found it there yet"
				    : strerror(errno));
		return false;
	}
	if (!made_of(had, made_us))
		*made_us = 0;
	good = compose(set, uuid, *made_us, want, why);
	if (good && !str_eq(had, str_of(want))) {
		(void)snprintf(why, DBCHECK_WHY, "%s", what_differs(had, str_of(want)));
		good = false;
	}
	free((void *)(uintptr_t)had.p);
	return good;
}

bool
dbcheck_is_known(const struct settings *set, const uint8_t uuid[16], char *why)
{
	int64_t made_us;

	return recall(set, uuid, &made_us, why);
}

/* Without it a later start needs the database: no reason not to start now. */
static void
remember(const struct settings *set, const uint8_t uuid[16], int64_t made_us)
{
	char path[PATH_MAX], want[TEXT_BYTES], why[DBCHECK_WHY];
	struct str had = STR_NONE;
	bool same;

	if (!compose(set, uuid, made_us, want, why)) {
		log_warn("%s", why);
		return;
	}
	same = savefile_get(file_of(set, path), TEXT_BYTES, &had) &&
	       str_eq(had, str_of(want));
	free((void *)(uintptr_t)had.p);
	if (!same && !savefile_put(path, str_of(want), true))
		log_warn("%s: %s: a start will not go without the database", path,
		    strerror(errno));
}

/* ---- looking ---- */

/* want_us: of the database it has to be; NULL: any. */
static enum dbcheck
look(struct db *db, const struct settings *set, const uint8_t uuid[16],
    const int64_t *want_us, int64_t *made_us, char *why)
{
	char text[256] = "";

	if (!migrate_is_current(db, settings_schema_dir(set), why))
		return DBCHECK_WRONG;
	if (db_int(db, made_us, 0,
		"SELECT applied_us FROM schema_step ORDER BY step LIMIT 1", "") != ERR_OK)
		return wrong(why, db_error(db));
	if (want_us != NULL && *made_us != *want_us)
		return wrong(why,
		    "it is another one than this node was started for: bring that one "
		    "back, or stop this node and start it again with this one");
	if (fold_register(db, (unsigned)set->node_id, uuid, text) != ERR_OK)
		return wrong(why, text);
	return DBCHECK_GOOD;
}

static enum dbcheck
check(const struct settings *set, const uint8_t uuid[16], const int64_t *want_us,
    int64_t *made_us, char *why)
{
	char text[256];
	enum dbcheck rc;
	struct db_where w;
	struct db *db;
	bool away;

	settings_db_where(set, &w);
	db = db_reach(&w, text, &away);
	if (db == NULL) {
		(void)wrong(why, text);
		return away ? DBCHECK_AWAY : DBCHECK_WRONG;
	}
	rc = look(db, set, uuid, want_us, made_us, why);
	/* It may have gone while it was looked at. */
	if (rc == DBCHECK_WRONG && db_is_away(db))
		rc = DBCHECK_AWAY;
	db_close(&db);
	return rc;
}

enum dbcheck
dbcheck_first(const struct settings *set, const uint8_t uuid[16], char *why)
{
	int64_t made_us;
	enum dbcheck rc = check(set, uuid, NULL, &made_us, why);

	if (rc == DBCHECK_GOOD)
		remember(set, uuid, made_us);
	return rc;
}

enum dbcheck
dbcheck_again(const struct settings *set, const uint8_t uuid[16], char *why)
{
	int64_t want_us, made_us;
	char inner[DBCHECK_WHY];

	if (!recall(set, uuid, &want_us, inner))
		return wrong(why, inner);
	return check(set, uuid, &want_us, &made_us, why);
}
