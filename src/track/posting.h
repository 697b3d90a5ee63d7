/* SPDX-License-Identifier: Apache-2.0
 * posting.h - what advertisers report: from parameters to the event, from the outcome to
 * the answer.
 *
 * Pure: sees neither libh2o nor SQL.  Whether a report is booked is decided by the stats
 * process; here it is only read.  Parameters come one after the other, in any order:
 *
 *     posting_begin(p, script, memory, cap);
 *     posting_param(p, name, value); ...     as sent, the body over the query
 *     posting_cookie(p, header, pad);        of a browser's pixel
 *     posting_marks(p, header, pad);
 *     posting_browser(p, user agent, languages, referrer, pad);
 *     n = posting_finish(p, rec, cap);       0: p->bad names what cannot be taken
 *     ...
 *     posting_answer(out, cap, script, outcome, ...)
 */
#ifndef TRACK_POSTING_H
#define TRACK_POSTING_H

#include "track/vars.h"

#include "base/record.h"

enum posting_script {
	POSTING_PIXEL = 1 << 0,  /* /signup/process_pixel.php */
	POSTING_VOID = 1 << 1,   /* /signup/process_void.php */
	POSTING_AFFISE = 1 << 2, /* /postback */
};

/* Longest record of a post: more than its head and every text of tbl/fields.h together.
 */
#define POSTING_RECORD_MAX 24576
/* Memory that posting_begin() wants for joined texts. */
#define POSTING_MEMORY (3 * 4096)
#define POSTING_ANSWER_MAX 512

struct posting {
	enum posting_script script;
	bool posted;     /* by POST */
	const char *bad; /* name of the parameter that cannot be taken; NULL: none */
	struct str field[F_MAX];
	uint8_t rank[F_MAX]; /* which name of tbl/post_params.h it came under */
	char *person, *custom, *request;
	size_t n_person, n_custom, n_request;
};

void posting_begin(
    struct posting *p, enum posting_script script, char memory[POSTING_MEMORY]);
/* Texts must live until posting_finish(), and be UTF-8. */
void posting_param(struct posting *p, struct str name, struct str value);
/* Click hashes of our own cookies. */
void posting_cookie(struct posting *p, struct str header, struct pad *pad);
/* Which offers this browser has converted on, by our own cookies. */
void posting_marks(struct posting *p, struct str header, struct pad *pad);
/* A report that comes from a visitor's browser. */
void posting_browser(struct posting *p, struct str ua, struct str accept_language,
    struct str referrer, struct pad *pad);
/* A struct rec_event with source filled in, and the texts.  0: p->bad says why not. */
NODISCARD size_t posting_finish(struct posting *p, unsigned char *rec, size_t cap);
/* The record (REC_REFUSED) of a post that is answered with posting_refuse(param). */
NODISCARD size_t posting_refusal(
    struct posting *p, const char *param, unsigned char *rec, size_t cap);
NODISCARD enum rec_kind posting_kind(enum posting_script script);

/* The words of the dialect: "*success*", or JSON.  `param` may be NULL.  Returns its
 * length. */
size_t posting_answer(char out[POSTING_ANSWER_MAX], enum posting_script script,
    enum outcome o, const char *param);
/* The same for a request that cannot be read: `param` names what is wrong with it, NULL
 * or "": all of it. */
size_t posting_refuse(
    char out[POSTING_ANSWER_MAX], enum posting_script script, const char *param);
/* True for outcomes that are told as success. */
NODISCARD bool posting_is_success(enum outcome o);

#endif
