/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/proxyline.h"

#include "base/iplist.h"

#define V1_LONGEST 107u /* with CRLF, by the protocol's text */
#define V2_HEAD 16u
#define V2_TLS 0x20u     /* PP2_TYPE_SSL: a byte of bits, four of the check, more */
#define V2_TLS_CLIENT 1u /* PP2_CLIENT_SSL: the client came over TLS */
#define V2_LONGEST \
	4096u /* addresses and a few TLVs; the length field could say 65535 \
	       */

static const char v2_mark[] = "\r\n\r\n\0\r\nQUIT\n";
#define V2_MARK 12u

static bool
port_ok(struct str s)
{
	uint64_t v;

	return s.n <= 5 && str_to_u64(s, &v) && v <= 65535;
}

static enum proxyline
v1_words(struct str line, uint8_t addr[16])
{
	struct str proto, from, to, port, port2;
	uint8_t ip[16], ignored[16];
	bool four;

	line = str_n(line.p + 6, line.n - 6); /* behind "PROXY " */
	proto = str_split(&line, ' ');
	if (str_eq(proto, STR("UNKNOWN")))
		return PROXYLINE_LOCAL;
	four = str_eq(proto, STR("TCP4"));
	if (!four && !str_eq(proto, STR("TCP6")))
		return PROXYLINE_BAD;
	from = str_split(&line, ' ');
	to = str_split(&line, ' ');
	port = str_split(&line, ' ');
	port2 = str_split(&line, ' ');
	if (line.p != NULL || !port_ok(port) || !port_ok(port2) || !ip_parse(from, ip) ||
	    !ip_parse(to, ignored))
		return PROXYLINE_BAD;
	if (four != (str_chr(from, ':') < 0))
		return PROXYLINE_BAD;
	memcpy(addr, ip, 16);
	return PROXYLINE_ADDR;
}

static enum proxyline
v1(struct str in, size_t *used, uint8_t addr[16])
{
	ptrdiff_t lf = str_chr(in, '\n');

	if (lf < 0)
		return in.n >= V1_LONGEST ? PROXYLINE_BAD : PROXYLINE_MORE;
	if ((size_t)lf + 1 > V1_LONGEST || lf < 7 || in.p[lf - 1] != '\r')
		return PROXYLINE_BAD;
	*used = (size_t)lf + 1;
	return v1_words(str_n(in.p, (size_t)lf - 1), addr);
}

/* Type, two bytes of length, value, and so on.  A length that is too long ends it: a
 * receiver may leave all of this unread. */
static bool
says_tls(const unsigned char *p, size_t n)
{
	while (n >= 3) {
		const size_t len = (size_t)p[1] << 8 | p[2];

		if (len > n - 3)
			return false;
		if (p[0] == V2_TLS)
			return len > 0 && (p[3] & V2_TLS_CLIENT) != 0;
		p += 3 + len;
		n -= 3 + len;
	}
	return false;
}

static enum proxyline
v2(struct str in, size_t *used, struct proxyline_who *who)
{
	const unsigned char *p = (const unsigned char *)in.p;
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	size_t len;

	if (in.n < V2_HEAD)
		return PROXYLINE_MORE;
	len = (size_t)p[14] << 8 | p[15];
	if (p[12] >> 4 != 2 || (p[12] & 15) > 1 || len > V2_LONGEST - V2_HEAD)
		return PROXYLINE_BAD;
	if (in.n < V2_HEAD + len)
		return PROXYLINE_MORE;
	*used = V2_HEAD + len;
	if ((p[12] & 15) == 0)
		return PROXYLINE_LOCAL;
	switch (p[13] >> 4) {
	case 1: /* IPv4: addresses 4 + 4, ports 2 + 2 */
		if (len < 12)
			return PROXYLINE_BAD;
		memcpy(who->addr, mapped, 12);
		memcpy(who->addr + 12, p + V2_HEAD, 4);
		who->https = says_tls(p + V2_HEAD + 12, len - 12);
		return PROXYLINE_ADDR;
	case 2: /* IPv6: 16 + 16, 2 + 2 */
		if (len < 36)
			return PROXYLINE_BAD;
		memcpy(who->addr, p + V2_HEAD, 16);
		who->https = says_tls(p + V2_HEAD + 36, len - 36);
		return PROXYLINE_ADDR;
	case 0: /* UNSPEC */
	case 3: /* Unix sockets */
		return PROXYLINE_LOCAL;
	default:
		return PROXYLINE_BAD;
	}
}

enum proxyline
proxyline_parse(struct str in, size_t *used, struct proxyline_who *who)
{
	size_t n2 = in.n < V2_MARK ? in.n : V2_MARK, n1 = in.n < 6 ? in.n : 6;

	*used = 0;
	who->https = false;
	if (in.n == 0)
		return PROXYLINE_MORE;
	if (memcmp(in.p, v2_mark, n2) == 0)
		return n2 < V2_MARK ? PROXYLINE_MORE : v2(in, used, who);
	if (memcmp(in.p, "PROXY ", n1) == 0)
		return n1 < 6 ? PROXYLINE_MORE : v1(in, used, who->addr);
	return PROXYLINE_BAD;
}
