/* SPDX-License-Identifier: Apache-2.0
 * fuzz.h - the main() of a fuzz target, and how targets are written.
 *
 * A target is NAME_fuzz.c with
 *
 *     void fuzz_one(const uint8_t *data, size_t n) { ... }
 *
 * which feeds the bytes to a parser and asserts what must hold of its result; the bytes
 * stand in memory of just their size, so that AddressSanitizer sees a read behind them.
 *
 *     NAME_fuzz FILE...         replay; what `make check` does with the folder NAME
 *     NAME_fuzz -r N FILE...    replay, then N mutations of these, for fuzzing without a
 * fuzzer
 *
 * With clang, -DFUZZ_WITH_LIBFUZZER -fsanitize=fuzzer makes a libFuzzer target of it
 * instead.
 */
#ifndef T_FUZZ_FUZZ_H
#define T_FUZZ_FUZZ_H

#undef NDEBUG
#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fuzz_one(const uint8_t *data, size_t n);

#ifdef FUZZ_WITH_LIBFUZZER
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	fuzz_one(data, n);
	return 0;
}
#else

#define FUZZ_LONGEST (1u << 20)

struct fuzz_input {
	uint8_t *p;
	size_t n;
};

static void
fuzz_run(const uint8_t *p, size_t n)
{
	uint8_t *copy = malloc(n == 0 ? 1 : n);

	assert(copy != NULL);
	if (n > 0)
		memcpy(copy, p, n);
	fuzz_one(copy, n);
	free(copy);
}

static bool
fuzz_read(const char *path, struct fuzz_input *in)
{
	FILE *f = fopen(path, "rb");

	in->p = malloc(FUZZ_LONGEST);
	if (f == NULL || in->p == NULL) {
		perror(path);
		return false;
	}
	in->n = fread(in->p, 1, FUZZ_LONGEST, f);
	(void)fclose(f);
	return true;
}

static uint64_t
fuzz_random(void)
{
	static uint64_t s = 88172645463325252u;

	s ^= s << 13;
	s ^= s >> 7;
	s ^= s << 17;
	return s;
}

/* A few bytes changed, taken out, doubled, or put in from another input. */
static size_t
fuzz_mutate(uint8_t *to, const struct fuzz_input *in, const struct fuzz_input *other)
{
	static const uint8_t odd[] = "[]%=&?\0\xff\"\\{}\r\n-:;,./";
	size_t n = in->n;

	memcpy(to, in->p, n);
	for (unsigned i = 1 + (unsigned)(fuzz_random() % 4); i > 0; i--) {
		size_t at = n == 0 ? 0 : fuzz_random() % n, len = fuzz_random() % 16;

		switch (fuzz_random() % 5) {
		case 0:
			if (n > 0)
				to[at] = odd[fuzz_random() % (sizeof(odd) - 1)];
			break;
		case 1:
			if (n > 0)
				to[at] ^= (uint8_t)(1u << fuzz_random() % 8);
			break;
		case 2:
			len = len < n - at ? len : n - at;
			memmove(to + at, to + at + len, n - at - len);
			n -= len;
			break;
		case 3:
			len = len < n - at ? len : n - at;
			memmove(to + at + len, to + at, n - at);
			n += len;
			break;
		default:
			len = len < other->n ? len : other->n;
			memmove(to + at + len, to + at, n - at);
			memcpy(to + at, other->p + fuzz_random() % (other->n - len + 1),
			    len);
			n += len;
			break;
		}
	}
	return n;
}

int
main(int argc, char **argv)
{
	unsigned long rounds = 0;
	int first = 1, n = 0;
	struct fuzz_input *in = calloc((size_t)argc, sizeof(*in));
	uint8_t *buf = malloc(FUZZ_LONGEST + 256);

	if (argc > 2 && strcmp(argv[1], "-r") == 0) {
		rounds = strtoul(argv[2], NULL, 10);
		first = 3;
	}
	assert(in != NULL && buf != NULL);
	for (int i = first; i < argc; i++, n++) {
		if (!fuzz_read(argv[i], &in[n]))
			return 1;
		fuzz_run(in[n].p, in[n].n);
	}
	for (; rounds > 0 && n > 0; rounds--) {
		const struct fuzz_input *a = &in[fuzz_random() % (unsigned)n];

		fuzz_run(buf, fuzz_mutate(buf, a, &in[fuzz_random() % (unsigned)n]));
	}
	for (int i = 0; i < n; i++)
		free(in[i].p);
	free(in);
	free(buf);
	return 0;
}

#endif
#endif
