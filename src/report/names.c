/* SPDX-License-Identifier: Apache-2.0
 * names.c - see names.h.
 */
#include "report/names.h"

#include "base/zone.h"
#include "track/ua.h"

enum { OFFERS, PAGES, ACCOUNTS };

static const char *const statuses[] = {
    "", "confirmed", "pending", "declined", "not_found", "hold"};
static const char *const devices[DEVICE_TYPES] = {
    [DEVICE_DESKTOP] = "desktop",
    [DEVICE_MOBILE] = "mobile",
    [DEVICE_TABLET] = "tablet",
    [DEVICE_TV] = "tv",
    [DEVICE_OTHER] = "other",
    [DEVICE_UNKNOWN] = "unknown",
};

const char *
names_device(unsigned type)
{
	return devices[type < DEVICE_TYPES ? type : DEVICE_UNKNOWN];
}

bool
names_device_parse(struct str word, unsigned *type)
{
	for (unsigned i = 0; i < DEVICE_TYPES; i++) {
		if (!str_ieq(word, str_of(devices[i])))
			continue;
		*type = i;
		return true;
	}
	return false;
}

const char *
names_status(unsigned status)
{
	return status < ARRAY_LEN(statuses) ? statuses[status] : "";
}

void
names_init(struct names *n, struct arena *a)
{
	memset(n, 0, sizeof(*n));
	n->arena = a;
}

static void
want(struct names *n, int what, uint32_t id)
{
	uint32_t *bigger;

	if (id == 0 || (n->n_want[what] > 0 && n->want[what][n->n_want[what] - 1] == id))
		return;
	if (n->n_want[what] == n->cap[what]) {
		n->cap[what] = n->cap[what] * 2 + 64;
		bigger = arena_alloc(n->arena, n->cap[what] * sizeof(*bigger));
		if (n->n_want[what] > 0)
			memcpy(bigger, n->want[what], n->n_want[what] * sizeof(*bigger));
		n->want[what] = bigger;
	}
	n->want[what][n->n_want[what]++] = id;
}

void
names_want_offer(struct names *n, uint32_t id)
{
	want(n, OFFERS, id);
}

void
names_want_page(struct names *n, uint32_t id)
{
	want(n, PAGES, id);
}

void
names_want_account(struct names *n, uint32_t id)
{
	want(n, ACCOUNTS, id);
}

static struct str
text(struct names *n, const struct db_rows *r, unsigned col)
{
	return db_is_null(r, col) ? STR("") : arena_str(n->arena, db_str(r, col));
}

static struct ask_ids
wanted(const struct names *n, int what)
{
	return (struct ask_ids){.set = true, .n = n->n_want[what], .v = n->want[what]};
}

static enum err
load_offers(struct names *n, struct db *db)
{
	struct ask_ids ids = wanted(n, OFFERS);
	struct db_rows *rows;
	struct ask k;
	enum err rc;

	n->offer = arena_alloc(n->arena, (ids.n + 1) * sizeof(*n->offer));
	ask_init(&k);
	ask_add(&k,
	    "SELECT o.id, o.hex24, o.name, l.url, o.default_lp_id FROM offer o"
	    " LEFT JOIN landing_page l ON l.id = o.default_lp_id WHERE TRUE",
	    NULL);
	ask_in_ids(&k, n->arena, "o.id", &ids);
	rc = ask_rows(&k, db, &rows);
	while (rc == ERR_OK && n->n_offer < ids.n && db_next(rows)) {
		n->offer[n->n_offer++] =
		    (struct names_offer){.id = (uint32_t)db_i64(rows, 0),
			.hex24 = text(n, rows, 1),
			.title = text(n, rows, 2),
			.url = text(n, rows, 3),
			.default_lp = (uint32_t)db_i64(rows, 4)};
	}
	return rc == ERR_OK ? db_rows_close(&rows) : rc;
}

