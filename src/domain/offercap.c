/* SPDX-License-Identifier: Apache-2.0
 * offercap.c - see offercap.h.
 */
#include "domain/offercap.h"

#include "domain/row.h"

#define LIST_MAX_BYTES 16000u
/* A quarter of an hour: rollups know no finer time, and counts of clicks begin with them.
 */
#define QUARTER INT64_C(900000000)

const char *const offercap_full_words[] = {
    "notify", "landing_page", "trafficback", "decline", NULL};
const char *const offercap_type_words[] = {"Conversions", "Dollars", "Registrations",
    "Unique Clicks", "Clicks", "Net Conversions", NULL};
const char *const offercap_period_words[] = {
    "", "Day", "Month", "All Time", "Week", "Year", "Hour", NULL};
const char *const offercap_days_words[] = {"None", "Weekdays", "Weekends", "Saturday",
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", NULL};
const char *const offercap_scope_words[] = {"all", "each", "exact", NULL};

void
offercap_init(struct offercap *p)
{
	*p = (struct offercap){.statuses = CAP_STATUSES,
	    .on_full = CAP_DECLINE,
	    .enabled = true,
	    .affiliate_list = STR(""),
	    .goal_list = STR("")};
}

/* ----- reading ----- */

#define COLUMNS                                                                         \
	"c.id, c.rev, c.offer_id, c.advertiser_id, c.period, c.value, c.statuses, "     \
	"c.type, c.days, c.affiliates, c.goals, c.affiliate_list, c.goal_list, "        \
	"COALESCE(c.start_us, 0), COALESCE(c.end_us, 0), c.in_base, c.on_full, "        \
	"c.to_offer_id, c.to_lp_id, c.track, c.enabled, c.deleted, c.admin_notify, "    \
	"COALESCE(c.notice_percent, 0), IF(c.goals = 2, (SELECT GROUP_CONCAT(g.value, " \
	"'\\t', g.title ORDER BY g.id SEPARATOR '\\n') FROM goal g WHERE "              \
	"FIND_IN_SET(g.id, c.goal_list)), '') "

static void
read_row(const struct db_rows *r, struct arena *a, struct offercap *p)
{
	*p = (struct offercap){.id = db_i64(r, 0),
	    .rev = db_i64(r, 1),
	    .offer_id = db_i64(r, 2),
	    .advertiser_id = db_i64(r, 3),
	    .period = db_i64(r, 4),
	    .value = db_i64(r, 5),
	    .statuses = db_i64(r, 6),
	    .type = db_i64(r, 7),
	    .days = db_i64(r, 8),
	    .affiliates = db_i64(r, 9),
	    .goals = db_i64(r, 10),
	    .affiliate_list = arena_str(a, db_str(r, 11)),
	    .goal_list = arena_str(a, db_str(r, 12)),
	    .start = db_i64(r, 13),
	    .end = db_i64(r, 14),
	    .in_base = db_i64(r, 15) != 0,
	    .on_full = row_word(offercap_full_words, db_str(r, 16)),
	    .to_offer_id = db_i64(r, 17),
	    .to_lp_id = db_i64(r, 18),
	    .track = db_i64(r, 19) != 0,
	    .enabled = db_i64(r, 20) != 0,
	    .deleted = db_i64(r, 21) != 0,
	    .admin_notify = db_i64(r, 22) != 0,
	    .notice_percent = db_i64(r, 23),
	    .goal_names = arena_str(a, db_str(r, 24))};
}

static enum err
read_rows(struct db_rows *r, struct arena *a, struct offercap **out, size_t *n)
{
	while (db_next(r)) {
		*out = row_grow(a, *out, *n, sizeof(**out));
		read_row(r, a, &(*out)[(*n)++]);
	}
	return db_rows_close(&r);
}

enum err
offercap_list(
    struct db *db, struct arena *a, struct str ids, struct offercap **out, size_t *n)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r,
	    "SELECT " COLUMNS
	    "FROM JSON_TABLE(?, '$[*]' COLUMNS (n FOR ORDINALITY, id INT UNSIGNED PATH "
	    "'$')) j "
	    "JOIN cap c ON c.offer_id = j.id WHERE NOT c.deleted ORDER BY j.n, c.period, "
	    "c.id",
	    "s", ids);

	*out = NULL;
	*n = 0;
	return rc != ERR_OK ? rc : read_rows(r, a, out, n);
}

