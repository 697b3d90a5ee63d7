/* SPDX-License-Identifier: Apache-2.0
 * post_priv.h - a report while it is decided: what post.c and its siblings share.
 *
 *   post.c      which click, offer, values, goal, kind; is it a repetition; its price
 *   credit.c    whose it is when no click is found
 *   guard.c     what declines or refuses it: age of the click, marks, addresses
 *   postrows.c  its rows
 */
#ifndef BOOK_POST_PRIV_H
#define BOOK_POST_PRIV_H

#include "book/batch.h"

struct post {
	struct batch *bt;
	struct batch_event *e;
	enum err err; /* the database's; ends the decision */
	struct batch_click *click;
	const struct conf_offer *offer;
	const struct conf_account *affiliate;
	struct batch_customer
	    *customer; /* of the subscription, living or not; NULL: none */
	bool lives;
	bool goal_named;
	uint32_t goal;
	uint8_t kind;   /* enum price_kind */
	uint8_t forced; /* a status that was sent, 0 none */
	bool open;      /* anybody may report, and the network wants to look at it */
	struct str uniq;
	money_t amount, gross;
	bool sum;
	struct price_rule rule;
	bool priced;
	struct price_event price;
	char currency[4];
	int64_t rate;
	uint8_t status;
	const char *reason;
	bool approved_at_once; /* pending and approved in one go (§2.5) */
	uint8_t limit_ip[16];  /* the address as limits count it */
	uint8_t rejected;      /* the outcome that says so; 0: it is not */
};

/* The status is one that is in the books. */
static inline bool
post_is_booked(const struct post *p)
{
	return p->status == CONFIRMED || p->status == HOLD;
}

/* The numbers of field `ocode`: affiliate, commission, offer, landing page. */
#define CREDIT_IDS 4u
/* credit.c: who is credited when no click is found; true when p->click stands for it. */
NODISCARD bool credit_without_click(struct post *p);
/* Whose an import is: as it says. */
NODISCARD bool credit_import(struct post *p);
/* The same for a living customer who came without a click. */
NODISCARD bool credit_customer(struct post *p);

/* guard.c: true when the conversion is kept, but neither paid nor a success; p->reason
 * says why, and p->rejected when the sender is to hear it. */
NODISCARD bool guard_rejects(struct post *p);
/* What declines it; NULL: nothing does. */
NODISCARD const char *guard_declines(const struct post *p);

/* postrows.c: the conversion and its ledger rows, of a report that is decided. */
void postrows_book(struct post *p);

#endif
