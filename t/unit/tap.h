/* SPDX-License-Identifier: Apache-2.0
 * tap.h - TAP from C, for prove.  A test file's main() ends `return tap_done();`.
 */
#ifndef T_UNIT_TAP_H
#define T_UNIT_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int tap_n, tap_failed;

__attribute__((format(printf, 2, 3), unused)) static bool
ok(bool good, const char *fmt, ...)
{
	va_list ap;

	tap_n++;
	tap_failed += !good;
	printf("%s %d - ", good ? "ok" : "not ok", tap_n);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	return good;
}

__attribute__((unused)) static bool
is_int(long long got, long long want, const char *what)
{
	if (ok(got == want, "%s", what))
		return true;
	printf("#   got %lld, expected %lld\n", got, want);
	return false;
}

__attribute__((unused)) static bool
is_str(const char *got, const char *want, const char *what)
{
	if (ok(got != NULL && strcmp(got, want) == 0, "%s", what))
		return true;
	printf("#   got '%s', expected '%s'\n", got == NULL ? "(null)" : got, want);
	return false;
}

__attribute__((unused)) static int
tap_done(void)
{
	printf("1..%d\n", tap_n);
	return tap_failed != 0;
}

#endif
