/* SPDX-License-Identifier: Apache-2.0
 * apicall.h - a REST call on its way through a pool thread.
 *
 * The loop thread makes one, with copies of all it needs, and submits it; a pool thread
 * runs it; the loop fetches what it writes and frees it.  The thread never sees libh2o or
 * the request, which may be gone long before: it only finds `gone` set when the client
 * has left.
 *
 *      loop                               thread
 *      apicall_new, apipool_submit  --->  apicall_run: key, parameters, arguments, handler
 *      tell()  <-----------------------   the end; or more than API_STREAM bytes are there
 *      apicall_take  ...                  waits while API_STREAM bytes lie untaken
 *      apicall_gone, apicall_free
 */
#ifndef WORKER_APICALL_H
#define WORKER_APICALL_H

#include "worker/api.h"
#include "worker/dialect.h"
#include "worker/router.h"

/* A reply up to this long is sent whole, with its length; a longer one is streamed. */
#define API_STREAM (256u << 10)

struct apicall; /* private to apicall.c, but for what is below */

/* What the loop knows of the request; texts are copied by apicall_new(). */
struct apicall_in {
	const struct inherited *in;
	const struct route *route;
	struct str path, query, content_type, body, host;
	struct str key, username; /* as sent, STR_NONE: not */
	struct str idem_key;      /* NATS: Idempotency-Key */
	struct str request_id;
	const uint8_t *addr;
	bool https;
	us_t now;
	/* Thread → loop, called with no lock held: apicall_take() has something to say.
	 * After the call with `last` the thread knows the call no more; before it nobody
	 * may free it. */
	void (*tell)(void *owner, bool last);
	void *owner;
};

NODISCARD struct apicall *apicall_new(const struct apicall_in *in);
/* Only when no thread has it. */
void apicall_free(struct apicall **cp);

/* On a pool thread; db NULL: the database cannot be reached.  false: it failed for the
 * database's sake, look at the connection. */
bool apicall_run(struct apicall *c, struct db *db);

/* What the loop takes.  `bytes` is malloc'ed and now the caller's; NULL: none. */
struct apicall_out {
	char *bytes;
	size_t n;
	bool finished; /* no more comes */
	bool streams;  /* the reply is longer than `bytes` now and the status is 200 */
	bool event;    /* finished, and the handler wants its event sent */
	bool broken;   /* finished, but it failed after it had begun to stream */
	unsigned status;
};
void apicall_take(struct apicall *c, struct apicall_out *out);
/* The client has left: the thread's writing ends. */
void apicall_gone(struct apicall *c);

/* The event that the handler made. */
NODISCARD struct api_event *apicall_event(struct apicall *c);
/* Its outcome: calls done_<id>() on this thread; then apicall_take() has the reply. */
void apicall_done(struct apicall *c, const struct rec_outcome *o);
/* After apicall_done(), apicall_not_sent(): the answer is to be kept for whoever asks
 * again; submit it to the pool once more before it is taken. */
NODISCARD bool apicall_wants_keeping(const struct apicall *c);
/* It could not be sent at all. */
void apicall_not_sent(struct apicall *c);

NODISCARD const struct endpoint *apicall_endpoint(const struct apicall *c);
NODISCARD uint32_t apicall_account(const struct apicall *c);

#endif
