/* SPDX-License-Identifier: Apache-2.0
 * macro.c - see macro.h.
 */
#include "track/macro.h"

#include "base/iplist.h"
#include "base/zone.h"
#include "track/clickid.h"

#include <glib.h>
#include <sodium.h>
#include <stdio.h>

#define LONGEST_MACRO 512 /* bytes between the marks; longer ones are no macros */
#define LONGEST_VALUE 1100
#define MD5_BYTES 16

/* ---- names ---- */

struct name {
	struct str text;
	enum macro_value value;
};

/* clang-format off */
#define MACRO_IN_PERCENT_PERCENT(n_, v_) {STR(#n_), MACRO_##v_},
#define MACRO_IN_PERCENT_BRACE(n_, v_)
#define MACRO_IN_BRACE_PERCENT(n_, v_)
#define MACRO_IN_BRACE_BRACE(n_, v_) {STR(#n_), MACRO_##v_},
static const struct name percent_names[] = {
#define MACRO(style_, name_, value_) MACRO_IN_PERCENT_##style_(name_, value_)
#include "tbl/macros.h"
#undef MACRO
};
static const struct name brace_names[] = {
#define MACRO(style_, name_, value_) MACRO_IN_BRACE_##style_(name_, value_)
#include "tbl/macros.h"
#undef MACRO
};
/* clang-format on */

static enum macro_value
look_up(const struct name *names, size_t n, struct str s)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(names[i].text, s))
			return names[i].value;
	}
	return MACRO_NONE;
}

/* ---- values ---- */

/* A value and, when it had to be made, its bytes. */
struct value {
	struct str s;
	bool link; /* as the link brought it */
	char made[64];
};

static void
make_number(struct value *v, uint64_t n)
{
	v->s = str_n(v->made,
	    (size_t)snprintf(v->made, sizeof(v->made), "%llu", (unsigned long long)n));
}

static void
make_time(struct value *v, const struct macro_facts *f, enum macro_value what)
{
	struct wall w;
	int n;

	zone_wall(f->zone == NULL ? zone_utc_zone() : f->zone, f->now, &w);
	if (what == MACRO_DATE)
		n = snprintf(
		    v->made, sizeof(v->made), "%04d-%02d-%02d", w.year, w.month, w.day);
	else if (what == MACRO_CLOCK)
		n = snprintf(
		    v->made, sizeof(v->made), "%02d:%02d:%02d", w.hour, w.min, w.sec);
	else
		n = snprintf(v->made, sizeof(v->made), "%04d-%02d-%02d %02d:%02d:%02d",
		    w.year, w.month, w.day, w.hour, w.min, w.sec);
	v->s = str_n(v->made, (size_t)n);
}

static void
make_id(struct value *v, const struct macro_facts *f, enum macro_value what)
{
	if (clickid_none(f->id))
		return;
	if (what == MACRO_HEX24)
		clickid_hex24(v->made, f->id);
	else
		clickid_hash(v->made, f->id);
	v->s = str_of(v->made);
}

/* A random UUID, version 4. */
static void
make_random(struct value *v)
{
	uint8_t b[16];

	randombytes_buf(b, sizeof(b));
	b[6] = (uint8_t)((b[6] & 0x0f) | 0x40);
	b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
	(void)snprintf(v->made, sizeof(v->made),
	    "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0],
	    b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12],
	    b[13], b[14], b[15]);
	v->s = str_of(v->made);
}

static void
affiliate_value(struct value *v, const struct macro_facts *f, enum macro_value what)
{
	const struct cat_account *a = f->affiliate;

	if (a == NULL)
		return;
	if (what == MACRO_AFFILIATE_ID)
		make_number(v, a->id);
	else if (what == MACRO_AFFILIATE_NAME && a->company.n > 0)
		v->s = catalog_text(f->cat, a->company);
	else
		v->s = catalog_text(f->cat, a->username);
}

