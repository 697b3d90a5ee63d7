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
#define MEMO_MAGIC 0x67656f6du
#define MEMO_BITS 11 /* 2048 records, some 200 KB */
#define MAX_FILES 8
#define WHY_BYTES 512
#define MAX_PATH 4 /* steps into a record */
/* Nodes that are looked at to see what a file's records hold: 20 ms. */
#define PROBES 20000u

struct geo {
	uint32_t magic;
	unsigned n;
	MMDB_s file[MAX_FILES];
	/* For each file and thing, a bit for each path that leads to a text in it: a
	 * click walks only these. */
	uint8_t paths[MAX_FILES][GEO_THINGS];
};

struct memory {
	uint64_t key; /* file + 1 and place in it; 0: nothing yet */
	struct geo_place place;
};

struct geo_memo {
	uint32_t magic;
	const struct geo *geo;
	struct memory memory[1u << MEMO_BITS];
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

static const struct {
	const path_t *path;
	size_t n;
} things[GEO_THINGS] = {
    [GEO_COUNTRY] = {country_paths, ARRAY_LEN(country_paths)},
    [GEO_REGION] = {region_paths, ARRAY_LEN(region_paths)},
    [GEO_CITY] = {city_paths, ARRAY_LEN(city_paths)},
    [GEO_ISP] = {isp_paths, ARRAY_LEN(isp_paths)},
    [GEO_CONNECTION] = {connection_paths, ARRAY_LEN(connection_paths)},
};

static struct str text_at(MMDB_entry_s *e, const path_t path);

static void
probe_entry(struct geo *g, unsigned file, MMDB_entry_s *e)
{
	for (unsigned t = 0; t < GEO_THINGS; t++)
		for (size_t i = 0; i < things[t].n; i++)
			if (text_at(e, things[t].path[i]).n > 0)
				g->paths[file][t] |= (uint8_t)(1u << i);
}

/* Looks at nodes spread over the whole tree. */
static void
probe(struct geo *g, unsigned file)
{
	const MMDB_s *m = &g->file[file];
	const uint32_t all = m->metadata.node_count;
	const uint32_t step = all / PROBES + 1;

	for (uint32_t at = 0; at < all; at += step) {
		MMDB_search_node_s node;

		if (MMDB_read_node(m, at, &node) != MMDB_SUCCESS)
			return;
		if (node.left_record_type == MMDB_RECORD_TYPE_DATA)
			probe_entry(g, file, &node.left_record_entry);
		if (node.right_record_type == MMDB_RECORD_TYPE_DATA)
			probe_entry(g, file, &node.right_record_entry);
	}
}

bool
geo_has(const struct geo *g, enum geo_thing t)
{
	for (unsigned i = 0; g != NULL && i < g->n; i++)
		if (g->paths[i][t] != 0)
			return true;
	return false;
}

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
		probe(g, g->n++);
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

static struct str
text_at(MMDB_entry_s *e, const path_t path)
{
	const char *full[MAX_PATH + 1] = {NULL};
	MMDB_entry_data_s d;

	for (unsigned i = 0; i < MAX_PATH; i++)
		full[i] = path[i];
	/* aget and not get: the latter allocates. */
	if (MMDB_aget_value(e, &d, full) == MMDB_SUCCESS && d.has_data &&
	    d.type == MMDB_DATA_TYPE_UTF8_STRING && d.data_size > 0)
		return str_n(d.utf8_string, d.data_size);
	return STR_NONE;
}

/* The first of the thing's paths that leads to a text that is not empty. */
static struct str
find_text(const struct geo *g, unsigned file, MMDB_entry_s *e, enum geo_thing t)
{
	for (size_t i = 0; g->paths[file][t] >> i != 0; i++) {
		struct str s = (g->paths[file][t] >> i & 1) != 0
				   ? text_at(e, things[t].path[i])
				   : STR_NONE;

		if (s.p != NULL)
			return s;
	}
	return STR_NONE;
}

static uint16_t
find_country(const struct geo *g, unsigned file, MMDB_entry_s *e)
{
	for (size_t i = 0; i < ARRAY_LEN(country_paths); i++) {
		uint16_t c = (g->paths[file][GEO_COUNTRY] >> i & 1) != 0
				 ? country_pack(text_at(e, country_paths[i]))
				 : 0;

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
		uint16_t c = g->paths[i][GEO_COUNTRY] != 0 && find(&g->file[i], ip, &e)
				 ? find_country(g, i, &e)
				 : 0;

		if (c != 0)
			return c;
	}
	return 0;
}

/* Cut at the end of a character. */
static struct str
cut(struct str s, size_t longest)
{
	size_t n = 0, one;

	if (s.n <= longest)
		return s;
	while ((one = str_utf8_len(str_n(s.p + n, s.n - n))) > 0 && n + one <= longest)
		n += one;
	return str_n(s.p, n);
}

/* What one file says. */
static void
read_entry(const struct geo *g, unsigned file, MMDB_entry_s *e, struct geo_place *out)
{
	const struct {
		enum geo_thing thing;
		struct str *to;
	} texts[] = {{GEO_REGION, &out->region}, {GEO_CITY, &out->city},
	    {GEO_ISP, &out->isp}, {GEO_CONNECTION, &out->connection}};

	memset(out, 0, sizeof(*out));
	out->country = find_country(g, file, e);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		*texts[i].to = cut(find_text(g, file, e, texts[i].thing), GEO_LONGEST);
}

static void
take_text(struct str *to, struct str s)
{
	if (to->p == NULL)
		*to = s;
}

/* What the files before did not know. */
static void
add_place(struct geo_place *to, const struct geo_place *p)
{
	if (to->country == 0)
		to->country = p->country;
	take_text(&to->region, p->region);
	take_text(&to->city, p->city);
	take_text(&to->isp, p->isp);
	take_text(&to->connection, p->connection);
}

/* "Cellular" of MaxMind, "mobile" of others; every other one that is known goes through
 * a wire or wifi, which nobody can tell apart from here. */
static uint8_t
link_of(struct str connection)
{
	static const struct str cellular[] = {
	    STR("cellular"), STR("mobile"), STR("MOB"), STR("wireless")};

	if (connection.n == 0)
		return GEO_LINK_UNKNOWN;
	for (size_t i = 0; i < ARRAY_LEN(cellular); i++)
		if (str_ieq(connection, cellular[i]))
			return GEO_LINK_CELLULAR;
	return GEO_LINK_WIFI;
}

void
geo_look(const struct geo *g, const uint8_t ip[16], struct geo_place *out)
{
	memset(out, 0, sizeof(*out));
	for (unsigned i = 0; g != NULL && i < g->n; i++) {
		MMDB_entry_s e;
		struct geo_place p;

		if (!find(&g->file[i], ip, &e))
			continue;
		read_entry(g, i, &e, &p);
		add_place(out, &p);
	}
	out->link = link_of(out->connection);
}

/* ---- with a memory ---- */

struct geo_memo *
geo_memo_new(const struct geo *g)
{
	struct geo_memo *m;

	OBJ_NEW(m, MEMO_MAGIC);
	m->geo = g;
	return m;
}

void
geo_memo_free(struct geo_memo **mp)
{
	struct geo_memo *m;

	if (*mp == NULL)
		return;
	OBJ_TAKE(m, mp, MEMO_MAGIC);
	OBJ_FREE(m);
}

/* Records of a file are told apart by where they stand in it. */
static const struct geo_place *
recall(struct geo_memo *m, unsigned file, MMDB_entry_s *e)
{
	const uint64_t key = (uint64_t)(file + 1) << 32 | e->offset;
	struct memory *at =
	    &m->memory[key * UINT64_C(0x9e3779b97f4a7c15) >> (64 - MEMO_BITS)];

	if (at->key != key) {
		at->key = key;
		read_entry(m->geo, file, e, &at->place);
	}
	return &at->place;
}

void
geo_memo_look(struct geo_memo *m, const uint8_t ip[16], struct geo_place *out)
{
	memset(out, 0, sizeof(*out));
	for (unsigned i = 0; m != NULL && m->geo != NULL && i < m->geo->n; i++) {
		MMDB_entry_s e;

		if (find(&m->geo->file[i], ip, &e))
			add_place(out, recall(m, i, &e));
	}
	out->link = link_of(out->connection);
}

static void
take_names(MMDB_entry_s *e, struct geo_names *out)
{
	static const path_t ru = {"city", "names", "ru"}, es = {"city", "names", "es"};

	if (out->ru.p == NULL)
		out->ru = cut(text_at(e, ru), GEO_LONGEST);
	if (out->es.p == NULL)
		out->es = cut(text_at(e, es), GEO_LONGEST);
}

void
geo_city_names(const struct geo *g, const uint8_t ip[16], struct geo_names *out)
{
	memset(out, 0, sizeof(*out));
	for (unsigned i = 0; g != NULL && i < g->n; i++) {
		MMDB_entry_s e;

		if (g->paths[i][GEO_CITY] != 0 && find(&g->file[i], ip, &e))
			take_names(&e, out);
	}
}

uint64_t
geo_each(const struct geo *g, geo_each_f *f, void *arg)
{
	uint64_t n = 0;

	for (unsigned file = 0; g != NULL && file < g->n; file++) {
		const MMDB_s *m = &g->file[file];

		for (uint32_t at = 0; at < m->metadata.node_count; at++) {
			MMDB_search_node_s node;

			if (MMDB_read_node(m, at, &node) != MMDB_SUCCESS)
				break;
			for (unsigned side = 0; side < 2; side++) {
				const uint8_t type = side == 0 ? node.left_record_type
							       : node.right_record_type;
				MMDB_entry_s e = side == 0 ? node.left_record_entry
							   : node.right_record_entry;
				struct geo_place p;
				struct geo_names names = {STR_NONE, STR_NONE};

				if (type != MMDB_RECORD_TYPE_DATA)
					continue;
				read_entry(g, file, &e, &p);
				take_names(&e, &names);
				n++;
				f(arg, &p, &names);
			}
		}
	}
	return n;
}
