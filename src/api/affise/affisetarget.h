/* SPDX-License-Identifier: Apache-2.0
 * affisetarget.h - which visitors an offer takes, as this dialect writes and sends it.
 *
 * On a thread of the worker's pool, as worker/api.h says.
 */
#ifndef API_AFFISE_AFFISETARGET_H
#define API_AFFISE_AFFISETARGET_H

#include "api/affise/affisekit.h"

/* What add and edit of an offer take: type and name of each row. */
#define AFFISETARGET_FIELDS(X)            \
	X(flag, strictly_country)         \
	X(word, strictly_connection_type) \
	X(tree, strictly_os)              \
	X(strs, strictly_isp)             \
	X(str, sub_account_1)             \
	X(str, sub_account_2)             \
	X(flag, sub_account_1_except)     \
	X(flag, sub_account_2_except)     \
	X(tree, sub_restrictions)         \
	X(int, search_empty_sub)

struct affisetarget {
#define X(type_, name_) arg_##type_##_t name_;
	AFFISETARGET_FIELDS(X)
#undef X
#define X(type_, name_) uint8_t has_##name_;
	AFFISETARGET_FIELDS(X)
#undef X
};

/* Into o->target and the table, when anything was sent.  Faults name the columns of
 * tbl/target_columns.h. */
NODISCARD enum err affisetarget_put(
    struct change *c, const struct affisetarget *sent, struct offer *o);

/* Keys and values of an Offer: strictly_country to strictly_isp, and sub_restrictions
 * with sub_accounts. */
void affisetarget_show(struct jsonw *w, struct arena *a, const struct offertarget *t);
void affisetarget_show_subs(struct jsonw *w, const struct offertarget *t);

#endif
