/* ep_affise_invoice.h - rows of tbl/endpoints.h: invoices of advertisers.  No guard, on purpose. */
/* clang-format off */
EP(affise_invoices, GET, "/3.0/admin/advertiser-invoices", ADMIN, "0.3",
    "Invoices of advertisers.",
    "By number.  A manager of advertisers sees theirs.")
ARG(affise_invoices, QUERY, page,       int,  OPTIONAL, "1", 1, 1000000, "Page, from 1.")
ARG(affise_invoices, QUERY, limit,      int,  OPTIONAL, "100", 1, INT32_MAX, "Rows a page; at most 500 are given.")
ARG(affise_invoices, QUERY, status,     word, OPTIONAL, NULL, 0, "paid|unpaid", "State.")
ARG(affise_invoices, QUERY, start_date, day,  OPTIONAL, NULL, 0, 0, "Whose period ends on this day or later.")
ARG(affise_invoices, QUERY, end_date,   day,  OPTIONAL, NULL, 0, 0, "Whose period begins on this day or earlier.")
REPLY(affise_invoices, 200, affise_invoices)
EP_END(affise_invoices)

EP(affise_invoice, GET, "/3.0/admin/advertiser-invoice/{number}", ADMIN, "0.3",
    "One invoice.",
    "")
ARG(affise_invoice, PATH, number, id, REQUIRED, NULL, 1, UINT32_MAX, "Invoice.")
REPLY(affise_invoice, 200, affise_invoice)
EP_END(affise_invoice)

EP(affise_add_invoice, POST, "/3.0/admin/advertiser-invoice", ADMIN, "0.3",
    "Create an invoice.",
    "With detail it has these lines, which are adjustments.  Without, its lines are made from what was booked in that currency up to the last day and stands on no invoice that was made so, one line an offer: also what became known late, of days that are billed; no revenue stands on two of them.  That day must be over.  Amounts are rounded to the cent.")
ARG(affise_add_invoice, FORM, supplier_id, ref, REQUIRED, NULL, 1, UINT32_MAX, "Advertiser, by 24 hex digits or number.")
ARG(affise_add_invoice, FORM, start_date, day, OPTIONAL, NULL, 0, 0, "First day of the period.")
ARG(affise_add_invoice, FORM, end_date, day, OPTIONAL, NULL, 0, 0, "Last day of the period; not sent: yesterday.")
ARG(affise_add_invoice, FORM, status, word, OPTIONAL, NULL, 0, "paid|unpaid", "State; not sent: unpaid.")
ARG(affise_add_invoice, FORM, currency, str, REQUIRED, NULL, 3, 3, "An active currency.")
ARG(affise_add_invoice, FORM, comment, str, OPTIONAL, NULL, 0, 16000, "Remark.")
ARG(affise_add_invoice, FORM, detail, tree, OPTIONAL, NULL, 0, 0, "Lines: detail[0][offer_id], [payout_type] RPA, RPS, RPA + RPS, RPC or RPM, [actions], [amount], [comment].")
REPLY(affise_add_invoice, 200, affise_message)
EP_END(affise_add_invoice)

EP(affise_edit_invoice, POST, "/3.0/admin/advertiser-invoice/{number}", ADMIN, "0.3",
    "Change an invoice; only the fields sent change.",
    "")
ARG(affise_edit_invoice, PATH, number, id, REQUIRED, NULL, 1, UINT32_MAX, "Invoice.")
ARG(affise_edit_invoice, FORM, supplier_id, ref, OPTIONAL, NULL, 1, UINT32_MAX, "Advertiser, by 24 hex digits or number.")
ARG(affise_edit_invoice, FORM, start_date, day, OPTIONAL, NULL, 0, 0, "First day of the period.")
ARG(affise_edit_invoice, FORM, end_date, day, OPTIONAL, NULL, 0, 0, "Last day of the period.")
ARG(affise_edit_invoice, FORM, status, word, OPTIONAL, NULL, 0, "paid|unpaid", "State.")
ARG(affise_edit_invoice, FORM, comment, str, OPTIONAL, NULL, 0, 16000, "Remark.")
ARG(affise_edit_invoice, FORM, detail, tree, OPTIONAL, NULL, 0, 0, "Lines, which replace the old ones: detail[0][offer_id], [payout_type] RPA, RPS, RPA + RPS, RPC or RPM, [actions], [amount], [comment].")
REPLY(affise_edit_invoice, 200, affise_message)
EP_END(affise_edit_invoice)
/* clang-format on */
