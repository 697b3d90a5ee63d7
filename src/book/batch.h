/* SPDX-License-Identifier: Apache-2.0
 * batch.h - a batch of events while it is decided: what was read, what came of it, what
 * is to be written.
 *
 * Private to this folder; one thread, one transaction, one arena.  The course of a batch:
 *
 *   parse ── load.c: clicks, customers, configuration, conversions, ledger, caps
 *     └─ each event in its order, in memory: post.c, undo.c, approve.c
 *          └─ write.c: everything in bulk, rollups last
 *
 * What an earlier event of the batch made or changed is found like any other row.
 * Nothing is locked while it is read.  Writing is conditional instead: a conversion is
 * updated only if it is as it was read, a key that another node inserted meanwhile is met
 * by the unique index.  Either sends the whole batch round again (ERR_DB_RETRY), which
 * then sees what the other node did.
 */
#ifndef BOOK_BATCH_H
#define BOOK_BATCH_H

#include "book/book_priv.h"
#include "book/bytemap.h"
#include "track/clickid.h"

/* conversion.status */
enum { CONFIRMED = 1, PENDING = 2, DECLINED = 3, NOT_FOUND = 4, HOLD = 5 };
/* payout_row.role */
enum {
	ROLE_AFFILIATE = 1,
	ROLE_REFERRAL,
	ROLE_MANAGER, /* of the margin */
	ROLE_PARTNER,
	ROLE_CORRECTION,
	ROLE_MANAGER_PAYOUT
};

/* What an import says of its visitor, which else the click has. */
struct batch_visitor {
	uint8_t ip[16]; /* zeros: unknown */
	uint16_t country;
	uint8_t device_type;
	uint32_t ua_id, place;
};

/* Beside the outcomes: the decision goes on. */
#define GO_ON 255u

struct batch_click {
	struct click_id id;
	uint8_t verdict, device_type;
	uint16_t country;
	uint32_t offer_id, landing_page_id, commission_id, affiliate_id, advertiser_id,
	    ua_id;
	uint8_t ip[16];
	struct str sub[5], ocid, referrer;
	uint32_t place; /* where the visitor was; 0: unknown */
	uint32_t os[3]; /* as price_ask.os, when a rule of the offer asks for it */
	bool ipod;      /* ditto */
	bool kept;      /* read from click_kept: the raw one is gone */
	bool converted; /* needs one */
};

#define PERSON_DETAILS 15u

struct batch_customer {
	uint64_t id; /* 0: new, the table gives it */
	uint32_t offer_id, affiliate_id;
	struct str subscription;
	struct click_id click;
	us_t first_us;
	struct str detail[PERSON_DETAILS]; /* as person.c has them; n == 0: not told */
	bool has_details;
	bool is_new, changed;
	struct batch_customer *next;      /* of those to be written */
	struct batch_customer *next_told; /* of those with details to be written */
};

struct batch_payout {
	uint8_t role;
	uint32_t account_id;
	money_t amount, amount_b;
	us_t payable_from;
	pct_t percent; /* of a share when it is booked; else PRICE_NONE */
	struct batch_payout *next;
};

/* A ledger row, read or new. */
struct batch_txn {
	us_t us;
	unsigned node;
	uint8_t type; /* enum txn_type */
	bool booked, deducted, is_new;
	bool full_customer; /* a void that took back what all of the customer paid */
	us_t booked_us;
	us_t ref_us; /* 0: refers to none */
	unsigned ref_node;
	money_t revenue, revenue_b, gross, cost_b;
	struct batch_payout *payout;
	struct batch_conv *conv;
	char currency[4]; /* of a new one: the conversion's when it was made */
	int64_t rate;
	struct click_id event; /* of a new one: what made it */
	struct str custom, reason;
	bool page;              /* its event came from a page that can show pixels */
	struct batch_txn *next; /* of the conversion, the oldest first */
	struct batch_txn *next_written; /* of the batch */
};

