/* SPDX-License-Identifier: Apache-2.0
 * catcheck.h - whether everything in a catalog image points into it.
 *
 * Any process, once when an image is mapped: what is read of it later needs no look at
 * its bounds for safety, and a click that meets an image from a writer gone wrong never
 * ends a worker.
 */
#ifndef TRACK_CATCHECK_H
#define TRACK_CATCHECK_H

#include "track/catalog_layout.h"

/* The sections themselves were found to lie within the image. */
NODISCARD bool catcheck_all(const struct cat_header *h);

#endif
