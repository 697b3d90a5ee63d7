/* SPDX-License-Identifier: Apache-2.0
 * files.c - /files/NAME: pictures that the network keeps, see domain/storedfile.h.
 *
 * A name is never used again, so browsers keep them for a year and a worker the few that
 * it is asked for most: a banner costs the database one look for each worker, and not one
 * for each visitor.
 */
#include <stdlib.h>

#include "domain/storedfile.h"
#include "worker/loop.h"
#include "worker/sidejob.h"
#include "worker/tracking.h"

#define FILES_MAGIC 0x66696c65u
#define KEPT 32u             /* files, the least lately asked for goes */
#define LARGEST (512u << 10) /* of those that are kept: 16 MiB in all */
#define MIME_MAX 64u

struct kept {
	char name[STOREDFILE_NAME + 1];
	char mime[MIME_MAX + 1];
	char *bytes;
	size_t n;
	uint64_t asked; /* of files.asked when it was asked for last */
};

struct files {
	uint32_t magic;
	struct kept kept[KEPT];
	uint64_t asked;
};

/* In the request's pool. */
struct ask {
	struct wreq *r;
	char name[STOREDFILE_NAME + 1];
};

void
files_free(struct files **fp)
{
	struct files *f;

	if (*fp == NULL)
		return;
	OBJ_TAKE(f, fp, FILES_MAGIC);
	for (unsigned i = 0; i < KEPT; i++)
		free(f->kept[i].bytes);
	OBJ_FREE(f);
}

/* ---- what a worker keeps ---- */

static struct files *
files_of(struct worker *w)
{
	struct files *f;

	if (w->files == NULL) {
		OBJ_NEW(f, FILES_MAGIC);
		w->files = f;
	}
	assert(OBJ_IS(w->files, FILES_MAGIC));
	return w->files;
}

static struct kept *
find(struct files *f, const char *name)
{
	for (unsigned i = 0; i < KEPT; i++) {
		if (f->kept[i].bytes != NULL && strcmp(f->kept[i].name, name) == 0) {
			f->kept[i].asked = ++f->asked;
			return &f->kept[i];
		}
	}
	return NULL;
}

static void
keep(struct files *f, const char *name, struct str bytes, struct str mime)
{
	struct kept *k = &f->kept[0];

	if (bytes.n == 0 || bytes.n > LARGEST || mime.n > MIME_MAX)
		return;
	for (unsigned i = 1; i < KEPT; i++) {
		if (f->kept[i].asked < k->asked)
			k = &f->kept[i];
	}
	free(k->bytes);
	k->bytes = obj_alloc(bytes.n);
	k->n = bytes.n;
	memcpy(k->bytes, bytes.p, bytes.n);
	memcpy(k->name, name, sizeof(k->name));
	memcpy(k->mime, mime.p, mime.n);
	k->mime[mime.n] = '\0';
	k->asked = ++f->asked;
}

/* ---- answers ---- */

static void
send_file(struct wreq *r, struct str bytes, struct str mime)
{
	char *type = wreq_alloc(r, mime.n + 1);

	memcpy(type, mime.p, mime.n);
	type[mime.n] = '\0';
	wreq_add_header(r, "cache-control", STR("public, max-age=31536000, immutable"));
	wreq_add_header(r, "x-content-type-options", STR("nosniff"));
	wreq_add_header(r, "content-security-policy", STR("default-src 'none'; sandbox"));
	wreq_add_header(r, "cross-origin-resource-policy", STR("cross-origin"));
	if (!str_starts(mime, STR("image/")))
		wreq_add_header(r, "content-disposition", STR("attachment"));
	reply_body(r, 200, type, bytes);
}

static enum err
load(const struct worker *w, struct db *db, struct arena *a, const void *what,
    struct sidejob_out *out)
{
	enum err rc = storedfile_load(db, a, str_of(what), &out->text, &out->type);

	(void)w;
	return rc == ERR_NOT_FOUND ? ERR_OK : rc;
}

static void
on_loaded(void *ctx, const struct sidejob_out *out)
{
	const struct ask *k = ctx;

	if (out->failed) {
		clicks_unavailable(k->r);
	} else if (out->text.p == NULL) {
		clicks_not_found(k->r);
	} else {
		keep(files_of(k->r->w), k->name, out->text, out->type);
		send_file(k->r, out->text, out->type);
	}
}

void
files_handle(struct wreq *r)
{
	const struct str name =
	    str_n(r->path.p + sizeof("/files/") - 1, r->path.n - (sizeof("/files/") - 1));
	const struct kept *have;
	struct ask *k;

	if (!str_eq(r->method, STR("GET")) && !str_eq(r->method, STR("HEAD"))) {
		clicks_bad_method(r, STR("GET, HEAD"));
		return;
	}
	if (!storedfile_is_name(name)) {
		clicks_not_found(r);
		return;
	}
	k = wreq_alloc(r, sizeof(*k));
	k->r = r;
	memcpy(k->name, name.p, name.n);
	k->name[name.n] = '\0';
	have = find(files_of(r->w), k->name);
	if (have != NULL)
		send_file(r, str_n(have->bytes, have->n), str_of(have->mime));
	else if (!sidejob_ask(r, load, k->name, sizeof(k->name), on_loaded, k))
		clicks_unavailable(r);
}
