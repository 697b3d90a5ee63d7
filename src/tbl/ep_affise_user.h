/* ep_affise_user.h - rows of tbl/endpoints.h: users with their roles, lists of accounts, edits of affiliates.  No
 * guard, on purpose. */
/* clang-format off */
EP(affise_users, GET, "/3.0/admin/users", ADMIN, "0.3",
    "List the network's users.",
    "Administrators and managers, by number.")
ARG(affise_users, QUERY, page,  int, OPTIONAL, "1", 1, 1000000, "Page, from 1.")
ARG(affise_users, QUERY, limit, int, OPTIONAL, "100", 1, INT32_MAX, "Rows a page; at most 500 are given.")
REPLY(affise_users, 200, affise_users)
EP_END(affise_users)

EP(affise_add_user, POST, "/3.0/admin/user", ADMIN, "0.3",
    "Create a user with an API key.",
    "The key is shown in this answer only.  What a role opens: ROLE_ADMIN everything; ROLE_MANAGER_AFFILIATE affiliates, statistics, tickets, news and looking at offers, of affiliates whose manager he is; ROLE_MANAGER_SALES offers, advertisers, invoices, tickets, news and categories, of advertisers whose manager he is; ROLE_SECTION_ one section each; any role the look-ups.")
ARG(affise_add_user, FORM, email,      str,   REQUIRED, NULL, 1, 190,  "E-mail address, unique.")
ARG(affise_add_user, FORM, password,   str,   REQUIRED, NULL, 5, 1024, "Password; only a hash is stored.")
ARG(affise_add_user, FORM, first_name, str,   REQUIRED, NULL, 1, 255,  "First name.")
ARG(affise_add_user, FORM, last_name,  str,   REQUIRED, NULL, 1, 255,  "Last name.")
ARG(affise_add_user, FORM, roles,      words, REQUIRED, NULL, 0, USERROLE_WORDS, "Roles.")
ARG(affise_add_user, FORM, skype,      str,   OPTIONAL, NULL, 0, 255,  "Messenger name.")
ARG(affise_add_user, FORM, work_hours, str,   OPTIONAL, NULL, 0, 255,  "Working time.")
REPLY(affise_add_user, 200, affise_user)
EP_END(affise_add_user)

EP(affise_edit_user, POST, "/3.0/admin/user/{ID}", ADMIN, "0.3",
    "Change a user; only the fields sent change.",
    "ROLE_ADMIN cannot be taken from the last who has it.")
ARG(affise_edit_user, PATH, ID,         ref,   REQUIRED, NULL, 1, UINT32_MAX, "User, by 24 hex digits or number.")
ARG(affise_edit_user, FORM, email,      str,   OPTIONAL, NULL, 0, 190,  "E-mail address, unique.")
ARG(affise_edit_user, FORM, password,   str,   OPTIONAL, NULL, 5, 1024, "Password.")
ARG(affise_edit_user, FORM, first_name, str,   OPTIONAL, NULL, 0, 255,  "First name.")
ARG(affise_edit_user, FORM, last_name,  str,   OPTIONAL, NULL, 0, 255,  "Last name.")
ARG(affise_edit_user, FORM, roles,      words, OPTIONAL, NULL, 0, USERROLE_WORDS, "Roles; they replace the old ones.")
ARG(affise_edit_user, FORM, skype,      str,   OPTIONAL, NULL, 0, 255,  "Messenger name.")
ARG(affise_edit_user, FORM, work_hours, str,   OPTIONAL, NULL, 0, 255,  "Working time.")
REPLY(affise_edit_user, 200, affise_user)
EP_END(affise_edit_user)

EP(affise_user_key, POST, "/3.0/admin/user/api_key/{ID}", ADMIN, "0.3",
    "Make a new key for a user.",
    "The old ones stop working at once; the new one is shown in this answer only.")
ARG(affise_user_key, PATH, ID, ref, REQUIRED, NULL, 1, UINT32_MAX, "User, by 24 hex digits or number.")
REPLY(affise_user_key, 200, affise_user_key)
EP_END(affise_user_key)

EP(affise_partners, GET, "/3.0/admin/partners", ADMIN, "0.3",
    "List affiliates.",
    "By number.  A manager of affiliates sees his own.")
