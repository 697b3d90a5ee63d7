/* SPDX-License-Identifier: Apache-2.0
 * surfer.h - who the visitor is, and whether he was here before.
 *
 * Pure: the table of those seen comes as functions (shm's unique_seen and unique_hint).
 * He is known by his cookie, else by address and browser.  Both are remembered each time,
 * so that one who throws his cookie away, or takes the one we give him now, is the same
 * one.
 *
 * Three uniques (C8): of an affiliate and offer, which is NATS' and money; of an offer,
 * which is Affise's; and of an affiliate and offer for redirects, in a window of its own,
 * which never counts.
 */
#ifndef TRACK_SURFER_H
#define TRACK_SURFER_H

#include "base/str.h"

/* The table.  `random` fills 16 bytes. */
struct surfer_table {
	bool (*seen)(void *arg, uint64_t key, uint32_t now_s, uint32_t window_s);
	void (*hint)(void *arg, uint64_t key);
	void (*random)(void *arg, uint8_t out[16]);
	void *arg;
	uint32_t now_s;
};

#define SURFER_KEYS 4 /* by cookie and by browser, of an affiliate and of whoever it is */

struct surfer {
	bool has_cookie; /* the browser brought one */
	bool drawn;      /* it did not, and `visitor` is the one it gets */
	uint8_t visitor[16];
	uint8_t net[16];  /* his address, IPv6 by its /64 */
	uint64_t browser; /* of user agent and language; never 0 */
	/* Of surfer_expect(). */
	bool expected;
	uint32_t affiliate, offer;
	uint64_t key[SURFER_KEYS];
	uint32_t redirect_affiliate, redirect_offer; /* the latter 0: none */
	uint64_t redirect_key[2];                    /* by cookie, by browser */
};

/* A browser's details (E7): its user agent, by ua_hash(), and its Accept-Language.  Never
 * 0. */
NODISCARD uint64_t surfer_browser(uint64_t ua_hash, struct str accept_language);
/* The same as it stands in records: 16 hex digits. */
#define SURFER_BROWSER_TEXT 16
void surfer_browser_text(char out[SURFER_BROWSER_TEXT], uint64_t browser);

/* cookie: the header; STR_NONE: none. */
void surfer_read(struct surfer *s, struct str cookie, const uint8_t ip[16],
    uint64_t ua_hash, struct str accept_language);

/* surfer_is_unique() will most likely be asked this, and `redirects`: surfer_is_new(),
 * too.  What they read is on its way from memory meanwhile. */
void surfer_expect(struct surfer *s, const struct surfer_table *t, uint32_t affiliate,
    uint32_t offer, bool redirects);
/* First visit to that offer within the window; *of_offer: from whatever affiliate.  He
 * is remembered. */
bool surfer_is_unique(struct surfer *s, const struct surfer_table *t, uint32_t affiliate,
    uint32_t offer, uint32_t window_s, bool *of_offer);
/* The same for redirects. */
bool surfer_is_new(struct surfer *s, const struct surfer_table *t, uint32_t affiliate,
    uint32_t offer, uint32_t window_s);

#define SURFER_COOKIE "oc_v"

#endif
