/* SPDX-License-Identifier: Apache-2.0
 * ctlnetwork.c - what the calls only read: currencies, payment systems, sign-up fields,
 * news.
 */
#include <stdio.h>
#include <string.h>

#include "base/money.h"
#include "ctl/ctl.h"
#include "domain/currency.h"
#include "domain/customfield.h"
#include "domain/news.h"
#include "domain/paysystem.h"
#include "domain/trackdomain.h"

/* The value behind an option, NULL: it is not there.  What is no option of these or has
 * no value is a matter of the usage. */
static const char *
option(int argc, char **argv, int from, const char *name)
{
	for (int i = from; i + 1 < argc; i += 2)
		if (strcmp(argv[i], name) == 0)
			return argv[i + 1];
	return NULL;
}

/* All pairs from there on are of these. */
static bool
only(int argc, char **argv, int from, const char *const *names)
{
	for (int i = from; i < argc; i += 2) {
		size_t k = 0;

		while (names[k] != NULL && strcmp(names[k], argv[i]) != 0)
			k++;
		if (names[k] == NULL || i + 1 == argc)
			return false;
	}
	return argc >= from;
}

static struct str
text_of(const char *s)
{
	return s == NULL ? STR("") : str_of(s);
}

/* An option that is 1 or 0 or not there; false: something else, which is told. */
static bool
read_flag(int argc, char **argv, int from, const char *name, bool *out)
{
	const char *s = option(argc, argv, from, name);

	*out = s != NULL && strcmp(s, "1") == 0;
	if (s == NULL || *out || strcmp(s, "0") == 0)
		return true;
	(void)ctl_failed("%s must be 1 or 0", name);
	return false;
}

static int
remove_by_number(struct ctl *t, int argc, char **argv, change_f *fn)
{
	int64_t id;

	if (argc != 1)
		return ctl_usage(t);
	if (!str_to_i64(str_of(argv[0]), &id))
		return ctl_failed("%s is no number", argv[0]);
	return ctl_change(t, fn, &id) ? CTL_OK : CTL_FAILED;
}

/* ---- currencies ---- */

struct rated {
	struct str code;
	int64_t rate;
};

static enum err
do_add_currency(struct change *c, void *what)
{
	const struct rated *r = what;

	return currency_add(c, r->code, r->rate);
}

int
ctl_currency_add(struct ctl *t, int argc, char **argv)
{
	struct rated r;

	if (argc != 2)
		return ctl_usage(t);
	r.code = str_of(argv[0]);
	if (!money_parse(str_of(argv[1]), &r.rate))
		return ctl_failed("rate must be a decimal number");
	return ctl_change(t, do_add_currency, &r) ? CTL_OK : CTL_FAILED;
}

static enum err
do_end_currency(struct change *c, void *what)
{
	return currency_end(c, *(const struct str *)what);
}

int
ctl_currency_remove(struct ctl *t, int argc, char **argv)
{
	struct str code;

	if (argc != 1)
		return ctl_usage(t);
	code = str_of(argv[0]);
	return ctl_change(t, do_end_currency, &code) ? CTL_OK : CTL_FAILED;
}

int
ctl_currency_list(struct ctl *t, int argc, char **argv)
{
	struct currency *c;
	size_t n;
	enum err rc;

	(void)argv;
	if (argc != 0)
		return ctl_usage(t);
	rc = currency_list(t->ch.db, t->ch.arena, clock_us(), &c, &n);
	if (rc != ERR_OK)
		return ctl_db_failed(t, rc);
	for (size_t i = 0; i < n; i++) {
		char rate[MONEY_TEXT];

		(void)money_format(rate, c[i].rate, 2);
		(void)printf("%.*s\t%s\t%s\n", STR_ARG(c[i].code), rate,
		    c[i].base     ? "base"
		    : c[i].active ? ""
				  : "ended");
	}
	return CTL_OK;
}

/* ---- payment systems ---- */

