/* SPDX-License-Identifier: Apache-2.0
 * countryno.h - ISO country numbers, as the reports of the NATS dialect name countries.
 *
 * Any process, any thread; constants only.  Two letters as a number: base/record.h.
 */
#ifndef REPORT_COUNTRYNO_H
#define REPORT_COUNTRYNO_H

#include "base/record.h"

/* 840 for US; 0 for 0 (unknown) and for letters that ISO has given to nobody. */
NODISCARD unsigned countryno_of(uint16_t packed);
/* Back.  false: no country has this number (0 is the unknown one and true). */
NODISCARD bool countryno_packed(int64_t number, uint16_t *packed);

#endif
