/* SPDX-License-Identifier: Apache-2.0
 * catimage.h - writes a catalog image (track/catalog.h).
 *
 * Stats process, catalog thread; and tests.  One thread.  Rows are added in any order,
 * lists and texts before the row that refers to them; catimage_finish() makes the bytes.
 */
#ifndef TRACK_CATIMAGE_H
#define TRACK_CATIMAGE_H

#include "track/catalog.h"

struct catimage; /* private to catimage.c */

NODISCARD struct catimage *catimage_new(void);
/* NULL is fine; sets the caller's pointer to NULL. */
void catimage_free(struct catimage **cp);

/* A copy of a text goes into the image; empty and STR_NONE take no room. */
NODISCARD struct cat_text catimage_text(struct catimage *ci, struct str s);
/* A list of country codes as the schema keeps it, "US,CA": what is no code is left out.
 */
NODISCARD struct cat_list catimage_countries(struct catimage *ci, struct str comma_list);

/* Rows of one offer must be added one after the other; the list is {first, n} of what
 * these return, the index of the new row. */
uint32_t catimage_rule(struct catimage *ci, const struct price_rule *r);
uint32_t catimage_cap(struct catimage *ci, const struct cat_cap *cap);
/* What cat_offer.target is to be. */
uint32_t catimage_target(struct catimage *ci, const struct cat_target *t);
/* Lists of n rows, which need be in no order. */
NODISCARD struct cat_list catimage_os(
    struct catimage *ci, const struct cat_os *v, size_t n);
NODISCARD struct cat_list catimage_access(
    struct catimage *ci, const struct cat_access *v, size_t n);
NODISCARD struct cat_list catimage_wide(struct catimage *ci, const uint64_t *v, size_t n);
/* Of a list of addresses as people write it. */
NODISCARD struct cat_list catimage_ranges(struct catimage *ci, struct str list);

/* A redirect rule, and a number: lists like those above. */
uint32_t catimage_redirect(struct catimage *ci, const struct cat_redirect *r);
uint32_t catimage_number(struct catimage *ci, uint32_t number);
/* In any order, from everywhere in the image. */
void catimage_geo(struct catimage *ci, const struct cat_geo *g);

/* Each id once.  `shortname` may be empty. */
void catimage_account(struct catimage *ci, const struct cat_account *a);
void catimage_offer(
    struct catimage *ci, const struct cat_offer *o, struct cat_text shortname);
uint32_t catimage_landing_page(
    struct catimage *ci, const struct cat_landing_page *lp, struct cat_text shortname);
void catimage_commission(
    struct catimage *ci, const struct cat_commission *c, struct cat_text shortname);
/* Those of track/doors.h; each returns index + 1 of the new row. */
uint32_t catimage_domain(struct catimage *ci, const struct cat_domain *d);
/* kind: CAT_NAMED_TINY or CAT_NAMED_SHORT. */
uint32_t catimage_link(struct catimage *ci, enum cat_named kind, struct cat_text code,
    struct cat_text target);
/* Its offers were added before, as of catimage_rule(). */
void catimage_smartlink(
    struct catimage *ci, const struct cat_smartlink *s, struct cat_text hex24);
uint32_t catimage_smart_offer(struct catimage *ci, const struct cat_smart_offer *o);
/* Its rules were added before, as of catimage_rule(). */
void catimage_creative(struct catimage *ci, const struct cat_creative *k);
uint32_t catimage_show(struct catimage *ci, const struct cat_show *s);
/* The index of the host's row, as catimage_rule(). */
uint32_t catimage_host(struct catimage *ci, struct cat_text host);
void catimage_setting(struct catimage *ci, struct str name, struct str value);
void catimage_net(struct catimage *ci, const struct cat_net *net);

/* The image, which lives until catimage_free().  STR_NONE: it would be over 4 GiB.  Once.
 */
NODISCARD struct str catimage_finish(
    struct catimage *ci, uint64_t generation, uint64_t version);

#endif
