/* SPDX-License-Identifier: Apache-2.0
 * scripts_test.c - from the parameters of a report to the event, and from the outcome to
 * the answer.
 */
#include "track/posting.h"

#include "tap.h"

static char memory[POSTING_MEMORY], text[4096];
static unsigned char rec[POSTING_RECORD_MAX];
static struct rec_texts got;

struct pair {
	const char *name, *value;
};

/* Reads pairs up to one without a name; the number of bytes, and the texts in `got`. */
static size_t
run(struct posting *p, enum posting_script script, const struct pair *pairs)
{
	size_t n;

	posting_begin(p, script, memory);
	for (; pairs->name != NULL; pairs++)
		posting_param(p, str_of(pairs->name), str_of(pairs->value));
	n = posting_finish(p, rec, sizeof(rec));
	if (n > 0 && !rec_texts(&got, rec, n, sizeof(struct rec_event)))
		ok(false, "a whole record");
	return n;
}

static bool
is(enum rec_field f, const char *want)
{
	if (want == NULL ? got.f[f].p == NULL : str_eq(got.f[f], str_of(want)))
		return true;
	printf("# %s is '" STR_FMT "'\n", rec_field_name(f), STR_ARG(got.f[f]));
	return false;
}

#define PAIRS(...) ((const struct pair[]){__VA_ARGS__, {NULL, NULL}})

static void
test_pixel(void)
{
	struct posting p;
	struct rec_event head;

	ok(run(&p, POSTING_PIXEL,
	       PAIRS({"click_hash", "h"}, {"subscription_id", "C7"}, {"orderid", "A1"},
		   {"gross", "60"}, {"amount", "9.95"}, {"goal", "2"}, {"pending", "1"},
		   {"currency", "EUR"}, {"offerid", "251"}, {"firstname", "J\xc3\xb6rg"},
		   {"email", "a@b.example"}, {"custom1", "x y"}, {"trans_custom5", "5"},
		   {"secure", "hush"}, {"other", "&="}, {"ip", "192.0.2.1"})) > 0,
	    "a pixel");
	memcpy(&head, rec, sizeof(head));
	ok(head.source == SRC_NATS_POST && posting_kind(POSTING_PIXEL) == REC_POST &&
		posting_kind(POSTING_VOID) == REC_VOID,
	    "its source and kind");
	ok(is(F_click, "h") && is(F_subscription_id, "C7") && is(F_orderid, "A1") &&
		is(F_gross, "60") && is(F_amount, "9.95") && is(F_goal, "2") &&
		is(F_pending, "1") && is(F_currency, "EUR") && is(F_offerid, "251") &&
		is(F_secure, "hush") && is(F_ip, "192.0.2.1") && is(F_sum, NULL),
	    "its fields");
	ok(is(F_person, "firstname=J%C3%B6rg&email=a%40b.example"), "who converted");
	ok(is(F_custom, "custom1=x%20y&trans_custom5=5"), "free values");
	ok(is(F_request, "click_hash=h&subscription_id=C7&orderid=A1&gross=60&amount=9."
			 "95&goal=2&pending=1&"
			 "currency=EUR&offerid=251&firstname=%2A%2A%2A&email=%2A%2A%2A"
			 "&custom1=x%20y&"
			 "trans_custom5=5&secure=%2A%2A%2A&other=%26%3D&ip=192.0.2.1"),
	    "the request for the log, without the secret and the person");
	ok(run(&p, POSTING_PIXEL,
	       PAIRS({"transid", "t"}, {"revenue", "1"}, {"goal_id", "3"})) > 0 &&
		is(F_click, "t") && is(F_amount, "1") && is(F_goal, "3"),
	    "older names");
	ok(run(&p, POSTING_PIXEL,
	       PAIRS({"transid", "t"}, {"click_hash", "h"}, {"goal_id", "3"},
		   {"goal", ""})) > 0 &&
		is(F_click, "h") && is(F_goal, "3"),
	    "the first name wins, and an empty one hides nothing");
	ok(run(&p, POSTING_PIXEL, PAIRS({"goal", ""})) > 0 && is(F_goal, ""),
	    "empty is not missing");
	ok(run(&p, POSTING_PIXEL,
	       PAIRS({"clickid", "h"}, {"action_id", "x"}, {"sum", "3"})) > 0 &&
		is(F_click, NULL) && is(F_orderid, NULL) && is(F_sum, NULL),
	    "the other dialect's names are none here");
}

