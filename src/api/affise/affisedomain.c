/* SPDX-License-Identifier: Apache-2.0
 * affisedomain.c - /3.0/admin/domains, and the tracking domain of an offer.
 */
#include "api/affise/affisekit.h"
#include "domain/trackdomain.h"

int
api_affise_domains(struct api_req *rq, const struct args_affise_domains *a)
{
	struct trackdomain *d;
	size_t n;
	enum err rc = trackdomain_list(rq->db, rq->arena, &d, &n);

	(void)a;
	if (rc != ERR_OK)
		return (int)rc;
	affise_begin(rq);
	jsonw_key(rq->out, "domains");
	jsonw_arr(rq->out);
	for (size_t i = 0; i < n; i++) {
		jsonw_obj(rq->out);
		affisekit_int(rq->out, "id", d[i].id);
		affisekit_str(rq->out, "url", d[i].host);
		affisekit_bool(rq->out, "use_https", d[i].https);
		jsonw_end(rq->out);
	}
	jsonw_end(rq->out);
	jsonw_end(rq->out);
	return ERR_OK;
}

enum err
affisekit_domain(
    struct change *c, const char *param, uint8_t has, int64_t sent, int64_t *id)
{
	struct trackdomain d;
	enum err rc = ERR_OK;

	if (has == ARG_ABSENT)
		return ERR_OK;
	*id = has == ARG_SENT ? sent : 0;
	if (*id != 0)
		rc = trackdomain_load(c->db, c->arena, *id, &d);
	return rc != ERR_NOT_FOUND
		   ? rc
		   : change_fault(c, ERR_INVALID, param, "is no tracking domain");
}