static enum err
do_add_paysystem(struct change *c, void *what)
{
	return paysystem_add(c, what);
}

int
ctl_paysystem_add(struct ctl *t, int argc, char **argv)
{
	static const char *const names[] = {"--currency", NULL};
	struct paysystem p = {0};

	if (!only(argc, argv, 1, names))
		return ctl_usage(t);
	p.name = str_of(argv[0]);
	p.currency = text_of(option(argc, argv, 1, "--currency"));
	if (!ctl_change(t, do_add_paysystem, &p))
		return CTL_FAILED;
	(void)printf("%lld\n", (long long)p.id);
	return CTL_OK;
}

static enum err
do_add_field(struct change *c, void *what)
{
	return paysystem_add_field(c, what);
}

int
ctl_paysystem_field(struct ctl *t, int argc, char **argv)
{
	static const char *const names[] = {"--required", NULL};
	struct paysystem_field f = {0};

	if (!only(argc, argv, 2, names))
		return ctl_usage(t);
	if (!str_to_i64(str_of(argv[0]), &f.paysystem_id))
		return ctl_failed("%s is no number", argv[0]);
	f.name = str_of(argv[1]);
	if (!read_flag(argc, argv, 2, "--required", &f.required))
		return CTL_FAILED;
	if (!ctl_change(t, do_add_field, &f))
		return CTL_FAILED;
	(void)printf("%lld\n", (long long)f.id);
	return CTL_OK;
}

int
ctl_paysystem_list(struct ctl *t, int argc, char **argv)
{
	struct paysystem *p;
	size_t n;
	enum err rc;

	(void)argv;
	if (argc != 0)
		return ctl_usage(t);
	rc = paysystem_list(t->ch.db, t->ch.arena, &p, &n);
	if (rc != ERR_OK)
		return ctl_db_failed(t, rc);
	for (size_t i = 0; i < n; i++) {
		(void)printf("%lld\t%.*s\t%.*s\t", (long long)p[i].id, STR_ARG(p[i].name),
		    STR_ARG(p[i].currency));
		for (size_t f = 0; f < p[i].n_field; f++)
			(void)printf("%s%lld %.*s%s", f > 0 ? ", " : "",
			    (long long)p[i].field[f].id, STR_ARG(p[i].field[f].name),
			    p[i].field[f].required ? "*" : "");
		(void)putchar('\n');
	}
	return CTL_OK;
}

static enum err
do_remove_paysystem(struct change *c, void *what)
{
	return paysystem_remove(c, *(const int64_t *)what);
}

int
ctl_paysystem_remove(struct ctl *t, int argc, char **argv)
{
	return remove_by_number(t, argc, argv, do_remove_paysystem);
}

/* ---- sign-up fields ---- */

static enum err
do_add_custom(struct change *c, void *what)
{
	return customfield_add(c, what);
}

static char
or_line(char ch)
{
	return ch == '|' ? '\n' : ch;
}

int
ctl_customfield_add(struct ctl *t, int argc, char **argv)
{
	static const char *const names[] = {"--type", "--values", "--required", NULL};
	struct customfield f = {0};
	const char *type;
	struct str values;
	char *choices;

	if (!only(argc, argv, 1, names))
		return ctl_usage(t);
	f.name = str_of(argv[0]);
	type = option(argc, argv, 1, "--type");
	f.type =
	    type == NULL ? CUSTOMFIELD_TEXT : row_word(customfield_words, str_of(type));
	if (f.type < 0)
		return ctl_failed("there is no type %s", type);
	values = text_of(option(argc, argv, 1, "--values"));
	choices = arena_alloc(t->ch.arena, values.n + 1);
	for (size_t i = 0; i < values.n; i++)
		choices[i] = or_line(values.p[i]);
	f.choices = str_n(choices, values.n);
	if (!read_flag(argc, argv, 1, "--required", &f.required))
		return CTL_FAILED;
	if (!ctl_change(t, do_add_custom, &f))
		return CTL_FAILED;
	(void)printf("%lld\n", (long long)f.id);
	return CTL_OK;
}

