/* SPDX-License-Identifier: Apache-2.0
 * tree.h - looking into a `tree` argument, such as payments[0][goal].
 *
 * Pure.  A node is an object or array (PHP's arrays are objects with number keys) or a
 * leaf; NULL is a node that is not there, and every function takes it.  Texts live as
 * long as the tree.
 */
#ifndef WORKER_TREE_H
#define WORKER_TREE_H

#include "base/str.h"

struct json_object;

/* The text of a leaf: numbers and booleans of a JSON body as they were written, "true",
 * "false". STR_NONE: not there, JSON null, or no leaf. */
NODISCARD struct str tree_str(struct json_object *node);
/* A member; of a text that is a JSON object itself, none. */
NODISCARD struct json_object *tree_get(struct json_object *node, const char *key);
NODISCARD struct str tree_get_str(struct json_object *node, const char *key);
/* Values of an object or elements of an array in the order they were sent; a leaf is one
 * of itself. */
NODISCARD size_t tree_len(struct json_object *node);
NODISCARD struct json_object *tree_at(struct json_object *node, size_t i);
/* The key of the i-th; STR_NONE for arrays and leaves. */
NODISCARD struct str tree_key(struct json_object *node, size_t i);
/* A text that is a JSON object, read: the node is put into `owner` and lives as long.
 * NULL: it is none. */
NODISCARD struct json_object *tree_parse(struct json_object *owner, struct str text);
/* An object or an array. */
NODISCARD bool tree_is_node(struct json_object *node);

#endif
