/* SPDX-License-Identifier: Apache-2.0
 * rowtext.h - members of an object in one call: key, value.
 *
 * Texts are "" rather than null: a typed client rejects null in most places.
 */
#ifndef REPORT_ROWTEXT_H
#define REPORT_ROWTEXT_H

#include "base/jsonw.h"
#include "base/zone.h"
#include "db/db.h"

void rowtext_str(struct jsonw *w, const char *key, struct str s);
void rowtext_cstr(struct jsonw *w, const char *key, const char *s);
void rowtext_int(struct jsonw *w, const char *key, int64_t v);
/* A number as a string. */
void rowtext_digits(struct jsonw *w, const char *key, int64_t v);
void rowtext_money(struct jsonw *w, const char *key, money_t m);
/* "YYYY-MM-DD HH:MM:SS" */
void rowtext_time(struct jsonw *w, const char *key, const struct zone *z, us_t t);
/* 16 bytes; IPv4 dotted. */
void rowtext_ip(struct jsonw *w, const char *key, struct str bytes);
/* "country" and "country_name" */
void rowtext_country(struct jsonw *w, uint16_t packed);
/* "Android 10": a name and its version, of two columns. */
void rowtext_pair(struct jsonw *w, const char *key, const struct db_rows *r,
    unsigned name, unsigned version);
/* A column, "" for NULL. */
NODISCARD struct str rowtext_of(const struct db_rows *r, unsigned col);
/* The text of an address; out has 46 bytes. */
#define ROWTEXT_IP 46
void rowtext_addr(struct str bytes, char out[ROWTEXT_IP]);

#endif
