/* SPDX-License-Identifier: Apache-2.0
 * settings.c - see settings.h.
 */
#include "base/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <yaml.h>

#include "base/iplist.h"
#include "db/db.h"

enum setting_type { T_str, T_word, T_list, T_int, T_bytes, T_ms, T_sec, T_flag };

struct setting {
	const char *name, *def, *text, *words;
	enum setting_type type;
	int64_t least, greatest;
	size_t off;
};

/* The table's last but one column is a number for most types and a text of words for one:
 * each type picks what it means. */
#define GREATEST_str(g) 0, NULL
#define GREATEST_list(g) 0, NULL
#define GREATEST_flag(g) 0, NULL
#define GREATEST_word(g) 0, g
#define GREATEST_int(g) g, NULL
#define GREATEST_bytes(g) g, NULL
#define GREATEST_ms(g) g, NULL
#define GREATEST_sec(g) g, NULL

struct range {
	int64_t greatest;
	const char *words;
};

static const struct range ranges[] = {
#define SETTING(name_, type_, def_, least_, greatest_, text_) \
	{GREATEST_##type_(greatest_)},
#include "tbl/settings.h"
#undef SETTING
};

static const struct setting settings[] = {
#define SETTING(name_, type_, def_, least_, greatest_, text_) \
	{.name = #name_,                                      \
	    .type = T_##type_,                                \
	    .def = (def_),                                    \
	    .least = (least_),                                \
	    .text = (text_),                                  \
	    .off = offsetof(struct settings, name_)},
#include "tbl/settings.h"
#undef SETTING
};

static const char *const type_names[] = {[T_str] = "text",
    [T_word] = "word",
    [T_list] = "list",
    [T_int] = "number",
    [T_bytes] = "size",
    [T_ms] = "time",
    [T_sec] = "time",
    [T_flag] = "true or false"};

static void *
at(struct settings *s, const struct setting *d)
{
	return (char *)s + d->off;
}

struct unit {
	const char *name;
	int64_t factor;
};

static const struct unit byte_units[] = {{"", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20},
    {"GiB", 1 << 30}, {"TiB", INT64_C(1) << 40}, {NULL, 0}};
static const struct unit ms_units[] = {
    {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}, {NULL, 0}};
static const struct unit sec_units[] = {
    {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}, {NULL, 0}};
static const struct unit no_units[] = {{"", 1}, {NULL, 0}};

static bool
parse_number(const struct unit *u, const char *text, int64_t *out)
{
	size_t digits = strspn(text, "0123456789");
	int64_t v;

	if (!str_to_i64(str_n(text, digits), &v))
		return false;
	for (; u->name != NULL; u++) {
		if (strcmp(text + digits, u->name) == 0)
			return !__builtin_mul_overflow(v, u->factor, out);
	}
	/* Zero needs no unit. */
	*out = 0;
	return v == 0 && text[digits] == '\0';
}

static bool
is_one_of(const char *words, const char *text)
{
	struct str rest = str_of(words), w;

	while ((w = str_split(&rest, '|')).p != NULL) {
		if (str_eq(w, str_of(text)))
			return true;
	}
	return false;
}

static void
list_clear(struct list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free((void *)(uintptr_t)l->v[i]);
	free(l->v);
	free(l->line);
	*l = (struct list){.n = 0};
}

static void
list_add(struct list *l, const char *text, unsigned line)
{
	l->v = obj_realloc(l->v, (l->n + 1) * sizeof(*l->v));
	l->line = obj_realloc(l->line, (l->n + 1) * sizeof(*l->line));
	l->line[l->n] = line;
	l->v[l->n++] = obj_strdup(text);
}

/* A name, an IPv4 address, "*" or "" for every one, or an IPv6 address in brackets. */
static bool
is_host(struct str host)
{
	uint8_t ip[16];

	if (host.n >= 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
		return ip_parse(str_n(host.p + 1, host.n - 2), ip);
	if (str_eq(host, STR("*")))
		return true;
	for (size_t i = 0; i < host.n; i++) {
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			   "0123456789.-_",
			host.p[i]) == NULL)
			return false;
	}
	return true;
}

