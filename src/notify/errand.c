/* SPDX-License-Identifier: Apache-2.0
 * errand.c - see errand.h.
 */
#include "notify/errand.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "domain/hook.h"
#include "domain/outbox.h"
#include "domain/weburl.h"
#include "notify/accountform.h"

struct errand *
errand_new(void)
{
	struct errand *e = obj_alloc(sizeof(*e));

	e->arena = arena_new();
	return e;
}

void
errand_free(struct errand **ep)
{
	if (*ep == NULL)
		return;
	arena_free(&(*ep)->arena);
	free(*ep);
	*ep = NULL;
}

static enum err
drop(struct errand *e, const char *why)
{
	e->dropped = why;
	return ERR_OK;
}

static void
set_url(struct errand *e, struct str url)
{
	e->m.url = arena_cstr(e->arena, url);
	e->host = arena_cstr(e->arena, weburl_host(url));
}

/* The hook as it is now: whoever repairs a URL gets what is waiting for it. */
static enum err
make_postback(const struct errand_maker *k, struct db *db, struct errand *e)
{
	char *out = arena_alloc(e->arena, ERRAND_URL);
	struct tellfacts facts;
	struct macro_facts mf;
	struct hook h;
	struct str url;
	enum err rc = hook_load(db, e->arena, e->hook_id, &h);

	if (rc == ERR_NOT_FOUND || (rc == ERR_OK && !h.active))
		return drop(e, "the postback was removed");
	if (rc == ERR_OK)
		rc = tellfacts_load(db, e->arena, k->zone, k->in->geo, &e->step, &facts);
	if (rc == ERR_NOT_FOUND)
		return drop(e, "the conversion is gone");
	if (rc != ERR_OK)
		return rc;
	e->offer_id = facts.offer_id;
	e->goal_id = facts.goal_id;
	mf = tellfacts_macros(&facts);
	url = macro_expand(out, ERRAND_URL, h.code, false, &mf);
	if (url.p == NULL)
		return drop(e, "the URL is too long once its variables are filled in");
	set_url(e, url);
	e->m.form = STR_NONE;
	return ERR_OK;
}

static enum err
read_login(struct db *db, struct arena *a, int64_t account, struct accountform_login *out)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r,
	    "SELECT at_us, ip FROM account_last_login WHERE account_id = ?", "i",
	    account);

	*out = (struct accountform_login){0, STR("")};
	if (rc != ERR_OK)
		return rc;
	if (db_next(r))
		*out =
		    (struct accountform_login){db_i64(r, 0), arena_str(a, db_str(r, 1))};
	return db_rows_close(&r);
}

static enum err
make_account(const struct errand_maker *k, struct db *db, struct errand *e)
{
	struct str url = e->kind == OUTBOX_SIGNUP ? k->net.POST_ACCOUNT_SIGNUP
						  : k->net.POST_ACCOUNT_CHANGES;
	struct accountform_login login;
	struct account a;
	enum err rc;

	if (url.n == 0)
		return drop(e, "the setting is empty");
	rc = account_load(db, e->arena, e->account_id, &a);
	if (rc == ERR_NOT_FOUND)
		return drop(e, "the account is gone");
	if (rc == ERR_OK)
		rc = read_login(db, e->arena, a.id, &login);
	if (rc != ERR_OK)
		return rc;
	set_url(e, url);
	e->m.form = accountform_of(
	    e->arena, &a, &login, k->net.ALLOW_POST_AFFILIATE_PASSWORD != 0);
	return ERR_OK;
}

/* ---- mail ---- */

/* A header's text as RFC 2047 wants it, without line ends. */
static struct str
header_text(struct arena *a, struct str s)
{
	static const char digits[] = "0123456789ABCDEF";
	/* A byte is three, and before each twelve stand 15 at most. */
	char *out = arena_alloc(a, s.n * 3 + (s.n / 12 + 1) * 15 + 3), *p = out;
	size_t in_word = 0;
	bool plain = true;

	for (size_t i = 0; i < s.n; i++)
		plain = plain && s.p[i] >= ' ' && s.p[i] < 0x7f;
	if (plain)
		return s;
	for (size_t i = 0; i < s.n; i++) {
		const unsigned char c = (unsigned char)s.p[i];

		/* A word holds 75 bytes at most, and no half characters. */
		if (in_word == 0 || (in_word > 45 && (c & 0xc0) != 0x80)) {
			p += sprintf(p, "%s=?UTF-8?Q?", in_word == 0 ? "" : "?=\r\n ");
			in_word = 12;
		}
		*p++ = '=';
		*p++ = digits[c >> 4];
		*p++ = digits[c & 15];
		in_word += 3;
	}
	p += sprintf(p, "?=");
	return str_n(out, (size_t)(p - out));
}

