/* person_columns.h - table `account_person`, all but its account; texts.  Read by domain/account.h.  No
 * guard, on purpose.
 *
 *  COL(name, longest)                                                                               */
/* clang-format off */
COL(firstname,      255)
COL(lastname,       255)
COL(company,        255)
COL(contact,        255)
COL(url,           2048)
COL(tel,            255)
COL(icq,            255)
COL(aim,            255)
COL(msn,            255)
COL(skype,          255)
COL(address1,       255)
COL(address2,       255)
COL(city,           255)
COL(state,          255)
COL(country,        255)
COL(zip_code,       255)
COL(tax_id_or_ssn,  255)
COL(vat_code,       255)
COL(join_ip,         45)
/* clang-format on */
