/* SPDX-License-Identifier: Apache-2.0
 * row.h - rows of a table as structs, from one list of columns.
 *
 * A table whose columns stand in tbl/NAME_columns.h as COL(name, kind, words) is
 * selected, inserted and updated by statements that are put together by the compiler: the
 * list is included once for each thing made from it.  Kinds:
 *
 *   kind   in the struct   in the table
 *   text   struct str      text; STR_NONE is NULL
 *   num    int64_t         an integer that is never NULL
 *   flag   bool            0 or 1
 *   ref    int64_t         an integer; 0 is NULL
 *   opt    struct opt      an integer or NULL, where 0 is a value of its own
 *   word   int             an ENUM; the index of its text in `words`
 */
#ifndef DOMAIN_ROW_H
#define DOMAIN_ROW_H

#include "base/arena.h"
#include "db/db.h"

struct opt {
	bool given;
	int64_t v;
};

#define OPT_NONE ((struct opt){false, 0})
#define OPT(x) ((struct opt){true, (x)})

static inline bool
opt_eq(struct opt a, struct opt b)
{
	return a.given == b.given && (!a.given || a.v == b.v);
}

#define ROW_C_text struct str
#define ROW_C_num int64_t
#define ROW_C_flag bool
#define ROW_C_ref int64_t
#define ROW_C_opt struct opt
#define ROW_C_word int

/* Letters for db.h. */
#define ROW_T_text "s"
#define ROW_T_num "i"
#define ROW_T_flag "i"
#define ROW_T_ref "I"
#define ROW_T_opt "I"
#define ROW_T_word "s"

/* The argument behind that letter. */
#define ROW_A_text(x, words_) (x)
#define ROW_A_num(x, words_) (x)
#define ROW_A_flag(x, words_) ((int64_t)(x))
#define ROW_A_ref(x, words_) ((x) != 0 ? &(x) : NULL)
#define ROW_A_opt(x, words_) ((x).given ? &(x).v : NULL)
#define ROW_A_word(x, words_) str_of((words_)[x])

#define ROW_R_text(r, i, a, words_) arena_str((a), db_str((r), (i)))
#define ROW_R_num(r, i, a, words_) db_i64((r), (i))
#define ROW_R_flag(r, i, a, words_) (db_i64((r), (i)) != 0)
#define ROW_R_ref(r, i, a, words_) db_i64((r), (i))
#define ROW_R_opt(r, i, a, words_) ((struct opt){!db_is_null((r), (i)), db_i64((r), (i))})
#define ROW_R_word(r, i, a, words_) row_word((words_), db_str((r), (i)))

/* The index of a text in a list that ends in NULL; -1: not in it. */
NODISCARD static inline int
row_word(const char *const *words, struct str s)
{
	for (int i = 0; words[i] != NULL; i++)
		if (str_eq(str_of(words[i]), s))
			return i;
	return -1;
}

/* Room for one more element behind the n there are; memory doubles, and what is outgrown
 * stays in the arena until that is reset. */
NODISCARD static inline void *
row_grow(struct arena *a, void *list, size_t n, size_t size)
{
	void *bigger;

	if (n != 0 && (n & (n - 1)) != 0)
		return list;
	bigger = arena_alloc(a, (n == 0 ? 1 : n * 2) * size);
	if (n > 0)
		memcpy(bigger, list, n * size);
	return bigger;
}

#endif