struct batch_conv {
	us_t us;
	unsigned node;
	uint8_t status, kind;
	struct str uniq, orderid;
	uint32_t offer_id, landing_page_id, commission_id, affiliate_id, advertiser_id,
	    goal_id, ua_id, rule_id;
	struct batch_customer *customer; /* of a new one; NULL: none */
	uint64_t customer_id;
	struct click_id click;
	uint16_t country;
	uint8_t device_type;
	bool percent;
	char currency[4];
	int64_t rate;               /* 0: there was none */
	money_t amount_sent, gross; /* PRICE_NONE: none */
	money_t revenue, payout, revenue_b, payout_b;
	us_t created_us, updated_us, hold_until; /* hold_until 0: no hold */
	us_t was_updated_us; /* as read: the condition of the update */
	us_t void_us;        /* the open void or chargeback, 0 none */
	unsigned void_node;
	const struct batch_click *from; /* of a new one */
	uint8_t ip[16];
	uint8_t limit_ip[16]; /* as limits count it */
	struct str ocid, referrer, comment, extra;
	uint64_t retry_hash; /* of a new one that a repetition may be known by, else 0 */
	bool is_new, changed;
	bool takes_key;    /* it had none until now: uniq is to be written */
	bool released;     /* its hold period is over, and nothing else happened to it */
	bool wants_ledger; /* an event of this batch may undo it: its ledger rows are
			      needed */
	bool has_ledger;   /* they were read */
	struct batch_txn *txn, **txn_end;
	struct batch_txn *own_txn; /* of load.c, while the ledger is read */
	struct batch_conv *same_click, *same_order, *next;
};

/* A counter of a cap. */
struct batch_cap {
	const struct cap_def *def;
	struct cap_slot slot;
	bool read; /* from its row, which is locked */
	int64_t n, was;
	struct batch_cap *next;
};

/* What decides which counters a conversion is in. */
struct cap_subject {
	uint32_t offer_id, advertiser_id, affiliate_id, goal_id;
	us_t at;
};

struct batch_event {
	const struct fold_item *item;
	struct rec_event head;
	struct rec_texts t;
	struct str orderid, subscription, goal; /* repaired texts; n == 0: not sent */
	struct click_id click_id;
	enum clickid_form
	    click_form; /* CLICKID_BAD with click_sent false: none was sent */
	bool click_sent;
	us_t txn_id_us; /* a ledger row named by its id or hash; 0 none */
	unsigned txn_id_node;
	const struct batch_visitor *visitor; /* of an import; NULL: it is none */
	uint32_t affiliate_param;            /* ditto */
	uint32_t offer_param;                /* 0 none */
	bool offer_param_bad;
	uint64_t retry_hash;
	bool by_browser; /* a pixel that can be matched by address and browser alone (E7)
			  */
	bool by_address; /* a server's report that may be matched by its `ip` parameter */
	bool matched;    /* click_id was found so */
	/* what came of it */
	uint8_t outcome, param;
	bool unresolved;
	us_t txn_us;
	uint32_t offer_id, affiliate_id;
};

struct batch {
	struct book *b;
	struct db *db;
	struct arena *a;
	struct conf *conf;
	unsigned node;
	us_t *last_txn;
	bool again; /* events from `unresolved`, not from the journal */
	struct batch_event *ev;
	unsigned n;
	const struct batch_event
	    *whole;  /* the call that all of ev are rows of; NULL: they
					    are events of their own */
	us_t folded; /* every node has folded clicks before this moment; -1 not asked yet
		      */
	struct bytemap clicks, customers, by_uniq, by_click, by_order, by_id, by_txn,
	    by_retry, caps, ips, signatures;
	struct taken *new_signatures; /* signed.c */
	struct batch_ip *ip_list;     /* addresses whose turn was taken; iplimit.c */
	struct batch_conv *convs;
	struct batch_customer *new_customers, *told;
	struct batch_txn *written, **written_end;
	struct batch_cap *cap_list;
	enum err cap_err; /* a counter could not be read when it was needed */
};

/* An empty batch of n events in b's arena. */
void batch_begin(struct batch *bt, struct book *b, struct db *db, unsigned node,
    us_t *last_txn, unsigned n);

/* load.c: everything that the events ask for. */
NODISCARD enum err load_all(struct batch *bt);
/* Conversions whose hold period has ended, at most `cap`, and what changing them asks
 * for. */
NODISCARD enum err load_held(struct batch *bt, us_t now, unsigned cap);
/* Every conversion of a customer with its ledger, and the customer's turn: until the end
 * of this transaction nobody else decides about all of them. */
NODISCARD enum err load_customer(struct batch *bt, uint64_t customer);
/* The time up to which all nodes have folded their clicks; asked once. */
NODISCARD enum err load_folded(struct batch *bt);

/* match.c: finds the clicks of pixels that bring nothing but a browser (E7), where that
 * can be known. */
NODISCARD enum err match_browsers(struct batch *bt);

/* Lookups in what was read and made.  NULL: there is none. */
NODISCARD struct batch_click *batch_click(const struct batch *bt, struct click_id id);
NODISCARD struct batch_customer *batch_customer(
    const struct batch *bt, uint32_t offer, struct str subscription);
NODISCARD struct batch_conv *batch_conv_uniq(const struct batch *bt, struct str uniq);
NODISCARD struct batch_conv *batch_conv_id(
    const struct batch *bt, us_t us, unsigned node);
