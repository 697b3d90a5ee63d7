/* SPDX-License-Identifier: Apache-2.0
 * hook.c - see hook.h.
 */
#include "domain/hook.h"

#include "domain/account.h"
#include "domain/goal.h"
#include "domain/weburl.h"

#define CODE_MAX 16000u

const char *const hook_status_words[] = {
    "", "confirmed", "pending", "declined", "not_found", "hold", "by_creating", NULL};
const char *const hook_kind_words[] = {"", "postback", "iframe", "image", "script", NULL};
const char *const hook_event_words[] = {"conversion", "continuity", "undone", "goal",
    "pending", "rejected", "kept", "released", NULL};

/* clang-format off */
#define COL(name_, kind_, words_) ", " #name_
static const char sql_load[] = "SELECT id"
#include "tbl/hook_columns.h"
    " FROM hook WHERE id = ? AND NOT deleted";
static const char sql_list[] = "SELECT id"
#include "tbl/hook_columns.h"
    " FROM hook WHERE account_id = ? AND (kind <> 1) = ? AND NOT deleted ORDER BY id LIMIT ?, ?";
#undef COL
/* clang-format on */

#define ROW_TABLE "hook"
#define ROW_STRUCT struct hook
#define ROW_COLUMNS "tbl/hook_columns.h"
#include "domain/rowio.h"

void
hook_init(struct hook *h, int64_t account_id, enum hook_kind kind)
{
	*h = (struct hook){.account_id = account_id,
	    .kind = kind,
	    .goal = STR(""),
	    .events = TELL_NATS,
	    .active = true,
	    .moderation = HOOK_APPROVED,
	    .name = STR(""),
	    .code = STR("")};
}

enum err
hook_load(struct db *db, struct arena *a, int64_t id, struct hook *out)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r, sql_load, "i", id), end;

	if (rc != ERR_OK)
		return rc;
	rc = ERR_NOT_FOUND;
	if (db_next(r)) {
		row_read(r, a, out);
		rc = ERR_OK;
	}
	end = db_rows_close(&r);
	return end != ERR_OK ? end : rc;
}

enum err
hook_list(struct db *db, struct arena *a, int64_t account_id, bool pixels, uint64_t skip,
    uint64_t most, struct hook **out, size_t *n, int64_t *total)
{
	struct db_rows *r;
	enum err rc = db_int(db, total, 0,
	    "SELECT COUNT(*) FROM hook WHERE account_id = ? AND (kind <> 1) = ? AND NOT "
	    "deleted",
	    "ii", account_id, (int64_t)pixels);

	*out = NULL;
	*n = 0;
	if (rc == ERR_OK)
		rc = db_query(
		    db, &r, sql_list, "iiuu", account_id, (int64_t)pixels, skip, most);
	if (rc != ERR_OK)
		return rc;
	while (db_next(r)) {
		*out = row_grow(a, *out, *n, sizeof(**out));
		row_read(r, a, &(*out)[(*n)++]);
	}
	return db_rows_close(&r);
}

static enum err
check_code(struct change *c, const struct hook *h)
{
	const char *name = h->kind == HOOK_POSTBACK ? "url" : "code", *wrong;

	if (h->code.n == 0)
		return change_fault(c, ERR_MISSING, name, "is required");
	if (h->kind == HOOK_POSTBACK) {
		wrong = weburl_wrong(h->code);
		return wrong == NULL ? ERR_OK
				     : change_fault(c, ERR_INVALID, name, "%s", wrong);
	}
	if (!str_is_utf8(h->code) || h->code.n > CODE_MAX)
		return change_fault(c, ERR_INVALID, name,
		    "is not UTF-8, or longer than %u bytes", CODE_MAX);
	return ERR_OK;
}

