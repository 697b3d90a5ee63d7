/* SPDX-License-Identifier: Apache-2.0
 * outbox.h - what is to be told to the outside: table notify_queue, emptied by
 * src/notify.
 *
 * A row is written in the transaction that makes the news, so that neither is there
 * without the other.  Steps of conversions are queued by book/tell.c.
 */
#ifndef DOMAIN_OUTBOX_H
#define DOMAIN_OUTBOX_H

#include "domain/change.h"

/* Column notify_queue.kind. */
enum outbox_kind {
	OUTBOX_POSTBACK = 1, /* a hook is called */
	OUTBOX_SIGNUP,       /* POST_ACCOUNT_SIGNUP */
	OUTBOX_CHANGE,       /* POST_ACCOUNT_CHANGES */
	OUTBOX_MAIL,         /* a row of table notice */
	OUTBOX_PAGE, /* pixels for the page of an iframe pixel: not the notifier's */
	OUTBOX_KINDS
};
/* notify_queue.subject_node of a mail; an account's is 0, a conversion's 1 to 999. */
#define OUTBOX_NOTICE_NODE 65535

/* An affiliate's account is new, or has changed: queued when the network's setting has a
 * URL, due after its delay.  Accounts of other types are nobody's business. */
NODISCARD enum err outbox_account(
    struct change *c, int64_t account_id, int64_t account_type, bool is_new);

/* A mail address that can go into a command of SMTP and into a header. */
NODISCARD bool outbox_is_address(struct str s);

/* A mail: to the address, else to the account's (looked up when it is sent), else, with
 * account_id 0, to the network's own; inside the caller's transaction. */
NODISCARD enum err outbox_notice(struct db *db, us_t now, const char *kind,
    int64_t account_id, struct str email, struct str subject, struct str body);

/* The same mail to every active affiliate who may run the offer. */
NODISCARD enum err outbox_offer(
    struct change *c, int64_t offer_id, struct str subject, struct str body);

#endif