/* Line ends as mail wants them.  A line that is too long for SMTP stays: relays fold it.
 */
static struct str
body_text(struct arena *a, struct str s)
{
	char *out = arena_alloc(a, 2 * s.n + 3), *p = out;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\r')
			continue;
		if (s.p[i] == '\n')
			*p++ = '\r';
		*p++ = s.p[i];
	}
	*p++ = '\r';
	*p++ = '\n';
	return str_n(out, (size_t)(p - out));
}

static struct str
mail_text(const struct errand *e, const char *from, struct str to, struct str subject,
    struct str body)
{
	struct arena *a = e->arena;
	const time_t now = (time_t)(clock_us() / US_SECOND);
	char date[64];
	struct tm tm;

	(void)gmtime_r(&now, &tm);
	(void)strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S +0000", &tm);
	subject = header_text(a, subject);
	body = body_text(a, body);
	/* The same id whenever it is sent again: readers see through a repetition. */
	return arena_printf(a,
	    "Date: %s\r\nFrom: <%s>\r\nTo: <" STR_FMT ">\r\nSubject: " STR_FMT
	    "\r\nMessage-ID: <notice-%lld-%llu@affiliated>\r\nAuto-Submitted: "
	    "auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; "
	    "charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" STR_FMT,
	    date, from, STR_ARG(to), STR_ARG(subject), (long long)e->step.conv_us,
	    (unsigned long long)e->seq, STR_ARG(body));
}

static enum err
make_mail(const struct errand_maker *k, struct db *db, struct errand *e)
{
	const struct settings *set = k->in->set;
	struct str to = STR_NONE, subject = STR_NONE, body = STR_NONE;
	struct db_rows *r;
	/* What is nobody's in particular is the network's. */
	enum err rc = db_query(db, &r,
	    "SELECT CASE WHEN n.email <> '' THEN n.email WHEN n.account_id IS NOT NULL "
	    "THEN a.email WHEN ? <> '' THEN ? ELSE (SELECT email FROM account WHERE type "
	    "= 225 AND status = 0 AND NOT deleted AND email IS NOT NULL ORDER BY id "
	    "LIMIT 1) END, n.subject, n.body FROM notice n LEFT JOIN account a ON a.id = "
	    "n.account_id WHERE n.id = ?",
	    "ssi", str_of(set->mail_admin), str_of(set->mail_admin), e->step.conv_us);

	if (rc != ERR_OK)
		return rc;
	if (db_next(r)) {
		to = arena_str(e->arena, db_str(r, 0));
		subject = arena_str(e->arena, db_str(r, 1));
		body = arena_str(e->arena, db_str(r, 2));
	}
	rc = db_rows_close(&r);
	if (rc != ERR_OK)
		return rc;
	if (body.p == NULL)
		return drop(e, "the notice is gone");
	if (!outbox_is_address(to))
		return drop(e, "there is no address to send it to");
	if (*set->mail_relay == '\0')
		return drop(e, "no mail_relay is set");
	e->m.url = NULL;
	e->m.mail = (struct courier_mail){.relay = set->mail_relay,
	    .from = set->mail_from,
	    .to = arena_cstr(e->arena, to),
	    .user = set->mail_user,
	    .password = set->mail_password,
	    .text = mail_text(e, set->mail_from, to, subject, body)};
	return ERR_OK;
}

enum err
errand_make(const struct errand_maker *k, struct db *db, struct errand *e)
{
	switch (e->kind) {
	case OUTBOX_POSTBACK:
		return make_postback(k, db, e);
	case OUTBOX_SIGNUP:
	case OUTBOX_CHANGE:
		return make_account(k, db, e);
	case OUTBOX_MAIL:
		return make_mail(k, db, e);
	default:
		return drop(e, "nobody knows what this is");
	}
}
