/* SPDX-License-Identifier: Apache-2.0
 * affiliatectl.c - administration from a shell, wherever the database can be reached.
 *
 *   affiliatectl [-c FILE | -s DIR] COMMAND [ARGUMENT ...]
 *
 * Changes are in force on every node within a second: they raise the catalog's version,
 * which the nodes watch.
 */
#include <ctype.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "config.h"
#include "ctl/ctl.h"
#include "db/migrate.h"

#define WORDS 2 /* of a command, at most */

static const struct command {
	const char *word[WORDS]; /* the second may be NULL */
	ctl_f *run;
	const char *args, *text;
} commands[] = {
    {{"migrate", NULL}, ctl_migrate, "", "bring the database to this version's schema"},
    {{"admin", "add"}, ctl_admin_add, "USERNAME EMAIL [--password-from FILE]",
	"make an administrator; prints the number"},
    {{"affiliate", "add"}, ctl_affiliate_add, "USERNAME EMAIL [--password-from FILE]",
	"make an affiliate; prints the number"},
    {{"affiliate", "get"}, ctl_affiliate_get, "AFFILIATE inhouse|mediabuy|auto_pending",
	"print what is set of an affiliate"},
    {{"affiliate", "set"}, ctl_affiliate_set,
	"AFFILIATE inhouse|mediabuy|auto_pending 1|0",
	"mark an affiliate as one of the network's own, or as one to be looked at"},
    {{"advertiser", "add"}, ctl_advertiser_add,
	"USERNAME EMAIL [--title TITLE] [--password-from FILE]",
	"make an advertiser; prints the number"},
    {{"manager", "add"}, ctl_manager_add, "USERNAME EMAIL [--password-from FILE]",
	"make a manager of affiliates; prints the number"},
    {{"manager", "set"}, ctl_manager_set, "MANAGER PERCENT|none [--of payout|margin]",
	"what a manager gets of each transaction of his affiliates"},
    {{"manager", "assign"}, ctl_manager_assign, "AFFILIATE MANAGER",
	"give an affiliate a manager more"},
    {{"manager", "unassign"}, ctl_manager_unassign, "AFFILIATE MANAGER",
	"take a manager away from an affiliate"},
    {{"manager", "list"}, ctl_manager_list, "",
	"print managers: number, name, percentage, of what, affiliates"},
    {{"partner", "add"}, ctl_partner_add, "USERNAME EMAIL [--password-from FILE]",
	"make an offer partner; prints the number"},
    {{"partner", "set"}, ctl_partner_set, "OFFER PARTNER PERCENT",
	"what a partner gets of an offer's income; 0 ends it"},
    {{"partner", "list"}, ctl_partner_list, "",
	"print partners' shares: offer, partner, name, percentage"},
    {{"key", "create"}, ctl_key_create, "ACCOUNT",
	"make a further key of an account; prints it, once"},
    {{"key", "rotate"}, ctl_key_rotate, "ACCOUNT [--now]",
	"make a new key; the old ones end in a day, or now"},
    {{"key", "revoke"}, ctl_key_revoke, "ACCOUNT", "end all keys of an account now"},
    {{"config", "get"}, ctl_config_get, "NAME", "print a setting of the network"},
    {{"config", "set"}, ctl_config_set, "NAME VALUE", "change a setting of the network"},
    {{"config", "list"}, ctl_config_list, "",
	"print all settings: name, value, default, meaning"},
    {{"balance", NULL}, ctl_balance, "ACCOUNT",
	"print what an account is owed: currency, balance, on hold, available"},
    {{"goal", "column"}, ctl_goal_column,
	"add NAME [--notify initial|continuity] [--hide-revenue] [--admin-only]",
	"make a column in which goals are reported; prints the number"},
    {{"goal", "setcolumn"}, ctl_goal_setcolumn, "NAME PROPERTY VALUE",
	"change one: enabled, display_revenue, admin_only (1 or 0), notify"},
    {{"goal", "columns"}, ctl_goal_columns, "",
	"print them: number, name, enabled, display_revenue, admin_only, notify"},
    {{"goal", "add"}, ctl_goal_add, "VALUE TITLE [--column NAME]",
	"make or change a goal; prints the number"},
    {{"goal", "list"}, ctl_goal_list, "",
	"print all goals: number, value, title, column"},
    {{"campaign", "list"}, ctl_campaign_list, "AFFILIATE",
	"print an affiliate's campaigns: number, name, auto when a link made it, sub "
	"ids"},
    {{"campaign", "add"}, ctl_campaign_add, "AFFILIATE NAME [SUBID,...]",
	"make a campaign with these sub ids; prints its number"},
    {{"campaign", "rename"}, ctl_campaign_rename, "NUMBER NAME", "name it otherwise"},
    {{"subid", "list"}, ctl_subid_list, "AFFILIATE",
	"print an affiliate's sub ids: number, name"},
    {{"offer", "get"}, ctl_offer_get, "OFFER NAME",
	"print what of an offer no call can set"},
    {{"offer", "set"}, ctl_offer_set, "OFFER NAME VALUE",
	"set it: allow_s2s_ip, book_unattributed, deduct_full_customer_commission, "
	"admin_threshold_email, "
	"minimal_click_session, allowed_states, "
	"allowed_cities, allowed_hours, refused_visitor_ips"},
    {{"senders", "get"}, ctl_senders_get,
	"post|void|hostnpost advertiser|offer|page NUMBER",
	"print who may report, ask or void"},
    {{"senders", "set"}, ctl_senders_set,
	"post|void|hostnpost advertiser|offer|page NUMBER LIST",
	"set it: addresses, blocks and ranges, with commas"},
    {{"rule", "recur"}, ctl_rule_recur, "OFFER CHANGE WEEKLY",
	"let a commission change hold at these hours of the week alone; empty: always"},
    {{"secret", "get"}, ctl_secret_get, "offer|advertiser NUMBER",
	"print what reports for it must bring as secure"},
    {{"secret", "set"}, ctl_secret_set, "offer|advertiser NUMBER SECRET",
	"set it; empty: nothing"},
    {{"geo", "show"}, ctl_geo_show, "", "print what the geo files tell"},
    {{"geo", "learn"}, ctl_geo_learn, "",
	"number the cities and providers of the geo files, before a click comes from "
	"there"},
    {{"rate", "set"}, ctl_rate_set, "CURRENCY RATE",
	"set what one unit of the base currency is worth, from now on"},
    {{"rate", "list"}, ctl_rate_list, "", "print the rates in force"},
    {{"hook", "list"}, ctl_hook_list, "AFFILIATE",
	"print an affiliate's postbacks and pixels"},
    {{"hook", "add"}, ctl_hook_add,
	"AFFILIATE postback|iframe|image|script URL|MARKUP [--offer N] [--campaign N] "
	"[--goal VALUE] [--status STATUS] [--events LIST] [--forced 1] [--name TEXT]",
	"add a postback or a pixel; prints its number"},
    {{"hook", "set"}, ctl_hook_set, "NUMBER NAME VALUE",
	"change url, code, name, offer, campaign, goal, status, events, forced, active "
	"or moderation of one"},
    {{"hook", "remove"}, ctl_hook_remove, "NUMBER", "remove one"},
    {{"hook", "log"}, ctl_hook_log, "AFFILIATE",
	"print the newest thousand attempts to tell an affiliate, and pixels shown"},
    {{"goal", "notify"}, ctl_goal_notify, "VALUE goal|conversion|continuity|nothing",
	"what affiliates are told a goal as"},
    {{"cap", "add"}, ctl_cap_add, "--value N [OPTION VALUE ...]",
	"make a cap; prints its number"},
    {{"cap", "list"}, ctl_cap_list, "[OFFER]", "print caps and how far they are"},
    {{"cap", "edit"}, ctl_cap_edit, "CAP OPTION VALUE ...", "change a cap"},
    {{"cap", "remove"}, ctl_cap_remove, "CAP", "end a cap"},
    {{"redirect", "add"}, ctl_redirect_add, "OFFER TARGET [OPTION VALUE ...]",
	"send clicks of an offer on to offer:ID, page:ID or a URL; prints the rule's "
	"number"},
    {{"redirect", "list"}, ctl_redirect_list, "[OFFER]",
	"print redirect rules in the order they are asked"},
    {{"redirect", "edit"}, ctl_redirect_edit, "RULE OPTION VALUE ...",
	"change a redirect rule"},
    {{"redirect", "remove"}, ctl_redirect_remove, "RULE", "end a redirect rule"},
    {{"redirect", "geo"}, ctl_redirect_geo, "OFFER on|off",
	"send visitors whose country an offer does not take to an offer of its group "
	"that does"},
    {{"redirect", "mobile"}, ctl_redirect_mobile, "OFFER PAGE|none",
	"send phones to this landing page of the offer"},
    {{"group", "add"}, ctl_group_add, "NAME", "make an offer group; prints the number"},
    {{"group", "list"}, ctl_group_list, "",
	"print offer groups: number, name, how many offers"},
    {{"marketing", "add"}, ctl_marketing_add, "NAME",
	"make a marketing type of offers; prints the number"},
    {{"marketing", "list"}, ctl_marketing_list, "",
	"print marketing types: number, name"},
    {{"language", "add"}, ctl_language_add, "NAME",
	"make a language of landing pages; prints the number"},
    {{"language", "list"}, ctl_language_list, "", "print languages: number, name"},
    {{"domain", "add"}, ctl_domain_add, "URL",
	"make a tracking domain; prints the number"},
    {{"domain", "set"}, ctl_domain_set, "DOMAIN NAME VALUE",
	"change a tracking domain: default, https, redirect_url, template_protect, "
	"landing_page, account"},
    {{"domain", "list"}, ctl_domain_list, "",
	"print all: number, URL, default, hidden, landing page, account, redirect URL"},
    {{"domain", "remove"}, ctl_domain_remove, "DOMAIN",
	"remove a tracking domain that no offer, landing page or SmartLink names"},
    {{"currency", "add"}, ctl_currency_add, "CURRENCY RATE",
	"make a currency, or set its rate from now on"},
    {{"currency", "list"}, ctl_currency_list, "", "print all: code, rate, base or ended"},
    {{"currency", "remove"}, ctl_currency_remove, "CURRENCY",
	"end a currency: nothing new can name it"},
    {{"paysystem", "add"}, ctl_paysystem_add, "NAME [--currency CURRENCY]",
	"make a way to pay affiliates; prints its number"},
    {{"paysystem", "field"}, ctl_paysystem_field, "PAYSYSTEM NAME [--required 1]",
	"add a field that it needs; prints its number"},
    {{"paysystem", "list"}, ctl_paysystem_list, "",
	"print all: number, name, currency, fields; * is required"},
    {{"paysystem", "remove"}, ctl_paysystem_remove, "PAYSYSTEM",
	"nobody can choose it any more"},
    {{"customfield", "add"}, ctl_customfield_add,
	"NAME [--type text|multiline|hidden|select|radio|checkbox] [--values LIST] "
	"[--required 1]",
	"make a question for affiliates who sign up; prints its number"},
    {{"customfield", "list"}, ctl_customfield_list, "",
	"print all: number, name, type, required, choices"},
    {{"customfield", "remove"}, ctl_customfield_remove, "NUMBER", "remove one"},
    {{"news", "add"}, ctl_news_add, "TITLE [--short TEXT] [--text TEXT] [--fixed 1]",
	"tell the affiliates; prints number and id"},
    {{"news", "list"}, ctl_news_list, "", "print all: number, id, fixed, title"},
    {{"news", "remove"}, ctl_news_remove, "NUMBER", "remove an entry"},
    {{"shortname", "set"}, ctl_shortname_set, "offer|landing_page|commission NUMBER NAME",
	"name it in un-encoded tracking codes; an empty name takes the name away"},
    {{"link", "shorten"}, ctl_link_shorten, "LINK",
	"make a short code for a /click link; prints it"},
    {{"deeplink", "hosts"}, ctl_deeplink_hosts, "OFFER HOSTS",
	"where redirect= of its links may lead besides its own URLs"},
    {{"verify", NULL}, ctl_verify, "[--from DAY] [--to DAY]",
	"recount the raw rows and compare every sum; prints the differences, fails when "
	"there are any"},
    {{"refilter", NULL}, ctl_refilter, "--from DAY --to DAY [--no-wait]",
	"run today's list of bots over the clicks of these days; what it finds otherwise "
	"is booked today"},
    {{"unresolved", "list"}, ctl_unresolved_list, "",
	"print the events whose click is not here"},
    {{"unresolved", "retry"}, ctl_unresolved_retry, "[CLICK]",
	"try those again whose click never came"},
    {{"dump", NULL}, ctl_dump,
	"profitloss|traffic|transactions|clicks|conversions|posts --from DAY --to DAY "
	"[--format "
	"csv|jsonl] "
	"[--output FILE] [--summary FILE]",
	"write all rows of these days to FILE, and their number, sums and SHA-256 to "
	"FILE.sum; without FILE to standard output and standard error"},
};

