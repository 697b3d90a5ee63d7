/* SPDX-License-Identifier: Apache-2.0
 * ctldoors.c - tracking domains, short names and short links from the shell.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/ctl.h"
#include "domain/offer.h"
#include "domain/shortlink.h"
#include "domain/trackdomain.h"

/* ---- domain ---- */

static enum err
do_add_domain(struct change *c, void *what)
{
	return trackdomain_add(c, what);
}

int
ctl_domain_add(struct ctl *t, int argc, char **argv)
{
	struct trackdomain d = {.redirect_url = STR("")};

	if (argc != 1)
		return ctl_usage(t);
	if (!trackdomain_parse(t->ch.arena, str_of(argv[0]), &d))
		return ctl_failed("%s is no domain", argv[0]);
	if (!ctl_change(t, do_add_domain, &d))
		return CTL_FAILED;
	(void)printf("%lld\n", (long long)d.id);
	return CTL_OK;
}

struct domain_set {
	struct str host, name, value;
};

static bool
is_flag(struct str s, bool *to)
{
	if (!str_eq(s, STR("0")) && !str_eq(s, STR("1")))
		return false;
	*to = s.p[0] == '1';
	return true;
}

static bool
is_number(struct str s, int64_t *to)
{
	return str_to_i64(s, to) && *to >= 0 && *to <= UINT32_MAX;
}

static enum err
do_set_domain(struct change *c, void *what)
{
	const struct domain_set *s = what;
	const char *name = s->name.p;
	struct trackdomain d;
	bool good = true;
	enum err rc = trackdomain_find(c->db, c->arena, s->host, &d);

	if (rc == ERR_NOT_FOUND)
		return change_fault(
		    c, rc, "", "%.*s is no tracking domain", (int)s->host.n, s->host.p);
	if (rc != ERR_OK)
		return rc;
	if (strcmp(name, "redirect_url") == 0)
		d.redirect_url = s->value;
	else if (strcmp(name, "template_protect") == 0)
		good = is_flag(s->value, &d.template_protect);
	else if (strcmp(name, "https") == 0)
		good = is_flag(s->value, &d.https);
	else if (strcmp(name, "default") == 0)
		good = is_flag(s->value, &d.is_default);
	else if (strcmp(name, "landing_page") == 0)
		good = is_number(s->value, &d.landing_page_id);
	else if (strcmp(name, "account") == 0)
		good = is_number(s->value, &d.account_id);
	else
		return change_fault(
		    c, ERR_INVALID, "", "a tracking domain has no %s", name);
	if (!good)
		return change_fault(c, ERR_INVALID, name, "cannot be that");
	return trackdomain_store(c, &d);
}

int
ctl_domain_set(struct ctl *t, int argc, char **argv)
{
	struct domain_set s;

	if (argc != 3)
		return ctl_usage(t);
	s = (struct domain_set){str_of(argv[0]), str_of(argv[1]), str_of(argv[2])};
	return ctl_change(t, do_set_domain, &s) ? CTL_OK : CTL_FAILED;
}

int
ctl_domain_list(struct ctl *t, int argc, char **argv)
{
	struct trackdomain *d;
	size_t n;
	enum err rc;

	(void)argv;
	if (argc != 0)
		return ctl_usage(t);
	rc = trackdomain_list(t->ch.db, t->ch.arena, &d, &n);
	if (rc != ERR_OK)
		return ctl_db_failed(t, rc);
	for (size_t i = 0; i < n; i++)
		(void)printf("%lld\t%s://%.*s\t%s\t%s\t%lld\t%lld\t%.*s\n",
		    (long long)d[i].id, d[i].https ? "https" : "http", STR_ARG(d[i].host),
		    d[i].is_default ? "default" : "",
		    d[i].template_protect ? "hidden" : "",
		    (long long)d[i].landing_page_id, (long long)d[i].account_id,
		    STR_ARG(d[i].redirect_url));
	return CTL_OK;
}

/* ---- short names ---- */

struct naming {
	const char *kind;
	int64_t id;
	struct str name; /* STR_NONE: take it away */
};

/* What may stand in a code: no dot, slash or colon, and no number, which would be read
 * as an id by those who do not know the name. */
static bool
name_ok(struct str s)
{
	uint64_t number;

	if (s.n == 0 || s.n > 64 || !str_is_utf8(s) || str_to_u64(s, &number))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (strchr("./:?#%", s.p[i]) != NULL || (unsigned char)s.p[i] <= ' ')
			return false;
	}
	return true;
}

