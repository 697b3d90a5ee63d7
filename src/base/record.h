/* SPDX-License-Identifier: Apache-2.0
 * record.h - the events as they stand in rings and journal: the contract between the
 * workers that write them and the stats process that books them.
 *
 * Any process, any thread; nothing here allocates.  Integers are little-endian as on
 * every machine we build for.  A record is a fixed head followed by texts:
 *
 *   +---------------------------+--------+--------+-----+--------+-----
 *   | struct rec_click or       | number | length | ... | number | ...
 *   | struct rec_event          | u8     | u16    |     |        |
 *   +---------------------------+--------+--------+-----+--------+-----
 *                                 number: tbl/fields.h; length: not aligned
 *
 * A text that is not there was not sent; one of length 0 was sent empty.  Layouts only
 * grow at the end, with a new REC_VERSION; the fold reads this version and the one
 * before.
 */
#ifndef BASE_RECORD_H
#define BASE_RECORD_H

#include "base/clock.h"
#include "base/money.h"
#include "base/str.h"

#define REC_VERSION 2

enum rec_kind {
	REC_CLICK = 1, /* click lane: struct rec_click */
	REC_POST =
	    2, /* event lane, struct rec_event: a conversion or continuity is reported */
	REC_VOID = 3,       /* ditto: void, omit, chargeback, reversal */
	REC_APPROVE = 4,    /* ditto: approve a pending transaction */
	REC_REVENUE = 6,    /* ditto: the revenue of a transaction is another */
	REC_IMPRESSION = 8, /* click lane, struct rec_click: a creative was shown */
	/* ditto, one call in one or several parts: conversions are edited, or made */
	REC_EDIT = 9,
	REC_IMPORT = 10,
	REC_REFUSED = 7, /* ditto: a post that could not be read, for the log alone */
	/* ditto: what a sender was told before anybody knew what became of his event, for
	 * the log as well; F_request is that event's id as a click hash, F_type the number
	 * of the outcome that the answer stood for */
	REC_ANSWERED = 11,
};

/* A click id: its time and prefix × 10^9 + nine decimals (E9 of decisions.md).  {0, 0}:
 * none. */
struct click_id {
	us_t us;
	int64_t lo;
};

/* Where an event came in: decides dialect, rights and the form of the answer. */
enum rec_source {
	SRC_NATS_POST =
	    1, /* /signup/process_pixel.php, process_void.php: lists of addresses apply */
	SRC_AFFISE_POST, /* /postback */
	SRC_NATS_API,    /* REST, an administrator's key: no lists apply */
	SRC_AFFISE_API,
};

/* Bits of rec_click.flags and of column click.flags. */
enum {
	CLICK_UNIQUE =
	    1 << 0, /* first of this surfer on this affiliate and offer (money) */
	CLICK_UNIQUE_OFFER =
	    1 << 1,            /* first of this surfer on this offer (Affise uniq) */
	CLICK_AFFISE = 1 << 2, /* came by /click, not by /track/ */
	CLICK_HTTPS = 1 << 3,
	CLICK_TTRACK = 1 << 4,
	CLICK_UNENCODED = 1 << 5, /* the code was ids or shortnames */
	CLICK_STRACK = 1 << 8,    /* came by /strack/ */
};

struct rec_click {
	struct click_id id;
	uint32_t flags;
	uint8_t verdict;     /* tbl/verdicts.h */
	uint8_t device_type; /* enum device_type of track/ua.h */
	uint16_t country;    /* country_pack(): two letters, 0 unknown */
	uint32_t offer_id, landing_page_id, commission_id, affiliate_id, advertiser_id;
	uint32_t campaign_id, adtool_id, subid1, subid2, promotional_id, additional_id;
	uint32_t rule_id; /* payout_rule.id that priced the click, 0 none */
	char currency[4]; /* of payout and revenue; NUL-filled */
	money_t payout;   /* what the affiliate gets for the click itself */
	money_t revenue;  /* what the advertiser pays for the click itself */
	uint8_t ip[16];   /* IPv4 as ::ffff:a.b.c.d */
	/* since version 2 */
	uint32_t asked_offer_id, asked_lp_id; /* what the link named, of a click that was
						 sent on; else 0 */
	uint32_t via_id;    /* the rule or cap that sent it on last, 0 none */
	uint8_t via;        /* enum hop_why of track/hop.h */
	uint8_t connection; /* enum geo_link of track/geo.h */
	uint8_t _pad[2];
	uint32_t smart_id; /* the SmartLink category that chose the offer, 0 none */
	uint32_t _pad2;
};

