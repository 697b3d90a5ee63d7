/* SPDX-License-Identifier: Apache-2.0
 * confprint.h - documents made from tbl/settings.h.  One thread, no state.
 */
#ifndef MASTER_CONFPRINT_H
#define MASTER_CONFPRINT_H

#include <stdbool.h>
#include <stdio.h>

/* "yaml": the example configuration, each key at its default; "yaml-mdoc":
 * affiliated.yaml.5.  false: `what` is neither. */
bool confprint(const char *what, FILE *out);

#endif
