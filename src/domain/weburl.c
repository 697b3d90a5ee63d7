/* SPDX-License-Identifier: Apache-2.0
 * weburl.c - see weburl.h.
 */
#include "domain/weburl.h"

/* What is behind "://"; STR_NONE when the scheme is another or missing. */
static struct str
behind_scheme(struct str url)
{
	static const struct str schemes[] = {{"http://", 7}, {"https://", 8}};

	for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
		if (url.n >= schemes[i].n &&
		    str_ieq(str_n(url.p, schemes[i].n), schemes[i]))
			return str_n(url.p + schemes[i].n, url.n - schemes[i].n);
	return STR_NONE;
}

static struct str
authority(struct str url)
{
	struct str rest = behind_scheme(url);
	size_t n = 0;

	while (n < rest.n && strchr("/?#", rest.p[n]) == NULL)
		n++;
	return str_n(rest.p, n);
}

static bool
is_host_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' ||
	       (c & 0x80) != 0;
}

struct str
weburl_host(struct str url)
{
	struct str a = authority(url);
	size_t n = 0;

	if (a.n > 0 && a.p[0] == '[') {
		while (n < a.n && a.p[n] != ']')
			n++;
		return str_n(a.p, n < a.n ? n + 1 : n);
	}
	while (n < a.n && a.p[n] != ':')
		n++;
	return str_n(a.p, n);
}

static const char *
authority_wrong(struct str url)
{
	struct str a = authority(url), host = weburl_host(url), port;
	uint64_t number;

	if (a.p == NULL || host.n == 0)
		return "has no host";
	if (a.p[0] == '[') {
		for (size_t i = 1; i + 1 < host.n; i++)
			if (strchr("0123456789abcdefABCDEF:.", host.p[i]) == NULL)
				return "has a host that is no address";
		if (host.n < 4 || host.p[host.n - 1] != ']')
			return "has a host that is no address";
	} else {
		for (size_t i = 0; i < host.n; i++)
			if (!is_host_char(host.p[i]))
				return "may not have a user name or a variable before "
				       "the path";
	}
	if (host.n == a.n)
		return NULL;
	port = str_n(a.p + host.n + 1, a.n - host.n - 1);
	if (a.p[host.n] != ':' || !str_to_u64(port, &number) || number == 0 ||
	    number > 65535)
		return "has a port that is none";
	return NULL;
}

const char *
weburl_wrong(struct str url)
{
	if (url.n > WEBURL_MAX)
		return "is longer than 2048 bytes";
	if (!str_is_utf8(url))
		return "is not UTF-8";
	for (size_t i = 0; i < url.n; i++)
		if ((unsigned char)url.p[i] <= ' ' || url.p[i] == 0x7f ||
		    strchr("<>\"\\^`", url.p[i]) != NULL)
			return "has a blank, a quote or another character that no URL "
			       "holds";
	if (behind_scheme(url).p == NULL)
		return "must begin with http:// or https://";
	return authority_wrong(url);
}
