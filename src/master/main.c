/* SPDX-License-Identifier: Apache-2.0
 * main.c - the program `affiliated`.
 */
#include <stdio.h>

#include "config.h"

int
main(void)
{
	(void)puts(PACKAGE_STRING);
	return 0;
}
