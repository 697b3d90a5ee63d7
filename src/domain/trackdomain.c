/* SPDX-License-Identifier: Apache-2.0
 * trackdomain.c - see trackdomain.h.
 */
#include "domain/trackdomain.h"

#include "domain/netset.h"
#include "domain/row.h"
#include "domain/weburl.h"

#define HOST_MAX 255

bool
trackdomain_parse(struct arena *a, struct str text, struct trackdomain *d)
{
	static const struct str schemes[] = {{"http://", 7}, {"https://", 8}};
	struct str url = str_trim(text);
	char *host;

	if (url.n == 0 || url.n > HOST_MAX)
		return false;
	if (!str_starts(url, STR("http://")) && !str_starts(url, STR("https://")))
		url = arena_printf(a, "http://%.*s", STR_ARG(url));
	d->https = str_starts(url, schemes[1]);
	if (url.p[url.n - 1] == '/')
		url.n--;
	if (weburl_wrong(url) != NULL)
		return false;
	url = str_n(url.p + schemes[d->https].n, url.n - schemes[d->https].n);
	host = arena_alloc(a, url.n + 1);
	for (size_t i = 0; i < url.n; i++) {
		if ((url.p[i] & 0x80) != 0 || strchr("/?#", url.p[i]) != NULL)
			return false;
		host[i] =
		    url.p[i] >= 'A' && url.p[i] <= 'Z' ? (char)(url.p[i] + 32) : url.p[i];
	}
	d->host = str_n(host, url.n);
	return true;
}

static enum err
check(struct change *c, const struct trackdomain *d)
{
	const char *wrong = d->redirect_url.n == 0 ? NULL : weburl_wrong(d->redirect_url);
	int64_t n = 1;
	enum err rc = ERR_OK;

	if (wrong != NULL)
		return change_fault(c, ERR_INVALID, "redirect_url", "%s", wrong);
	if (d->landing_page_id != 0)
		rc = db_int(c->db, &n, 0,
		    "SELECT COUNT(*) FROM landing_page WHERE id = ? AND NOT deleted", "i",
		    d->landing_page_id);
	if (rc == ERR_OK && n == 0)
		return change_fault(c, ERR_INVALID, "landing_page", "is no landing page");
	if (rc == ERR_OK && d->account_id != 0)
		rc = db_int(c->db, &n, 0,
		    "SELECT COUNT(*) FROM account WHERE id = ? AND NOT deleted AND type "
		    "NOT IN (140, 160)",
		    "i", d->account_id);
	if (rc == ERR_OK && n == 0)
		return change_fault(c, ERR_INVALID, "account", "is no affiliate");
	return rc;
}

static enum err
one_default(struct change *c, const struct trackdomain *d)
{
	if (!d->is_default)
		return ERR_OK;
	return db_exec(
	    c->db, "UPDATE tracking_domain SET is_default = (id = ?)", "i", d->id);
}

enum err
trackdomain_add(struct change *c, struct trackdomain *d)
{
	enum err rc = check(c, d);

	if (rc != ERR_OK)
		return rc;
	rc = db_exec(c->db,
	    "INSERT INTO tracking_domain (host, https, redirect_url, template_protect, "
	    "created_us) VALUES (?, ?, ?, ?, ?)",
	    "sisii", d->host, (int64_t)d->https, d->redirect_url,
	    (int64_t)d->template_protect, c->now);
	if (rc == ERR_DB_DUP)
		return change_fault(c, ERR_EXISTS, "", "Domain already exists");
	if (rc != ERR_OK)
		return rc;
	d->id = (int64_t)db_insert_id(c->db);
	return trackdomain_store(c, d);
}

enum err
trackdomain_store(struct change *c, const struct trackdomain *d)
{
	enum err rc = check(c, d);

	if (rc == ERR_OK)
		rc = db_exec(c->db,
		    "UPDATE tracking_domain SET https = ?, redirect_url = ?, "
		    "template_protect = ?, is_default = ?, landing_page_id = NULLIF(?, "
		    "0), account_id = NULLIF(?, 0) WHERE id = ?",
		    "isiiiii", (int64_t)d->https, d->redirect_url,
		    (int64_t)d->template_protect, (int64_t)d->is_default,
		    d->landing_page_id, d->account_id, d->id);
	if (rc == ERR_OK)
		rc = one_default(c, d);
	return rc != ERR_OK ? rc : catalog_bump(c->db, BUMP_DOMAIN, 0, &c->version);
}

