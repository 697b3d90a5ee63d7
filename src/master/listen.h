/* SPDX-License-Identifier: Apache-2.0
 * listen.h - the listening sockets.  Master only, before the first fork.
 */
#ifndef MASTER_LISTEN_H
#define MASTER_LISTEN_H

#include "base/inherited.h"

/* Sockets handed down by systemd (LISTEN_FDS) or server_starter (SERVER_STARTER_PORT) win
 * over `listen`. An address in use is tried again for `patience` seconds: a killed
 * master's children may still hold it. false: `why` (512 bytes) has one line. */
NODISCARD bool listen_open(struct inherited *in, unsigned patience, char *why);
/* Whether an address of `listen` can be one of this machine's; takes no port.  false:
 * `why` (512 bytes) has one line.  Blocks while a name is looked up. */
NODISCARD bool listen_check(const char *addr, char *why);
/* "127.0.0.1:8080" of a socket, for messages. */
void listen_name(int fd, char *out, size_t cap);

#endif