static void
offer_value(struct value *v, const struct macro_facts *f, enum macro_value what)
{
	const struct cat_offer *o = f->offer;

	if (o == NULL)
		return;
	if (what == MACRO_OFFER_NAME)
		v->s = catalog_text(f->cat, o->name);
	else if (what == MACRO_OFFER_ID)
		make_number(v, o->id);
	else if (o->advertiser_id != 0)
		make_number(v, o->advertiser_id);
}

static void
visitor_value(struct value *v, const struct macro_facts *f, enum macro_value what)
{
	if (what == MACRO_UA) {
		v->s = f->ua_text;
	} else if (what == MACRO_REFERRER) {
		v->s = f->referrer;
	} else if (what == MACRO_CITY && f->ip != NULL) {
		struct geo_place place;

		geo_look(f->geo, f->ip, &place);
		v->s = place.city;
	} else if (what == MACRO_COUNTRY && f->country != 0) {
		country_unpack(f->country, v->made);
		v->s = str_of(v->made);
	} else if (what == MACRO_IP && f->ip != NULL) {
		v->s = str_n(v->made, ip_format(v->made, f->ip));
	} else if (f->ua != NULL && what == MACRO_DEVICE_TYPE) {
		v->s = str_of(ua_device_name((enum device_type)f->ua->device_type));
	} else if (f->ua != NULL && what == MACRO_DEVICE_MODEL) {
		v->s = str_of(f->ua->model);
	} else if (f->ua != NULL && what == MACRO_OS_VERSION) {
		v->s = str_of(f->ua->os_version);
	}
}

static void
value_of(
    struct value *v, const struct macro_facts *f, enum macro_value what, struct str name)
{
	v->s = STR_NONE;
	switch (what) {
	case MACRO_VARIABLE:
		v->s = f->vars == NULL ? STR_NONE : vars_get(f->vars, name);
		break;
	case MACRO_HASH:
	case MACRO_HEX24:
		make_id(v, f, what);
		break;
	case MACRO_AFFILIATE_ID:
	case MACRO_AFFILIATE_NAME:
	case MACRO_AFFILIATE_USERNAME:
		affiliate_value(v, f, what);
		break;
	case MACRO_OFFER_ID:
	case MACRO_OFFER_NAME:
	case MACRO_ADVERTISER_ID:
		offer_value(v, f, what);
		break;
	case MACRO_LANDING_PAGE_ID:
		if (f->lp != NULL)
			make_number(v, f->lp->id);
		break;
	case MACRO_CAMPAIGN_ID:
		make_number(v, f->campaign);
		break;
	case MACRO_SUBID1:
		make_number(v, f->subid1);
		break;
	case MACRO_SUBID2:
		make_number(v, f->subid2);
		break;
	case MACRO_APPROVED:
		v->s = STR("1");
		break;
	case MACRO_SUB1:
	case MACRO_SUB2:
	case MACRO_SUB3:
	case MACRO_SUB4:
	case MACRO_SUB5:
		v->s = f->sub[what - MACRO_SUB1];
		break;
	case MACRO_OCID:
		v->s = f->ocid;
		break;
	case MACRO_OCODE:
		if (f->offer == NULL || !f->offer->no_ocode)
			v->s = f->ocode;
		break;
	case MACRO_DEEPLINK:
		v->s = f->deeplink;
		break;
	case MACRO_DATE:
	case MACRO_CLOCK:
	case MACRO_DATETIME:
		make_time(v, f, what);
		break;
	case MACRO_UNIXTIME:
		make_number(v, (uint64_t)(f->now / US_SECOND));
		break;
	case MACRO_CURRENCY:
		v->s = str_n(f->currency, strnlen(f->currency, 3));
		break;
	case MACRO_RANDOM:
		make_random(v);
		break;
	default:
		visitor_value(v, f, what);
		break;
	}
}

/* ---- modifiers ---- */

/* A %%macro%% under evaluation. */
struct state {
	struct str s;
	bool literal; /* s stands in the saved URL: not to be encoded again */
	char bytes[LONGEST_VALUE * 4 / 3 + 8]; /* of a transformed s */
	char linked[256];                      /* of one that the link brought */
};

