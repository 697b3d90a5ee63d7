/* SPDX-License-Identifier: Apache-2.0
 * ctlusage.c - why arguments do not make a command, found by its usage.
 *
 * The usage is what people read, "OFFER on|off [--from DAY] [--now]": words are
 * arguments, in capitals any text, in small letters the choice itself; what begins with
 * -- is an option, with its value behind it inside the same brackets; brackets may be
 * left out, and what ends in "..." may go on.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ctl/ctl.h"

#define ITEMS 32
#define WORD_BYTES 96

struct item {
	char word[WORD_BYTES],
	    value[WORD_BYTES]; /* value: of an option; "" it has none */
	bool option, required, seen;
};

struct usage {
	struct item item[ITEMS];
	unsigned n;
	bool open; /* it may go on */
};

/* Adds one word of the usage; `last` was the one before it in the same brackets. */
static struct item *
add_word(struct usage *u, struct str w, bool required, struct item *last)
{
	struct item *it;

	if (str_eq(w, STR("..."))) {
		u->open = true;
		return NULL;
	}
	if (last != NULL && last->option && last->value[0] == '\0') {
		(void)snprintf(last->value, sizeof(last->value), STR_FMT, STR_ARG(w));
		return NULL;
	}
	if (u->n == ITEMS) {
		u->open = true;
		return NULL;
	}
	it = &u->item[u->n++];
	*it = (struct item){.required = required, .option = str_starts(w, STR("--"))};
	(void)snprintf(it->word, sizeof(it->word), STR_FMT, STR_ARG(w));
	return it;
}

static void
read_usage(struct usage *u, const char *text)
{
	struct str rest = str_of(text), w;
	struct item *last = NULL;
	bool required = true;

	u->n = 0;
	u->open = false;
	while ((w = str_split(&rest, ' ')).p != NULL) {
		bool ends;

		if (w.n > 0 && *w.p == '[') {
			required = false;
			last = NULL;
			w = str_n(w.p + 1, w.n - 1);
		}
		ends = w.n > 0 && w.p[w.n - 1] == ']';
		w.n -= ends;
		if (w.n > 0)
			last = add_word(u, w, required, last);
		if (ends) {
			required = true;
			last = NULL;
		}
	}
}

/* A choice in small letters that this is none of; capitals stand for any text. */
static bool
is_no_choice(const char *words, const char *text)
{
	struct str rest = str_of(words), w;

	for (const char *p = words; *p != '\0'; p++) {
		if (isupper((unsigned char)*p))
			return false;
	}
	while ((w = str_split(&rest, '|')).p != NULL) {
		if (str_eq(w, str_of(text)))
			return false;
	}
	return true;
}

static struct item *
find_option(struct usage *u, const char *name)
{
	for (unsigned i = 0; i < u->n; i++) {
		if (u->item[i].option && strcmp(u->item[i].word, name) == 0)
			return &u->item[i];
	}
	return NULL;
}

static struct item *
next_argument(struct usage *u)
{
	for (unsigned i = 0; i < u->n; i++) {
		if (!u->item[i].option && !u->item[i].seen)
			return &u->item[i];
	}
	return NULL;
}

PRINTF_LIKE(2, 3)
static bool
say(char *why, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(why, CTL_WHY, format, ap);
	va_end(ap);
	return true;
}

/* true: argument *i is at fault, or the lack of its value. */
static bool
is_fault(struct usage *u, int argc, char **argv, int *i, char why[CTL_WHY])
{
	const char *arg = argv[*i];
	bool option = strncmp(arg, "--", 2) == 0;
	struct item *it = option ? find_option(u, arg) : next_argument(u);

	if (it == NULL && option && !u->open)
		return say(why, "there is no option %s", arg);
	if (it == NULL)
		return !u->open && say(why, "'%s' is one argument too many", arg);
	it->seen = true;
	if (!option)
		return is_no_choice(it->word, arg) &&
		       say(why, "'%s' is not %s", arg, it->word);
	if (it->value[0] == '\0')
		return false;
	if (++*i == argc)
		return say(why, "%s needs a value, %s", arg, it->value);
	return is_no_choice(it->value, argv[*i]) &&
	       say(why, "'%s' is not %s", argv[*i], it->value);
}

void
ctl_usage_why(const char *usage, int argc, char **argv, char why[CTL_WHY])
{
	struct usage u;

	read_usage(&u, usage);
	for (int i = 0; i < argc; i++) {
		if (is_fault(&u, argc, argv, &i, why))
			return;
	}
	for (unsigned i = 0; i < u.n; i++) {
		if (u.item[i].required && !u.item[i].seen) {
			(void)say(why, "%s is missing", u.item[i].word);
			return;
		}
	}
	(void)snprintf(why, CTL_WHY, "these arguments do not go together");
}
