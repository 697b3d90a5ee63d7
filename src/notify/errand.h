/* SPDX-License-Identifier: Apache-2.0
 * errand.h - one row of notify_queue under way: what it says, and to whom.
 *
 * The notifier's one thread.
 */
#ifndef NOTIFY_ERRAND_H
#define NOTIFY_ERRAND_H

#include "base/inherited.h"
#include "domain/netset.h"
#include "notify/courier.h"
#include "notify/tellfacts.h"

#define ERRAND_URL 8192

struct errand {
	struct message m;
	/* the row */
	uint64_t id;
	unsigned kind; /* enum outbox_kind */
	uint32_t hook_id, account_id;
	struct tellstep step; /* conv_us, conv_node: its subject, whatever that is */
	int64_t seq;
	unsigned attempts; /* before this one */
	/* found while it was made */
	uint32_t offer_id, goal_id;
	struct arena *arena; /* its texts */
	const char *host; /* of HTTP: scheme-less, in the arena; NULL: the mail relay */
	const char *dropped; /* there is nothing to be said any more: why */
	struct errand *next;
};

struct errand_maker {
	const struct inherited *in;
	struct netset net;
	const struct zone *zone;
};

NODISCARD struct errand *errand_new(void);
/* NULL is fine; sets the caller's pointer to NULL. */
void errand_free(struct errand **ep);
/* Fills the message from the row.  ERR_OK with e->dropped set: its hook, its setting or
 * its subject is gone.  Other errors are the database's. */
NODISCARD enum err errand_make(
    const struct errand_maker *k, struct db *db, struct errand *e);

#endif
