/* SPDX-License-Identifier: Apache-2.0
 * uaload.c - reads regexes.yaml and bots.txt and compiles them.  See ua.h.
 */
#include "track/ua_priv.h"

#include "base/log.h"
#include "base/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#include <yaml.h>

#define WHY_BYTES 512
#define PACKAGED_REGEXES "/usr/share/uap-core/regexes.yaml"
#define INSTALLED_BOTS CONF_DIR "/bots.txt"
#define PATH_BYTES 4096
#define FILTER_LARGEST (256 << 20)

/* ---- what is wrong with a file ---- */

PRINTF_LIKE(2, 3)
static void
fault(const struct ua_faults *faults, const char *format, ...)
{
	char text[WHY_BYTES + 64];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	faults->tell(faults->arg, text);
}

/* ---- regexes.yaml ---- */

static const struct {
	const char *list;
	const char *out[UA_OUTS];
} lists[UA_LISTS] = {
    {"user_agent_parsers", {"family_replacement", "v1_replacement", "v2_replacement",
			       "v3_replacement", NULL}},
    {"os_parsers", {"os_replacement", "os_v1_replacement", "os_v2_replacement",
		       "os_v3_replacement", "os_v4_replacement"}},
    {"device_parsers",
	{"device_replacement", "brand_replacement", "model_replacement", NULL, NULL}},
};

/* Where the reader of the file is: a mapping of lists of mappings of texts. */
struct walk {
	struct ua *u;
	int list;     /* enum ua_list; -1: one we do not know */
	int last;     /* the list before */
	int depth;    /* 1 in the outer mapping, 2 in a list, 3 in a rule */
	char key[64]; /* "": the next text is a key */
	struct ua_rule *rule;
};

static struct ua_rule *
add_rule(struct ua *u)
{
	if (u->n == u->cap) {
		u->cap = u->cap * 2 + 256;
		u->rule = obj_realloc(u->rule, u->cap * sizeof(*u->rule));
	}
	memset(&u->rule[u->n], 0, sizeof(u->rule[u->n]));
	return &u->rule[u->n++];
}

static void
rule_text(struct walk *w, const char *value)
{
	if (strcmp(w->key, "regex") == 0 && w->rule->pattern == NULL)
		w->rule->pattern = obj_strdup(value);
	else if (strcmp(w->key, "regex_flag") == 0)
		w->rule->caseless = strchr(value, 'i') != NULL;
	for (unsigned i = 0; i < UA_OUTS; i++) {
		const char *name = lists[w->list].out[i];

		if (name != NULL && strcmp(w->key, name) == 0 && w->rule->out[i] == NULL)
			w->rule->out[i] = obj_strdup(value);
	}
}

static void
on_text(struct walk *w, const char *value)
{
	if (w->key[0] == '\0') {
		(void)snprintf(w->key, sizeof(w->key), "%s", value);
		return;
	}
	if (w->depth == 3 && w->rule != NULL)
		rule_text(w, value);
	w->key[0] = '\0';
}

/* Lists must come in the order of `lists`, which is that of every regexes.yaml there is.
 */
static bool
on_list(struct walk *w)
{
	w->list = -1;
	for (int i = 0; i < UA_LISTS; i++) {
		if (strcmp(w->key, lists[i].list) == 0)
			w->list = i;
	}
	w->key[0] = '\0';
	if (w->list < 0)
		return true;
	if (w->list <= w->last)
		return false;
	w->last = w->list;
	return true;
}

static bool
on_event(struct walk *w, const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_MAPPING_START_EVENT:
	case YAML_SEQUENCE_START_EVENT:
		w->depth++;
		if ((w->depth == 2) != (e->type == YAML_SEQUENCE_START_EVENT) ||
		    w->depth > 3)
			return false;
		if (w->depth == 2)
			return on_list(w);
		if (w->depth == 3)
			w->rule = w->list < 0 ? NULL : add_rule(w->u);
		return true;
	case YAML_MAPPING_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
		w->depth--;
		w->key[0] = '\0';
		if (w->depth == 1 && w->list >= 0) {
			for (int i = w->list + 1; i <= UA_LISTS; i++)
				w->u->first[i] = w->u->n;
		}
		return true;
	case YAML_SCALAR_EVENT:
		if (w->depth != 1 && w->depth != 3)
			return false;
		on_text(w, (const char *)e->data.scalar.value);
		return true;
	case YAML_ALIAS_EVENT:
		return false;
	default:
		return true;
	}
}

