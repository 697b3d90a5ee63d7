/* SPDX-License-Identifier: Apache-2.0
 * tellqueue_test.c - the queue of what is to be told, with the clock in the test's hand:
 * leases of two nodes, the order of a subject, results; and what a changed account
 * queues.
 */
#include <stdio.h>

#include "domain/account.h"
#include "domain/netset.h"
#include "domain/outbox.h"
#include "notify/tellqueue.h"

#include "testdb.h"

#define T0 (INT64_C(1534173952) * US_SECOND)

static struct db *db;

static void
put(unsigned kind, unsigned hook, int64_t subject, int64_t seq, us_t due)
{
	if (db_exec(db,
		"INSERT INTO notify_queue (kind, hook_id, account_id, subject, "
		"subject_node, seq, created_us, due_us) VALUES (?, ?, 7, ?, 1, ?, ?, ?)",
		"uuiiii", (uint64_t)kind, (uint64_t)hook, subject, seq, (int64_t)T0,
		(int64_t)due) != ERR_OK)
		ok(false, "insert: %s", db_error(db));
}

static void
free_list(struct errand **list)
{
	while (*list != NULL) {
		struct errand *e = *list;

		*list = e->next;
		errand_free(&e);
	}
}

/* "subject.seq ..." of what a node takes now, in the order of the subjects. */
static const char *
taken(unsigned node, us_t now, unsigned hook, unsigned most, struct errand **list)
{
	static char text[512];
	const struct tellgroup g = {OUTBOX_POSTBACK, hook};
	size_t n = 0;

	text[0] = '\0';
	if (tellqueue_take(db, node, now, &g, most, list) != ERR_OK)
		return "error";
	for (int64_t s = 0; s < 100; s++)
		for (const struct errand *e = *list; e != NULL; e = e->next)
			if (e->step.conv_us == s)
				n += (size_t)snprintf(text + n, sizeof(text) - n,
				    "%s%lld.%lld", n > 0 ? " " : "", (long long)s,
				    (long long)e->seq);
	return text;
}

static void
settle(unsigned node, us_t now, struct errand **list, bool done)
{
	for (struct errand *e = *list; e != NULL; e = e->next) {
		e->m.done = done;
		e->m.code = done ? 200 : 500;
		e->m.url = "http://x.example/";
	}
	ok(tellqueue_settle(db, node, now, *list) == ERR_OK, "written");
	free_list(list);
}

static int64_t
number(const char *sql)
{
	int64_t v = -1;

	if (db_int(db, &v, -1, sql, "") != ERR_OK)
		ok(false, "%s: %s", sql, db_error(db));
	return v;
}

static void
test_groups(void)
{
	struct tellgroup g[8];
	unsigned n = 0;
	int64_t rows, oldest;

	put(OUTBOX_POSTBACK, 1, 1, 1, T0 + 9);
	put(OUTBOX_POSTBACK, 2, 2, 1, T0 + 5);
	put(OUTBOX_POSTBACK, 2, 3, 1, T0 + 99 * US_SECOND);
	put(OUTBOX_MAIL, 0, 4, 1, T0 + 99 * US_SECOND);
	put(OUTBOX_PAGE, 3, 5, 1, T0);
	ok(tellqueue_groups(db, T0 + 4, g, 8, &n) == ERR_OK && n == 0, "nothing is due");
	ok(tellqueue_groups(db, T0 + 10, g, 8, &n) == ERR_OK && n == 2 &&
		g[0].hook_id == 2 && g[1].hook_id == 1,
	    "those that waited longest first");
	ok(tellqueue_measure(db, T0 + 60 * US_SECOND, &rows, &oldest) == ERR_OK &&
		rows == 4 && oldest == 59,
	    "four wait, the oldest for a minute: %lld, %lld", (long long)rows,
	    (long long)oldest);
	ok(tellqueue_retire(db, T0 + 3601 * US_SECOND, T0) == ERR_OK &&
		number("SELECT COUNT(*) FROM notify_queue WHERE kind = 5") == 0 &&
		number("SELECT COUNT(*) FROM notify_log WHERE kind = 5") == 1,
	    "a page that nobody fetched within the hour");
	testdb_exec(db, "DELETE FROM notify_queue");
	testdb_exec(db, "DELETE FROM notify_log");
}

