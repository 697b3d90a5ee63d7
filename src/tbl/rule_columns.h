/* rule_columns.h - table `payout_rule`, all but its id.  Read by domain/rule.h; kinds: domain/row.h.  No
 * guard, on purpose.
 *
 *  COL(name, kind, words)                                                                           */
/* clang-format off */
COL(offer_id,        num,  -)
COL(change_id,       num,  -)
COL(valid_from_us,   num,  -)
COL(valid_to_us,     ref,  -)
COL(expressed_by,    num,  -)
COL(kind,            word, rule_kind_words)
COL(start_us,        ref,  -)
COL(end_us,          ref,  -)
COL(goal_id,         num,  -)
COL(countries,       text, -)
COL(country_exclude, flag, -)
COL(title,           text, -)
COL(currency,        text, -)
COL(commission_type, word, rule_type_words)
COL(aff_click,       opt,  -)
COL(aff_visitor,     opt,  -)
COL(aff_conversion,  opt,  -)
COL(aff_continuity,  opt,  -)
COL(pct_conversion,  opt,  -)
COL(pct_continuity,  opt,  -)
COL(pct_base,        word, rule_base_words)
COL(adv_cost_type,   word, rule_cost_words)
COL(adv_flat,        opt,  -)
COL(adv_perc,        opt,  -)
/* clang-format on */
