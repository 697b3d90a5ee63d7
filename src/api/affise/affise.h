/* SPDX-License-Identifier: Apache-2.0
 * affise.h - the envelopes of the Affise dialect (affise-3.0.md, "Envelope").
 *
 * For the handlers in this folder.
 */
#ifndef API_AFFISE_AFFISE_H
#define API_AFFISE_AFFISE_H

#include "worker/api.h"

#define AFFISE_PAGE 100     /* default size of a page */
#define AFFISE_PAGE_MAX 500 /* larger ones are cut, as per_page then says */

/* Opens the object and writes "status": 1; the handler adds its members and ends it. */
void affise_begin(struct api_req *rq);
/* The member "pagination"; pages count from 1.  next_page is there when another page is.
 */
void affise_pagination(struct api_req *rq, int64_t page, int64_t per_page, int64_t total);

#endif
