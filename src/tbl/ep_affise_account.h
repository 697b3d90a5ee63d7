/* ep_affise_account.h - rows of tbl/endpoints.h: /3.0/admin/partner, /3.0/admin/advertiser.  No guard, on purpose. */
/* clang-format off */
EP(affise_add_partner, POST, "/3.0/admin/partner", ADMIN, "0.1",
    "Create an affiliate with an API key.",
    "The key is shown in this answer only.")
ARG(affise_add_partner, FORM, email,       str,  REQUIRED, NULL, 1, 190,   "E-mail address, unique.")
ARG(affise_add_partner, FORM, password,    str,  REQUIRED, NULL, 1, 1024,  "Password; only a hash is stored.")
ARG(affise_add_partner, FORM, login,       str,  OPTIONAL, NULL, 0, 190,   "Name, unique over all accounts; no dots or slashes.  Empty: made from the address.")
ARG(affise_add_partner, FORM, ref_percent, pct,  OPTIONAL, NULL, 0, 1000000, "Referral percentage.")
ARG(affise_add_partner, FORM, notes,       str,  OPTIONAL, NULL, 0, 16000, "Notes.")
ARG(affise_add_partner, FORM, status,      word, OPTIONAL, NULL, 0, "active|not active|banned|on moderation", "State; empty: active.")
ARG(affise_add_partner, FORM, level,       int,  OPTIONAL, "0",  0, INT32_MAX, "Level.")
ARG(affise_add_partner, FORM, manager_id,  ref,  OPTIONAL, NULL, 1, UINT32_MAX, "Manager.")
ARG(affise_add_partner, FORM, ref,         id,   OPTIONAL, NULL, 0, UINT32_MAX, "Affiliate that referred this one.")
ARG(affise_add_partner, FORM, country,     str,  OPTIONAL, NULL, 0, 255,   "Country.")
NOTYET(affise_add_partner, "payment_systems", "Payout accounts.")
NOTYET(affise_add_partner, "custom_fields", "Sign-up answers.")
REPLY(affise_add_partner, 200, affise_new_partner)
EP_END(affise_add_partner)

EP(affise_add_advertiser, POST, "/3.0/admin/advertiser", ADMIN, "0.1",
    "Create an advertiser.",
    "")
ARG(affise_add_advertiser, FORM, title,      str, REQUIRED, NULL, 1, 255,  "Company name.")
ARG(affise_add_advertiser, FORM, contact,    str, OPTIONAL, NULL, 0, 255,  "Contact person.")
ARG(affise_add_advertiser, FORM, skype,      str, OPTIONAL, NULL, 0, 255,  "Messenger name.")
ARG(affise_add_advertiser, FORM, manager,    ref, OPTIONAL, NULL, 1, UINT32_MAX, "Manager.")
ARG(affise_add_advertiser, FORM, url,        str, OPTIONAL, NULL, 0, 2048, "Site.")
ARG(affise_add_advertiser, FORM, email,      str, OPTIONAL, NULL, 0, 190,  "E-mail address, unique.")
ARG(affise_add_advertiser, FORM, allowed_ip, str, OPTIONAL, NULL, 0, 4096, "Addresses and ranges that may send postbacks, one a line.")
ARG(affise_add_advertiser, FORM, address_1,  str, OPTIONAL, NULL, 0, 255,  "Address.")
ARG(affise_add_advertiser, FORM, address_2,  str, OPTIONAL, NULL, 0, 255,  "Address, second line.")
ARG(affise_add_advertiser, FORM, city,       str, OPTIONAL, NULL, 0, 255,  "City.")
ARG(affise_add_advertiser, FORM, country,    str, OPTIONAL, NULL, 0, 255,  "Country.")
ARG(affise_add_advertiser, FORM, zip_code,   str, OPTIONAL, NULL, 0, 255,  "Postal code.")
ARG(affise_add_advertiser, FORM, vat_code,   str, OPTIONAL, NULL, 0, 255,  "Tax number.")
NOTYET(affise_add_advertiser, "sub_account_1", "sub1 values.")
NOTYET(affise_add_advertiser, "sub_account_2", "sub2 values.")
NOTYET(affise_add_advertiser, "sub_account_1_except", "The sub1 list blocks.")
NOTYET(affise_add_advertiser, "sub_account_2_except", "The sub2 list blocks.")
REPLY(affise_add_advertiser, 200, affise_new_advertiser)
EP_END(affise_add_advertiser)
/* clang-format on */
