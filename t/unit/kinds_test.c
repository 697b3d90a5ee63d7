/* SPDX-License-Identifier: Apache-2.0
 * kinds_test.c - what kind of event a report is: each row of nats-behaviour.md §2.2, with
 * all that can stand beside it, and E2 of decisions.md.
 *
 * A case is a click with an initial, or without one, and what is reported for it then.
 * In the report: NEW an order id nobody has sent, FIRST the initial's, UNKNOWN a customer
 * nobody knows, LIVING one who bought on another click, EXPIRED one whose lifetime is
 * over, OWN the one the initial made.
 */
#include "book_network.h"

enum before { NOTHING, PLAIN, CUSTOMER };
enum kind { NONE, INITIAL, CONTINUITY, GOAL };

/* clang-format off */
static const struct {
	int row; /* of §2.2; 0: E2 */
	enum before before;
	bool postback;
	const char *report;
	int outcome;
	enum kind kind;
} cases[] = {
	{1, NOTHING,  false, "goal=lead",                             OUTCOME_BOOKED,    GOAL},
	{1, NOTHING,  false, "goal=lead&orderid=NEW",                 OUTCOME_BOOKED,    GOAL},
	{1, NOTHING,  false, "goal=lead&subscription_id=UNKNOWN",     OUTCOME_BOOKED,    GOAL},
	{1, NOTHING,  false, "goal=lead&subscription_id=LIVING",      OUTCOME_BOOKED,    GOAL},
	{1, PLAIN,    false, "goal=lead",                             OUTCOME_BOOKED,    GOAL},
	{1, PLAIN,    false, "goal=5&orderid=NEW",                    OUTCOME_BOOKED,    GOAL},
	{1, CUSTOMER, false, "goal=lead&subscription_id=OWN",         OUTCOME_BOOKED,    GOAL},
	{1, NOTHING,  true,  "goal=lead",                             OUTCOME_BOOKED,    GOAL},
	{1, CUSTOMER, true,  "goal=lead&orderid=NEW",                 OUTCOME_BOOKED,    GOAL},
	{5, NOTHING,  false, "goal=1&orderid=NEW",                    OUTCOME_BOOKED,    INITIAL}, /* E1 */
	{5, NOTHING,  false, "goal=0",                                OUTCOME_BOOKED,    INITIAL},
	{2, NOTHING,  false, "subscription_id=LIVING",                OUTCOME_BOOKED,    CONTINUITY},
	{2, NOTHING,  false, "subscription_id=LIVING&orderid=NEW",    OUTCOME_BOOKED,    CONTINUITY},
	{2, PLAIN,    false, "subscription_id=LIVING",                OUTCOME_BOOKED,    CONTINUITY},
	{2, PLAIN,    false, "subscription_id=LIVING&orderid=NEW",    OUTCOME_BOOKED,    CONTINUITY},
	{2, CUSTOMER, false, "subscription_id=LIVING&orderid=NEW",    OUTCOME_BOOKED,    CONTINUITY},
	{2, CUSTOMER, false, "subscription_id=OWN",                   OUTCOME_BOOKED,    CONTINUITY},
	{2, CUSTOMER, false, "subscription_id=OWN&orderid=NEW",       OUTCOME_BOOKED,    CONTINUITY},
	{2, CUSTOMER, false, "subscription_id=OWN&orderid=FIRST",     OUTCOME_DUPLICATE, NONE},
	{3, PLAIN,    false, "orderid=NEW",                           OUTCOME_BOOKED,    CONTINUITY},
	{3, PLAIN,    false, "orderid=NEW&subscription_id=UNKNOWN",   OUTCOME_BOOKED,    CONTINUITY},
	{3, CUSTOMER, false, "orderid=NEW",                           OUTCOME_BOOKED,    CONTINUITY},
	{4, CUSTOMER, false, "orderid=NEW&subscription_id=UNKNOWN",   OUTCOME_DUPLICATE, NONE},
	{4, PLAIN,    false, "",                                      OUTCOME_DUPLICATE, NONE},
	{4, PLAIN,    false, "orderid=FIRST",                         OUTCOME_DUPLICATE, NONE},
	{4, PLAIN,    false, "subscription_id=UNKNOWN",               OUTCOME_DUPLICATE, NONE},
	{4, CUSTOMER, false, "",                                      OUTCOME_DUPLICATE, NONE},
	{4, CUSTOMER, false, "orderid=FIRST",                         OUTCOME_DUPLICATE, NONE},
	{5, NOTHING,  false, "",                                      OUTCOME_BOOKED,    INITIAL},
	{5, NOTHING,  false, "orderid=NEW",                           OUTCOME_BOOKED,    INITIAL},
	{5, NOTHING,  false, "subscription_id=UNKNOWN",               OUTCOME_BOOKED,    INITIAL},
	{5, NOTHING,  false, "subscription_id=EXPIRED",               OUTCOME_BOOKED,    INITIAL},
	{5, PLAIN,    false, "subscription_id=EXPIRED&orderid=NEW",   OUTCOME_BOOKED,    INITIAL},
	{0, NOTHING,  true,  "",                                      OUTCOME_BOOKED,    INITIAL},
	{0, PLAIN,    true,  "",                                      OUTCOME_BOOKED,    INITIAL}, /* E3: another key than FIRST */
	{0, PLAIN,    true,  "orderid=NEW",                           OUTCOME_BOOKED,    INITIAL},
	{0, PLAIN,    true,  "orderid=FIRST",                         OUTCOME_DUPLICATE, NONE},
	{0, CUSTOMER, true,  "orderid=NEW&subscription_id=OWN",       OUTCOME_BOOKED,    INITIAL},
};
/* clang-format on */

