/* SPDX-License-Identifier: Apache-2.0
 * senders.h - who may report: lists of addresses, three kinds at three levels; those of
 * the network are settings (tbl/netsettings.h).
 *
 * One thread at a time.  What the levels say adds up (nats-behaviour.md §2.1).
 *
 *               post           void        hostnpost
 *  advertiser   allowed_ip     void_ips    hostnpost_ips    of table account
 *  offer        allowed_ip     void_ips    hostnpost_ips    of table offer
 *  page         postback_ips   void_ips    hostnpost_ips    of table landing_page
 */
#ifndef DOMAIN_SENDERS_H
#define DOMAIN_SENDERS_H

#include "domain/change.h"

enum senders_kind { SENDERS_POST, SENDERS_VOID, SENDERS_HOSTNPOST, SENDERS_KINDS };
enum senders_level { SENDERS_ADVERTISER, SENDERS_OFFER, SENDERS_PAGE, SENDERS_LEVELS };

/* "post", "page" ...: false for any other word. */
NODISCARD bool senders_kind_parse(struct str s, enum senders_kind *out);
NODISCARD bool senders_level_parse(struct str s, enum senders_level *out);

/* The list of the advertiser, offer or page with that number, in the arena;
 * ERR_NOT_FOUND. */
NODISCARD enum err senders_get(struct db *db, struct arena *a, enum senders_level level,
    int64_t id, enum senders_kind kind, struct str *out);
/* Replaces it.  ERR_INVALID: an entry is no address, block or range; there is no such
 * advertiser, offer or page. */
NODISCARD enum err senders_set(struct change *c, enum senders_level level, int64_t id,
    enum senders_kind kind, struct str list);

#endif
