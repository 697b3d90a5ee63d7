/* SPDX-License-Identifier: Apache-2.0
 * weburl.h - what may be saved as the target of a redirect.
 *
 * Any process, any thread.  A redirect goes only where an administrator said (I7), so
 * scheme and authority are fixed when the URL is saved: replacement variables may stand
 * behind the host only.
 */
#ifndef DOMAIN_WEBURL_H
#define DOMAIN_WEBURL_H

#include "base/str.h"

#define WEBURL_MAX 2048u

/* NULL: http or https, a host, no user name, no variable before the path, no blanks or
 * control characters, at most WEBURL_MAX bytes of UTF-8.  Else what is wrong with it, for
 * people. */
NODISCARD const char *weburl_wrong(struct str url);
/* The host of a URL that is not wrong, without port. */
NODISCARD struct str weburl_host(struct str url);

#endif
