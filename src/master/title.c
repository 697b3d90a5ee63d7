/* SPDX-License-Identifier: Apache-2.0 */
#include "master/title.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/obj.h"

#define TITLE_BYTES 40 /* "affiliated: notifier" and room for a worker's number */

static char *area;
static size_t area_bytes;

void
title_init(int argc, char **argv)
{
	char **args;

	if (argc < 1)
		return;
	area = argv[0];
	/* The kernel lays the arguments out one behind the other. */
	for (int i = 0; i < argc && argv[i] == area + area_bytes; i++)
		area_bytes += strlen(argv[i]) + 1;
	if (area_bytes >= TITLE_BYTES)
		return;
	args = obj_alloc(((size_t)argc + 1) * sizeof(*args));
	memcpy(args, argv, (size_t)argc * sizeof(*args));
	args[0] = obj_alloc(TITLE_BYTES + 1);
	(void)snprintf(args[0], TITLE_BYTES + 1, "%-*s", TITLE_BYTES, "affiliated");
	(void)execv("/proc/self/exe", args);
	/* Without /proc the title is cut short, no more. */
	free(args[0]);
	free(args);
}

void
title_set(const char *role)
{
	char name[16];

	(void)snprintf(name, sizeof(name), "aff:%s", role);
	(void)prctl(PR_SET_NAME, name);
	if (area_bytes == 0)
		return;
	memset(area, 0, area_bytes);
	(void)snprintf(area, area_bytes, "affiliated: %s", role);
}