static enum err
load_pages(struct names *n, struct db *db)
{
	struct ask_ids ids = wanted(n, PAGES);
	struct db_rows *rows;
	struct ask k;
	enum err rc;

	n->page = arena_alloc(n->arena, (ids.n + 1) * sizeof(*n->page));
	ask_init(&k);
	ask_add(&k,
	    "SELECT l.id, l.transit, l.name, l.url FROM landing_page l WHERE TRUE", NULL);
	ask_in_ids(&k, n->arena, "l.id", &ids);
	rc = ask_rows(&k, db, &rows);
	while (rc == ERR_OK && n->n_page < ids.n && db_next(rows))
		n->page[n->n_page++] = (struct names_page){(uint32_t)db_i64(rows, 0),
		    db_i64(rows, 1) != 0, text(n, rows, 2), text(n, rows, 3)};
	return rc == ERR_OK ? db_rows_close(&rows) : rc;
}

/* `ids` and, through the second half of the union, the managers of theirs. */
static enum err
load_accounts(struct names *n, struct db *db)
{
	static const char columns[] =
	    "SELECT a.id, a.hex24, a.username, a.email, a.title, a.manager_id,"
	    " p.firstname, p.lastname, p.skype, a.created_us, a.updated_us FROM account a"
	    " LEFT JOIN account_person p ON p.account_id = a.id WHERE TRUE";
	struct ask_ids ids = wanted(n, ACCOUNTS);
	struct db_rows *rows;
	struct ask k;
	enum err rc;

	n->account = arena_alloc(n->arena, (ids.n * 2 + 1) * sizeof(*n->account));
	ask_init(&k);
	ask_add(&k, columns, NULL);
	ask_in_ids(&k, n->arena, "a.id", &ids);
	ask_add(&k, " UNION ", NULL);
	ask_add(&k, columns, NULL);
	ask_add(&k, " AND a.id IN (SELECT m.manager_id FROM account m WHERE TRUE", NULL);
	ask_in_ids(&k, n->arena, "m.id", &ids);
	ask_add(&k, ")", NULL);
	rc = ask_rows(&k, db, &rows);
	while (rc == ERR_OK && n->n_account < ids.n * 2 && db_next(rows)) {
		n->account[n->n_account++] =
		    (struct names_account){.id = (uint32_t)db_i64(rows, 0),
			.hex24 = text(n, rows, 1),
			.username = text(n, rows, 2),
			.email = text(n, rows, 3),
			.title = text(n, rows, 4),
			.manager_id = (uint32_t)db_i64(rows, 5),
			.firstname = text(n, rows, 6),
			.lastname = text(n, rows, 7),
			.skype = text(n, rows, 8),
			.created_us = db_i64(rows, 9),
			.updated_us = db_i64(rows, 10)};
	}
	return rc == ERR_OK ? db_rows_close(&rows) : rc;
}

static enum err
load_goals(struct names *n, struct db *db)
{
	struct db_rows *rows;
	size_t cap = 0;
	enum err rc = db_query(db, &rows, "SELECT id, value, title FROM goal", "");

	while (rc == ERR_OK && db_next(rows)) {
		if (n->n_goal == cap) {
			struct names_goal *bigger;

			cap = cap * 2 + 16;
			bigger = arena_alloc(n->arena, cap * sizeof(*bigger));
			if (n->n_goal > 0)
				memcpy(bigger, n->goal, n->n_goal * sizeof(*bigger));
			n->goal = bigger;
		}
		n->goal[n->n_goal++] = (struct names_goal){
		    (uint32_t)db_i64(rows, 0), text(n, rows, 1), text(n, rows, 2)};
	}
	return rc == ERR_OK ? db_rows_close(&rows) : rc;
}

enum err
names_load(struct names *n, struct db *db)
{
	enum err rc = load_goals(n, db);

	if (rc == ERR_OK && n->n_want[OFFERS] > 0)
		rc = load_offers(n, db);
	if (rc == ERR_OK && n->n_want[PAGES] > 0)
		rc = load_pages(n, db);
	if (rc == ERR_OK && n->n_want[ACCOUNTS] > 0)
		rc = load_accounts(n, db);
	return rc;
}

