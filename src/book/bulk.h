/* SPDX-License-Identifier: Apache-2.0
 * bulk.h - calls about many conversions at once: edits and imports.
 *
 * A call is one record of the event lane, or several when it is long: parts, which come
 * in the order they were written, since they are of one ring.  They wait in table
 * bulk_part until the last is here; then all rows are decided and written in the one
 * transaction of that last record.  A call whose last part never came was not answered,
 * and nothing of it happens.
 *
 *   field `part`   "<call>.<number from 1>.<of>"; not there: the only one
 *   field `rows`   of an edit: ids of 24 hex digits, without anything between
 *                  of an import: lines of offer, affiliate, goal, status, sum, address,
 *                  action id and user agent, each ended by a tab, the line by \n
 *   of an edit     status, currency, amount (revenue), payout, comment: in every part
 *
 * What became of each row is in table bulk_row; event_log has one row for the call.
 */
#ifndef BOOK_BULK_H
#define BOOK_BULK_H

/* Rows of a call, and bytes of rows in a record. */
#define BULK_ROWS 10000u
#define BULK_PART 15000u
#define BULK_ID 24u
enum {
	BULK_OFFER,
	BULK_AFFILIATE,
	BULK_GOAL,
	BULK_STATUS,
	BULK_SUM,
	BULK_IP,
	BULK_ACTION,
	BULK_UA,
	BULK_COLUMNS
};

#endif