static enum err
do_name(struct change *c, void *what)
{
	static const struct {
		const char *kind, *find, *set;
	} kinds[] = {
	    {"offer", "SELECT id FROM offer WHERE id = ? AND NOT deleted",
		"UPDATE offer SET shortname = ? WHERE id = ?"},
	    {"landing_page",
		"SELECT offer_id FROM landing_page WHERE id = ? AND NOT deleted",
		"UPDATE landing_page SET shortname = ? WHERE id = ?"},
	    {"commission", "SELECT offer_id FROM commission WHERE id = ?",
		"UPDATE commission SET shortname = ? WHERE id = ?"},
	};
	const struct naming *n = what;
	int64_t offer;
	size_t i = 0;
	enum err rc;

	while (i < ARRAY_LEN(kinds) && strcmp(kinds[i].kind, n->kind) != 0)
		i++;
	if (i == ARRAY_LEN(kinds))
		return change_fault(c, ERR_INVALID, "",
		    "only an offer, landing_page or commission has a short name");
	if (n->name.p != NULL && !name_ok(n->name))
		return change_fault(c, ERR_INVALID, "name",
		    "may not be a number nor hold dots, slashes, colons or blanks");
	rc = db_int(c->db, &offer, 0, kinds[i].find, "i", n->id);
	if (rc == ERR_OK && offer == 0)
		return change_fault(c, ERR_NOT_FOUND, "", "there is no such %s", n->kind);
	if (rc == ERR_OK)
		rc = db_exec(c->db, kinds[i].set, "si", n->name, n->id);
	if (rc == ERR_DB_DUP)
		return change_fault(c, ERR_EXISTS, "name", "is another's already");
	return rc != ERR_OK
		   ? rc
		   : catalog_bump(c->db, BUMP_OFFER, (uint64_t)offer, &c->version);
}

int
ctl_shortname_set(struct ctl *t, int argc, char **argv)
{
	struct naming n = {.name = STR_NONE};

	if (argc != 3)
		return ctl_usage(t);
	n.kind = argv[0];
	if (!is_number(str_of(argv[1]), &n.id))
		return ctl_failed("%s is no number", argv[1]);
	if (*argv[2] != '\0')
		n.name = str_of(argv[2]);
	return ctl_change(t, do_name, &n) ? CTL_OK : CTL_FAILED;
}

/* ---- short links ---- */

struct shorten {
	struct str query, code;
};

static enum err
do_shorten(struct change *c, void *what)
{
	struct shorten *s = what;

	return shortlink_make(c, SHORTLINK_CLICK, s->query, &s->code);
}

/* The query of ".../click?pid=..&offer_id=..", or that alone.  STR_NONE: neither. */
static struct str
query_of(struct str link)
{
	const ptrdiff_t at = str_chr(link, '?');
	struct str q = at < 0 ? link : str_n(link.p + at + 1, link.n - (size_t)at - 1);
	struct str rest = q;
	unsigned found = 0;

	while (rest.n > 0) {
		struct str value = str_split(&rest, '&'), name = str_split(&value, '=');

		if (str_eq(name, STR("pid")) && value.n > 0)
			found |= 1;
		if (str_eq(name, STR("offer_id")) && value.n > 0)
			found |= 2;
	}
	for (size_t i = 0; q.p != NULL && i < q.n; i++) {
		if ((unsigned char)q.p[i] <= ' ' || (unsigned char)q.p[i] >= 0x7f)
			return STR_NONE;
	}
	return found == 3 && q.n <= 2048 ? q : STR_NONE;
}

int
ctl_link_shorten(struct ctl *t, int argc, char **argv)
{
	struct shorten s;

	if (argc != 1)
		return ctl_usage(t);
	s.query = query_of(str_of(argv[0]));
	if (s.query.p == NULL)
		return ctl_failed("a link needs pid and offer_id, percent-encoded, in at "
				  "most 2048 bytes");
	if (!ctl_change(t, do_shorten, &s))
		return CTL_FAILED;
	(void)printf("%.*s\n", STR_ARG(s.code));
	return CTL_OK;
}

/* ---- deep links ---- */

struct hosts {
	int64_t offer;
	struct str list;
};

static enum err
do_hosts(struct change *c, void *what)
{
	const struct hosts *h = what;
	struct str rest = h->list, out = STR("");
	struct offer o;
	enum err rc = offer_lock(c, h->offer, &o);

	if (rc == ERR_NOT_FOUND)
		return change_fault(c, rc, "", "there is no such offer");
	while (rc == ERR_OK && rest.n > 0) {
		struct str one = str_trim(str_split(&rest, ','));
		struct trackdomain d;
		const bool wild = str_starts(one, STR("*."));

		if (one.n == 0)
			continue;
		if (str_chr(one, '/') >= 0 ||
		    !trackdomain_parse(
			c->arena, wild ? str_n(one.p + 2, one.n - 2) : one, &d))
			return change_fault(c, ERR_INVALID, "", "%.*s is no host",
			    (int)(one.n < 60 ? one.n : 60), one.p);
		out = arena_printf(c->arena, "%.*s%s%s%.*s", STR_ARG(out),
		    out.n > 0 ? "," : "", wild ? "*." : "", STR_ARG(d.host));
	}
	if (rc != ERR_OK)
		return rc;
	o.deeplink_hosts = out;
	return offer_store(c, &o);
}

int
ctl_deeplink_hosts(struct ctl *t, int argc, char **argv)
{
	struct hosts h;

	if (argc != 2)
		return ctl_usage(t);
	if (!is_number(str_of(argv[0]), &h.offer))
		return ctl_failed("%s is no number", argv[0]);
	h.list = str_of(argv[1]);
	return ctl_change(t, do_hosts, &h) ? CTL_OK : CTL_FAILED;
}
