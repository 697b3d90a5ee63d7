/* SPDX-License-Identifier: Apache-2.0
 * ctlaccount.c - accounts and keys from the shell.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/ctl.h"
#include "domain/account.h"
#include "domain/apikey.h"

#define PASSWORD_BYTES 1024

struct new_account {
	struct account a;
	struct str password;
};

static enum err
do_add(struct change *c, void *what)
{
	struct new_account *n = what;

	return account_add(c, &n->a, n->password);
}

/* The first line of a file, "-" for standard input: a password on the command line would
 * be seen by everybody who lists processes. */
static bool
read_password(struct arena *a, const char *path, struct str *out)
{
	char line[PASSWORD_BYTES + 2];
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	bool good = f != NULL && fgets(line, sizeof(line), f) != NULL;

	if (f != NULL && f != stdin)
		(void)fclose(f);
	if (good) {
		line[strcspn(line, "\r\n")] = '\0';
		*out = arena_str(a, str_of(line));
	}
	if (good && out->n > 0)
		return true;
	(void)ctl_failed("no password in %s", path);
	return false;
}

static int
add(struct ctl *t, enum account_type type, int argc, char **argv)
{
	struct new_account n = {.password = STR("")};
	int i = 2;

	if (argc < 2)
		return ctl_usage(t);
	account_init(&n.a, type);
	n.a.username = str_of(argv[0]);
	n.a.email = str_of(argv[1]);
	n.a.title = type == ACCOUNT_ADVERTISER ? n.a.username : STR("");
	for (; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--title") == 0 && type == ACCOUNT_ADVERTISER)
			n.a.title = str_of(argv[i + 1]);
		else if (strcmp(argv[i], "--password-from") != 0)
			return ctl_usage(t);
		else if (!read_password(t->ch.arena, argv[i + 1], &n.password))
			return CTL_FAILED;
	}
	if (i < argc)
		return ctl_usage(t);
	if (n.a.username.n == 0)
		return ctl_failed("username is required");
	if (!ctl_change(t, do_add, &n))
		return CTL_FAILED;
	(void)printf("%lld\n", (long long)n.a.id);
	return CTL_OK;
}

int
ctl_admin_add(struct ctl *t, int argc, char **argv)
{
	return add(t, ACCOUNT_ADMIN, argc, argv);
}

int
ctl_affiliate_add(struct ctl *t, int argc, char **argv)
{
	return add(t, ACCOUNT_AFFILIATE, argc, argv);
}

int
ctl_advertiser_add(struct ctl *t, int argc, char **argv)
{
	return add(t, ACCOUNT_ADVERTISER, argc, argv);
}

int
ctl_manager_add(struct ctl *t, int argc, char **argv)
{
	return add(t, ACCOUNT_MANAGER, argc, argv);
}

int
ctl_partner_add(struct ctl *t, int argc, char **argv)
{
	return add(t, ACCOUNT_PARTNER, argc, argv);
}

/* What stands with an affiliate that neither API sets. */
static const struct {
	const char *name;
	size_t at;
} flags[] = {
    {"inhouse", offsetof(struct account, inhouse)},
    {"mediabuy", offsetof(struct account, mediabuy)},
    {"auto_pending", offsetof(struct account, auto_pending)},
};

struct flag_change {
	int64_t id;
	size_t at;
	bool to;
};

static bool
find_affiliate(struct ctl *t, const char *who, const char *flag, struct flag_change *out)
{
	size_t i = 0;
	enum err rc;

	while (i < ARRAY_LEN(flags) && strcmp(flags[i].name, flag) != 0)
		i++;
	if (i == ARRAY_LEN(flags)) {
		(void)ctl_failed("%s is not inhouse, mediabuy or auto_pending", flag);
		return false;
	}
	out->at = flags[i].at;
	if (!ctl_find_account(t, who, &out->id))
		return false;
	rc = account_is(t->ch.db, out->id, ACCOUNT_AFFILIATE);
	if (rc == ERR_NOT_FOUND)
		(void)ctl_failed("%s is no affiliate", who);
	else if (rc != ERR_OK)
		(void)ctl_db_failed(t, rc);
	return rc == ERR_OK;
}

