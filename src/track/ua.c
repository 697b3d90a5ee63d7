/* SPDX-License-Identifier: Apache-2.0
 * ua.c - reads user agents.  See ua.h.
 */
#include "track/ua_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

#define READER_MAGIC 0x75617264u
#define WAYS \
	4 /* places a text may have in the cache; the one used longest ago gives way */
#define MAX_GROUPS 10
/* Where a pattern that backtracks without end is stopped; the worst of the packaged ones
 * needs some thousand steps for a user agent of 512 bytes. */
#define MATCH_LIMIT 50000
#define CANDIDATE_WORDS 64 /* of 64 rules each */

struct entry {
	uint64_t key; /* 0: empty */
	uint64_t used;
	struct ua_info info;
};

struct ua_reader {
	uint32_t magic;
	const struct ua *u; /* NULL: everything is unknown */
	uint64_t seed;      /* so that nobody can make texts that fall together */
	uint64_t clock;
	unsigned sets;
	pcre2_match_data *match;
	pcre2_match_context *limits;
#ifdef HAVE_HYPERSCAN
	hs_scratch_t *scratch;
#endif
	uint64_t candidate[CANDIDATE_WORDS];
	struct ua_info nothing;
	struct entry entry[];
};

static const char *const device_names[DEVICE_TYPES] = {
    [DEVICE_DESKTOP] = "Desktop",
    [DEVICE_MOBILE] = "Mobile",
    [DEVICE_TABLET] = "Tablet",
    [DEVICE_TV] = "TV",
    [DEVICE_OTHER] = "Other",
    [DEVICE_UNKNOWN] = "Unknown",
};

const char *
ua_device_name(enum device_type t)
{
	return (unsigned)t < DEVICE_TYPES ? device_names[t] : "Unknown";
}

bool
ua_is_filtered(const struct ua *u)
{
#ifdef HAVE_HYPERSCAN
	return u->filter != NULL;
#else
	(void)u;
	return false;
#endif
}

struct ua_reader *
ua_reader_new(const struct ua *u, unsigned entries)
{
	const unsigned sets = entries < WAYS ? 1 : entries / WAYS;
	struct ua_reader *r =
	    obj_alloc(sizeof(*r) + (size_t)sets * WAYS * sizeof(r->entry[0]));

	assert((sets & (sets - 1)) == 0);
	r->magic = READER_MAGIC;
	r->u = u;
	r->sets = sets;
	r->seed = (uint64_t)(uintptr_t)r * UINT64_C(0x9e3779b97f4a7c15);
	r->nothing.device_type = DEVICE_UNKNOWN;
	if (u == NULL)
		return r;
	assert(u->n <= CANDIDATE_WORDS * 64);
	r->match = pcre2_match_data_create(MAX_GROUPS, NULL);
	r->limits = pcre2_match_context_create(NULL);
	assert(r->match != NULL && r->limits != NULL);
	(void)pcre2_set_match_limit(r->limits, MATCH_LIMIT);
	(void)pcre2_set_depth_limit(r->limits, MATCH_LIMIT);
#ifdef HAVE_HYPERSCAN
	if (u->filter != NULL && hs_alloc_scratch(u->filter, &r->scratch) != HS_SUCCESS)
		abort();
#endif
	return r;
}

void
ua_reader_free(struct ua_reader **rp)
{
	struct ua_reader *r;

	if (*rp == NULL)
		return;
	OBJ_TAKE(r, rp, READER_MAGIC);
	pcre2_match_data_free(r->match);
	pcre2_match_context_free(r->limits);
#ifdef HAVE_HYPERSCAN
	(void)hs_free_scratch(r->scratch);
#endif
	OBJ_FREE(r);
}

uint64_t
ua_hash(struct str text)
{
	return XXH3_64bits(text.p, text.n < UA_LONGEST ? text.n : UA_LONGEST);
}

#ifdef HAVE_HYPERSCAN
static int
on_candidate(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
    void *arg)
{
	struct ua_reader *r = arg;

	(void)from;
	(void)to;
	(void)flags;
	r->candidate[id / 64] |= UINT64_C(1) << (id % 64);
	return 0;
}
#endif

/* Marks the rules that may match. */
static void
find_candidates(struct ua_reader *r, struct str text)
{
#ifdef HAVE_HYPERSCAN
	if (r->u->filter != NULL) {
		memset(r->candidate, 0, sizeof(r->candidate));
		if (hs_scan(r->u->filter, text.p, (unsigned)text.n, 0, r->scratch,
			on_candidate, r) == HS_SUCCESS)
			return;
	}
#else
	(void)text;
#endif
	memset(r->candidate, 0xff, sizeof(r->candidate));
}

