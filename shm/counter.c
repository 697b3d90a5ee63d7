/* SPDX-License-Identifier: Apache-2.0
 * counter.c - see counter.h.
 */
#include "shm/counter.h"

#include <stdatomic.h>
#include <string.h>
#include <xxhash.h>

#include "base/str.h"

const struct counter_doc counter_docs[COUNTER_MAX] = {
#define COUNTER(id_, kind_, text_) \
	{.name = #id_, .text = (text_), .kind = COUNTER_KIND_##kind_},
#define COUNTER_OF(id_, name_, label_, kind_, text_) \
	{.name = (name_),                            \
	    .label = (label_),                       \
	    .text = (text_),                         \
	    .kind = COUNTER_KIND_##kind_},
#include "tbl/counters.h"
#undef COUNTER_OF
#undef COUNTER
};

static _Atomic int64_t nowhere[COUNTER_MAX];
static _Atomic int64_t *_Atomic mine = nowhere;

void
counter_use(_Atomic int64_t *block)
{
	if (block == NULL)
		block = nowhere;
	for (unsigned i = 0; i < COUNTER_MAX; i++) {
		if (counter_docs[i].kind == COUNTER_KIND_gauge)
			atomic_store_explicit(&block[i], 0, memory_order_relaxed);
	}
	atomic_store_explicit(&mine, block, memory_order_release);
}

void
counter_add(enum counter c, int64_t n)
{
	_Atomic int64_t *block = atomic_load_explicit(&mine, memory_order_relaxed);

	(void)atomic_fetch_add_explicit(&block[c], n, memory_order_relaxed);
}

void
counter_set(enum counter c, int64_t value)
{
	_Atomic int64_t *block = atomic_load_explicit(&mine, memory_order_relaxed);

	atomic_store_explicit(&block[c], value, memory_order_relaxed);
}

uint64_t
counter_layout(void)
{
	static const char names[] =
#define COUNTER(id_, kind_, text_) #id_ ":" #kind_ "\n"
#include "tbl/counters.h"
#undef COUNTER
	    ;

	return XXH3_64bits(names, sizeof(names) - 1);
}
