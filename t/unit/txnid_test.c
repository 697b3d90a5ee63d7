/* SPDX-License-Identifier: Apache-2.0 */
#include "book/txnid.h"
#include "t/unit/tap.h"

static const struct {
	us_t us;
	unsigned node;
	const char *digits, *hex;
} ids[] = {
    {INT64_C(1610284032031993), 42, "16102840320319930420", "5ffafc0007cf902a00000000"},
    {INT64_C(1844674408000000), 1, "18446744080000000010", "6df37f680000000100000000"},
    {INT64_C(1950000000999999), 999, "19500000009999999990", "743aa380f423f3e700000000"},
};

static const char *const wrong[] = {"", "1610284032031993042", "16102840320319930421",
    "161028403203199304200", "1610284032031993042a", "-6102840320319930420",
    "5ffafc0007cf902a00000001", "5ffafc00ffff902a00000000", "5ffafc0007cf9fff00000000",
    "5ffafc0007cf902a0000000g"};

int
main(void)
{
	char digits[TXNID_DIGITS + 1], hex[TXNID_HEX + 1];
	us_t us;
	unsigned node;

	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		txnid_digits(digits, ids[i].us, ids[i].node);
		is_str(digits, ids[i].digits, "twenty digits");
		txnid_hex(hex, ids[i].us, ids[i].node);
		is_str(hex, ids[i].hex, "twenty-four hex digits");
		(void)ok(txnid_parse(str_of(digits), &us, &node) && us == ids[i].us &&
			     node == ids[i].node,
		    "%s read back", digits);
		(void)ok(txnid_parse(str_of(hex), &us, &node) && us == ids[i].us &&
			     node == ids[i].node,
		    "%s read back", hex);
	}
	(void)ok(
	    txnid_parse(STR("5FFAFC0007CF902A00000000"), &us, &node) && us == ids[0].us,
	    "upper case hex");
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		(void)ok(!txnid_parse(str_of(wrong[i]), &us, &node), "'%s' is no id",
		    wrong[i]);
	return tap_done();
}
