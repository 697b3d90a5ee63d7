/* SPDX-License-Identifier: Apache-2.0
 * small_catalog.h - the network that fuzz targets of src/track click in: affiliate 42
 * bob, offer 251 shoes, and a
 * domain and short codes for it.
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
	    .cookie_days = 30,
	    .allow_deeplink = 1};
	struct cat_landing_page lp = {.id = 310, .offer_id = 251};
	const struct cat_commission c = {.id = 7, .offer_id = 251};
	struct cat_domain d = {.id = 1, .landing_page_id = 310, .account_id = 42};
	struct str image;
	struct catalog *cat;

	small_image = catimage_new();
	net.fallback_url = catimage_text(small_image, STR("http://fallback.example/"));
	a.username = catimage_text(small_image, STR("bob"));
	o.name = catimage_text(small_image, STR("Shoes"));
	lp.url = catimage_text(small_image, str_of(landing_page));
	d.host = catimage_text(small_image, STR("go.example"));
	net.default_domain = catimage_domain(small_image, &d);
	o.deeplink_hosts = (struct cat_list){
	    catimage_host(small_image, catimage_text(small_image, STR("shop.example"))),
	    1};
	(void)catimage_link(small_image, CAT_NAMED_TINY,
	    catimage_text(small_image, STR("t1ny")),
	    catimage_text(small_image, STR("NDIuNy4yNTEuMzEwLjAuMC4xMS4xMi4wLjAuMC4w")));
	(void)catimage_link(small_image, CAT_NAMED_SHORT,
	    catimage_text(small_image, STR("abc123")),
	    catimage_text(small_image, STR("pid=42&offer_id=251")));
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
