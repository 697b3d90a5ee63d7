/* SPDX-License-Identifier: Apache-2.0
 * posts.c - /signup/process_pixel.php, /signup/process_void.php and /postback.
 *
 * A report is read (track/posting.h), written to the event ring and parked until stats
 * has booked it; the answer says what became of it in the words of its dialect, always
 * with 200, since senders repeat on anything else: 503 says that it is not stored, and
 * nothing else does.
 *
 * process_pixel.php answers in three forms.  Which one is seen by how it is asked:
 *
 *     GIF of one pixel   Sec-Fetch-Dest or Accept of an image, or a landing page of
 *                        type image
 *     page               Sec-Fetch-Dest of an iframe, or a landing page of type iframe
 *     text               everything else, and whatever names its click
 */
#include <json.h>
#include <sodium.h>
#include <stdio.h>

#include "notify/shown.h"
#include "track/catalog.h"
#include "track/click.h"      /* names of cookies */
#include "track/impression.h" /* the picture */
#include "track/ocode.h"
#include "track/posting.h"
#include "track/signature.h"
#include "worker/loop.h"
#include "worker/sidejob.h"
#include "worker/tracking.h"

enum form { FORM_TEXT, FORM_JSON, FORM_GIF, FORM_PAGE };

struct waiting {
	struct wreq *r;
	enum posting_script script;
	enum form form;
};

/* ---- answers ---- */

/* The texts are constants and names of parameters, and markup is an affiliate's pixels:
 * nothing is to be escaped here. */
static void
send_page(struct wreq *r, unsigned status, struct str text, struct str markup)
{
	const size_t cap = POSTING_ANSWER_MAX + markup.n + 128;
	char *page = wreq_alloc(r, cap);
	int n = snprintf(page, cap,
	    "<!DOCTYPE html>\n<html><head><title>Pixel</title></head><body><!-- " STR_FMT
	    " -->" STR_FMT "</body></html>\n",
	    STR_ARG(text), STR_ARG(markup));

	reply_body(r, status, "text/html; charset=utf-8", str_n(page, (size_t)n));
}

static void
send_answer(struct wreq *r, enum form form, unsigned status, struct str text)
{
	if (status == 503)
		wreq_add_header(r, "retry-after", STR("10"));
	wreq_add_header(r, "cache-control", STR("no-store"));
	switch (form) {
	case FORM_JSON:
		reply_body(r, status, "application/json", text);
		return;
	case FORM_GIF:
		reply_body(r, status, "image/gif", impression_pixel());
		return;
	case FORM_PAGE:
		send_page(r, status, text, STR_NONE);
		return;
	case FORM_TEXT:
		reply_body(r, status, "text/plain; charset=utf-8", text);
		return;
	}
}

/* A visitor whose browser is here has converted: prevent_cookie_dupes looks for this
 * (§1.6). */
static void
mark_converted(struct wreq *r, const struct rec_outcome *o)
{
	const struct cat_offer *offer =
	    r->w->catalog == NULL ? NULL : catalog_offer(r->w->catalog, o->offer_id);
	char *text = wreq_alloc(r, 160);
	int n;

	if (offer == NULL)
		return;
	n = snprintf(text, 160,
	    CLICK_DONE_PREFIX "%u=1; Max-Age=%lld; Path=/; HttpOnly; SameSite=%s",
	    o->offer_id, (long long)offer->cookie_days * 86400,
	    r->https ? "None; Secure" : "Lax");
	wreq_add_header(r, "set-cookie", str_n(text, (size_t)n));
}

struct booked_txn {
	us_t us;
	unsigned node;
};

/* On a thread of sidejob.c. */
static enum err
take_pixels(const struct worker *w, struct db *db, struct arena *a, const void *what,
    struct sidejob_out *out)
{
	const struct booked_txn *t = what;

	return shown_take(db, a, w->in->geo, t->us, t->node, &out->text);
}

/* The page with the affiliate's pixels in it, once they are there.  A page without them
 * is better than none. */
static void
on_pixels(void *ctx, const struct sidejob_out *out)
{
	struct waiting *wait = ctx;
	char text[POSTING_ANSWER_MAX];
	size_t n = posting_answer(text, wait->script, OUTCOME_BOOKED, NULL);

	wreq_add_header(wait->r, "cache-control", STR("no-store"));
	send_page(wait->r, 200, str_n(text, n), out->failed ? STR_NONE : out->text);
}

