/* SPDX-License-Identifier: Apache-2.0
 * affisefilter.h - what the reports filter by, read from their parameters.
 *
 * On a thread of the worker's pool, as worker/api.h says.  Results live in the request's
 * arena; faults name the parameter.
 */
#ifndef API_AFFISE_AFFISEFILTER_H
#define API_AFFISE_AFFISEFILTER_H

#include "api/affise/affise.h"
#include "report/ask.h"
#include "report/period.h"

/* Parameter `timezone`, or the network's zone. */
NODISCARD enum err affisefilter_zone(
    struct api_req *rq, struct str wanted, uint8_t has, const struct zone **z);
/* Days of that zone, both inclusive; to_name names the later parameter in the fault. */
NODISCARD enum err affisefilter_days(struct api_req *rq, const struct zone *z,
    struct arg_day from, struct arg_day to, const char *to_name, struct period *out);
/* Parameter `hour` of a range of one day. */
NODISCARD enum err affisefilter_hour(struct api_req *rq, const struct zone *z,
    int64_t hour, struct arg_day from, struct arg_day to, struct period *out);

/* Numbers as they are, 24 hex digits by what they stand for; ids of nobody are left out,
 * and a list of nothing but those matches nothing. */
NODISCARD enum err affisefilter_offers(
    struct api_req *rq, const struct arg_refs *refs, uint8_t has, struct ask_ids *out);
/* Of advertisers and managers. */
NODISCARD enum err affisefilter_accounts(
    struct api_req *rq, const struct arg_refs *refs, uint8_t has, struct ask_ids *out);
/* Whose data the caller sees, and which of these affiliates' he asks for: under an
 * affiliate's key his own, however the list was written.  Every statistic narrows by
 * this, and only by this. */
NODISCARD enum err affisefilter_partners(struct api_req *rq, const struct arg_strs *list,
    uint8_t has, const char *name, struct ask_ids *out);
/* Narrows both to what a manager of advertisers or affiliates sees; nothing for all
 * others. */
NODISCARD enum err affisefilter_own(
    struct api_req *rq, struct ask_ids *offers, struct ask_ids *affiliates);
NODISCARD enum err affisefilter_countries(struct api_req *rq, const struct arg_strs *list,
    uint8_t has, const char *name, struct ask_ids *out);
NODISCARD enum err affisefilter_goals(
    struct api_req *rq, const struct arg_strs *list, uint8_t has, struct ask_ids *out);
/* Words that are no type of device are left out. */
void affisefilter_devices(struct api_req *rq, const struct arg_word *words, size_t n,
    bool set, struct ask_ids *out);

/* 403. */
NODISCARD enum err affisefilter_denied(struct api_req *rq);
/* A limit that was sent, clamped. */
NODISCARD int64_t affisefilter_page_size(int64_t limit);

#endif