ARG(affise_partners, QUERY, with_balance, flag, OPTIONAL, "0", 0, 1, "1: with what they are owed.")
ARG(affise_partners, QUERY, page,  int, OPTIONAL, "1", 1, 1000000, "Page, from 1.")
ARG(affise_partners, QUERY, limit, int, OPTIONAL, "100", 1, INT32_MAX, "Rows a page; at most 500 are given.")
REPLY(affise_partners, 200, affise_partners)
EP_END(affise_partners)

EP(affise_edit_partner, POST, "/3.0/admin/partner/{ID}", ADMIN, "0.3",
    "Change an affiliate; only the fields sent change.",
    "")
ARG(affise_edit_partner, PATH, ID,          ref,  REQUIRED, NULL, 1, UINT32_MAX, "Affiliate.")
ARG(affise_edit_partner, FORM, password,    str,  OPTIONAL, NULL, 0, 1024,  "Password; only a hash is stored.")
ARG(affise_edit_partner, FORM, login,       str,  OPTIONAL, NULL, 0, 190,   "Name, unique over all accounts; no dots or slashes.")
ARG(affise_edit_partner, FORM, ref_percent, pct,  OPTIONAL, NULL, 0, 1000000, "Referral percentage; empty: the network's.")
ARG(affise_edit_partner, FORM, notes,       str,  OPTIONAL, NULL, 0, 16000, "Notes.")
ARG(affise_edit_partner, FORM, status,      word, OPTIONAL, NULL, 0, "active|not active|banned|on moderation", "State; empty: no change.")
ARG(affise_edit_partner, FORM, level,       int,  OPTIONAL, NULL, 0, INT32_MAX, "Level.")
ARG(affise_edit_partner, FORM, manager_id,  ref,  OPTIONAL, NULL, 1, UINT32_MAX, "Manager; empty: none.")
ARG(affise_edit_partner, FORM, ref,         id,   OPTIONAL, NULL, 0, UINT32_MAX, "Affiliate that referred this one; 0 or empty: none.")
ARG(affise_edit_partner, FORM, country,     str,  OPTIONAL, NULL, 0, 255,   "Country.")
ARG(affise_edit_partner, FORM, payment_systems, tree, OPTIONAL, NULL, 0, 0, "Payout accounts, which replace the old ones: payment_systems[0][system_id], [currency], [fields][number of the field].")
ARG(affise_edit_partner, FORM, custom_fields, tree, OPTIONAL, NULL, 0, 0, "Sign-up answers: custom_fields[number]; of a choice its number from 1, of check boxes an array of such.  Others stay.")
REPLY(affise_edit_partner, 200, affise_new_partner)
EP_END(affise_edit_partner)

EP(affise_partner_password, POST, "/3.0/admin/partner/password/{ID}", ADMIN, "0.3",
    "Set a random password and answer it.",
    "Keys stay as they are.")
ARG(affise_partner_password, PATH, ID, ref, REQUIRED, NULL, 1, UINT32_MAX, "Affiliate.")
REPLY(affise_partner_password, 200, affise_partner_password)
EP_END(affise_partner_password)

EP(affise_advertisers, GET, "/3.0/admin/advertisers", ADMIN, "0.3",
    "List advertisers.",
    "A manager of advertisers sees his own.")
ARG(affise_advertisers, QUERY, page,  int, OPTIONAL, "1", 1, 1000000, "Page, from 1.")
ARG(affise_advertisers, QUERY, limit, int, OPTIONAL, "100", 1, INT32_MAX, "Rows a page; at most 500 are given.")
ARG(affise_advertisers, QUERY, order, word, OPTIONAL, "_id", 0, "_id|title|email", "What to sort by.")
ARG(affise_advertisers, QUERY, orderType, word, OPTIONAL, "asc", 0, "asc|desc", "Direction.")
REPLY(affise_advertisers, 200, affise_advertisers)
EP_END(affise_advertisers)

EP(affise_sendpass, POST, "/3.0/admin/advertiser/{ID}/sendpass", ADMIN, "0.3",
    "Set a fresh password of an advertiser and mail it to him.",
    "The mail goes through the relay of the configuration.")
ARG(affise_sendpass, PATH, ID, ref, REQUIRED, NULL, 1, UINT32_MAX, "Advertiser, by 24 hex digits or number.")
REPLY(affise_sendpass, 200, affise_message)
EP_END(affise_sendpass)
/* clang-format on */
