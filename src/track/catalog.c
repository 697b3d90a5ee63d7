/* SPDX-License-Identifier: Apache-2.0 */
#include "track/catalog.h"

#include "track/catalog_layout.h"
#include "track/catcheck.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#define CATALOG_MAGIC 0x63617461u
#define WHY_BYTES 256

struct catalog {
	uint32_t magic;
	bool mapped; /* by catalog_map(): to be unmapped */
	const unsigned char *bytes;
	const struct cat_header *head;
};

static const uint32_t row_bytes[CAT_S_MAX] = {
    [CAT_S_ACCOUNTS] = sizeof(struct cat_account),
    [CAT_S_OFFERS] = sizeof(struct cat_offer),
    [CAT_S_LANDING_PAGES] = sizeof(struct cat_landing_page),
    [CAT_S_COMMISSIONS] = sizeof(struct cat_commission),
    [CAT_S_RULES] = sizeof(struct price_rule),
    [CAT_S_CAPS] = sizeof(struct cat_cap),
    [CAT_S_COUNTRIES] = sizeof(uint16_t),
    [CAT_S_REDIRECTS] = sizeof(struct cat_redirect),
    [CAT_S_NUMBERS] = sizeof(uint32_t),
    [CAT_S_GEO] = sizeof(struct cat_geo),
    [CAT_S_ACCESS] = sizeof(struct cat_access),
    [CAT_S_TARGETS] = sizeof(struct cat_target),
    [CAT_S_OS] = sizeof(struct cat_os),
    [CAT_S_WIDE] = sizeof(uint64_t),
    [CAT_S_RANGES] = sizeof(struct ip_range),
    [CAT_S_SETTINGS] = sizeof(struct cat_setting),
    [CAT_S_ACCOUNT_IDS] = sizeof(uint32_t),
    [CAT_S_OFFER_IDS] = sizeof(uint32_t),
    [CAT_S_LANDING_PAGE_IDS] = sizeof(uint32_t),
    [CAT_S_COMMISSION_IDS] = sizeof(uint32_t),
    [CAT_S_NAMES] = sizeof(struct cat_name),
    [CAT_S_DOMAINS] = sizeof(struct cat_domain),
    [CAT_S_LINKS] = sizeof(struct cat_link),
    [CAT_S_HOSTS] = sizeof(struct cat_text),
    [CAT_S_SMARTLINKS] = sizeof(struct cat_smartlink),
    [CAT_S_SMART_OFFERS] = sizeof(struct cat_smart_offer),
    [CAT_S_CREATIVE_IDS] = sizeof(uint32_t),
    [CAT_S_CREATIVES] = sizeof(struct cat_creative),
    [CAT_S_SHOWS] = sizeof(struct cat_show),
    [CAT_S_TEXTS] = 1,
};

static void
say(char *why, const char *text)
{
	if (why != NULL)
		(void)snprintf(why, WHY_BYTES, "%s", text);
}

/* Hash tables are searched with a mask, and must have an empty place for the search to
 * end. */
static bool
table_is_good(const struct cat_span *s)
{
	return s->n > 0 && (s->n & (s->n - 1)) == 0;
}

static bool
sections_are_good(const struct cat_header *h)
{
	for (unsigned i = 0; i < CAT_S_MAX; i++) {
		const struct cat_span *s = &h->section[i];

		if (s->each != row_bytes[i] || s->off % 8 != 0 || s->off > h->size ||
		    (h->size - s->off) / s->each < s->n)
			return false;
		if (i >= CAT_S_ACCOUNT_IDS && i <= CAT_S_NAMES && !table_is_good(s))
			return false;
	}
	return true;
}

/* NULL: fine. */
static const char *
what_is_wrong(const void *image, size_t n)
{
	const struct cat_header *h = image;

	if (n < sizeof(*h) || memcmp(h->marker, CATALOG_MARKER, sizeof(h->marker)) != 0)
		return "not a catalog image";
	if (h->version != CATALOG_VERSION)
		return "a catalog image of another version";
	if (h->size != n)
		return "a catalog image that is not whole";
	if (XXH3_64bits((const unsigned char *)image + CATALOG_SUMMED,
		n - CATALOG_SUMMED) != h->checksum)
		return "a catalog image whose checksum is wrong";
	if (!sections_are_good(h))
		return "a catalog image with impossible sections";
	if (!catcheck_all(h))
		return "a catalog image with members that lead out of it";
	return NULL;
}

struct catalog *
catalog_of(const void *image, size_t n, char *why)
{
	const char *wrong = what_is_wrong(image, n);
	struct catalog *c;

	if (wrong != NULL) {
		say(why, wrong);
		return NULL;
	}
	OBJ_NEW(c, CATALOG_MAGIC);
	c->bytes = image;
	c->head = image;
	return c;
}

void
catalog_path(char out[CATALOG_PATH], const char *shm_dir, uint64_t generation)
{
	(void)snprintf(out, CATALOG_PATH, "%.4000s/catalog-%llu", shm_dir,
	    (unsigned long long)generation);
}