/* Heads of lists: same_click and same_order. */
NODISCARD struct batch_conv *batch_conv_click(const struct batch *bt, struct click_id id);
NODISCARD struct batch_conv *batch_conv_order(const struct batch *bt, struct str orderid);

/* The conversion of a ledger row, read or new. */
NODISCARD struct batch_conv *batch_conv_txn(
    const struct batch *bt, us_t us, unsigned node);
void batch_txn_known(struct batch *bt, us_t us, unsigned node, struct batch_conv *c);
/* When an identical request without an order id came, the time nearest to `at`; 0: never.
 */
NODISCARD us_t batch_retry(const struct batch *bt, uint64_t hash, us_t at);
void batch_retry_put(struct batch *bt, uint64_t hash, us_t at);

/* Puts a conversion into the maps; one that is there already is returned instead. */
struct batch_conv *batch_conv_add(struct batch *bt, struct batch_conv *c);
/* A conversion that had no key gets c->uniq. */
void batch_conv_keyed(struct batch *bt, struct batch_conv *c);
void batch_customer_add(struct batch *bt, struct batch_customer *c);
/* Of a conversion, at its end. */
void batch_txn_add(struct batch_conv *c, struct batch_txn *t);

/* A new ledger row of the conversion, made by the event: id, event and booking time set,
 * revenue and payouts not. */
NODISCARD struct batch_txn *batch_txn_new(struct batch *bt, const struct batch_event *e,
    struct batch_conv *c, enum txn_type type, bool booked);
struct batch_payout *batch_pay(struct batch *bt, struct batch_txn *t, uint8_t role,
    uint32_t account, money_t amount, money_t amount_b, us_t payable_from);
/* Once the row is whole: what it adds to rollup_booked. */
void batch_txn_done(struct batch *bt, const struct batch_txn *t);

/* In the Affise way: what comes by /postback and its REST calls. */
static inline bool
batch_is_affise(const struct batch_event *e)
{
	return e->head.source == SRC_AFFISE_POST || e->head.source == SRC_AFFISE_API;
}

/* A rejected conversion, whose key is free again (E3): nothing repeats it. */
static inline bool
batch_conv_is_freed(const struct batch_conv *c)
{
	return c->status == DECLINED && c->uniq.p == NULL && c->kind != PRICE_CONTINUITY;
}

/* Around a change of a conversion: what it was leaves rollup_status and its caps, what it
 * is comes in. */
void batch_conv_leave(struct batch *bt, const struct batch_conv *c);
void batch_conv_enter(struct batch *bt, const struct batch_conv *c);
/* Marks it for the update, at the event's time. */
void batch_conv_changed(struct batch_conv *c, us_t at);

/* capslot.c: the counters of caps.  What is not asked for is read when it is needed. */
void capslot_need(struct batch *bt, const struct cap_subject *s);
NODISCARD enum err capslot_load(struct batch *bt);
/* True when a cap that declines has no slot for this conversion. */
NODISCARD bool capslot_is_full(
    struct batch *bt, const struct cap_subject *s, const struct cap_conv *v);
NODISCARD struct cap_subject capslot_subject(const struct batch_conv *v);
/* Takes (1) or frees (-1) the slots of a conversion. */
void capslot_move(struct batch *bt, const struct batch_conv *c, int by);
NODISCARD enum err capslot_write(struct batch *bt);

/* The offer an event is about as far as it can be known before it is decided: its
 * click's, else the one it names. */
NODISCARD uint32_t batch_offer_of(const struct batch *bt, const struct batch_event *e);

/* credit.c: what crediting an event without a click may ask for. */
void credit_need(struct batch *bt, const struct batch_event *e);

/* iplimit.c: the address that limits count an event by; `k` may be NULL. */
void iplimit_address(
    const struct batch_event *e, const struct batch_click *k, uint8_t out[16]);
NODISCARD enum err iplimit_load(struct batch *bt);
/* The address has made as many conversions as the offer allows in 24 hours. */
NODISCARD bool iplimit_reached(
    struct batch *bt, const struct conf_offer *o, const uint8_t ip[16], us_t at);
/* It has made one, and the offer takes no second. */
NODISCARD bool iplimit_used(
    struct batch *bt, const struct conf_offer *o, const uint8_t ip[16]);
/* A new conversion that the next event has to count. */
void iplimit_add(struct batch *bt, const struct batch_conv *c);

/* What an event means.  Each fills e->outcome and what belongs to it; an error is the
 * database's. */
NODISCARD enum err post_decide(struct batch *bt, struct batch_event *e);
NODISCARD enum err undo_decide(struct batch *bt, struct batch_event *e);
/* The row that booked the conversion, and its open void or chargeback.  NULL: none. */
NODISCARD const struct batch_txn *undo_original(const struct batch_conv *c);
NODISCARD const struct batch_txn *undo_open(const struct batch_conv *c);
/* What is opposite to the booked rows' payouts, into `to`: all of them, or of those that
 * follow the affiliate's.  Receivers whose sum is nothing get no row. */