int
ctl_customfield_list(struct ctl *t, int argc, char **argv)
{
	struct customfield *f;
	size_t n;
	enum err rc;

	(void)argv;
	if (argc != 0)
		return ctl_usage(t);
	rc = customfield_list(t->ch.db, t->ch.arena, &f, &n);
	if (rc != ERR_OK)
		return ctl_db_failed(t, rc);
	for (size_t i = 0; i < n; i++) {
		struct str rest = f[i].choices;

		(void)printf("%lld\t%.*s\t%s\t%s\t", (long long)f[i].id,
		    STR_ARG(f[i].name), customfield_words[f[i].type],
		    f[i].required ? "required" : "");
		while (rest.n > 0) {
			struct str one = str_split(&rest, '\n');

			(void)printf("%.*s%s", STR_ARG(one), rest.n > 0 ? "|" : "");
		}
		(void)putchar('\n');
	}
	return CTL_OK;
}

static enum err
do_remove_custom(struct change *c, void *what)
{
	return customfield_remove(c, *(const int64_t *)what);
}

int
ctl_customfield_remove(struct ctl *t, int argc, char **argv)
{
	return remove_by_number(t, argc, argv, do_remove_custom);
}

/* ---- news ---- */

static enum err
do_add_news(struct change *c, void *what)
{
	return news_add(c, what);
}

int
ctl_news_add(struct ctl *t, int argc, char **argv)
{
	static const char *const names[] = {"--short", "--text", "--fixed", NULL};
	struct news e = {0};

	if (!only(argc, argv, 1, names))
		return ctl_usage(t);
	e.title = str_of(argv[0]);
	e.small_desc = text_of(option(argc, argv, 1, "--short"));
	e.text = text_of(option(argc, argv, 1, "--text"));
	if (!read_flag(argc, argv, 1, "--fixed", &e.fixed))
		return CTL_FAILED;
	if (!ctl_change(t, do_add_news, &e))
		return CTL_FAILED;
	(void)printf("%lld\t%.*s\n", (long long)e.id, STR_ARG(e.hex24));
	return CTL_OK;
}

int
ctl_news_list(struct ctl *t, int argc, char **argv)
{
	struct news *e;
	int64_t total;
	size_t n;
	enum err rc;

	(void)argv;
	if (argc != 0)
		return ctl_usage(t);
	rc = news_list(t->ch.db, t->ch.arena, -1, 0, UINT32_MAX, &e, &n, &total);
	if (rc != ERR_OK)
		return ctl_db_failed(t, rc);
	for (size_t i = 0; i < n; i++)
		(void)printf("%lld\t%.*s\t%s\t%.*s\n", (long long)e[i].id,
		    STR_ARG(e[i].hex24), e[i].fixed ? "fixed" : "", STR_ARG(e[i].title));
	return CTL_OK;
}

static enum err
do_remove_news(struct change *c, void *what)
{
	return news_remove(c, *(const int64_t *)what);
}

int
ctl_news_remove(struct ctl *t, int argc, char **argv)
{
	return remove_by_number(t, argc, argv, do_remove_news);
}

/* ---- tracking domains ---- */

static enum err
do_remove_domain(struct change *c, void *what)
{
	const struct str *host = what;
	struct trackdomain d;
	enum err rc = trackdomain_find(c->db, c->arena, *host, &d);

	if (rc == ERR_NOT_FOUND)
		return change_fault(
		    c, rc, "", "%.*s is no tracking domain", STR_ARG(*host));
	return rc != ERR_OK ? rc : trackdomain_remove(c, &d);
}

int
ctl_domain_remove(struct ctl *t, int argc, char **argv)
{
	struct str host;

	if (argc != 1)
		return ctl_usage(t);
	host = str_of(argv[0]);
	return ctl_change(t, do_remove_domain, &host) ? CTL_OK : CTL_FAILED;
}
