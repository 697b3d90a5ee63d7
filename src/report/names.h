/* SPDX-License-Identifier: Apache-2.0
 * names.h - what the rows of a page are called: offers, accounts, goals, in the shapes of
 * Affise replies.
 *
 * One thread.  The numbers of a page are collected, loaded in a few statements and looked
 * up while it is written.  Something that is no longer there (or never was: 0) has empty
 * texts.
 */
#ifndef REPORT_NAMES_H
#define REPORT_NAMES_H

#include "base/jsonw.h"
#include "report/ask.h"

struct names_offer {
	uint32_t id;
	struct str hex24, title, url; /* url of the default landing page */
	uint32_t default_lp;
};
struct names_page {
	uint32_t id;
	bool transit;
	struct str title, url;
};
struct names_account {
	uint32_t id, manager_id;
	struct str hex24, username, email, title, firstname, lastname, skype;
	int64_t created_us, updated_us;
};
struct names_goal {
	uint32_t id;
	struct str value, title;
};

struct names {
	struct arena *arena;
	uint32_t *want[3]; /* offers, landing pages, accounts; each maybe several times */
	size_t n_want[3], cap[3];
	struct names_offer *offer;
	struct names_page *page;
	struct names_account *account;
	struct names_goal *goal;
	size_t n_offer, n_page, n_account, n_goal;
};

void names_init(struct names *n, struct arena *a);
void names_want_offer(struct names *n, uint32_t id);
void names_want_page(struct names *n, uint32_t id);
void names_want_account(struct names *n, uint32_t id);
/* Loads what is wanted, the accounts' managers and all goals.  Once. */
NODISCARD enum err names_load(struct names *n, struct db *db);

/* Never NULL. */
NODISCARD const struct names_offer *names_offer(const struct names *n, uint32_t id);
NODISCARD const struct names_page *names_page(const struct names *n, uint32_t id);
NODISCARD const struct names_account *names_account(const struct names *n, uint32_t id);
/* Goal 0 is the base conversion: value and title "1" (E1 of decisions.md). */
NODISCARD const struct names_goal *names_goal(const struct names *n, uint32_t id);

/* Values: {"id","offer_id","title","url"}.  The advertiser's URL is no affiliate's business:
 * it is empty where clients want the member. */
enum names_url { NAMES_URL, NAMES_URL_EMPTY, NAMES_URL_LEFT_OUT };
void names_put_offer(struct jsonw *w, const struct names_offer *o, enum names_url url);
/* {"id","title"} of an advertiser. */
void names_put_advertiser(struct jsonw *w, const struct names_account *a);
/* {"id","email","login","name"}, and in lists title, manager and manager_id. */
void names_put_partner(
    struct jsonw *w, const struct names *n, const struct names_account *a, bool whole);

/* "mobile", "desktop" ... for the numbers of track/ua.h, as filters and replies have
 * them. */
NODISCARD const char *names_device(unsigned type);
NODISCARD bool names_device_parse(struct str word, unsigned *type);
/* "confirmed" ... of a status number, "" for none. */
NODISCARD const char *names_status(unsigned status);

#endif