enum err
offercap_find(struct db *db, struct arena *a, const struct offercap_filter *f,
    struct offercap **out, size_t *n)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r,
	    "SELECT " COLUMNS
	    "FROM cap c WHERE ? IN (0, c.id) AND ? IN (0, c.offer_id) AND ? IN (-1, "
	    "c.enabled) AND ? IN (-1, c.deleted) AND ? IN (-1, c.type) AND ? IN (0, "
	    "c.period) AND ? IN (-1, c.days) AND (? = 0 OR (? = -1 AND c.affiliates = "
	    "0) OR (? = -2 AND c.affiliates = 1) OR (c.affiliates = 2 AND "
	    "FIND_IN_SET(?, c.affiliate_list))) ORDER BY c.id",
	    "iiiiiiiiiii", f->id, f->offer_id, (int64_t)f->enabled, (int64_t)f->deleted,
	    f->type, f->period, f->days, f->affiliate, f->affiliate, f->affiliate,
	    f->affiliate);

	*out = NULL;
	*n = 0;
	return rc != ERR_OK ? rc : read_rows(r, a, out, n);
}

/* ----- checks ----- */

static enum err
check_numbers(struct change *c, const struct offercap *p)
{
	const int64_t most = p->type == CAP_BUDGET ? MONEY_MOST : CAP_COUNT_MAX;
	const struct {
		const char *name;
		int64_t v, least, most;
	} numbers[] = {
	    {"type", p->type, 0, CAP_TYPES - 1},
	    {"days", p->days, 0, CAP_DAYS - 1},
	    {"affiliates", p->affiliates, CAP_OF_ALL, CAP_OF_EXACT},
	    {"goals", p->goals, CAP_OF_ALL, CAP_OF_EXACT},
	    {"on_full", p->on_full, CAP_NOTIFY, CAP_DECLINE},
	    {"notice_percent", p->notice_percent, 0, 100},
	};

	if (p->period < CAP_DAY || p->period >= CAP_PERIODS)
		return change_fault(
		    c, ERR_INVALID, "period", "must be day, month or all");
	if (p->value < 0 || p->value > most)
		return change_fault(c, ERR_INVALID, "value",
		    p->type == CAP_BUDGET ? "must be an amount from 0 to 1000000000"
					  : "must be a number from 0 to 2147483647");
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		if (numbers[i].v < numbers[i].least || numbers[i].v > numbers[i].most)
			return change_fault(c, ERR_INVALID, numbers[i].name,
			    "must be a number from %lld to %lld",
			    (long long)numbers[i].least, (long long)numbers[i].most);
	if (p->end != 0 && p->end <= p->start)
		return change_fault(c, ERR_INVALID, "end", "is not after the start");
	return ERR_OK;
}

static bool
is_of_clicks(const struct offercap *p)
{
	return p->type == CAP_CLICKS || p->type == CAP_UNIQUES;
}

/* What does not go together. */
static enum err
check_sense(struct change *c, const struct offercap *p)
{
	if (is_of_clicks(p) && p->on_full == CAP_DECLINE)
		return change_fault(c, ERR_INVALID, "on_full",
		    "cannot be decline for clicks: they are no conversions");
	if (is_of_clicks(p) && p->goals != CAP_OF_ALL)
		return change_fault(
		    c, ERR_INVALID, "goals", "must be all for clicks: they have no goal");
	if (p->affiliates == CAP_OF_EXACT && p->affiliate_list.n == 0)
		return change_fault(c, ERR_MISSING, "affiliate_list", "is required");
	if (p->goals == CAP_OF_EXACT && p->goal_list.n == 0)
		return change_fault(c, ERR_MISSING, "goal_list", "is required");
	if (p->affiliate_list.n > LIST_MAX_BYTES || p->goal_list.n > LIST_MAX_BYTES)
		return change_fault(c, ERR_INVALID,
		    p->goal_list.n > LIST_MAX_BYTES ? "goal_list" : "affiliate_list",
		    "is too long");
	if (p->statuses <= 0 || p->statuses > 0x3f)
		return change_fault(c, ERR_INVALID, "statuses", "must name a status");
	if (p->on_full == CAP_TO_PAGE && p->to_offer_id == 0 && p->to_lp_id == 0)
		return change_fault(c, ERR_MISSING, "to_offer_id", "is required");
	return ERR_OK;
}

struct reference {
	const char *name, *sql, *what;
	int64_t id;
};

