/* SPDX-License-Identifier: Apache-2.0
 * money.h - amounts in micro-units: signed 64-bit millionths of a currency unit.
 *
 * Any process, any thread.  Amounts never pass through a double (DESIGN §5).  Rates in
 * percent are ten-thousandths of a percent: 15 % is 150000, as M1 of decisions.md and
 * nats-behaviour.md §3.1.
 */
#ifndef BASE_MONEY_H
#define BASE_MONEY_H

#include "base/str.h"

typedef int64_t money_t; /* micro-units */
typedef int64_t pct_t;   /* percent × 10000 */

#define MONEY_UNIT INT64_C(1000000)
#define PCT_UNIT INT64_C(10000)
/* The largest amount that a caller may name, a thousand million units: one absurd
 * postback must not fill a sum that honest ones still have to be added to. */
#define MONEY_MOST (INT64_C(1000000000) * MONEY_UNIT)
/* The longest text money_format() writes, NUL included: sign, 13 digits, point, 6 digits.
 */
#define MONEY_TEXT 24

/* Plain decimal text with a point: "9.95", "-3", ".5".  More than six decimals round half
 * away from zero.  false: empty, a comma, an exponent, spaces, or out of range; *out is
 * then unchanged. */
NODISCARD bool money_parse(struct str s, money_t *out);
/* The same with four decimals, as percent rates are written: "15", "3.75". */
NODISCARD bool pct_parse(struct str s, pct_t *out);

/* Text with at least `min_dec` and at most six decimals, trailing zeros beyond min_dec
 * dropped: money_format(b, 3750000, 2) is "3.75".  Returns its length. */
size_t money_format(char out[MONEY_TEXT], money_t m, unsigned min_dec);
/* A percent rate the same way, at most four decimals. */
size_t pct_format(char out[MONEY_TEXT], pct_t p, unsigned min_dec);

/* base × pct, rounded once, half away from zero.  Saturates at the ends of the type. */
NODISCARD money_t money_percent(money_t base, pct_t pct);
/* m / rate, where rate is micro-units of the foreign currency for one unit of base
 * (§3.7); the same rounding.  rate > 0. */
NODISCARD money_t money_to_base(money_t m, int64_t rate);
/* n × m / d with a 128-bit product and the same rounding.  d > 0. */
NODISCARD money_t money_muldiv(money_t m, int64_t n, int64_t d);
/* Rounded to whole cents, half away from zero; the unit is cents. */
NODISCARD int64_t money_cents(money_t m);

#endif
