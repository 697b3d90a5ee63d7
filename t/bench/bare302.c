/* SPDX-License-Identifier: Apache-2.0
 * bare302.c - the least that libh2o can do for a redirect: the yardstick of the clicks.
 *
 *   bare302 LISTEN_FD WORKERS
 *
 * WORKERS processes answer every request with one and the same 302, from one shared
 * listening socket that the caller opened.  Ends with its parent.
 */
#include <stdio.h>
#include <stdlib.h>

#include "bareserver.h"

static int
on_request(h2o_handler_t *self, h2o_req_t *req)
{
	(void)self;
	bareserver_answer(req, 302, "Found",
	    "https://shop.example/?click_hash=35b71a300115be9.16738986", "");
	return 0;
}

int
main(int argc, char **argv)
{
	int fd = argc == 3 ? atoi(argv[1]) : -1, workers = argc == 3 ? atoi(argv[2]) : 0;

	if (fd < 0 || workers < 1) {
		(void)fputs("usage: bare302 LISTEN_FD WORKERS\n", stderr);
		return 2;
	}
	bareserver(fd, workers, NULL, on_request);
	return 0;
}
