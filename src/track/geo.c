/* SPDX-License-Identifier: Apache-2.0
 * geo.c - see geo.h.
 */
#include "track/geo.h"

#include "base/record.h"
#include "base/settings.h"

#include <maxminddb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#define GEO_MAGIC 0x67656f2eu
#define MAX_FILES 8
#define WHY_BYTES 512
#define MAX_PATH 4 /* steps into a record */

struct geo {
	uint32_t magic;
	unsigned n;
	MMDB_s file[MAX_FILES];
};

/* A way to a text in a record; a number is an index into a list.  Ends with NULL. */
typedef const char *path_t[MAX_PATH];

/* For each thing the nested way first, then the names that flat files use. */
static const path_t country_paths[] = {
    {"country", "iso_code"},
    {"registered_country", "iso_code"},
    {"country_code"},
    {"country"},
};
static const path_t region_paths[] = {
    {"subdivisions", "0", "iso_code"},
    {"subdivisions", "0", "names", "en"},
    {"region_code"},
    {"region"},
    {"state1"},
    {"stateprov"},
};
static const path_t city_paths[] = {
    {"city", "names", "en"},
    {"city"},
    {"city_name"},
};
static const path_t isp_paths[] = {
    {"isp"},
    {"traits", "isp"},
    {"traits", "organization"},
    {"organization"},
    {"autonomous_system_organization"},
    {"as_organization"},
    {"as_name"},
};
static const path_t connection_paths[] = {
    {"connection_type"},
    {"traits", "connection_type"},
    {"traits", "user_type"},
    {"usage_type"},
};

struct geo *
geo_load(const char *const *paths, size_t n, char *why)
{
	struct geo *g;

	if (n > MAX_FILES) {
		(void)snprintf(why, WHY_BYTES, "more than %d geo files", MAX_FILES);
		return NULL;
	}
	OBJ_NEW(g, GEO_MAGIC);
	for (size_t i = 0; i < n; i++) {
		int rc = MMDB_open(paths[i], MMDB_MODE_MMAP, &g->file[i]);

		if (rc != MMDB_SUCCESS) {
			(void)snprintf(
			    why, WHY_BYTES, "%.300s: %s", paths[i], MMDB_strerror(rc));
			geo_free(&g);
			return NULL;
		}
		g->n++;
	}
	return g;
}

struct geo *
geo_open(const struct settings *set, char *why)
{
	return geo_load(set->geo_files.v, set->geo_files.n, why);
}

void
geo_free(struct geo **gp)
{
	struct geo *g;

	if (*gp == NULL)
		return;
	OBJ_TAKE(g, gp, GEO_MAGIC);
	for (unsigned i = 0; i < g->n; i++)
		MMDB_close(&g->file[i]);
	OBJ_FREE(g);
}

static bool
find(const MMDB_s *file, const uint8_t ip[16], MMDB_entry_s *out)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	struct sockaddr_in6 six = {.sin6_family = AF_INET6};
	struct sockaddr_in four = {.sin_family = AF_INET};
	const struct sockaddr *sa = (const struct sockaddr *)(const void *)&six;
	MMDB_lookup_result_s r;
	int err = MMDB_SUCCESS;

	if (memcmp(ip, mapped, sizeof(mapped)) == 0) {
		memcpy(&four.sin_addr, ip + sizeof(mapped), 4);
		sa = (const struct sockaddr *)(const void *)&four;
	} else {
		memcpy(&six.sin6_addr, ip, 16);
	}
	r = MMDB_lookup_sockaddr(file, sa, &err);
	*out = r.entry;
	return err == MMDB_SUCCESS && r.found_entry;
}

/* The first of the paths that leads to a text that is not empty. */
static struct str
text_at(MMDB_entry_s *e, const path_t *paths, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *path[MAX_PATH + 1] = {NULL};
		MMDB_entry_data_s d;

		memcpy(path, paths[i], sizeof(path_t));
		/* aget and not get: the latter allocates. */
		if (MMDB_aget_value(e, &d, path) == MMDB_SUCCESS && d.has_data &&
		    d.type == MMDB_DATA_TYPE_UTF8_STRING && d.data_size > 0)
			return str_n(d.utf8_string, d.data_size);
	}
	return STR_NONE;
}

#define TEXT_AT(entry_, paths_) text_at((entry_), (paths_), ARRAY_LEN(paths_))

static uint16_t
country_at(MMDB_entry_s *e)
{
	for (size_t i = 0; i < ARRAY_LEN(country_paths); i++) {
		uint16_t c = country_pack(text_at(e, &country_paths[i], 1));

		if (c != 0)
			return c;
	}
	return 0;
}

uint16_t
geo_country(const struct geo *g, const uint8_t ip[16])
{
	for (unsigned i = 0; g != NULL && i < g->n; i++) {
		MMDB_entry_s e;
		uint16_t c = find(&g->file[i], ip, &e) ? country_at(&e) : 0;

		if (c != 0)
			return c;
	}
	return 0;
}

static void
take(struct str *out, struct str found)
{
	if (out->p == NULL)
		*out = found;
}

void
geo_look(const struct geo *g, const uint8_t ip[16], struct geo_place *out)
{
	memset(out, 0, sizeof(*out));
	for (unsigned i = 0; g != NULL && i < g->n; i++) {
		MMDB_entry_s e;

		if (!find(&g->file[i], ip, &e))
			continue;
		if (out->country == 0)
			out->country = country_at(&e);
		take(&out->region, TEXT_AT(&e, region_paths));
		take(&out->city, TEXT_AT(&e, city_paths));
		take(&out->isp, TEXT_AT(&e, isp_paths));
		take(&out->connection, TEXT_AT(&e, connection_paths));
	}
}
