/* SPDX-License-Identifier: Apache-2.0
 * tell.h - what the affiliates are told of a batch.
 *
 * Private to this folder; inside the transaction of the batch.
 */
#ifndef BOOK_TELL_H
#define BOOK_TELL_H

#include "book/batch.h"

/* The bit of enum tell (domain/hook.h) for a ledger row; 0: nobody is told. */
NODISCARD uint16_t tell_step(const struct batch_txn *t);
/* conversion.status as the row leaves it. */
NODISCARD uint8_t tell_status(const struct batch_txn *t);

/* Queues it, once everything else of the batch is written. */
NODISCARD enum err tell_write(struct batch *bt);

#endif
