/* ep_affise_convert.h - rows of tbl/endpoints.h: /3.0/admin/conversion and conversions.  No guard, on purpose. */
/* clang-format off */
EP(affise_edit_conversion, POST, "/3.0/admin/conversion/edit", ADMIN, "0.3",
    "Another status, other amounts or another currency for conversions.",
    "The call is on disk, whole, before it is answered, and booked in one piece; ids of no conversion are passed over.  confirmed or hold to declined or not_found is a void that takes the payout back, the way back its reversal; pending to confirmed an approval; other amounts are corrections; another currency is a void and a new booking, with the numbers that were not sent unchanged and the rate of the conversion's own time.  confirmed ends a hold at once.")
ARG(affise_edit_conversion,  FORM, ids, tree, REQUIRED, NULL, 0, 10000, "Conversions, 24 hex digits each, at most 10000: an array, one, or several parted by commas.")
ARG(affise_edit_conversion,  FORM, status, word, OPTIONAL, NULL, 0, "confirmed|pending|declined|not_found|hold", "New status.")
ARG(affise_edit_conversion,  FORM, currency, str, OPTIONAL, NULL, 3, 3, "Code of a currency that has a rate, in any case.")
ARG(affise_edit_conversion,  FORM, payouts, money, OPTIONAL, NULL, 0, MONEY_MOST, "New payout of the affiliate, in the conversion's currency.")
ARG(affise_edit_conversion,  FORM, revenue, money, OPTIONAL, NULL, 0, MONEY_MOST, "New amount that the advertiser pays, ditto.")
ARG(affise_edit_conversion,  FORM, comment, str, OPTIONAL, NULL, 0, 1024, "Remark.")
REPLY(affise_edit_conversion, 200, affise_edited)
EP_EVENT(affise_edit_conversion)
EP_END(affise_edit_conversion)

EP(affise_import_conversion, POST, "/3.0/admin/conversion/import", ADMIN, "0.3",
    "A conversion that no click accounts for.",
    "As admin/conversions/import with one row.")
ARG(affise_import_conversion,  FORM, offer, str, REQUIRED, NULL, 1, 24, "Offer, by number or 24 hex digits.")
ARG(affise_import_conversion,  FORM, pid, str, REQUIRED, NULL, 1, 10, "Affiliate.")
ARG(affise_import_conversion,  FORM, action_id, str, OPTIONAL, NULL, 0, 190, "The advertiser's id of the conversion.")
ARG(affise_import_conversion,  FORM, goal, str, OPTIONAL, NULL, 0, 190, "Goal value.  Default: 1.")
ARG(affise_import_conversion,  FORM, ip, str, OPTIONAL, NULL, 0, 45, "Address of the visitor.")
ARG(affise_import_conversion,  FORM, ua, str, OPTIONAL, NULL, 0, 512, "User agent of the visitor.")
ARG(affise_import_conversion,  FORM, sum, str, OPTIONAL, NULL, 0, 40, "Amount of the order, for percent payments.")
ARG(affise_import_conversion,  FORM, status, word, OPTIONAL, NULL, 0, "confirmed|pending|declined|not_found|hold|pending_cap", "Status; pending_cap is pending.  Default: as the offer has it.")
REPLY(affise_import_conversion, 200, affise_imported)
EP_EVENT(affise_import_conversion)
EP_END(affise_import_conversion)

EP(affise_import_conversions, POST, "/3.0/admin/conversions/import", ADMIN, "0.3",
    "Conversions that no click accounts for.",
    "Each is priced by its offer's payments, as if it had happened now: country and city by its address, device by its user agent.  The call is on disk, whole, before it is answered, and booked in one piece.  A row that cannot be read is an error and nothing is done; one whose action_id is known for its offer and goal makes no second conversion.")
ARG(affise_import_conversions, FORM, list, tree, REQUIRED, NULL, 0, 10000, "Rows, at most 10000: list[0][offer], [pid], [action_id], [goal], [ip], [ua], [sum], [status] as admin/conversion/import takes them.")
REPLY(affise_import_conversions, 200, affise_imports)
EP_EVENT(affise_import_conversions)
EP_END(affise_import_conversions)
/* clang-format on */
