/* SPDX-License-Identifier: Apache-2.0
 * match.c - whose pixel is it?  The match without hash and cookie (E7, nats-behaviour.md
 * §1.6).
 *
 * The newest counted click of the same address and browser (its user agent and languages;
 * the user agent alone where the click's languages are not known) within 24 hours, or of the
 * address alone within an hour where the offer says ip_lookup; of the offer that the
 * pixel names; one that names none matches only if all such clicks are of one offer.  A
 * server's report without a hash matches by its parameter `ip` in the same hour, where
 * the offer says allow_s2s_ip.  An IPv6 visitor is known by the first 64 bits.  Clicks of
 * visitors who were only moved elsewhere (a hop in their way that does not track, ".0" in
 * column chain) take no part: they never saw the offer that has them.  Nothing is decided
 * before every node has folded past the pixel, or the click that has just brought the
 * visitor would lose against an older one.
 */
#include "base/iplist.h"
#include "book/batch.h"
#include "track/ua.h"

#define LOOK_BACK US_DAY
#define LOOK_BACK_IP (3600 * US_SECOND)

struct candidate {
	struct click_id id; /* the newest */
	uint32_t offer;
	bool several; /* offers fit */
};

/* All addresses of the visitor: one for IPv4, the /64 for IPv6. */
static void
address_range(const uint8_t ip[16], uint8_t lo[16], uint8_t hi[16])
{
	static const uint8_t v4[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

	memcpy(lo, ip, 16);
	memcpy(hi, ip, 16);
	if (memcmp(ip, v4, sizeof(v4)) == 0)
		return;
	memset(lo + 8, 0, 8);
	memset(hi + 8, 0xff, 8);
}

static enum err
find(struct batch *bt, const struct batch_event *e, struct candidate *c)
{
	uint8_t ip[16], lo[16], hi[16];
	struct db_rows *r = NULL;
	us_t at = e->head.id.us;
	uint64_t browser = 0;
	enum err rc;

	(void)!str_hex_to_u64(e->t.f[F_browser], &browser);

	if (!e->by_address || !ip_parse(e->t.f[F_ip], ip))
		memcpy(ip, e->head.sender, sizeof(ip));
	address_range(ip, lo, hi);
	rc = db_query(bt->db, &r,
	    "SELECT MAX(c.click_us), c.offer_id, SUBSTRING_INDEX(GROUP_CONCAT(c.click_lo "
	    "ORDER BY c.click_us "
	    "DESC, c.click_lo DESC), ',', 1) FROM click c FORCE INDEX (click_ip) "
	    "STRAIGHT_JOIN user_agent u ON "
	    "u.id = c.ua_id STRAIGHT_JOIN offer o ON o.id = c.offer_id WHERE c.ip "
	    "BETWEEN ? AND ? AND c.click_us >= ? AND "
	    "c.click_us <= ? AND c.verdict = 0 AND CONCAT(c.chain, ',') NOT LIKE '%.0,%' "
	    "AND IF(?, o.allow_s2s_ip AND c.click_us >= ?, IF(c.browser_hash <> "
	    "0 AND ? <> 0, c.browser_hash = ?, u.ua_hash = ?) OR (o.ip_lookup "
	    "AND c.click_us >= ?)) GROUP BY c.offer_id",
	    "bbiiiiuuui", str_n((const char *)lo, 16), str_n((const char *)hi, 16),
	    (int64_t)(at - LOOK_BACK), (int64_t)at, (int64_t)e->by_address,
	    (int64_t)(at - LOOK_BACK_IP), browser, browser, ua_hash(e->t.f[F_ua]),
	    (int64_t)(at - LOOK_BACK_IP));
	while (rc == ERR_OK && db_next(r)) {
		uint32_t offer = (uint32_t)db_u64(r, 1);

		if (e->offer_param != 0 && offer != e->offer_param)
			continue;
		c->several = c->several || (c->offer != 0 && c->offer != offer);
		c->offer = offer;
		c->id = (struct click_id){db_i64(r, 0), db_i64(r, 2)};
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

static enum err
match_one(struct batch *bt, struct batch_event *e)
{
	struct candidate c = {{0, 0}, 0, false};
	enum err rc = find(bt, e, &c);

	if (rc != ERR_OK || c.offer == 0 || c.several)
		return rc;
	e->click_id = c.id;
	e->matched = true;
	return ERR_OK;
}

/* A server's report that brings an address, about an offer that lets it be matched so. */
static bool
is_by_address(struct batch *bt, const struct batch_event *e)
{
	const struct conf_offer *o = conf_offer(bt->conf, e->offer_param);
	uint8_t ip[16];

	return e->item->kind == REC_POST && e->head.source == SRC_NATS_POST &&
	       !e->click_sent && clickid_none(e->click_id) && !e->by_browser &&
	       o != NULL && o->allow_s2s_ip && ip_parse(e->t.f[F_ip], ip);
}

enum err
match_browsers(struct batch *bt)
{
	enum err rc;

	for (unsigned i = 0; i < bt->n; i++)
		credit_need(bt, &bt->ev[i]);
	rc = conf_fetch(bt->conf, bt->db);
	for (unsigned i = 0; rc == ERR_OK && i < bt->n; i++) {
		struct batch_event *e = &bt->ev[i];

		e->by_address = is_by_address(bt, e);
		if ((!e->by_browser && !e->by_address) || e->offer_param_bad)
			continue;
		rc = load_folded(bt);
		if (rc == ERR_OK && bt->folded > e->head.id.us)
			rc = match_one(bt, e);
	}
	return rc;
}
