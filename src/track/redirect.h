/* SPDX-License-Identifier: Apache-2.0
 * redirect.h - redirect rules, geo redirects within an offer group and the page for
 * phones: what they do with a click (nats-behaviour.md §1.9).
 *
 * Pure; called by aim.c alone.  Rules of an offer are asked in their order, and the first
 * that holds sends the visitor on.  Each draws its share of the traffic anew, from
 * aim_ask.random: no state is shared, so any number of workers and nodes come out at the
 * same percentage.
 *
 * An offer asks its rules when a click arrives from elsewhere.  One that was sent from
 * one landing page of the offer to another is asked only by the rules of that page, so
 * that two rules that split an offer's traffic over its pages split it once.  A rule that
 * leads to where the visitor is, or to what is gone, is passed over.
 */
#ifndef TRACK_REDIRECT_H
#define TRACK_REDIRECT_H

#include "track/aim.h"

/* A check of aim.c: fills w->hop when a rule holds; never refuses. */
enum verdict redirect_rules(struct aim_walk *w);
/* For a visitor that the offer refuses for where he is: rules that name countries, and
 * hold. */
void redirect_abroad(struct aim_walk *w);
/* For the same one: the first offer of the same group that takes him, the ones that name
 * his country before those that take everybody, on the landing page of the same
 * redirect_hash or else its default one.  `fits` ends in NULL; each must let him pass. */
void redirect_geo(struct aim_walk *w, aim_check_f *const *fits);
/* The page for phones of the offer that he has reached, if he is on one. */
void redirect_mobile(struct aim_walk *w);

#endif
