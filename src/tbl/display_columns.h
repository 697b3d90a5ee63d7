/* display_columns.h - table `offer_display`, all but its offer.  Read by domain/offerdisplay.h; kinds:
 * domain/row.h.  No guard, on purpose.
 *
 *  COL(name, kind, words)                                                                           */
/* clang-format off */
COL(external_offer_id, text, -)
COL(is_cpi,            flag, -)
COL(hide_payments,     flag, -)
COL(tags,              text, -)
COL(notes,             text, -)
COL(note_aff,          text, -)
COL(note_sales,        text, -)
COL(descriptions,      text, -)
COL(kpi,               text, -)
COL(logo_file,         text, -)
COL(logo_url,          text, -)
/* clang-format on */
