/* customer_fields.h - what is kept about the person behind a customer: columns of table customer_person.  No
 * guard, on purpose.
 *
 *  PERSON(name)                                                                                     */
/* clang-format off */
PERSON(username)
PERSON(email)
PERSON(firstname)
PERSON(lastname)
PERSON(address1)
PERSON(address2)
PERSON(city)
PERSON(state)
PERSON(zip)
PERSON(country)
PERSON(phone)
PERSON(custom1)
PERSON(custom2)
PERSON(custom3)
PERSON(custom4)
PERSON(custom5)
/* clang-format on */
