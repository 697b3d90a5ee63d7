/* SPDX-License-Identifier: Apache-2.0
 * uayaml_fuzz.c - a file of user agent rules, read and not compiled.
 */
#include "fuzz.h"

#include "track/uaload.c"

void
fuzz_one(const uint8_t *data, size_t n)
{
	struct ua *u;
	char why[WHY_BYTES] = "";
	FILE *f = n == 0 ? NULL : fmemopen((void *)(uintptr_t)data, n, "r");

	if (f == NULL)
		return;
	OBJ_NEW(u, UA_MAGIC);
	if (!read_yaml(u, f, why))
		assert(why[0] != '\0');
	for (unsigned i = 0; i < UA_LISTS; i++)
		assert(u->first[i] <= u->first[i + 1] && u->first[i + 1] <= u->n);
	(void)fclose(f);
	ua_free(&u);
}
