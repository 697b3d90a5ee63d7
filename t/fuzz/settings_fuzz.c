/* SPDX-License-Identifier: Apache-2.0
 * settings_fuzz.c - affiliated.yaml: any bytes give settings or one line that says why
 * not.
 */
#include "config.h"

#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/settings.h"

void
fuzz_one(const uint8_t *data, size_t n)
{
	char path[64], why[512] = "";
	int fd = memfd_create("settings", MFD_CLOEXEC);
	struct settings *s;

	assert(fd != -1 && write(fd, data, n) == (ssize_t)n);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	s = settings_read(path, why);
	assert((s == NULL) == (why[0] != '\0') && strchr(why, '\n') == NULL);
	if (s != NULL) {
		assert(s->workers >= 0 && s->workers <= 64);
		assert(s->node_id >= 1 && s->node_id <= 999);
		assert((s->ring_clicks_bytes & (s->ring_clicks_bytes - 1)) == 0);
		for (size_t i = 0; i < s->listen.n; i++)
			assert(s->listen.v[i] != NULL);
	}
	settings_free(&s);
	(void)close(fd);
}
