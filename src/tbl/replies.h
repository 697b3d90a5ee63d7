/* replies.h - what calls answer, field by field.  No guard, on purpose.  Macros that are not defined are
 * left empty; all are undefined at the end.
 *
 *  OBJ(name, doc)                      an object: gives struct reply_<name>, reply_<name>() and a schema
 *  FLD(name, field, type, doc)         type: str, int, flag (true, false), money (a number), moneystr
 *                                      (the same as text), raw (JSON that the handler made)
 *  SUB(name, field, other, doc)        an object of another row, above this one; NULL writes null
 *  ARR(name, field, other, doc)        an array of such objects
 *  OBJ_END(name)
 *  OTHER(name, OpenAPI schema, doc)    a reply that is no such object: the handler writes it with jsonw,
 *                                      and the schema is given as JSON text                           */
#ifndef OBJ
#define OBJ(...)
#endif
#ifndef FLD
#define FLD(...)
#endif
#ifndef SUB
#define SUB(...)
#endif
#ifndef ARR
#define ARR(...)
#endif
#ifndef OBJ_END
#define OBJ_END(...)
#endif
#ifndef OTHER
#define OTHER(...)
#endif
/* clang-format off */
OTHER(one, "{\"type\":\"integer\",\"enum\":[1]}", "The number 1.")
OTHER(yes, "{\"type\":\"boolean\",\"enum\":[true]}", "The word true.")
OBJ(nats_result, "The envelope of the NATS dialect; failures have the word error.")
FLD(nats_result, result,  str, "success, Success or error")
FLD(nats_result, message, str, "what happened, for people")
OBJ_END(nats_result)
OBJ(affise_error, "The failure envelope of the Affise dialect.")
FLD(affise_error, status,  int, "2")
FLD(affise_error, error,   str, "what is wrong, for people")
FLD(affise_error, message, str, "the same")
OBJ_END(affise_error)
/* clang-format on */
#include "tbl/rp_nats.h"
#include "tbl/rp_affise.h"
#include "tbl/rp_affise_user.h"
#include "tbl/rp_affise_lookup.h"
#include "tbl/rp_affise_invoice.h"
#include "tbl/rp_affise_sources.h"
#include "tbl/rp_access.h"
#include "tbl/rp_creative.h"
#include "tbl/rp_affise_notify.h"
#undef OBJ
#undef FLD
#undef SUB
#undef ARR
#undef OBJ_END
#undef OTHER