static enum err
do_flag(struct change *c, void *what)
{
	const struct flag_change *x = what;
	struct account a;
	int64_t there;
	enum err rc = db_int(c->db, &there, 0,
	    "SELECT id FROM account WHERE id = ? FOR UPDATE", "i", x->id);

	if (rc == ERR_OK)
		rc = account_load(c->db, c->arena, x->id, &a);
	if (rc != ERR_OK)
		return rc;
	memcpy((char *)&a + x->at, &x->to, sizeof(x->to));
	return account_store(c, &a, STR(""));
}

int
ctl_affiliate_set(struct ctl *t, int argc, char **argv)
{
	struct flag_change x;

	if (argc != 3)
		return ctl_usage(t);
	if (!find_affiliate(t, argv[0], argv[1], &x))
		return CTL_FAILED;
	if (strcmp(argv[2], "1") != 0 && strcmp(argv[2], "0") != 0)
		return ctl_failed("%s must be 1 or 0", argv[1]);
	x.to = argv[2][0] == '1';
	return ctl_change(t, do_flag, &x) ? CTL_OK : CTL_FAILED;
}

int
ctl_affiliate_get(struct ctl *t, int argc, char **argv)
{
	struct flag_change x;
	struct account a;
	enum err rc;

	if (argc != 2)
		return ctl_usage(t);
	if (!find_affiliate(t, argv[0], argv[1], &x))
		return CTL_FAILED;
	rc = account_load(t->ch.db, t->ch.arena, x.id, &a);
	if (rc != ERR_OK)
		return ctl_db_failed(t, rc);
	memcpy(&x.to, (const char *)&a + x.at, sizeof(x.to));
	(void)puts(x.to ? "1" : "0");
	return CTL_OK;
}

struct key_change {
	int64_t id;
	enum { KEY_CREATE, KEY_ROTATE, KEY_ROTATE_NOW, KEY_REVOKE } how;
	char key[APIKEY_LEN + 1];
	uint64_t ended;
};

static enum err
do_key(struct change *c, void *what)
{
	struct key_change *k = what;

	switch (k->how) {
	case KEY_CREATE:
		return apikey_create(c, k->id, k->key);
	case KEY_REVOKE:
		return apikey_revoke(c, k->id, &k->ended);
	default:
		return apikey_rotate(c, k->id, k->how == KEY_ROTATE_NOW, k->key);
	}
}

bool
ctl_find_account(struct ctl *t, const char *who, int64_t *id)
{
	struct account a;
	enum err rc = ERR_NOT_FOUND;

	if (str_to_i64(str_of(who), id))
		rc = account_load(t->ch.db, t->ch.arena, *id, &a);
	if (rc == ERR_NOT_FOUND)
		rc = account_by_username(t->ch.db, str_of(who), 0, id);
	if (rc == ERR_OK)
		return true;
	if (rc == ERR_NOT_FOUND)
		(void)ctl_failed("there is no account %s", who);
	else
		(void)ctl_db_failed(t, rc);
	return false;
}

static int
change_key(struct ctl *t, struct key_change *k, const char *who)
{
	char n[48];

	if (!ctl_find_account(t, who, &k->id) || !ctl_change(t, do_key, k))
		return CTL_FAILED;
	if (k->how == KEY_REVOKE)
		(void)fprintf(stderr, "%s ended\n", ctl_count(k->ended, "key", n));
	else
		(void)puts(k->key);
	return CTL_OK;
}

int
ctl_key_create(struct ctl *t, int argc, char **argv)
{
	return argc != 1
		   ? ctl_usage(t)
		   : change_key(t, &(struct key_change){.how = KEY_CREATE}, argv[0]);
}

int
ctl_key_rotate(struct ctl *t, int argc, char **argv)
{
	struct key_change k = {.how = KEY_ROTATE};

	if (argc == 2 && strcmp(argv[1], "--now") == 0)
		k.how = KEY_ROTATE_NOW;
	else if (argc != 1)
		return ctl_usage(t);
	return change_key(t, &k, argv[0]);
}

int
ctl_key_revoke(struct ctl *t, int argc, char **argv)
{
	return argc != 1
		   ? ctl_usage(t)
		   : change_key(t, &(struct key_change){.how = KEY_REVOKE}, argv[0]);
}
