/* creative_columns.h - table `creative`, all but its id.  Read by domain/creative.h; kinds: domain/row.h.
 * No guard, on purpose.
 *
 *  COL(name, kind, words)                                                                           */
/* clang-format off */
COL(type_id,     num,  -)
COL(offer_id,    ref,  -)
COL(deleted,     flag, -)
COL(pending,     flag, -)
COL(hosted,      num,  -)
COL(name,        text, -)
COL(alt,         text, -)
COL(hosted_url,  text, -)
COL(file,        text, -)
COL(ext,         text, -)
COL(mime,        text, -)
COL(width,       num,  -)
COL(height,      num,  -)
COL(size,        num,  -)
COL(added_us,    num,  -)
COL(modified_us, num,  -)
/* clang-format on */
