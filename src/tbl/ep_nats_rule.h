/* ep_nats_rule.h - rows of tbl/endpoints.h: /api/offer, commission changes and goals.  No guard, on purpose. */
/* clang-format off */
EP(nats_commission_changes, GET, "/api/offer/get_commission_changes", ADMIN, "0.1",
    "All prices of an offer: the default (change id 0), the exceptions, and the goals.",
    "Newest first, the default last.  What this API cannot express of a rule stands under restrictions.")
ARG(nats_commission_changes, QUERY, offerid, id, REQUIRED, NULL, 1, UINT32_MAX, "Offer.")
REPLY(nats_commission_changes, 200, nats_changes)
EP_END(nats_commission_changes)

EP(nats_add_commission_change, POST, "/api/offer/add_commission_change", ADMIN, "0.1",
    "Add an exception to the default commission of an offer or goal.",
    "A rate that is left out is that of the default; 0 pays nothing.  In force from now on.")
ARG(nats_add_commission_change, FORM, offerid, id, REQUIRED, NULL, 1, UINT32_MAX, "Offer.")
ARG(nats_add_commission_change, FORM, type, word, REQUIRED, NULL, 0, "standard|disable|temporary", "standard, disable (all amounts become 0) or temporary (with start and end).")
ARG(nats_add_commission_change, FORM, username, str, OPTIONAL, NULL, 0, 190, "For this affiliate alone.")
ARG(nats_add_commission_change, FORM, loginid, id, OPTIONAL, NULL, 0, UINT32_MAX, "The same, by number.")
ARG(nats_add_commission_change, FORM, countries, csv, OPTIONAL, NULL, 2, 2, "For these countries alone, by two letters.")
ARG(nats_add_commission_change, FORM, subaff, str, OPTIONAL, NULL, 0, 255, "For this subaff alone.")
ARG(nats_add_commission_change, FORM, subaff2, str, OPTIONAL, NULL, 0, 255, "The same, second.")
ARG(nats_add_commission_change, FORM, subaff3, str, OPTIONAL, NULL, 0, 255, "The same, third.")
ARG(nats_add_commission_change, FORM, subaff4, str, OPTIONAL, NULL, 0, 255, "The same, fourth.")
ARG(nats_add_commission_change, FORM, subaff5, str, OPTIONAL, NULL, 0, 255, "The same, fifth.")
ARG(nats_add_commission_change, FORM, start_time, when, OPTIONAL, NULL, 0, 64, "Start of a temporary change; empty: at once.")
ARG(nats_add_commission_change, FORM, end_time, when, OPTIONAL, NULL, 0, 64, "End of a temporary change; empty: never.")
ARG(nats_add_commission_change, FORM, goalid, id, OPTIONAL, NULL, 0, UINT32_MAX, "Offer goal; 0: the offer itself.")
ARG(nats_add_commission_change, FORM, flat_amount_per_click, money, OPTIONAL, NULL, 0, INT64_C(1000000000000000), "Per raw click.")
ARG(nats_add_commission_change, FORM, flat_amount_per_visitor, money, OPTIONAL, NULL, 0, INT64_C(1000000000000000), "Per unique click.")
ARG(nats_add_commission_change, FORM, flat_amount_per_conversion, money, OPTIONAL, NULL, 0, INT64_C(1000000000000000), "Per conversion, or per goal.")
ARG(nats_add_commission_change, FORM, flat_amount_per_continuity, money, OPTIONAL, NULL, 0, INT64_C(1000000000000000), "Per continuity.")
ARG(nats_add_commission_change, FORM, percentage_of_customer_conversion, pct, OPTIONAL, NULL, 0, 10000000, "Percent of a conversion, or of a goal.")
ARG(nats_add_commission_change, FORM, percentage_of_customer_continuity, pct, OPTIONAL, NULL, 0, 10000000, "Percent of a continuity.")
ARG(nats_add_commission_change, FORM, aff_manager_payout, flag, OPTIONAL, NULL, 0, 1, "Goals: pay affiliate managers.")
ARG(nats_add_commission_change, FORM, aff_referral_payout, flag, OPTIONAL, NULL, 0, 1, "Goals: pay referring affiliates.")
ARG(nats_add_commission_change, FORM, offer_partner_payout, flag, OPTIONAL, NULL, 0, 1, "Goals: pay offer partners.")
REPLY(nats_add_commission_change, 200, nats_new_change)
EP_END(nats_add_commission_change)

