/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/router.h"

#include <stdio.h>
#include <stdlib.h>

#include "worker/target.h"

#define ROUTER_MAGIC 0x726f7574u
#define MAX_SEGMENTS 8
#define MAX_LITERAL 64

struct segments {
	unsigned n;
	struct str v[MAX_SEGMENTS];
};

struct entry {
	const struct endpoint *ep;
	enum method method;
	unsigned n_names;
	struct segments seg;
};

struct router {
	uint32_t magic;
	size_t n, cap;
	struct entry *v; /* those with fewer {name}s first */
};

/* false: more segments than any row has. */
static bool
split(struct str path, struct segments *out)
{
	out->n = 0;
	while (path.p != NULL) {
		struct str s = str_split(&path, '/');

		if (s.n == 0)
			continue;
		if (out->n == MAX_SEGMENTS)
			return false;
		out->v[out->n++] = s;
	}
	return true;
}

static bool
is_name(struct str segment)
{
	return segment.n > 2 && segment.p[0] == '{' && segment.p[segment.n - 1] == '}';
}

static bool
is_literal(struct str want, struct str raw)
{
	char buf[MAX_LITERAL * 3];

	if (raw.n > sizeof(buf))
		return false;
	return str_eq(want, str_n(buf, target_decode(buf, raw, false)));
}

static bool
is_version(struct str s)
{
	uint64_t v;

	return s.n > 1 && s.p[0] == 'v' && str_to_u64(str_n(s.p + 1, s.n - 1), &v);
}

static bool
same_place(const struct entry *a, const struct entry *b)
{
	if (a->method != b->method || a->seg.n != b->seg.n)
		return false;
	for (unsigned i = 0; i < a->seg.n; i++) {
		if (is_name(a->seg.v[i]) != is_name(b->seg.v[i]))
			return false;
		if (!is_name(a->seg.v[i]) && !str_eq(a->seg.v[i], b->seg.v[i]))
			return false;
	}
	return true;
}

static bool
add(struct router *r, const struct endpoint *ep, enum method m, const char *path,
    char *why)
{
	struct entry e = {.ep = ep, .method = m};

	if (!split(str_of(path), &e.seg) || e.seg.n == 0) {
		(void)snprintf(why, 256,
		    "%s: the path %.100s has no or too many segments", ep->name, path);
		return false;
	}
	for (unsigned i = 0; i < e.seg.n; i++)
		e.n_names += is_name(e.seg.v[i]);
	if (e.n_names > ROUTE_VALUES) {
		(void)snprintf(why, 256, "%s: too many names in %.100s", ep->name, path);
		return false;
	}
	for (size_t i = 0; i < r->n; i++) {
		if (!same_place(&r->v[i], &e))
			continue;
		(void)snprintf(why, 256, "%s and %s both have %s %.100s",
		    r->v[i].ep->name, ep->name, endpoint_method_name(m), path);
		return false;
	}
	if (r->n == r->cap) {
		r->cap = r->cap == 0 ? 64 : r->cap * 2;
		r->v = obj_realloc(r->v, r->cap * sizeof(*r->v));
	}
	r->v[r->n++] = e;
	return true;
}

static int
by_names(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return (x->n_names > y->n_names) - (x->n_names < y->n_names);
}

struct router *
router_new(const struct endpoint *eps, size_t n, char *why)
{
	struct router *r;

	OBJ_NEW(r, ROUTER_MAGIC);
	for (size_t i = 0; i < n; i++) {
		const struct alias_spec *a = eps[i].aliases;

		if (!add(r, &eps[i], eps[i].method, eps[i].path, why)) {
			router_free(&r);
			return NULL;
		}
		for (; a->path != NULL; a++) {
			if (!add(r, &eps[i], a->method, a->path, why)) {
				router_free(&r);
				return NULL;
			}
		}
	}
	if (r->n > 0)
		qsort(r->v, r->n, sizeof(*r->v), by_names);
	return r;
}

void
router_free(struct router **rp)
{
	struct router *r;

	if (*rp == NULL)
		return;
	OBJ_TAKE(r, rp, ROUTER_MAGIC);
	free(r->v);
	OBJ_FREE(r);
}

static bool
fits(const struct entry *e, const struct segments *seg, struct route *out)
{
	out->n = 0;
	if (e->seg.n != seg->n)
		return false;
	for (unsigned i = 0; i < seg->n; i++) {
		struct str want = e->seg.v[i];

		if (is_name(want)) {
			out->name[out->n] = str_n(want.p + 1, want.n - 2);
			out->value[out->n++] = seg->v[i];
		} else if (!is_literal(want, seg->v[i])) {
			return false;
		}
	}
	return true;
}

/* What a row's method is called for. */
static bool
takes(const struct entry *e, enum method m)
{
	if (m == M_PUT && e->ep->dialect == DIALECT_NATS)
		m = M_PATCH;
	if (m == M_HEAD)
		m = M_GET;
	return e->method == m;
}

static unsigned
allowed(const struct entry *e)
{
	unsigned a = 1u << e->method;

	if (e->method == M_GET)
		a |= 1u << M_HEAD;
	if (e->method == M_PATCH && e->ep->dialect == DIALECT_NATS)
		a |= 1u << M_PUT;
	return a;
}

void
router_find(const struct router *r, enum method m, struct str path, struct route *out)
{
	struct segments seg;
	struct route try;

	assert(OBJ_IS(r, ROUTER_MAGIC));
	memset(out, 0, sizeof(*out));
	if (!split(path, &seg))
		return;
	if (seg.n > 2 && is_literal(STR("api"), seg.v[0]) && is_version(seg.v[1])) {
		memmove(&seg.v[1], &seg.v[2], (seg.n - 2) * sizeof(seg.v[0]));
		seg.n--;
	}
	for (size_t i = 0; i < r->n; i++) {
		if (!fits(&r->v[i], &seg, &try))
			continue;
		out->allow |= allowed(&r->v[i]);
		if (out->ep != NULL || !takes(&r->v[i], m))
			continue;
		out->ep = r->v[i].ep;
		out->n = try.n;
		memcpy(out->name, try.name, sizeof(out->name));
		memcpy(out->value, try.value, sizeof(out->value));
	}
}

size_t
router_allow_text(unsigned allow, char *to, size_t cap)
{
	size_t n = 0;

	to[0] = '\0';
	for (enum method m = M_GET; m < M_OTHER && n < cap; m++) {
		if ((allow & 1u << m) != 0)
			n += (size_t)snprintf(to + n, cap - n, "%s%s", n == 0 ? "" : ", ",
			    endpoint_method_name(m));
	}
	return n;
}
