/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/reqlog.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/iplist.h"
#include "base/jsonw.h"
#include "base/log.h"
#include "shm/counter.h"

#define REQLOG_MAGIC 0x72716c67u
#define ENTRIES 2048u   /* a power of two */
#define TEXT_BYTES 512u /* of an entry: id, method, host, path, what */

struct entry {
	us_t begin_us, took_us;
	uint64_t bytes;
	uint32_t account_id;
	unsigned status;
	uint8_t addr[16];
	uint16_t len[5]; /* of the texts, which follow each other */
	char text[TEXT_BYTES];
};

struct reqlog {
	uint32_t magic;
	unsigned worker;
	int fd, wake;
	pthread_t thread;
	atomic_bool stop;
	alignas(64) _Atomic uint64_t head;     /* the loop's */
	alignas(64) _Atomic uint64_t tail;     /* the writer's */
	alignas(64) _Atomic uint32_t sleeping; /* the writer waits for `wake` */
	struct entry entry[ENTRIES];
};

/* ---- the loop ---- */

static size_t
put_text(struct entry *e, unsigned i, size_t at, struct str s, size_t most)
{
	size_t n = s.n < most ? s.n : most;

	if (n > TEXT_BYTES - at)
		n = TEXT_BYTES - at;
	if (n > 0)
		memcpy(e->text + at, s.p, n);
	e->len[i] = (uint16_t)n;
	return at + n;
}

bool
reqlog_put(struct reqlog *l, const struct reqlog_line *line)
{
	uint64_t head, one = 1;
	struct entry *e;
	size_t at = 0;

	assert(OBJ_IS(l, REQLOG_MAGIC));
	head = atomic_load_explicit(&l->head, memory_order_relaxed);
	if (head - atomic_load_explicit(&l->tail, memory_order_acquire) == ENTRIES) {
		counter_add(COUNTER_request_log_dropped, 1);
		return false;
	}
	e = &l->entry[head % ENTRIES];
	e->begin_us = line->begin_us;
	e->took_us = line->took_us;
	e->bytes = line->bytes;
	e->account_id = line->account_id;
	e->status = line->status;
	memcpy(e->addr, line->addr, sizeof(e->addr));
	at = put_text(e, 0, at, line->id, 64);
	at = put_text(e, 1, at, line->method, 16);
	at = put_text(e, 2, at, line->what, 64);
	at = put_text(e, 3, at, line->host, 128);
	(void)put_text(e, 4, at, line->path, TEXT_BYTES);
	atomic_store_explicit(&l->head, head + 1, memory_order_release);
	/* Pairs with the fence of wait_for_work(): either it sees the entry or we see it
	 * asleep. */
	atomic_thread_fence(memory_order_seq_cst);
	if (atomic_load_explicit(&l->sleeping, memory_order_relaxed) != 0 &&
	    atomic_exchange(&l->sleeping, 0) != 0)
		(void)!write(l->wake, &one, sizeof(one));
	return true;
}

/* ---- the writer ---- */

static void
write_time(struct jsonw *w, us_t us)
{
	time_t s = (time_t)(us / US_SECOND);
	struct tm tm;
	char day[32];

	(void)gmtime_r(&s, &tm);
	(void)strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	jsonw_fmt(w, "%s.%06uZ", day, (unsigned)(us % US_SECOND));
}

static void
write_entry(const struct reqlog *l, const struct entry *e, struct jsonw *w)
{
	static const char *const names[] = {"id", "method", "what", "host", "path"};
	const char *p = e->text;
	char addr[IP_TEXT];

	jsonw_obj(w);
	jsonw_key(w, "time");
	write_time(w, e->begin_us);
	for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
		jsonw_key(w, names[i]);
		jsonw_str(w, str_n(p, e->len[i]));
		p += e->len[i];
	}
	(void)ip_format(addr, e->addr);
	jsonw_key(w, "addr");
	jsonw_cstr(w, addr);
	jsonw_key(w, "account");
	jsonw_uint(w, e->account_id);
	jsonw_key(w, "status");
	jsonw_uint(w, e->status);
	jsonw_key(w, "bytes");
	jsonw_uint(w, e->bytes);
	jsonw_key(w, "us");
	jsonw_int(w, e->took_us);
	jsonw_key(w, "worker");
	jsonw_uint(w, l->worker);
	jsonw_end(w);
}

