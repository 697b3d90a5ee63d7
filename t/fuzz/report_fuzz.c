/* SPDX-License-Identifier: Apache-2.0
 * report_fuzz.c - an advertiser's report: parameters and cookies into the event.
 *
 * Input: a line with the script ("pixel", "void", anything else is /postback), a line
 * with the Cookie header, the query.
 */
#include "config.h"

#include "fuzz.h"

#include "track/posting.h"
#include "track/signature.h"

#include "small_catalog.h"

/* Whatever a query holds, a signature that was not made with the key is none. */
static void
check_signature(struct str script, struct str body, struct str query)
{
	const struct signature_of s = {script, query, body, 0, 300};
	uint8_t sig[SIGNATURE_BYTES];
	const enum signature_state state = signature_check(STR("a key,another"), &s, sig);

	assert(state == (signature_is_sent(query) ? SIGNATURE_BAD : SIGNATURE_NONE));
}

void
fuzz_one(const uint8_t *data, size_t n)
{
	static unsigned char rec[POSTING_RECORD_MAX];
	static char memory[POSTING_MEMORY], pads[65536], out[POSTING_ANSWER_MAX];
	static const struct vars_bounds bounds = {
	    .most = 64, .name = 190, .value = 2048, .together = 65536};
	static struct vars v;
	struct str rest = str_n((const char *)data, n);
	const struct str script = next_line(&rest), cookie = next_line(&rest);
	const enum posting_script which = str_eq(script, STR("pixel"))  ? POSTING_PIXEL
					  : str_eq(script, STR("void")) ? POSTING_VOID
									: POSTING_AFFISE;
	struct pad pad = {pads, 0, sizeof(pads)};
	struct posting p;
	struct rec_texts t;
	size_t len;

	check_signature(script, cookie, rest);
	posting_begin(&p, which, memory);
	v.n = 0;
	vars_read(&v, &pad, rest, &bounds);
	for (unsigned i = 0; i < v.n; i++) {
		if (v.v[i].value.p != NULL)
			posting_param(&p, v.v[i].name, v.v[i].value);
		len = posting_refuse(out, which, script.n > 0 ? "name" : NULL);
		assert(len == strlen(out));
	}
	posting_cookie(&p, cookie, &pad);
	posting_marks(&p, cookie, &pad);
	posting_browser(&p, script, cookie, cookie, &pad);
	len = posting_finish(&p, rec, sizeof(rec));
	if (len == 0) {
		assert(p.bad != NULL);
		return;
	}
	assert(rec_texts(&t, rec, len, sizeof(struct rec_event)));
	for (unsigned i = 0; i < F_MAX; i++)
		assert(str_is_utf8(t.f[i]));
	if (t.f[F_secure].n > 3)
		assert(memmem(t.f[F_request].p, t.f[F_request].n, "secure=%2A%2A%2A",
			   16) != NULL ||
		       t.f[F_request].n > 3500);
}