/* host:port, [v6]:port or unix:/path. */
static bool
is_address(const char *text)
{
	const char *colon = strrchr(text, ':');
	uint64_t port;

	if (strncmp(text, "unix:/", 6) == 0)
		return true;
	return colon != NULL && str_to_u64(str_of(colon + 1), &port) && port <= 65535 &&
	       is_host(str_n(text, (size_t)(colon - text)));
}

static bool
add_item(struct settings *s, const struct setting *d, const char *text, char *why,
    size_t cap, unsigned line)
{
	struct str bad;

	if (d->off == offsetof(struct settings, listen) && !is_address(text)) {
		(void)snprintf(why, cap,
		    "%s: '%s' is not host:port, [v6]:port or unix:/path", d->name, text);
		return false;
	}
	if (d->off == offsetof(struct settings, trusted_proxies) &&
	    !iplist_check(str_of(text), &bad)) {
		(void)snprintf(why, cap,
		    "%s: '%.*s' is no address, network such as 192.0.2.0/24, or range",
		    d->name, bad.n > 100 ? 100 : (int)bad.n, bad.p);
		return false;
	}
	list_add(at(s, d), text, line);
	return true;
}

static bool
set_number(
    struct settings *s, const struct setting *d, const char *text, char *why, size_t cap)
{
	const struct unit *u = d->type == T_bytes ? byte_units
			       : d->type == T_ms  ? ms_units
			       : d->type == T_sec ? sec_units
						  : no_units;
	const struct range *r = &ranges[d - settings];
	int64_t v;

	if (!parse_number(u, text, &v)) {
		(void)snprintf(why, cap, "%s: '%s' is not a %s%s", d->name, text,
		    type_names[d->type],
		    d->type == T_bytes ? " such as 8MiB"
		    : d->type == T_int ? ""
				       : " such as 30s");
		return false;
	}
	if (v < d->least || v > r->greatest) {
		(void)snprintf(why, cap, "%s: %s is out of range, %lld to %lld", d->name,
		    text, (long long)d->least, (long long)r->greatest);
		return false;
	}
	if ((d->off == offsetof(struct settings, ring_clicks_bytes) ||
		d->off == offsetof(struct settings, ring_events_bytes) ||
		d->off == offsetof(struct settings, unique_entries)) &&
	    (v & (v - 1)) != 0) {
		(void)snprintf(why, cap, "%s: %s is not a power of two", d->name, text);
		return false;
	}
	*(int64_t *)at(s, d) = v;
	return true;
}

/* line: where it stands in the file, 0 nowhere. */
static bool
set_one(struct settings *s, const struct setting *d, const char *text, char *why,
    size_t cap, unsigned line)
{
	const char **str = at(s, d);

	s->line[d - settings] = line;
	switch (d->type) {
	case T_flag:
		if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0) {
			(void)snprintf(
			    why, cap, "%s: '%s' is not true or false", d->name, text);
			return false;
		}
		*(bool *)at(s, d) = strcmp(text, "true") == 0;
		return true;
	case T_list:
		list_clear(at(s, d));
		return *text == '\0' || add_item(s, d, text, why, cap, line);
	case T_word:
		if (!is_one_of(ranges[d - settings].words, text)) {
			(void)snprintf(why, cap, "%s: '%s' is not one of %s", d->name,
			    text, ranges[d - settings].words);
			return false;
		}
		/* fall through */
	case T_str:
		free((void *)(uintptr_t)*str);
		*str = obj_strdup(text);
		return true;
	default:
		return set_number(s, d, text, why, cap);
	}
}

static const struct setting *
find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		if (strcmp(settings[i].name, name) == 0)
			return &settings[i];
	}
	return NULL;
}

bool
settings_set(
    struct settings *s, const char *name, const char *text, char *why, size_t cap)
{
	const struct setting *d = find(name);

