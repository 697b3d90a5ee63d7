/* SPDX-License-Identifier: Apache-2.0
 * affiliatestat.c - what a running server counts, read from its shared memory.
 *
 *   affiliatestat [-c FILE | -s DIR] [-j | -p] [-i SECONDS [-n TIMES]]
 *
 * Maps the files read-only and asks the server nothing, so it works while the server
 * hangs and costs it nothing.  It has to run as the server's user or as root.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/jsonw.h"
#include "config.h"
#include "shm/metrics.h"

enum { STAT_OK = 0, STAT_FAILED = 1, STAT_USAGE = 2 };

struct options {
	const char *conf, *state;
	bool json, prometheus;
	unsigned every; /* seconds; 0: once */
	uint64_t times; /* 0: for ever */
};

static int
failed(const char *text)
{
	(void)fprintf(stderr, "affiliatestat: %s\n", text);
	return STAT_FAILED;
}

static void
print_help(FILE *out)
{
	(void)fputs(
	    "usage: affiliatestat [-c FILE | -s DIR] [-j | -p] [-i SECONDS [-n "
	    "TIMES]]\n\n"
	    "  -c, --config FILE      configuration [" CONF_DIR "/affiliated.yaml]\n"
	    "  -s, --state-dir DIR    state directory of the server; its affiliated.yaml "
	    "counts,\n"
	    "                         when it has one\n"
	    "  -j, --json             one object; with -i one a line\n"
	    "  -p, --prometheus       the text that /metrics prints\n"
	    "  -i, --interval SECONDS every so often, rates since the line before\n"
	    "  -n, --count TIMES      so many lines, then end\n"
	    "  -h, --help             this text\n"
	    "      --version          print the version\n",
	    out);
}

/* --- finding it --- */

static struct settings *
read_settings(const struct options *o, char *why)
{
	const char *conf = o->conf;
	char path[4096];
	struct settings *set;

	if (o->state != NULL) {
		(void)snprintf(path, sizeof(path), "%s/affiliated.yaml", o->state);
		conf = access(path, F_OK) == 0 ? path : "";
	}
	set = settings_read(conf, why);
	if (set != NULL && o->state != NULL && *conf == '\0' &&
	    !settings_set(set, "state_dir", o->state, why, SHM_WHY))
		settings_free(&set);
	return set;
}

static struct shm *
attach(const struct options *o, char *why)
{
	struct settings *set = read_settings(o, why);
	struct shm *shm = NULL;
	char dir[256];

	if (set == NULL)
		return NULL;
	if (!shm_dir_of(dir, sizeof(dir), set->shm_dir, set->state_dir))
		(void)snprintf(
		    why, SHM_WHY, "there is no state directory %.400s", set->state_dir);
	else if (access(dir, F_OK) == -1)
		(void)snprintf(why, SHM_WHY,
		    "no server has run on %.400s since the machine was started",
		    set->state_dir);
	else
		shm = shm_attach(dir, why);
	settings_free(&set);
	return shm;
}

/* --- printing it --- */

#define NAME_BYTES 64

/* With its label behind, where there are several of a name. */
static const char *
name_of(const struct metric *m, char buf[NAME_BYTES])
{
	if (m->label == NULL)
		return m->name;
	(void)snprintf(buf, NAME_BYTES, "%s.%s", m->name,
	    m->label[0] == '\0' ? "counted" : m->label);
	return buf;
}

static void
print_table(const struct metric m[METRICS_MAX])
{
	char name[NAME_BYTES];

	for (unsigned i = 0; i < METRICS_MAX; i++) {
		char value[32];

		metrics_value(&m[i], value);
		(void)printf("%-24s %16s  %s\n", name_of(&m[i], name), value, m[i].text);
	}
}

static void
print_json(const struct metric m[METRICS_MAX], us_t now)
{
	char name[NAME_BYTES];
	struct jsonw *w = jsonw_new();
	struct str text;

	jsonw_obj(w);
	jsonw_key(w, "time");
	jsonw_money(w, now, 6);
	for (unsigned i = 0; i < METRICS_MAX; i++) {
		jsonw_key(w, name_of(&m[i], name));
		if (m[i].kind == METRIC_MICRO)
			jsonw_money(w, m[i].value, 6);
		else
			jsonw_int(w, m[i].value);
	}
	jsonw_end(w);
	text = jsonw_text(w);
	(void)fwrite(text.p, 1, text.n, stdout);
	(void)putchar('\n');
	jsonw_free(&w);
}

static void
print_prometheus(const struct metric m[METRICS_MAX])
{
	static char text[METRICS_TEXT];

	(void)fwrite(text, 1, metrics_text(m, text), stdout);
}

/* The columns of a line in interval mode: a rate for what is counted, else the value. */
static const struct column {
	const char *title, *name;
	int width;
} columns[] = {
    {"requests/s", "http_requests", 10},
    {"5xx/s", "http_errors_server", 6},
    {"clicks/s", "journal_clicks", 9},
    {"events/s", "journal_events", 9},
    {"syncs/s", "journal_syncs", 8},
    {"booked/s", "fold_clicks", 9},
    {"converted/s", "fold_events", 11},
    {"backlog", "backlog_clicks_bytes", 11},
    {"ev.backlog", "backlog_events_bytes", 10},
    {"unsynced", "unsynced_seconds", 10},
    {"workers", "workers", 7},
    {"db", "database_up", 2},
};

