/* SPDX-License-Identifier: Apache-2.0
 * section.h - which role of the Affise dialect opens which call: tbl/sections.h as
 * functions.
 *
 * Pure.  The only place that decides it; auth.c asks.
 */
#ifndef WORKER_SECTION_H
#define WORKER_SECTION_H

#include "worker/endpoint.h"

/* Sections that these roles (bits of domain/userrole.h) open, a bit each. */
NODISCARD unsigned section_of_roles(unsigned roles);
/* One of these opens the call; 0: ROLE_ADMIN alone may. */
NODISCARD unsigned section_wanted(enum method method, const char *path);

/* Whose data alone the roles see. */
enum { OWN_AFFILIATES = 1, OWN_ADVERTISERS = 2 };
NODISCARD unsigned section_own(unsigned roles);

#endif
