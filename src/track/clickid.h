/* SPDX-License-Identifier: Apache-2.0
 * clickid.h - click ids: one number, two spellings (E9 of decisions.md).
 *
 * Any process, any thread; nothing here allocates.  A click id is its time in
 * microseconds and prefix × 10^9 + nine decimals:
 *
 *   hash   3 5b71a300 115be 9.16738986     prefix, seconds and µs in hex, decimals
 *   hex24    5b71a300 115be 3 0036a453aa   seconds, µs, prefix, decimals, all in hex
 *
 * Of ours the prefix is slot mod 10, and of the decimals three are the node,
 * two are slot / 10 and four are random.  A click id is a name and never a secret.
 */
#ifndef TRACK_CLICKID_H
#define TRACK_CLICKID_H

#include "base/record.h" /* struct click_id */

#define CLICKID_TEXT 25 /* 24 characters and a NUL, in both spellings */
#define CLICKID_DECIMALS INT64_C(1000000000)

enum clickid_form {
	CLICKID_BAD,     /* no click id at all */
	CLICKID_OURS,    /* *out is set */
	CLICKID_FOREIGN, /* well-formed but of somebody else's layout: known by import
			    alone */
};

/* Either spelling, lower case.  Only CLICKID_OURS sets *out. */
NODISCARD enum clickid_form clickid_parse(struct str s, struct click_id *out);

void clickid_hash(char out[CLICKID_TEXT], struct click_id id);
void clickid_hex24(char out[CLICKID_TEXT], struct click_id id);

/* An id of this node and slot; `random` is taken modulo 10 000.  node 1-999, slot 0-999.
 */
NODISCARD struct click_id clickid_make(
    us_t us, unsigned node, unsigned slot, uint32_t random);
NODISCARD unsigned clickid_node(struct click_id id);
NODISCARD unsigned clickid_slot(struct click_id id);

static inline bool
clickid_none(struct click_id id)
{
	return id.us == 0 && id.lo == 0;
}

#endif
