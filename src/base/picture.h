/* SPDX-License-Identifier: Apache-2.0
 * picture.h - what a file is, by its bytes and never by its name.
 *
 * Any process, any thread; pure.  Only what a browser shows as a picture and cannot run
 * counts: no SVG, which may hold scripts.  Sources: the GIF89a, PNG, JPEG (ITU T.81) and
 * WebP specifications; an archive is told by its first local header (ZIP APPNOTE 4.3.7).
 */
#ifndef BASE_PICTURE_H
#define BASE_PICTURE_H

#include "base/str.h"

enum picture_kind {
	PICTURE_GIF,
	PICTURE_PNG,
	PICTURE_JPEG,
	PICTURE_WEBP,
	PICTURE_ZIP /* none, but what banners come in */
};

struct picture {
	enum picture_kind kind;
	const char *mime, *ext;
	uint32_t width, height; /* pixels; of an archive 0 */
};

/* false: none of these, or too short to say how large it is. */
NODISCARD bool picture_read(struct str bytes, struct picture *out);

#endif