/* false: the text is too long for it, which a value never is. */
static bool
to_base64(struct state *st)
{
	char in[LONGEST_VALUE];

	if (st->s.n > sizeof(in))
		return false;
	memcpy(in, st->s.p, st->s.n);
	(void)sodium_bin2base64(st->bytes, sizeof(st->bytes), (const unsigned char *)in,
	    st->s.n, sodium_base64_VARIANT_ORIGINAL);
	st->s = str_of(st->bytes);
	return true;
}

static void
to_md5(struct state *st)
{
	static __thread GChecksum *sum; /* once a thread: GLib allocates it */
	guint8 digest[MD5_BYTES];
	gsize n = sizeof(digest);

	if (sum == NULL)
		sum = g_checksum_new(G_CHECKSUM_MD5);
	g_checksum_reset(sum);
	g_checksum_update(sum, (const guchar *)st->s.p, (gssize)st->s.n);
	g_checksum_get_digest(sum, digest, &n);
	(void)sodium_bin2hex(st->bytes, sizeof(st->bytes), digest, n);
	st->s = str_of(st->bytes);
}

/* One of "default:..." and "transform:...".  false: no modifier of ours. */
static bool
modify(struct state *st, struct str m)
{
	const struct str word = str_split(&m, ':');

	if (m.p == NULL)
		return false;
	if (str_eq(word, STR("default"))) {
		if (st->s.n == 0) {
			st->s = m;
			st->literal = true;
		}
		return true;
	}
	if (!str_eq(word, STR("transform")))
		return false;
	if (str_eq(m, STR("md5"))) {
		if (st->s.n > 0)
			to_md5(st);
	} else if (str_eq(m, STR("base64"))) {
		if (st->s.n > 0 && !to_base64(st))
			return false;
	} else {
		return false;
	}
	st->literal = st->literal && st->s.n == 0;
	return true;
}

/* The value behind a name; known is false for names that nobody knows.  Link variables
 * are known when they were sent. */
static void
percent_value(struct value *v, const struct macro_facts *f, struct str name, bool *ours)
{
	const enum macro_value what =
	    look_up(percent_names, ARRAY_LEN(percent_names), name);

	v->link = f->source == NULL &&
		  (what == MACRO_NONE || what == MACRO_VARIABLE || what == MACRO_OCID ||
		      (what >= MACRO_SUB1 && what <= MACRO_SUB5));
	if (f->source != NULL) {
		v->s = STR_NONE;
		*ours = f->source(f->source_ctx, false, name, &v->s);
		return;
	}
	*ours = what != MACRO_NONE;
	value_of(v, f, what == MACRO_NONE ? MACRO_VARIABLE : what, name);
}

/* "if|x=Desktop:1": what is behind the first | of it comes as `test`. */
static bool
condition(struct state *st, const struct macro_facts *f, struct str test)
{
	struct str then = test, want, name;
	struct value v;
	bool ours;

	want = str_split(&then, ':');
	name = str_split(&want, '=');
	if (then.p == NULL || want.p == NULL || name.n == 0)
		return false;
	percent_value(&v, f, name, &ours);
	st->s = v.s.p != NULL && str_eq(v.s, want) ? then : STR_NONE;
	st->literal = true;
	return true;
}

/* ---- writing ---- */

struct out {
	char *p;
	size_t n, cap;
	bool full;
};

static void
put(struct out *o, struct str s)
{
	if (s.n > o->cap - o->n) {
		o->full = true;
		return;
	}
	if (s.n > 0)
		memcpy(o->p + o->n, s.p, s.n);
	o->n += s.n;
}

static void
put_escaped(struct out *o, struct str s)
{
	if (!vars_escape(o->p, o->cap, &o->n, s))
		o->full = true;
}

/* What stands in the saved URL.  Bytes that no URL holds are encoded unless it is to stay
 * as it is. */
