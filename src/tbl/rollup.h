/* rollup.h - the summed columns of table rollup_booked, in the order of the table, each with what it sums as SQL
 * over the raw rows, so that a recount reads the same list as the booking.  No guard, on purpose.
 *
 *  ROLL(column, of a ledger row, of a payout row)                       what ledger rows alone can change
 *  ROLL_CLICK(column, of a click, of a ledger row, of a payout row)     what clicks change too
 *
 * c is the click or impression (displayed): counted says that it is a page view, shown that it is an impression that
 * counts; payout and revenue are 0 unless it counts, payout_b and revenue_b are they in base.  t is the
 * ledger row: kind is its type, or its original's for an omission, whose sign is -1 then, and for a correction,
 * whose sign is 0.  p is the payout. */
/* clang-format off */
#ifndef ROLL_CLICK
#define ROLL_CLICK(column_, click_, txn_, payout_) ROLL(column_, txn_, payout_)
#define ROLL_CLICK_IS_OURS
#endif
/*         column                   of a click                                    of a ledger row                       of a payout row */
ROLL_CLICK(page_view,               "c.counted",                                  "0",                                  "0")
ROLL_CLICK(unique_visitor,          "c.counted AND c.flags & 1",                  "0",                                  "0")
ROLL_CLICK(unique_offer,            "c.counted AND c.flags & 2",                  "0",                                  "0")
ROLL_CLICK(impression,              "c.shown",                                    "0",                                  "0")
ROLL_CLICK(bot,                     "NOT c.displayed AND c.verdict IN (1, 2)",                        "0",                                  "0")
ROLL_CLICK(refused,                 "NOT c.displayed AND c.verdict >= 16",                            "0",                                  "0")
ROLL(      conversion,                                                            "t.sign * (t.kind = 1 AND t.advertiser_id = 0)", "0")
ROLL(      advertiser_initial,                                                    "t.sign * (t.kind = 1 AND t.advertiser_id > 0)", "0")
ROLL(      continuity,                                                            "t.sign * (t.kind = 2)",              "0")
ROLL(      goal,                                                                  "t.sign * (t.kind = 3)",              "0")
ROLL(      void_n,                                                                "t.kind = 4",                         "0")
ROLL(      chargeback_n,                                                          "t.kind = 5",                         "0")
ROLL(      void_reversal_n,                                                       "t.kind = 6",                         "0")
ROLL(      chargeback_reversal_n,                                                 "t.kind = 7",                         "0")
ROLL(      initial_undone,                                                        "t.of_initial * ((t.kind IN (4, 5)) - (t.kind IN (6, 7)))", "0")
ROLL(      conversion_amount,                                                     "IF(t.kind = 1 AND t.advertiser_id = 0, t.revenue, 0)", "0")
ROLL(      conversion_amount_b,                                                   "IF(t.kind = 1 AND t.advertiser_id = 0, t.revenue_b, 0)", "0")
ROLL(      initial_amount,                                                        "IF(t.kind = 1 AND t.advertiser_id > 0, t.revenue, 0)", "0")
ROLL(      initial_amount_b,                                                      "IF(t.kind = 1 AND t.advertiser_id > 0, t.revenue_b, 0)", "0")
ROLL(      continuity_amount,                                                     "IF(t.kind = 2, t.revenue, 0)",       "0")
ROLL(      continuity_amount_b,                                                   "IF(t.kind = 2, t.revenue_b, 0)",     "0")
ROLL(      goal_amount,                                                           "IF(t.kind = 3, t.revenue, 0)",       "0")
ROLL(      goal_amount_b,                                                         "IF(t.kind = 3, t.revenue_b, 0)",     "0")
ROLL_CLICK(income_amount,           "c.revenue",                "0",                                  "0")
ROLL_CLICK(income_amount_b,         "c.revenue_b",              "0",                                  "0")
ROLL(      void_amount,                                                           "IF(t.kind = 4, t.revenue, 0)",       "0")
ROLL(      void_amount_b,                                                         "IF(t.kind = 4, t.revenue_b, 0)",     "0")
ROLL(      chargeback_amount,                                                     "IF(t.kind = 5, t.revenue, 0)",       "0")
ROLL(      chargeback_amount_b,                                                   "IF(t.kind = 5, t.revenue_b, 0)",     "0")
ROLL(      void_rev_amount,                                                       "IF(t.kind = 6, t.revenue, 0)",       "0")
ROLL(      void_rev_amount_b,                                                     "IF(t.kind = 6, t.revenue_b, 0)",     "0")
ROLL(      chargeback_rev_amount,                                                 "IF(t.kind = 7, t.revenue, 0)",       "0")
ROLL(      chargeback_rev_amount_b,                                               "IF(t.kind = 7, t.revenue_b, 0)",     "0")
ROLL_CLICK(affiliate_payout,        "c.payout",                 "0",                                  "IF(p.role = 1, p.amount, 0)")
ROLL_CLICK(affiliate_payout_b,      "c.payout_b",               "0",                                  "IF(p.role = 1, p.amount_b, 0)")
ROLL_CLICK(click_payout,            "c.payout",                 "0",                                  "0")
ROLL_CLICK(click_payout_b,          "c.payout_b",               "0",                                  "0")
ROLL(      referral_payout,                                                       "0",                                  "IF(p.role = 2, p.amount, 0)")
ROLL(      referral_payout_b,                                                     "0",                                  "IF(p.role = 2, p.amount_b, 0)")
ROLL(      manager_payout,                                                        "0",                                  "IF(p.role IN (3, 6), p.amount, 0)")
ROLL(      manager_payout_b,                                                      "0",                                  "IF(p.role IN (3, 6), p.amount_b, 0)")
ROLL(      partner_payout,                                                        "0",                                  "IF(p.role = 4, p.amount, 0)")
ROLL(      partner_payout_b,                                                      "0",                                  "IF(p.role = 4, p.amount_b, 0)")
ROLL(      correction_payout,                                                     "0",                                  "IF(p.role = 5, p.amount, 0)")
ROLL(      correction_payout_b,                                                   "0",                                  "IF(p.role = 5, p.amount_b, 0)")
ROLL(      cost_b,                                                                "t.cost_b",                           "0")
#ifdef ROLL_CLICK_IS_OURS
#undef ROLL_CLICK
#undef ROLL_CLICK_IS_OURS
#endif
/* clang-format on */