static enum err
check_filter(struct change *c, const struct hook *h)
{
	if (h->goal.n > 0 && !str_eq(h->goal, STR("1")) && !goal_value_ok(h->goal))
		return change_fault(c, ERR_INVALID, "goal", "is no goal value");
	if (h->status < 0 || h->status >= HOOK_STATUSES)
		return change_fault(c, ERR_INVALID, "status", "is none of the words");
	if (h->events <= 0 || h->events > TELL_ALL)
		return change_fault(c, ERR_INVALID, "events", "names no event");
	if (h->moderation < HOOK_REJECTED || h->moderation > HOOK_APPROVED)
		return change_fault(
		    c, ERR_INVALID, "moderation_status", "must be -1, 0 or 1");
	if (!str_is_utf8(h->name) || h->name.n > 255)
		return change_fault(
		    c, ERR_INVALID, "name", "is not UTF-8, or longer than 255 bytes");
	return ERR_OK;
}

static enum err
check_references(struct change *c, const struct hook *h)
{
	int64_t n = 1;
	enum err rc = account_is(c->db, h->account_id, ACCOUNT_AFFILIATE);

	if (rc == ERR_NOT_FOUND)
		return change_fault(c, ERR_NOT_FOUND, "pid", "is no affiliate");
	if (rc == ERR_OK && h->offer_id != 0)
		rc = db_int(c->db, &n, 0,
		    "SELECT COUNT(*) FROM offer WHERE id = ? AND NOT deleted", "i",
		    h->offer_id);
	if (rc == ERR_OK && n == 0)
		return change_fault(c, ERR_NOT_FOUND, "offer_id", "is no offer");
	return rc;
}

static enum err
check(struct change *c, const struct hook *h)
{
	enum err rc = check_code(c, h);

	if (rc == ERR_OK)
		rc = check_filter(c, h);
	return rc == ERR_OK ? check_references(c, h) : rc;
}

enum err
hook_add(struct change *c, struct hook *h)
{
	enum err rc = check(c, h);

	if (rc != ERR_OK)
		return rc;
	h->created_us = h->updated_us = c->now;
	return row_insert(c->db, h);
}

static enum err
store(struct change *c, struct hook *h)
{
	h->updated_us = c->now;
	return row_update(c->db, h);
}

enum err
hook_store(struct change *c, struct hook *h)
{
	enum err rc = check(c, h);

	return rc == ERR_OK ? store(c, h) : rc;
}

enum err
hook_remove(struct change *c, struct hook *h)
{
	h->deleted = true;
	return store(c, h);
}

/* ---- which hooks hear of it ---- */

enum scope { SCOPE_ALL, SCOPE_OFFER, SCOPE_CAMPAIGN, SCOPES };

static enum scope
scope_of(const struct hook_rule *h)
{
	if (h->campaign_id != 0)
		return SCOPE_CAMPAIGN;
	return h->offer_id != 0 ? SCOPE_OFFER : SCOPE_ALL;
}

static bool
in_scope(const struct hook_rule *h, enum hook_kind kind, const struct hook_event *e)
{
	return h->kind == kind && h->account_id == e->account_id &&
	       (h->offer_id == 0 || h->offer_id == e->offer_id) &&
	       (h->campaign_id == 0 || h->campaign_id == e->campaign_id);
}

static bool
passes(const struct hook_rule *h, const struct hook_event *e)
{
	if ((h->events & e->told) == 0 || (h->goal.n > 0 && !str_ieq(h->goal, e->goal)))
		return false;
	if (h->status == HOOK_BY_CREATING)
		return e->created;
	return h->status == HOOK_ANY_STATUS || h->status == e->status;
}

unsigned
hook_choose(const struct hook_rule *h, unsigned n, enum hook_kind kind,
    const struct hook_event *e, bool wider_too, bool *chosen)
{
	bool done = false;
	unsigned many = 0;

	memset(chosen, 0, n * sizeof(*chosen));
	for (int scope = SCOPES - 1; scope >= 0; scope--) {
		bool any = false, hit = false;

		for (unsigned i = 0; i < n; i++) {
			if (!in_scope(&h[i], kind, e) ||
			    scope_of(&h[i]) != (enum scope)scope)
				continue;
			any = true;
			chosen[i] = passes(&h[i], e) && (!done || h[i].forced);
			hit = hit || chosen[i];
			many += chosen[i];
		}
		done = done || (wider_too ? hit : any);
	}
	return many;
}
