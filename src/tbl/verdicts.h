/* verdicts.h - what became of a click.  No guard, on purpose.  Below 16: redirected to the offer.  From 16
 * on: refused, `reason` as the Affise trafficback report spells it.  Numbers are never reused.
 *
 *  VERDICT(number, id, reason, text)                                                               */
/* clang-format off */
VERDICT( 0, COUNTED,              "",                     "counted")
VERDICT( 1, BOT,                  "bot",                  "a known bot: redirected, not counted")
VERDICT( 2, PREFETCH,             "prefetch",             "HEAD or prefetch: redirected, not counted")
VERDICT( 3, TEST,                 "test",                 "sub1=testofferlink of an allowed caller: unpaid")
VERDICT( 4, MOVED,                "moved",                "sent on by /strack/ with flag 0: redirected, not counted")
VERDICT(16, BAD_CODE,             "unknown-code",         "tracking code not readable, or its ids do not exist")
VERDICT(17, INVALID_OFFER,        "invalid-offer",        "offer_id missing or not a number")
VERDICT(18, INVALID_AFFILIATE,    "invalid-affiliate",    "pid missing or not a number")
VERDICT(19, UNKNOWN_OFFER,        "unknown-offer",        "no such offer, or deleted")
VERDICT(20, UNKNOWN_AFFILIATE,    "unknown-affiliate",    "no such affiliate, or deleted")
VERDICT(21, UNKNOWN_ADVERTISER,   "unknown-advertiser",   "the offer's advertiser was deleted")
VERDICT(22, INACTIVE_AFFILIATE,   "inactive-affiliate",   "the affiliate's account is not active")
VERDICT(23, INACTIVE_OFFER,       "inactive-offer",       "the offer is not active")
VERDICT(24, NOT_LIVE,             "not-live",             "date_live is not reached")
VERDICT(25, EXPIRED,              "expired",              "date_expire is reached, or the offer is paused")
VERDICT(26, DISABLED_AFFILIATE,   "disabled-affiliate",   "the affiliate has no access to the offer")
VERDICT(27, COUNTRY,              "mistargeting-country", "the visitor's country is not allowed")
VERDICT(28, OVERCAP,              "overcap",              "a cap is full")
VERDICT(29, TOO_MANY_HOPS,        "too-many-hops",        "more than five redirects between offers")
VERDICT(40, REDIRECT_LOOP,        "redirect-loop",        "redirects lead back to where the visitor was already")
/* clang-format on */