static enum err
check_references(struct change *c, const struct offercap *p)
{
	const struct reference refs[] = {
	    {"offer_id", "SELECT COUNT(*) FROM offer WHERE id = ? AND NOT deleted",
		"is no offer", p->offer_id},
	    {"advertiser_id",
		"SELECT COUNT(*) FROM account WHERE id = ? AND type = 140 AND NOT "
		"deleted",
		"is no advertiser", p->advertiser_id},
	    {"to_offer_id", "SELECT COUNT(*) FROM offer WHERE id = ? AND NOT deleted",
		"is no offer", p->to_offer_id},
	    {"to_lp_id", "SELECT COUNT(*) FROM landing_page WHERE id = ? AND NOT deleted",
		"is no landing page", p->to_lp_id},
	};

	for (size_t i = 0; i < ARRAY_LEN(refs); i++) {
		int64_t n = 1;
		enum err rc = refs[i].id == 0
				  ? ERR_OK
				  : db_int(c->db, &n, 0, refs[i].sql, "i", refs[i].id);

		if (rc != ERR_OK)
			return rc;
		if (n == 0)
			return change_fault(
			    c, ERR_INVALID, refs[i].name, "%s", refs[i].what);
	}
	return ERR_OK;
}

static enum err
check_affiliates(struct change *c, const struct offercap *p)
{
	struct str rest = p->affiliate_list;
	enum err rc = ERR_OK;

	while (p->affiliates == CAP_OF_EXACT && rest.n > 0 && rc == ERR_OK) {
		struct str one = str_split(&rest, ',');
		int64_t id, n = 0;

		if (str_to_i64(one, &id))
			rc = db_int(c->db, &n, 0,
			    "SELECT COUNT(*) FROM account WHERE id = ? AND type NOT IN "
			    "(140, 160) AND NOT deleted",
			    "i", id);
		if (rc == ERR_OK && n == 0)
			return change_fault(c, ERR_INVALID, "affiliate_list",
			    "names " STR_FMT ", who is no affiliate", STR_ARG(one));
	}
	return rc;
}

/* ----- writing ----- */

/* Two that count alike can share what is counted. */
static bool
counts_alike(const struct offercap *a, const struct offercap *b)
{
	return a->offer_id == b->offer_id && a->advertiser_id == b->advertiser_id &&
	       a->period == b->period && a->statuses == b->statuses &&
	       a->type == b->type && a->days == b->days &&
	       a->affiliates == b->affiliates && a->goals == b->goals &&
	       str_eq(a->affiliate_list, b->affiliate_list) &&
	       str_eq(a->goal_list, b->goal_list) && a->start == b->start &&
	       a->end == b->end && a->in_base == b->in_base && a->enabled == b->enabled;
}

static enum err
next_rev(struct change *c, struct offercap *p)
{
	const struct offercap_filter f = {
	    .id = p->id, .enabled = -1, .deleted = -1, .type = -1, .days = -1};
	struct offercap *old;
	size_t n;
	enum err rc = offercap_find(c->db, c->arena, &f, &old, &n);

	if (rc != ERR_OK)
		return rc;
	if (n == 0)
		return ERR_NOT_FOUND;
	p->rev = old[0].rev + !counts_alike(&old[0], p);
	if (old[0].offer_id != p->offer_id)
		return catalog_bump(
		    c->db, BUMP_OFFER, (uint64_t)old[0].offer_id, &c->version);
	return ERR_OK;
}

#define VALUES_OF(p_)                                                                  \
	(p_)->offer_id, (p_)->advertiser_id, (p_)->rev, (p_)->period, (p_)->value,     \
	    (p_)->statuses, (p_)->type, (p_)->days, (p_)->affiliates, (p_)->goals,     \
	    (p_)->affiliate_list, (p_)->goal_list, start, end, (int64_t)(p_)->in_base, \
	    str_of(offercap_full_words[(p_)->on_full]), (p_)->to_offer_id,             \
	    (p_)->to_lp_id, (int64_t)(p_)->track, (int64_t)(p_)->enabled,              \
	    (int64_t)(p_)->admin_notify, percent

static enum err
store(struct change *c, struct offercap *p)
{
	const int64_t *start = p->start == 0 ? NULL : &p->start,
		      *end = p->end == 0 ? NULL : &p->end,
		      *percent = p->notice_percent == 0 ? NULL : &p->notice_percent;
	enum err rc;

	if (p->id != 0)
		return db_exec(c->db,
		    "UPDATE cap SET offer_id = ?, advertiser_id = ?, rev = ?, period = "
		    "?, value = ?, statuses = ?, type = ?, days = ?, affiliates = ?, "
		    "goals = ?, affiliate_list = ?, goal_list = ?, start_us = ?, end_us "
		    "= ?, in_base = ?, on_full = ?, to_offer_id = ?, to_lp_id = ?, track "
		    "= ?, enabled = ?, admin_notify = ?, notice_percent = ? WHERE id = ?",
		    "iiiiiiiiiissIIisiiiiiIi", VALUES_OF(p), p->id);
	rc = db_exec(c->db,
	    "INSERT INTO cap (offer_id, advertiser_id, rev, period, value, statuses, "
	    "type, days, affiliates, goals, affiliate_list, goal_list, start_us, end_us, "
	    "in_base, on_full, to_offer_id, to_lp_id, track, enabled, admin_notify, "
	    "notice_percent) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
	    "?, ?, ?, ?, ?)",
	    "iiiiiiiiiissIIisiiiiiI", VALUES_OF(p));
	if (rc == ERR_OK)
		p->id = (int64_t)db_insert_id(c->db);
	return rc;
}