EP(nats_set_commission_change_payouts, PATCH, "/api/offer/set_commission_change_payouts", ADMIN, "0.1",
    "Set the amounts of a commission change.",
    "Only what is sent changes; empty: that of the default.  In force from now on.")
ARG(nats_set_commission_change_payouts, QUERY, offerid, id, REQUIRED, NULL, 1, UINT32_MAX, "Offer.")
ARG(nats_set_commission_change_payouts, QUERY, changeid, id, REQUIRED, NULL, 0, UINT32_MAX, "Commission change; 0: the default of the offer or goal.")
ARG(nats_set_commission_change_payouts, QUERY, goalid, id, OPTIONAL, NULL, 0, UINT32_MAX, "Offer goal; 0: the offer itself.")
ARG(nats_set_commission_change_payouts, QUERY, flat_amount_per_click, money, OPTIONAL, NULL, 0, INT64_C(1000000000000000), "Per raw click.")
ARG(nats_set_commission_change_payouts, QUERY, flat_amount_per_visitor, money, OPTIONAL, NULL, 0, INT64_C(1000000000000000), "Per unique click.")
ARG(nats_set_commission_change_payouts, QUERY, flat_amount_per_conversion, money, OPTIONAL, NULL, 0, INT64_C(1000000000000000), "Per conversion, or per goal.")
ARG(nats_set_commission_change_payouts, QUERY, flat_amount_per_continuity, money, OPTIONAL, NULL, 0, INT64_C(1000000000000000), "Per continuity.")
ARG(nats_set_commission_change_payouts, QUERY, percentage_of_customer_conversion, pct, OPTIONAL, NULL, 0, 10000000, "Percent of a conversion, or of a goal.")
ARG(nats_set_commission_change_payouts, QUERY, percentage_of_customer_continuity, pct, OPTIONAL, NULL, 0, 10000000, "Percent of a continuity.")
ARG(nats_set_commission_change_payouts, QUERY, aff_manager_payout, flag, OPTIONAL, NULL, 0, 1, "Goals: pay affiliate managers.")
ARG(nats_set_commission_change_payouts, QUERY, aff_referral_payout, flag, OPTIONAL, NULL, 0, 1, "Goals: pay referring affiliates.")
ARG(nats_set_commission_change_payouts, QUERY, offer_partner_payout, flag, OPTIONAL, NULL, 0, 1, "Goals: pay offer partners.")
REPLY(nats_set_commission_change_payouts, 200, nats_done)
EP_END(nats_set_commission_change_payouts)

EP(nats_set_offer_goals, PATCH, "/api/offer/set_offer_goals", ADMIN, "0.1",
    "Add goals to an offer or change them.",
    "Goals are made by affiliatectl goal add, or by the first conversion or payment that names one.")
ARG(nats_set_offer_goals, QUERY, offerid, id, REQUIRED, NULL, 1, UINT32_MAX, "Offer.")
ARG(nats_set_offer_goals, QUERY, goal_vars, tree, REQUIRED, NULL, 0, 0, "goal_vars[0][offer_goal_id] or [goal_id], [commission_type] flat or percentage, [amount], [revenue_type] dynamic_conversion, conversion or sale, [revenue_amount], [aff_manager_payout], [aff_referral_payout], [offer_partner_payout].")
REPLY(nats_set_offer_goals, 200, nats_done)
EP_END(nats_set_offer_goals)
/* clang-format on */
