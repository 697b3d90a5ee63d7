/* SPDX-License-Identifier: Apache-2.0
 * posting.c - see posting.h.
 */
#include "track/posting.h"

#include "track/click.h" /* names of cookies */
#include "track/clickid.h"
#include "track/surfer.h"
#include "track/ua.h"

#include <stdio.h>

#define PACK_MAX 4096
#define LONGEST_REQUEST_VALUE 512 /* of one parameter in the log's text */

enum use { USE_NAME, USE_TEXT, USE_PACK };

/* clang-format off */
enum { P = POSTING_PIXEL, V = POSTING_VOID, A = POSTING_AFFISE, PV = P | V, PA = P | A, PVA = P | V | A };

static const struct param {
	unsigned scripts;
	struct str name;
	enum rec_field field;
	enum use use;
	struct str as;
} params[] = {
#define POST_PARAM(scripts_, name_, field_, use_, as_) \
	{scripts_, STR(#name_), F_##field_, USE_##use_, STR(as_)},
#include "tbl/post_params.h"
#undef POST_PARAM
};

static const uint16_t longest[F_MAX] = {
#define FIELD(number_, name_, longest_) [number_] = (longest_),
#include "tbl/fields.h"
#undef FIELD
};

static const struct {
	const char *nats, *affise;
} texts[] = {
#define OUTCOME(number_, id_, nats_, affise_) [number_] = {nats_, affise_},
#include "tbl/outcomes.h"
#undef OUTCOME
};
/* clang-format on */

void
posting_begin(struct posting *p, enum posting_script script, char memory[POSTING_MEMORY])
{
	*p = (struct posting){.script = script,
	    .person = memory,
	    .custom = memory + PACK_MAX,
	    .request = memory + (ptrdiff_t)2 * PACK_MAX};
}

/* name=value behind what is there; what does not fit whole is left out. */
static void
pack(char *to, size_t *n, struct str name, struct str value)
{
	size_t at = *n;

	if (at > 0 && at < PACK_MAX)
		to[at++] = '&';
	if (!vars_escape(to, PACK_MAX, &at, name) || at == PACK_MAX)
		return;
	to[at++] = '=';
	if (vars_escape(to, PACK_MAX, &at, value))
		*n = at;
}

/* The whole request as it stands in the log of posts; what authenticates is not for logs,
 * and who the customer is stands in one place alone, where it can be forgotten. */
static void
pack_request(struct posting *p, struct str name, struct str value, bool hide)
{
	if (hide || str_eq(name, STR("secure")) || str_eq(name, STR("sig")) ||
	    str_eq(name, STR("password")))
		value = STR("***");
	else if (value.n > LONGEST_REQUEST_VALUE)
		value.n = LONGEST_REQUEST_VALUE;
	pack(p->request, &p->n_request, name, value);
}

/* Whole characters of s within `most` bytes. */
static struct str
cut(struct str s, size_t most)
{
	if (s.n <= most)
		return s;
	while (most > 0 && ((unsigned char)s.p[most] & 0xc0) == 0x80)
		most--;
	return str_n(s.p, most);
}

static void
take(struct posting *p, const struct param *a, uint8_t rank, struct str value)
{
	switch (a->use) {
	case USE_PACK:
		if (str_starts(a->as, STR("trans_custom")) && str_eq(value, STR("-1"))) {
			p->bad = a->name.p; /* reserved (nats-behaviour.md §2.1) */
			return;
		}
		if (a->field == F_person)
			pack(p->person, &p->n_person, a->as, value);
		else
			pack(p->custom, &p->n_custom, a->as, value);
		return;
	case USE_TEXT:
		value = cut(value, longest[a->field]);
		break;
	case USE_NAME:
		if (value.n > longest[a->field]) {
			p->bad = a->name.p;
			return;
		}
		break;
	}
	/* An empty value does not hide one that was sent under another name. */
	if (p->field[a->field].n > 0 && (value.n == 0 || p->rank[a->field] <= rank))
		return;
	p->field[a->field] = value;
	p->rank[a->field] = rank;
}

void
posting_param(struct posting *p, struct str name, struct str value)
{
	size_t i = 0;

	while (i < ARRAY_LEN(params) &&
	       ((params[i].scripts & p->script) == 0 || !str_eq(params[i].name, name)))
		i++;
	pack_request(
	    p, name, value, i < ARRAY_LEN(params) && params[i].field == F_person);
	if (i < ARRAY_LEN(params))
		take(p, &params[i], (uint8_t)i, value);
}

void
posting_cookie(struct posting *p, struct str header, struct pad *pad)
{
	const struct str prefix = STR(CLICK_COOKIE_PREFIX);
	char *out = pad->p + pad->n;
	size_t room = pad->cap - pad->n, n = 0;

	if (room > longest[F_cookie])
		room = longest[F_cookie];
	while (header.n > 0) {
		struct str hash = str_trim(str_split(&header, ';')),
			   name = str_split(&hash, '=');
		struct click_id id;
		uint64_t offer;
		int len;

		if (!str_starts(name, prefix) ||
		    !str_to_u64(str_n(name.p + prefix.n, name.n - prefix.n), &offer))
			continue;
		if (hash.n > 0 && hash.p[hash.n - 1] == CLICK_INHOUSE_MARK)
			hash.n--;
		if (clickid_parse(hash, &id) != CLICKID_OURS)
			continue;
		len = snprintf(out + n, room - n, "%s%llu:" STR_FMT, n > 0 ? "," : "",
		    (unsigned long long)offer, STR_ARG(hash));
		if (len < 0 || (size_t)len >= room - n)
			break;
		n += (size_t)len;
	}
	pad->n += n;
	if (n > 0)
		p->field[F_cookie] = str_n(out, n);
}

/* "6,12": of cookies oc_d_6 and oc_d_12, which this server sets after a conversion. */
void
posting_marks(struct posting *p, struct str header, struct pad *pad)
{
	const struct str prefix = STR(CLICK_DONE_PREFIX);
	char *out = pad->p + pad->n;
	size_t room = pad->cap - pad->n, n = 0;

	if (room > longest[F_marks])
		room = longest[F_marks];
	while (header.n > 0) {
		struct str value = str_trim(str_split(&header, ';')),
			   name = str_split(&value, '=');
		uint64_t offer;
		int len;

		if (!str_starts(name, prefix) ||
		    !str_to_u64(str_n(name.p + prefix.n, name.n - prefix.n), &offer) ||
		    offer == 0 || offer > UINT32_MAX)
			continue;
		len = snprintf(
		    out + n, room - n, "%s%u", n > 0 ? "," : "", (unsigned)offer);
		if (len < 0 || (size_t)len >= room - n)
			break;
		n += (size_t)len;
	}
	pad->n += n;
	if (n > 0)
		p->field[F_marks] = str_n(out, n);
}

void
posting_browser(struct posting *p, struct str ua, struct str accept_language,
    struct str referrer, struct pad *pad)
{
	char browser[SURFER_BROWSER_TEXT];

	p->field[F_ua] = pad_clean(pad, ua, longest[F_ua]);
	surfer_browser_text(
	    browser, surfer_browser(ua_hash(p->field[F_ua]), accept_language));
	p->field[F_browser] = pad_copy(pad, str_n(browser, sizeof(browser)));
	if (p->field[F_referrer].n == 0)
		p->field[F_referrer] = pad_clean(pad, referrer, longest[F_referrer]);
}

enum rec_kind
posting_kind(enum posting_script script)
{
	return script == POSTING_VOID ? REC_VOID : REC_POST;
}

static struct rec_event
head_of(const struct posting *p)
{
	return (struct rec_event){
	    .source = p->script == POSTING_AFFISE ? SRC_AFFISE_POST : SRC_NATS_POST,
	    .posted = p->posted};
}

size_t
posting_refusal(struct posting *p, const char *param, unsigned char *rec, size_t cap)
{
	const struct rec_event head = head_of(p);
	size_t n = sizeof(head);

	assert(cap >= POSTING_RECORD_MAX);
	memcpy(rec, &head, sizeof(head));
	(void)rec_put(
	    rec, cap, &n, F_type, p->script == POSTING_VOID ? STR("void") : STR("post"));
	(void)rec_put(rec, cap, &n, F_request, str_n(p->request, p->n_request));
	(void)rec_put(rec, cap, &n, F_refused, param == NULL ? STR("") : str_of(param));
	return n;
}

size_t
posting_finish(struct posting *p, unsigned char *rec, size_t cap)
{
	const struct rec_event head = head_of(p);
	size_t n = sizeof(head);

	assert(cap >= POSTING_RECORD_MAX);
	if (p->bad != NULL)
		return 0;
	memcpy(rec, &head, sizeof(head));
	if (p->n_person > 0)
		p->field[F_person] = str_n(p->person, p->n_person);
	if (p->n_custom > 0)
		p->field[F_custom] = str_n(p->custom, p->n_custom);
	p->field[F_request] = str_n(p->request, p->n_request);
	for (unsigned f = 0; f < F_MAX; f++)
		(void)rec_put(
		    rec, cap, &n, (enum rec_field)f, p->field[f]); /* all of it fits */
	return n;
}

bool
posting_is_success(enum outcome o)
{
	return (unsigned)o < ARRAY_LEN(texts) && texts[o].nats == NULL &&
	       texts[o].affise == NULL;
}

/* The text with its %s filled in.  Not printf's business: the table's texts are formats
 * to none. */
static void
fill(char out[256], const char *text, const char *param)
{
	const char *mark = strstr(text, "%s");

	if (mark == NULL)
		(void)snprintf(out, 256, "%s", text);
	else
		(void)snprintf(
		    out, 256, "%.*s%s%s", (int)(mark - text), text, param, mark + 2);
}

static size_t
say(char out[POSTING_ANSWER_MAX], enum posting_script script, const char *error)
{
	int n;

	if (script != POSTING_AFFISE)
		n = snprintf(out, POSTING_ANSWER_MAX,
		    error == NULL ? "*success*" : "*error* - %s", error);
	else if (error == NULL)
		n = snprintf(out, POSTING_ANSWER_MAX, "{\n    \"status\": 1\n}");
	else
		n = snprintf(out, POSTING_ANSWER_MAX,
		    "{\n    \"status\": 2,\n    \"error\": \"%s\"\n}", error);
	return (size_t)n;
}

size_t
posting_answer(char out[POSTING_ANSWER_MAX], enum posting_script script, enum outcome o,
    const char *param)
{
	const char *text = NULL;
	char filled[256];

	if (posting_is_success(o))
		return say(out, script, NULL);
	if ((unsigned)o < ARRAY_LEN(texts)) {
		text = script == POSTING_AFFISE ? texts[o].affise : texts[o].nats;
		if (text == NULL)
			text = script == POSTING_AFFISE ? texts[o].nats : texts[o].affise;
	}
	fill(
	    filled, text == NULL ? "Try again later." : text, param == NULL ? "" : param);
	return say(out, script, filled);
}

/* Names come from the caller: what could break out of the answer's form is left out. */
static void
plain(char out[72], const char *name)
{
	size_t n = 0;

	for (; *name != '\0' && n < 64; name++) {
		if ((unsigned char)*name > ' ' && (unsigned char)*name < 0x7f &&
		    strchr("\"\\<>&", *name) == NULL)
			out[n++] = *name;
	}
	out[n] = '\0';
}

size_t
posting_refuse(
    char out[POSTING_ANSWER_MAX], enum posting_script script, const char *param)
{
	char name[72] = "", text[160];

	if (param != NULL)
		plain(name, param);
	if (name[0] == '\0')
		(void)snprintf(text, sizeof(text),
		    script == POSTING_AFFISE ? "Bad request" : "Invalid request.");
	else
		(void)snprintf(text, sizeof(text),
		    script == POSTING_AFFISE ? "Bad parameter: %s" : "Invalid %s.", name);
	return say(out, script, text);
}
