/* SPDX-License-Identifier: Apache-2.0
 * natskit.c - see natskit.h.
 */
#include "api/nats/natskit.h"

struct change
natskit_change(struct api_req *rq)
{
	return (struct change){.db = rq->db, .arena = rq->arena};
}

enum err
natskit_invalid(struct fault *f, const char *wire)
{
	return fault_set(f, ERR_NOT_FOUND, "", "Invalid %s.", wire);
}

/* The domain's words in this dialect: its own name of the parameter, and the documented
 * sentences for what has one. */
static enum err
translate(struct api_req *rq, const struct fault *f, const struct natskit_name *names)
{
	const char *wire = f->param;
	bool object = false;

	for (; names != NULL && names->column != NULL; names++) {
		if (strcmp(names->column, f->param) != 0)
			continue;
		wire = names->wire;
		object = names->object;
		break;
	}
	if (object && f->err == ERR_INVALID)
		return natskit_invalid(&rq->fault, wire);
	if (f->err == ERR_EXISTS)
		return fault_set(&rq->fault, f->err, "", "%s.", f->text);
	return fault_set(&rq->fault, f->err, wire, "%s", f->text);
}

enum err
natskit_run(struct api_req *rq, struct change *c, change_f *fn, void *what,
    const struct natskit_name *names)
{
	enum err rc = change_run(c, fn, what);

	if (rc != ERR_OK)
		return translate(rq, &c->fault, names);
	if (c->version != 0)
		(void)api_config_applied(rq, c->version);
	return ERR_OK;
}

struct str
natskit_number(struct arena *a, int64_t v)
{
	return arena_printf(a, "%lld", (long long)v);
}