int
ctl_failed(const char *fmt, ...)
{
	va_list ap;

	(void)fputs("affiliatectl: ", stderr);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
	return CTL_FAILED;
}

int
ctl_usage(const struct ctl *t)
{
	char why[CTL_WHY];

	ctl_usage_why(t->args, t->argc, t->argv, why);
	(void)fprintf(stderr, "usage: affiliatectl %s\n", t->usage);
	(void)ctl_failed("%s", why);
	return CTL_USAGE;
}

const char *
ctl_count(uint64_t n, const char *noun, char out[48])
{
	(void)snprintf(
	    out, 48, "%llu %s%s", (unsigned long long)n, noun, n == 1 ? "" : "s");
	return out;
}

int
ctl_db_failed(const struct ctl *t, enum err rc)
{
	const char *said = db_error(t->ch.db);

	return ctl_failed("%s%s%s", err_text(rc), *said != '\0' ? ": " : "", said);
}

bool
ctl_change(struct ctl *t, change_f *fn, void *what)
{
	enum err rc = change_run(&t->ch, fn, what);
	const char *param = t->ch.fault.param, *text = t->ch.fault.text;

	if (rc == ERR_OK)
		return true;
	if (rc == ERR_DB_DOWN || rc == ERR_DB_SQL || rc == ERR_DB_RETRY ||
	    rc == ERR_DB_DUP)
		(void)ctl_db_failed(t, rc);
	else if (*param == '\0' || isupper((unsigned char)*text))
		(void)ctl_failed("%s", text); /* a sentence of its own */
	else
		(void)ctl_failed("%s %s", param, text);
	return false;
}

