/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/section.h"

#include <string.h>

#include "domain/userrole.h"

enum section {
#define SECTION(id_) SECTION_##id_,
#include "tbl/sections.h"
	SECTION_COUNT
};
#define IN(id_) (1u << SECTION_##id_)

static const struct {
	unsigned sections, own;
} roles_of[] = {
#define USERROLE(id_, word_, sections_, own_) {sections_, own_},
#include "tbl/sections.h"
};

static const struct {
	enum method method;
	const char *path;
	unsigned sections;
} opens[] = {
#define OPENS(method_, path_, sections_) {method_, path_, sections_},
#include "tbl/sections.h"
};

_Static_assert(SECTION_COUNT < 31, "sections are bits of an unsigned");

unsigned
section_of_roles(unsigned roles)
{
	unsigned out = 0;

	for (unsigned i = 0; i < USERROLE_COUNT; i++)
		if ((roles >> i & 1) != 0)
			out |= roles_of[i].sections;
	return out;
}

unsigned
section_own(unsigned roles)
{
	unsigned out = 0;

	for (unsigned i = 0; i < USERROLE_COUNT; i++)
		if ((roles >> i & 1) != 0)
			out |= roles_of[i].own;
	return (roles & USERROLE_ADMIN) != 0 ? 0 : out;
}

unsigned
section_wanted(enum method method, const char *path)
{
	size_t longest = 0;
	unsigned out = 0;

	for (size_t i = 0; i < ARRAY_LEN(opens); i++) {
		const size_t n = strlen(opens[i].path);

		if ((opens[i].method != M_OTHER && opens[i].method != method) ||
		    n < longest || strncmp(path, opens[i].path, n) != 0)
			continue;
		out = n > longest ? opens[i].sections : out | opens[i].sections;
		longest = n;
	}
	return out;
}
