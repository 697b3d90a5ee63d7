/* SPDX-License-Identifier: Apache-2.0 */
#include "track/catimage.h"

#include "track/catalog_layout.h"

#include <stdlib.h>
#include <xxhash.h>

#define CATIMAGE_MAGIC 0x63696d67u

/* Rows of one section as they come. */
struct heap {
	unsigned char *p;
	size_t used, cap;
	uint32_t each;
};

struct catimage {
	uint32_t magic;
	bool too_big;
	struct cat_net net;
	struct heap section[CAT_S_MAX];
	struct heap names; /* struct cat_name, before they are hashed */
	unsigned char *image;
};

static void
add(struct heap *h, const void *row, size_t n)
{
	if (n > h->cap - h->used) {
		h->cap = (h->used + n) * 2 + 256;
		h->p = obj_realloc(h->p, h->cap);
	}
	memcpy(h->p + h->used, row, n);
	h->used += n;
}

static uint32_t
count(const struct heap *h)
{
	return (uint32_t)(h->used / h->each);
}

struct catimage *
catimage_new(void)
{
	struct catimage *ci;

	OBJ_NEW(ci, CATIMAGE_MAGIC);
	ci->section[CAT_S_ACCOUNTS].each = sizeof(struct cat_account);
	ci->section[CAT_S_OFFERS].each = sizeof(struct cat_offer);
	ci->section[CAT_S_LANDING_PAGES].each = sizeof(struct cat_landing_page);
	ci->section[CAT_S_COMMISSIONS].each = sizeof(struct cat_commission);
	ci->section[CAT_S_RULES].each = sizeof(struct price_rule);
	ci->section[CAT_S_CAPS].each = sizeof(struct cat_cap);
	ci->section[CAT_S_COUNTRIES].each = sizeof(uint16_t);
	ci->section[CAT_S_REDIRECTS].each = sizeof(struct cat_redirect);
	ci->section[CAT_S_NUMBERS].each = sizeof(uint32_t);
	ci->section[CAT_S_GEO].each = sizeof(struct cat_geo);
	ci->section[CAT_S_ACCESS].each = sizeof(struct cat_access);
	ci->section[CAT_S_TARGETS].each = sizeof(struct cat_target);
	ci->section[CAT_S_OS].each = sizeof(struct cat_os);
	ci->section[CAT_S_WIDE].each = sizeof(uint64_t);
	ci->section[CAT_S_RANGES].each = sizeof(struct ip_range);
	ci->section[CAT_S_SETTINGS].each = sizeof(struct cat_setting);
	ci->section[CAT_S_ACCOUNT_IDS].each = sizeof(uint32_t);
	ci->section[CAT_S_OFFER_IDS].each = sizeof(uint32_t);
	ci->section[CAT_S_LANDING_PAGE_IDS].each = sizeof(uint32_t);
	ci->section[CAT_S_COMMISSION_IDS].each = sizeof(uint32_t);
	ci->section[CAT_S_NAMES].each = sizeof(struct cat_name);
	ci->section[CAT_S_DOMAINS].each = sizeof(struct cat_domain);
	ci->section[CAT_S_LINKS].each = sizeof(struct cat_link);
	ci->section[CAT_S_HOSTS].each = sizeof(struct cat_text);
	ci->section[CAT_S_SMARTLINKS].each = sizeof(struct cat_smartlink);
	ci->section[CAT_S_SMART_OFFERS].each = sizeof(struct cat_smart_offer);
	ci->section[CAT_S_CREATIVE_IDS].each = sizeof(uint32_t);
	ci->section[CAT_S_CREATIVES].each = sizeof(struct cat_creative);
	ci->section[CAT_S_SHOWS].each = sizeof(struct cat_show);
	ci->section[CAT_S_TEXTS].each = 1;
	ci->names.each = sizeof(struct cat_name);
	return ci;
}

void
catimage_free(struct catimage **cp)
{
	struct catimage *ci;

	if (*cp == NULL)
		return;
	OBJ_TAKE(ci, cp, CATIMAGE_MAGIC);
	for (unsigned i = 0; i < CAT_S_MAX; i++)
		free(ci->section[i].p);
	free(ci->names.p);
	free(ci->image);
	OBJ_FREE(ci);
}

