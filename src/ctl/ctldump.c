/* SPDX-License-Identifier: Apache-2.0
 * ctldump.c - dumps for people who must be able to trust every cent.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/datetext.h"
#include "ctl/ctl.h"
#include "domain/netset.h"
#include "report/dump.h"

struct options {
	const char *from, *to, *format, *output, *summary;
};

/* Where the side file goes when nobody says: beside the output.  "": to standard error,
 * for a dump to standard output has no place where a file of ours would be looked for. */
static void
side_path(const struct options *o, char *out, size_t n)
{
	if (o->summary != NULL)
		(void)snprintf(out, n, "%s", o->summary);
	else if (o->output != NULL)
		(void)snprintf(out, n, "%s.sum", o->output);
	else
		out[0] = '\0';
}

static bool
read_options(struct options *o, int argc, char **argv)
{
	for (int i = 0; i + 1 < argc; i += 2) {
		const char **to = strcmp(argv[i], "--from") == 0      ? &o->from
				  : strcmp(argv[i], "--to") == 0      ? &o->to
				  : strcmp(argv[i], "--format") == 0  ? &o->format
				  : strcmp(argv[i], "--output") == 0  ? &o->output
				  : strcmp(argv[i], "--summary") == 0 ? &o->summary
								      : NULL;

		if (to == NULL)
			return false;
		*to = argv[i + 1];
	}
	return argc % 2 == 0 && o->from != NULL && o->to != NULL &&
	       (strcmp(o->format, "csv") == 0 || strcmp(o->format, "jsonl") == 0);
}

/* CTL_OK, or what was said on standard error. */
static int
read_period(struct ctl *t, const struct options *o, struct dump_opts *d)
{
	struct netset set;
	enum err rc = netset_load(t->ch.db, t->ch.arena, &set);
	us_t now = clock_us();

	if (rc != ERR_OK)
		return ctl_db_failed(t, rc);
	d->zone = zone_get(set.time_zone);
	if (d->zone == NULL)
		return ctl_failed("no time zone %.*s", STR_ARG(set.time_zone));
	if (!datetext_parse(str_of(o->from), d->zone, now, &d->period.from))
		return ctl_failed("--from is no date: %s", o->from);
	if (!datetext_parse(str_of(o->to), d->zone, now, &d->period.to))
		return ctl_failed("--to is no date: %s", o->to);
	d->period.from = zone_floor(d->zone, ZONE_DAY, d->period.from);
	d->period.to = zone_next(d->zone, ZONE_DAY, d->period.to);
	if (d->period.from < 0 || d->period.to <= d->period.from)
		return ctl_failed("--to is before --from");
	return CTL_OK;
}

struct progress {
	const struct dump_opts *d;
	us_t start, shown;
};

/* A line on the terminal, at most five times a second: rows, their rate, the day that is
 * read. */
static bool
show(void *ctx, uint64_t rows, us_t at)
{
	struct progress *p = ctx;
	us_t now = clock_mono_us(), took = now - p->start;
	char day[ZONE_TEXT];

	if (now - p->shown < US_SECOND / 5)
		return true;
	p->shown = now;
	zone_text(p->d->zone, at < p->d->period.to ? at : p->d->period.to - 1, day);
	(void)fprintf(stderr, "\r%s: %llu rows, %.10s, %lld rows/s ",
	    dump_kind_name(p->d->kind), (unsigned long long)rows, day,
	    (long long)(took > 0 ? (int64_t)rows * US_SECOND / took : 0));
	return true;
}

static int
write_side(const char *path, struct str text)
{
	FILE *f = *path == '\0' ? stderr : fopen(path, "we");
	bool good =
	    f != NULL && fwrite(text.p, 1, text.n, f) == text.n && fputc('\n', f) != EOF;

	if (f != NULL && f != stderr && fclose(f) != 0)
		good = false;
	return good ? CTL_OK : ctl_failed("%s: %s", path, strerror(errno));
}

static int
dump(struct ctl *t, const struct options *o, struct dump_opts *d, const char *side)
{
	struct jsonw *summary = jsonw_new();
	bool terminal = isatty(STDERR_FILENO);
	int status = CTL_OK;
	enum err rc;

	if (terminal)
		d->progress = show;
	rc = dump_run(t->ch.db, d, summary);
	if (terminal)
		(void)fputc('\n', stderr);
	if (rc == ERR_IO)
		status = ctl_failed("%s: %s",
		    o->output != NULL ? o->output : "standard output", strerror(errno));
	else if (rc != ERR_OK)
		status = ctl_db_failed(t, rc);
	else
		status = write_side(side, jsonw_text(summary));
	jsonw_free(&summary);
	return status;
}

int
ctl_dump(struct ctl *t, int argc, char **argv)
{
	struct options o = {.format = "csv"};
	struct dump_opts d = {.fd = STDOUT_FILENO};
	struct progress p = {&d, clock_mono_us(), 0};
	char side[4096];
	int status;

	d.ctx = &p;
	d.kind = argc > 0 ? dump_kind(argv[0]) : NULL;
	if (d.kind == NULL || !read_options(&o, argc - 1, argv + 1))
		return ctl_usage(t);
	d.format = strcmp(o.format, "csv") == 0 ? DUMPW_CSV : DUMPW_JSONL;
	status = read_period(t, &o, &d);
	if (status != CTL_OK)
		return status;
	side_path(&o, side, sizeof(side));
	/* The side file of an earlier dump says nothing about one that fails half-way. */
	if (side[0] != '\0')
		(void)unlink(side);
	if (o.output != NULL)
		d.fd = open(o.output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	if (d.fd == -1)
		return ctl_failed("%s: %s", o.output, strerror(errno));
	status = dump(t, &o, &d, side);
	if (o.output != NULL && close(d.fd) != 0 && status == CTL_OK)
		status = ctl_failed("%s: %s", o.output, strerror(errno));
	return status;
}
