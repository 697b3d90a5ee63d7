/* SPDX-License-Identifier: Apache-2.0
 * iplist.h - lists of addresses, as administrators write them.
 *
 * Any process, any thread; nothing here allocates.  A list mostly stays text and is read
 * each time it is asked; what each click asks is made into ranges once.
 *
 * An entry is one address (192.0.2.7, 2001:db8::1), a block (192.0.2.0/24) or a range
 * (192.0.2.1-192.0.2.9); entries are parted by commas, semicolons or white space.  IPv4
 * addresses are handled as ::ffff:a.b.c.d, so a block of either family covers only its
 * own.
 */
#ifndef BASE_IPLIST_H
#define BASE_IPLIST_H

#include "base/str.h"

/* The longest text of ip_format(), NUL included. */
#define IP_TEXT 46

/* One address, either family.  false: it is none; *out is then unchanged. */
NODISCARD bool ip_parse(struct str s, uint8_t out[16]);
/* The usual text: dotted for ::ffff:a.b.c.d, shortened IPv6 otherwise.  Returns its
 * length. */
size_t ip_format(char out[IP_TEXT], const uint8_t ip[16]);

/* True when the address is in the list.  Entries that cannot be read match nothing. */
NODISCARD bool iplist_has(struct str list, const uint8_t ip[16]);
/* True when every entry can be read; else *bad (may be NULL) is the first one that
 * cannot. */
NODISCARD bool iplist_check(struct str list, struct str *bad);
/* True when it holds no entry at all. */
NODISCARD bool iplist_empty(struct str list);
/* Cuts the next entry off *rest; STR_NONE when there is none left. */
NODISCARD struct str iplist_next(struct str *rest);

/* Both ends belong to it. */
struct ip_range {
	uint8_t first[16], last[16];
};
/* No list has more entries than this. */
#define IPLIST_MOST(list_) ((list_).n / 2 + 1)
/* The entries as ranges in order, those that overlap made one; how many.  `out` has room
 * for IPLIST_MOST(list).  Entries that cannot be read are left out. */
NODISCARD size_t iplist_ranges(struct str list, struct ip_range *out);
/* Whether the address is in one of these. */
NODISCARD bool ip_in_ranges(const struct ip_range *v, size_t n, const uint8_t ip[16]);

#endif