struct cat_text
catimage_text(struct catimage *ci, struct str s)
{
	struct heap *h = &ci->section[CAT_S_TEXTS];
	struct cat_text t = {0, 0};

	if (s.n == 0)
		return t;
	if (s.n > UINT32_MAX - h->used) {
		ci->too_big = true;
		return t;
	}
	t.off = (uint32_t)h->used;
	t.n = (uint32_t)s.n;
	add(h, s.p, s.n);
	return t;
}

static int
by_number(const void *a, const void *b)
{
	uint16_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return x < y ? -1 : x > y;
}

struct cat_list
catimage_countries(struct catimage *ci, struct str comma_list)
{
	struct heap *h = &ci->section[CAT_S_COUNTRIES];
	struct cat_list l = {count(h), 0};

	while (comma_list.p != NULL) {
		uint16_t c = country_pack(str_trim(str_split(&comma_list, ',')));

		if (c != 0) {
			add(h, &c, sizeof(c));
			l.n++;
		}
	}
	if (l.n > 1)
		qsort(
		    h->p + l.first * sizeof(uint16_t), l.n, sizeof(uint16_t), by_number);
	return l;
}

static uint32_t
add_row(struct catimage *ci, enum cat_section s, const void *row)
{
	struct heap *h = &ci->section[s];

	add(h, row, h->each);
	return count(h) - 1;
}

static void
add_name(struct catimage *ci, enum cat_named kind, uint32_t parent, uint32_t id,
    struct cat_text name)
{
	const struct cat_name row = {
	    .id = id, .kind = (uint16_t)kind, .parent = parent, .name = name};

	if (name.n > 0)
		add(&ci->names, &row, sizeof(row));
}

uint32_t
catimage_rule(struct catimage *ci, const struct price_rule *r)
{
	return add_row(ci, CAT_S_RULES, r);
}

uint32_t
catimage_cap(struct catimage *ci, const struct cat_cap *cap)
{
	return add_row(ci, CAT_S_CAPS, cap);
}

uint32_t
catimage_redirect(struct catimage *ci, const struct cat_redirect *r)
{
	return add_row(ci, CAT_S_REDIRECTS, r);
}

uint32_t
catimage_number(struct catimage *ci, uint32_t number)
{
	return add_row(ci, CAT_S_NUMBERS, &number);
}

void
catimage_geo(struct catimage *ci, const struct cat_geo *g)
{
	(void)add_row(ci, CAT_S_GEO, g);
}

uint32_t
catimage_target(struct catimage *ci, const struct cat_target *t)
{
	return add_row(ci, CAT_S_TARGETS, t) + 1;
}

struct cat_list
catimage_os(struct catimage *ci, const struct cat_os *v, size_t n)
{
	const struct cat_list l = {count(&ci->section[CAT_S_OS]), (uint32_t)n};

	for (size_t i = 0; i < n; i++)
		(void)add_row(ci, CAT_S_OS, &v[i]);
	return l;
}

static int
by_who(const void *a, const void *b)
{
	const struct cat_access *x = a, *y = b;

	if (x->affiliate_id != y->affiliate_id)
		return x->affiliate_id < y->affiliate_id ? -1 : 1;
	return x->landing_page_id < y->landing_page_id
		   ? -1
		   : x->landing_page_id > y->landing_page_id;
}

struct cat_list
catimage_access(struct catimage *ci, const struct cat_access *v, size_t n)
{
	struct heap *h = &ci->section[CAT_S_ACCESS];
	const struct cat_list l = {count(h), (uint32_t)n};

	if (n == 0)
		return l;
	add(h, v, n * sizeof(*v));
	qsort(h->p + l.first * sizeof(*v), n, sizeof(*v), by_who);
	return l;
}

static int
by_big_number(const void *a, const void *b)
{
	uint64_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return x < y ? -1 : x > y;
}

struct cat_list
catimage_wide(struct catimage *ci, const uint64_t *v, size_t n)
{
	struct heap *h = &ci->section[CAT_S_WIDE];
	const struct cat_list l = {count(h), (uint32_t)n};

	if (n == 0)
		return l;
	add(h, v, n * sizeof(*v));
	qsort(h->p + l.first * sizeof(*v), n, sizeof(*v), by_big_number);
	return l;
}

struct cat_list
catimage_ranges(struct catimage *ci, struct str list)
{
	struct heap *h = &ci->section[CAT_S_RANGES];
	struct cat_list l = {count(h), 0};
	struct ip_range *v;

	if (list.n == 0)
		return l;
	v = obj_alloc(IPLIST_MOST(list) * sizeof(*v));
	l.n = (uint32_t)iplist_ranges(list, v);
	add(h, v, l.n * sizeof(*v));
	free(v);
	return l;
}

