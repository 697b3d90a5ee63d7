/* SPDX-License-Identifier: Apache-2.0
 * netset.h - the settings of the network, as tbl/netsettings.h lists them.
 *
 * One thread at a time.  Stored values are checked when they are set; one that is not
 * readable all the same (edited by hand) counts as its default, with a warning in the
 * log.
 */
#ifndef DOMAIN_NETSET_H
#define DOMAIN_NETSET_H

#include "domain/change.h"

/* A member a setting; texts are never STR_NONE and live in the arena. */
struct netset {
#define NETSET_C_url struct str
#define NETSET_C_ips struct str
#define NETSET_C_countries struct str
#define NETSET_C_zone struct str
#define NETSET_C_currency struct str
#define NETSET_C_word struct str
#define NETSET_C_text struct str
#define NETSET_C_hosts struct str
#define NETSET_C_percents struct str
#define NETSET_C_int int64_t
#define NETSET_C_flag bool
#define NETSET(name_, type_, def_, least_, greatest_, works_, text_) \
	NETSET_C_##type_ name_;
#include "tbl/netsettings.h"
#undef NETSET
};

/* All of them, defaults for those that are not set. */
NODISCARD enum err netset_load(struct db *db, struct arena *arena, struct netset *out);

/* One of them as text.  Names compare without case.  ERR_NOT_FOUND: no such setting. */
NODISCARD enum err netset_get(
    struct db *db, struct arena *arena, struct str name, struct str *out);
/* Checks and stores one, in the form it is compared in later (upper-case codes, a list
 * with commas). The fault names the setting.  ERR_DENIED: fixed by what is booked or
 * stored already (R2). */
NODISCARD enum err netset_set(struct change *c, struct str name, struct str value);
/* True for one that nothing in this version goes by. */
NODISCARD bool netset_is_later(struct str name);

/* The table, for `config list` and the manual. */
struct netset_doc {
	const char *name, *type, *def, *words, *text;
	int64_t least, greatest;
	bool later; /* kept, but nothing in this version goes by it */
};
NODISCARD const struct netset_doc *netset_docs(size_t *n);

/* Micro-units of `currency` for one of base at that moment: MONEY_UNIT for base itself, 0
 * when there is no rate. */
NODISCARD enum err netset_rate(
    struct db *db, struct str currency, us_t at, int64_t *rate);
/* A new rate from now on; what is booked keeps the old one. */
NODISCARD enum err netset_set_rate(struct change *c, struct str currency, int64_t rate);

#endif