struct rec_event {
	struct click_id
	    id; /* of the event itself: time of acknowledgement, unique like a click id */
	uint64_t tag;   /* whom to tell the outcome; 0: nobody waits */
	uint8_t source; /* enum rec_source */
	uint8_t posted; /* it came by POST */
	uint8_t _pad[6];
	uint8_t sender[16]; /* the caller's address */
};

_Static_assert(sizeof(struct rec_click) == 136, "layout of REC_VERSION 2");
_Static_assert(sizeof(struct rec_event) == 48, "layout of REC_VERSION 2");
/* How long the heads of version 1 are; what they have not is behind that. */
#define REC_CLICK_1 112
#define REC_EVENT_1 48

enum rec_field {
#define FIELD(number_, name_, longest_) F_##name_ = (number_),
#include "tbl/fields.h"
#undef FIELD
	F_MAX = 64
};

enum verdict {
#define VERDICT(number_, id_, reason_, text_) VERDICT_##id_ = (number_),
#include "tbl/verdicts.h"
#undef VERDICT
};
#define VERDICT_REFUSED 16 /* this one and above */

enum txn_type {
#define TXN(number_, id_, name_) TXN_##id_ = (number_),
#include "tbl/txn_types.h"
#undef TXN
};

enum outcome {
#define OUTCOME(number_, id_, nats_, affise_) OUTCOME_##id_ = (number_),
#include "tbl/outcomes.h"
#undef OUTCOME
};

/* The answer to an event, as it travels back to the worker that parked the request. */
struct rec_outcome {
	uint64_t tag;
	uint8_t outcome; /* enum outcome */
	uint8_t param;   /* enum rec_field that the outcome's text names, 0 none */
	uint16_t node_id;
	uint32_t offer_id;
	us_t txn_us; /* the ledger row that was made, 0 none */
};

/* Appends one text to a record under construction at *n of `cap` bytes; cut at the
 * field's longest length.  false: no room, nothing appended.  STR_NONE appends nothing
 * and is true. */
bool rec_put(unsigned char *rec, size_t cap, size_t *n, enum rec_field f, struct str s);

/* All texts of a record, indexed by enum rec_field; missing ones are STR_NONE. */
struct rec_texts {
	struct str f[F_MAX];
};
/* `rec` of `n` bytes with a fixed head of `head` bytes.  The texts point into rec. false:
 * the bytes are no record (a length runs past the end). */
NODISCARD bool rec_texts(
    struct rec_texts *t, const unsigned char *rec, size_t n, size_t head);

/* Bytes of the fixed head of a record of that kind and version; 0: none that is read
 * here. */
NODISCARD size_t rec_head(unsigned kind, unsigned version);
/* Its head is a struct rec_click. */
NODISCARD static inline bool
rec_is_click(unsigned kind)
{
	return kind == REC_CLICK || kind == REC_IMPRESSION;
}
/* A whole record: its head into *head, which is a struct rec_click for those and a
 * struct rec_event for all others, members that its version had not as 0; and its texts.
 * false: no record of that kind and version. */
NODISCARD bool rec_read(void *head, struct rec_texts *t, unsigned kind, unsigned version,
    const unsigned char *rec, size_t n);

/* The name of a field, for messages. */
NODISCARD const char *rec_field_name(enum rec_field f);

/* "US" <-> number; 0 for anything that is not two letters. */
NODISCARD uint16_t country_pack(struct str two);
void country_unpack(uint16_t c, char out[3]);

#endif
