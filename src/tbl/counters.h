/* counters.h - what is counted, summed over all processes by `affiliatestat` and /metrics.  No guard, on
 * purpose.  Names follow Prometheus: the unit at the end; `count` kinds get _total when printed.
 *
 *  COUNTER(id, kind, text)                                                                         */
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
COUNTER(fold_retries,            count, "transactions of the fold that were rolled back and tried again")
COUNTER(fold_quarantined,        count, "records that could not be booked and were put aside: look into table quarantine")
COUNTER(fold_gaps,               count, "stretches of the journal that were gone before they were booked")
/* clang-format on */