void
catimage_account(struct catimage *ci, const struct cat_account *a)
{
	(void)add_row(ci, CAT_S_ACCOUNTS, a);
	add_name(ci, CAT_NAMED_ACCOUNT, 0, a->id, a->username);
}

void
catimage_offer(struct catimage *ci, const struct cat_offer *o, struct cat_text shortname)
{
	(void)add_row(ci, CAT_S_OFFERS, o);
	add_name(ci, CAT_NAMED_OFFER, 0, o->id, shortname);
}

uint32_t
catimage_landing_page(
    struct catimage *ci, const struct cat_landing_page *lp, struct cat_text shortname)
{
	const uint32_t at = add_row(ci, CAT_S_LANDING_PAGES, lp);

	add_name(ci, CAT_NAMED_LANDING_PAGE, lp->offer_id, lp->id, shortname);
	if (!lp->deleted)
		add_name(
		    ci, CAT_NAMED_REDIRECT_HASH, lp->offer_id, lp->id, lp->redirect_hash);
	return at;
}

void
catimage_commission(
    struct catimage *ci, const struct cat_commission *c, struct cat_text shortname)
{
	(void)add_row(ci, CAT_S_COMMISSIONS, c);
	add_name(ci, CAT_NAMED_COMMISSION, c->offer_id, c->id, shortname);
}

uint32_t
catimage_domain(struct catimage *ci, const struct cat_domain *d)
{
	const uint32_t id = add_row(ci, CAT_S_DOMAINS, d) + 1;

	add_name(ci, CAT_NAMED_DOMAIN, 0, id, d->host);
	return id;
}

uint32_t
catimage_link(struct catimage *ci, enum cat_named kind, struct cat_text code,
    struct cat_text target)
{
	const struct cat_link row = {target};
	const uint32_t id = add_row(ci, CAT_S_LINKS, &row) + 1;

	add_name(ci, kind, 0, id, code);
	return id;
}

void
catimage_smartlink(
    struct catimage *ci, const struct cat_smartlink *s, struct cat_text hex24)
{
	const uint32_t at = add_row(ci, CAT_S_SMARTLINKS, s);

	add_name(ci, CAT_NAMED_SMARTLINK, 0, at + 1, hex24);
}

uint32_t
catimage_smart_offer(struct catimage *ci, const struct cat_smart_offer *o)
{
	return add_row(ci, CAT_S_SMART_OFFERS, o);
}

void
catimage_creative(struct catimage *ci, const struct cat_creative *k)
{
	(void)add_row(ci, CAT_S_CREATIVES, k);
}

uint32_t
catimage_show(struct catimage *ci, const struct cat_show *s)
{
	return add_row(ci, CAT_S_SHOWS, s);
}

uint32_t
catimage_host(struct catimage *ci, struct cat_text host)
{
	return add_row(ci, CAT_S_HOSTS, &host);
}

void
catimage_setting(struct catimage *ci, struct str name, struct str value)
{
	const struct cat_setting s = {catimage_text(ci, name), catimage_text(ci, value)};

	(void)add_row(ci, CAT_S_SETTINGS, &s);
}

void
catimage_net(struct catimage *ci, const struct cat_net *net)
{
	ci->net = *net;
}

/* By insertion: settings are some dozens, and mostly come in order already. */
static void
sort_settings(struct catimage *ci)
{
	const char *texts = (const char *)ci->section[CAT_S_TEXTS].p;
	struct heap *h = &ci->section[CAT_S_SETTINGS];
	struct cat_setting *s = (struct cat_setting *)(void *)h->p;

	for (uint32_t i = 1; i < count(h); i++) {
		const struct cat_setting row = s[i];
		const struct str name = str_n(texts + row.name.off, row.name.n);
		uint32_t at = i;

		while (at > 0 && str_cmp(name, str_n(texts + s[at - 1].name.off,
						   s[at - 1].name.n)) < 0) {
			s[at] = s[at - 1];
			at--;
		}
		s[at] = row;
	}
}

static int
by_geo(const void *a, const void *b)
{
	struct cat_geo x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	if (x.group != y.group)
		return x.group < y.group ? -1 : 1;
	if (x.country != y.country)
		return x.country < y.country ? -1 : 1;
	return x.offer_id < y.offer_id ? -1 : x.offer_id > y.offer_id;
}

