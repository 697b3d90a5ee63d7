/* SPDX-License-Identifier: Apache-2.0
 * settings.h - affiliated.yaml, read and checked.
 *
 * Read by the master (and by the control programs) before any thread or child exists;
 * after that a struct settings is never changed, so everybody reads it without a lock.  A
 * reload makes a new one.
 */
#ifndef BASE_SETTINGS_H
#define BASE_SETTINGS_H

#include "base/str.h"

struct list {
	size_t n;
	const char **v;
	unsigned *line; /* of each in the file; 0: it did not come from one */
};

/* settings_of_NAME: the keys, counted. */
enum setting_key {
#define SETTING(name_, type_, def_, least_, greatest_, text_) settings_of_##name_,
#include "tbl/settings.h"
#undef SETTING
	SETTINGS_MAX
};

struct settings {
/* Sizes are bytes, times milliseconds (ms) or seconds (sec).  A str is never NULL. */
#define SETTING_T_str const char *
#define SETTING_T_word const char *
#define SETTING_T_list struct list
#define SETTING_T_int int64_t
#define SETTING_T_bytes int64_t
#define SETTING_T_ms int64_t
#define SETTING_T_sec int64_t
#define SETTING_T_flag bool
#define SETTING(name_, type_, def_, least_, greatest_, text_) SETTING_T_##type_ name_;
#include "tbl/settings.h"
#undef SETTING
	unsigned line[SETTINGS_MAX]; /* where the key stands in the file; 0: nowhere */
};

/* Every key at its default.  Free with settings_free(). */
NODISCARD struct settings *settings_new(void);
/* NULL is fine; sets the caller's pointer to NULL. */
void settings_free(struct settings **sp);
/* The file's keys over the defaults.  NULL: *why (at least 512 bytes) has one line with
 * file, line and key.  An empty or missing path: the defaults alone. */
NODISCARD struct settings *settings_read(const char *path, char *why);
/* One key from text, as it would stand in the file.  false: why says what is wrong with
 * it. */
NODISCARD bool settings_set(
    struct settings *s, const char *name, const char *text, char *why, size_t cap);

/* Name, default and text of each key, in the table's order, for the manual and its test.
 */
struct setting_doc {
	const char *name, *type, *def, *text, *words;
	int64_t least, greatest;
};
NODISCARD const struct setting_doc *settings_docs(size_t *n);

/* Where the managed or external database is reached. */
struct db_where;
void settings_db_where(const struct settings *s, struct db_where *w);
/* Its directory and its socket, when managed.  Strings of the settings: do not free. */
NODISCARD const char *settings_db_dir(const struct settings *s);
/* Where the schema's steps are: schema_dir, or where they were installed. */
NODISCARD const char *settings_schema_dir(const struct settings *s);

#endif
