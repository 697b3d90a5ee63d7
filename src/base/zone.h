/* SPDX-License-Identifier: Apache-2.0
 * zone.h - time zones: from an instant to the clock on the wall and back.
 *
 * Any process, any thread.  Data: the system's tz database, read by GLib (TZDIR is
 * heeded).  Zones are cached for the life of the process and never change in it, so a
 * pointer to one is kept without ceremony.
 *
 * A wall clock is not a function of time: it skips (a gap) and repeats (an overlap):
 *
 *   wall     00:00 -- 01:59 | 03:00 --      00:00 -- 01:00 -- 01:59 | 01:00 -- 01:59 --
 *   instant  a ------------ b --------               c              d
 *
 * zone_utc(): what a person means.  02:30 in the gap is 03:30, as PHP reads it; 01:00 in
 * the overlap is its first occurrence, c.
 *
 * zone_start(): where a day, a month ... begins.  The first instant whose wall clock is
 * there or past it, which is b for 02:30.  So days never overlap and leave nothing out; a
 * day that a zone skips (Apia, 2011-12-30) is empty.
 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include "base/clock.h"
#include "base/str.h"

struct zone; /* private to zone.c */

struct wall {
	int year;       /* 1..9999 */
	int month, day; /* from 1 */
	int hour, min, sec;
	int us;
	int wday;       /* 0 Sunday .. 6; not read by zone_utc() */
	int32_t offset; /* seconds east of UTC at that instant; not read by zone_utc() */
};

enum zone_unit { ZONE_HOUR, ZONE_DAY, ZONE_WEEK, ZONE_MONTH, ZONE_QUARTER, ZONE_YEAR };

/* By its IANA name, spelled exactly: "Europe/Berlin", "UTC".  NULL: there is no such
 * zone.  Offsets
 * ("+02:00"), POSIX rules and paths are no names. */
NODISCARD const struct zone *zone_get(struct str name);
NODISCARD const struct zone *zone_utc_zone(void);
NODISCARD const char *zone_name(const struct zone *z);

/* Seconds east of UTC at t; *until (NULL is fine) gets the first instant after t at which
 * that may change, INT64_MAX when never again. */
NODISCARD int32_t zone_offset(const struct zone *z, us_t t, us_t *until);
void zone_wall(const struct zone *z, us_t t, struct wall *out);
/* Both take fields outside their range (month 13, day 0, hour -1) and carry, as PHP does.
 */
NODISCARD us_t zone_utc(const struct zone *z, const struct wall *w);
NODISCARD us_t zone_start(const struct zone *z, int year, int month, int day);

/* Start of the unit that holds t.  Weeks begin on Sunday, as the payout period `w0`. */
NODISCARD us_t zone_floor(const struct zone *z, enum zone_unit u, us_t t);
/* Start of the unit after the one that holds t. */
NODISCARD us_t zone_next(const struct zone *z, enum zone_unit u, us_t t);

/* Days since 1970-01-01 of a date, and back; proleptic Gregorian, month and day may be
 * out of range. */
NODISCARD int64_t zone_days(int year, int month, int day);
void zone_date(int64_t days, int *year, int *month, int *day);
/* How many days the month has. */
NODISCARD int zone_month_days(int year, int month);

/* "YYYY-MM-DD HH:MM:SS", the form of Affise replies. */
#define ZONE_TEXT 24
void zone_text(const struct zone *z, us_t t, char out[ZONE_TEXT]);

#endif
