/* SPDX-License-Identifier: Apache-2.0
 * ua_priv.h - what uaload.c makes and ua.c reads.
 */
#ifndef TRACK_UA_PRIV_H
#define TRACK_UA_PRIV_H

#include "config.h"
#include "track/ua.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#ifdef HAVE_HYPERSCAN
#include <hs.h>
#endif

/* The three lists of regexes.yaml, in the order they stand in struct ua. */
enum ua_list { UA_BROWSERS, UA_SYSTEMS, UA_DEVICES, UA_LISTS };

/* A rule's results: family, then versions; or device, brand, model. */
#define UA_OUTS 5

struct ua_rule {
	pcre2_code *re;
	char *pattern;
	char *out[UA_OUTS]; /* replacement texts with $1 to $9; NULL: the default group */
	bool caseless;
	bool unfiltered; /* Hyperscan refuses it: always to be tried */
};

struct ua {
	uint32_t magic;
	struct ua_rule *rule;
	unsigned n, cap;
	unsigned
	    first[UA_LISTS + 1]; /* rules of list i are first[i] .. first[i + 1] - 1 */
	pcre2_code *bots;        /* all lines in one; NULL: none */
	bool borrowed;           /* the rules and the filter are another's */
	bool same_bots;          /* ditto of the bots */
#ifdef HAVE_HYPERSCAN
	hs_database_t *filter; /* ids are indexes of rule[]; NULL: PCRE2 alone */
#endif
};

#define UA_MAGIC 0x75612e2eu

#endif
