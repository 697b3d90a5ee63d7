/* SPDX-License-Identifier: Apache-2.0
 * ua.h - what a User-Agent says: device, operating system, browser, and whether it is a
 * bot.
 *
 * Data: the regexes.yaml of uap-core, and conf/bots.txt.  Compiled once by the master
 * before the first fork (Hyperscan takes seconds; the result is kept in a cache file) and
 * then shared read-only: ua_open().  Each thread that reads user agents has a struct
 * ua_reader of its own, with a bounded cache in it, because a cold one costs 20 to 100 µs
 * and visitors' browsers repeat.
 *
 *   text, cut at 512 bytes
 *     └─ cache ── hit: done
 *         └─ Hyperscan over all 1200 patterns at once: which of them can match
 *             └─ PCRE2 over those, in the file's order, for the captures
 *
 * Without Hyperscan every pattern is tried by PCRE2 in its turn; answers are the same.
 */
#ifndef TRACK_UA_H
#define TRACK_UA_H

#include "base/str.h"

#define UA_LONGEST 512 /* bytes that are looked at and kept */

struct settings;
struct ua;        /* private to ua.c and uaload.c */
struct ua_reader; /* private to ua.c */

/* Numbers 0 to 2 are those of NATS's filter_device_type and device_types.  Never reused.
 */
enum device_type {
	DEVICE_DESKTOP = 0,
	DEVICE_MOBILE = 1,
	DEVICE_TABLET = 2,
	DEVICE_TV = 3,
	DEVICE_OTHER = 4,   /* watches, consoles, cars, programs */
	DEVICE_UNKNOWN = 5, /* no user agent, or no patterns */
	DEVICE_TYPES
};
/* "Desktop", "Mobile" ... */
NODISCARD const char *ua_device_name(enum device_type t);

/* What is not known is "". */
struct ua_info {
	uint8_t device_type; /* enum device_type: a rule of ours, see ua.c */
	bool bot;            /* a line of conf/bots.txt matches */
	char brand[65], model[97];
	char os[65], os_version[33];
	char browser[65], browser_version[33];
};

/* Who is told what is wrong with a list: "FILE:LINE: what". */
struct ua_faults {
	void (*tell)(void *arg, const char *text);
	void *arg;
};

/* Master, before the first fork.  Reads settings' ua_regexes and bot_patterns, or the
 * installed ones.  Never NULL: a list that cannot be read is logged and left out, and so
 * is a single line of the bots that is no regular expression. */
NODISCARD struct ua *ua_open(const struct settings *set);
/* Master, at a reload: `was` with the bots read again, by the new settings; one that
 * cannot be read leaves the old ones.  `was` must live longer. */
NODISCARD struct ua *ua_reopen(const struct ua *was, const struct settings *set);
/* The same from named files; NULL leaves one out.  `cache_dir` keeps what Hyperscan
 * compiled; NULL: not kept. */
NODISCARD struct ua *ua_load(const char *regexes, const char *bots, const char *cache_dir,
    const struct ua_faults *faults);
/* Only looks: tells what ua_open() would leave out, of each of the two lists. */
void ua_check(const struct settings *set, const struct ua_faults *regexes,
    const struct ua_faults *bots);
/* NULL is fine; sets the caller's pointer to NULL. */
void ua_free(struct ua **up);
/* Whether Hyperscan filters for it. */
NODISCARD bool ua_is_filtered(const struct ua *u);

/* For one thread.  `entries` of cache, a power of two, about 400 bytes each.  u may be
 * NULL: everything is unknown then. */
NODISCARD struct ua_reader *ua_reader_new(const struct ua *u, unsigned entries);
void ua_reader_free(struct ua_reader **rp);

/* Never NULL; valid until the next call.  STR_NONE and "" are unknown and no bot. */
NODISCARD const struct ua_info *ua_read(struct ua_reader *r, struct str text);

/* Its name in table user_agent: XXH3 of the first 512 bytes. */
NODISCARD uint64_t ua_hash(struct str text);

#endif
