/* ep_affise_sources.h - rows of tbl/endpoints.h: categories and sources of offers, many offers at once.  No guard,
 * on purpose. */
/* clang-format off */
EP(affise_categories, GET, "/3.0/offer/categories", ANY, "0.3",
    "Categories of offers.",
    "")
ARG(affise_categories, QUERY, page,  int, OPTIONAL, "1", 1, 1000000, "Page, from 1.")
ARG(affise_categories, QUERY, limit, int, OPTIONAL, "100", 1, INT32_MAX, "Rows a page; at most 500 are given.")
REPLY(affise_categories, 200, affise_categories)
EP_END(affise_categories)

EP(affise_add_category, POST, "/3.0/admin/category", ADMIN, "0.3",
    "Make a category of offers.",
    "")
ARG(affise_add_category, FORM, title, str, REQUIRED, NULL, 1, 190, "Title, unique.")
REPLY(affise_add_category, 200, affise_category)
EP_END(affise_add_category)

EP(affise_edit_category, POST, "/3.0/admin/category/{ID}", ADMIN, "0.3",
    "Rename a category.",
    "")
ARG(affise_edit_category, PATH, ID,    str, REQUIRED, NULL, 1, 24, "24 hex digits.")
ARG(affise_edit_category, FORM, title, str, REQUIRED, NULL, 1, 190, "Title, unique.")
REPLY(affise_edit_category, 200, affise_category)
EP_END(affise_edit_category)

EP(affise_sources, GET, "/3.0/admin/offer/sources", ADMIN, "0.3",
    "Traffic sources.",
    "")
REPLY(affise_sources, 200, affise_sources)
EP_END(affise_sources)

EP(affise_add_source, POST, "/3.0/admin/offer/source", ADMIN, "0.3",
    "Make a traffic source.",
    "")
ARG(affise_add_source, FORM, title_lang, tree, REQUIRED, NULL, 0, 0, "Title by language: title_lang[en].")
REPLY(affise_add_source, 200, affise_source)
EP_END(affise_add_source)

EP(affise_edit_source, POST, "/3.0/admin/offer/source/{ID}", ADMIN, "0.3",
    "Change the titles of a traffic source.",
    "What is sent replaces all.")
ARG(affise_edit_source, PATH, ID,         str,  REQUIRED, NULL, 1, 24, "24 hex digits.")
ARG(affise_edit_source, FORM, title_lang, tree, REQUIRED, NULL, 0, 0, "Title by language: title_lang[en].")
REPLY(affise_edit_source, 200, affise_source)
EP_END(affise_edit_source)

EP(affise_remove_source, DELETE, "/3.0/admin/offer/source/{ID}", ADMIN, "0.3",
    "Remove a traffic source.",
    "Answers what it was; offers that name it lose it.")
ARG(affise_remove_source, PATH, ID, str, REQUIRED, NULL, 1, 24, "24 hex digits.")
REPLY(affise_remove_source, 200, affise_source)
EP_END(affise_remove_source)

EP(affise_delete_offer, POST, "/3.0/admin/offer/delete", ADMIN, "0.3",
    "Delete offers.",
    "All of them or, when one is not there, none.  Clicks on a deleted offer are those of an unknown one; what was booked stays.")
ARG(affise_delete_offer, FORM, offer_id, refs, REQUIRED, NULL, 1, UINT32_MAX, "Offers, by number or 24 hex digits; 1000 at most.")
REPLY(affise_delete_offer, 200, affise_message)
EP_END(affise_delete_offer)

EP(affise_mass_update, POST, "/3.0/admin/offer/mass-update", ADMIN, "0.3",
    "Set the state or privacy of many offers at once.",
    "All of them or, when one is not there, none.")
ARG(affise_mass_update, FORM, offer_id, refs, REQUIRED, NULL, 1, UINT32_MAX, "Offers, by number or 24 hex digits; 1000 at most.")
ARG(affise_mass_update, FORM, status,   word, OPTIONAL, NULL, 0, "stopped|active|suspended", "State.")
ARG(affise_mass_update, FORM, privacy,  word, OPTIONAL, NULL, 0, "public|protected|private", "Who may run them.")
REPLY(affise_mass_update, 200, affise_message)
EP_END(affise_mass_update)
/* clang-format on */
