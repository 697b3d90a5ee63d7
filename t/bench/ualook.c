/* SPDX-License-Identifier: Apache-2.0
 * ualook.c - what it costs to know a browser by its User-Agent, for `make bench`.
 *
 *   ualook REGEXES BOTS FILE
 *
 * FILE has a user agent a line; each is looked up once by a reader that never saw it and
 * many times by one that did.  Prints "agents=N cold_us=C cached_us=C filtered=0|1".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "track/ua.h"

#define MOST 4096
#define AGAIN 200

static char *line[MOST];
static unsigned n;

static void
read_lines(const char *path)
{
	char text[4096];
	FILE *f = fopen(path, "re");

	if (f == NULL) {
		perror(path);
		exit(2);
	}
	while (n < MOST && fgets(text, sizeof(text), f) != NULL) {
		text[strcspn(text, "\n")] = '\0';
		line[n++] = strdup(text);
	}
	(void)fclose(f);
}

static double
look_us(struct ua_reader *r, unsigned times)
{
	us_t from = clock_mono_us();

	for (unsigned t = 0; t < times; t++) {
		for (unsigned i = 0; i < n; i++)
			(void)!ua_read(r, str_of(line[i]));
	}
	return (double)(clock_mono_us() - from) / times / n;
}

/* Without all the patterns the figures would be of something else. */
static void
on_fault(void *arg, const char *text)
{
	(void)arg;
	(void)fprintf(stderr, "ualook: %s\n", text);
	exit(2);
}

int
main(int argc, char **argv)
{
	const struct ua_faults faults = {on_fault, NULL};
	struct ua *u = argc == 4 ? ua_load(argv[1], argv[2], NULL, &faults) : NULL;
	struct ua_reader *r;
	double cold, cached;

	if (u == NULL) {
		(void)fputs("usage: ualook REGEXES BOTS FILE\n", stderr);
		return 2;
	}
	read_lines(argv[3]);
	if (n == 0)
		return 2;
	r = ua_reader_new(u, 4 * MOST);
	cold = look_us(r, 1);
	cached = look_us(r, AGAIN);
	(void)printf("agents=%u cold_us=%.2f cached_us=%.3f filtered=%d\n", n, cold,
	    cached, ua_is_filtered(u));
	ua_reader_free(&r);
	ua_free(&u);
	return 0;
}
