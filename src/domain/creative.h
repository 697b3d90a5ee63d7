/* SPDX-License-Identifier: Apache-2.0
 * creative.h - creatives (adtools of the NATS dialect), and the rules that say who is
 * shown them.
 *
 * One thread at a time.  A creative is the network's, and its rules say which offers show
 * it, or it is one offer's, uploaded with it.  How rules meet: base/showrule.h.  Faults
 * name the columns of tbl/creative_columns.h.
 */
#ifndef DOMAIN_CREATIVE_H
#define DOMAIN_CREATIVE_H

#include "base/showrule.h"
#include "domain/change.h"
#include "domain/row.h"

/* creative.hosted: the file is the network's, or at hosted_url. */
enum { CREATIVE_OURS = 1, CREATIVE_ELSEWHERE = 2 };
/* Rows of creative_type that come with the schema. */
enum { CREATIVE_BANNER = 1, CREATIVE_ARCHIVE = 2 };

struct creative {
	int64_t id;
#define COL(name_, kind_, words_) ROW_C_##kind_ name_;
#include "tbl/creative_columns.h"
#undef COL
};

struct creative_type {
	int64_t id, category_id;
	struct str shortname, name, description;
	bool deleted;
};

/* One rule of one creative.  Lists are numbers parted by commas, sorted; empty: all. */
struct creative_rule {
	int64_t id, creative_id, made_by;
	struct str key;  /* 13 hex digits; the creative and it name the rule */
	int kind;        /* enum showrule_kind */
	us_t start, end; /* end 0: never */
	us_t added;
	struct str affiliates, offers, landing_pages;
};

/* ERR_NOT_FOUND: no such type. */
NODISCARD enum err creative_type_load(
    struct db *db, struct arena *a, int64_t id, struct creative_type *out);
/* All of a type, deleted ones too, by number. */
NODISCARD enum err creative_of_type(
    struct db *db, struct arena *a, int64_t type, struct creative **out, size_t *n);
/* Those that were uploaded with one of the offers (`ids`: a JSON array), by offer and
 * number, without deleted ones. */
NODISCARD enum err creative_of_offers(
    struct db *db, struct arena *a, struct str ids, struct creative **out, size_t *n);
/* Where its picture is: absolute when it is hosted elsewhere, else a path here. */
NODISCARD struct str creative_url(struct arena *a, const struct creative *k);

/* A creative with nothing in it. */
void creative_init(struct creative *k, int64_t type);
/* Calls it by its hosted_url: name is what is behind the last slash of the path, ext what
 * is behind the last dot of that. */
void creative_name(struct creative *k);
/* The creatives hosted elsewhere that an offer itself has are those at these URLs: others
 * are deleted, new ones made.  Faults name `param`. */
NODISCARD enum err creative_set_urls(
    struct change *c, int64_t offer, const char *param, const struct str *urls, size_t n);
/* ERR_NOT_FOUND: no such creative. */
NODISCARD enum err creative_load(
    struct db *db, struct arena *a, int64_t id, struct creative *out);
/* The network keeps the file itself from now on: fills what a file says of itself, `k` is
 * not written yet.  Of an archive's type a ZIP file does as well.  Faults name `param`. */
NODISCARD enum err creative_take_file(
    struct change *c, struct creative *k, const char *param, struct str bytes);
/* An upload. */
struct creative_file {
	struct str name; /* as the sender calls it */
	struct str bytes;
};
/* The files that an offer itself has are these: others are deleted.  Faults name `param`.
 */
NODISCARD enum err creative_set_files(struct change *c, int64_t offer, const char *param,
    const struct creative_file *files, size_t n);
/* The row, locked.  ERR_NOT_FOUND: no such creative. */
NODISCARD enum err creative_lock(struct change *c, int64_t id, struct creative *out);
/* Makes it: fills id and times. */
NODISCARD enum err creative_add(struct change *c, struct creative *k);
/* Writes all of it; sets modified_us. */
NODISCARD enum err creative_store(struct change *c, struct creative *k);

/* Rules of these creatives (`ids`: a JSON array), by creative and number. */
NODISCARD enum err creative_rules(struct db *db, struct arena *a, struct str ids,
    struct creative_rule **out, size_t *n);
/* The rule of that key, locked.  ERR_NOT_FOUND: the creative has none. */
NODISCARD enum err creative_rule_lock(
    struct change *c, int64_t creative, struct str key, struct creative_rule *out);
/* Makes it: fills id, key and added.  `nth` tells rules of one moment apart. */
NODISCARD enum err creative_rule_add(
    struct change *c, struct creative_rule *r, unsigned nth);
NODISCARD enum err creative_rule_store(struct change *c, const struct creative_rule *r);
NODISCARD enum err creative_rule_remove(struct change *c, const struct creative_rule *r);

/* ---- what affiliates get ---- */

/* Creatives, rules and landing pages of some offers, read once. */
struct creative_shelf; /* private to creative.c */

/* For the offers in `ids`, a JSON array of numbers; lives in the arena. */
NODISCARD enum err creative_shelf_load(struct db *db, struct arena *a, us_t now,
    struct str ids, const struct creative_shelf **out);
/* What an affiliate gets for an offer, by number: neither deleted nor pending, the
 * offer's own or the network's, and shown to him by its rules on at least one landing
 * page of the offer.  Whether he may see the offer is asked elsewhere.  *n of them, in
 * `a`. */
NODISCARD const struct creative **creative_list_for(const struct creative_shelf *s,
    struct arena *a, int64_t affiliate, int64_t offer, size_t *n);

#endif
