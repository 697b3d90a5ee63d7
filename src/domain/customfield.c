/* SPDX-License-Identifier: Apache-2.0
 * customfield.c - see customfield.h.
 */
#include "domain/customfield.h"

#include "domain/row.h"

#define NAME_MAX_BYTES 190u
#define TEXT_MAX 16000u

const char *const customfield_words[] = {
    "text", "multiline", "hidden", "select", "radio", "checkbox", NULL};

struct str
customfield_choice(const struct customfield *f, int64_t no)
{
	struct str rest = f->choices, one = STR_NONE;

	for (int64_t i = 0; i < no; i++) {
		if (rest.n == 0)
			return STR_NONE;
		one = str_split(&rest, '\n');
	}
	return one;
}

static enum err
take_rows(
    struct db_rows *r, struct arena *a, bool answers, struct customfield **out, size_t *n)
{
	while (db_next(r)) {
		*out = row_grow(a, *out, *n, sizeof(**out));
		(*out)[(*n)++] = (struct customfield){.id = db_i64(r, 0),
		    .name = arena_str(a, db_str(r, 1)),
		    .type = row_word(customfield_words, db_str(r, 2)),
		    .required = db_i64(r, 3) != 0,
		    .choices = arena_str(a, db_str(r, 4)),
		    .answer = answers ? arena_str(a, db_str(r, 5)) : STR("")};
	}
	return db_rows_close(&r);
}

enum err
customfield_list(struct db *db, struct arena *a, struct customfield **out, size_t *n)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r,
	    "SELECT id, name, field_type, required, choices FROM custom_field WHERE NOT "
	    "deleted ORDER BY id",
	    "");

	*out = NULL;
	*n = 0;
	return rc != ERR_OK ? rc : take_rows(r, a, false, out, n);
}

enum err
customfield_of(struct db *db, struct arena *a, int64_t account_id,
    struct customfield **out, size_t *n)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r,
	    "SELECT f.id, f.name, f.field_type, f.required, f.choices, v.answer FROM "
	    "account_custom_field v JOIN custom_field f ON f.id = v.field_id WHERE "
	    "v.account_id = ? AND NOT f.deleted ORDER BY f.id",
	    "i", account_id);

	*out = NULL;
	*n = 0;
	return rc != ERR_OK ? rc : take_rows(r, a, true, out, n);
}

enum err
customfield_add(struct change *c, struct customfield *f)
{
	const bool chooses = f->type >= CUSTOMFIELD_SELECT;
	enum err rc;

	if (str_trim(f->name).n == 0 || f->name.n > NAME_MAX_BYTES ||
	    !str_is_line(f->name))
		return change_fault(c, ERR_INVALID, "name",
		    "must be one line of 1 to %u bytes of UTF-8", NAME_MAX_BYTES);
	if (!str_is_utf8(f->choices) || f->choices.n > TEXT_MAX)
		return change_fault(c, ERR_INVALID, "values", "are too long");
	if (chooses != (f->choices.n > 0))
		return change_fault(c, ERR_INVALID, "values",
		    "belong to select, radio and checkbox, which need them");
	for (struct str rest = f->choices; rest.n > 0;) {
		const struct str one = str_split(&rest, '\n');

		if (str_trim(one).n == 0 || !str_is_line(one) ||
		    (rest.p != NULL && rest.n == 0))
			return change_fault(c, ERR_INVALID, "values",
			    "must be texts of one line, none of them empty");
	}
	rc = db_exec(c->db,
	    "INSERT INTO custom_field (name, field_type, required, choices) VALUES (?, "
	    "?, ?, ?)",
	    "ssis", f->name, str_of(customfield_words[f->type]), (int64_t)f->required,
	    f->choices);
	if (rc == ERR_OK)
		f->id = (int64_t)db_insert_id(c->db);
	return rc;
}

enum err
customfield_remove(struct change *c, int64_t id)
{
	enum err rc = db_exec(c->db,
	    "UPDATE custom_field SET deleted = TRUE WHERE id = ? AND NOT deleted", "i",
	    id);

	return rc == ERR_OK && db_affected(c->db) == 0
		   ? change_fault(c, ERR_NOT_FOUND, "", "there is no such field")
		   : rc;
}

static enum err
check_answer(struct change *c, const struct customfield *f, struct str answer)
{
	struct str rest = answer;
	size_t n = 0;

	if (!str_is_utf8(answer) || answer.n > TEXT_MAX)
		return change_fault(c, ERR_INVALID, "custom_fields",
		    "has an answer that is too long or not UTF-8");
	if (f->type < CUSTOMFIELD_SELECT)
		return ERR_OK;
	while (rest.n > 0) {
		int64_t no;

		n++;
		if (!str_to_i64(str_split(&rest, ','), &no) || no < 1 ||
		    customfield_choice(f, no).p == NULL ||
		    (n > 1 && f->type != CUSTOMFIELD_CHECKBOX))
			return change_fault(c, ERR_INVALID, "custom_fields",
			    "has no such choice in field %lld", (long long)f->id);
	}
	return ERR_OK;
}

enum err
customfield_answer(
    struct change *c, int64_t account_id, int64_t field_id, struct str answer)
{
	struct customfield *all;
	size_t n, i = 0;
	enum err rc = customfield_list(c->db, c->arena, &all, &n);

	if (rc != ERR_OK)
		return rc;
	while (i < n && all[i].id != field_id)
		i++;
	if (i == n)
		return change_fault(c, ERR_INVALID, "custom_fields",
		    "has a number of no field of this network");
	if (answer.n == 0)
		return db_exec(c->db,
		    "DELETE FROM account_custom_field WHERE account_id = ? AND field_id "
		    "= ?",
		    "ii", account_id, field_id);
	rc = check_answer(c, &all[i], answer);
	return rc != ERR_OK ? rc
			    : db_exec(c->db,
				  "REPLACE INTO account_custom_field (account_id, "
				  "field_id, answer) VALUES (?, ?, ?)",
				  "iis", account_id, field_id, answer);
}

enum err
customfield_clear(struct change *c, int64_t account_id)
{
	return db_exec(c->db,
	    "DELETE v FROM account_custom_field v JOIN custom_field f ON f.id = "
	    "v.field_id WHERE v.account_id = ? AND NOT f.deleted",
	    "i", account_id);
}