static void
sort_geo(struct catimage *ci)
{
	struct heap *h = &ci->section[CAT_S_GEO];

	if (count(h) > 1)
		qsort(h->p, count(h), h->each, by_geo);
}

/* A power of two, at least twice n: never more than half full. */
static uint32_t
table_size(uint32_t n)
{
	uint32_t size = 4;

	while (size < n * UINT64_C(2))
		size *= 2;
	return size;
}

static void
make_zeroed(struct heap *h, uint32_t n)
{
	h->used = h->cap = (size_t)n * h->each;
	free(h->p);
	h->p = obj_alloc(h->used);
}

static void
hash_ids(struct catimage *ci, enum cat_section rows, enum cat_section ids)
{
	const struct heap *r = &ci->section[rows];
	struct heap *h = &ci->section[ids];
	uint32_t size = table_size(count(r));

	make_zeroed(h, size);
	for (uint32_t i = 0; i < count(r); i++) {
		uint32_t *table = (uint32_t *)(void *)h->p;
		uint32_t id, at;

		memcpy(&id, r->p + (size_t)i * r->each, sizeof(id));
		at = cat_id_place(id, size);
		while (table[at] != 0)
			at = (at + 1) & (size - 1);
		table[at] = i + 1;
	}
}

static void
hash_names(struct catimage *ci)
{
	const char *texts = (const char *)ci->section[CAT_S_TEXTS].p;
	const struct cat_name *row = (const struct cat_name *)(const void *)ci->names.p;
	struct heap *h = &ci->section[CAT_S_NAMES];
	uint32_t n = count(&ci->names), size = table_size(n);
	struct cat_name *table;

	make_zeroed(h, size);
	table = (struct cat_name *)(void *)h->p;
	for (uint32_t i = 0; i < n; i++) {
		struct str name = str_n(texts + row[i].name.off, row[i].name.n);
		uint32_t at = cat_name_place(
		    (enum cat_named)row[i].kind, row[i].parent, name, size);

		while (table[at].id != 0)
			at = (at + 1) & (size - 1);
		table[at] = row[i];
	}
}

static size_t
aligned(size_t n)
{
	return (n + 7) & ~(size_t)7;
}

/* Header and sections into one piece of memory. */
static struct str
assemble(struct catimage *ci, struct cat_header *head)
{
	size_t at = aligned(sizeof(*head));

	for (unsigned i = 0; i < CAT_S_MAX; i++) {
		const struct heap *h = &ci->section[i];

		head->section[i] = (struct cat_span){at, count(h), h->each};
		at = aligned(at + h->used);
	}
	head->size = at;
	ci->image = obj_alloc(at);
	memcpy(ci->image, head, sizeof(*head));
	for (unsigned i = 0; i < CAT_S_MAX; i++) {
		const struct heap *h = &ci->section[i];

		if (h->used > 0)
			memcpy(ci->image + head->section[i].off, h->p, h->used);
	}
	return str_n((const char *)ci->image, at);
}

struct str
catimage_finish(struct catimage *ci, uint64_t generation, uint64_t version)
{
	struct cat_header head = {.marker = CATALOG_MARKER,
	    .version = CATALOG_VERSION,
	    .generation = generation,
	    .catalog_version = version,
	    .net = ci->net};
	uint64_t sum;
	struct str image;

	assert(OBJ_IS(ci, CATIMAGE_MAGIC) && ci->image == NULL);
	if (ci->too_big)
		return STR_NONE;
	sort_settings(ci);
	sort_geo(ci);
	hash_ids(ci, CAT_S_ACCOUNTS, CAT_S_ACCOUNT_IDS);
	hash_ids(ci, CAT_S_OFFERS, CAT_S_OFFER_IDS);
	hash_ids(ci, CAT_S_LANDING_PAGES, CAT_S_LANDING_PAGE_IDS);
	hash_ids(ci, CAT_S_COMMISSIONS, CAT_S_COMMISSION_IDS);
	hash_ids(ci, CAT_S_CREATIVES, CAT_S_CREATIVE_IDS);
	hash_names(ci);
	image = assemble(ci, &head);
	sum = XXH3_64bits(image.p + CATALOG_SUMMED, image.n - CATALOG_SUMMED);
	memcpy(ci->image + offsetof(struct cat_header, checksum), &sum, sizeof(sum));
	return image;
}
