/* SPDX-License-Identifier: Apache-2.0
 * main.c - the program `affiliated`: reads its arguments and becomes the master.
 */
#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "config.h"

#include "base/settings.h"
#include "master/confcheck.h"
#include "master/confprint.h"
#include "master/master.h"
#include "master/title.h"
#include "worker/xprint.h"

static int
usage(FILE *out)
{
	(void)fprintf(out,
	    "usage: affiliated [-c file] [-t]\n"
	    "       affiliated -x openapi | mdoc | endpoints | yaml | yaml-mdoc\n"
	    "       affiliated --version\n\n"
	    "  -c file   configuration [" CONF_DIR "/affiliated.yaml]\n"
	    "  -t        check the configuration, and what it names, and end\n"
	    "  -x what   print a document made from the tables of endpoints and of "
	    "settings\n");
	return out == stderr ? 2 : 0;
}

int
main(int argc, char **argv)
{
	static const struct option longs[] = {{"version", no_argument, NULL, 'V'},
	    {"help", no_argument, NULL, 'h'}, {"config", required_argument, NULL, 'c'},
	    {NULL, 0, NULL, 0}};
	/* static: it lives as long as the process, and a leak checker sees that. */
	static const char *conf = CONF_DIR "/affiliated.yaml";
	const char *print = NULL;
	struct settings *set;
	char why[512];
	bool check = false;
	int c;

	title_init(argc, argv);
	while ((c = getopt_long(argc, argv, "c:tx:h", longs, NULL)) != -1) {
		switch (c) {
		case 'c':
			conf = obj_strdup(optarg);
			break;
		case 't':
			check = true;
			break;
		case 'x':
			print = optarg;
			break;
		case 'V':
			(void)puts(PACKAGE_STRING);
			return 0;
		case 'h':
			return usage(stdout);
		default:
			return usage(stderr);
		}
	}
	if (optind != argc)
		return usage(stderr);
	if (print != NULL)
		return confprint(print, stdout) ? 0 : xprint(print, stdout);
	set = settings_read(conf, why);
	if (set == NULL) {
		(void)fprintf(stderr, "affiliated: %s\n", why);
		return 1;
	}
	if (check) {
		bool good = confcheck(set, conf) == 0;

		if (good)
			(void)printf("%s: the configuration is good\n", conf);
		settings_free(&set);
		return good ? 0 : 1;
	}
	/* Here, where there is one thread: the children's pools use it from several. */
	if (sodium_init() < 0) {
		(void)fputs("affiliated: no source of random numbers\n", stderr);
		settings_free(&set);
		return 1;
	}
	return master_run(set, conf);
}