static bool
matches(struct ua_reader *r, const pcre2_code *re, struct str text)
{
	/* Less than 0: no match, or a limit was hit, which is none either. */
	return pcre2_match(re, (PCRE2_SPTR)text.p, text.n, 0, 0, r->match, r->limits) >=
	       0;
}

static struct str
group(const struct ua_reader *r, struct str text, unsigned n)
{
	const PCRE2_SIZE *v = pcre2_get_ovector_pointer(r->match);

	if (n >= pcre2_get_ovector_count(r->match) || v[2 * n] == PCRE2_UNSET ||
	    v[2 * n] > v[2 * n + 1])
		return STR_NONE;
	return str_n(text.p + v[2 * n], v[2 * n + 1] - v[2 * n]);
}

/* The first rule of a list that matches; its groups are then in r->match.  NULL: none
 * does. */
static const struct ua_rule *
first_match(struct ua_reader *r, enum ua_list list, struct str text)
{
	for (unsigned i = r->u->first[list]; i < r->u->first[list + 1]; i++) {
		const struct ua_rule *rule = &r->u->rule[i];

		if (!rule->unfiltered && (r->candidate[i / 64] >> (i % 64) & 1) == 0)
			continue;
		/* Groups of a rule that has fewer must not be an earlier one's. */
		memset(pcre2_get_ovector_pointer(r->match), 0xff,
		    2 * sizeof(PCRE2_SIZE) * pcre2_get_ovector_count(r->match));
		if (matches(r, rule->re, text))
			return rule;
	}
	return NULL;
}

/* Text under construction, cut at the end of a character. */
struct out {
	char *p;
	size_t n, cap;
};

static void
put(struct out *o, struct str s)
{
	for (size_t i = 0; i < s.n && o->n + 1 < o->cap; i++) {
		const unsigned char c = (unsigned char)s.p[i];

		/* Names come from visitors: ASCII that can be shown, and nothing else. */
		if (c >= ' ' && c < 0x7f)
			o->p[o->n++] = (char)c;
	}
	o->p[o->n] = '\0';
}

static void
trim(struct out *o)
{
	const struct str s = str_trim(str_n(o->p, o->n));

	memmove(o->p, s.p, s.n);
	o->n = s.n;
	o->p[o->n] = '\0';
}

/* One result of a rule: its replacement text with $1 to $9 filled in, or the group. */
static void
result(const struct ua_reader *r, struct str text, const char *replacement, unsigned grp,
    struct out *o)
{
	if (replacement == NULL) {
		put(o, grp == 0 ? STR_NONE : group(r, text, grp));
		return;
	}
	for (const char *p = replacement; *p != '\0'; p++) {
		if (p[0] == '$' && p[1] >= '1' && p[1] <= '9') {
			put(o, group(r, text, (unsigned)(p[1] - '0')));
			p++;
		} else {
			put(o, str_n(p, 1));
		}
	}
	trim(o);
}

/* Versions "15", "2", "" become 15.2; group 2 is the first. */
static void
versions(const struct ua_reader *r, struct str text, const struct ua_rule *rule,
    unsigned n, struct out *o)
{
	for (unsigned i = 1; i <= n; i++) {
		const size_t before = o->n;

		if (before > 0)
			put(o, STR("."));
		result(r, text, rule->out[i], i + 1, o);
		if (o->n == before + (before > 0)) {
			o->n = before;
			o->p[o->n] = '\0';
			return;
		}
	}
}

#define OUT(field_) (&(struct out){(field_), 0, sizeof(field_)})

static bool
has(struct str text, const char *word)
{
	return memmem(text.p, text.n, word, strlen(word)) != NULL;
}

static bool
has_any(struct str text, const char *const *words)
{
	for (; *words != NULL; words++) {
		if (has(text, *words))
			return true;
	}
	return false;
}

static bool
is_any(const char *s, const char *const *words)
{
	for (; *words != NULL; words++) {
		if (strcmp(s, *words) == 0)
			return true;
	}
	return false;
}

/* Our rule of device types; uap-core has none.  First what says so itself, then the
 * system: Android without "Mobile" is a tablet, as Google asks browsers to say. */
