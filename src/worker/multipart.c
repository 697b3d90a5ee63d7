/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h" /* for memmem() */

#include "worker/multipart.h"

#define LONGEST_BOUNDARY 70u /* RFC 2046 */
#define LONGEST_HEAD 4096u

/* What is behind the first `sep`; STR_NONE: there is none. */
static struct str
behind_first(struct str s, char sep)
{
	ptrdiff_t at = str_chr(s, sep);

	return at < 0 ? STR_NONE : str_n(s.p + at + 1, s.n - (size_t)at - 1);
}

/* The value of `name` in "form-data; name=\"x\"; filename=y"; STR_NONE: it is not there.
 * A quoted value ends at its quote; escapes stay as they are (clients write %22 for a
 * quote in it). */
static struct str
header_param(struct str head, struct str name)
{
	head = behind_first(head, ';');
	while (head.p != NULL && head.n > 0) {
		struct str key, value;
		ptrdiff_t eq = str_chr(head, '='), semi = str_chr(head, ';'), close;

		if (eq < 0)
			return STR_NONE;
		if (semi >= 0 && semi < eq) {
			head = behind_first(head, ';');
			continue;
		}
		key = str_trim(str_split(&head, '='));
		if (head.n > 0 && head.p[0] == '"') {
			head = str_n(head.p + 1, head.n - 1);
			close = str_chr(head, '"');
			if (close < 0)
				return STR_NONE;
			value = str_n(head.p, (size_t)close);
			head = behind_first(
			    str_n(head.p + close + 1, head.n - (size_t)close - 1), ';');
		} else {
			value = str_trim(str_split(&head, ';'));
		}
		if (str_ieq(key, name))
			return value;
	}
	return STR_NONE;
}

/* The headers of one part.  false: no form-data with a name. */
static bool
read_head(struct str head, struct multipart_part *part)
{
	struct str disposition = STR_NONE;

	part->type = STR_NONE;
	while (head.p != NULL) {
		struct str line = str_trim(str_split(&head, '\n'));
		struct str name = str_trim(str_split(&line, ':'));

		if (str_ieq(name, STR("content-disposition")))
			disposition = str_trim(line);
		else if (str_ieq(name, STR("content-type")))
			part->type = str_trim(line);
	}
	if (disposition.n < 9 || !str_ieq(str_n(disposition.p, 9), STR("form-data")))
		return false;
	part->name = header_param(disposition, STR("name"));
	part->filename = header_param(disposition, STR("filename"));
	return part->name.n > 0;
}

static const char *
find(struct str in, struct str what)
{
	return in.n < what.n ? NULL : memmem(in.p, in.n, what.p, what.n);
}

static struct str
behind(struct str s, const char *p)
{
	return str_n(p, s.n - (size_t)(p - s.p));
}

/* One part, `rest` beginning behind its boundary's line.  Moves rest behind the next
 * boundary. */
static const char *
read_part(struct str *rest, struct str mark, multipart_f *f, void *ctx)
{
	struct multipart_part part;
	const char *head_end = find(*rest, STR("\r\n\r\n")), *end;
	struct str body;

	if (head_end == NULL || (size_t)(head_end - rest->p) > LONGEST_HEAD)
		return "a part has no end of its headers";
	if (!read_head(str_n(rest->p, (size_t)(head_end - rest->p)), &part))
		return "a part is no form-data with a name";
	/* From the CRLF on that ends the head: an empty part's boundary begins with it.
	 */
	body = behind(*rest, head_end + 2);
	end = find(body, mark);
	if (end == NULL)
		return "the closing boundary is missing";
	part.body =
	    end == body.p ? STR("") : str_n(body.p + 2, (size_t)(end - body.p) - 2);
	*rest = behind(body, end + mark.n);
	return f(ctx, &part) ? NULL : "stopped";
}

const char *
multipart_read(struct str content_type, struct str body, multipart_f *f, void *ctx)
{
	struct str boundary = header_param(content_type, STR("boundary")), mark;
	char mark_text[LONGEST_BOUNDARY + 4];
	const char *wrong;

	if (boundary.n == 0 || boundary.n > LONGEST_BOUNDARY)
		return "Content-Type names no boundary";
	memcpy(mark_text, "\r\n--", 4);
	memcpy(mark_text + 4, boundary.p, boundary.n);
	mark = str_n(mark_text, boundary.n + 4);
	/* The first boundary stands at the very start or behind a preamble. */
	if (str_starts(body, str_n(mark.p + 2, mark.n - 2))) {
		body = str_n(body.p + mark.n - 2, body.n - (mark.n - 2));
	} else {
		const char *at = find(body, mark);

		if (at == NULL)
			return "the boundary does not occur";
		body = behind(body, at + mark.n);
	}
	for (;;) {
		if (str_starts(body, STR("--")))
			return NULL;
		while (body.n > 0 && (body.p[0] == ' ' || body.p[0] == '\t'))
			body = str_n(body.p + 1, body.n - 1);
		if (!str_starts(body, STR("\r\n")))
			return "text behind a boundary";
		body = str_n(body.p + 2, body.n - 2);
		wrong = read_part(&body, mark, f, ctx);
		if (wrong != NULL)
			return wrong;
	}
}
