/* SPDX-License-Identifier: Apache-2.0
 * title.h - what ps shows.
 *
 * The title is written over the bytes of argv, and only these: the environment stays what
 * it was.
 */
#ifndef MASTER_TITLE_H
#define MASTER_TITLE_H

/* First thing in main().  When argv is too short for a title the program runs itself
 * again, once, with a longer argv[0]. */
void title_init(int argc, char **argv);
/* "affiliated: <role>" */
void title_set(const char *role);

#endif