/* A page has at most some hundred different ones. */
#define FIND(list_, n_, id_, none_)         \
	for (size_t i = 0; i < (n_); i++)   \
		if ((list_)[i].id == (id_)) \
			return &(list_)[i]; \
	return &(none_)

const struct names_offer *
names_offer(const struct names *n, uint32_t id)
{
	static const struct names_offer none = {0, {"", 0}, {"", 0}, {"", 0}, 0};

	FIND(n->offer, n->n_offer, id, none);
}

const struct names_page *
names_page(const struct names *n, uint32_t id)
{
	static const struct names_page none = {0, false, {"", 0}, {"", 0}};

	FIND(n->page, n->n_page, id, none);
}

const struct names_account *
names_account(const struct names *n, uint32_t id)
{
	static const struct names_account none = {
	    0, 0, {"", 0}, {"", 0}, {"", 0}, {"", 0}, {"", 0}, {"", 0}, {"", 0}, 0, 0};

	FIND(n->account, n->n_account, id, none);
}

const struct names_goal *
names_goal(const struct names *n, uint32_t id)
{
	static const struct names_goal base = {0, {"1", 1}, {"1", 1}},
				       none = {0, {"", 0}, {"", 0}};

	if (id == 0)
		return &base;
	FIND(n->goal, n->n_goal, id, none);
}

static void
put(struct jsonw *w, const char *key, struct str value)
{
	jsonw_key(w, key);
	jsonw_str(w, value);
}

void
names_put_offer(struct jsonw *w, const struct names_offer *o, enum names_url url)
{
	jsonw_obj(w);
	jsonw_key(w, "id");
	jsonw_int(w, o->id);
	put(w, "offer_id", o->hex24);
	put(w, "title", o->title);
	if (url != NAMES_URL_LEFT_OUT)
		put(w, "url", url == NAMES_URL ? o->url : STR(""));
	jsonw_end(w);
}

void
names_put_advertiser(struct jsonw *w, const struct names_account *a)
{
	jsonw_obj(w);
	put(w, "id", a->hex24);
	put(w, "title", a->title.n > 0 ? a->title : a->username);
	jsonw_end(w);
}

static void
put_time(struct jsonw *w, const char *key, int64_t us)
{
	char when[ZONE_TEXT];

	zone_text(zone_utc_zone(), us, when);
	jsonw_key(w, key);
	jsonw_cstr(w, when);
}

static void
put_manager(struct jsonw *w, const struct names_account *m)
{
	if (m->id == 0) {
		jsonw_null(w);
		return;
	}
	jsonw_obj(w);
	put(w, "id", m->hex24);
	put(w, "first_name", m->firstname);
	put(w, "last_name", m->lastname);
	put(w, "email", m->email);
	put(w, "skype", m->skype);
	put(w, "work_hours", STR(""));
	put(w, "api_key", STR(""));
	jsonw_key(w, "roles");
	jsonw_arr(w);
	jsonw_cstr(w, "ROLE_MANAGER_AFFILIATE");
	jsonw_end(w);
	put_time(w, "created_at", m->created_us);
	put_time(w, "updated_at", m->updated_us);
	jsonw_end(w);
}

void
names_put_partner(
    struct jsonw *w, const struct names *n, const struct names_account *a, bool whole)
{
	const struct names_account *m = names_account(n, a->manager_id);

	jsonw_obj(w);
	jsonw_key(w, "id");
	jsonw_int(w, a->id);
	put(w, "email", a->email);
	put(w, "login", a->username);
	put(w, "name", a->title);
	if (whole) {
		put(w, "title", a->title);
		jsonw_key(w, "manager");
		put_manager(w, m);
		put(w, "manager_id", m->hex24);
	}
	jsonw_end(w);
}
