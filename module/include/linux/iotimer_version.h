/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The version, which is defined here and nowhere else: `make version`, modinfo,
 * DKMS and the packages take it from this line.
 *
 * MAJOR.MINOR.PATCH, where <linux/iotimer.h> is the interface: a driver for one
 * version builds and works unchanged with a later one of the same MAJOR. MINOR
 * grows with what is added, PATCH with what is repaired.
 */
#ifndef _LINUX_IOTIMER_VERSION_H
#define _LINUX_IOTIMER_VERSION_H

#define IOTIMER_VERSION "1.0.0"

#endif /* _LINUX_IOTIMER_VERSION_H */
