/* SPDX-License-Identifier: Apache-2.0
 * clicklink.h - what a link names: affiliate, offer, landing page and variables, for each
 * form of link.
 *
 * Private to click.c, and as pure as that:
 *
 *   /track/ /ttrack/   a code, in the path, as ?ocode= or ?nats=; tiny ones stand for
 * one; without any, what the tracking domain leads to /strack/           the affiliate of
 * a code, another offer /click             pid and offer_id
 *   /<6 characters>    the query of a /click link
 *   /sl                pid and a category, which chooses the offer when all else is known
 */
#ifndef TRACK_CLICKLINK_H
#define TRACK_CLICKLINK_H

#include "track/click.h"

/* What a link may bring. */
extern const struct vars_bounds clicklink_bounds;

/* Fills facts, aim and rec from the request, whose variables k->vars holds already.
 * VERDICT_COUNTED: affiliate and offer are there, nothing more is known. */
NODISCARD enum verdict clicklink_read(struct click *k);

/* hostnpost=1 on a link of the NATS form: a server asks on behalf of a visitor, who is
 * then the one of its variables ip and ua.  true: k->in is another than before. */
NODISCARD bool clicklink_hostnpost(struct click *k);
/* Its signature is good and was not seen on this node before, or it needs none. */
NODISCARD bool clicklink_is_signed(struct click *k, const struct click_in *in);
/* Whether a server at this address may, for the landing page of the link. */
NODISCARD bool clicklink_may_host(const struct click *k, const uint8_t ip[16]);

/* The checks and answers of which dialect count. */
NODISCARD bool clicklink_is_affise(const struct click *k);

/* The URL that a deep link of the Affise form makes of the offer's `url`, before its
 * variables are filled in; sets k->path to what is to be joined.  As it is where the
 * offer allows none. */
NODISCARD struct str clicklink_target(struct click *k, struct str url);

/* Setting transparent_variable: the URL of that variable in place of `url`, if its host
 * is one of transparent_hosts.  *as_is: it is, and nothing of the link is added to it.
 * The variable is taken either way. */
NODISCARD struct str clicklink_transparent(struct click *k, struct str url, bool *as_is);

#endif
