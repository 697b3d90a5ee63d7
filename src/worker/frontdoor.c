/* SPDX-License-Identifier: Apache-2.0
 * frontdoor.c - see frontdoor.h.
 */
#include "worker/frontdoor.h"

#include "base/jsonw.h"
#include "track/click.h"
#include "track/clickid.h"
#include "track/doors.h"
#include "worker/loop.h"
#include "worker/tracking.h"

static const char page[] = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta "
			   "charset=\"utf-8\"><title>Nothing here</title>"
			   "<meta name=\"robots\" content=\"noindex\"></head>\n"
			   "<body><p>There is nothing to see here.</p></body></html>\n";

static bool
is_below(struct str path, struct str dir)
{
	return str_starts(path, dir) && (path.n == dir.n || path.p[dir.n] == '/');
}

/* What the tracking domain has in place of the affiliates' area. */
static bool
show_domain(struct wreq *r)
{
	const struct cat_domain *d = doors_domain(r->w->catalog, r->host);

	if (d == NULL || (d->redirect_url.n == 0 && !d->protect))
		return false;
	if (d->redirect_url.n > 0) {
		struct str url = catalog_text(r->w->catalog, d->redirect_url);
		char *copy = wreq_alloc(r, url.n);

		memcpy(copy, url.p, url.n);
		reply_redirect(r, 302, str_n(copy, url.n));
	} else {
		wreq_add_header(r, "cache-control", STR("no-store"));
		reply_body(
		    r, 404, "text/html; charset=utf-8", str_n(page, sizeof(page) - 1));
	}
	return true;
}

bool
frontdoor_handle(struct wreq *r)
{
	struct click_in in = {.door = CLICK_BY_SHORT};

	if (r->w->catalog == NULL || is_below(r->path, STR("/api")) ||
	    is_below(r->path, STR("/3.0")) || is_below(r->path, STR("/2.1")))
		return false;
	in.rest = doors_short(r->w->catalog, r->path);
	if (in.rest.n > 0) {
		r->what = "click";
		clicks_through(r, &in);
		return true;
	}
	return show_domain(r);
}

static const char *
reason_of(enum verdict v)
{
	static const char *const reasons[] = {
#define VERDICT(number_, id_, reason_, text_) [number_] = (reason_),
#include "tbl/verdicts.h"
#undef VERDICT
	};

	return (unsigned)v < ARRAY_LEN(reasons) && reasons[v] != NULL ? reasons[v] : "";
}

static struct str
pooled(struct wreq *r, struct str s)
{
	char *copy = wreq_alloc(r, s.n + 1);

	memcpy(copy, s.p, s.n);
	return str_n(copy, s.n);
}

void
frontdoor_json(struct wreq *r, const struct click *k, struct jsonw *w)
{
	const bool good = k->verdict < VERDICT_REFUSED;
	char id[CLICKID_TEXT];

	jsonw_reset(w);
	jsonw_obj(w);
	jsonw_key(w, "status");
	jsonw_int(w, good ? 1 : 2);
	if (good) {
		clickid_hex24(id, k->rec.id);
		jsonw_key(w, "clickid");
		jsonw_cstr(w, id);
	} else {
		jsonw_key(w, "error");
		jsonw_cstr(w, reason_of(k->verdict));
	}
	jsonw_key(w, "url");
	jsonw_str(w, k->location.p == NULL ? STR("") : k->location);
	jsonw_end(w);
	wreq_add_header(r, "cache-control", STR("no-store"));
	reply_body(r, 200, "application/json", pooled(r, jsonw_text(w)));
}

static void
put_details(struct jsonw *w, const char *key, const struct rec_click *c, uint32_t offer,
    uint32_t landing_page)
{
	const struct {
		const char *name;
		uint32_t v;
	} members[] = {
	    {"loginid", c->affiliate_id},
	    {"offerid", offer},
	    {"landing_pageid", landing_page},
	    {"campaignid", c->campaign_id},
	    {"adtoolid", c->adtool_id},
	    {"subid1", c->subid1},
	    {"subid2", c->subid2},
	};

	jsonw_key(w, key);
	jsonw_obj(w);
	for (unsigned i = 0; i < ARRAY_LEN(members); i++) {
		jsonw_key(w, members[i].name);
		jsonw_uint(w, members[i].v);
	}
	jsonw_end(w);
}

void
frontdoor_hostnpost(struct wreq *r, const struct click *k, struct jsonw *w)
{
	const struct rec_click *c = &k->rec;
	const bool sent_on = c->asked_offer_id != 0;
	char id[CLICKID_TEXT];

	jsonw_reset(w);
	jsonw_obj(w);
	put_details(w, "requested_details", c, sent_on ? c->asked_offer_id : c->offer_id,
	    sent_on ? c->asked_lp_id : c->landing_page_id);
	put_details(w, "current_details", c, c->offer_id, c->landing_page_id);
	jsonw_key(w, "message");
	if (k->verdict < VERDICT_REFUSED) {
		clickid_hash(id, c->id);
		jsonw_cstr(w, "*success*");
		jsonw_key(w, "click_hash");
		jsonw_cstr(w, id);
	} else {
		jsonw_fmt(w, "*error* - %s", reason_of(k->verdict));
	}
	jsonw_end(w);
	wreq_add_header(r, "cache-control", STR("no-store"));
	reply_body(r, 200, "application/json", pooled(r, jsonw_text(w)));
}