enum err
offercap_put(struct change *c, struct offercap *p)
{
	enum err rc;

	if (p->affiliates != CAP_OF_EXACT)
		p->affiliate_list = STR("");
	if (p->goals != CAP_OF_EXACT)
		p->goal_list = STR("");
	if (is_of_clicks(p)) {
		p->start = p->start / QUARTER * QUARTER;
		p->end = p->end / QUARTER * QUARTER;
	}
	rc = check_numbers(c, p);
	if (rc == ERR_OK)
		rc = check_sense(c, p);
	if (rc == ERR_OK)
		rc = check_references(c, p);
	if (rc == ERR_OK)
		rc = check_affiliates(c, p);
	/* Its counts begin with the conversions that are there. */
	if (rc == ERR_OK)
		rc = catalog_fence(c->db);
	if (rc == ERR_OK && p->id != 0)
		rc = next_rev(c, p);
	if (rc == ERR_OK)
		rc = store(c, p);
	if (rc != ERR_OK)
		return rc;
	return catalog_bump(c->db, BUMP_OFFER, (uint64_t)p->offer_id, &c->version);
}

enum err
offercap_delete(struct change *c, const struct offercap *p)
{
	enum err rc =
	    db_exec(c->db, "UPDATE cap SET deleted = TRUE WHERE id = ?", "i", p->id);

	if (rc != ERR_OK)
		return rc;
	return catalog_bump(c->db, BUMP_OFFER, (uint64_t)p->offer_id, &c->version);
}

/* ----- how far ----- */

#define OPEN_CAPS                                                                       \
	"FROM (SELECT c.id, c.rev, c.type, CASE c.period WHEN 1 THEN ? WHEN 2 THEN ? "  \
	"WHEN 4 THEN ? WHEN 5 THEN ? WHEN 6 THEN ? ELSE 0 END AS w FROM JSON_TABLE(?, " \
	"'$[*]' COLUMNS (id INT UNSIGNED PATH '$')) k JOIN cap c ON c.id = k.id) c "    \
	"STRAIGHT_JOIN "
#define ITS_WINDOW \
	" x ON x.cap_id = c.id AND x.rev = c.rev AND x.window_us = c.w WHERE c.type "

enum err
offercap_counts(struct db *db, struct arena *a, const struct zone *z, us_t now,
    struct str ids, struct offercap_count **out, size_t *n)
{
	static const char *const sql[] = {
	    "SELECT c.id, x.affiliate_id, x.goal_id, x.n " OPEN_CAPS
	    "cap_count" ITS_WINDOW "NOT IN (3, 4) ORDER BY 1, 2, 3",
	    "SELECT c.id, x.affiliate_id, 0, CAST(SUM(x.n) AS SIGNED) " OPEN_CAPS
	    "cap_click" ITS_WINDOW "IN (3, 4) GROUP BY c.id, x.affiliate_id ORDER BY 1, "
	    "2"};
	us_t from[CAP_PERIODS], to;
	enum err rc = ERR_OK;

	for (unsigned p = 0; p < CAP_PERIODS; p++)
		caprule_window((uint8_t)p, z, now, &from[p], &to);
	*out = NULL;
	*n = 0;
	for (size_t i = 0; i < ARRAY_LEN(sql) && rc == ERR_OK; i++) {
		struct db_rows *r;

		rc = db_query(db, &r, sql[i], "iiiiis", from[CAP_DAY], from[CAP_MONTH],
		    from[CAP_WEEK], from[CAP_YEAR], from[CAP_HOUR], ids);
		while (rc == ERR_OK && db_next(r)) {
			*out = row_grow(a, *out, *n, sizeof(**out));
			(*out)[(*n)++] = (struct offercap_count){
			    db_i64(r, 0), db_i64(r, 1), db_i64(r, 2), db_i64(r, 3)};
		}
		rc = rc == ERR_OK ? db_rows_close(&r) : rc;
	}
	return rc;
}

int64_t
offercap_fullest(const struct offercap *p, const struct offercap_count *count, size_t n)
{
	int64_t most = 0;

	for (size_t i = 0; i < n; i++)
		if (count[i].cap_id == p->id && count[i].n > most)
			most = count[i].n;
	return most;
}
