/* SPDX-License-Identifier: Apache-2.0
 * reqlog.h - the JSON request log: one line a request, written outside the loop.
 *
 *     {"time":"2024-05-01T12:00:00.123456Z","id":"9f..","addr":"192.0.2.7","method":"GET",
 *      "host":"trk.example","path":"/api/service/ping","what":"nats_ping","account":1,
 *      "status":200,"bytes":1,"us":812,"worker":0}
 *
 * Queries, bodies and other headers are not in it: they may hold keys and personal data.
 *
 * The loop puts a binary entry into a ring of this process and goes on; a thread turns
 * entries into lines.  When the disk is slower than the traffic, entries are dropped and
 * counted: the log never makes a request wait.
 */
#ifndef WORKER_REQLOG_H
#define WORKER_REQLOG_H

#include "base/clock.h"
#include "base/settings.h"

struct reqlog; /* private to reqlog.c */

struct reqlog_line {
	us_t begin_us, took_us;
	struct str id, method, host, path, what;
	uint8_t addr[16];
	uint32_t account_id; /* 0: none */
	unsigned status;
	uint64_t bytes;
};

/* NULL: no log is wanted, or its file cannot be opened (then the log says so). */
NODISCARD struct reqlog *reqlog_new(const struct settings *set, unsigned worker);
/* Writes what is left.  NULL is fine; sets the caller's pointer to NULL. */
void reqlog_free(struct reqlog **lp);
/* The loop's thread only.  Long texts are cut.  false: dropped. */
bool reqlog_put(struct reqlog *l, const struct reqlog_line *line);

#endif