int
ctl_migrate(struct ctl *t, int argc, char **argv)
{
	const char *dir = settings_schema_dir(t->set);
	unsigned applied = 0;
	char why[512];

	(void)argv;
	if (argc != 0)
		return ctl_usage(t);
	if (!migrate_run(t->ch.db, dir, &applied, why))
		return ctl_failed("%s", why);
	(void)printf("%u\n", applied);
	return CTL_OK;
}

static void
print_help(FILE *out)
{
	(void)fputs("usage: affiliatectl [-c FILE | -s DIR] COMMAND [ARGUMENT ...]\n\n"
		    "  -c, --config FILE    configuration [" CONF_DIR
		    "/affiliated.yaml]\n"
		    "  -s, --state-dir DIR  state directory of a managed database; its "
		    "affiliated.yaml counts,\n"
		    "                       when it has one\n"
		    "  -h, --help           this text\n"
		    "  --version            print the version\n\n",
	    out);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		const struct command *c = &commands[i];

		(void)fprintf(out, "  %s%s%s%s%s\n        %s\n", c->word[0],
		    c->word[1] != NULL ? " " : "", c->word[1] != NULL ? c->word[1] : "",
		    *c->args != '\0' ? " " : "", c->args, c->text);
	}
}

/* How many of the words that are there make the command; 0: they are another. */
static int
matches(const struct command *c, int argc, char **argv)
{
	int n = c->word[1] == NULL ? 1 : 2;

	for (int i = 0; i < n; i++)
		if (i >= argc || strcmp(argv[i], c->word[i]) != 0)
			return 0;
	return n;
}

