/* SPDX-License-Identifier: Apache-2.0
 * privaddr.c - see privaddr.h.
 */
#include "notify/privaddr.h"

#include <netinet/in.h>
#include <string.h>

struct block {
	uint8_t net[16];
	uint8_t bits;
};

/* IANA's special-purpose registries: what is not globally reachable. */
static const struct block v4[] = {
    {{0}, 8},             /* this network */
    {{10}, 8},            /* private */
    {{100, 64}, 10},      /* shared, behind carriers */
    {{127}, 8},           /* loopback */
    {{169, 254}, 16},     /* link-local, clouds' metadata */
    {{172, 16}, 12},      /* private */
    {{192, 0, 0}, 24},    /* protocol assignments */
    {{192, 0, 2}, 24},    /* documentation */
    {{192, 88, 99}, 24},  /* 6to4 relays, gone */
    {{192, 168}, 16},     /* private */
    {{198, 18}, 15},      /* benchmarks */
    {{198, 51, 100}, 24}, /* documentation */
    {{203, 0, 113}, 24},  /* documentation */
    {{224}, 4},           /* multicast */
    {{240}, 4},           /* reserved, broadcast */
};

static const struct block v6[] = {
    {{0}, 8}, /* unspecified, loopback, IPv4-compatible */
    {{0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, 48}, /* local NAT64 */
    {{0x01}, 8},                                /* discard-only and unassigned */
    {{0x20, 0x01, 0x00}, 23},                   /* protocol assignments, Teredo */
    {{0x20, 0x01, 0x0d, 0xb8}, 32},             /* documentation */
    {{0x3f, 0xff}, 20},                         /* documentation */
    {{0x5f}, 8},                                /* segment routing */
    {{0xfc}, 7},                                /* unique local */
    {{0xfe, 0x80}, 10},                         /* link-local */
    {{0xfe, 0xc0}, 10},                         /* site-local, gone */
    {{0xff}, 8},                                /* multicast */
};

static bool
in_block(const uint8_t *addr, const struct block *b)
{
	const unsigned whole = b->bits / 8, rest = b->bits % 8;

	if (memcmp(addr, b->net, whole) != 0)
		return false;
	return rest == 0 || ((addr[whole] ^ b->net[whole]) >> (8 - rest)) == 0;
}

static bool
is_private4(const uint8_t addr[4])
{
	for (size_t i = 0; i < ARRAY_LEN(v4); i++) {
		if (in_block(addr, &v4[i]))
			return true;
	}
	return false;
}

static bool
is_private6(const uint8_t addr[16])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	static const uint8_t nat64[12] = {0x00, 0x64, 0xff, 0x9b};

	if (memcmp(addr, mapped, sizeof(mapped)) == 0 ||
	    memcmp(addr, nat64, sizeof(nat64)) == 0)
		return is_private4(addr + 12);
	if (addr[0] == 0x20 && addr[1] == 0x02) /* 6to4 */
		return is_private4(addr + 2);
	for (size_t i = 0; i < ARRAY_LEN(v6); i++) {
		if (in_block(addr, &v6[i]))
			return true;
	}
	return false;
}

bool
privaddr_is(const struct sockaddr *sa)
{
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;

	switch (sa->sa_family) {
	case AF_INET:
		memcpy(&in4, sa, sizeof(in4));
		return is_private4((const uint8_t *)&in4.sin_addr);
	case AF_INET6:
		memcpy(&in6, sa, sizeof(in6));
		return is_private6(in6.sin6_addr.s6_addr);
	default:
		return true;
	}
}
