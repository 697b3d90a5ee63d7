/* SPDX-License-Identifier: Apache-2.0
 * signed.c - signed reports: what must be signed is, and no signature is taken twice.
 *
 * The worker has compared signature and time (track/signature.h) and says in the event
 * what came of it: nothing, 64 hex digits, or a word for what is wrong.  That it is the
 * first is decided here, by the unique key of post_signature inside the transaction that
 * books the report: exact among all workers and all nodes, and with no report lost, since
 * what is not booked has left no signature.
 */
#include <sodium.h>

#include "book/batch.h"
#include "track/signature.h"

struct taken {
	uint8_t sig[SIGNATURE_BYTES];
	us_t at;
	bool is_new;
	struct taken *next;
};

static bool
is_remote(const struct batch_event *e)
{
	return (e->item->kind == REC_POST || e->item->kind == REC_VOID) &&
	       (e->head.source == SRC_NATS_POST || e->head.source == SRC_AFFISE_POST);
}

static bool
is_required(const struct batch *bt, const struct batch_event *e)
{
	const struct netset *net = conf_net(bt->conf);

	return e->item->kind == REC_VOID ? net->hmac_voids : net->hmac_posts;
}

static struct str
key_of(const struct taken *t)
{
	return str_n((const char *)t->sig, sizeof(t->sig));
}

static bool
read_sig(const struct batch_event *e, uint8_t out[SIGNATURE_BYTES])
{
	struct str s = e->t.f[F_signature];
	size_t n = 0;

	return s.n == SIGNATURE_HEX &&
	       sodium_hex2bin(out, SIGNATURE_BYTES, s.p, s.n, NULL, &n, NULL) == 0 &&
	       n == SIGNATURE_BYTES;
}

enum err
signed_load(struct batch *bt)
{
	struct jsonw *w = bt->b->keys;
	struct db_rows *r = NULL;
	unsigned asked = 0;
	enum err rc;

	jsonw_reset(w);
	jsonw_arr(w);
	for (unsigned i = 0; !bt->again && i < bt->n; i++) {
		if (bt->ev[i].t.f[F_signature].n != SIGNATURE_HEX)
			continue;
		jsonw_str(w, bt->ev[i].t.f[F_signature]);
		asked++;
	}
	jsonw_end(w);
	if (asked == 0)
		return ERR_OK;
	rc = db_query(bt->db, &r,
	    "SELECT s.sig FROM (SELECT DISTINCT h FROM JSON_TABLE(?, '$[*]' COLUMNS (h "
	    "VARCHAR(64) PATH '$')) j) k STRAIGHT_JOIN post_signature s FORCE INDEX "
	    "(PRIMARY) ON s.sig = UNHEX(k.h)",
	    "s", jsonw_text(w));
	while (rc == ERR_OK && db_next(r)) {
		struct taken *t = arena_alloc(bt->a, sizeof(*t));
		struct str sig = db_str(r, 0);

		if (sig.n != sizeof(t->sig))
			continue;
		memcpy(t->sig, sig.p, sizeof(t->sig));
		bytemap_put(&bt->signatures, key_of(t), t);
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

unsigned
signed_check(struct batch *bt, const struct batch_event *e)
{
	struct taken *t;
	uint8_t sig[SIGNATURE_BYTES];

	if (bt->again || !is_remote(e)) /* it was looked at when it came */
		return GO_ON;
	if (e->t.f[F_signature].n == 0)
		return is_required(bt, e) ? OUTCOME_ACCESS_DENIED : GO_ON;
	if (!read_sig(e, sig))
		return OUTCOME_ACCESS_DENIED;
	if (bytemap_get(&bt->signatures, str_n((const char *)sig, sizeof(sig))) != NULL)
		return OUTCOME_REPLAYED;
	t = arena_alloc(bt->a, sizeof(*t));
	memcpy(t->sig, sig, sizeof(sig));
	t->at = e->head.id.us;
	t->is_new = true;
	t->next = bt->new_signatures;
	bt->new_signatures = t;
	bytemap_put(&bt->signatures, key_of(t), t);
	return GO_ON;
}

/* Two nodes cannot both write one: the loser's batch runs again and finds it. */
enum err
signed_write(struct batch *bt)
{
	struct jsonw *w = bt->b->keys;
	char hex[SIGNATURE_HEX + 1];
	enum err rc;

	if (bt->new_signatures == NULL)
		return ERR_OK;
	jsonw_reset(w);
	jsonw_arr(w);
	for (const struct taken *t = bt->new_signatures; t != NULL; t = t->next) {
		jsonw_arr(w);
		(void)sodium_bin2hex(hex, sizeof(hex), t->sig, sizeof(t->sig));
		jsonw_str(w, str_of(hex));
		jsonw_int(w, t->at);
		jsonw_end(w);
	}
	jsonw_end(w);
	rc = db_exec(bt->db,
	    "INSERT INTO post_signature (sig, event_us) SELECT UNHEX(k.h), k.us FROM "
	    "JSON_TABLE(?, '$[*]' COLUMNS (h VARCHAR(64) PATH '$[0]', us BIGINT PATH "
	    "'$[1]')) k",
	    "s", jsonw_text(w));
	return rc == ERR_DB_DUP ? ERR_DB_RETRY : rc;
}
