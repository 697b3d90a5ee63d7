/* SPDX-License-Identifier: Apache-2.0
 * park.c - requests that wait for what becomes of their event: see worker.h.
 *
 * An entry lives in memory shared with the request's pool: whichever way the request
 * ends, the pool's disposal takes the entry out of the table.  The outcome of an event
 * whose client has left finds no entry and is dropped; the event is booked all the same.
 */
#include "worker/loop.h"

#include <stdlib.h>

#define PARK_MAGIC 0x7061726bu
#define PARKED_MAGIC 0x706b6564u
#define BUCKETS 4096u

struct parked {
	uint32_t magic;
	struct park *park; /* NULL: answered */
	struct parked *next, **link;
	uint64_t tag, pos; /* pos: of the record's end in the event ring */
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
	e->done(e->ctx, &o);
}

static void
wait_for(struct wreq *r, uint64_t tag, uint64_t pos, park_done_f *done, void *ctx)
{
	struct park *p = r->w->park;
	struct parked *e = h2o_mem_alloc_shared(&r->req->pool, sizeof(*e), on_gone);
	struct parked **b = &p->bucket[tag % BUCKETS];

	*e = (struct parked){.magic = PARKED_MAGIC,
	    .park = p,
	    .next = *b,
	    .link = b,
	    .tag = tag,
	    .pos = pos,
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

/* Numbered and committed; NULL: no room, or the journal cannot take it. */
static bool
commit(struct wreq *r, enum rec_kind kind, unsigned char *rec, size_t n, uint64_t tag,
    uint64_t *at)
{
	struct slot *slot = r->w->slot;
	struct ring *ring = slot_ring(slot, LANE_EVENTS);
	struct rec_event *head = (struct rec_event *)(void *)rec;
	void *to;

	assert(r->magic == WREQ_MAGIC && n >= sizeof(*head));
	if (!shm_recording(r->w->in->shm, LANE_EVENTS))
		return false;
	to = ring_reserve(ring, n);
	if (to == NULL) {
		counter_add(COUNTER_ring_full_events, 1);
		return false;
	}
	memcpy(head->sender, r->addr, sizeof(head->sender));
	head->tag = tag;
	head->id = slot_new_id(slot, (unsigned)r->w->in->set->node_id);
	memcpy(to, rec, n);
	*at = ring_commit(ring, kind, n);
	return true;
}

bool
park_tell(struct wreq *r, enum rec_kind kind, unsigned char *rec, size_t n)
{
	uint64_t at;

	if (!commit(r, kind, rec, n, 0, &at))
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

	if (!commit(r, kind, rec, n, tag, &at))
		return false;
	wait_for(r, tag, at, done, ctx);
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