static void
on_outcome(void *ctx, const struct rec_outcome *o)
{
	struct waiting *wait = ctx;
	struct booked_txn txn;
	char text[POSTING_ANSWER_MAX];
	size_t n;

	if (o == NULL)
		return; /* the client has left; `wait` was its pool's */
	txn = (struct booked_txn){o->txn_us, o->node_id};
	n = posting_answer(text, wait->script, (enum outcome)o->outcome,
	    rec_field_name((enum rec_field)o->param));
	if ((wait->form == FORM_GIF || wait->form == FORM_PAGE) &&
	    (o->outcome == OUTCOME_BOOKED || o->outcome == OUTCOME_PENDING))
		mark_converted(wait->r, o);
	if (wait->form == FORM_PAGE && o->param == F_frame &&
	    posting_is_success((enum outcome)o->outcome) &&
	    sidejob_ask(wait->r, take_pixels, &txn, sizeof(txn), on_pixels, wait))
		return;
	send_answer(wait->r, wait->form, o->outcome == OUTCOME_NOT_STORED ? 503 : 200,
	    str_n(text, n));
}

/* ---- how it is asked ---- */

static enum form
form_of_offer(const struct wreq *r, struct str offerid)
{
	const struct catalog *c = r->w->catalog;
	const struct cat_landing_page *lp = NULL;
	const struct cat_offer *o = NULL;
	uint64_t id;

	if (c != NULL && str_to_u64(offerid, &id) && id <= UINT32_MAX)
		o = catalog_offer(c, (uint32_t)id);
	if (o != NULL && o->default_lp_id != 0)
		lp = catalog_landing_page(c, o->default_lp_id);
	if (lp == NULL || lp->conversion_type == CAT_POST)
		return FORM_TEXT;
	return lp->conversion_type == CAT_IMAGE ? FORM_GIF : FORM_PAGE;
}

static enum form
form_of(const struct wreq *r, const struct posting *p)
{
	const struct str dest = wreq_header(r, "sec-fetch-dest");

	if (p->script == POSTING_AFFISE)
		return FORM_JSON;
	if (p->script == POSTING_VOID)
		return FORM_TEXT;
	if (str_eq(dest, STR("image")) ||
	    str_starts(wreq_header(r, "accept"), STR("image/")))
		return FORM_GIF;
	if (str_eq(dest, STR("iframe")))
		return FORM_PAGE;
	return p->field[F_click].n > 0 ? FORM_TEXT
				       : form_of_offer(r, p->field[F_offerid]);
}

/* ---- reading ---- */

static void
read_params(struct posting *p, struct json_object *tree)
{
	json_object_object_foreach(tree, name, node)
	{
		struct str value;

		if (params_text(node, &value) && value.p != NULL)
			posting_param(p, str_of(name), value);
	}
}

/* So many a second and worker are logged; a flood of nonsense is only counted. */
#define REFUSALS_LOGGED 50u

static void
log_refusal(struct wreq *r, struct posting *p, const char *param)
{
	static us_t second; /* of this process, whose loop is one thread */
	static unsigned n_logged;
	unsigned char *rec;

	counter_add(COUNTER_posts_refused, 1);
	if (r->begin_us / US_SECOND != second) {
		second = r->begin_us / US_SECOND;
		n_logged = 0;
	}
	if (n_logged++ >= REFUSALS_LOGGED)
		return;
	rec = wreq_alloc(r, POSTING_RECORD_MAX);
	if (!park_tell(
		r, REC_REFUSED, rec, posting_refusal(p, param, rec, POSTING_RECORD_MAX)))
		log_debug("a refused post could not be logged");
}

static void
refuse(struct wreq *r, struct posting *p, const char *param)
{
	char text[POSTING_ANSWER_MAX];
	size_t n = posting_refuse(text, p->script, param);

	log_refusal(r, p, param);
	send_answer(r, form_of(r, p), 200, str_n(text, n));
}

/* A tracking code as the numbers it means when it comes; one that means nothing is not
 * sent. */
static void
read_code(struct wreq *r, struct posting *p, struct pad *pad)
{
	struct ocode *code = wreq_alloc(r, sizeof(*code));
	struct ocode_ids ids;
	struct str text = p->field[F_ocode];

	p->field[F_ocode] = STR_NONE;
	if (text.n == 0 || r->w->catalog == NULL || !ocode_parse(code, text) ||
	    !ocode_resolve(code, r->w->catalog, &ids))
		return;
	p->field[F_ocode] = pad_printf(pad, "%u.%u.%u.%u", ids.id[OCODE_LOGIN],
	    ids.id[OCODE_COMMISSION], ids.id[OCODE_OFFER], ids.id[OCODE_LANDING_PAGE]);
}

