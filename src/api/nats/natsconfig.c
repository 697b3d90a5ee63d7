/* SPDX-License-Identifier: Apache-2.0
 * natsconfig.c - /api/config: the network's lists of senders.
 *
 * Failures of a value are said here and not by the dialect, since this family has the key
 * `data` for them (nats-for-networks.md chapter 5).
 */
#include "api/nats/natskit.h"

#include "base/iplist.h"
#include "domain/netset.h"

/* An edit of one list. */
struct edit {
	struct str setting, entry;
	bool remove;
	const char *said;
};

static int
say(struct api_req *rq, const char *result, const char *data)
{
	reply_nats_data(rq->out,
	    &(struct reply_nats_data){.result = str_of(result), .data = str_of(data)});
	return ERR_OK;
}

static int
show(struct api_req *rq, struct str setting)
{
	struct str list, entry;
	enum err rc = netset_get(rq->db, rq->arena, setting, &list);

	if (rc != ERR_OK)
		return rc;
	jsonw_obj(rq->out);
	jsonw_key(rq->out, "result");
	jsonw_cstr(rq->out, "success");
	jsonw_key(rq->out, "data");
	jsonw_arr(rq->out);
	while ((entry = iplist_next(&list)).p != NULL)
		jsonw_str(rq->out, entry);
	jsonw_end(rq->out);
	jsonw_end(rq->out);
	return ERR_OK;
}

/* One address or block in the text that compares: the usual one. */
static bool
read_entry(struct arena *a, struct str s, struct str *out)
{
	struct str bits = str_trim(s), addr = str_split(&bits, '/');
	char text[IP_TEXT];
	uint8_t ip[16];

	if (!ip_parse(addr, ip))
		return false;
	(void)ip_format(text, ip);
	*out = bits.p == NULL ? arena_str(a, str_of(text))
			      : arena_printf(a, "%s/" STR_FMT, text, STR_ARG(bits));
	return iplist_check(*out, NULL);
}

/* Two administrators at one list lose nothing: its row is there and locked before it is
 * read.  IGNORE would take a shared lock first, and of fifty that wait for more, most
 * would be victims of deadlocks. */
static enum err
lock(struct change *c, struct str setting, struct str *list)
{
	enum err rc = db_exec(c->db,
	    "INSERT INTO setting (name, value, updated_us) VALUES (?, '', ?) ON "
	    "DUPLICATE KEY UPDATE name = VALUES(name)",
	    "si", setting, c->now);

	return rc == ERR_OK ? netset_get(c->db, c->arena, setting, list) : rc;
}

static enum err
do_edit(struct change *c, void *what)
{
	struct edit *e = what;
	struct str list, rest, entry, out = STR("");
	bool there = false;
	enum err rc = lock(c, e->setting, &list);

	if (rc != ERR_OK)
		return rc;
	for (rest = list; (entry = iplist_next(&rest)).p != NULL;) {
		struct str same;
		bool is_it = read_entry(c->arena, entry, &same) && str_eq(same, e->entry);

		there = there || is_it;
		if (!is_it || !e->remove)
			out = arena_printf(c->arena, STR_FMT "%s" STR_FMT, STR_ARG(out),
			    out.n > 0 ? "," : "", STR_ARG(entry));
	}
	if (e->remove) {
		e->said = iplist_empty(list) ? "Ip list not set"
			  : there            ? "Ip removed"
					     : "Ip not in list";
		return there ? netset_set(c, e->setting, out) : ERR_OK;
	}
	e->said = there ? "Ip already in list" : "Ip added";
	if (there)
		return ERR_OK;
	return netset_set(c, e->setting,
	    arena_printf(c->arena, STR_FMT "%s" STR_FMT, STR_ARG(out),
		out.n > 0 ? "," : "", STR_ARG(e->entry)));
}

static int
edit(struct api_req *rq, struct str setting, struct str ip, bool remove)
{
	struct change c = natskit_change(rq);
	struct edit e = {.setting = setting, .remove = remove};
	enum err rc;

	if (!read_entry(rq->arena, ip, &e.entry))
		return say(rq, "error", "Invalid ip");
	rc = natskit_run(rq, &c, do_edit, &e, NULL);
	return rc == ERR_OK ? say(rq, "success", e.said) : (int)rc;
}

int
api_nats_get_void_ips(struct api_req *rq, const struct args_nats_get_void_ips *a)
{
	(void)a;
	return show(rq, STR("global_void_ips"));
}

int
api_nats_add_void_ip(struct api_req *rq, const struct args_nats_add_void_ip *a)
{
	return edit(rq, STR("global_void_ips"), a->ip, false);
}

int
api_nats_remove_void_ip(struct api_req *rq, const struct args_nats_remove_void_ip *a)
{
	return edit(rq, STR("global_void_ips"), a->ip, true);
}

int
api_nats_get_post_ips(struct api_req *rq, const struct args_nats_get_post_ips *a)
{
	(void)a;
	return show(rq, STR("global_post_ips"));
}

int
api_nats_add_post_ip(struct api_req *rq, const struct args_nats_add_post_ip *a)
{
	return edit(rq, STR("global_post_ips"), a->ip, false);
}

int
api_nats_remove_post_ip(struct api_req *rq, const struct args_nats_remove_post_ip *a)
{
	return edit(rq, STR("global_post_ips"), a->ip, true);
}

int
api_nats_get_hostnpost_ips(
    struct api_req *rq, const struct args_nats_get_hostnpost_ips *a)
{
	(void)a;
	return show(rq, STR("global_hostnpost_ips"));
}

int
api_nats_add_hostnpost_ip(struct api_req *rq, const struct args_nats_add_hostnpost_ip *a)
{
	return edit(rq, STR("global_hostnpost_ips"), a->ip, false);
}

int
api_nats_remove_hostnpost_ip(
    struct api_req *rq, const struct args_nats_remove_hostnpost_ip *a)
{
	return edit(rq, STR("global_hostnpost_ips"), a->ip, true);
}