static bool
read_yaml(struct ua *u, FILE *f, char *why)
{
	struct walk w = {.u = u, .list = -1, .last = -1};
	yaml_parser_t p;
	yaml_event_t e;
	bool good = true, end = false;

	if (!yaml_parser_initialize(&p))
		abort();
	yaml_parser_set_input_file(&p, f);
	while (good && !end) {
		if (!yaml_parser_parse(&p, &e)) {
			(void)snprintf(why, WHY_BYTES, "%zu: %s", p.problem_mark.line + 1,
			    p.problem);
			good = false;
			break;
		}
		end = e.type == YAML_STREAM_END_EVENT;
		good = on_event(&w, &e);
		if (!good)
			(void)snprintf(why, WHY_BYTES,
			    "%zu: not a list of user agent rules", e.start_mark.line + 1);
		yaml_event_delete(&e);
	}
	yaml_parser_delete(&p);
	return good;
}

/* ---- PCRE2 ---- */

static pcre2_code *
understand(const char *pattern, bool caseless, char *why)
{
	PCRE2_UCHAR text[128];
	PCRE2_SIZE at;
	int err;
	pcre2_code *re = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
	    caseless ? PCRE2_CASELESS : 0, &err, &at, NULL);

	if (re == NULL) {
		(void)pcre2_get_error_message(err, text, sizeof(text));
		(void)snprintf(why, WHY_BYTES, "%s, at byte %zu of %.100s",
		    (const char *)text, (size_t)at, pattern);
	}
	return re;
}

static pcre2_code *
compile(const char *pattern, bool caseless, char *why)
{
	pcre2_code *re = understand(pattern, caseless, why);

	/* Refused where memory may not be made executable; the interpreter answers the
	 * same then. */
	if (re != NULL)
		(void)pcre2_jit_compile(re, PCRE2_JIT_COMPLETE);
	return re;
}

/* A rule that PCRE2 does not understand is left out, with a line in the log: the file is
 * not ours. */
static void
compile_rules(struct ua *u, const char *path)
{
	char why[WHY_BYTES];
	unsigned kept = 0, list = 0;
	unsigned first[UA_LISTS + 1] = {0};

	for (unsigned i = 0; i < u->n; i++) {
		struct ua_rule *r = &u->rule[i];

		while (list <= UA_LISTS && u->first[list] <= i)
			first[list++] = kept;
		r->re = r->pattern == NULL ? NULL : compile(r->pattern, r->caseless, why);
		if (r->re == NULL) {
			log_warn("%s: a rule is left out: %s", path,
			    r->pattern == NULL ? "it has no regex" : why);
			free(r->pattern);
			for (unsigned o = 0; o < UA_OUTS; o++)
				free(r->out[o]);
			continue;
		}
		u->rule[kept++] = *r;
	}
	while (list <= UA_LISTS)
		first[list++] = kept;
	memcpy(u->first, first, sizeof(first));
	u->n = kept;
}

static void
free_rules(struct ua *u)
{
	for (unsigned i = 0; i < u->n; i++) {
		pcre2_code_free(u->rule[i].re);
		free(u->rule[i].pattern);
		for (unsigned o = 0; o < UA_OUTS; o++)
			free(u->rule[i].out[o]);
	}
	free(u->rule);
	u->rule = NULL;
	u->n = u->cap = 0;
	memset(u->first, 0, sizeof(u->first));
}

/* The whole file or nothing: half of it would know half of the browsers. */
static void
load_rules(struct ua *u, const char *path, const struct ua_faults *faults)
{
	char why[WHY_BYTES] = "";
	FILE *f = fopen(path, "re");

	if (f == NULL) {
		fault(faults, "%s: %s", path, strerror(errno));
		return;
	}
	if (read_yaml(u, f, why)) {
		compile_rules(u, path);
	} else {
		fault(faults, "%s:%s", path, why);
		free_rules(u);
	}
	(void)fclose(f);
}

/* ---- Hyperscan ---- */

#ifdef HAVE_HYPERSCAN
/* A prefilter may match more than the pattern.  Long bounded repeats, .{0,200}, cost
 * Hyperscan seconds of compiling, and without their bound it finds the same user agents.
 */
