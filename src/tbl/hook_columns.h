/* hook_columns.h - table `hook`, all but its id.  Read by domain/hook.h; kinds: domain/row.h.  No guard, on
 * purpose.
 *
 *  COL(name, kind, words)                                                                           */
/* clang-format off */
COL(account_id,  num,  -)
COL(kind,        num,  -)
COL(offer_id,    ref,  -)
COL(campaign_id, ref,  -)
COL(goal,        text, -)
COL(status,      num,  -)
COL(events,      num,  -)
COL(forced,      flag, -)
COL(active,      flag, -)
COL(moderation,  num,  -)
COL(deleted,     flag, -)
COL(name,        text, -)
COL(code,        text, -)
COL(created_us,  num,  -)
COL(updated_us,  num,  -)
/* clang-format on */
