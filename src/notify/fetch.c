/* SPDX-License-Identifier: Apache-2.0
 * fetch.c - see fetch.h.
 */
#include "notify/fetch.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "notify/courier.h"

#define TIMEOUT_MS 10000L
#define TURN_MS 1000

static void
init(void)
{
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

static void
on_done(void *ctx, struct message *m)
{
	(void)m;
	*(bool *)ctx = true;
}

enum err
fetch_url(struct arena *a, struct str url, size_t most, bool private_ok, struct str *out,
    char why[FETCH_WHY])
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct message m = {.url = arena_cstr(a, url), .form = STR_NONE, .most = most};
	bool done = false;
	struct courier *c;
	enum err rc = ERR_IO;

	(void)pthread_once(&once, init);
	c = courier_new(private_ok, TIMEOUT_MS, on_done, &done);
	courier_send(c, &m);
	while (!done)
		courier_turn(c, TURN_MS, -1);
	courier_free(&c);
	why[0] = '\0';
	if (m.code >= 200 && m.code < 300 && m.whole) {
		*out = arena_str(a, str_n(m.body == NULL ? "" : m.body, m.n_body));
		rc = ERR_OK;
	} else if (m.n_body > most) {
		(void)snprintf(why, FETCH_WHY, "is longer than %zu bytes", most);
	} else if (m.code != 0 && (m.code < 200 || m.code >= 300)) {
		(void)snprintf(why, FETCH_WHY, "answers %u", m.code);
	} else {
		(void)snprintf(why, FETCH_WHY, "cannot be fetched: %.200s", m.error);
	}
	free(m.body);
	return rc;
}
