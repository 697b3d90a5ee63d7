/* rollup.h - the summed columns of table rollup_booked, in the order of the table.  No guard, on purpose.
 *
 *  ROLL(column)       what ledger rows alone can change
 *  ROLL_CLICK(column) what clicks change too                                                        */
/* clang-format off */
#ifndef ROLL_CLICK
#define ROLL_CLICK(column_) ROLL(column_)
#define ROLL_CLICK_IS_OURS
#endif
ROLL_CLICK(page_view)
ROLL_CLICK(unique_visitor)
ROLL_CLICK(unique_offer)
ROLL_CLICK(bot)
ROLL_CLICK(refused)
ROLL(conversion)
ROLL(advertiser_initial)
ROLL(continuity)
ROLL(goal)
ROLL(void_n)
ROLL(chargeback_n)
ROLL(void_reversal_n)
ROLL(chargeback_reversal_n)
ROLL(initial_undone)
ROLL(conversion_amount)
ROLL(conversion_amount_b)
ROLL(initial_amount)
ROLL(initial_amount_b)
ROLL(continuity_amount)
ROLL(continuity_amount_b)
ROLL(goal_amount)
ROLL(goal_amount_b)
ROLL_CLICK(income_amount)
ROLL_CLICK(income_amount_b)
ROLL(void_amount)
ROLL(void_amount_b)
ROLL(chargeback_amount)
ROLL(chargeback_amount_b)
ROLL(void_rev_amount)
ROLL(void_rev_amount_b)
ROLL(chargeback_rev_amount)
ROLL(chargeback_rev_amount_b)
ROLL_CLICK(affiliate_payout)
ROLL_CLICK(affiliate_payout_b)
ROLL_CLICK(click_payout)
ROLL_CLICK(click_payout_b)
ROLL(referral_payout)
ROLL(referral_payout_b)
ROLL(manager_payout)
ROLL(manager_payout_b)
ROLL(partner_payout)
ROLL(partner_payout_b)
ROLL(correction_payout)
ROLL(correction_payout_b)
ROLL(cost_b)
#ifdef ROLL_CLICK_IS_OURS
#undef ROLL_CLICK
#undef ROLL_CLICK_IS_OURS
#endif
/* clang-format on */
