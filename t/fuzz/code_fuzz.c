/* SPDX-License-Identifier: Apache-2.0
 * code_fuzz.c - tracking codes and click ids.
 *
 * Input: a code or a click id.
 */
#include "fuzz.h"

#include "track/clickid.h"
#include "track/ocode.h"

#include "small_catalog.h"

static void
check_click_id(struct str s)
{
	struct click_id id = {-1, -1}, back;
	char hash[CLICKID_TEXT], hex24[CLICKID_TEXT];

	if (clickid_parse(s, &id) != CLICKID_OURS) {
		assert(id.us == -1 && id.lo == -1);
		return;
	}
	clickid_hash(hash, id);
	clickid_hex24(hex24, id);
	assert(str_eq(s, str_of(hash)) || str_eq(s, str_of(hex24)));
	assert(clickid_parse(str_of(hash), &back) == CLICKID_OURS && back.us == id.us &&
	       back.lo == id.lo);
	assert(clickid_parse(str_of(hex24), &back) == CLICKID_OURS && back.us == id.us &&
	       back.lo == id.lo);
}

/* What was read from a code of numbers, written again, is read as the same. */
static void
check_again(const struct ocode *o)
{
	struct ocode_link l = {.username = STR_NONE};
	char text[OCODE_TEXT];
	static struct ocode again;

	for (unsigned i = 0; i < OCODE_FIELDS; i++) {
		if (i == OCODE_AFFSUBID ? o->old : false)
			return;
		if (!str_to_u64(o->f[i], &l.id[i]))
			return; /* twenty digits may be more than 64 bits */
	}
	assert(ocode_write(text, OCODE_ENCODED, &l) > 0);
	assert(ocode_parse(&again, str_of(text)));
	for (unsigned i = 0; i < OCODE_FIELDS; i++) {
		uint64_t v;

		assert(str_to_u64(again.f[i], &v) && v == l.id[i]);
	}
}

void
fuzz_one(const uint8_t *data, size_t n)
{
	static struct catalog *cat;
	static struct ocode o;
	struct ocode_ids ids;
	const struct str s = str_n((const char *)data, n);

	if (cat == NULL)
		cat = small_catalog("http://shop.example/");
	check_click_id(s);
	if (!ocode_parse(&o, s))
		return;
	for (unsigned i = 0; i < OCODE_FIELDS; i++)
		assert(o.f[i].n > 0 && str_is_utf8(o.f[i]));
	if (ocode_resolve(&o, cat, &ids))
		assert(ids.id[OCODE_LOGIN] == 42 && ids.id[OCODE_OFFER] == 251 &&
		       ids.id[OCODE_LANDING_PAGE] == 310 &&
		       ids.id[OCODE_COMMISSION] == 7);
	if (!o.unencoded)
		check_again(&o);
}
