/* SPDX-License-Identifier: Apache-2.0 */
#include "master/confprint.h"

#include <string.h>

#include "base/settings.h"

/* Text broken at spaces into lines of at most 90, each behind a prefix. */
static void
wrapped(FILE *out, const char *prefix, const char *text)
{
	size_t col = 0;

	while (*text != '\0') {
		size_t n = strcspn(text, " ");

		if (col > 0 && col + 1 + n > 90) {
			(void)fputc('\n', out);
			col = 0;
		}
		col +=
		    (size_t)fprintf(out, "%s%.*s", col == 0 ? prefix : " ", (int)n, text);
		text += n + (text[n] == ' ');
	}
	(void)fputc('\n', out);
}

static void
default_of(const struct setting_doc *d, char *buf, size_t cap)
{
	if (strcmp(d->type, "list") == 0)
		(void)snprintf(buf, cap, *d->def == '\0' ? "[]" : "[\"%s\"]", d->def);
	else if (strcmp(d->type, "text") == 0)
		(void)snprintf(buf, cap, "\"%s\"", d->def);
	else
		(void)snprintf(buf, cap, "%s", d->def);
}

static void
print_yaml(FILE *out)
{
	size_t n;
	const struct setting_doc *d = settings_docs(&n);
	char def[256];

	(void)fputs("# affiliated.yaml - every key with its default.  affiliated.yaml(5) "
		    "has the long version.\n"
		    "# SIGHUP reads this file again; keys whose text ends in "
		    "\"Restart.\" wait for a restart.\n",
	    out);
	for (size_t i = 0; i < n; i++) {
		(void)fputc('\n', out);
		wrapped(out, "# ", d[i].text);
		default_of(&d[i], def, sizeof(def));
		(void)fprintf(out, "%s: %s\n", d[i].name, def);
	}
}

static void
print_mdoc(FILE *out)
{
	size_t n;
	const struct setting_doc *d = settings_docs(&n);
	char def[256];

	(void)fputs(".Dd $Mdocdate$\n.Dt AFFILIATED.YAML 5\n.Os affiliated\n.Sh "
		    "NAME\n.Nm affiliated.yaml\n"
		    ".Nd configuration of the affiliate network server\n.Sh DESCRIPTION\n"
		    "One YAML mapping of keys to values.\n"
		    "A key that is not there has its default; an unknown one is refused "
		    "with file, line and name.\n"
		    "Sizes take KiB, MiB, GiB or TiB; times take ms, s, m, h or d; a "
		    "list is a sequence of texts or "
		    "one text.\n"
		    ".Pp\nCheck a file with\n.Dl affiliated -t -c file\n.Pp\nThe keys "
		    "are:\n.Bl -tag -width Ds\n",
	    out);
	for (size_t i = 0; i < n; i++) {
		default_of(&d[i], def, sizeof(def));
		(void)fprintf(out, ".It Ic %s : No %s Pq default Li %s\n", d[i].name,
		    d[i].type, def);
		wrapped(out, "", d[i].text);
		if (d[i].words != NULL)
			(void)fprintf(out, "One of\n.Li %s .\n", d[i].words);
		else if (d[i].greatest != 0)
			(void)fprintf(out, "From %lld to %lld.\n", (long long)d[i].least,
			    (long long)d[i].greatest);
	}
	(void)fputs(".El\n.Sh SEE ALSO\n.Xr affiliated 8 ,\n.Xr affiliatectl 8\n", out);
}

bool
confprint(const char *what, FILE *out)
{
	if (strcmp(what, "yaml") == 0)
		print_yaml(out);
	else if (strcmp(what, "yaml-mdoc") == 0)
		print_mdoc(out);
	else
		return false;
	return true;
}
