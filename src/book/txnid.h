/* SPDX-License-Identifier: Apache-2.0
 * txnid.h - the names of transactions and conversions: one stored id, two spellings
 * (decisions.md §7).
 *
 * Any process, any thread; pure.  An id is (microseconds, node), unique because a node's
 * fold never gives the same microsecond twice.
 *
 *   20 digits  1610284032 031993 042 0      seconds, microseconds, node, always 0
 *   24 hex     5ffafc00 07cf9 02a 00000000  seconds, microseconds, node, always 0
 *
 * Always text: the first form passes 64 bits on 2028-06-15.
 */
#ifndef BOOK_TXNID_H
#define BOOK_TXNID_H

#include "base/clock.h"
#include "base/str.h"

#define TXNID_DIGITS 20
#define TXNID_HEX 24

/* Each writes the text and a NUL. */
void txnid_digits(char out[TXNID_DIGITS + 1], us_t us, unsigned node);
void txnid_hex(char out[TXNID_HEX + 1], us_t us, unsigned node);
/* Either spelling, hex in lower or upper case.  False: neither; nothing is then written.
 */
NODISCARD bool txnid_parse(struct str s, us_t *us, unsigned *node);

#endif