static void
notice(const char *kind, us_t at)
{
	ok(outbox_notice(db, at, kind, 7, STR("a@b.example"), STR("s"), STR("secret")) ==
		ERR_OK,
	    "a notice: %s", kind);
}

/* What mails say is kept as long as the log; a password only until it was mailed. */
static void
test_notices(void)
{
	struct tellgroup g = {OUTBOX_MAIL, 0};
	struct errand *list = NULL;
	unsigned n = 0;

	notice("cap", T0);
	notice("password", T0);
	ok(tellqueue_notices(db, T0 + 1, &n) == ERR_OK && n == 2, "two are queued");
	ok(tellqueue_take(db, 1, T0 + 1, &g, 9, &list) == ERR_OK, "and taken");
	settle(1, T0 + 2, &list, true);
	ok(number("SELECT COUNT(*) FROM notice WHERE sent_us IS NOT NULL") == 2 &&
		number("SELECT COUNT(*) FROM notice WHERE kind = 'cap' AND body = "
		       "'secret'") == 1 &&
		number("SELECT COUNT(*) FROM notice WHERE body = 'secret'") == 1,
	    "a password that was mailed is not kept");
	notice("password", T0 + 3);
	ok(tellqueue_retire(db, T0 + 2 * US_DAY, T0 - 1) == ERR_OK &&
		number("SELECT COUNT(*) FROM notice WHERE body = 'secret'") == 2,
	    "one that waits for a relay is");
	ok(tellqueue_retire(db, T0 + 3 * US_DAY + 3, T0 + 2) == ERR_OK &&
		number("SELECT COUNT(*) FROM notice WHERE body = 'secret'") == 0,
	    "but not longer than it may be mailed");
	ok(number("SELECT COUNT(*) FROM notice") == 1, "the old ones are gone");
	testdb_exec(db, "DELETE FROM notice");
	testdb_exec(db, "DELETE FROM notify_log");
}

static void
test_leases(void)
{
	struct errand *one = NULL, *two = NULL;

	for (int64_t s = 1; s <= 4; s++)
		put(OUTBOX_POSTBACK, 1, s, 1, T0 + s);
	is_str(taken(1, T0 + 9, 1, 2, &one), "1.1 2.1", "a node takes two");
	is_str(taken(2, T0 + 9, 1, 9, &two), "3.1 4.1", "the other what is left");
	free_list(&two);
	is_str(taken(1, T0 + 9, 1, 9, &two), "", "nothing twice");
	is_str(taken(1, T0 + 9 + TELLQUEUE_LEASE - 1, 1, 9, &two), "",
	    "until the leases are over");
	ok(tellqueue_release(db, 2) == ERR_OK, "the other node's next notifier");
	is_str(taken(2, T0 + 10, 1, 9, &two), "3.1 4.1", "finds what the last one had");
	free_list(&two);
	settle(1, T0 + 10, &one, true);
	ok(number("SELECT COUNT(*) FROM notify_queue") == 2, "what was told is gone");
	is_str(taken(1, T0 + 10 + TELLQUEUE_LEASE, 1, 9, &one), "3.1 4.1",
	    "a node that died is followed after its leases");
	free_list(&one);
	testdb_exec(db, "DELETE FROM notify_queue");
	testdb_exec(db, "DELETE FROM notify_log");
}

