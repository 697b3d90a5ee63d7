/* SPDX-License-Identifier: Apache-2.0
 * transaction.h - the ledger, row by row, with who gets what: report/transaction.
 *
 * Amounts are base currency (R5 of decisions.md: currency units, up to six decimals).  A
 * row stands in the period it is booked in, so that the booked ones of a period add up to
 * profit and loss; pending and rejected rows, which are in no sum, stand at their event.
 * Newest first.
 */
#ifndef REPORT_TRANSACTION_H
#define REPORT_TRANSACTION_H

#include "base/arena.h"
#include "base/jsonw.h"
#include "base/record.h"
#include "db/db.h"
#include "report/period.h"

/* What `trans_type` asks for. */
struct transaction_kind {
	unsigned type;  /* enum txn_type, 0 all */
	int advertiser; /* of initials: 1 with, -1 without an advertiser, 0 either */
	bool none;      /* a kind of the vocabulary of which there are no rows here */
};
/* "advertiser_initial", "initial" (either), "void", ...; false: no such type. */
NODISCARD bool transaction_kind(struct str word, struct transaction_kind *out);
/* The name of a row's type. */
NODISCARD const char *transaction_type_name(unsigned type, uint32_t advertiser_id);
/* Members trans_custom1 to trans_custom5 of column trans_custom, those that have a value. */
void transaction_put_customs(struct jsonw *w, struct arena *a, struct str customs);
/* The name of a receiver's role; payout_row of schema/0005-ledger.sql. */
NODISCARD const char *transaction_role_name(unsigned role);

struct transaction_query {
	struct period period;
	struct transaction_kind kind;
	bool has_login, has_offer, has_landing_page, has_program, has_country,
	    has_campaign, has_adtool;
	uint32_t loginid, offerid, landing_pageid, programid, campaignid;
	uint32_t adtoolid;
	uint16_t country;
	bool no_inhouse;
	struct str username, ocid, hash, orderid; /* STR_NONE: not asked for */
	int64_t start, count;
};

/* The reply, whole: an object keyed by transaction id, {} when nothing matches. */
NODISCARD enum err transaction_json(
    struct db *db, const struct transaction_query *q, struct jsonw *w);

#endif
