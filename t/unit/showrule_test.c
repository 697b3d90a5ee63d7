/* SPDX-License-Identifier: Apache-2.0
 * Which rule of a creative decides: a case a line.
 */
#include "base/showrule.h"

#include "t/unit/tap.h"

/* Rules as text, one a word: S, H or I, then what it names: a5 affiliate, l3 landing page, o7
 * offer, f it begins later, p it is over. */
static void
weigh(
    struct showrule_sum *sum, const char *word, size_t n, const struct showrule_ask *ask)
{
	static uint32_t id[3];
	struct showrule r = {.kind = word[0] == 'S'   ? SHOWRULE_SHOW
				     : word[0] == 'H' ? SHOWRULE_HIDE
						      : SHOWRULE_IGNORE,
	    .start = 100};

	for (size_t i = 1; i < n; i++) {
		uint32_t v = i + 1 < n ? (uint32_t)(word[i + 1] - '0') : 0;

		switch (word[i]) {
		case 'a':
			id[0] = v;
			r.affiliates = (struct showrule_list){&id[0], 1};
			break;
		case 'l':
			id[1] = v;
			r.pages = (struct showrule_list){&id[1], 1};
			break;
		case 'o':
			id[2] = v;
			r.offers = (struct showrule_list){&id[2], 1};
			break;
		case 'f':
			r.start = 501;
			break;
		case 'p':
			r.end = 500;
			break;
		default:
			break;
		}
	}
	showrule_weigh(sum, &r, ask);
}

static bool
shown(const char *rules)
{
	const struct showrule_ask ask = {
	    .now = 500, .affiliate = 5, .offer = 7, .landing_page = 3};
	struct showrule_sum sum = SHOWRULE_NONE;

	while (*rules != '\0') {
		const size_t n = strcspn(rules, " ");

		weigh(&sum, rules, n, &ask);
		rules += n + (rules[n] == ' ');
	}
	return showrule_shown(&sum);
}

/* For affiliate 5, offer 7, landing page 3. */
static const struct {
	const char *rules;
	bool shown;
} cases[] = {
    {"", true},
    {"I", true},
    {"H", false},
    {"S", true},
    {"H I", false},
    {"Ha5", false},
    {"Ha6", true},
    {"Ho7", false},
    {"Ho8", true},
    {"Hl3", false},
    {"Hl4", true},
    {"Ha5o7l3", false},
    {"Ha5o8", true},
    {"Ha6o7", true},
    {"Sa5", true},
    {"Sa6", false}, /* shown to another, so not to this one */
    {"So8", false},
    {"Sa6 So7", true},
    {"H Sa5", true}, /* the closer one */
    {"Sa5 H", true},
    {"S Ha5", false},
    {"H Sa6", false},
    {"S H", false}, /* as close: hidden */
    {"H S", false},
    {"Sa5 Ha5", false},
    {"Ho7 Sl3", true}, /* landing page before offer */
    {"Hl3 So7", false},
    {"Hl3o7 Sa5", true}, /* affiliate before both */
    {"Ha5 Sl3o7", false},
    {"Ha5 Sa5o7", true}, /* more is closer */
    {"Hf", true},        /* not yet */
    {"Hp", true},        /* no longer: its end is now */
    {"Sa6f", true},      /* a SHOW that is not in force says nothing of others */
    {"Sa6p", true},
    {"Ia6", true},
    {"H Ia5", false},
};

int
main(void)
{
	static const uint32_t many[] = {1, 4, 5, 9, 4000000000u};
	struct showrule r = {
	    .kind = SHOWRULE_HIDE, .affiliates = {many, ARRAY_LEN(many)}};
	unsigned found = 0;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		ok(shown(cases[i].rules) == cases[i].shown, "\"%s\": %s", cases[i].rules,
		    cases[i].shown ? "shown" : "hidden");
	for (size_t i = 0; i < ARRAY_LEN(many); i++) {
		struct showrule_sum sum = SHOWRULE_NONE;
		const struct showrule_ask ask = {.now = 1, .affiliate = many[i]};

		showrule_weigh(&sum, &r, &ask);
		found += !showrule_shown(&sum);
	}
	is_int(found, ARRAY_LEN(many), "each of a long list is found");
	return tap_done();
}