static char *
loosen(const char *pattern)
{
	char *out = obj_alloc(strlen(pattern) + 1), *o = out;
	const char *p = pattern;

	while (*p != '\0') {
		unsigned least, most;
		int n = 0;

		if (p[0] == '\\' && p[1] != '\0') {
			*o++ = *p++;
			*o++ = *p++;
			continue;
		}
		if (p[0] == '{' && sscanf(p, "{%u,%u}%n", &least, &most, &n) == 2 &&
		    n > 0 && least <= 1 && most >= 10) {
			*o++ = least == 0 ? '*' : '+';
			p += n;
			continue;
		}
		*o++ = *p++;
	}
	*o = '\0';
	return out;
}

static unsigned
filter_flags(const struct ua_rule *r)
{
	return HS_FLAG_PREFILTER | HS_FLAG_SINGLEMATCH | HS_FLAG_ALLOWEMPTY |
	       (r->caseless ? HS_FLAG_CASELESS : 0);
}

/* Names the compiled form: other patterns, another library or another processor have
 * another. */
static uint64_t
filter_key(const struct ua *u)
{
	XXH3_state_t *h = XXH3_createState();
	hs_platform_info_t cpu;
	uint64_t key;

	assert(h != NULL);
	(void)XXH3_64bits_reset(h);
	(void)XXH3_64bits_update(h, hs_version(), strlen(hs_version()));
	if (hs_populate_platform(&cpu) == HS_SUCCESS) {
		(void)XXH3_64bits_update(h, &cpu.tune, sizeof(cpu.tune));
		(void)XXH3_64bits_update(h, &cpu.cpu_features, sizeof(cpu.cpu_features));
	}
	for (unsigned i = 0; i < u->n; i++) {
		const unsigned flags = filter_flags(&u->rule[i]);

		(void)XXH3_64bits_update(
		    h, u->rule[i].pattern, strlen(u->rule[i].pattern) + 1);
		(void)XXH3_64bits_update(h, &flags, sizeof(flags));
	}
	key = XXH3_64bits_digest(h);
	(void)XXH3_freeState(h);
	return key;
}

/* The cache file: a byte a rule (1: unfiltered), Hyperscan's own form, XXH3 of both. */
static bool
filter_read(struct ua *u, int fd, size_t size)
{
	char *bytes = obj_alloc(size);
	hs_database_t *db = NULL;
	uint64_t sum;

	if (read(fd, bytes, size) == (ssize_t)size) {
		memcpy(&sum, bytes + size - sizeof(sum), sizeof(sum));
		if (XXH3_64bits(bytes, size - sizeof(sum)) == sum &&
		    hs_deserialize_database(
			bytes + u->n, size - sizeof(sum) - u->n, &db) != HS_SUCCESS)
			db = NULL;
	}
	for (unsigned i = 0; db != NULL && i < u->n; i++)
		u->rule[i].unfiltered = bytes[i] != 0;
	free(bytes);
	u->filter = db;
	return db != NULL;
}

static bool
filter_from_cache(struct ua *u, const char *path)
{
	struct stat st;
	bool good;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd == -1)
		return false;
	/* Only what this user wrote: the bytes are believed by a library that does not
	 * check them. */
	good = fstat(fd, &st) == 0 && st.st_uid == geteuid() && (st.st_mode & 022) == 0 &&
	       (size_t)st.st_size > u->n + sizeof(uint64_t) &&
	       st.st_size < FILTER_LARGEST && filter_read(u, fd, (size_t)st.st_size);
	(void)close(fd);
	return good;
}

static bool
filter_write(const struct ua *u, int fd)
{
	char *form = NULL, *bytes;
	size_t n = 0, size;
	uint64_t sum;
	bool good;

	if (hs_serialize_database(u->filter, &form, &n) != HS_SUCCESS)
		return false;
	size = u->n + n + sizeof(sum);
	bytes = obj_alloc(size);
	for (unsigned i = 0; i < u->n; i++)
		bytes[i] = u->rule[i].unfiltered ? 1 : 0;
	memcpy(bytes + u->n, form, n);
	sum = XXH3_64bits(bytes, u->n + n);
	memcpy(bytes + u->n + n, &sum, sizeof(sum));
	good = write(fd, bytes, size) == (ssize_t)size;
	free(bytes);
	free(form);
	return good;
}

/* A failure costs the next start some seconds and nothing else. */
static void
filter_to_cache(const struct ua *u, const char *path)
{
	char tmp[PATH_BYTES + 32];
	bool good;
	int fd;

	(void)snprintf(tmp, sizeof(tmp), "%s.%ld", path, (long)getpid());
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd == -1)
		return;
	good = filter_write(u, fd);
	if (close(fd) == -1 || !good || rename(tmp, path) == -1)
		(void)unlink(tmp);
}

