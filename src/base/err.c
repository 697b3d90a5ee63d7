/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

const char *
err_text(enum err e)
{
	static const char *const texts[] = {
#define ERROR(id_, text_) [ERR_##id_] = (text_),
#include "tbl/errors.h"
#undef ERROR
	};

	return (unsigned)e < ERR_MAX ? texts[e] : "unknown error";
}

enum err
fault_set(struct fault *f, enum err e, const char *param, const char *fmt, ...)
{
	va_list ap;

	if (f == NULL)
		return e;
	f->err = e;
	(void)snprintf(f->param, sizeof(f->param), "%s", param == NULL ? "" : param);
	va_start(ap, fmt);
	(void)vsnprintf(f->text, sizeof(f->text), fmt, ap);
	va_end(ap);
	return e;
}