	if (d == NULL) {
		(void)snprintf(why, cap, "%s: unknown key", name);
		return false;
	}
	return set_one(s, d, text, why, cap, 0);
}

struct settings *
settings_new(void)
{
	struct settings *s = obj_alloc(sizeof(*s));
	char why[256];

	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		if (!set_one(s, &settings[i], settings[i].def, why, sizeof(why), 0))
			assert(!"a default of tbl/settings.h is not valid");
	}
	return s;
}

void
settings_free(struct settings **sp)
{
	struct settings *s = *sp;

	if (s == NULL)
		return;
	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		const struct setting *d = &settings[i];

		if (d->type == T_list)
			list_clear(at(s, d));
		else if (d->type == T_str || d->type == T_word)
			free((void *)(uintptr_t) * (const char **)at(s, d));
	}
	free(s);
	*sp = NULL;
}

/* The document is one mapping of keys to scalars or to sequences of scalars; anything
 * else is refused where it stands. */
struct reading {
	yaml_document_t doc;
	struct settings *s;
	const char *path;
	char *why;
};

static unsigned
line_of(const yaml_node_t *n)
{
	return (unsigned)n->start_mark.line + 1;
}

static bool
complain(struct reading *r, const yaml_node_t *n, const char *what)
{
	(void)snprintf(r->why, 512, "%s:%u: %s", r->path, line_of(n), what);
	return false;
}

static bool
is_plain(const yaml_node_t *n)
{
	return n != NULL && n->type == YAML_SCALAR_NODE &&
	       strlen((const char *)n->data.scalar.value) == n->data.scalar.length;
}

static bool
read_sequence(struct reading *r, const struct setting *d, const yaml_node_t *n)
{
	char what[256];

	list_clear(at(r->s, d));
	for (yaml_node_item_t *i = n->data.sequence.items.start;
	     i < n->data.sequence.items.top; i++) {
		const yaml_node_t *item = yaml_document_get_node(&r->doc, *i);

		if (!is_plain(item)) {
			(void)snprintf(what, sizeof(what),
			    "%s: the list holds something else than texts", d->name);
			return complain(r, item, what);
		}
		if (!add_item(r->s, d, (const char *)item->data.scalar.value, what,
			sizeof(what), line_of(item)))
			return complain(r, item, what);
	}
	return true;
}

static bool
read_pair(struct reading *r, const yaml_node_t *key, const yaml_node_t *value, bool *seen)
{
	char what[400];
	const struct setting *d;

	if (!is_plain(key))
		return complain(r, key, "a key that is no text");
	d = find((const char *)key->data.scalar.value);
	if (d == NULL) {
		(void)snprintf(what, sizeof(what), "%.100s: unknown key",
		    (const char *)key->data.scalar.value);
		return complain(r, key, what);
	}
	if (seen[d - settings]) {
		(void)snprintf(what, sizeof(what), "%s: given twice", d->name);
		return complain(r, key, what);
	}
	seen[d - settings] = true;
	if (value->type == YAML_SEQUENCE_NODE && d->type == T_list) {
		r->s->line[d - settings] = line_of(key);
		return read_sequence(r, d, value);
	}
	if (!is_plain(value)) {
		(void)snprintf(
		    what, sizeof(what), "%s: not a %s", d->name, type_names[d->type]);
		return complain(r, value, what);
	}
	if (!set_one(r->s, d, (const char *)value->data.scalar.value, what, sizeof(what),
		line_of(value)))
		return complain(r, value, what);
	return true;
}

static bool
read_document(struct reading *r)
{
	yaml_node_t *root = yaml_document_get_root_node(&r->doc);
	bool seen[ARRAY_LEN(settings)] = {false};

	if (root == NULL || (is_plain(root) && root->data.scalar.length == 0))
		return true; /* an empty file */
	if (root->type != YAML_MAPPING_NODE)
		return complain(r, root, "not a mapping of keys to values");
	for (yaml_node_pair_t *p = root->data.mapping.pairs.start;
	     p < root->data.mapping.pairs.top; p++) {
		if (!read_pair(r, yaml_document_get_node(&r->doc, p->key),
			yaml_document_get_node(&r->doc, p->value), seen))
			return false;
	}
	return true;
}

