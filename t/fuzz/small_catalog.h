/* SPDX-License-Identifier: Apache-2.0
 * small_catalog.h - the network that fuzz targets of src/track click in: affiliate 42
 * bob, offer 251 shoes.
 */
#ifndef T_FUZZ_SMALL_CATALOG_H
#define T_FUZZ_SMALL_CATALOG_H

#include "track/catimage.h"

static struct catimage *small_image;

__attribute__((unused)) static struct catalog *
small_catalog(const char *landing_page)
{
	struct cat_net net = {.base_currency = "USD", .stat_unique_seconds = 86400};
	struct cat_account a = {.id = 42, .type = 100};
	struct cat_offer o = {.id = 251,
	    .advertiser_id = 9,
	    .default_lp_id = 310,
	    .commission_id = 7,
	    .status = CAT_ACTIVE,
	    .privacy = CAT_PUBLIC,
	    .cookie_days = 30};
	struct cat_landing_page lp = {.id = 310, .offer_id = 251};
	const struct cat_commission c = {.id = 7, .offer_id = 251};
	struct str image;
	struct catalog *cat;

	small_image = catimage_new();
	net.fallback_url = catimage_text(small_image, STR("http://fallback.example/"));
	a.username = catimage_text(small_image, STR("bob"));
	o.name = catimage_text(small_image, STR("Shoes"));
	lp.url = catimage_text(small_image, str_of(landing_page));
	catimage_net(small_image, &net);
	catimage_account(small_image, &a);
	catimage_offer(small_image, &o, catimage_text(small_image, STR("shoes")));
	catimage_landing_page(small_image, &lp, catimage_text(small_image, STR("home")));
	catimage_commission(small_image, &c, catimage_text(small_image, STR("std")));
	image = catimage_finish(small_image, 1, 1);
	cat = catalog_of(image.p, image.n, NULL);
	assert(cat != NULL);
	return cat;
}

/* The next line of the input, without its end. */
__attribute__((unused)) static struct str
next_line(struct str *rest)
{
	struct str s = str_split(rest, '\n');

	return s.p == NULL ? STR("") : s;
}

#endif
