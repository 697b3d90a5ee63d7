/* SPDX-License-Identifier: Apache-2.0
 * foldmark.c - see foldmark.h.
 */
#include "stats/foldmark.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

#include "base/savefile.h"

#define MARKER "AFFFOLD"
#define FOLDMARK_VERSION 1u

struct mark {
	char marker[8];
	uint32_t version, _pad;
	uint8_t uuid[16]; /* of the journal */
	uint64_t pos[LANE_MAX];
	uint64_t checksum; /* XXH3 of all before it */
};

static const char *
file_of(const struct journal_home *home, char out[PATH_MAX])
{
	(void)snprintf(out, PATH_MAX, "%s/folded", home->dir);
	return out;
}

bool
foldmark_save(const struct journal_home *home, const uint64_t pos[LANE_MAX])
{
	struct mark m = {.marker = MARKER, .version = FOLDMARK_VERSION};
	char path[PATH_MAX];

	memcpy(m.uuid, home->uuid, sizeof(m.uuid));
	memcpy(m.pos, pos, sizeof(m.pos));
	m.checksum = XXH3_64bits(&m, offsetof(struct mark, checksum));
	return savefile_put(
	    file_of(home, path), str_n((const char *)&m, sizeof(m)), true);
}

void
foldmark_load(const struct journal_home *home, uint64_t pos[LANE_MAX])
{
	struct str bytes = STR_NONE;
	char path[PATH_MAX];
	struct mark m;

	memset(pos, 0, sizeof(*pos) * LANE_MAX);
	if (savefile_get(file_of(home, path), sizeof(m), &bytes) &&
	    bytes.n == sizeof(m)) {
		memcpy(&m, bytes.p, sizeof(m));
		if (memcmp(m.marker, MARKER, sizeof(m.marker)) == 0 &&
		    m.version == FOLDMARK_VERSION &&
		    memcmp(m.uuid, home->uuid, sizeof(m.uuid)) == 0 &&
		    m.checksum == XXH3_64bits(&m, offsetof(struct mark, checksum)))
			memcpy(pos, m.pos, sizeof(m.pos));
	}
	free((void *)(uintptr_t)bytes.p);
}
