/* SPDX-License-Identifier: Apache-2.0
 * natsdomain.c - /api/offer/add_tracking_domain, and the parameter tracking_domain.
 */
#include "api/nats/natskit.h"
#include "domain/trackdomain.h"

static const struct natskit_name names[] = {
    {"redirect_url", "redirect_domain", false},
    {NULL, NULL, false},
};

static enum err
do_add(struct change *c, void *what)
{
	return trackdomain_add(c, what);
}

int
api_nats_add_tracking_domain(
    struct api_req *rq, const struct args_nats_add_tracking_domain *a)
{
	struct trackdomain d = {.redirect_url = STR("")};
	struct change c = natskit_change(rq);
	enum err rc;

	if (!trackdomain_parse(rq->arena, a->domain, &d))
		return (int)natskit_invalid(&rq->fault, "domain");
	if (a->has_redirect_domain == ARG_SENT)
		d.redirect_url = a->redirect_domain;
	d.template_protect = a->template_protect;
	rc = natskit_run(rq, &c, do_add, &d, names);
	return rc != ERR_OK ? (int)rc : nats_result(rq, "Success", "Access modified");
}

enum err
natskit_tracking_domain(struct change *c, uint8_t has, struct str text, int64_t *id)
{
	struct trackdomain d;
	enum err rc;

	if (has == ARG_EMPTY)
		*id = 0;
	if (has != ARG_SENT)
		return ERR_OK;
	rc = trackdomain_find(c->db, c->arena, text, &d);
	if (rc == ERR_NOT_FOUND)
		return change_fault(
		    c, ERR_INVALID, "tracking_domain", "is no tracking domain");
	if (rc == ERR_OK)
		*id = d.id;
	return rc;
}
