/* target_columns.h - table `offer_target`, all but its offer.  Read by domain/offertarget.h; kinds: domain/row.h.
 * No guard, on purpose.
 *
 *  COL(name, kind, words)                                                                           */
/* clang-format off */
COL(strictly_country, flag, -)
COL(states,           text, -)
COL(cities,           text, -)
COL(hours,            text, -)
COL(devices,          text, -)
COL(os,               text, -)
COL(connection,       word, offertarget_connection_words)
COL(isps,             text, -)
COL(refused_ips,      text, -)
COL(sub1,             text, -)
COL(sub1_except,      flag, -)
COL(sub2,             text, -)
COL(sub2_except,      flag, -)
COL(sub_pairs,        text, -)
COL(empty_sub,        num,  -)
/* clang-format on */
