/* SPDX-License-Identifier: GPL-2.0 */
/* <ntddk.h>: file names of Windows have no case. */
#include <ntddk.h>
