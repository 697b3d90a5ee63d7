/* SPDX-License-Identifier: Apache-2.0
 * change.c - see change.h.
 */
#include "domain/change.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/log.h"

#define TRIES 5u

enum err
change_fault(struct change *c, enum err e, const char *param, const char *fmt, ...)
{
	char text[sizeof(c->fault.text)];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return fault_set(&c->fault, e, param, "%s", text);
}

static enum err
try_once(struct change *c, change_f *fn, void *what)
{
	enum err rc = db_begin(c->db);

	c->fault = (struct fault){.err = ERR_OK};
	c->version = 0;
	if (rc == ERR_OK)
		rc = fn(c, what);
	if (rc == ERR_OK)
		rc = db_commit(c->db);
	if (rc != ERR_OK)
		db_rollback(c->db);
	return rc;
}

enum err
change_run(struct change *c, change_f *fn, void *what)
{
	enum err rc = ERR_DB_RETRY;

	c->now = clock_us();
	/* A duplicate that fn did not expect was made by somebody else at the same moment: the
	 * next try finds it. */
	for (unsigned i = 0; i < TRIES && (rc == ERR_DB_RETRY || rc == ERR_DB_DUP); i++)
		rc = try_once(c, fn, what);
	if (rc == ERR_OK)
		return rc;
	c->version = 0;
	if (rc == ERR_DB_SQL || rc == ERR_DB_DUP)
		log_error("configuration change failed: %s", db_error(c->db));
	if (c->fault.err != rc)
		(void)fault_set(&c->fault, rc, "", "%s", err_text(rc));
	return rc;
}