static us_t now = FIX_T0 + 100 * US_DAY;

/* The report with the case's names in it. */
static void
fill(char *to, size_t cap, const char *text, unsigned n)
{
	static const char *const names[] = {
	    "NEW", "FIRST", "UNKNOWN", "LIVING", "EXPIRED", "OWN"};
	size_t at = 0;

	while (*text != '\0' && at + 16 < cap) {
		size_t i = 0;

		while (i < ARRAY_LEN(names) &&
		       strncmp(text, names[i], strlen(names[i])) != 0)
			i++;
		if (i == ARRAY_LEN(names)) {
			to[at++] = *text++;
			continue;
		}
		at += (size_t)snprintf(to + at, cap - at, "%.1s%u", names[i], n);
		text += strlen(names[i]);
	}
	to[at] = '\0';
}

/* Somebody else's click, on which the customers of the case bought. */
static void
make_customers(unsigned n)
{
	char fields[96];
	us_t old = now - 31 * US_DAY;

	(void)snprintf(fields, sizeof(fields), "subscription_id=E%u&orderid=e%u", n, n);
	is_int(fix_pixel(old + 2, fix_on(fix_clicked(old, 252, 42, "DE"), fields)),
	    OUTCOME_BOOKED, "a customer of a month ago");
	(void)snprintf(fields, sizeof(fields), "subscription_id=L%u&orderid=l%u", n, n);
	is_int(fix_pixel(now + 2, fix_on(fix_clicked(now, 252, 42, "DE"), fields)),
	    OUTCOME_BOOKED, "a customer of now");
}

static void
test_case(unsigned n)
{
	const char *hash;
	char report[160], fields[160], what[256];
	int64_t had, has;

	now += 100 * US_DAY;
	make_customers(n);
	hash = fix_clicked(now + 10, 252, 42, "DE");
	if (cases[n].before != NOTHING) {
		fill(fields, sizeof(fields),
		    cases[n].before == CUSTOMER ? "orderid=FIRST&subscription_id=OWN"
						: "orderid=FIRST",
		    n);
		is_int(fix_pixel(now + 11, fix_on(hash, fields)), OUTCOME_BOOKED,
		    "the click's initial");
	}
	fill(report, sizeof(report), cases[n].report, n);
	(void)snprintf(what, sizeof(what), "row %d: %s%s, the click has %s", cases[n].row,
	    cases[n].postback ? "/postback " : "", cases[n].report,
	    cases[n].before == NOTHING ? "no initial"
	    : cases[n].before == PLAIN ? "an initial"
				       : "an initial with a customer");
	had = testdb_int(fix_db, "SELECT COUNT(*) FROM conversion");
	is_int(fix_one(REC_POST, cases[n].postback ? SRC_AFFISE_POST : SRC_NATS_POST,
		   now + 12, fix_on(hash, report)),
	    cases[n].outcome, what);
	has = testdb_int(fix_db, "SELECT COUNT(*) FROM conversion");
	is_int(has - had, cases[n].kind == NONE ? 0 : 1, "its rows");
	if (has > had)
		is_int(testdb_int(fix_db,
			   "SELECT kind FROM conversion ORDER BY conv_us DESC LIMIT 1"),
		    cases[n].kind, "its kind");
}

int
main(void)
{
	network_open();
	set("customer_lifetime_days", "30");
	for (unsigned n = 0; n < ARRAY_LEN(cases); n++)
		test_case(n);
	fix_is_clean("the books are true");
	fix_close();
	return tap_done();
}
