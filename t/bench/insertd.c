/* SPDX-License-Identifier: Apache-2.0
 * insertd.c - the yardstick of durable conversions: one committed INSERT a request.
 *
 *   insertd LISTEN_FD WORKERS SOCKET DATABASE
 *
 * WORKERS processes take each a request at a time, as servers do that have a process for
 * each: its order id goes into table bench_conversion, beside a conversion's other
 * columns, in an INSERT that commits by itself; the unique key refuses duplicates.  Then
 * the advertiser is told of the success.  Ends with its parent.
 */
#define _GNU_SOURCE /* memmem */
#include <mysql.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bareserver.h"

static const char *sock, *name;
static MYSQL *my;
static MYSQL_STMT *st;
static char orderid[64];
static unsigned long orderid_len;
static long long number;

static void
die(void)
{
	(void)fprintf(stderr, "insertd: %s\n", mysql_error(my));
	exit(1);
}

static void
prepare(void)
{
	static const char sql[] =
	    "INSERT INTO bench_conversion (orderid, click_us, click_lo, offer_id, "
	    "affiliate_id, revenue, payout, created_us) VALUES (?, ?, ?, 1, 2, 25000000, "
	    "3750000, ?)";
	MYSQL_BIND b[4];

	my = mysql_init(NULL);
	if (mysql_real_connect(my, NULL, "root", "", name, 0, sock, 0) == NULL)
		die();
	st = mysql_stmt_init(my);
	if (mysql_stmt_prepare(st, sql, sizeof(sql) - 1) != 0)
		die();
	memset(b, 0, sizeof(b));
	b[0].buffer_type = MYSQL_TYPE_STRING;
	b[0].buffer = orderid;
	b[0].length = &orderid_len;
	for (int i = 1; i < 4; i++) {
		b[i].buffer_type = MYSQL_TYPE_LONGLONG;
		b[i].buffer = &number;
	}
	if (mysql_stmt_bind_param(st, b) != 0)
		die();
}

static int
on_request(h2o_handler_t *self, h2o_req_t *req)
{
	static const char key[] = "orderid=";
	const char *at = memmem(req->path.base, req->path.len, key, sizeof(key) - 1);
	const char *end = req->path.base + req->path.len;

	(void)self;
	orderid_len = 0;
	for (at = at == NULL ? end : at + sizeof(key) - 1;
	     at < end && *at != '&' && orderid_len < sizeof(orderid); at++)
		orderid[orderid_len++] = *at;
	number++;
	if (mysql_stmt_execute(st) != 0)
		bareserver_answer(
		    req, 500, "Internal Server Error", NULL, mysql_error(my));
	else
		bareserver_answer(req, 200, "OK", NULL, "*success*");
	return 0;
}

int
main(int argc, char **argv)
{
	int fd = argc == 5 ? atoi(argv[1]) : -1, workers = argc == 5 ? atoi(argv[2]) : 0;

	if (fd < 0 || workers < 1) {
		(void)fputs("usage: insertd LISTEN_FD WORKERS SOCKET DATABASE\n", stderr);
		return 2;
	}
	sock = argv[3];
	name = argv[4];
	bareserver(fd, workers, prepare, on_request);
	return 0;
}
