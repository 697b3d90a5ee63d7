/* SPDX-License-Identifier: Apache-2.0
 * notify.c - the process that tells affiliates.
 *
 * It holds the queue's place: rows of notify_queue stay untouched, and it ends when
 * asked.
 */
#include <signal.h>

#include "base/inherited.h"
#include "base/log.h"

int
notify_main(const struct inherited *in)
{
	sigset_t ends;
	int sig = 0;

	(void)in;
	(void)sigemptyset(&ends);
	(void)sigaddset(&ends, SIGTERM);
	(void)sigaddset(&ends, SIGINT);
	if (sigprocmask(SIG_BLOCK, &ends, NULL) == -1 || sigwait(&ends, &sig) != 0)
		return 1;
	log_debug("ending on signal %d", sig);
	return 0;
}