/* Whole lines in one write() each, so that the lines of several workers do not mix. */
static void
write_lines(const struct reqlog *l, char *p, size_t n)
{
	while (n > 0) {
		ssize_t done = write(l->fd, p, n);

		if (done == -1 && errno == EINTR)
			continue;
		if (done <= 0) {
			counter_add(COUNTER_request_log_dropped, 1);
			return;
		}
		p += done;
		n -= (size_t)done;
	}
}

/* Everything that is there now. */
static void
write_all(struct reqlog *l, struct jsonw *w, char *buf, size_t cap)
{
	uint64_t tail = atomic_load_explicit(&l->tail, memory_order_relaxed);
	uint64_t head = atomic_load_explicit(&l->head, memory_order_acquire);
	size_t n = 0;

	while (tail != head) {
		struct str line;

		jsonw_reset(w);
		write_entry(l, &l->entry[tail % ENTRIES], w);
		atomic_store_explicit(&l->tail, ++tail, memory_order_release);
		line = jsonw_text(w);
		if (cap - n < line.n + 1) {
			write_lines(l, buf, n);
			n = 0;
		}
		memcpy(buf + n, line.p, line.n);
		n += line.n;
		buf[n++] = '\n';
	}
	write_lines(l, buf, n);
}

static void
wait_for_work(struct reqlog *l)
{
	struct pollfd p = {.fd = l->wake, .events = POLLIN};
	uint64_t n;

	atomic_store(&l->sleeping, 1);
	atomic_thread_fence(memory_order_seq_cst);
	if (atomic_load(&l->head) == atomic_load(&l->tail) && !l->stop)
		(void)poll(&p, 1, -1);
	atomic_store(&l->sleeping, 0);
	if ((p.revents & POLLIN) != 0)
		(void)!read(l->wake, &n, sizeof(n));
}

static void *
writer_main(void *ctx)
{
	struct reqlog *l = ctx;
	struct jsonw *w = jsonw_new();
	/* An entry's line is under 4 KiB: TEXT_BYTES of texts, each byte 6 at most when
	 * escaped. */
	size_t cap = 65536;
	char *buf = obj_alloc(cap);

	while (!l->stop) {
		wait_for_work(l);
		write_all(l, w, buf, cap);
	}
	write_all(l, w, buf, cap);
	free(buf);
	jsonw_free(&w);
	return NULL;
}

static bool
start(struct reqlog *l)
{
	sigset_t all, before;
	int rc;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&l->thread, NULL, writer_main, l);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc == 0;
}

struct reqlog *
reqlog_new(const struct settings *set, unsigned worker)
{
	struct reqlog *l;

	if (set->request_log[0] == '\0')
		return NULL;
	OBJ_NEW(l, REQLOG_MAGIC);
	l->worker = worker;
	l->fd = open(set->request_log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
	l->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (l->fd >= 0 && l->wake >= 0 && start(l))
		return l;
	log_error(
	    "request log %s: %s; going on without", set->request_log, strerror(errno));
	if (l->fd >= 0)
		(void)close(l->fd);
	if (l->wake >= 0)
		(void)close(l->wake);
	OBJ_FREE(l);
	return NULL;
}

void
reqlog_free(struct reqlog **lp)
{
	struct reqlog *l;
	uint64_t one = 1;

	if (*lp == NULL)
		return;
	OBJ_TAKE(l, lp, REQLOG_MAGIC);
	l->stop = true;
	(void)!write(l->wake, &one, sizeof(one));
	(void)pthread_join(l->thread, NULL);
	(void)close(l->fd);
	(void)close(l->wake);
	OBJ_FREE(l);
}
