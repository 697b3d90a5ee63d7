/* SPDX-License-Identifier: Apache-2.0
 * dumpw.c - see dumpw.h.
 */
#include "report/dumpw.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/zone.h"

#define DUMPW_MAGIC 0x64756d70u
#define BUFFER (128u * 1024u)
/* A value is cut into pieces of at most this many bytes of output, so that the buffer
 * takes each whole. */
#define PIECE 1024u

struct dumpw {
	uint32_t magic;
	enum dumpw_format format;
	int fd, err;
	const struct dumpw_col *col;
	unsigned n_cols, at;
	uint64_t rows, bytes;
	int64_t *sum;
	crypto_hash_sha256_state sha;
	size_t n;
	char buf[BUFFER];
};

static void
flush(struct dumpw *w)
{
	size_t done = 0;

	(void)crypto_hash_sha256_update(&w->sha, (const unsigned char *)w->buf, w->n);
	while (done < w->n && w->err == 0) {
		ssize_t k = write(w->fd, w->buf + done, w->n - done);

		if (k == -1 && errno != EINTR)
			w->err = errno;
		else if (k > 0)
			done += (size_t)k;
	}
	w->bytes += w->n;
	w->n = 0;
}

static void
put(struct dumpw *w, const char *p, size_t n)
{
	while (n > 0) {
		size_t k = n < PIECE ? n : PIECE;

		if (w->n + k > BUFFER)
			flush(w);
		memcpy(w->buf + w->n, p, k);
		w->n += k;
		p += k;
		n -= k;
	}
}

static void
put_text(struct dumpw *w, const char *s)
{
	put(w, s, strlen(s));
}

struct dumpw *
dumpw_new(enum dumpw_format f, int fd, const struct dumpw_col *cols, unsigned n)
{
	struct dumpw *w;

	OBJ_NEW(w, DUMPW_MAGIC);
	w->format = f;
	w->fd = fd;
	w->col = cols;
	w->n_cols = n;
	w->sum = obj_alloc(n * sizeof(*w->sum));
	(void)crypto_hash_sha256_init(&w->sha);
	for (unsigned i = 0; i < n && f == DUMPW_CSV; i++) {
		put_text(w, i == 0 ? "" : ",");
		put_text(w, cols[i].name);
	}
	if (f == DUMPW_CSV)
		put_text(w, "\n");
	return w;
}

void
dumpw_free(struct dumpw **wp)
{
	struct dumpw *w;

	if (*wp == NULL)
		return;
	OBJ_TAKE(w, wp, DUMPW_MAGIC);
	free(w->sum);
	OBJ_FREE(w);
}

/* What stands before a value. */
static void
begin(struct dumpw *w)
{
	assert(w->at < w->n_cols);
	if (w->format == DUMPW_CSV) {
		put_text(w, w->at == 0 ? "" : ",");
	} else {
		put_text(w, w->at == 0 ? "{\"" : ",\"");
		put_text(w, w->col[w->at].name);
		put_text(w, "\":");
	}
	w->at++;
}

static bool
is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '"' || s.p[i] == ',' || s.p[i] == '\n' || s.p[i] == '\r')
			return false;
	return true;
}

static void
csv_text(struct dumpw *w, struct str s)
{
	if (is_plain(s)) {
		put(w, s.p, s.n);
		return;
	}
	put_text(w, "\"");
	for (size_t i = 0; i < s.n; i++)
		put(w, s.p[i] == '"' ? "\"\"" : &s.p[i], s.p[i] == '"' ? 2 : 1);
	put_text(w, "\"");
}

static void
json_text(struct dumpw *w, struct str s)
{
	static const char hex[] = "0123456789abcdef";

	put_text(w, "\"");
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		char esc[6] = {'\\', (char)c, '0', '0', hex[c >> 4], hex[c & 15]};

		if (c == '"' || c == '\\') {
			put(w, esc, 2);
		} else if (c < 0x20) {
			esc[1] = 'u';
			put(w, esc, 2);
			put(w, esc + 2, 4);
		} else {
			put(w, &s.p[i], 1);
		}
	}
	put_text(w, "\"");
}

void
dumpw_str(struct dumpw *w, struct str s)
{
	begin(w);
	if (w->format == DUMPW_CSV)
		csv_text(w, s);
	else
		json_text(w, s);
}

void
dumpw_cstr(struct dumpw *w, const char *s)
{
	dumpw_str(w, str_of(s));
}

void
dumpw_int(struct dumpw *w, int64_t v)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%lld", (long long)v);

	begin(w);
	if (w->col[w->at - 1].kind == DUMPW_N)
		w->sum[w->at - 1] += v;
	put(w, text, (size_t)n);
}

void
dumpw_money(struct dumpw *w, money_t m)
{
	char text[MONEY_TEXT];
	size_t n = money_format(text, m, 6);

	begin(w);
	if (w->col[w->at - 1].kind == DUMPW_SUM)
		w->sum[w->at - 1] += m;
	put(w, text, n);
}

void
dumpw_time(struct dumpw *w, us_t t)
{
	int64_t sec = t / US_SECOND, days = sec / 86400;
	int y, m, d, s = (int)(sec % 86400);
	char text[40];

	if (t <= 0) {
		dumpw_cstr(w, "");
		return;
	}
	zone_date(days, &y, &m, &d);
	(void)snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", y, m, d,
	    s / 3600, s / 60 % 60, s % 60, (int)(t % US_SECOND));
	dumpw_cstr(w, text);
}

void
dumpw_end(struct dumpw *w)
{
	assert(w->at == w->n_cols);
	put_text(w, w->format == DUMPW_CSV ? "\n" : "}\n");
	w->at = 0;
	w->rows++;
}

bool
dumpw_flush(struct dumpw *w)
{
	flush(w);
	return w->err == 0;
}

int
dumpw_errno(const struct dumpw *w)
{
	return w->err;
}

uint64_t
dumpw_rows(const struct dumpw *w)
{
	return w->rows;
}

void
dumpw_summary(struct dumpw *w, struct jsonw *out)
{
	unsigned char sum[crypto_hash_sha256_BYTES];
	char hex[crypto_hash_sha256_BYTES * 2 + 1];

	assert(w->n == 0);
	(void)crypto_hash_sha256_final(&w->sha, sum);
	(void)sodium_bin2hex(hex, sizeof(hex), sum, sizeof(sum));
	jsonw_key(out, "rows");
	jsonw_uint(out, w->rows);
	jsonw_key(out, "bytes");
	jsonw_uint(out, w->bytes);
	jsonw_key(out, "sha256");
	jsonw_cstr(out, hex);
	jsonw_key(out, "sums");
	jsonw_obj(out);
	for (unsigned i = 0; i < w->n_cols; i++) {
		if (w->col[i].kind != DUMPW_SUM && w->col[i].kind != DUMPW_N)
			continue;
		jsonw_key(out, w->col[i].name);
		if (w->col[i].kind == DUMPW_SUM)
			jsonw_money(out, w->sum[i], 6);
		else
			jsonw_int(out, w->sum[i]);
	}
	jsonw_end(out);
}