static struct settings *
read_settings(const char *conf, const char *state)
{
	char path[4096], why[512] = "";
	struct settings *s;

	if (state != NULL) {
		(void)snprintf(path, sizeof(path), "%s/affiliated.yaml", state);
		conf = access(path, F_OK) == 0 ? path : "";
	}
	s = settings_read(conf, why);
	if (s == NULL) {
		(void)ctl_failed("%s", why);
		return NULL;
	}
	if (state != NULL && *conf == '\0' &&
	    !settings_set(s, "state_dir", state, why, sizeof(why))) {
		(void)ctl_failed("%s", why);
		settings_free(&s);
	}
	return s;
}

static int
run(const struct command *c, const struct settings *set, int argc, char **argv)
{
	struct ctl t = {.set = set, .args = c->args, .argc = argc, .argv = argv};
	struct db_where where;
	char why[256], usage[1024];
	int status;

	(void)snprintf(usage, sizeof(usage), "%s%s%s %s", c->word[0],
	    c->word[1] != NULL ? " " : "", c->word[1] != NULL ? c->word[1] : "", c->args);
	t.usage = usage;
	settings_db_where(set, &where);
	t.ch.db = db_open(&where, why);
	if (t.ch.db == NULL)
		return ctl_failed("the database cannot be reached: %s%s", why,
		    strcmp(set->database, "managed") == 0
			? "; a managed one runs while affiliated runs"
			: "");
	t.ch.arena = arena_new();
	status = c->run(&t, argc, argv);
	arena_free(&t.ch.arena);
	db_close(&t.ch.db);
	if (fflush(stdout) != 0)
		status = ctl_failed("writing to standard output failed");
	return status;
}

