/* SPDX-License-Identifier: Apache-2.0
 * customfield.h - what the network asks its affiliates when they sign up, and what they
 * said.
 *
 * One thread at a time.  Fields are made with affiliatectl(8); answers come by the Affise
 * dialect.
 */
#ifndef DOMAIN_CUSTOMFIELD_H
#define DOMAIN_CUSTOMFIELD_H

#include "domain/change.h"

/* Column custom_field.field_type, in the order of its words. */
enum customfield_type {
	CUSTOMFIELD_TEXT,
	CUSTOMFIELD_MULTILINE,
	CUSTOMFIELD_HIDDEN,
	CUSTOMFIELD_SELECT,
	CUSTOMFIELD_RADIO,
	CUSTOMFIELD_CHECKBOX
};
extern const char *const customfield_words[];

struct customfield {
	int64_t id;
	struct str name;
	int type; /* enum customfield_type */
	bool required;
	struct str choices; /* one a line */
	struct str answer;  /* customfield_of(): numbers of choices by commas, or the text
			     */
};

/* The text of the choice of that number, from 1; STR_NONE: there is none. */
NODISCARD struct str customfield_choice(const struct customfield *f, int64_t no);

/* All in use, by number. */
NODISCARD enum err customfield_list(
    struct db *db, struct arena *a, struct customfield **out, size_t *n);
/* Those the account has answered. */
NODISCARD enum err customfield_of(struct db *db, struct arena *a, int64_t account_id,
    struct customfield **out, size_t *n);
NODISCARD enum err customfield_add(struct change *c, struct customfield *f);
/* ERR_NOT_FOUND.  Answers are kept, and not shown. */
NODISCARD enum err customfield_remove(struct change *c, int64_t id);

/* One answer; numbers of choices by commas, or the text; empty: none any more.  Faults
 * name custom_fields. */
NODISCARD enum err customfield_answer(
    struct change *c, int64_t account_id, int64_t field_id, struct str answer);
/* Takes all answers away but those to questions that were removed. */
NODISCARD enum err customfield_clear(struct change *c, int64_t account_id);

#endif
