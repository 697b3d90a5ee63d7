/* SPDX-License-Identifier: Apache-2.0
 * geo.h - where an address is: any files in MaxMind's format that the operator names.
 *
 * Opened by the master before it forks, read by any process and thread without locks or
 * allocation. Files are asked in the order they are named, and each thing is taken from
 * the first that has it, so a country file and a city file may stand side by side.  Two
 * layouts of records are understood, both as they come:
 *
 *   nested   {"country": {"iso_code": "DE"}, "city": {"names": {"en": "Bonn"}}, ...}
 *            of MaxMind and DB-IP
 *   flat     {"country_code": "DE", "city": "Bonn", ...}, also "country": "DE"
 *            of DB-IP's other files, IPinfo and more
 */
#ifndef TRACK_GEO_H
#define TRACK_GEO_H

#include "base/str.h"

struct settings;
struct geo;      /* both private to geo.c */
struct geo_memo; /* what records were found to say: most visitors share a few of them */

enum geo_thing { GEO_COUNTRY, GEO_REGION, GEO_CITY, GEO_ISP, GEO_CONNECTION, GEO_THINGS };
enum geo_link { GEO_LINK_UNKNOWN, GEO_LINK_WIFI, GEO_LINK_CELLULAR };

/* Bytes of a text; longer ones are cut. */
#define GEO_LONGEST 128

/* What no file has is 0 or STR_NONE.  Texts live as long as the struct geo. */
struct geo_place {
	uint16_t country;  /* country_pack() of base/record.h */
	struct str region; /* code of the first subdivision, else its name */
	struct str city;   /* English name */
	struct str isp;
	struct str connection; /* "Cable/DSL", "Cellular" ... as the file says it */
	uint8_t link;          /* enum geo_link, by that text */
};

/* The city's name in the other languages that reports are asked for. */
struct geo_names {
	struct str ru, es;
};

/* Settings' geo_files; an empty list is fine and knows nothing.  NULL: a file cannot be
 * used (why, at least 512 bytes, names it). */
NODISCARD struct geo *geo_open(const struct settings *set, char *why);
NODISCARD struct geo *geo_load(const char *const *paths, size_t n, char *why);
/* NULL is fine; sets the caller's pointer to NULL. */
void geo_free(struct geo **gp);

/* ip: IPv4 as ::ffff:a.b.c.d.  g may be NULL. */
NODISCARD uint16_t geo_country(const struct geo *g, const uint8_t ip[16]);
void geo_look(const struct geo *g, const uint8_t ip[16], struct geo_place *out);
/* The same with a memory, of one thread and of one struct geo, which it must not outlive.
 * NULL is fine for both: geo_memo_look() then knows nothing. */
NODISCARD struct geo_memo *geo_memo_new(const struct geo *g);
void geo_memo_free(struct geo_memo **mp);
void geo_memo_look(struct geo_memo *m, const uint8_t ip[16], struct geo_place *out);
/* Of the place that geo_look() tells; not for the click path. */
void geo_city_names(const struct geo *g, const uint8_t ip[16], struct geo_names *out);
/* Whether any file tells such a thing at all, by a look at some thousand of its records.
 */
NODISCARD bool geo_has(const struct geo *g, enum geo_thing t);
/* Every record of every file, in no order, some of them many times; returns how many.
 * What stands in another file for the same address is not there.  Takes seconds. */
typedef void geo_each_f(
    void *arg, const struct geo_place *p, const struct geo_names *names);
uint64_t geo_each(const struct geo *g, geo_each_f *f, void *arg);

#endif