struct catalog *
catalog_map(const char *path, char *why)
{
	struct catalog *c = NULL;
	void *image = MAP_FAILED;
	struct stat st;
	size_t n = 0;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1 || fstat(fd, &st) == -1) {
		say(why, strerror(errno));
		goto out;
	}
	n = (size_t)st.st_size;
	/* Prefaulted: the first clicks of a generation must not pay for its page faults.
	 */
	image = n == 0 ? MAP_FAILED
		       : mmap(NULL, n, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
	if (image == MAP_FAILED) {
		say(why, n == 0 ? "an empty file" : strerror(errno));
		goto out;
	}
	c = catalog_of(image, n, why);
	if (c != NULL)
		c->mapped = true;
out:
	if (c == NULL && image != MAP_FAILED)
		(void)munmap(image, n);
	if (fd != -1)
		(void)close(fd);
	return c;
}

void
catalog_unmap(struct catalog **cp)
{
	struct catalog *c;

	if (*cp == NULL)
		return;
	OBJ_TAKE(c, cp, CATALOG_MAGIC);
	if (c->mapped)
		(void)munmap((void *)(uintptr_t)c->bytes, c->head->size);
	OBJ_FREE(c);
}

uint64_t
catalog_generation(const struct catalog *c)
{
	return c->head->generation;
}

uint64_t
catalog_version(const struct catalog *c)
{
	return c->head->catalog_version;
}

const struct cat_net *
catalog_net(const struct catalog *c)
{
	return &c->head->net;
}

/* The rows of a section. */
static const void *
rows(const struct catalog *c, enum cat_section s)
{
	return c->bytes + c->head->section[s].off;
}

const void *
cat_rows(const struct catalog *c, enum cat_section s, uint32_t *n)
{
	*n = c->head->section[s].n;
	return rows(c, s);
}

struct str
catalog_text(const struct catalog *c, struct cat_text t)
{
	if (t.n == 0)
		return STR_NONE;
	assert(t.off <= c->head->section[CAT_S_TEXTS].n);
	assert(t.n <= c->head->section[CAT_S_TEXTS].n - t.off);
	return str_n((const char *)rows(c, CAT_S_TEXTS) + t.off, t.n);
}

/* A text that may be empty, as names are: never STR_NONE. */
static struct str
text_of_name(const struct catalog *c, struct cat_text t)
{
	return t.n == 0 ? STR("") : catalog_text(c, t);
}

