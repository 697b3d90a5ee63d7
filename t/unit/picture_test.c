/* SPDX-License-Identifier: Apache-2.0
 * What a file is by its bytes: a case a line; then each of them cut short everywhere.
 */
#include "base/picture.h"

#include <stdlib.h>

#include "t/unit/tap.h"

#define BYTES(lit_) lit_, sizeof(lit_) - 1
#define PNG_HEAD "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
#define ZEROS10 "\0\0\0\0\0\0\0\0\0\0"

/* clang-format off */
static const struct {
	const char *what, *bytes;
	size_t n;
	const char *mime;    /* NULL: none of ours */
	unsigned width, height;
} cases[] = {
    {"GIF89a", BYTES("GIF89a\x26\x02\x0a\0;"), "image/gif", 550, 10},
    {"GIF87a", BYTES("GIF87a\1\0\1\0"), "image/gif", 1, 1},
    {"another GIF", BYTES("GIF88a\1\0\1\0"), NULL, 0, 0},
    {"PNG", BYTES(PNG_HEAD "\0\0\1\x2c\0\0\0\xfa"), "image/png", 300, 250},
    {"PNG without its header", BYTES("\x89PNG\r\n\x1a\n\0\0\0\rIDAT\0\0\1\x2c\0\0\0\xfa"), NULL, 0, 0},
    {"JPEG", BYTES("\xff\xd8\xff\xe0\0\4xx\xff\xc0\0\x11\x08\0\x5a\2\xd8\3"), "image/jpeg", 728, 90},
    {"JPEG, progressive, behind tables and fill", BYTES("\xff\xd8\xff\xc4\0\3x\xff\xff\xff\xc2\0\x11\x08\0\1\0\2"), "image/jpeg", 2, 1},
    {"JPEG with a segment of no length", BYTES("\xff\xd8\xff\xe0\0\1xx\xff\xc0\0\x11\x08\0\x5a\2\xd8"), NULL, 0, 0},
    {"JPEG without a frame", BYTES("\xff\xd8\xff\xe0\0\4xx\xff\xd9\0\0"), NULL, 0, 0},
    {"JPEG whose segment goes beyond its end", BYTES("\xff\xd8\xff\xe0\xff\xffxx"), NULL, 0, 0},
    {"WebP, lossy", BYTES("RIFF....WEBPVP8 ....\0\0\0\x9d\1\x2a\x2c\1\xfa\0"), "image/webp", 300, 250},
    {"WebP, lossless", BYTES("RIFF....WEBPVP8L....\x2f\x2b\x41\x3e\0" ZEROS10), "image/webp", 300, 250},
    {"WebP, extended", BYTES("RIFF....WEBPVP8X....\0\0\0\0\x2b\1\0\xf9\0\0"), "image/webp", 300, 250},
    {"WebP of another kind", BYTES("RIFF....WEBPVP9 ....\0\0\0\x9d\1\x2a\x2c\1\xfa\0"), NULL, 0, 0},
    {"RIFF that is sound", BYTES("RIFF....WAVEfmt ....\0\0\0\x9d\1\x2a\x2c\1\xfa\0"), NULL, 0, 0},
    {"ZIP", BYTES("PK\3\4" ZEROS10 ZEROS10 ZEROS10), "application/zip", 0, 0},
    {"an empty ZIP", BYTES("PK\5\6" ZEROS10 ZEROS10 ZEROS10), NULL, 0, 0},
    {"SVG", BYTES("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\" height=\"1\"/>"), NULL, 0, 0},
    {"HTML", BYTES("<!DOCTYPE html><script>alert(1)</script>"), NULL, 0, 0},
    {"a script behind a picture's name", BYTES("GIF89;alert(1)//"), NULL, 0, 0},
    {"nothing", BYTES(""), NULL, 0, 0},
};
/* clang-format on */

/* The bytes at the end of their own memory, so that a look beyond is seen. */
static bool
read_copy(const char *bytes, size_t n, struct picture *p)
{
	char *copy = malloc(n + 1);
	bool good;

	if (copy == NULL)
		abort();
	memcpy(copy + 1, bytes, n);
	good = picture_read(str_n(copy + 1, n), p);
	free(copy);
	return good;
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct picture p;
		size_t shorter = 0;

		if (ok(read_copy(cases[i].bytes, cases[i].n, &p) ==
			    (cases[i].mime != NULL),
			"%s is %s", cases[i].what,
			cases[i].mime != NULL ? "known" : "not") &&
		    cases[i].mime != NULL) {
			is_str(p.mime, cases[i].mime, "its type");
			is_int(p.width, cases[i].width, "its width");
			is_int(p.height, cases[i].height, "its height");
			ok(p.ext != NULL && *p.ext != '\0', "a name for it");
		}
		for (size_t n = 0; n < cases[i].n; n++)
			shorter += read_copy(cases[i].bytes, n, &p);
		ok(shorter < cases[i].n || cases[i].n == 0, "%s, cut short",
		    cases[i].what);
	}
	return tap_done();
}