/* A pixel in a visitor's browser names no click of its own. */
static void
read_browser(const struct wreq *r, struct posting *p, struct pad *pad)
{
	if (p->script != POSTING_PIXEL || p->field[F_click].n > 0)
		return;
	posting_cookie(p, wreq_header(r, "cookie"), pad);
	posting_marks(p, wreq_header(r, "cookie"), pad);
	/* By its address and agent (E7) only a browser that shows an image or a frame is
	 * a visitor: a server's report without a hash is a mistake to be told. */
	if (form_of(r, p) != FORM_TEXT)
		posting_browser(p, wreq_header(r, "user-agent"),
		    wreq_header(r, "accept-language"), wreq_header(r, "referer"), pad);
}

/* What is signed, and how, goes with the event: booking sees to it that it is taken once.
 */
static void
read_signature(struct wreq *r, struct posting *p, struct pad *pad)
{
	const struct catalog *c = r->w->catalog;
	uint8_t sig[SIGNATURE_BYTES];
	char hex[SIGNATURE_HEX + 1];
	uint64_t window = 0;

	if (c == NULL || !str_to_u64(catalog_setting(c, STR("hmac_window")), &window))
		window = SIGNATURE_WINDOW;
	const struct signature_of s = {
	    r->path, r->query, wreq_body(r), r->begin_us, (int64_t)window};

	switch (signature_check(
	    c == NULL ? STR("") : catalog_setting(c, STR("hmac_keys")), &s, sig)) {
	case SIGNATURE_NONE:
		return;
	case SIGNATURE_GOOD:
		(void)sodium_bin2hex(hex, sizeof(hex), sig, sizeof(sig));
		p->field[F_signature] = pad_copy(pad, str_of(hex));
		return;
	case SIGNATURE_STALE:
		p->field[F_signature] = STR("stale");
		return;
	case SIGNATURE_BAD:
		p->field[F_signature] = STR("bad");
		return;
	}
}

static void
send_event(struct wreq *r, struct posting *p)
{
	struct waiting *wait = wreq_alloc(r, sizeof(*wait));
	unsigned char *rec = wreq_alloc(r, POSTING_RECORD_MAX);
	size_t n;

	/* A page can show the pixels of the affiliate who is credited. */
	if (form_of(r, p) == FORM_PAGE)
		p->field[F_frame] = STR("1");
	n = posting_finish(p, rec, POSTING_RECORD_MAX);
	if (n == 0) {
		refuse(r, p, p->bad);
		return;
	}
	*wait = (struct waiting){r, p->script, form_of(r, p)};
	if (!park_event(r, posting_kind(p->script), rec, n, on_outcome, wait))
		on_outcome(wait, &(struct rec_outcome){.outcome = OUTCOME_NOT_STORED});
}

static void
take(struct wreq *r, enum posting_script script)
{
	struct json_object *tree = NULL;
	struct posting p;
	struct fault f = {ERR_OK, "", ""};
	char *memory = wreq_alloc(r, POSTING_MEMORY);
	struct pad pad = {wreq_alloc(r, 4096), 0, 4096};

	posting_begin(&p, script, memory);
	p.posted = str_eq(r->method, STR("POST"));
	if (wreq_params(r, &tree, &f) != ERR_OK) {
		refuse(r, &p, f.param);
		return;
	}
	read_params(&p, tree);
	read_code(r, &p, &pad);
	read_browser(r, &p, &pad);
	read_signature(r, &p, &pad);
	send_event(r, &p);
	json_object_put(tree);
}

void
posts_handle(struct wreq *r)
{
	static const struct {
		struct str path;
		enum posting_script script;
	} scripts[] = {{STR("/signup/process_pixel.php"), POSTING_PIXEL},
	    {STR("/signup/process_void.php"), POSTING_VOID},
	    {STR("/postback"), POSTING_AFFISE}, {STR("/postback/"), POSTING_AFFISE}};

	for (size_t i = 0; i < ARRAY_LEN(scripts); i++) {
		if (!str_eq(r->path, scripts[i].path))
			continue;
		if (str_eq(r->method, STR("GET")) || str_eq(r->method, STR("POST")))
			take(r, scripts[i].script);
		else
			clicks_bad_method(r, STR("GET, POST"));
		return;
	}
	clicks_not_found(r);
}
