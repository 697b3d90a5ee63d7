/* netsettings.h - what a network sets for itself; kept in table `setting`, read by domain/netset.h.  No
 * guard, on purpose.
 *
 *  NETSET(name, type, default as text, least, greatest, works, text)
 *
 * Names are those of nats-behaviour.md 6.7 where it has one.  Types: url (http or https, or empty);
 * text (at most `greatest` characters);
 * hosts (names, "*.name" for all below one, parted by commas);
 * percents (at most `greatest` percentages parted by commas); int; flag (0 or 1); ips (addresses, blocks, ranges); countries (ISO codes parted by commas); zone (IANA
 * name); currency (three letters); word (one of the words in `greatest`'s place, parted by |).  A change is in
 * force within a second on every node.  works: NOW, or LATER for what is kept already and steers something
 * that a later version brings. */
/* clang-format off */
/* security */
NETSET(ADMIN_API_ALLOWED_IPS,         ips,       "",       0, 0,                       NOW,   "Addresses that may use the administrators' REST calls.  Empty: nobody may.")
NETSET(ALLOW_REMOTE_VOID_POSTS,       flag,      "0",      0, 1,                       NOW,   "Take voids and reversals at /signup/process_void.php.")
NETSET(unauthenticated_posts,         word,      "accept", 0, "accept|pending|refuse", NOW,   "What becomes of a conversion for an offer that has neither a secret nor a list of senders.")
NETSET(test_token,                    text,      "",       0, 190,                     NOW,   "Links with sub1=testofferlink and this as test_token skip targeting from any address.  Empty: those of ADMIN_API_ALLOWED_IPS alone do.")
NETSET(global_post_ips,               ips,       "",       0, 0,                       NOW,   "Senders of conversions for any offer.  Empty here and in the narrower lists: no restriction.")
NETSET(global_void_ips,               ips,       "",       0, 0,                       NOW,   "Senders of voids for any offer.  Empty here and in the narrower lists: nobody.")
NETSET(global_hostnpost_ips,          ips,       "",       0, 0,                       NOW,   "Senders of host-and-post calls for any offer.  Empty here and in the narrower lists: no restriction.")
NETSET(postback_secret,               text,      "",       0, 190,                     NOW,   "What every report of a conversion must bring as `secure`, besides the secrets of its offer and advertiser (affiliatectl secret); pixels in browsers included.  Empty: nothing.")
NETSET(hmac_keys,                     text,      "",       0, 400,                     NOW,   "Secrets, parted by commas, any of which may sign posts, voids and host-and-post calls; the next one goes in before the last one goes out.  Empty: signatures are not looked at.")
NETSET(hmac_window,                   int,       "300",    1, 86400,                   NOW,   "Seconds that the time of a signature may be away from the server's, either way.")
NETSET(hmac_posts,                    flag,      "0",      0, 1,                       NOW,   "Refuse conversions that are not signed, pixels in browsers included.")
NETSET(hmac_voids,                    flag,      "0",      0, 1,                       NOW,   "Refuse voids and reversals at /signup/process_void.php that are not signed.")
NETSET(hmac_hostnpost,                flag,      "0",      0, 1,                       NOW,   "Refuse host-and-post calls that are not signed.")
/* project */
NETSET(time_zone,                     zone,      "UTC",    0, 0,                       NOW,   "Zone in which days, caps and payout periods are cut.  Fixed once a period is stored.")
NETSET(base_currency,                 currency,  "USD",    0, 0,                       NOW,   "Currency of every report.  Fixed once anything is booked.")
NETSET(tracking_domain,               url,       "",       0, 0,                       NOW,   "Scheme and host that tracking links are made with.  Empty: those of the request that asks for the link.")
NETSET(house_loginid,                 int,       "0",      0, UINT32_MAX,              NOW,   "Account whose clicks are those of links without a code.  0: nobody's, and they go to fallback_url.")
NETSET(enable_offer_goals,            flag,      "0",      0, 1,                       NOW,   "Show goals in the administration: profit and loss with a count and an amount of each goal column.")
NETSET(display_offer_email_fields,    flag,      "0",      0, 1,                       NOW,   "Show subject lines and sender addresses of offers.")
/* visitors */
NETSET(fallback_url,                  url,       "",       0, 0,                       NOW,   "Where a click goes that no offer can take.  Empty: 404.")
NETSET(trafficback_url,               url,       "",       0, 0,                       NOW,   "Where a refused click goes when its offer has no trafficback URL of its own.")
NETSET(trafficback_use_for_disabled,  flag,      "0",      0, 1,                       NOW,   "Use trafficback_url in place of the offer's own for inactive offers and disabled affiliates.")
NETSET(trafficback_use_by_others,     flag,      "0",      0, 1,                       NOW,   "Use trafficback_url in place of the offer's own for all other reasons.")
NETSET(transparent_variable,          text,      "",       0, 64,                      NOW,   "Link variable whose URL a click goes to in place of the landing page, for ad networks that want to see the next hop.  Empty: none.")
NETSET(transparent_hosts,             hosts,     "",       0, 0,                       NOW,   "Hosts that such a URL may lead to; *.shop.example is all below shop.example.  Empty: none.")
NETSET(default_authorized,            countries, "",       0, 0,                       NOW,   "Allowed countries of offers that name none.  Empty: all.")
NETSET(default_unauthorized,          countries, "",       0, 0,                       NOW,   "Refused countries of offers that name none.")
NETSET(stat_unique_seconds,           int,       "86400",  1, 31536000,                NOW,   "How long a visitor of an affiliate and offer is not counted as unique again.")
NETSET(unique_visitor_time,           int,       "86400",  1, 31536000,                NOW,   "How long a returning visitor is not new for redirects of offers that name no time.  No influence on statistics.")
/* conversions */
NETSET(ip_conversion_limit,           int,       "0",      0, 1000000,                 NOW,   "Conversions that one address may make in 24 hours; 0: no limit.")
NETSET(house_account,                 int,       "0",      0, UINT32_MAX,              NOW,   "Account, by number, that is credited with conversions no click accounts for, of offers that book them.  0: none.")
NETSET(customer_lifetime_days,        int,       "0",      0, 36500,                   NOW,   "Days after which a customer's next transaction is an initial again; 0: never.")
NETSET(retry_window,                  int,       "60",     0, 86400,                   NOW,   "Seconds in which an identical continuity without an order id is a repetition.")
NETSET(orderid_scope,                 word,      "offer",  0, "offer|advertiser",      NOW,   "Within what an order id is unique.")
/* affiliates */
NETSET(autosubid_limit,               int,       "10000",  0, 1000000000,              NOW,   "SubIDs and sets of them that the links of one affiliate may make in a day by autocamp and autosubids.  Further names are left out; their clicks count all the same.")
NETSET(consider_global_postback,      flag,      "0",      0, 1,                       NOW,   "Tell an affiliate's wider postbacks when he has narrower ones but none of them matches.")
NETSET(referral_tiers,                percents,  "",       0, 10,                      NOW,   "What those who referred an affiliate get of his payout, in percent: the nearest first, who may have a percentage of his own.")
NETSET(manager_assignment,            word,      "none",   0, "none|rotation|referrer", NOW,  "Manager of a new affiliate who is given none: nobody, the one with the fewest affiliates, or the referrer, if that is a manager.")
NETSET(STORE_PAYMENTS_BY_PERIOD,      flag,      "1",      0, 1,                       LATER, "Store payments at the end of each payout period.")
NETSET(POST_ACCOUNT_SIGNUP,           url,       "",       0, 0,                       NOW,   "Told when an affiliate signs up.")
NETSET(POST_ACCOUNT_CHANGES,          url,       "",       0, 0,                       NOW,   "Told when an affiliate edits the account.")
NETSET(POST_ACCOUNT_SIGNUP_DELAY,     word,      "none",   0, "none|12|24|48",         NOW,   "Hours after which POST_ACCOUNT_SIGNUP is told.")
NETSET(POST_ACCOUNT_CHANGES_DELAY,    word,      "none",   0, "none|12|24|48",         NOW,   "Hours after which POST_ACCOUNT_CHANGES is told.")
NETSET(ALLOW_POST_AFFILIATE_PASSWORD, flag,      "0",      0, 1,                       NOW,   "Send the key `password`, always empty, in account postbacks.")
/* clang-format on */