static void
put_saved(struct out *o, struct str s, bool raw)
{
	/* Control characters and blanks would end the header: those never as they are. */
	static const bool never[256] = {[0 ... ' '] = true,
	    [0x7f] = true,
	    ['"'] = true,
	    ['<'] = true,
	    ['>'] = true,
	    ['\\'] = true,
	    ['^'] = true,
	    ['`'] = true};
	size_t from = 0;

	for (size_t i = 0; i < s.n; i++) {
		const unsigned char c = (unsigned char)s.p[i];

		if (!never[c] && (c < 0x80 || raw))
			continue;
		put(o, str_n(s.p + from, i - from));
		put_escaped(o, str_n(s.p + i, 1));
		from = i + 1;
	}
	put(o, str_n(s.p + from, s.n - from));
}

/* What a link brought is carried to the landing page as deep linking carries it: the
 * switch for that is the landing page's, in the dialect that has it. */
static void
sanitize(struct state *st, struct str s)
{
	if (s.n > sizeof(st->linked))
		s.n = sizeof(st->linked);
	memcpy(st->linked, s.p, s.n);
	st->s = str_n(st->linked, vars_sanitize(st->linked, s.n));
}

/* What stands between two %%.  false: it is no macro. */
static bool
put_percent(struct out *o, struct str text, bool raw, const struct macro_facts *f)
{
	struct state st;
	struct str name = str_split(&text, '|');
	struct value v;
	bool ours = true, is_if = str_eq(name, STR("if"));

	st.literal = false;
	if (name.n == 0)
		return false;
	if (is_if) {
		if (text.p == NULL || !condition(&st, f, str_split(&text, '|')))
			return false;
	} else {
		percent_value(&v, f, name, &ours);
		st.s = v.s;
		if (v.link && !raw && v.s.n > 0)
			sanitize(&st, v.s);
	}
	while (text.p != NULL) {
		if (!modify(&st, str_split(&text, '|')))
			return false;
		ours = ours || st.s.n > 0;
	}
	if (st.s.n == 0 && !ours)
		put_escaped(o, name);
	else if (st.literal)
		put_saved(o, st.s, raw);
	else
		put_escaped(o, st.s);
	return true;
}

/* What stands between { and }.  false: nobody knows it. */
static bool
put_brace(struct out *o, struct str name, const struct macro_facts *f)
{
	const enum macro_value what = look_up(brace_names, ARRAY_LEN(brace_names), name);
	struct value v = {.s = STR_NONE};

	if (f->source != NULL) {
		if (!f->source(f->source_ctx, true, name, &v.s))
			return false;
	} else if (what == MACRO_NONE) {
		return false;
	} else {
		value_of(&v, f, what, name);
	}
	put_escaped(o, v.s);
	return true;
}

/* Bytes of the macro that s begins with, its inside in *inside; 0: it begins with none.
 */
static size_t
macro_at(struct str s, bool *percent, struct str *inside)
{
	const size_t most = s.n < LONGEST_MACRO ? s.n : LONGEST_MACRO;

	*percent = s.n >= 5 && s.p[0] == '%' && s.p[1] == '%';
	if (*percent) {
		for (size_t i = 2; i + 1 < most; i++) {
			if (s.p[i] == '%' && s.p[i + 1] == '%') {
				*inside = str_n(s.p + 2, i - 2);
				return i + 2;
			}
		}
		return 0;
	}
	if (s.n < 3 || s.p[0] != '{')
		return 0;
	for (size_t i = 1; i < most; i++) {
		if (s.p[i] == '}') {
			*inside = str_n(s.p + 1, i - 1);
			return i + 1;
		}
	}
	return 0;
}

/* Bytes of s that begin no macro. */
static size_t
before_macro(struct str s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] != '%' && s.p[n] != '{')
		n++;
	return n;
}

size_t
macro_fixed(struct str url)
{
	size_t n = 0;

	if (url.n >= 7 && str_ieq(str_n(url.p, 7), STR("http://")))
		n = 7;
	else if (url.n >= 8 && str_ieq(str_n(url.p, 8), STR("https://")))
		n = 8;
	else
		return 0;
	while (n < url.n && url.p[n] != '/' && url.p[n] != '?' && url.p[n] != '#')
		n++;
	return n;
}