static void
test_others(void)
{
	struct posting p;
	struct rec_event head;
	static char big[2000];

	ok(run(&p, POSTING_AFFISE,
	       PAIRS({"click_id", "c"}, {"action_id", "A1"}, {"goal", "x"},
		   {"sum", "10.5"}, {"status", "2"}, {"comment", "why"},
		   {"custom_field1", "1"}, {"custom_field_2", "2"}, {"referrer", "r"},
		   {"ip", "::1"}, {"amount", "9"})) > 0,
	    "a postback");
	memcpy(&head, rec, sizeof(head));
	ok(head.source == SRC_AFFISE_POST && is(F_click, "c") && is(F_orderid, "A1") &&
		is(F_goal, "x") && is(F_sum, "10.5") && is(F_status, "2") &&
		is(F_comment, "why") && is(F_referrer, "r") && is(F_amount, NULL) &&
		is(F_custom, "custom_field1=1&custom_field2=2"),
	    "its fields");
	ok(run(&p, POSTING_VOID,
	       PAIRS({"orderid", "A1"}, {"type", "chargeback"}, {"cost", "15"},
		   {"reverse", "1"}, {"approved", "1"},
		   {"transactionid", "16102840320319934329"})) > 0 &&
		is(F_type, "chargeback") && is(F_cost, "15") && is(F_reverse, "1") &&
		is(F_approved, "1") && is(F_transactionid, "16102840320319934329"),
	    "a void");
	memset(big, 'a', sizeof(big) - 1);
	ok(run(&p, POSTING_PIXEL, PAIRS({"orderid", big})) == 0 &&
		strcmp(p.bad, "orderid") == 0,
	    "an order id that is too long is refused, not cut");
	ok(run(&p, POSTING_AFFISE, PAIRS({"comment", big}, {"sum", "1"})) > 0 &&
		got.f[F_comment].n == 1024,
	    "a comment is cut");
	memcpy(big + 1023, "\xc3\xa9", 2);
	ok(run(&p, POSTING_AFFISE, PAIRS({"comment", big}, {"sum", "1"})) > 0 &&
		got.f[F_comment].n == 1023,
	    "between two characters");
	posting_begin(&p, POSTING_AFFISE, memory);
	for (unsigned i = 0; i < 1000; i++)
		posting_param(&p, STR("custom_field1"), str_n(big, 1000));
	ok(posting_finish(&p, rec, sizeof(rec)) > 0, "a thousand long ones fit");
}

/* Which offers the browser has converted on. */
static void
test_marks(void)
{
	static const struct {
		const char *header, *want; /* NULL: none */
	} cases[] = {
	    {"oc_d_251=1", "251"},
	    {"a=b; oc_d_6=1; oc_251=x; oc_d_12=1", "6,12"},
	    {"oc_d_=1; oc_d_x=1; oc_d_0=1; oc_d_4294967296=1", NULL},
	    {"oc_d_7", "7"},
	    {"", NULL},
	};
	static char header[8192];
	struct posting p;
	struct pad pad;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		posting_begin(&p, POSTING_PIXEL, memory);
		pad = (struct pad){text, 0, sizeof(text)};
		posting_marks(&p, str_of(cases[i].header), &pad);
		ok(cases[i].want == NULL
			? p.field[F_marks].p == NULL
			: str_eq(p.field[F_marks], str_of(cases[i].want)),
		    "marks %s", cases[i].header);
	}
	for (unsigned i = 1000; i < 1400; i++)
		(void)snprintf(header + strlen(header), sizeof(header) - strlen(header),
		    "oc_d_%u=1; ", i);
	posting_begin(&p, POSTING_PIXEL, memory);
	pad = (struct pad){text, 0, sizeof(text)};
	posting_marks(&p, str_of(header), &pad);
	ok(p.field[F_marks].n > 900 && p.field[F_marks].n <= 1024,
	    "four hundred are cut between two");
}

