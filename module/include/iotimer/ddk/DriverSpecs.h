/* SPDX-License-Identifier: GPL-2.0 */
/* <driverspecs.h>: file names of Windows have no case. */
#include <driverspecs.h>