/* All rules that Hyperscan takes, in one database; it says one by one which it does not.
 */
static hs_database_t *
filter_compile(struct ua *u)
{
	const char **patterns = obj_alloc(u->n * sizeof(*patterns));
	unsigned *flags = obj_alloc(u->n * sizeof(*flags));
	unsigned *ids = obj_alloc(u->n * sizeof(*ids));
	hs_compile_error_t *err = NULL;
	hs_database_t *db = NULL;
	unsigned n = 0;

	for (unsigned i = 0; i < u->n; i++) {
		if (u->rule[i].unfiltered)
			continue;
		patterns[n] = loosen(u->rule[i].pattern);
		flags[n] = filter_flags(&u->rule[i]);
		ids[n++] = i;
	}
	while (n > 0 && hs_compile_multi(patterns, flags, ids, n, HS_MODE_BLOCK, NULL,
			    &db, &err) != HS_SUCCESS) {
		const int bad = err->expression;

		log_debug("Hyperscan refuses a user agent rule: %s", err->message);
		(void)hs_free_compile_error(err);
		db = NULL;
		if (bad < 0 || (unsigned)bad >= n)
			break;
		u->rule[ids[bad]].unfiltered = true;
		free((void *)(uintptr_t)patterns[bad]);
		n--;
		memmove(patterns + bad, patterns + bad + 1,
		    (n - (unsigned)bad) * sizeof(*patterns));
		memmove(
		    flags + bad, flags + bad + 1, (n - (unsigned)bad) * sizeof(*flags));
		memmove(ids + bad, ids + bad + 1, (n - (unsigned)bad) * sizeof(*ids));
	}
	while (n > 0)
		free((void *)(uintptr_t)patterns[--n]);
	free(patterns);
	free(flags);
	free(ids);
	return db;
}

static void
make_filter(struct ua *u, const char *cache_dir)
{
	char path[PATH_BYTES] = "";

	if (u->n == 0)
		return;
	if (cache_dir != NULL) {
		(void)snprintf(path, sizeof(path), "%s/ua-%016llx.hs", cache_dir,
		    (unsigned long long)filter_key(u));
		if (filter_from_cache(u, path))
			return;
	}
	for (unsigned i = 0; i < u->n; i++) {
		/* An anchor inside a pattern is what Hyperscan refuses; to be told so
		 * costs a compilation of all that stand before it, so we look first. */
		u->rule[i].unfiltered = strstr(u->rule[i].pattern, "(?:^") != NULL ||
					strstr(u->rule[i].pattern, "|^") != NULL;
	}
	u->filter = filter_compile(u);
	if (u->filter == NULL)
		log_warn("Hyperscan does not take the user agent patterns: they are "
			 "tried one by one");
	else if (path[0] != '\0')
		filter_to_cache(u, path);
}
#endif

/* ---- bots.txt ---- */

struct text {
	char *p;
	size_t n, cap;
};

static void
text_add(struct text *t, const char *s)
{
	const size_t n = strlen(s);

	if (t->n + n + 1 > t->cap) {
		t->cap = (t->n + n + 1) * 2;
		t->p = obj_realloc(t->p, t->cap);
	}
	memcpy(t->p + t->n, s, n + 1);
	t->n += n;
}

static void
text_add_line(struct text *all, const char *line)
{
	text_add(all, all->n == 0 ? "(?:" : "|(?:");
	text_add(all, line);
	text_add(all, ")");
}

static bool
compiles(const char *pattern, char *why)
{
	pcre2_code *re = understand(pattern, true, why);

	pcre2_code_free(re);
	return re != NULL;
}

/* Whether the line can stand behind those that `all` has. */
static bool
fits_behind(const struct text *all, const char *line, char *why)
{
	struct text both = {0};
	bool good;

	if (all->n > 0)
		text_add(&both, all->p);
	text_add_line(&both, line);
	good = compiles(both.p, why);
	free(both.p);
	return good;
}

/* One pattern of all lines of the file.  A line that is no regular expression is told and
 * left out.  `careful`: those are known, and what is told now are lines that cannot stand
 * behind the ones before, such as a second group of one name. */
