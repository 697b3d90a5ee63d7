/* SPDX-License-Identifier: Apache-2.0
 * accountfind.h - accounts by what they are and what they did.
 *
 * One thread.  A search gives numbers; what is shown of them is read by accountfind_rows()
 * in pieces, so that a network's whole list streams.
 */
#ifndef REPORT_ACCOUNTFIND_H
#define REPORT_ACCOUNTFIND_H

#include "base/arena.h"
#include "base/money.h"
#include "db/db.h"
#include "report/period.h"

#define ACCOUNTFIND_PAYVIA                                          \
	(" AND a.id IN (SELECT v.account_id FROM account_payvia v " \
	 "WHERE INSTR(v.value, ?) > 0)")

/* A condition each; `piece` is a constant with one ?. */
#define ACCOUNTFIND_TEXTS(X)                              \
	X(username, " AND a.username = ?")                \
	X(email, " AND a.email = ?")                      \
	X(firstname, " AND p.firstname = ?")              \
	X(lastname, " AND p.lastname = ?")                \
	X(city, " AND p.city = ?")                        \
	X(state, " AND p.state = ?")                      \
	X(zip_code, " AND p.zip_code = ?")                \
	X(country, " AND p.country = ?")                  \
	X(company, " AND p.company = ?")                  \
	X(url, " AND p.url = ?")                          \
	X(aim, " AND p.aim = ?")                          \
	X(icq, " AND p.icq = ?")                          \
	X(join_ip, " AND p.join_ip = ?")                  \
	X(login_ip, " AND l.ip = CONVERT(? USING ascii)") \
	X(payvia_details, ACCOUNTFIND_PAYVIA)             \
	X(search_ref, " AND INSTR(f.username, ?) > 0")

#define ACCOUNTFIND_NUMBERS(X)                         \
	X(loginid, " AND a.id = ?")                    \
	X(deleted, " AND a.deleted = ?")               \
	X(inhouse, " AND a.inhouse = ?")               \
	X(status, " AND a.status = ?")                 \
	X(type, " AND a.type = ?")                     \
	X(payvia_type_id, " AND a.payvia_type_id = ?") \
	X(refid, " AND a.ref_account_id = ?")          \
	X(sales_rep, " AND a.manager_id = ?")

/* What the rollups say of one account, by key: in the period of the question, or ever. */
#define ACCOUNTFIND_EVER(what_)                   \
	"(SELECT " what_ " FROM rollup_booked r " \
	"WHERE r.affiliate_id = a.id"
#define ACCOUNTFIND_THEN(what_) \
	ACCOUNTFIND_EVER(what_) " AND r.bucket >= ? AND r.bucket < ?)"
#define ACCOUNTFIND_SUM(what_) "COALESCE(SUM(" what_ "), 0)"
#define ACCOUNTFIND_PAY "r.affiliate_payout_b + r.correction_payout_b"

/* Below a number, or (`least`) from it on.  Counts are those of a period, which has two
 * values of its own to bind (`timed_`); money is in micro-units of the base currency, a
 * ratio in millionths. */
#define ACCOUNTFIND_BOUNDS(X)                                                         \
	X(join_date, "a.created_us", false)                                           \
	X(login_date, "l.at_us", false)                                               \
	X(min_pay, "COALESCE(a.minimum_payout, 0)", false)                            \
	X(join_count,                                                                 \
	    ACCOUNTFIND_THEN(ACCOUNTFIND_SUM("r.conversion + r.advertiser_initial")), \
	    true)                                                                     \
	X(raw_clicks, ACCOUNTFIND_THEN(ACCOUNTFIND_SUM("r.page_view")), true)         \
	X(unq_clicks, ACCOUNTFIND_THEN(ACCOUNTFIND_SUM("r.unique_visitor")), true)    \
	X(continuity_count, ACCOUNTFIND_THEN(ACCOUNTFIND_SUM("r.continuity")), true)  \
	X(void_count, ACCOUNTFIND_THEN(ACCOUNTFIND_SUM("r.void_n")), true)            \
	X(ratio,                                                                      \
	    ACCOUNTFIND_THEN("SUM(r.page_view) * 1000000 / NULLIF(SUM(r.conversion "  \
			     "+ r.advertiser_initial), 0)"),                          \
	    true)                                                                     \
	X(total, ACCOUNTFIND_THEN(ACCOUNTFIND_SUM(ACCOUNTFIND_PAY)), true)            \
	X(total_earned, ACCOUNTFIND_EVER(ACCOUNTFIND_SUM(ACCOUNTFIND_PAY)) ")", false)

enum {
#define X(name_, piece_) AF_T_##name_,
	ACCOUNTFIND_TEXTS(X) AF_TEXTS
#undef X
};
enum {
#define X(name_, piece_) AF_N_##name_,
	ACCOUNTFIND_NUMBERS(X) AF_NUMBERS
#undef X
};
enum {
#define X(name_, column_, timed_) AF_B_##name_,
	ACCOUNTFIND_BOUNDS(X) AF_BOUNDS
#undef X
};

struct accountfind {
	struct str text[AF_TEXTS]; /* STR_NONE: any */
	struct str name;           /* the full name, or how its parts begin */
	struct str address;        /* how a line of it begins */
	struct {
		bool given;
		int64_t v;
	} number[AF_NUMBERS];
	struct {
		bool given, least;
		int64_t v;
	} bound[AF_BOUNDS];
	struct period stats; /* of the counts; {0, 0}: all time */
	struct str order;    /* accountfind_order_ok(); STR_NONE: by number */
	uint64_t skip, count;
};

/* Whether lists can be sorted by it. */
NODISCARD bool accountfind_order_ok(struct str column);
/* Numbers in order, in the arena. */
NODISCARD enum err accountfind_ids(struct db *db, struct arena *a,
    const struct accountfind *f, int64_t **ids, size_t *n);

/* An account as a search shows it.  Texts live until the next row. */
struct accountfind_row {
	int64_t id, type, status, deleted, inhouse, payvia_type_id, payout_period_id;
	int64_t ref_id;
	us_t created_us, login_us; /* login_us 0: none */
	bool has_minimum;
	money_t minimum_payout;
	struct str username, email, login_ip;
	struct str firstname, lastname, company, url, tel, icq, aim, msn, skype, address1,
	    address2, city, state, country, zip_code, join_ip, tax_id, custom[5];
};
/* In the order of the numbers. */
NODISCARD enum err accountfind_rows(struct db *db, struct arena *a, const int64_t *ids,
    size_t n, struct accountfind_row **out, size_t *n_out);

#endif