static bool
read_file(struct reading *r, FILE *f)
{
	yaml_parser_t parser;
	bool good;

	if (!yaml_parser_initialize(&parser)) {
		(void)snprintf(r->why, 512, "%s: out of memory", r->path);
		return false;
	}
	yaml_parser_set_input_file(&parser, f);
	good = yaml_parser_load(&parser, &r->doc);
	if (good) {
		good = read_document(r);
		yaml_document_delete(&r->doc);
	} else {
		(void)snprintf(r->why, 512, "%s:%lu: %s", r->path,
		    (unsigned long)parser.problem_mark.line + 1,
		    parser.problem == NULL ? "not YAML" : parser.problem);
	}
	yaml_parser_delete(&parser);
	return good;
}

/* What no key shows by itself. */
static bool
fits_together(const struct settings *s, const char *path, char *why)
{
	/* Each lane holds a segment open and seals one before it begins the next, and
	 * clicks get no more than seven eighths. */
	if (s->journal_disk_budget >= 4 * s->journal_segment_bytes)
		return true;
	(void)snprintf(why, 512,
	    "%s:%u: journal_disk_budget: must be at least four times "
	    "journal_segment_bytes",
	    path,
	    s->line[s->line[settings_of_journal_disk_budget] == 0
			? settings_of_journal_segment_bytes
			: settings_of_journal_disk_budget]);
	return false;
}

struct settings *
settings_read(const char *path, char *why)
{
	struct reading r = {.s = settings_new(), .path = path, .why = why};
	FILE *f;
	bool good;

	if (path == NULL || *path == '\0')
		return r.s;
	f = fopen(path, "re");
	if (f == NULL) {
		(void)snprintf(why, 512, "%s: %m", path);
		settings_free(&r.s);
		return NULL;
	}
	good = read_file(&r, f) && fits_together(r.s, path, why);
	(void)fclose(f);
	if (good)
		return r.s;
	/* One line, whatever stood in the file. */
	for (char *c = why; *c != '\0'; c++) {
		if ((unsigned char)*c < 0x20)
			*c = '?';
	}
	settings_free(&r.s);
	return NULL;
}

const struct setting_doc *
settings_docs(size_t *n)
{
	static struct setting_doc docs[ARRAY_LEN(settings)];

	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		const struct setting *d = &settings[i];

		docs[i] = (struct setting_doc){d->name, type_names[d->type], d->def,
		    d->text, ranges[i].words, d->least, ranges[i].greatest};
	}
	*n = ARRAY_LEN(settings);
	return docs;
}

const char *
settings_db_dir(const struct settings *s)
{
	static _Thread_local char dir[4096];

	if (*s->database_dir != '\0')
		return s->database_dir;
	(void)snprintf(dir, sizeof(dir), "%s/database", s->state_dir);
	return dir;
}

const char *
settings_schema_dir(const struct settings *s)
{
	return *s->schema_dir == '\0' ? SCHEMA_DIR : s->schema_dir;
}

void
settings_db_where(const struct settings *s, struct db_where *w)
{
	static _Thread_local char sock[4200];

	memset(w, 0, sizeof(*w));
	w->name = s->database_name;
	w->user = s->database_user;
	w->password = s->database_password;
	if (strcmp(s->database, "managed") == 0) {
		(void)snprintf(sock, sizeof(sock), "%s/sock", settings_db_dir(s));
		w->socket = sock;
		w->user = "affiliated";
		w->password = "";
		return;
	}
	if (*s->database_socket != '\0') {
		w->socket = s->database_socket;
		return;
	}
	w->host = s->database_host;
	w->port = (unsigned)s->database_port;
}
