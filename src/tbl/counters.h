/* counters.h - what is counted, summed over all processes by `affiliatestat` and /metrics.  No guard, on
 * purpose.  Names follow Prometheus: the unit at the end; `count` kinds get _total when printed.
 *
 *  COUNTER(id, kind, text)
 *  COUNTER_OF(id, name, label, kind, text)   several under one name, told apart by a label: clicks by
 *                                            their verdict, as tbl/verdicts.h has them             */
#ifndef COUNTER_OF
#define COUNTER_OF(id_, name_, label_, kind_, text_) COUNTER(id_, kind_, text_)
#define COUNTER_OF_IS_OURS
#endif
/* clang-format off */
/* rings */
COUNTER(ring_full_clicks,        count, "clicks that found their ring full")
COUNTER(ring_full_events,        count, "events that found their ring full")
COUNTER(ring_damaged,            count, "records in rings that did not fit their checksum")
COUNTER(replies_dropped,         count, "outcomes whose worker was gone or whose reply ring was full")
/* journal */
COUNTER(journal_clicks,          count, "click records written to the journal and synced")
COUNTER(journal_events,          count, "event records written to the journal and synced")
COUNTER(journal_bytes,           count, "bytes written to the journal and synced")
COUNTER(journal_syncs,           count, "times the journal was synced")
COUNTER(journal_failures,        count, "writes or syncs of the journal that failed and were repeated from the rings")
COUNTER(journal_refusals,        count, "times no segment could be made: the disk budget or the disk is spent")
COUNTER(journal_damaged,         count, "places in the journal that could not be read")
/* fold */
COUNTER(fold_clicks,             count, "click records booked")
COUNTER(fold_events,             count, "event records booked")
COUNTER(fold_batches,            count, "transactions committed by the fold")
COUNTER(geo_rules_unknown,       gauge, "active offers with rules by country, region, city, provider or connection that no geo file tells")
COUNTER(subids_refused,          count, "clicks whose autocamp or autosubids named something that autosubid_limit did not let be made")
COUNTER(fold_retries,            count, "transactions of the fold that were rolled back and tried again")
COUNTER(fold_quarantined,        count, "records that could not be booked and were put aside: look into table quarantine")
COUNTER(fold_gaps,               count, "stretches of the journal that were gone before they were booked")
/* telling */
COUNTER(notify_queue,            gauge, "messages to affiliates and others that wait, of all nodes")
COUNTER(notify_oldest_seconds,   gauge, "how long the oldest message that is due has waited")
COUNTER(notify_attempts,         count, "messages sent, whatever came of it")
COUNTER(notify_failures,         count, "attempts that will be repeated or were given up")
/* requests */
COUNTER(http_connections,        gauge, "connections open")
COUNTER(http_accepted,           count, "connections accepted")
COUNTER(http_closed_slow,        count, "connections closed because the client took no bytes of an answer for a minute")
COUNTER(http_refused_proxy,      count, "connections closed because a trusted proxy sent no PROXY line")
COUNTER(http_requests,           count, "requests")
COUNTER(http_errors_client,      count, "requests answered with a status from 400 to 499")
COUNTER(http_errors_server,      count, "requests answered with a status from 500 on")
COUNTER(http_parked,             gauge, "requests that wait for the outcome of their event")
COUNTER(clicks_counted,          count, "clicks redirected to their offer and counted")
COUNTER(clicks_uncounted,        count, "clicks of bots, prefetches and tests: redirected, not counted")
COUNTER(clicks_refused,          count, "clicks refused, by whatever reason")
COUNTER(impressions_counted,     count, "impressions shown and counted")
COUNTER(impressions_uncounted,   count, "impressions of bots, prefetches and tests: shown, not counted")
COUNTER(impressions_refused,     count, "impressions refused, by whatever reason: a transparent picture")
COUNTER(posts_refused,           count, "posts and voids refused because they could not be read")
COUNTER(clicks_lost,             count, "clicks redirected without a record because their ring was full (setting full_ring)")
COUNTER(cap_table_full,          count, "counts of caps that found no place in shared memory: clicks are not held against them")
COUNTER(api_calls,               count, "calls of the REST APIs")
COUNTER(api_queue,               gauge, "calls that wait for a thread")
COUNTER(api_busy,                count, "calls answered with 503 because too many waited")
COUNTER(api_key_failures,        count, "calls with a wrong key")
COUNTER(api_key_refusals,        count, "calls not looked into because their address had sent too many wrong keys")
COUNTER(request_log_dropped,     count, "lines of the request log that were dropped because the disk was slower")
/* verdicts */
#define VERDICT(number_, id_, reason_, text_) COUNTER_OF(verdict_##id_, "clicks_by_verdict", reason_, count, text_)
#include "tbl/verdicts.h"
#undef VERDICT
#ifdef COUNTER_OF_IS_OURS
#undef COUNTER_OF
#undef COUNTER_OF_IS_OURS
#endif
/* clang-format on */
