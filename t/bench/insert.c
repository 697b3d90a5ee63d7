/* SPDX-License-Identifier: Apache-2.0
 * insert.c - the yardstick of durable conversions: one committed INSERT a request.
 *
 *   insert SOCKET DATABASE CONNECTIONS ROWS
 *
 * CONNECTIONS threads share ROWS autocommitted inserts of a conversion's columns into
 * table bench_conversion, whose unique key on the order id refuses duplicates.  Prints
 * "rows=N seconds=S rate=R".
 */
#include <mysql.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *sock, *name;
static _Atomic long next_row, inserted;
static long total;

static void
die(MYSQL *my)
{
	(void)fprintf(stderr, "insert: %s\n", mysql_error(my));
	exit(1);
}

static void *
work(void *arg)
{
	static const char sql[] =
	    "INSERT INTO bench_conversion (orderid, click_us, click_lo, offer_id, "
	    "affiliate_id, "
	    "revenue, payout, created_us) VALUES (?, ?, ?, 1, 2, 25000000, 3750000, ?)";
	MYSQL *my = mysql_init(NULL);
	MYSQL_STMT *st;
	MYSQL_BIND b[4];
	char orderid[32];
	unsigned long len;
	long row;

	(void)arg;
	if (mysql_real_connect(my, NULL, "root", "", name, 0, sock, 0) == NULL)
		die(my);
	st = mysql_stmt_init(my);
	if (mysql_stmt_prepare(st, sql, sizeof(sql) - 1) != 0)
		die(my);
	memset(b, 0, sizeof(b));
	b[0].buffer_type = MYSQL_TYPE_STRING;
	b[0].buffer = orderid;
	b[0].length = &len;
	for (int i = 1; i < 4; i++) {
		b[i].buffer_type = MYSQL_TYPE_LONG;
		b[i].buffer = &row;
	}
	while ((row = atomic_fetch_add(&next_row, 1)) < total) {
		len = (unsigned long)snprintf(orderid, sizeof(orderid), "order-%ld", row);
		if (mysql_stmt_bind_param(st, b) != 0 || mysql_stmt_execute(st) != 0)
			die(my);
		atomic_fetch_add(&inserted, 1);
	}
	(void)mysql_stmt_close(st);
	mysql_close(my);
	return NULL;
}

int
main(int argc, char **argv)
{
	pthread_t thread[1024];
	struct timespec a, b;
	double seconds;
	int n = argc == 5 ? atoi(argv[3]) : 0;

	if (n < 1 || n > 1024) {
		(void)fputs("usage: insert SOCKET DATABASE CONNECTIONS ROWS\n", stderr);
		return 2;
	}
	sock = argv[1];
	name = argv[2];
	total = atol(argv[4]);
	(void)clock_gettime(CLOCK_MONOTONIC, &a);
	for (int i = 0; i < n; i++) {
		if (pthread_create(&thread[i], NULL, work, NULL) != 0)
			return 1;
	}
	for (int i = 0; i < n; i++)
		(void)pthread_join(thread[i], NULL);
	(void)clock_gettime(CLOCK_MONOTONIC, &b);
	seconds = (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
	(void)printf("rows=%ld seconds=%.3f rate=%.0f\n", atomic_load(&inserted), seconds,
	    (double)atomic_load(&inserted) / seconds);
	return 0;
}