static void
test_order(void)
{
	struct errand *list = NULL, *other = NULL;
	us_t now = T0 + 9;

	put(OUTBOX_POSTBACK, 1, 1, 10, T0 + 3);
	put(OUTBOX_POSTBACK, 2, 1, 10, T0 + 3);
	put(OUTBOX_POSTBACK, 1, 1, 20, T0 + 1);
	put(OUTBOX_POSTBACK, 1, 1, 30, T0 + 2);
	put(OUTBOX_POSTBACK, 1, 2, 40, T0 + 4);
	put(OUTBOX_PAGE, 9, 2, 5, T0);
	is_str(taken(1, now, 1, 9, &list), "1.10 2.40", "the oldest of each subject");
	is_str(taken(2, now, 2, 9, &other), "1.10",
	    "the same step goes to another hook beside it");
	settle(2, now, &other, true);
	settle(1, now, &list, false);
	ok(number("SELECT MIN(due_us) FROM notify_queue WHERE kind = 1") ==
		now + 60 * US_SECOND,
	    "what failed is due in a minute, and so is what waits behind it");
	is_str(taken(1, now + 59 * US_SECOND, 1, 9, &list), "", "not before");
	now += 60 * US_SECOND;
	is_str(taken(1, now, 1, 9, &list), "1.10 2.40", "then again");
	settle(1, now, &list, true);
	is_str(taken(1, now, 1, 9, &list), "1.20", "the next step");
	settle(1, now, &list, true);
	is_str(taken(2, now, 1, 9, &list), "1.30", "and the next, by whatever node");
	for (unsigned i = 0; i < 6; i++) {
		settle(2, now, &list, false);
		now += 13 * 3600 * US_SECOND;
		is_str(taken(2, now, 1, 9, &list), i < 5 ? "1.30" : "",
		    i < 5 ? "tried again" : "given up");
	}
	ok(number("SELECT COUNT(*) FROM notify_log WHERE given_up") == 1 &&
		number("SELECT COUNT(*) FROM notify_log") == 12,
	    "a log row an attempt, and the last says so");
	testdb_exec(db, "DELETE FROM notify_queue");
}

struct edit {
	struct account a;
	enum account_type type;
	const char *name;
};

static enum err
do_add(struct change *c, void *what)
{
	struct edit *e = what;

	account_init(&e->a, e->type);
	e->a.username = str_of(e->name);
	return account_add(c, &e->a, STR(""));
}

static enum err
do_store(struct change *c, void *what)
{
	struct edit *e = what;

	e->a.notes = STR("changed");
	return account_store(c, &e->a, STR(""));
}

static enum err
do_fail(struct change *c, void *what)
{
	enum err rc = do_store(c, what);

	return rc != ERR_OK ? rc : change_fault(c, ERR_INVALID, "x", "no");
}

static enum err
do_settings(struct change *c, void *what)
{
	enum err rc =
	    netset_set(c, STR("POST_ACCOUNT_CHANGES"), STR("http://x.example/changed"));

	(void)what;
	if (rc == ERR_OK)
		rc = netset_set(c, STR("POST_ACCOUNT_CHANGES_DELAY"), STR("24"));
	return rc;
}

static void
test_accounts(void)
{
	struct change c = {.db = db, .arena = arena_new()};
	struct edit bob = {.type = ACCOUNT_AFFILIATE, .name = "bob"},
		    shop = {.type = ACCOUNT_ADVERTISER, .name = "shop"};

	clock_set(T0);
	ok(change_run(&c, do_add, &bob) == ERR_OK &&
		change_run(&c, do_store, &bob) == ERR_OK &&
		number("SELECT COUNT(*) FROM notify_queue") == 0,
	    "nobody is told while no URL is set");
	ok(change_run(&c, do_settings, NULL) == ERR_OK, "a URL, and a delay");
	ok(change_run(&c, do_add, &shop) == ERR_OK &&
		change_run(&c, do_store, &shop) == ERR_OK &&
		number("SELECT COUNT(*) FROM notify_queue") == 0,
	    "advertisers are nobody's business");
	ok(change_run(&c, do_fail, &bob) == ERR_INVALID &&
		number("SELECT COUNT(*) FROM notify_queue") == 0,
	    "a change that is rolled back is not told");
	clock_set(T0 + 7);
	ok(change_run(&c, do_store, &bob) == ERR_OK &&
		number("SELECT COUNT(*) FROM notify_queue WHERE kind = 3") == 1,
	    "a change is");
	ok(number("SELECT due_us - created_us FROM notify_queue") ==
		24 * 3600 * US_SECOND,
	    "after the delay");
	clock_set(T0 + 8);
	ok(change_run(&c, do_store, &bob) == ERR_OK &&
		number("SELECT COUNT(*) FROM notify_queue WHERE kind = 3") == 2,
	    "and each further one");
	clock_set(0);
	arena_free(&c.arena);
}

int
main(void)
{
	db = testdb_open();
	test_groups();
	test_notices();
	test_leases();
	test_order();
	test_accounts();
	testdb_close(&db);
	return tap_done();
}