void undo_pay_back(struct batch *bt, struct batch_txn *to, const struct batch_conv *c,
    bool affiliates, bool others);
/* Receivers whose sum came out as nothing lose their row. */
void undo_drop_empty(struct batch_txn *t);

/* Takes a booked conversion back by a void that takes the payout, too; it is then
 * declined. */
void undo_take(struct batch *bt, struct batch_event *e, struct batch_conv *c);
/* Its open void or chargeback is reversed.  GO_ON or an outcome. */
NODISCARD unsigned undo_reverse(
    struct batch *bt, struct batch_event *e, struct batch_conv *c, enum err *rc);

/* fullcustomer.c: the other conversions of a customer when one of them is voided, or a
 * void of his is reversed (`was`). */
NODISCARD enum err fullcustomer_take(
    struct batch *bt, const struct batch_event *e, const struct batch_txn *taken_by);
NODISCARD enum err fullcustomer_reversed(struct batch *bt, const struct batch_event *e,
    struct batch_conv *c, const struct batch_txn *was);
/* What was paid for it is taken back because of another conversion of the customer. */
NODISCARD bool fullcustomer_has_taken(const struct batch_conv *c);
/* Before its row that says it is pending again: what was taken is its payout once more. */
void fullcustomer_restart(struct batch_conv *c);
/* correct.c */
NODISCARD enum err correct_decide(struct batch *bt, struct batch_event *e);
/* Other amounts than were booked, in the conversion's currency: what is booked gets a
 * correction, what is not, other amounts. */
void correct_amounts(struct batch *bt, struct batch_event *e, struct batch_conv *c,
    money_t revenue, money_t payout);
/* edit.c */
NODISCARD enum err edit_decide(struct batch *bt, struct batch_event *e);
NODISCARD enum err approve_decide(struct batch *bt, struct batch_event *e);

/* approve.c: books a pending conversion with the amounts it has (M6).  hold_until 0:
 * payable at once. */
NODISCARD struct batch_txn *approve_conv(
    struct batch *bt, const struct batch_event *e, struct batch_conv *c, us_t hold_until);
/* The receivers of a booked row: the affiliate, and those of receivers.h. */
void approve_pay(struct batch *bt, struct batch_txn *t, us_t payable_from);
/* The conversion that a void or an approval names, or GO_ON's opposite. */
NODISCARD unsigned approve_select(
    struct batch *bt, const struct batch_event *e, struct batch_conv **out);

/* bulk.c, which bulk.h is about. */
static inline bool
bulk_is(unsigned kind)
{
	return kind == REC_EDIT || kind == REC_IMPORT;
}

/* The rows of a record as events of the batch, which it begins.  *complete: false, when
 * parts of the call are still to come; the batch is then empty. */
NODISCARD enum err bulk_begin(struct batch *bt, struct book *b, struct db *db,
    unsigned node, us_t *last_txn, const struct fold_item *item, bool *complete);
/* What became of the rows; what waited of the call is removed. */
NODISCARD enum err bulk_write(struct batch *bt);
/* Parts that nothing came of for a day. */
NODISCARD enum err bulk_forget(struct db *db, us_t now);

/* signed.c: signatures that were taken; GO_ON or why a report is refused for want of a
 * good one; those of this batch. */
NODISCARD enum err signed_load(struct batch *bt);
NODISCARD unsigned signed_check(struct batch *bt, const struct batch_event *e);
NODISCARD enum err signed_write(struct batch *bt);

/* answered.c: what senders were told who could not wait, beside their events in the log
 * of posts, which are there by now. */
NODISCARD enum err answered_write(struct batch *bt);

/* sender.c: may this address, with this secret, report for the offer?  GO_ON or an
 * outcome.  *open: the offer has neither list nor secret and the setting says pending. */
NODISCARD unsigned sender_post(struct batch *bt, const struct batch_event *e,
    const struct conf_offer *o, uint32_t landing_page, bool *open);
NODISCARD unsigned sender_void(
    struct batch *bt, const struct batch_event *e, const struct batch_conv *c);

/* person.c: what a post says of its customer, urlencoded, and its free values (custom1 to
 * custom5); writes it, once the customers have their numbers.  no_address: no name and no
 * address is kept. */
void person_take(struct batch *bt, struct batch_customer *c, struct str form,
    struct str free_values, bool no_address);
NODISCARD enum err person_write(struct batch *bt);

/* write.c */
NODISCARD enum err write_all(struct batch *bt);

#endif