static void
join_lines(struct text *all, FILE *f, const char *path, bool careful,
    const struct ua_faults *faults)
{
	char *line = NULL, why[WHY_BYTES];
	unsigned number = 0;
	size_t cap = 0;

	while (getline(&line, &cap, f) != -1) {
		const struct str s = str_trim(str_of(line));
		bool good;

		number++;
		if (s.n == 0 || s.p[0] == '#')
			continue;
		line[(size_t)(s.p - line) + s.n] = '\0';
		good = compiles(s.p, why);
		if (!good && careful)
			continue;
		if (good && careful)
			good = fits_behind(all, s.p, why);
		if (good)
			text_add_line(all, s.p);
		else
			fault(faults, "%s:%u: %s", path, number, why);
	}
	if (ferror(f))
		fault(faults, "%s: %s", path, strerror(errno));
	free(line);
}

static void
load_bots(struct ua *u, const char *path, const struct ua_faults *faults)
{
	struct text all = {0};
	char why[WHY_BYTES];
	FILE *f = fopen(path, "re");

	if (f == NULL) {
		fault(faults, "%s: %s", path, strerror(errno));
		return;
	}
	join_lines(&all, f, path, false, faults);
	if (all.n > 0 && !compiles(all.p, why)) {
		all.n = 0;
		rewind(f);
		join_lines(&all, f, path, true, faults);
	}
	(void)fclose(f);
	if (all.n > 0)
		u->bots = compile(all.p, true, why);
	free(all.p);
}

/* ---- all of it ---- */

struct ua *
ua_load(const char *regexes, const char *bots, const char *cache_dir,
    const struct ua_faults *faults)
{
	struct ua *u;

	OBJ_NEW(u, UA_MAGIC);
	if (regexes != NULL)
		load_rules(u, regexes, faults);
	if (bots != NULL)
		load_bots(u, bots, faults);
#ifdef HAVE_HYPERSCAN
	make_filter(u, cache_dir);
#else
	(void)cache_dir;
#endif
	return u;
}

/* The file a setting names, or the usual one if it is there.  NULL: none. */
static const char *
which(const char *setting, const char *usual)
{
	if (*setting != '\0')
		return setting;
	return access(usual, R_OK) == 0 ? usual : NULL;
}

static void
log_fault(void *arg, const char *text)
{
	(void)arg;
	log_warn("left out: %s", text);
}

struct ua *
ua_open(const struct settings *set)
{
	static const struct ua_faults faults = {log_fault, NULL};
	const char *regexes = which(set->ua_regexes, PACKAGED_REGEXES),
		   *bots = which(set->bot_patterns, INSTALLED_BOTS);

	if (regexes == NULL)
		log_warn("%s is not there: user agents are unknown", PACKAGED_REGEXES);
	if (bots == NULL)
		log_warn(
		    "%s is not there: no click is taken for a bot's", INSTALLED_BOTS);
	return ua_load(regexes, bots, set->state_dir, &faults);
}

void
ua_check(const struct settings *set, const struct ua_faults *regexes,
    const struct ua_faults *bots)
{
	const char *path[] = {which(set->ua_regexes, PACKAGED_REGEXES),
	    which(set->bot_patterns, INSTALLED_BOTS)};
	struct ua *u;

	OBJ_NEW(u, UA_MAGIC);
	if (path[0] != NULL)
		load_rules(u, path[0], regexes);
	if (path[1] != NULL)
		load_bots(u, path[1], bots);
	ua_free(&u);
}

void
ua_free(struct ua **up)
{
	struct ua *u;

	if (*up == NULL)
		return;
	OBJ_TAKE(u, up, UA_MAGIC);
	if (!u->same_bots)
		pcre2_code_free(u->bots);
	if (!u->borrowed) {
		free_rules(u);
#ifdef HAVE_HYPERSCAN
		(void)hs_free_database(u->filter);
#endif
	}
	OBJ_FREE(u);
}

struct ua *
ua_reopen(const struct ua *was, const struct settings *set)
{
	static const struct ua_faults faults = {log_fault, NULL};
	const char *bots = which(set->bot_patterns, INSTALLED_BOTS);
	struct ua *u;

	OBJ_NEW(u, UA_MAGIC);
	*u = *was;
	u->borrowed = true;
	u->same_bots = bots == NULL || access(bots, R_OK) != 0;
	if (u->same_bots) {
		log_warn("%s cannot be read: the bots stay as they are",
		    bots == NULL ? INSTALLED_BOTS : bots);
		return u;
	}
	u->bots = NULL;
	load_bots(u, bots, &faults);
	return u;
}
