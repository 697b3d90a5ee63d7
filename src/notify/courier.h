/* SPDX-License-Identifier: Apache-2.0
 * courier.h - carries messages to the outside: HTTP requests and mails, many at once.
 *
 * One thread.  Source: libcurl's multi interface.  Redirects are not followed: one that
 * leads to a private address is done with its 3xx, like any other.  The address is
 * checked where the socket is opened, so no name can resolve differently for the check
 * than for the connection.
 */
#ifndef NOTIFY_COURIER_H
#define NOTIFY_COURIER_H

#include "base/clock.h"
#include "base/str.h"

#define COURIER_ANSWER 256
#define COURIER_ERROR 256

struct courier; /* private to courier.c */

struct courier_mail {
	const char *relay, *from, *to, *user, *password; /* user "": no login */
	struct str text;                                 /* headers and body, CRLF */
};

/* What is to be carried and, once done, what came of it.  The caller's, and texts in it,
 * until it is handed back. */
struct message {
	const char *url; /* of HTTP; NULL: a mail */
	struct str form; /* STR_NONE: GET, else a POST of this urlencoded form */
	struct courier_mail mail;
	size_t most; /* 0, or all of the answer's body is wanted: at most so much */
	/* filled in */
	bool done;                 /* 2xx or 3xx, or the relay has taken the mail */
	unsigned code;             /* HTTP's or SMTP's last; 0: no answer */
	char error[COURIER_ERROR]; /* "": there was an answer */
	char answer[COURIER_ANSWER];
	size_t n_answer;
	char *
	    body; /* with `most`: malloc'ed, the caller's; NULL: empty.  n_body > most: */
	size_t n_body; /* there was more */
	bool whole;    /* the answer came to its end */
	void *_easy;   /* private to courier.c */
	bool _refused, _private_ok;
	size_t _sent;
};

typedef void courier_done_f(void *ctx, struct message *m);

/* private_ok: private addresses are allowed.  timeout_ms: for the whole of a message. */
NODISCARD struct courier *courier_new(
    bool private_ok, long timeout_ms, courier_done_f *done, void *ctx);
/* What is under way is dropped without a word.  NULL is fine; sets the caller's pointer
 * to NULL. */
void courier_free(struct courier **cp);

/* `done` is called for it later, from courier_turn(). */
void courier_send(struct courier *c, struct message *m);
NODISCARD unsigned courier_under_way(const struct courier *c);
/* Works for at most so long, or until fd can be read; -1: none. */
void courier_turn(struct courier *c, int ms, int fd);

#endif
