/* ep_nats_customer.h - rows of tbl/endpoints.h: /api/customer.  No guard, on purpose. */
/* clang-format off */
EP(nats_customer_lock, PATCH, "/api/customer/lock", ADMIN, "0.2",
    "Lock a customer's record.",
    "It cannot be edited in the network then; the advertiser's posts still change it.  One of the three selectors is needed.")
ARG(nats_customer_lock, QUERY, customer_id, id, OPTIONAL, NULL, 1, INT64_MAX, "Number of the customer.")
ARG(nats_customer_lock, QUERY, subscription_id, str, OPTIONAL, NULL, 0, 190, "The advertiser's own id.")
ARG(nats_customer_lock, QUERY, orderid, str, OPTIONAL, NULL, 0, 190, "Order id of one of the customer's transactions.")
ARG(nats_customer_lock, QUERY, offerid, id, OPTIONAL, NULL, 1, UINT32_MAX, "Narrows an id that several offers have.")
REPLY(nats_customer_lock, 200, yes)
EP_END(nats_customer_lock)

EP(nats_customer_unlock, PATCH, "/api/customer/unlock", ADMIN, "0.2",
    "Undo a lock.",
    "One of the three selectors is needed.")
ARG(nats_customer_unlock, QUERY, customer_id, id, OPTIONAL, NULL, 1, INT64_MAX, "Number of the customer.")
ARG(nats_customer_unlock, QUERY, subscription_id, str, OPTIONAL, NULL, 0, 190, "The advertiser's own id.")
ARG(nats_customer_unlock, QUERY, orderid, str, OPTIONAL, NULL, 0, 190, "Order id of one of the customer's transactions.")
ARG(nats_customer_unlock, QUERY, offerid, id, OPTIONAL, NULL, 1, UINT32_MAX, "Narrows an id that several offers have.")
REPLY(nats_customer_unlock, 200, yes)
EP_END(nats_customer_unlock)

EP(nats_customer_export, GET, "/api/customer/export", ADMIN, "0.2",
    "Everything that is kept about a customer.",
    "For a data access request.  One of the three selectors is needed.")
ARG(nats_customer_export, QUERY, customer_id, id, OPTIONAL, NULL, 1, INT64_MAX, "Number of the customer.")
ARG(nats_customer_export, QUERY, subscription_id, str, OPTIONAL, NULL, 0, 190, "The advertiser's own id.")
ARG(nats_customer_export, QUERY, orderid, str, OPTIONAL, NULL, 0, 190, "Order id of one of the customer's transactions.")
ARG(nats_customer_export, QUERY, offerid, id, OPTIONAL, NULL, 1, UINT32_MAX, "Narrows an id that several offers have.")
REPLY(nats_customer_export, 200, nats_customer)
EP_END(nats_customer_export)

EP(nats_customer_forget, PATCH, "/api/customer/forget", ADMIN, "0.2",
    "Erase what identifies a customer.",
    "Amounts stay.  The addresses of the customer's conversions and clicks and the posts as they were received are erased too.  There is no way back.  One of the three selectors is needed.")
ARG(nats_customer_forget, QUERY, customer_id, id, OPTIONAL, NULL, 1, INT64_MAX, "Number of the customer.")
ARG(nats_customer_forget, QUERY, subscription_id, str, OPTIONAL, NULL, 0, 190, "The advertiser's own id.")
ARG(nats_customer_forget, QUERY, orderid, str, OPTIONAL, NULL, 0, 190, "Order id of one of the customer's transactions.")
ARG(nats_customer_forget, QUERY, offerid, id, OPTIONAL, NULL, 1, UINT32_MAX, "Narrows an id that several offers have.")
ARG(nats_customer_forget, QUERY, keep, csv, OPTIONAL, NULL, 0, 64, "Fields that stay, such as country,zip; names of what this server does not keep are fine.")
REPLY(nats_customer_forget, 200, yes)
EP_END(nats_customer_forget)

EP(nats_customer_details, PATCH, "/api/customer/set_customer_details", ADMIN, "0.2",
    "Change what is kept about a customer.",
    "At least one field is needed; REMOVE clears one, but not the password.  A locked customer is refused.")
ARG(nats_customer_details, QUERY, customer_id, id, OPTIONAL, NULL, 1, INT64_MAX, "Number of the customer.")
ARG(nats_customer_details, QUERY, subscription_id, str, OPTIONAL, NULL, 0, 190, "The advertiser's own id.")
ARG(nats_customer_details, QUERY, offerid, id, OPTIONAL, NULL, 1, UINT32_MAX, "Narrows an id that several offers have.")
ARG(nats_customer_details, QUERY, username, str, OPTIONAL, NULL, 0, 255, "Name the customer logs in with.")
ARG(nats_customer_details, QUERY, password, str, OPTIONAL, NULL, 0, 255, "Stored hashed.")
ARG(nats_customer_details, QUERY, email, str, OPTIONAL, NULL, 0, 255, "Mail address.")
ARG(nats_customer_details, QUERY, firstname, str, OPTIONAL, NULL, 0, 255, "First name.")
ARG(nats_customer_details, QUERY, lastname, str, OPTIONAL, NULL, 0, 255, "Last name.")
ARG(nats_customer_details, QUERY, address1, str, OPTIONAL, NULL, 0, 255, "Address.")
ARG(nats_customer_details, QUERY, address2, str, OPTIONAL, NULL, 0, 255, "Second line of it.")
ARG(nats_customer_details, QUERY, city, str, OPTIONAL, NULL, 0, 255, "City.")
ARG(nats_customer_details, QUERY, state, str, OPTIONAL, NULL, 0, 255, "State.")
ARG(nats_customer_details, QUERY, country, str, OPTIONAL, NULL, 0, 255, "Country.")
ARG(nats_customer_details, QUERY, zip, str, OPTIONAL, NULL, 0, 255, "Postal code.")
ARG(nats_customer_details, QUERY, custom1, str, OPTIONAL, NULL, 0, 255, "Free value.")
ARG(nats_customer_details, QUERY, custom2, str, OPTIONAL, NULL, 0, 255, "Same.")
ARG(nats_customer_details, QUERY, custom3, str, OPTIONAL, NULL, 0, 255, "Same.")
ARG(nats_customer_details, QUERY, custom4, str, OPTIONAL, NULL, 0, 255, "Same.")
ARG(nats_customer_details, QUERY, custom5, str, OPTIONAL, NULL, 0, 255, "Same.")
REPLY(nats_customer_details, 200, yes)
EP_END(nats_customer_details)
/* clang-format on */