static void
test_cookies(void)
{
	static const struct {
		const char *header, *want;
	} cases[] = {
	    {"oc_251=35b71a300115be9.16738986", "251:35b71a300115be9.16738986"},
	    {"a=b; oc_251=35b71a300115be9.16738986; oc_7=15b71a300115be9.16738986~; "
	     "oc_v=1",
		"251:35b71a300115be9.16738986,7:15b71a300115be9.16738986"},
	    {"oc_d_251=1; oc_=35b71a300115be9.16738986; oc_x=35b71a300115be9.16738986",
		NULL},
	    {"oc_251=nonsense; oc_252=,1:35b71a300115be9.16738986", NULL},
	    {"oc_251=", NULL},
	    {"oc_251", NULL},
	    {"", NULL},
	};
	struct posting p;
	struct pad pad;
	static char header[8192];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		posting_begin(&p, POSTING_PIXEL, memory);
		pad = (struct pad){text, 0, sizeof(text)};
		posting_cookie(&p, str_of(cases[i].header), &pad);
		ok(posting_finish(&p, rec, sizeof(rec)) > 0 &&
			(cases[i].want == NULL
				? p.field[F_cookie].p == NULL
				: str_eq(p.field[F_cookie], str_of(cases[i].want))),
		    "cookies %s", cases[i].header);
	}
	for (unsigned i = 0; i < 100; i++)
		(void)snprintf(header + strlen(header), sizeof(header) - strlen(header),
		    "oc_%u=35b71a300115be9.16738986; ", i);
	posting_begin(&p, POSTING_PIXEL, memory);
	pad = (struct pad){text, 0, sizeof(text)};
	posting_cookie(&p, str_of(header), &pad);
	ok(p.field[F_cookie].n > 900 && p.field[F_cookie].n <= 1024 &&
		p.field[F_cookie].p[p.field[F_cookie].n - 1] == '6',
	    "a hundred cookies are cut between two");
	posting_browser(&p, STR("UA\x01/1"), STR("de"), STR("http://r.example/"), &pad);
	ok(str_eq(p.field[F_ua], STR("UA/1")) &&
		str_eq(p.field[F_referrer], STR("http://r.example/")),
	    "the browser");
}

static const char *
texts_of(enum posting_script s)
{
	return s == POSTING_AFFISE ? "an answer of /postback"
				   : "an answer of the scripts";
}

static void
test_answers(void)
{
	static const struct {
		enum posting_script script;
		enum outcome outcome;
		const char *param, *want;
	} cases[] = {
	    {POSTING_PIXEL, OUTCOME_BOOKED, NULL, "*success*"},
	    {POSTING_PIXEL, OUTCOME_PENDING, NULL, "*success*"},
	    {POSTING_PIXEL, OUTCOME_ACCEPTED, NULL, "*success*"},
	    {POSTING_PIXEL, OUTCOME_DUPLICATE, NULL, "*error* - Duplicate orderid."},
	    {POSTING_PIXEL, OUTCOME_UNKNOWN_CLICK, NULL, "*error* - Invalid click_hash."},
	    {POSTING_PIXEL, OUTCOME_BAD_AMOUNT, "gross",
		"*error* - Invalid amount (gross)."},
	    {POSTING_VOID, OUTCOME_VOID_EXISTS, NULL,
		"*error* - Void transaction exists."},
	    {POSTING_PIXEL, OUTCOME_NOT_STORED, NULL, "*error* - Try again later."},
	    {POSTING_AFFISE, OUTCOME_BOOKED, NULL, "{\n    \"status\": 1\n}"},
	    {POSTING_AFFISE, OUTCOME_DECLINED, NULL, "{\n    \"status\": 1\n}"},
	    {POSTING_AFFISE, OUTCOME_DUPLICATE, NULL,
		"{\n    \"status\": 2,\n    \"error\": \"Conversion exists\"\n}"},
	    {POSTING_AFFISE, OUTCOME_MISSING_CLICK, NULL,
		"{\n    \"status\": 2,\n    \"error\": \"Missing mandatory parameter "
		"clickid/click_id or ref_id "
		"or aimp_id\"\n}"},
	    {POSTING_AFFISE, OUTCOME_BAD_AMOUNT, "sum",
		"{\n    \"status\": 2,\n    \"error\": \"Bad parameter: sum\"\n}"},
	    {POSTING_AFFISE, OUTCOME_VOID_EXISTS, NULL,
		"{\n    \"status\": 2,\n    \"error\": \"Void transaction exists.\"\n}"},
	    {POSTING_AFFISE, (enum outcome)200, NULL,
		"{\n    \"status\": 2,\n    \"error\": \"Try again later.\"\n}"},
	};
	char out[POSTING_ANSWER_MAX];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t n = posting_answer(
		    out, cases[i].script, cases[i].outcome, cases[i].param);

		is_str(out, cases[i].want, texts_of(cases[i].script));
		if (n != strlen(out))
			ok(false, "its length");
	}
	(void)posting_refuse(out, POSTING_PIXEL, "a<b>\"--\n");
	is_str(out, "*error* - Invalid ab--.", "a name with markup in it");
	(void)posting_refuse(out, POSTING_AFFISE, "");
	is_str(out, "{\n    \"status\": 2,\n    \"error\": \"Bad request\"\n}",
	    "a request that is none");
}

int
main(void)
{
	test_marks();
	test_pixel();
	test_others();
	test_cookies();
	test_answers();
	return tap_done();
}