enum err
trackdomain_remove(struct change *c, const struct trackdomain *d)
{
	int64_t n;
	enum err rc = db_int(c->db, &n, 0,
	    "SELECT EXISTS (SELECT * FROM offer WHERE tracking_domain_id = ? AND NOT "
	    "deleted) OR EXISTS (SELECT * FROM landing_page WHERE tracking_domain_id = ? "
	    "AND NOT deleted) OR EXISTS (SELECT * FROM smartlink_category WHERE "
	    "domain_id = ? AND NOT deleted)",
	    "iii", d->id, d->id, d->id);

	if (rc == ERR_OK && n != 0)
		return change_fault(c, ERR_DENIED, "",
		    "An offer, a landing page or a SmartLink category names it");
	if (rc == ERR_OK)
		rc = db_exec(
		    c->db, "DELETE FROM tracking_domain WHERE id = ?", "i", d->id);
	return rc != ERR_OK ? rc : catalog_bump(c->db, BUMP_DOMAIN, 0, &c->version);
}

#define COLUMNS                                                                \
	"SELECT id, host, https, redirect_url, template_protect, is_default, " \
	"COALESCE(landing_page_id, 0), COALESCE(account_id, 0) FROM tracking_domain "

static void
read_row(struct db_rows *r, struct arena *a, struct trackdomain *d)
{
	d->id = db_i64(r, 0);
	d->host = arena_str(a, db_str(r, 1));
	d->https = db_i64(r, 2) != 0;
	d->redirect_url = arena_str(a, db_str(r, 3));
	d->template_protect = db_i64(r, 4) != 0;
	d->is_default = db_i64(r, 5) != 0;
	d->landing_page_id = db_i64(r, 6);
	d->account_id = db_i64(r, 7);
}

enum err
trackdomain_list(struct db *db, struct arena *a, struct trackdomain **out, size_t *n)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r, COLUMNS "ORDER BY id", "");

	*out = NULL;
	*n = 0;
	if (rc != ERR_OK)
		return rc;
	while (db_next(r)) {
		*out = row_grow(a, *out, *n, sizeof(**out));
		read_row(r, a, &(*out)[(*n)++]);
	}
	return db_rows_close(&r);
}

static enum err
read_one(struct db_rows **r, struct arena *a, struct trackdomain *out)
{
	const bool there = db_next(*r);
	enum err rc;

	if (there)
		read_row(*r, a, out);
	rc = db_rows_close(r);
	return rc != ERR_OK ? rc : there ? ERR_OK : ERR_NOT_FOUND;
}

enum err
trackdomain_load(struct db *db, struct arena *a, int64_t id, struct trackdomain *out)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r, COLUMNS "WHERE id = ?", "i", id);

	return rc != ERR_OK ? rc : read_one(&r, a, out);
}

enum err
trackdomain_find(struct db *db, struct arena *a, struct str text, struct trackdomain *out)
{
	struct trackdomain want;
	struct db_rows *r;
	enum err rc;

	if (!trackdomain_parse(a, text, &want))
		return ERR_NOT_FOUND;
	rc = db_query(db, &r, COLUMNS "WHERE host = ?", "s", want.host);
	return rc != ERR_OK ? rc : read_one(&r, a, out);
}

static enum err
network_base(struct db *db, struct arena *a, struct str host, bool https, struct str *out)
{
	enum err rc = netset_get(db, a, STR("tracking_domain"), out);

	if (rc == ERR_OK && out->n == 0)
		*out =
		    arena_printf(a, "%s://%.*s", https ? "https" : "http", STR_ARG(host));
	while (out->n > 0 && out->p[out->n - 1] == '/')
		out->n--;
	return rc;
}

enum err
trackdomain_base(struct db *db, struct arena *a, int64_t of_page, int64_t of_offer,
    struct str host, bool https, struct str *out)
{
	struct trackdomain d;
	struct db_rows *r;
	enum err rc = db_query(db, &r,
	    COLUMNS "WHERE id IN (?, ?) OR is_default ORDER BY id = ? DESC, id = ? DESC "
		    "LIMIT 1",
	    "iiii", of_page, of_offer, of_page, of_offer);

	if (rc == ERR_OK)
		rc = read_one(&r, a, &d);
	if (rc == ERR_NOT_FOUND)
		return network_base(db, a, host, https, out);
	if (rc == ERR_OK)
		*out = arena_printf(
		    a, "%s://%.*s", d.https ? "https" : "http", STR_ARG(d.host));
	return rc;
}
