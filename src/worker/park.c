/* SPDX-License-Identifier: Apache-2.0
 * park.c - requests that wait for what becomes of their event: see worker.h.
 *
 * An entry lives in memory shared with the request's pool: whichever way the request
 * ends, the pool's disposal takes the entry out of the table.  The outcome of an event
 * whose client has left finds no entry and is dropped; the event is booked all the same.
 */
#include "worker/loop.h"

#include <stdio.h>
#include <stdlib.h>

#include "track/clickid.h"

#define PARK_MAGIC 0x7061726bu
#define PARKED_MAGIC 0x706b6564u
#define BUCKETS 4096u

struct parked {
	uint32_t magic;
	struct park *park; /* NULL: answered */
	struct parked *next, **link;
	uint64_t tag, pos;  /* pos: of the record's end in the event ring */
	struct click_id id; /* of the event; {0, 0}: its answer is not for the log */
	park_done_f *done;
	void *ctx;
	h2o_timeout_entry_t timer;
};

struct park {
	uint32_t magic;
	struct worker *w;
	h2o_timeout_t timeout;
	struct parked *bucket[BUCKETS];
	unsigned n;
};

struct park *
park_new(struct worker *w)
{
	struct park *p;

	OBJ_NEW(p, PARK_MAGIC);
	p->w = w;
	h2o_timeout_init(w->loop, &p->timeout, (uint64_t)w->in->set->postback_wait);
	return p;
}

void
park_free(struct park **pp)
{
	struct park *p;

	if (*pp == NULL)
		return;
	OBJ_TAKE(p, pp, PARK_MAGIC);
	assert(p->n == 0);
	h2o_timeout_dispose(p->w->loop, &p->timeout);
	OBJ_FREE(p);
}

static void
unlink_entry(struct parked *e)
{
	*e->link = e->next;
	if (e->next != NULL)
		e->next->link = e->link;
	if (h2o_timeout_is_linked(&e->timer))
		h2o_timeout_unlink(&e->timer);
	e->park->n--;
	counter_set(COUNTER_http_parked, e->park->n);
	e->park = NULL;
}

/* The request's pool is being freed. */
static void
on_gone(void *p)
{
	struct parked *e = p;

	assert(OBJ_IS(e, PARKED_MAGIC));
	if (e->park == NULL)
		return;
	unlink_entry(e);
	e->done(e->ctx, NULL);
}

/* Numbered and committed; false: no room, or the journal cannot take it. */
static bool
commit(struct worker *w, const uint8_t sender[16], enum rec_kind kind, unsigned char *rec,
    size_t n, uint64_t tag, uint64_t *at)
{
	struct ring *ring = slot_ring(w->slot, LANE_EVENTS);
	struct rec_event *head = (struct rec_event *)(void *)rec;
	void *to;

	assert(n >= sizeof(*head));
	if (!shm_recording(w->in->shm, LANE_EVENTS))
		return false;
	to = ring_reserve(ring, n);
	if (to == NULL) {
		counter_add(COUNTER_ring_full_events, 1);
		return false;
	}
	memcpy(head->sender, sender, sizeof(head->sender));
	head->tag = tag;
	head->id = slot_new_id(w->slot, (unsigned)w->in->set->node_id);
	memcpy(to, rec, n);
	*at = ring_commit(ring, kind, n);
	return true;
}

/* The log of posts shows what was answered, which booking cannot know when it comes too
 * late to be told. */
static void
log_answer(struct worker *w, struct click_id id, enum outcome o)
{
	static const uint8_t nobody[16];
	alignas(8) unsigned char rec[sizeof(struct rec_event) + 128] = {0};
	char hash[CLICKID_TEXT], number[8];
	size_t n = sizeof(struct rec_event);
	uint64_t at;

	clickid_hash(hash, id);
	(void)snprintf(number, sizeof(number), "%u", (unsigned)o);
	(void)rec_put(rec, sizeof(rec), &n, F_request, str_of(hash));
	(void)rec_put(rec, sizeof(rec), &n, F_type, str_of(number));
	if (commit(w, nobody, REC_ANSWERED, rec, n, 0, &at))
		slot_wake_stats(w->slot);
}

static void
on_timeout(h2o_timeout_entry_t *timer)
{
	struct parked *e = H2O_STRUCT_FROM_MEMBER(struct parked, timer, timer);
	struct worker *w = e->park->w;
	struct rec_outcome o = {.tag = e->tag, .node_id = (uint16_t)w->in->set->node_id};

	o.outcome = ring_is_synced(slot_ring(w->slot, LANE_EVENTS), e->pos)
			? OUTCOME_ACCEPTED
			: OUTCOME_NOT_STORED;
	unlink_entry(e);
	if (!clickid_none(e->id))
		log_answer(w, e->id, (enum outcome)o.outcome);
	e->done(e->ctx, &o);
}

/* REST has answers of its own, which the log of posts does not show. */
static bool
is_logged(const struct rec_event *head)
{
	return head->source == SRC_NATS_POST || head->source == SRC_AFFISE_POST;
}

static void
wait_for(struct wreq *r, const struct rec_event *head, uint64_t pos, park_done_f *done,
    void *ctx)
{
	struct park *p = r->w->park;
	struct parked *e = h2o_mem_alloc_shared(&r->req->pool, sizeof(*e), on_gone);
	struct parked **b = &p->bucket[head->tag % BUCKETS];

	*e = (struct parked){.magic = PARKED_MAGIC,
	    .park = p,
	    .next = *b,
	    .link = b,
	    .tag = head->tag,
	    .pos = pos,
	    .id = is_logged(head) ? head->id : (struct click_id){0, 0},
	    .done = done,
	    .ctx = ctx};
	if (e->next != NULL)
		e->next->link = &e->next;
	*b = e;
	e->timer.cb = on_timeout;
	h2o_timeout_link(r->w->loop, &p->timeout, &e->timer);
	p->n++;
	counter_set(COUNTER_http_parked, p->n);
}

bool
park_tell(struct wreq *r, enum rec_kind kind, unsigned char *rec, size_t n)
{
	uint64_t at;

	assert(r->magic == WREQ_MAGIC);
	if (!commit(r->w, r->addr, kind, rec, n, 0, &at))
		return false;
	slot_wake_stats(r->w->slot);
	return true;
}

bool
park_event(struct wreq *r, enum rec_kind kind, unsigned char *rec, size_t n,
    park_done_f *done, void *ctx)
{
	const uint64_t tag = slot_new_tag(r->w->slot);
	uint64_t at;

	assert(r->magic == WREQ_MAGIC);
	if (!commit(r->w, r->addr, kind, rec, n, tag, &at))
		return false;
	wait_for(r, (const struct rec_event *)(const void *)rec, at, done, ctx);
	slot_wake_stats(r->w->slot);
	return true;
}

static struct parked *
find(struct park *p, uint64_t tag)
{
	struct parked *e = p->bucket[tag % BUCKETS];

	while (e != NULL && e->tag != tag)
		e = e->next;
	return e;
}

void
park_wake(struct worker *w)
{
	struct rec_outcome o;

	while (reply_take(w->slot, &o)) {
		struct parked *e = find(w->park, o.tag);

		if (e == NULL)
			continue;
		unlink_entry(e);
		e->done(e->ctx, &o);
	}
}
