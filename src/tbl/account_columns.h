/* account_columns.h - table `account`, all but its id.  Read by domain/account.h; kinds: domain/row.h.  No
 * guard, on purpose.
 *
 *  COL(name, kind, words)                                                                           */
/* clang-format off */
COL(hex24,               text, -)
COL(type,                num,  -)
COL(username,            text, -)
COL(email,               text, -)
COL(password_hash,       text, -)
COL(status,              num,  -)
COL(deleted,             flag, -)
COL(inhouse,             flag, -)
COL(auto_pending,        flag, -)
COL(title,               text, -)
COL(payvia_type_id,      ref,  -)
COL(minimum_payout,      opt,  -)
COL(payout_period_id,    ref,  -)
COL(ref_account_id,      ref,  -)
COL(manager_id,          ref,  -)
COL(ref_percent,         opt,  -)
COL(percentage_override, opt,  -)
COL(level,               num,  -)
COL(notes,               text, -)
COL(allowed_ip,          text, -)
COL(hash_password,       text, -)
COL(custom1,             text, -)
COL(custom2,             text, -)
COL(custom3,             text, -)
COL(custom4,             text, -)
COL(custom5,             text, -)
COL(created_us,          num,  -)
COL(updated_us,          num,  -)
/* clang-format on */
