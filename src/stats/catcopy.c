/* SPDX-License-Identifier: Apache-2.0
 * catcopy.c - see catcopy.h.
 *
 * The bytes are those of the image, whose head has version and checksum.
 */
#include "stats/catcopy.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/savefile.h"
#include "shm/shm.h"
#include "track/catalog.h"

#define WHY_BYTES 256
#define IMAGE_MOST UINT32_MAX /* see catimage_finish() */

static const char *
copy_of(const struct inherited *in, char out[PATH_MAX])
{
	(void)snprintf(out, PATH_MAX, "%s/catalog", in->set->state_dir);
	return out;
}

bool
catcopy_save(const struct inherited *in, uint64_t generation)
{
	char image[CATALOG_PATH], copy[PATH_MAX];
	struct str bytes;
	bool good;

	catalog_path(image, shm_path(in->shm), generation);
	if (!savefile_get(image, IMAGE_MOST, &bytes))
		return false;
	good = savefile_put(copy_of(in, copy), bytes, true);
	free((void *)(uintptr_t)bytes.p);
	return good;
}

static bool
is_in_force(const struct inherited *in)
{
	char image[CATALOG_PATH];
	struct catalog *c;
	bool good;

	catalog_path(image, shm_path(in->shm), shm_catalog_gen(in->shm));
	c = catalog_map(image, NULL);
	good = c != NULL;
	catalog_unmap(&c);
	return good;
}

static bool
put_in_force(const struct inherited *in, struct str bytes, char *why)
{
	const uint64_t generation = shm_catalog_gen(in->shm) + 1;
	struct catalog *c = catalog_of(bytes.p, bytes.n, why);
	char image[CATALOG_PATH];
	bool good;

	if (c == NULL)
		return false;
	catalog_path(image, shm_path(in->shm), generation);
	good = savefile_put(image, bytes, false);
	if (good)
		shm_catalog_publish(in->shm, generation, catalog_version(c));
	else
		(void)snprintf(why, WHY_BYTES, "%s", strerror(errno));
	catalog_unmap(&c);
	return good;
}

bool
catcopy_restore(const struct inherited *in, char *why)
{
	char copy[PATH_MAX], inner[WHY_BYTES];
	struct str bytes = STR_NONE;
	bool good;

	if (is_in_force(in))
		return true;
	if (savefile_get(copy_of(in, copy), IMAGE_MOST, &bytes)) {
		good = put_in_force(in, bytes, inner);
	} else {
		good = false;
		(void)snprintf(inner, sizeof(inner), "%s", strerror(errno));
	}
	free((void *)(uintptr_t)bytes.p);
	if (!good)
		(void)snprintf(why, WHY_BYTES, "%.150s: %.100s", copy, inner);
	return good;
}