struct str
catalog_setting(const struct catalog *c, struct str name)
{
	const struct cat_setting *s = rows(c, CAT_S_SETTINGS);
	uint32_t lo = 0, hi = c->head->section[CAT_S_SETTINGS].n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		int d = str_cmp(name, text_of_name(c, s[mid].name));

		if (d == 0)
			return text_of_name(c, s[mid].value);
		if (d < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return STR_NONE;
}

/* The row of table `s` with this id; `ids` is its hash table. */
static const void *
find(const struct catalog *c, enum cat_section s, enum cat_section ids, uint32_t id)
{
	const struct cat_span *rs = &c->head->section[s];
	const uint32_t *table = rows(c, ids);
	uint32_t size = c->head->section[ids].n;

	for (uint32_t i = cat_id_place(id, size); table[i] != 0;
	     i = (i + 1) & (size - 1)) {
		const unsigned char *row =
		    (const unsigned char *)rows(c, s) + (size_t)(table[i] - 1) * rs->each;
		uint32_t its;

		assert(table[i] <= rs->n);
		memcpy(&its, row, sizeof(its));
		if (its == id)
			return row;
	}
	return NULL;
}

const struct cat_account *
catalog_affiliate(const struct catalog *c, uint32_t id)
{
	return find(c, CAT_S_ACCOUNTS, CAT_S_ACCOUNT_IDS, id);
}

const struct cat_account *
catalog_affiliate_by_name(const struct catalog *c, struct str name)
{
	uint32_t id = catalog_by_shortname(c, CAT_NAMED_ACCOUNT, 0, name);

	return id == 0 ? NULL : catalog_affiliate(c, id);
}

const struct cat_offer *
catalog_offer(const struct catalog *c, uint32_t id)
{
	return find(c, CAT_S_OFFERS, CAT_S_OFFER_IDS, id);
}

const struct cat_landing_page *
catalog_landing_page(const struct catalog *c, uint32_t id)
{
	return find(c, CAT_S_LANDING_PAGES, CAT_S_LANDING_PAGE_IDS, id);
}

const struct cat_commission *
catalog_commission(const struct catalog *c, uint32_t id)
{
	return find(c, CAT_S_COMMISSIONS, CAT_S_COMMISSION_IDS, id);
}

const struct cat_creative *
catalog_creative(const struct catalog *c, uint32_t id)
{
	return find(c, CAT_S_CREATIVES, CAT_S_CREATIVE_IDS, id);
}

uint32_t
cat_name_place(enum cat_named kind, uint32_t parent, struct str name, uint32_t size)
{
	XXH64_hash_t h =
	    XXH3_64bits_withSeed(name.p, name.n, (XXH64_hash_t)parent << 8 | kind);

	return (uint32_t)h & (size - 1);
}

uint32_t
catalog_by_shortname(
    const struct catalog *c, enum cat_named kind, uint32_t offer, struct str name)
{
	const struct cat_name *table = rows(c, CAT_S_NAMES);
	uint32_t size = c->head->section[CAT_S_NAMES].n;

	if (name.n == 0)
		return 0;
	for (uint32_t i = cat_name_place(kind, offer, name, size); table[i].id != 0;
	     i = (i + 1) & (size - 1)) {
		if (table[i].kind == kind && table[i].parent == offer &&
		    str_eq(catalog_text(c, table[i].name), name))
			return table[i].id;
	}
	return 0;
}

static const void *
run(const struct catalog *c, enum cat_section s, struct cat_list l, unsigned *n)
{
	const struct cat_span *rs = &c->head->section[s];

	assert(l.first <= rs->n && l.n <= rs->n - l.first);
	*n = l.n;
	return (const unsigned char *)rows(c, s) + (size_t)l.first * rs->each;
}

const struct price_rule *
catalog_rules(const struct catalog *c, struct cat_list l, unsigned *n)
{
	return run(c, CAT_S_RULES, l, n);
}

const uint32_t *
catalog_pool(const struct catalog *c, unsigned *n)
{
	return run(
	    c, CAT_S_NUMBERS, (struct cat_list){0, c->head->section[CAT_S_NUMBERS].n}, n);
}

const struct cat_cap *
catalog_caps(const struct catalog *c, struct cat_list l, unsigned *n)
{
	return run(c, CAT_S_CAPS, l, n);
}

const struct cat_redirect *
catalog_redirects(const struct catalog *c, struct cat_list l, unsigned *n)
{
	return run(c, CAT_S_REDIRECTS, l, n);
}

const uint32_t *
catalog_numbers(const struct catalog *c, struct cat_list l, unsigned *n)
{
	return run(c, CAT_S_NUMBERS, l, n);
}

/* Index of the first row that is not before this one. */
static uint32_t
geo_from(const struct catalog *c, uint32_t group, uint32_t country)
{
	const struct cat_geo *g = rows(c, CAT_S_GEO);
	uint32_t lo = 0, hi = c->head->section[CAT_S_GEO].n;

	while (lo < hi) {
		const uint32_t mid = lo + (hi - lo) / 2;

		if (g[mid].group < group ||
		    (g[mid].group == group && g[mid].country < country))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const struct cat_geo *
catalog_geo(const struct catalog *c, uint32_t group, uint16_t country, unsigned *n)
{
	const uint32_t from = geo_from(c, group, country);
	const uint32_t to = geo_from(c, group, (uint32_t)country + 1);

	*n = to - from;
	return (const struct cat_geo *)rows(c, CAT_S_GEO) + from;
}

const struct cat_show *
catalog_shows(const struct catalog *c, struct cat_list l, unsigned *n)
{
	return run(c, CAT_S_SHOWS, l, n);
}

const struct cat_smart_offer *
catalog_smart_offers(const struct catalog *c, struct cat_list l, unsigned *n)
{
	return run(c, CAT_S_SMART_OFFERS, l, n);
}

bool
catalog_cap_names(const struct catalog *c, const struct cat_cap *cap, uint32_t affiliate)
{
	unsigned n;
	const uint32_t *list = catalog_numbers(c, cap->affiliates, &n);

	return caprule_listed(list, n, affiliate);
}

bool
catalog_country_in(const struct catalog *c, struct cat_list l, uint16_t country)
{
	unsigned n;
	const uint16_t *list = run(c, CAT_S_COUNTRIES, l, &n);

	while (n > 0) {
		unsigned half = n / 2;

		if (list[half] == country)
			return true;
		if (list[half] < country) {
			list += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return false;
}

const struct cat_landing_page *
catalog_pages(const struct catalog *c, struct cat_list l, unsigned *n)
{
	return run(c, CAT_S_LANDING_PAGES, l, n);
}

const struct cat_access *
catalog_access(const struct catalog *c, struct cat_list l, unsigned *n)
{
	return run(c, CAT_S_ACCESS, l, n);
}

const struct cat_target *
catalog_target(const struct catalog *c, const struct cat_offer *o)
{
	unsigned n;

	return o->target == 0
		   ? NULL
		   : run(c, CAT_S_TARGETS, (struct cat_list){o->target - 1, 1}, &n);
}

const struct cat_os *
catalog_os(const struct catalog *c, struct cat_list l, unsigned *n)
{
	return run(c, CAT_S_OS, l, n);
}

bool
catalog_ip_in(const struct catalog *c, struct cat_list l, const uint8_t ip[16])
{
	unsigned n;
	const struct ip_range *v = run(c, CAT_S_RANGES, l, &n);

	return ip_in_ranges(v, n, ip);
}

bool
catalog_wide_in(const struct catalog *c, struct cat_list l, uint64_t number)
{
	unsigned n;
	const uint64_t *list = run(c, CAT_S_WIDE, l, &n);

	while (n > 0) {
		unsigned half = n / 2;

		if (list[half] == number)
			return true;
		if (list[half] < number) {
			list += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return false;
}
