/* SPDX-License-Identifier: Apache-2.0
 * signature.h - signed posts, voids and host-and-post calls.
 *
 * Pure, any thread, nothing is allocated.  The reference names no signature; this is ours
 * (affiliated-tracking(7), "Signed reports"):
 *
 *     GET  /signup/process_pixel.php?click_hash=...&ts=1534173952&sig=<64 hex digits>
 *          '--------------------- signed, as sent ---------------'
 *     POST                         ?ts=1534173952&sig=...    signed: path, ?, query up to
 *                                                            &sig=, a line feed, the body
 *
 * sig is HMAC-SHA-256 under one of the network's keys and comes last in the query; ts is
 * the time in whole seconds.  What is the same bytes is the same report: whoever takes
 * the signature must see to it that it is taken once.
 */
#ifndef TRACK_SIGNATURE_H
#define TRACK_SIGNATURE_H

#include "base/clock.h"
#include "base/str.h"

#define SIGNATURE_BYTES 32
#define SIGNATURE_HEX 64
/* The default of setting hmac_window. */
#define SIGNATURE_WINDOW 300u

enum signature_state {
	SIGNATURE_NONE, /* there is no sig, or there are no keys to look at one */
	SIGNATURE_GOOD,
	SIGNATURE_STALE, /* right, but its time is not within the window */
	SIGNATURE_BAD
};

struct signature_of {
	struct str path, query, body; /* as sent, not decoded */
	us_t now;
	int64_t window; /* seconds that ts may be from now, either way */
};

/* `keys`: texts parted by commas, any of which may have signed.  SIGNATURE_GOOD: *out
 * holds the signature.  Compares in constant time. */
NODISCARD enum signature_state signature_check(
    struct str keys, const struct signature_of *s, uint8_t out[SIGNATURE_BYTES]);
/* Is a sig there at all? */
NODISCARD bool signature_is_sent(struct str query);

#endif
