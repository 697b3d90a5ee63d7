/* SPDX-License-Identifier: Apache-2.0
 * privaddr.h - addresses that are nobody's on the Internet.  Pure.
 *
 * A postback's host is an affiliate's word: it must not lead into the operator's own
 * network, however its name resolves.
 */
#ifndef NOTIFY_PRIVADDR_H
#define NOTIFY_PRIVADDR_H

#include "base/obj.h"

struct sockaddr;

/* True for loopback, private, link-local, shared, multicast, documentation and reserved
 * addresses, also where IPv6 carries an IPv4 one (mapped, 6to4, NAT64, Teredo), and for
 * every family but IPv4 and IPv6. */
NODISCARD bool privaddr_is(const struct sockaddr *sa);

#endif
