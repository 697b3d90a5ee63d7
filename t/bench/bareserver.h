/* SPDX-License-Identifier: Apache-2.0
 * bareserver.h - the least server that libh2o can be made: what the yardsticks of
 * `make bench` stand on.
 */
#ifndef BENCH_BARESERVER_H
#define BENCH_BARESERVER_H

#include <h2o.h>

/* Forks `workers` processes that answer every request of the listening socket `fd`, which
 * the caller opened, by `on_request`.  `prepare` runs first in each; NULL: nothing to
 * prepare.  Ends with its parent; returns when all workers have ended. */
void bareserver(int fd, int workers, void (*prepare)(void),
    int (*on_request)(h2o_handler_t *, h2o_req_t *));

/* A whole answer.  location may be NULL; body is copied. */
void bareserver_answer(h2o_req_t *req, int status, const char *reason,
    const char *location, const char *body);

#endif
