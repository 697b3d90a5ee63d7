/* SPDX-License-Identifier: Apache-2.0
 * dialect.h - how each dialect says no.
 *
 * Pure.  The tables are in src/api/nats/nats.c and src/api/affise/affise.c; the worker
 * and the handlers' faults come through here, so a kind of failure has one form in one
 * place.
 */
#ifndef WORKER_DIALECT_H
#define WORKER_DIALECT_H

#include "base/err.h"
#include "base/settings.h"
#include "worker/endpoint.h"

struct jsonw;

/* What is refused before a handler is called. */
enum refusal {
	REFUSAL_NONE,
	REFUSAL_KEY,      /* missing, unknown, ended */
	REFUSAL_RIGHT,    /* a good key without the right */
	REFUSAL_ADDRESS,  /* NATS: from an address that is not listed */
	REFUSAL_RATE,     /* too many wrong keys from this address */
	REFUSAL_PATH,     /* no such endpoint */
	REFUSAL_METHOD,   /* not with this method */
	REFUSAL_TARGET,   /* a request line or head that cannot be */
	REFUSAL_TOO_LONG, /* a body over max_body */
	REFUSAL_EXPECT,   /* Expect: something else than 100-continue */
	REFUSAL_BUSY,     /* too many calls wait */
	REFUSAL_TWICE,    /* Idempotency-Key: the first has not been answered */
	REFUSAL_REUSED,   /* ditto: of another request */
	REFUSAL_MAX
};

struct dialect_form {
	const char *content_type;
	struct {
		unsigned status;
		const char *text;
	} refusal[REFUSAL_MAX], fault[ERR_MAX]; /* text NULL: err_text() */
	/* The documented sentence around a missing parameter's name; NULL: as any fault.
	 */
	const char *missing[2];
	void (*envelope)(struct jsonw *w, const char *text);
};

extern const struct dialect_form dialect_nats, dialect_affise;

NODISCARD const struct dialect_form *dialect_form(enum dialect d);
/* The settings have the NATS numbers of 401 and 403. */
NODISCARD unsigned dialect_refusal_status(
    enum dialect d, enum refusal why, const struct settings *set);
/* Writes the envelope. */
void dialect_refuse(enum dialect d, enum refusal why, struct jsonw *w);
/* Writes the envelope of a handler's or the argument reader's fault; returns its status.
 */
NODISCARD unsigned dialect_fault(enum dialect d, const struct fault *f, struct jsonw *w);

#endif
