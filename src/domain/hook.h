/* SPDX-License-Identifier: Apache-2.0
 * hook.h - what an affiliate wants to be told, and how: postbacks, and pixels for the
 * visitor's browser.
 *
 * One thread at a time.  A hook is one URL (or piece of markup) with a scope and a
 * filter:
 *
 *   scope    a campaign, an offer, or everything.  The narrowest scope in which the
 *            affiliate has any hook of that kind counts, also when none of them matches:
 *            that is how one offer is kept quiet.  With the network setting
 *            consider_global_postback the next wider one is tried then.  A forced hook is
 *            called beside a narrower one.
 *   goal     one goal value, "1" the base conversion; empty: any
 *   status   what the conversion becomes; any; or by_creating: once, whatever it is
 *   events   which steps in its life: enum tell
 *
 * Several hooks of the scope that counts may match: all of them are told.
 */
#ifndef DOMAIN_HOOK_H
#define DOMAIN_HOOK_H

#include "domain/change.h"
#include "domain/row.h"

enum hook_kind {
	HOOK_POSTBACK = 1, /* a URL that the notifier calls */
	HOOK_IFRAME,       /* markup for the page of an iframe pixel */
	HOOK_IMAGE,
	HOOK_SCRIPT,
};

/* Steps in a conversion's life, as an affiliate knows them; column hook.events. */
enum tell {
	TELL_CONVERSION = 1 << 0,
	TELL_CONTINUITY = 1 << 1,
	TELL_UNDONE =
	    1 << 2, /* voids, chargebacks and their reversals that moved money of his */
	TELL_GOAL = 1 << 3,
	TELL_PENDING = 1 << 4,
	TELL_REJECTED = 1 << 5,
	TELL_KEPT = 1 << 6,     /* an undoing that left his money as it was */
	TELL_RELEASED = 1 << 7, /* its hold period is over */
	/* Nothing for pending and rejected ones unless it is asked for (nats-behaviour.md
	 * §2.5, §5.1). */
	TELL_NATS =
	    TELL_CONVERSION | TELL_CONTINUITY | TELL_UNDONE | TELL_GOAL | TELL_KEPT,
	/* Every status, once it is reached (affise-3.0.md, "Affiliate postbacks"). */
	TELL_AFFISE = TELL_CONVERSION | TELL_CONTINUITY | TELL_UNDONE | TELL_GOAL |
		      TELL_PENDING | TELL_REJECTED | TELL_RELEASED,
	TELL_ALL = (1 << 8) - 1,
};

/* Column hook.status; 1 to 5 are those of a conversion. */
enum { HOOK_ANY_STATUS = 0, HOOK_BY_CREATING = 6, HOOK_STATUSES = 7 };
/* By that number: "", "confirmed", ... "by_creating"; NULL ends. */
extern const char *const hook_status_words[];
/* Column hook.kind, by its number: "", "postback", "iframe", "image", "script". */
extern const char *const hook_kind_words[];
/* By the number of the bit: "conversion", "continuity", ... ; NULL ends. */
extern const char *const hook_event_words[];

/* Column hook.moderation. */
enum { HOOK_REJECTED = -1, HOOK_WAITING = 0, HOOK_APPROVED = 1 };

struct hook {
	int64_t id;
#define COL(name_, kind_, words_) ROW_C_##kind_ name_;
#include "tbl/hook_columns.h"
#undef COL
};

/* A new one of that kind: any status, active and approved. */
void hook_init(struct hook *h, int64_t account_id, enum hook_kind kind);
/* ERR_NOT_FOUND: none of that number, or removed.  Texts live in the arena. */
NODISCARD enum err hook_load(
    struct db *db, struct arena *a, int64_t id, struct hook *out);
/* Those of an account, by number; pixels, or postbacks.  `total` counts all of them. */
NODISCARD enum err hook_list(struct db *db, struct arena *a, int64_t account_id,
    bool pixels, uint64_t skip, uint64_t most, struct hook **out, size_t *n,
    int64_t *total);
/* Checks and writes it.  Faults name columns; `code` of a postback is called url. */
NODISCARD enum err hook_add(struct change *c, struct hook *h);
NODISCARD enum err hook_store(struct change *c, struct hook *h);
NODISCARD enum err hook_remove(struct change *c, struct hook *h);

/* ---- which hooks hear of it: pure ---- */

struct hook_rule {
	uint32_t id, account_id, offer_id, campaign_id; /* 0: any */
	uint8_t kind, status;
	uint16_t events;
	bool forced;
	struct str goal;
};

struct hook_event {
	uint32_t account_id, offer_id, campaign_id;
	struct str goal; /* its value, "1" the base conversion */
	uint8_t status;  /* of the conversion, after it */
	uint16_t told;   /* one bit of enum tell */
	bool created;    /* the conversion is new with it */
};

/* Sets chosen[i] for those of `kind` that are to be told, and returns how many.
 * `wider_too` is the setting consider_global_postback. */
unsigned hook_choose(const struct hook_rule *h, unsigned n, enum hook_kind kind,
    const struct hook_event *e, bool wider_too, bool *chosen);

#endif
