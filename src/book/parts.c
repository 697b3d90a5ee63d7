/* SPDX-License-Identifier: Apache-2.0
 * parts.c - see parts.h.
 */
#include "book/parts.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/zone.h"

#define MOST_AT_ONCE 40 /* days in one statement */

/* The upper bounds of the partitions below pmax. */
struct bounds {
	us_t least, greatest;
	unsigned n;
};

/* Impressions come and go with the clicks of their day. */
static const char *const tables[] = {
    [PARTS_CLICKS] = "click", [PARTS_IMPRESSIONS] = "impression"};

static enum err
read_bounds(struct db *db, const char *table, struct bounds *b)
{
	struct db_rows *r = NULL;
	enum err rc = db_query(db, &r,
	    "SELECT CAST(PARTITION_DESCRIPTION AS SIGNED) FROM "
	    "information_schema.PARTITIONS WHERE TABLE_SCHEMA = "
	    "DATABASE() AND TABLE_NAME = ? AND PARTITION_DESCRIPTION <> 'MAXVALUE'",
	    "s", str_of(table));

	*b = (struct bounds){0, 0, 0};
	while (rc == ERR_OK && db_next(r)) {
		us_t to = db_i64(r, 0);

		if (b->n++ == 0 || to < b->least)
			b->least = to;
		if (to > b->greatest)
			b->greatest = to;
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

/* "p20261121" for the day that ends at `to`. */
static void
part_name(char out[16], us_t to)
{
	int year, month, day;

	zone_date(to / US_DAY - 1, &year, &month, &day);
	(void)snprintf(out, 16, "p%04u%02u%02u", (unsigned)year % 10000,
	    (unsigned)month % 100, (unsigned)day % 100);
}

/* Waits a second at most, and says so to the server for this statement alone. */
static enum err
alter(struct db *db, const char *sql)
{
	enum err rc = db_exec(db, "SET SESSION lock_wait_timeout = 1", "");

	/* Names and bounds are made of numbers here, nothing in it comes from outside. */
	if (rc == ERR_OK)
		rc = db_exec_once(db, sql, "");
	if (rc == ERR_DB_DOWN)
		return rc;
	if (db_exec(db, "SET SESSION lock_wait_timeout = DEFAULT", "") != ERR_OK)
		return ERR_DB_DOWN;
	return rc;
}

static enum err
ahead(struct db *db, const char *table, us_t now)
{
	us_t want = (now / US_DAY + 1 + PARTS_AHEAD) * US_DAY, from;
	struct bounds b;
	char sql[256 + MOST_AT_ONCE * 80], name[16];
	size_t at;
	enum err rc = read_bounds(db, table, &b);

	if (rc != ERR_OK || b.greatest >= want)
		return rc;
	/* Without any, the first takes whatever is older as well. */
	from = b.n == 0 ? now / US_DAY * US_DAY : b.greatest;
	if (want - from > MOST_AT_ONCE * US_DAY)
		want = from + MOST_AT_ONCE * US_DAY;
	at = (size_t)snprintf(
	    sql, sizeof(sql), "ALTER TABLE %s REORGANIZE PARTITION pmax INTO (", table);
	for (us_t to = from + US_DAY; to <= want; to += US_DAY) {
		part_name(name, to);
		at += (size_t)snprintf(sql + at, sizeof(sql) - at,
		    "PARTITION %s VALUES LESS THAN (%lld), ", name, (long long)to);
	}
	(void)snprintf(
	    sql + at, sizeof(sql) - at, "PARTITION pmax VALUES LESS THAN MAXVALUE)");
	return alter(db, sql);
}

enum err
parts_ahead(struct db *db, us_t now)
{
	enum err rc = ERR_OK;

	for (size_t i = 0; i < ARRAY_LEN(tables) && rc == ERR_OK; i++)
		rc = ahead(db, tables[i], now);
	return rc;
}

enum err
parts_oldest(struct db *db, enum parts_table table, us_t *to)
{
	struct bounds b;
	enum err rc = read_bounds(db, tables[table], &b);

	*to = rc == ERR_OK ? b.least : 0;
	return rc;
}

/* All partitions up to there, the oldest first: a table that came later than the other
 * has begun with another one. */
static enum err
drop(struct db *db, const char *table, us_t to)
{
	char sql[96], name[16];
	struct bounds b;
	enum err rc = read_bounds(db, table, &b);

	while (rc == ERR_OK && b.n > 0 && b.least <= to) {
		part_name(name, b.least);
		(void)snprintf(
		    sql, sizeof(sql), "ALTER TABLE %s DROP PARTITION %s", table, name);
		rc = alter(db, sql);
		if (rc == ERR_OK)
			rc = read_bounds(db, table, &b);
	}
	return rc;
}

enum err
parts_drop(struct db *db, us_t to)
{
	char name[16];
	enum err rc = drop(db, tables[PARTS_CLICKS], to);

	part_name(name, to);
	if (rc == ERR_OK)
		log_info("raw clicks of partition %s are dropped", name);
	return rc == ERR_OK ? parts_finish(db, to) : rc;
}

enum err
parts_finish(struct db *db, us_t to)
{
	return drop(db, tables[PARTS_IMPRESSIONS], to);
}