/* What was asked for is none; for all of them there is --help. */
PRINTF_LIKE(1, 2)
static void
no_command(const char *format, ...)
{
	char text[600];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	(void)fputs(
	    "usage: affiliatectl [-c FILE | -s DIR] COMMAND [ARGUMENT ...]\n", stderr);
	(void)ctl_failed("%s; affiliatectl --help lists the commands", text);
}

/* A first word that commands begin with: which they are. */
static void
unknown_command(int argc, char **argv)
{
	char known[512] = "";
	size_t n = 0;

	for (size_t i = 0; argc > 0 && i < ARRAY_LEN(commands); i++) {
		const struct command *c = &commands[i];

		if (strcmp(c->word[0], argv[0]) == 0 && n < sizeof(known))
			n += (size_t)snprintf(known + n, sizeof(known) - n, "%s%s %s",
			    n == 0 ? "" : ", ", c->word[0], c->word[1]);
	}
	if (argc == 0)
		no_command("the command is missing");
	else if (n == 0)
		no_command("there is no command %s", argv[0]);
	else
		no_command(argc > 1 ? "%s %s is no command: %s"
				    : "%s%s is not the whole command: %s",
		    argv[0], argc > 1 ? argv[1] : "", known);
}

/* Options stand before the command.  Returns the index of its first word, or -1 - exit
 * status. */
static int
read_options(int argc, char **argv, const char **conf, const char **state)
{
	int i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		const char *o = argv[i];
		bool c = strcmp(o, "-c") == 0 || strcmp(o, "--config") == 0;

		if (strcmp(o, "-h") == 0 || strcmp(o, "--help") == 0) {
			print_help(stdout);
			return -1 - CTL_OK;
		}
		if (strcmp(o, "--version") == 0) {
			(void)puts(PACKAGE_STRING);
			return -1 - CTL_OK;
		}
		if (!c && strcmp(o, "-s") != 0 && strcmp(o, "--state-dir") != 0) {
			no_command("there is no option %s", o);
			return -1 - CTL_USAGE;
		}
		if (i + 1 >= argc) {
			no_command("%s needs a value", o);
			return -1 - CTL_USAGE;
		}
		*(c ? conf : state) = argv[++i];
	}
	return i;
}

int
main(int argc, char **argv)
{
	const char *conf = CONF_DIR "/affiliated.yaml", *state = NULL;
	int first = read_options(argc, argv, &conf, &state), status = CTL_FAILED;
	struct settings *set;

	if (first < 0)
		return -1 - first;
	log_role("affiliatectl");
	if (sodium_init() < 0)
		return ctl_failed("no source of random numbers");
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		int n = matches(&commands[i], argc - first, argv + first);

		if (n == 0)
			continue;
		set = read_settings(conf, state);
		if (set != NULL)
			status =
			    run(&commands[i], set, argc - first - n, argv + first + n);
		settings_free(&set);
		return status;
	}
	unknown_command(argc - first, argv + first);
	return CTL_USAGE;
}
