/* redirect_columns.h - table `redirect_rule`, all but its id.  Read by domain/redirrule.h; kinds:
 * domain/row.h.  No guard, on purpose.
 *
 *  COL(name, kind, words)                                                                           */
/* clang-format off */
COL(offer_id,        num,  -)
COL(landing_page_id, num,  -)
COL(position,        num,  -)
COL(share,           num,  -)
COL(visitor,         word, redirrule_visitor_words)
COL(countries,       text, -)
COL(country_exclude, flag, -)
COL(commission_id,   num,  -)
COL(affiliate_id,    num,  -)
COL(to_offer_id,     num,  -)
COL(to_lp_id,        num,  -)
COL(to_url,          text, -)
COL(track,           flag, -)
COL(active,          flag, -)
COL(deleted,         flag, -)
COL(created_us,      num,  -)
COL(updated_us,      num,  -)
/* clang-format on */
