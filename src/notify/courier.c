/* SPDX-License-Identifier: Apache-2.0
 * courier.c - see courier.h.
 */
#include "notify/courier.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "config.h"
#include "notify/privaddr.h"

#define COURIER_MAGIC 0x636f7572u
#define LONGEST_ANSWER (64L << 10) /* what is longer is left unread */
#define MAIL_TIMEOUT_MS 30000L

struct courier {
	uint32_t magic;
	CURLM *multi;
	bool private_ok;
	long timeout_ms;
	courier_done_f *done;
	void *ctx;
	unsigned n;
};

struct courier *
courier_new(bool private_ok, long timeout_ms, courier_done_f *done, void *ctx)
{
	struct courier *c;

	OBJ_NEW(c, COURIER_MAGIC);
	c->multi = curl_multi_init();
	assert(c->multi != NULL);
	c->private_ok = private_ok;
	c->timeout_ms = timeout_ms;
	c->done = done;
	c->ctx = ctx;
	return c;
}

void
courier_free(struct courier **cp)
{
	struct courier *c;

	if (*cp == NULL)
		return;
	OBJ_TAKE(c, cp, COURIER_MAGIC);
	(void)curl_multi_cleanup(c->multi);
	OBJ_FREE(c);
}

unsigned
courier_under_way(const struct courier *c)
{
	assert(OBJ_IS(c, COURIER_MAGIC));
	return c->n;
}

/* ---- callbacks ---- */

static curl_socket_t
open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct message *m = ctx;

	(void)purpose;
	if (!m->_private_ok && privaddr_is(&a->addr)) {
		m->_refused = true;
		errno = EACCES;
		return CURL_SOCKET_BAD;
	}
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

static size_t
take_body(struct message *m, const char *p, size_t n)
{
	if (n > m->most - m->n_body) {
		m->n_body = m->most + 1;
		return 0;
	}
	m->body = obj_realloc(m->body, m->n_body + n);
	memcpy(m->body + m->n_body, p, n);
	m->n_body += n;
	return n;
}

static size_t
take_answer(char *p, size_t size, size_t n, void *ctx)
{
	struct message *m = ctx;
	size_t room = sizeof(m->answer) - m->n_answer, bytes = size * n;
	size_t take = bytes < room ? bytes : room;

	if (m->most > 0)
		return take_body(m, p, bytes);
	memcpy(m->answer + m->n_answer, p, take);
	m->n_answer += take;
	m->_sent += bytes;
	return m->_sent > (size_t)LONGEST_ANSWER ? 0 : bytes;
}

static size_t
give_mail(char *p, size_t size, size_t n, void *ctx)
{
	struct message *m = ctx;
	size_t left = m->mail.text.n - m->_sent, room = size * n;
	size_t give = left < room ? left : room;

	memcpy(p, m->mail.text.p + m->_sent, give);
	m->_sent += give;
	return give;
}

/* ---- sending ---- */

static void
set_common(struct courier *c, CURL *e, struct message *m)
{
	(void)curl_easy_setopt(e, CURLOPT_PRIVATE, m);
	(void)curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	/* A name server that does not answer must not hold up the end of a transfer. */
	(void)curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L);
	(void)curl_easy_setopt(e, CURLOPT_NOPROXY, "*");
	(void)curl_easy_setopt(e, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, c->timeout_ms);
	(void)curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, c->timeout_ms);
	(void)curl_easy_setopt(e, CURLOPT_ERRORBUFFER, m->error);
	(void)curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, take_answer);
	(void)curl_easy_setopt(e, CURLOPT_WRITEDATA, m);
	(void)curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	(void)curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, m);
}

static void
set_http(CURL *e, const struct message *m)
{
	(void)curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	(void)curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	(void)curl_easy_setopt(e, CURLOPT_USERAGENT, PACKAGE_NAME "/" PACKAGE_VERSION);
	(void)curl_easy_setopt(e, CURLOPT_URL, m->url);
	if (m->form.p == NULL)
		return;
	(void)curl_easy_setopt(e, CURLOPT_POST, 1L);
	(void)curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)m->form.n);
	(void)curl_easy_setopt(e, CURLOPT_POSTFIELDS, m->form.p);
}

