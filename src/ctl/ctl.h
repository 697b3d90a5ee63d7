/* SPDX-License-Identifier: Apache-2.0
 * ctl.h - the commands of affiliatectl.
 *
 * One process, one thread, one connection.  affiliatectl.c reads the options and
 * connects; each command is a ctl_f in a file of its group.  Results go to standard
 * output, one thing a line, so that scripts can read them; everything said to people goes
 * to standard error.
 */
#ifndef CTL_CTL_H
#define CTL_CTL_H

#include "base/settings.h"
#include "domain/change.h"

/* Exit status of the program. */
enum { CTL_OK = 0, CTL_FAILED = 1, CTL_USAGE = 2 };

struct ctl {
	const struct settings *set;
	struct change ch;  /* with the connection and an arena */
	const char *usage; /* of the command that runs */
	const char *args;  /* the part of it behind the command's words */
	int argc;          /* what it was called with */
	char **argv;
};

/* The arguments behind the command's words; returns the exit status. */
typedef int ctl_f(struct ctl *t, int argc, char **argv);

ctl_f ctl_migrate;
ctl_f ctl_admin_add, ctl_affiliate_add, ctl_advertiser_add;
ctl_f ctl_affiliate_get, ctl_affiliate_set;
ctl_f ctl_key_create, ctl_key_rotate, ctl_key_revoke;
ctl_f ctl_config_get, ctl_config_set, ctl_config_list;
ctl_f ctl_balance;
ctl_f ctl_manager_add, ctl_manager_set, ctl_manager_assign, ctl_manager_unassign;
ctl_f ctl_manager_list;
ctl_f ctl_partner_add, ctl_partner_set, ctl_partner_list;
ctl_f ctl_goal_column, ctl_goal_add, ctl_goal_list;
ctl_f ctl_goal_columns, ctl_goal_setcolumn;
ctl_f ctl_offer_get, ctl_offer_set;
ctl_f ctl_unresolved_list, ctl_unresolved_retry;
ctl_f ctl_senders_get, ctl_senders_set;
ctl_f ctl_secret_get, ctl_secret_set;
ctl_f ctl_rule_recur;
ctl_f ctl_campaign_add, ctl_campaign_rename, ctl_campaign_list, ctl_subid_list;
ctl_f ctl_geo_show, ctl_geo_learn;
ctl_f ctl_rate_set, ctl_rate_list;
ctl_f ctl_hook_list, ctl_hook_add, ctl_hook_set, ctl_hook_remove, ctl_hook_log;
ctl_f ctl_goal_notify;
ctl_f ctl_redirect_add, ctl_redirect_list, ctl_redirect_edit, ctl_redirect_remove;
ctl_f ctl_redirect_geo, ctl_redirect_mobile;
ctl_f ctl_group_add, ctl_group_list;
ctl_f ctl_marketing_add, ctl_marketing_list, ctl_language_add, ctl_language_list;
ctl_f ctl_domain_add, ctl_domain_set, ctl_domain_list;
ctl_f ctl_shortname_set, ctl_link_shorten, ctl_deeplink_hosts;
ctl_f ctl_cap_add, ctl_cap_list, ctl_cap_edit, ctl_cap_remove;
ctl_f ctl_domain_remove;
ctl_f ctl_currency_add, ctl_currency_list, ctl_currency_remove;
ctl_f ctl_paysystem_add, ctl_paysystem_field, ctl_paysystem_list, ctl_paysystem_remove;
ctl_f ctl_customfield_add, ctl_customfield_list, ctl_customfield_remove;
ctl_f ctl_news_add, ctl_news_list, ctl_news_remove;
ctl_f ctl_verify;
ctl_f ctl_dump;
ctl_f ctl_refilter;

/* "affiliatectl: <what happened>" on standard error; returns CTL_FAILED. */
int ctl_failed(const char *fmt, ...) PRINTF_LIKE(1, 2);
/* The command's usage on standard error, and what does not fit it; returns CTL_USAGE. */
int ctl_usage(const struct ctl *t);
/* What of the arguments does not fit a usage, in a few words. */
#define CTL_WHY 256
void ctl_usage_why(const char *usage, int argc, char **argv, char why[CTL_WHY]);
/* A number and its noun, which has an s behind it unless the number is 1.  The text lives
 * in `out`. */
const char *ctl_count(uint64_t n, const char *noun, char out[48]);
/* change_run(), and what went wrong on standard error. */
NODISCARD bool ctl_change(struct ctl *t, change_f *fn, void *what);
/* A number, or a user name; a name of digits alone is found when no account has that
 * number.  false: it was said on standard error. */
NODISCARD bool ctl_find_account(struct ctl *t, const char *who, int64_t *id);
/* What the database said, on standard error; returns CTL_FAILED. */
int ctl_db_failed(const struct ctl *t, enum err rc);

#endif