static const struct metric *
find(const struct metric m[METRICS_MAX], const char *name)
{
	for (unsigned i = 0; i < METRICS_MAX; i++) {
		if (strcmp(m[i].name, name) == 0)
			return &m[i];
	}
	return NULL;
}

static void
print_line(const struct metric now[METRICS_MAX], const struct metric before[METRICS_MAX],
    us_t us, uint64_t n)
{
	for (size_t i = 0; n % 20 == 0 && i < ARRAY_LEN(columns); i++)
		(void)printf("%*s%s", columns[i].width, columns[i].title,
		    i + 1 < ARRAY_LEN(columns) ? " " : "\n");
	for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
		const struct metric *m = find(now, columns[i].name);
		char value[32] = "-";

		assert(m != NULL);
		if (m->kind == METRIC_COUNT)
			(void)snprintf(value, sizeof(value), "%" PRId64,
			    (m->value - find(before, columns[i].name)->value) *
				US_SECOND / (us > 0 ? us : 1));
		else
			metrics_value(m, value);
		(void)printf("%*s%s", columns[i].width, value,
		    i + 1 < ARRAY_LEN(columns) ? " " : "\n");
	}
}

/* --- once, or again and again --- */

static int
done(void)
{
	return fflush(stdout) == 0 ? STAT_OK
				   : failed("writing to standard output failed");
}

static int
once(struct shm *shm, const struct options *o)
{
	struct metric m[METRICS_MAX];

	metrics_read(shm, m);
	if (o->json)
		print_json(m, clock_us());
	else if (o->prometheus)
		print_prometheus(m);
	else
		print_table(m);
	return done();
}

static int
again_and_again(struct shm **shm, const struct options *o, char *why)
{
	struct metric now[METRICS_MAX], before[METRICS_MAX];
	us_t then = clock_mono_us();
	int status = STAT_OK;

	metrics_read(*shm, before);
	for (uint64_t n = 0; (o->times == 0 || n < o->times) && status == STAT_OK; n++) {
		struct timespec nap = {(time_t)o->every, 0};

		(void)nanosleep(&nap, NULL);
		/* A restarted server may have made its files anew. */
		shm_close(shm);
		*shm = attach(o, why);
		if (*shm == NULL)
			return failed(why);
		metrics_read(*shm, now);
		if (o->json)
			print_json(now, clock_us());
		else
			print_line(now, before, clock_mono_us() - then, n);
		then = clock_mono_us();
		memcpy(before, now, sizeof(before));
		status = done();
	}
	return status;
}

/* --- options --- */

static bool
number(const char *text, uint64_t most, uint64_t *out)
{
	return str_to_u64(str_of(text), out) && *out > 0 && *out <= most;
}

/* -1: go on; else the exit status. */
static int
read_options(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {{"config", required_argument, NULL, 'c'},
	    {"state-dir", required_argument, NULL, 's'}, {"json", no_argument, NULL, 'j'},
	    {"prometheus", no_argument, NULL, 'p'},
	    {"interval", required_argument, NULL, 'i'},
	    {"count", required_argument, NULL, 'n'}, {"help", no_argument, NULL, 'h'},
	    {"version", no_argument, NULL, 'V'}, {NULL, 0, NULL, 0}};
	bool good = true;
	uint64_t v = 0;
	int c;

	while ((c = getopt_long(argc, argv, "c:s:jpi:n:h", longs, NULL)) != -1) {
		if (c == 'c')
			o->conf = optarg;
		else if (c == 's')
			o->state = optarg;
		else if (c == 'j')
			o->json = true;
		else if (c == 'p')
			o->prometheus = true;
		else if (c == 'i' && number(optarg, 86400, &v))
			o->every = (unsigned)v;
		else if (c == 'n' && number(optarg, UINT32_MAX, &v))
			o->times = v;
		else if (c == 'h' || c == 'V') {
			if (c == 'h')
				print_help(stdout);
			else
				(void)puts(PACKAGE_STRING);
			return STAT_OK;
		} else
			good = false;
	}
	if (good && optind == argc && !(o->json && o->prometheus) &&
	    !(o->prometheus && o->every != 0) && (o->times == 0 || o->every != 0))
		return -1;
	print_help(stderr);
	return STAT_USAGE;
}

int
main(int argc, char **argv)
{
	struct options o = {.conf = CONF_DIR "/affiliated.yaml"};
	int status = read_options(argc, argv, &o);
	char why[SHM_WHY] = "";
	struct shm *shm;

	if (status != -1)
		return status;
	shm = attach(&o, why);
	if (shm == NULL)
		return failed(why);
	status = o.every == 0 ? once(shm, &o) : again_and_again(&shm, &o, why);
	shm_close(&shm);
	return status;
}
