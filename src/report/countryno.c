/* SPDX-License-Identifier: Apache-2.0
 * countryno.c - see countryno.h.
 */
#include "report/countryno.h"

static const struct {
	char code[3];
	unsigned short number;
} countries[] = {
#define COUNTRY_NUMBER(code_, number_) {#code_, number_},
#include "tbl/country_numbers.h"
#undef COUNTRY_NUMBER
};

unsigned
countryno_of(uint16_t packed)
{
	char code[3];

	country_unpack(packed, code);
	for (size_t i = 0; i < ARRAY_LEN(countries); i++)
		if (memcmp(countries[i].code, code, 2) == 0)
			return countries[i].number;
	return 0;
}

bool
countryno_packed(int64_t number, uint16_t *packed)
{
	if (number == 0) {
		*packed = 0;
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(countries); i++) {
		if (countries[i].number != number)
			continue;
		*packed = country_pack(str_n(countries[i].code, 2));
		return true;
	}
	return false;
}