struct str
macro_expand(char *out, size_t cap, struct str url, bool raw, const struct macro_facts *f)
{
	struct out o = {out, 0, cap, false};
	const size_t fixed = macro_fixed(url);

	if (fixed == 0)
		return STR_NONE;
	put_saved(&o, str_n(url.p, fixed), true);
	url = str_n(url.p + fixed, url.n - fixed);
	while (url.n > 0 && !o.full) {
		struct str inside;
		bool percent;
		size_t n = before_macro(url);

		put_saved(&o, str_n(url.p, n), raw);
		url = str_n(url.p + n, url.n - n);
		n = macro_at(url, &percent, &inside);
		if (n == 0 || !(percent ? put_percent(&o, inside, raw, f)
					: put_brace(&o, inside, f))) {
			n = n == 0 && url.n > 0 ? 1 : n;
			put_saved(&o, str_n(url.p, n), raw);
		}
		url = str_n(url.p + n, url.n - n);
	}
	return o.full ? STR_NONE : str_n(out, o.n);
}

/* ---- markup ---- */

enum place { IN_TEXT, IN_AUTHORITY, IN_URL };

/* Where in markup one is behind another piece of it. */
static enum place
place_after(enum place place, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (strchr(" \t\r\n\"'<>()`", s.p[i]) != NULL)
			place = IN_TEXT;
		else if (s.p[i] == '/' && i > 0 && s.p[i - 1] == '/' &&
			 (i == 1 || strchr(":\"'=(", s.p[i - 2]) != NULL))
			place = IN_AUTHORITY;
		else if (place == IN_AUTHORITY && (s.p[i] == '/' || s.p[i] == '?'))
			place = IN_URL;
	}
	return place;
}

/* Letters, digits and what is harmless everywhere stay; a script's string cannot be left
 * with the rest, nor a template's or an attribute's. */
static void
put_reference(struct out *o, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		const unsigned char c = (unsigned char)s.p[i];
		char text[8];

		if (c >= 0x80 || (c >= '0' && c <= '9') ||
		    ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
		    (c != 0 && strchr(" ._-,:@+", c) != NULL)) {
			put(o, str_n(s.p + i, 1));
			continue;
		}
		put(o, str_n(text, (size_t)snprintf(text, sizeof(text), "&#%u;", c)));
	}
}

/* The value of a macro is made by put_percent() and put_brace() as for a URL, and undone
 * again where it stands in none. */
static void
put_in_place(struct out *o, enum place place, struct str escaped)
{
	char plain[LONGEST_VALUE * 4];
	size_t n = 0;

	if (place == IN_URL) {
		put(o, escaped);
		return;
	}
	if (place == IN_AUTHORITY)
		return;
	for (size_t i = 0; i < escaped.n && n < sizeof(plain); i++) {
		uint64_t byte;

		if (escaped.p[i] == '%' && i + 2 < escaped.n &&
		    str_hex_to_u64(str_n(escaped.p + i + 1, 2), &byte)) {
			plain[n++] = (char)byte;
			i += 2;
		} else {
			plain[n++] = escaped.p[i];
		}
	}
	put_reference(o, str_n(plain, n));
}

struct str
macro_markup(char *out, size_t cap, struct str markup, const struct macro_facts *f)
{
	struct out o = {out, 0, cap, false};
	enum place place = IN_TEXT;

	while (markup.n > 0 && !o.full) {
		char value[LONGEST_VALUE * 4];
		struct out v = {value, 0, sizeof(value), false};
		struct str inside;
		bool percent;
		size_t n = before_macro(markup);

		put(&o, str_n(markup.p, n));
		place = place_after(place, str_n(markup.p, n));
		markup = str_n(markup.p + n, markup.n - n);
		n = macro_at(markup, &percent, &inside);
		if (n > 0 && (percent ? put_percent(&v, inside, false, f)
				      : put_brace(&v, inside, f))) {
			put_in_place(&o, place, str_n(value, v.full ? 0 : v.n));
		} else if (markup.n > 0) {
			n = 1;
			put(&o, str_n(markup.p, 1));
			place = place_after(place, str_n(markup.p, 1));
		}
		markup = str_n(markup.p + n, markup.n - n);
	}
	return o.full ? STR_NONE : str_n(out, o.n);
}
