/* plcounters.h - the counters of profit and loss: name in the reply, column of rollup_booked, what it is.
 * No guard, on purpose.  In the order of the reply; the totals list them all, a row those that are not 0.
 *
 *  PLC(name, column, kind)   kind: COUNT, or MONEY (base currency, shown in whole cents: R5), or EXTRA: a count that is
 *                            no word of the reference, so that totals too have it only when it is not 0
 *  PLC_NONE(name)            in the vocabulary, but nothing feeds it here: always 0                    */
#ifndef PLC_NONE
#define PLC_NONE(...)
#endif
/* clang-format off */
PLC(page_view,                  page_view,               COUNT)
PLC(unique_visitor,             unique_visitor,          COUNT)
PLC(conversion,                 conversion,              COUNT)
PLC(conversion_amount,          conversion_amount_b,     MONEY)
PLC(advertiser_initial,         advertiser_initial,      COUNT)
PLC(advertiser_initial_amount,  initial_amount_b,        MONEY)
PLC_NONE(phone_call)
PLC_NONE(phone_call_amount)
PLC_NONE(phone_conversion)
PLC_NONE(phone_conversion_amount)
PLC_NONE(affiliate_referral_join)
PLC(continuity,                 continuity,              COUNT)
PLC(continuity_amount,          continuity_amount_b,     MONEY)
PLC(goal,                       goal,                    COUNT)
PLC(goal_amount,                goal_amount_b,           MONEY)
PLC(advertiser_income_amount,   income_amount_b,         MONEY)
PLC(void,                       void_n,                  COUNT)
PLC(void_amount,                void_amount_b,           MONEY)
PLC(chargeback,                 chargeback_n,            COUNT)
PLC(chargeback_amount,          chargeback_amount_b,     MONEY)
PLC(void_reversal,              void_reversal_n,         COUNT)
PLC(void_reversal_amount,       void_rev_amount_b,       MONEY)
PLC(chargeback_reversal,        chargeback_reversal_n,   COUNT)
PLC(chargeback_reversal_amount, chargeback_rev_amount_b, MONEY)
PLC(affiliate_payout,           affiliate_payout_b,      MONEY)
PLC_NONE(referral_join)
PLC(referral_payout,            referral_payout_b,       MONEY)
PLC(affiliate_manager_payout,   manager_payout_b,        MONEY)
PLC(partner_payout,             partner_payout_b,        MONEY)
PLC_NONE(tier_adjustment_payout)
PLC(correction_payout,          correction_payout_b,     MONEY)
PLC(impression,                 impression,              EXTRA)
/* clang-format on */
#undef PLC_NONE
