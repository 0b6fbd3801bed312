/* SPDX-License-Identifier: GPL-2.0 */
/* <wdm.h>: file names of Windows have no case. */
#include <wdm.h>
