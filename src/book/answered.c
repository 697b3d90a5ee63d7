/* SPDX-License-Identifier: Apache-2.0
 * answered.c - what senders were told whose event was not decided in time.
 *
 * The log of posts shows each with its exact answer.  That follows from the outcome, but
 * for those who were answered when postback_wait was over: "accepted" because the event
 * was on disk, or 503 because it was not.  Only the worker knows; it says so with a record
 * of its own behind the event in the same ring, so the event's row is there, or is in
 * this batch.
 */
#include "book/batch.h"

/* False: not one that says anything. */
static bool
read_one(const struct batch_event *e, struct click_id *of, uint64_t *outcome)
{
	return e->item->kind == REC_ANSWERED &&
	       clickid_parse(e->t.f[F_request], of) == CLICKID_OURS &&
	       str_to_u64(e->t.f[F_type], outcome) && *outcome <= UINT8_MAX;
}

enum err
answered_write(struct batch *bt)
{
	struct jsonw *w = bt->b->keys;
	unsigned n = 0;

	jsonw_reset(w);
	jsonw_arr(w);
	for (unsigned i = 0; bt->whole == NULL && i < bt->n; i++) {
		struct click_id of;
		uint64_t outcome;

		if (!read_one(&bt->ev[i], &of, &outcome))
			continue;
		jsonw_arr(w);
		jsonw_int(w, of.us);
		jsonw_int(w, of.lo);
		jsonw_uint(w, outcome);
		jsonw_end(w);
		n++;
	}
	jsonw_end(w);
	if (n == 0)
		return ERR_OK;
	return db_exec(bt->db,
	    "UPDATE JSON_TABLE(?, '$[*]' COLUMNS (us BIGINT PATH '$[0]', lo BIGINT PATH "
	    "'$[1]', outcome INT PATH '$[2]')) k STRAIGHT_JOIN event_log l FORCE INDEX "
	    "(PRIMARY) ON l.event_us = k.us AND l.event_lo = k.lo SET l.answered = "
	    "k.outcome",
	    "s", jsonw_text(w));
}