/* The operator has named the relay: it may be where it likes, and queues may be slow. */
static struct curl_slist *
set_mail(CURL *e, struct message *m)
{
	struct curl_slist *to = curl_slist_append(NULL, m->mail.to);

	m->_private_ok = true;
	(void)curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	(void)curl_easy_setopt(e, CURLOPT_URL, m->mail.relay);
	(void)curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, MAIL_TIMEOUT_MS);
	(void)curl_easy_setopt(e, CURLOPT_USE_SSL, (long)CURLUSESSL_TRY);
	(void)curl_easy_setopt(e, CURLOPT_MAIL_FROM, m->mail.from);
	(void)curl_easy_setopt(e, CURLOPT_MAIL_RCPT, to);
	(void)curl_easy_setopt(e, CURLOPT_UPLOAD, 1L);
	(void)curl_easy_setopt(e, CURLOPT_READFUNCTION, give_mail);
	(void)curl_easy_setopt(e, CURLOPT_READDATA, m);
	if (*m->mail.user != '\0') {
		(void)curl_easy_setopt(e, CURLOPT_USERNAME, m->mail.user);
		(void)curl_easy_setopt(e, CURLOPT_PASSWORD, m->mail.password);
	}
	return to;
}

void
courier_send(struct courier *c, struct message *m)
{
	CURL *e = curl_easy_init();

	assert(OBJ_IS(c, COURIER_MAGIC) && e != NULL);
	m->done = m->_refused = false;
	m->_private_ok = c->private_ok;
	m->code = 0;
	m->error[0] = '\0';
	m->n_answer = m->_sent = m->n_body = 0;
	m->body = NULL;
	m->whole = false;
	m->_easy = NULL;
	set_common(c, e, m);
	if (m->url != NULL)
		set_http(e, m);
	else
		m->_easy = set_mail(e, m);
	(void)curl_multi_add_handle(c->multi, e);
	c->n++;
}

/* ---- ends ---- */

static void
finish(struct courier *c, CURL *e, CURLcode rc)
{
	struct message *m = NULL;
	long code = 0;

	(void)curl_easy_getinfo(e, CURLINFO_PRIVATE, &m);
	(void)curl_easy_getinfo(e, CURLINFO_RESPONSE_CODE, &code);
	m->code = (unsigned)code;
	m->whole = rc == CURLE_OK;
	if (m->url == NULL)
		m->done = rc == CURLE_OK;
	else
		m->done = code >= 200 && code < 400 &&
			  (rc == CURLE_OK || rc == CURLE_WRITE_ERROR);
	if (m->_refused)
		(void)snprintf(m->error, sizeof(m->error),
		    "the address is a private one, which is not allowed");
	else if (rc != CURLE_OK && m->error[0] == '\0' && !m->done)
		(void)snprintf(m->error, sizeof(m->error), "%s", curl_easy_strerror(rc));
	else if (m->done)
		m->error[0] = '\0';
	(void)curl_multi_remove_handle(c->multi, e);
	curl_easy_cleanup(e);
	curl_slist_free_all(m->_easy);
	m->_easy = NULL;
	c->n--;
	c->done(c->ctx, m);
}

static void
reap(struct courier *c)
{
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(c->multi, &left)) != NULL) {
		if (msg->msg == CURLMSG_DONE)
			finish(c, msg->easy_handle, msg->data.result);
	}
}

void
courier_turn(struct courier *c, int ms, int fd)
{
	struct curl_waitfd w = {.fd = fd, .events = CURL_WAIT_POLLIN};
	const unsigned n = fd == -1 ? 0 : 1;
	int running = 0, ready = 0;

	assert(OBJ_IS(c, COURIER_MAGIC));
	(void)curl_multi_perform(c->multi, &running);
	reap(c);
	(void)curl_multi_poll(c->multi, n == 0 ? NULL : &w, n, ms, &ready);
	(void)curl_multi_perform(c->multi, &running);
	reap(c);
}
