/* SPDX-License-Identifier: Apache-2.0
 * counter.h - what the processes count, in shared memory, named by tbl/counters.h.
 *
 * Any process, any thread: an addition is one relaxed atomic.  Each process adds to a
 * block of its own and readers sum the blocks, so no cache line is fought over.  Counters
 * of a dead process stay in its block and its successor goes on from there; gauges are
 * set to zero by whoever takes the block. A process that has taken no block (a unit test,
 * a control program) counts into private memory.
 */
#ifndef SHM_COUNTER_H
#define SHM_COUNTER_H

#include "base/obj.h"

enum counter {
#define COUNTER(id_, kind_, text_) COUNTER_##id_,
#include "tbl/counters.h"
#undef COUNTER
	COUNTER_MAX
};

enum counter_kind { COUNTER_KIND_count, COUNTER_KIND_gauge };

struct counter_doc {
	const char *name,
	    *text; /* name in lower case, as `affiliatestat` and /metrics print it */
	const char *label; /* NULL: the only one of its name */
	enum counter_kind kind;
};

extern const struct counter_doc counter_docs[COUNTER_MAX];

/* This process's block, from now on; gauges in it become 0.  NULL: private memory again.
 */
void counter_use(_Atomic int64_t *block);
void counter_add(enum counter c, int64_t n);
/* For gauges: this process's share. */
void counter_set(enum counter c, int64_t value);

/* A number that changes when the table does: files with another one are made anew. */
NODISCARD uint64_t counter_layout(void);

#endif
