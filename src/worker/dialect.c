/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/dialect.h"

#include <stdio.h>

#include "base/jsonw.h"

const struct dialect_form *
dialect_form(enum dialect d)
{
	return d == DIALECT_NATS ? &dialect_nats : &dialect_affise;
}

unsigned
dialect_refusal_status(enum dialect d, enum refusal why, const struct settings *set)
{
	if (d == DIALECT_NATS && why == REFUSAL_KEY)
		return (unsigned)set->nats_status_unauthorized;
	if (d == DIALECT_NATS && (why == REFUSAL_RIGHT || why == REFUSAL_ADDRESS))
		return (unsigned)set->nats_status_forbidden;
	return dialect_form(d)->refusal[why].status;
}

void
dialect_refuse(enum dialect d, enum refusal why, struct jsonw *w)
{
	const struct dialect_form *form = dialect_form(d);

	form->envelope(w, form->refusal[why].text);
}

/* What fails on our side is told in the dialect's words alone: its own are for the log. */
static bool
is_ours(enum err e)
{
	return e == ERR_DB_SQL || e == ERR_DB_DUP || e == ERR_DB_RETRY ||
	       e == ERR_DB_DOWN || e == ERR_IO;
}

unsigned
dialect_fault(enum dialect d, const struct fault *f, struct jsonw *w)
{
	const struct dialect_form *form = dialect_form(d);
	enum err e = (unsigned)f->err < ERR_MAX && f->err != ERR_OK ? f->err : ERR_IO;
	const char *text = f->text;
	char both[sizeof(f->param) + sizeof(f->text) + 32];

	if (text[0] == '\0' || is_ours(e))
		text = form->fault[e].text != NULL ? form->fault[e].text : err_text(e);
	if (f->param[0] != '\0' && e == ERR_MISSING && form->missing[0] != NULL) {
		(void)snprintf(both, sizeof(both), "%s%s%s", form->missing[0], f->param,
		    form->missing[1]);
		text = both;
	} else if (f->param[0] != '\0' && !is_ours(e)) {
		(void)snprintf(both, sizeof(both), "%s: %s", f->param, text);
		text = both;
	}
	form->envelope(w, text);
	return form->fault[e].status;
}
