/* SPDX-License-Identifier: Apache-2.0
 * picture.c - see picture.h.
 */
#include "base/picture.h"

static const struct {
	const char *mime, *ext;
} named[] = {
    [PICTURE_GIF] = {"image/gif", "gif"},
    [PICTURE_PNG] = {"image/png", "png"},
    [PICTURE_JPEG] = {"image/jpeg", "jpg"},
    [PICTURE_WEBP] = {"image/webp", "webp"},
    [PICTURE_ZIP] = {"application/zip", "zip"},
};

static uint32_t
big(struct str s, size_t at, unsigned n)
{
	uint32_t v = 0;

	for (unsigned i = 0; i < n; i++)
		v = v << 8 | (unsigned char)s.p[at + i];
	return v;
}

static uint32_t
little(struct str s, size_t at, unsigned n)
{
	uint32_t v = 0;

	while (n-- > 0)
		v = v << 8 | (unsigned char)s.p[at + n];
	return v;
}

static bool
has(struct str s, size_t at, struct str what)
{
	return s.n >= at + what.n && memcmp(s.p + at, what.p, what.n) == 0;
}

static bool
read_gif(struct str s, struct picture *out)
{
	if (s.n < 10 || (!has(s, 0, STR("GIF87a")) && !has(s, 0, STR("GIF89a"))))
		return false;
	out->width = little(s, 6, 2);
	out->height = little(s, 8, 2);
	return true;
}

static bool
read_png(struct str s, struct picture *out)
{
	if (s.n < 24 || !has(s, 0, STR("\x89PNG\r\n\x1a\n")) || !has(s, 12, STR("IHDR")))
		return false;
	out->width = big(s, 16, 4);
	out->height = big(s, 20, 4);
	return true;
}

/* Start of frame; of the numbers from 0xc0 on three are tables. */
static bool
is_frame(unsigned marker)
{
	return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 &&
	       marker != 0xcc;
}

/* Segments, each with its length, until the frame says its size. */
static bool
read_jpeg(struct str s, struct picture *out)
{
	size_t at = 2;

	if (!has(s, 0, STR("\xff\xd8\xff")))
		return false;
	while (at + 4 <= s.n && (unsigned char)s.p[at] == 0xff) {
		const unsigned marker = (unsigned char)s.p[at + 1];
		const uint32_t len = big(s, at + 2, 2);

		if (marker == 0xff) { /* fill */
			at++;
			continue;
		}
		if (is_frame(marker)) {
			if (at + 9 > s.n)
				return false;
			out->height = big(s, at + 5, 2);
			out->width = big(s, at + 7, 2);
			return true;
		}
		if (len < 2)
			return false;
		at += 2 + len;
	}
	return false;
}

static bool
read_webp(struct str s, struct picture *out)
{
	if (s.n < 30 || !has(s, 0, STR("RIFF")) || !has(s, 8, STR("WEBP")))
		return false;
	if (has(s, 12, STR("VP8 "))) {
		out->width = little(s, 26, 2) & 0x3fff;
		out->height = little(s, 28, 2) & 0x3fff;
	} else if (has(s, 12, STR("VP8L"))) {
		const uint32_t bits = little(s, 21, 4);

		out->width = (bits & 0x3fff) + 1;
		out->height = (bits >> 14 & 0x3fff) + 1;
	} else if (has(s, 12, STR("VP8X"))) {
		out->width = little(s, 24, 3) + 1;
		out->height = little(s, 27, 3) + 1;
	} else {
		return false;
	}
	return true;
}

bool
picture_read(struct str bytes, struct picture *out)
{
	*out = (struct picture){.kind = PICTURE_GIF};
	if (read_gif(bytes, out))
		out->kind = PICTURE_GIF;
	else if (read_png(bytes, out))
		out->kind = PICTURE_PNG;
	else if (read_jpeg(bytes, out))
		out->kind = PICTURE_JPEG;
	else if (read_webp(bytes, out))
		out->kind = PICTURE_WEBP;
	else if (bytes.n >= 30 && has(bytes, 0, STR("PK\3\4")))
		out->kind = PICTURE_ZIP;
	else
		return false;
	out->mime = named[out->kind].mime;
	out->ext = named[out->kind].ext;
	return true;
}