static enum device_type
device_type(struct str ua, const struct ua_info *i)
{
	static const char *const tv[] = {"SmartTV", "SMART-TV", "Smart-TV", "HbbTV",
	    "AppleTV", "Apple TV", "GoogleTV", "Google TV", "Android TV", "BRAVIA",
	    "NetCast", "Web0S", "WebOS; ", "Roku", "CrKey", "AFTB", "AFTT", "AFTM",
	    "AFTS", "AFTN", "Tizen 2.3; TV", "; TV;", "TV Safari", "DTV", NULL};
	static const char *const wear[] = {
	    "Watch", "PlayStation", "Nintendo", "Xbox", "Glass ", "QtCarBrowser", NULL};
	static const char *const tablet[] = {"iPad", "Tablet", "tablet", "PlayBook",
	    "Kindle", "Silk/", "KFTT", "Nexus 7", "Nexus 9", "Nexus 10", NULL};
	static const char *const phone[] = {"iPhone", "iPod", "Windows Phone", "IEMobile",
	    "BlackBerry", "BB10", "Opera Mini", "Opera Mobi", "Symbian", "KAIOS", "KaiOS",
	    "MIDP", "Maemo", "webOS/", NULL};
	static const char *const desktop[] = {"Windows", "Mac OS X", "Mac OS", "Linux",
	    "Ubuntu", "Debian", "Fedora", "Red Hat", "SUSE", "Mandriva", "Gentoo",
	    "Arch Linux", "Linux Mint", "Chrome OS", "FreeBSD", "OpenBSD", "NetBSD",
	    "Solaris", "Kubuntu", "CentOS", NULL};

	if (ua.n == 0)
		return DEVICE_UNKNOWN;
	if (has_any(ua, tv))
		return DEVICE_TV;
	if (has_any(ua, wear))
		return DEVICE_OTHER;
	if (has_any(ua, tablet) && !has(ua, "Tablet PC"))
		return DEVICE_TABLET;
	if (has_any(ua, phone))
		return DEVICE_MOBILE;
	if (has(ua, "Android") || strcmp(i->os, "Android") == 0)
		return has(ua, "Mobile") ? DEVICE_MOBILE : DEVICE_TABLET;
	if (is_any(i->os, desktop))
		return DEVICE_DESKTOP;
	return has(ua, "Mobile") ? DEVICE_MOBILE : DEVICE_OTHER;
}

/* uap-core says "Other" where it knows nothing. */
static void
forget_other(char *name)
{
	if (strcmp(name, "Other") == 0)
		*name = '\0';
}

static void
parse(struct ua_reader *r, struct str text, struct ua_info *i)
{
	const struct ua_rule *rule;

	memset(i, 0, sizeof(*i));
	if (r->u->bots != NULL)
		i->bot = matches(r, r->u->bots, text);
	find_candidates(r, text);
	rule = first_match(r, UA_BROWSERS, text);
	if (rule != NULL) {
		result(r, text, rule->out[0], 1, OUT(i->browser));
		versions(r, text, rule, 3, OUT(i->browser_version));
	}
	rule = first_match(r, UA_SYSTEMS, text);
	if (rule != NULL) {
		result(r, text, rule->out[0], 1, OUT(i->os));
		versions(r, text, rule, 4, OUT(i->os_version));
	}
	rule = first_match(r, UA_DEVICES, text);
	if (rule != NULL) {
		result(r, text, rule->out[1], 0, OUT(i->brand));
		result(r, text, rule->out[2], 1, OUT(i->model));
	}
	forget_other(i->browser);
	forget_other(i->os);
	i->device_type = (uint8_t)(r->u->n == 0 ? DEVICE_UNKNOWN : device_type(text, i));
}

const struct ua_info *
ua_read(struct ua_reader *r, struct str text)
{
	struct entry *set, *oldest;
	uint64_t key;

	assert(OBJ_IS(r, READER_MAGIC));
	if (r->u == NULL || text.n == 0)
		return &r->nothing;
	if (text.n > UA_LONGEST)
		text.n = UA_LONGEST;
	key = XXH3_64bits_withSeed(text.p, text.n, r->seed) | 1;
	oldest = set = &r->entry[(size_t)(key >> 8 & (r->sets - 1)) * WAYS];
	r->clock++;
	for (struct entry *e = set; e < set + WAYS; e++) {
		if (e->key == key) {
			e->used = r->clock;
			return &e->info;
		}
		if (e->used < oldest->used)
			oldest = e;
	}
	oldest->key = key;
	oldest->used = r->clock;
	parse(r, text, &oldest->info);
	return &oldest->info;
}
