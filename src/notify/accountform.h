/* SPDX-License-Identifier: Apache-2.0
 * accountform.h - an affiliate's account as a form: the account postbacks
 * (nats-behaviour.md §5.4).
 */
#ifndef NOTIFY_ACCOUNTFORM_H
#define NOTIFY_ACCOUNTFORM_H

#include "domain/account.h"

/* When an affiliate was last here, and from where; 0: never. */
struct accountform_login {
	us_t at;
	struct str ip;
};

/* All fields of the section, those that this server does not have empty; api_key is a
 * credential and always empty, and so is password, which is there when asked for. */
NODISCARD struct str accountform_of(struct arena *arena, const struct account *a,
    const struct accountform_login *login, bool with_password);

#endif
