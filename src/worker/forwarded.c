/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/forwarded.h"

#include "base/iplist.h"

bool
forwarded_trusts(const struct list *proxies, const uint8_t ip[16])
{
	for (size_t i = 0; i < proxies->n; i++) {
		if (iplist_has(str_of(proxies->v[i]), ip))
			return true;
	}
	return false;
}

/* What is behind the last comma; *rest becomes what is before it, STR_NONE at the end. */
static struct str
split_last(struct str *rest)
{
	struct str all = *rest;

	for (size_t i = all.n; i > 0; i--) {
		if (all.p[i - 1] != ',')
			continue;
		rest->n = i - 1;
		return str_trim(str_n(all.p + i, all.n - i));
	}
	*rest = STR_NONE;
	return str_trim(all);
}

/* "192.0.2.1", "192.0.2.1:1234", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:1234" */
static bool
entry_addr(struct str s, uint8_t ip[16])
{
	ptrdiff_t at;

	if (s.n > 1 && s.p[0] == '[') {
		at = str_chr(s, ']');
		return at > 0 && ip_parse(str_n(s.p + 1, (size_t)at - 1), ip);
	}
	if (ip_parse(s, ip))
		return true;
	at = str_chr(s, ':');
	return at > 0 && ip_parse(str_n(s.p, (size_t)at), ip);
}

void
forwarded_client(const struct list *proxies, const uint8_t peer[16], struct str header,
    uint8_t addr[16])
{
	uint8_t ip[16];

	memcpy(addr, peer, 16);
	while (header.p != NULL) {
		struct str s = split_last(&header);

		if (!entry_addr(s, ip))
			return;
		memcpy(addr, ip, 16);
		if (!forwarded_trusts(proxies, ip))
			return;
	}
}

bool
forwarded_https(struct str header)
{
	return header.p != NULL && str_ieq(split_last(&header), STR("https"));
}

bool
forwarded_id_ok(struct str id)
{
	if (id.n == 0 || id.n > 64)
		return false;
	for (size_t i = 0; i < id.n; i++) {
		char c = id.p[i];

		if ((c < '0' || c > '9') && (c < 'A' || c > 'Z') &&
		    (c < 'a' || c > 'z') && c != '.' && c != '_' && c != '-')
			return false;
	}
	return true;
}
